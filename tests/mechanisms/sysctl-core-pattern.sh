#!/bin/sh
# sysctl-core-pattern: a program that the kernel starts at a crash (core(5),
# sysctl.d(5))
. "${0%/*}/lib.sh"
program
put "/etc/sysctl.d/$(named 90-core 50-coredump).conf" 644 "$head" \
	"kernel.core_pattern=|$prog %P %u"
