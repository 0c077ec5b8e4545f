#!/bin/sh
# systemd-transient: a service made by systemd-run(1)
. "${0%/*}/lib.sh"
payload
put /run/systemd/transient/run-r5d2e7c1b9a3f4e6d8c0b1a2f3e4d5c6b.service 644 \
	"# This is a transient unit file, created programmatically via the systemd API. Do not edit." \
	"[Unit]" "Description=$cmd" "[Service]" "ExecStart=$argv"
