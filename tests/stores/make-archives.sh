#!/bin/sh
# make-archives.sh - make the fixture archives with real engines, as root
#
# usage: tests/stores/make-archives.sh
#
# Starts Debian's dockerd on a copy of the fixture stores store-docker-clean
# and store-docker-hostile (make-store.sh made them), in a mount namespace of
# its own, and writes
#   tests/fixtures/store-archive-clean.tar.zst    save.tar (docker save of all
#       images), export.tar (docker export of the container "changed")
#   tests/fixtures/store-archive-oci.tar.zst      two of these images, copied by
#       skopeo: an OCI layout, its layers packed with gzip
#   tests/fixtures/store-archive-hostile.tar.zst  save.tar
#   tests/fixtures/store-archive-*/engine/        the engine's own word: docker
#       image inspect, docker history, and what umoci unpacks of one image
# Nothing is started but the daemon; no network. Needs: Debian's docker.io,
# skopeo, umoci, python3, zstd, jq.

set -eu
pack() { # DIR KIND
	tar --numeric-owner --format=posix --sort=name --owner=0 --group=0 \
		--mtime=2026-01-02T03:04:05Z -C "$1" \
		--pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra --long=27 -f -o "$out/store-archive-$2.tar.zst"
	ls -l "$out/store-archive-$2.tar.zst"
}
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")/fixtures
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-archives.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf "$W"' EXIT
	for kind in clean hostile; do
		mkdir -p "$W/$kind/lib/docker" "$W/$kind/out" "$W/$kind/engine"
		MAKE_STORE_DIR=$W/$kind unshare -m --propagation private "$0" $kind
		pack "$W/$kind/out" $kind
		[ $kind = hostile ] || pack "$W/clean/oci" oci
		rm -rf "$out/store-archive-$kind/engine"
		mkdir -p "$out/store-archive-$kind"
		cp -r "$W/$kind/engine" "$out/store-archive-$kind/engine"
	done
	exit 0
fi

W=$MAKE_STORE_DIR
kind=$1
export DOCKER_API_VERSION=1.41 DOCKER_HOST=unix://$W/sock DOCKER_CONFIG=$W/config
export PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
umask 022
trap 'kill -KILL $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
mount --bind "$W/lib" /var/lib
zstd -q -d --long=27 -c "$out/store-docker-$kind.tar.zst" |
	tar --xattrs --xattrs-include='*' --numeric-owner -xpf - -C /var/lib/docker
dockerd --data-root /var/lib/docker --exec-root "$W/exec" -H "$DOCKER_HOST" \
	--bridge=none --iptables=false -p "$W/dockerd.pid" >"$W/log" 2>&1 &
i=0
until docker version >/dev/null 2>&1; do
	i=$((i + 1))
	[ $i -lt 100 ] || { tail -n 20 "$W/log" >&2; exit 1; }
	sleep 0.2
done
O=$W/out E=$W/engine
docker images --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' | sort >"$W/names"
docker images -q --no-trunc --filter dangling=true | sort -u >>"$W/names"
docker save -o "$O/save.tar" $(cat "$W/names")
docker image inspect $(docker images -aq --no-trunc | sort -u) | jq -S . >"$E/image-inspect.json"
for id in $(docker images -q --no-trunc | sort -u); do
	docker history --no-trunc --human=false --format '{{json .}}' "$id" |
		jq -c --arg id "$id" '. + {Image: $id}'
done >"$E/history.json"
[ $kind = clean ] || exit 0

docker export -o "$O/export.tar" changed
for name in shop:7 nginx:1.25; do
	skopeo --insecure-policy copy -q --dest-compress-format gzip \
		"docker-archive:$O/save.tar:$name" "oci:$W/oci:$name"
done
# umoci: what an independent program makes of the layers
umoci raw unpack --image "$W/oci:shop:7" "$W/shop"
python3 "$here/listing.py" "$W/shop" >"$E/shop.txt"
mkdir "$W/export"
tar --numeric-owner -xpf "$O/export.tar" -C "$W/export"
python3 "$here/listing.py" "$W/export" >"$E/export.txt"
