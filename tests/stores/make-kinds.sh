#!/bin/sh
# make-kinds.sh - layers that hold every kind of file, as an engine unpacks them
#
# usage: tests/stores/make-kinds.sh docker|podman
#
#   docker   dockerd --userns-remap, overlay2: all ids are shifted
#   podman   overlay with fuse-overlayfs and force_mask: owner and mode are in
#            attributes. podman 4.3 cannot unpack FIFOs, devices and hard links
#            to links so, and nothing can be built on the image.
#
# Writes tests/fixtures/store-KIND-kinds.tar.zst: a data-root. It is for what the
# list of a layer says against what lies in its directory, which an engine never
# compares: so there is no word of the engine. The image is made by kinds.py; a
# layer on top of it by the engine. The engine runs in a mount and a network
# namespace of its own.
#
# Needs: Debian's docker.io or podman, fuse-overlayfs, gcc, zstd, python3, tar;
# root.

set -eu
kind=$1
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
	chmod 755 "$W" # the remapped root goes through it
	mkdir -p "$W/store" "$W/context" "$W/etc"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0" "$kind"
	cd "$W/store"
	find . -type s -delete
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra -f -o "$out/store-$kind-kinds.tar.zst"
	ls -l "$out/store-$kind-kinds.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
umask 022
ip link set lo up
gcc -Os -nostdlib -static -fno-stack-protector -s -o "$W/tiny" "$here/tiny.c"
echo one >"$W/context/one"
chmod 4755 "$W/context/one"
case $kind in
docker)
	python3 "$here/kinds.py" "$W/kinds.tar" "$W/tiny"
	export DOCKER_API_VERSION=1.41 DOCKER_BUILDKIT=0 DOCKER_HOST="unix://$W/d.sock"
	export DOCKER_CONFIG="$W/config" PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"
	printf '%s\n' root:x:0:0:root:/root:/bin/bash dockremap:x:996:996::/home/dockremap:/usr/sbin/nologin >"$W/etc/passwd"
	printf '%s\n' root:x:0: docker:x:995: dockremap:x:996: >"$W/etc/group"
	echo dockremap:100000:65536 >"$W/etc/subuid"
	cp "$W/etc/subuid" "$W/etc/subgid"
	for f in passwd group subuid subgid; do
		[ -e /etc/$f ] && mount --bind "$W/etc/$f" /etc/$f
	done
	echo '{"userns-remap":"default","storage-driver":"overlay2"}' >"$W/daemon.json"
	trap 'kill -KILL $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
	dockerd --data-root "$W/store" --exec-root "$W/exec" -H "$DOCKER_HOST" -G root \
		--config-file "$W/daemon.json" --bridge=none --iptables=false --ip6tables=false \
		-p "$W/dockerd.pid" >"$W/dockerd.log" 2>&1 &
	i=0
	until docker version >/dev/null 2>&1; do
		i=$((i + 1))
		[ $i -lt 100 ] || { tail -n 20 "$W/dockerd.log" >&2; exit 1; }
		sleep 0.2
	done
	docker load -q -i "$W/kinds.tar"
	cat >"$W/context/Dockerfile" <<-'D'
		FROM kinds:1
		COPY --chown=33:33 one /g/tmp/one
		RUN ["/bin/tiny", "w", "/g/two", "two", "h", "/g/two", "/g/three", "l", "nowhere", "/g/broken", "d", "/p/su", "p", "/g/pipe", "c", "/p/hard"]
	D
	docker build --network=none -q -t app:1 "$W/context"
	;;
podman)
	python3 "$here/kinds.py" "$W/kinds.tar" "$W/tiny" simple
	for d in /var/lib/containers /run/containers /run/libpod; do
		mkdir -p $d
		mount -t tmpfs none $d
	done
	mkdir -p /var/lib/containers/storage
	mount --bind "$W/store" /var/lib/containers/storage
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$W/etc/policy.json"
	cat >"$W/etc/storage.conf" <<-'D'
		[storage]
		driver = "overlay"
		runroot = "/run/containers/storage"
		graphroot = "/var/lib/containers/storage"
		[storage.options.overlay]
		mount_program = "/usr/bin/fuse-overlayfs"
		force_mask = "700"
	D
	mount --bind "$W/etc" /etc/containers
	podman --cgroup-manager=cgroupfs --events-backend=file load -q -i "$W/kinds.tar"
	;;
esac
