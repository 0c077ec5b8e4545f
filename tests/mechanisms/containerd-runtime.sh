#!/bin/sh
# containerd-runtime: another runtime (containerd-config.toml(5))
. "${0%/*}/lib.sh"
program
put /etc/containerd/conf.d/runtime.toml 644 "$head" "version = 2" \
	"[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]" \
	"  BinaryName = \"$prog\""
