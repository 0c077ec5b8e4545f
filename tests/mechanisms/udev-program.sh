#!/bin/sh
# udev-program: a program while rules are read (udev(7), PROGRAM)
. "${0%/*}/lib.sh"
payload
put "/usr/lib/udev/rules.d/$(named 10-disk 60-persistent-usb).rules" 644 \
	"$head" "SUBSYSTEM==\"block\", PROGRAM=\"$argv\", SYMLINK+=\"disk/x\""
