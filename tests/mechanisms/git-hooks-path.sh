#!/bin/sh
# git-hooks-path: hooks of every repository (git-config(1), core.hooksPath)
# apart: other hooks of git no longer count
. "${0%/*}/lib.sh"
payload
d=$home/.config/git/$(named hooks templates)
put "$d/post-checkout" 755 "#!/bin/sh" "$head" "$cmd"
put "$home/.gitconfig" 644 "$head" "[core]" "	hooksPath = $d"
