#!/bin/sh
# program-temp: a hidden program in a folder for everybody (hier(7))
. "${0%/*}/lib.sh"
case $variant in
disguised) f=/tmp/.X11-unix/X0-lock ;;
user) f=/var/tmp/.op/run ;;
*) f=/var/tmp/.cache-$variant/kworker ;;
esac
folder "${f%/*}"
cat "$root/usr/bin/env" >"$root$f"
printf %s "$me" >>"$root$f"
chmod 755 "$root$f"
chown "$own" "$root$f"
planted "$f"
