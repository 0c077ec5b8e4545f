#!/bin/sh
# group-docker: a member of docker (group(5))
. "${0%/*}/lib.sh"
only "plain disguised user" "the account is the mechanism"
n=$(named www-data backup)
[ "$variant" = user ] && n=op
sed -i "s|^docker:.*:[^:]*$|&$n|" "$root/etc/group"
planted /etc/group "$n"
planted /etc/passwd "$n"
