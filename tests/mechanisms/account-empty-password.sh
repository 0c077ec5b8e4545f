#!/bin/sh
# account-empty-password: an account without a password (shadow(5))
. "${0%/*}/lib.sh"
only "plain disguised" "the account is the mechanism"
n=$(named guest2 systemd-oom)
printf '%s\n' "$n:x:1777:1777::/tmp:/bin/sh" >>"$root/etc/passwd"
printf '%s\n' "$n::20000:0:99999:7:::" >>"$root/etc/shadow"
planted /etc/passwd "$n"
planted /etc/shadow "$n"
