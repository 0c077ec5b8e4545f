#!/bin/sh
# vimrc: a command of vim (vimrc, autocmd)
. "${0%/*}/lib.sh"
payload
put "$home/.vimrc" 644 "${head:+\"${head#\#}}" "set nocompatible" \
	"autocmd VimEnter * silent !$cmd"
