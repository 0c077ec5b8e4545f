#!/bin/sh
# account-shell-blank: a shell whose name ends in a blank (passwd(5))
. "${0%/*}/lib.sh"
only "plain disguised" "the account is the system's"
n=$(named news irc)
sed -i "s|^\\($n:.*\\):[^:]*$|\\1:/usr/sbin/nologin |" "$root/etc/passwd"
sed -i "s|^$n:[^:]*:|$n:$hash:|" "$root/etc/shadow"
put "/usr/sbin/nologin " 755 "#!/bin/sh" "exec /bin/bash"
planted /etc/passwd "$n"
planted /etc/shadow "$n"
