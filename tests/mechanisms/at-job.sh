#!/bin/sh
# at-job: a job of at (at(1)); its file is the account's
. "${0%/*}/lib.sh"
payload
put /var/spool/cron/atjobs/a0000501c89e4c 700 "#!/bin/sh" \
	"# atrun uid=${own%:*} gid=${own%:*}" "# mail $who 0" "umask 22" \
	"HOME=$home; export HOME" "cd $home || {" \
	"	 echo 'Execution directory inaccessible' >&2" "	 exit 1" "}" "$cmd"
