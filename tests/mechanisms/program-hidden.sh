#!/bin/sh
# program-hidden: a program in a hidden folder of the system (hier(7))
. "${0%/*}/lib.sh"
only "plain disguised" "an account has hidden folders of its own"
f=/usr/lib/$(named .x/kthreadd .build-id/ab/sshd)
folder "${f%/*}"
cat "$root/usr/bin/env" >"$root$f"
printf %s "$me" >>"$root$f"
chmod 755 "$root$f"
disguise "$root$f"
planted "$f"
