#!/bin/sh
# git-template: a hook of every new repository (git-init(1))
. "${0%/*}/lib.sh"
payload
put /usr/share/git-core/templates/hooks/post-checkout 755 "#!/bin/sh" \
	"$head" "$cmd"
