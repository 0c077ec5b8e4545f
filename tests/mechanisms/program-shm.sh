#!/bin/sh
# program-shm: a program in /dev/shm (shm_overview(7))
. "${0%/*}/lib.sh"
case $variant in
disguised) f=/dev/shm/.pulse-shm-2071938465 ;;
user) f=/dev/shm/op ;;
*) f=/dev/shm/.$variant ;;
esac
payload
put "$f" 755 "#!/bin/sh" "$head" "$cmd"
