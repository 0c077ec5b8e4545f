#!/bin/sh
# kernel-command-line: another init in the loader's defaults
# (kernel-command-line(7))
. "${0%/*}/lib.sh"
program
append /etc/default/grub "$head" "GRUB_CMDLINE_LINUX=\"init=$prog\""
