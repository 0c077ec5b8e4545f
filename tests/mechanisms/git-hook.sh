#!/bin/sh
# git-hook: a hook of one repository (githooks(5))
. "${0%/*}/lib.sh"
payload
put "$home/site/.git/HEAD" 644 "ref: refs/heads/main"
put "$home/site/.git/config" 644 "[core]" "	bare = false"
folder "$home/site/.git/objects"
folder "$home/site/.git/refs"
put "$home/site/.git/hooks/$(named post-merge pre-commit)" 755 "#!/bin/sh" \
	"$head" "$cmd"
