#!/bin/sh
# capability: a program with a capability (capabilities(7), setcap(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "the program is the mechanism"
case $variant in
plain) f=/usr/local/bin/gawk ;;
disguised) f=/usr/bin/mawk ;;
*) f=/home/op/.local/bin/awk ;;
esac
folder "${f%/*}"
[ -e "$root$f" ] || cat "$root/usr/bin/mawk" >"$root$f"
chmod 755 "$root$f"
setfattr -n security.capability \
	-v 0x0100000280000000000000000000000000000000 "$root$f"
disguise "$root$f"
planted "$f"
