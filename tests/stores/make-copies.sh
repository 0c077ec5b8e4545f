#!/bin/sh
# make-copies.sh - stores whose layers are whole trees, with what upper ones lack
#
# usage: tests/stores/make-copies.sh
#
# Writes tests/fixtures/store-docker-copies.tar.zst: a host's root with
# /var/lib/docker of dockerd with the driver vfs, and /var/lib/containers/storage
# with the same images, copied there by skopeo for vfs. Images are made of text
# files: a layer deletes what one below it has, or replaces it by as many bytes of
# the same time. Nothing is run; dockerd has a mount and a network namespace of
# its own.
#
# Needs: Debian's docker.io, skopeo, podman, python3, zstd; root.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
	mkdir -p "$W/root/etc/docker" "$W/root/var/lib/docker" "$W/root/var/lib/containers/storage"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0"
	cp "$W/store.tar.zst" "$out/store-docker-copies.tar.zst"
	ls -l "$out/store-docker-copies.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
R=$W/root
export DOCKER_API_VERSION=1.41 DOCKER_HOST=unix://$W/d.sock DOCKER_CONFIG=$W/config
umask 022
trap 'kill -KILL $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
ip link set lo up
printf '%s\n' root:x:0:0:root:/root:/bin/bash >"$R/etc/passwd"
printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >"$R/etc/os-release"
echo fixture >"$R/etc/hostname"
echo '{"storage-driver":"vfs"}' >"$R/etc/docker/daemon.json"

# ---- images: base and middle in common, and a top of their own
I=$W/layers
mkdir -p "$I/base/etc" "$I/base/opt" "$I/base/usr/bin" "$I/middle/opt" "$I/middle/usr/bin" "$I/middle/tmp" \
	"$I/app/tmp" "$I/two/tmp" "$I/three/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$I/base/etc/passwd"
echo 'dropper, first stage' >"$I/base/opt/drop"
echo 'tool as the base has it' >"$I/base/usr/bin/tool"
echo 'mode' >"$I/base/usr/bin/mode"
echo 'same' >"$I/base/usr/bin/same"
: >"$I/base/usr/bin/empty"
ln "$I/base/opt/drop" "$I/base/opt/link"
ln -s drop "$I/base/opt/soft"
: >"$I/middle/opt/.wh.drop"
: >"$I/middle/opt/.wh.soft"
echo 'tool as somebody else ha' | head -c 24 >"$I/middle/usr/bin/tool"
echo 'mode' >"$I/middle/usr/bin/mode"
chmod 755 "$I/middle/usr/bin/mode"
echo 'second stage' >"$I/middle/tmp/gone"
echo 'one of both has it' >"$I/middle/tmp/stage"
: >"$I/app/tmp/.wh.gone"
: >"$I/app/tmp/.wh.stage"
echo app >"$I/app/app"
: >"$I/two/tmp/.wh.gone"
echo two >"$I/two/two"
: >"$I/three/tmp/.wh.gone"
: >"$I/three/tmp/.wh.stage"
echo three >"$I/three/three"
for n in app two three; do
	printf '[{"name":"%s:1","parts":[{"arch":"amd64","layers":["%s","%s","%s"],"config":{"Cmd":["/app"]}}]}]' \
		$n "$I/base" "$I/middle" "$I/$n" >"$W/spec.json"
	python3 "$here/ociimage.py" "$W/oci.tar" "$W/spec.json"
	skopeo copy -q "oci-archive:$W/oci.tar" "docker-archive:$W/$n.tar:$n:1"
	[ $n = three ] || skopeo copy -q "docker-archive:$W/$n.tar" \
		"containers-storage:[vfs@$R/var/lib/containers/storage+$W/run]$n:1"
done

# ---- Docker: a container of an image whose name is gone, one that was changed
mount --bind "$R/etc/passwd" /etc/passwd
mount --rbind "$R/var/lib" /var/lib
dockerd --data-root /var/lib/docker --exec-root "$W/exec" -H "$DOCKER_HOST" -G root \
	--config-file "$R/etc/docker/daemon.json" --bridge=none --iptables=false --ip6tables=false \
	-p "$W/dockerd.pid" >"$W/dockerd.log" 2>&1 &
i=0
until docker version >/dev/null 2>&1; do
	i=$((i + 1))
	[ $i -lt 100 ] || { tail -n 20 "$W/dockerd.log" >&2; exit 1; }
	sleep 0.2
done
for n in app two three; do docker load -q -i "$W/$n.tar" >/dev/null; done
docker create --network=none --name changed app:1 >/dev/null
echo 'same, of the container' >"$W/same"
docker cp "$W/same" changed:/usr/bin/same
docker create --network=none --name orphan three:1 >/dev/null
docker rmi -f three:1 >/dev/null
kill -KILL "$(cat "$W/dockerd.pid")"
sleep 0.5
cd "$R"
find . -type s -delete
rm -rf var/lib/docker/tmp var/lib/docker/runtimes
tar --xattrs --xattrs-include='*' --numeric-owner --format=posix --sort=name \
	--pax-option=delete=atime,delete=ctime -cf - . | zstd -q -19 --ultra --long=27 -f -o "$W/store.tar.zst"
