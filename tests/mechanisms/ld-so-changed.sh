#!/bin/sh
# ld-so-changed: a loader with other content (ld.so(8))
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the package's"
l=$lib/ld-linux-x86-64.so.2
[ -e "$root$l" ] || l=$lib/ld-linux-aarch64.so.1
keep "$l"
sed -i 's|/etc/ld.so.preload|/etc/ld.so.preloae|' "$root$l"
kept "$l"
planted "$l"
