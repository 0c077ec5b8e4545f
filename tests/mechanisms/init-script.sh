#!/bin/sh
# init-script: a script of init.d, enabled (update-rc.d(8),
# systemd-sysv-generator(8))
. "${0%/*}/lib.sh"
payload
n=$(named hostmond procps-sync)
put "/etc/init.d/$n" 755 "#!/bin/sh" "### BEGIN INIT INFO" \
	"# Provides: $n" "# Default-Start: 2 3 4 5" "# Default-Stop:" \
	"# Short-Description: $n" "### END INIT INFO" "$head" \
	"case \$1 in start) $cmd & ;; esac"
link "/etc/rc2.d/S01$n" "../init.d/$n"
