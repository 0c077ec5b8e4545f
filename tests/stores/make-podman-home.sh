#!/bin/bash
# make-podman-home.sh - a host whose ordinary user runs podman in a home
#
# usage: tests/stores/make-podman-home.sh vfs|fuse
#
# Writes tests/fixtures/store-podman-home-KIND.tar.zst (a host's root with
# /home/ann/.local/share/containers/storage, the user's configuration and
# /etc/passwd) and store-podman-home-KIND/engine (what podman said before it was
# stopped). fuse is the driver overlay with the mount program fuse-overlayfs.
#
# The user exists only in a mount namespace with its own /etc/passwd,
# /etc/subuid and /home: nothing of the machine is changed. All images are made
# of one program of 9 KB, see tiny.c, and text files; nothing has a network.
#
# Needs: Debian's podman, crun, conmon, uidmap, fuse-overlayfs, gcc, jq, zstd;
# root.

set -eu
kind=$1
case $kind in vfs | fuse) ;; *) echo "usage: $0 vfs|fuse" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-podman.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
	chmod 755 "$W"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0" "$kind"
	mkdir -p "$out/store-podman-home-$kind"
	rm -rf "$out/store-podman-home-$kind/engine"
	cp -r "$W/engine" "$out/store-podman-home-$kind/engine"
	cp "$W/store.tar.zst" "$out/store-podman-home-$kind.tar.zst"
	ls -l "$out/store-podman-home-$kind.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
R=$W/root
C=$W/context
if [ "$(id -u)" = 0 ] && [ -z "${AS_USER:-}" ]; then
	umask 022
	mkdir -p "$R/etc" "$R/home/ann/.config/containers" "$C/root/bin" "$W/run"
	printf '%s\n' root:x:0:0:root:/root:/bin/bash ann:x:1234:1234:Ann:/home/ann:/bin/bash >"$R/etc/passwd"
	printf '%s\n' root:x:0: ann:x:1234: >"$R/etc/group"
	printf 'ann:200000:65536\n' >"$R/etc/subuid"
	cp "$R/etc/subuid" "$R/etc/subgid"
	printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >"$R/etc/os-release"
	echo fixture >"$R/etc/hostname"
	if [ $kind = vfs ]; then
		printf '[storage]\ndriver = "vfs"\n'
	else
		printf '[storage]\ndriver = "overlay"\n[storage.options.overlay]\nmount_program = "/usr/bin/fuse-overlayfs"\n'
	fi >"$R/home/ann/.config/containers/storage.conf"
	printf '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n[network]\ndefault_rootless_network_cmd = "slirp4netns"\n' >"$R/home/ann/.config/containers/containers.conf"
	cd "$C/root"
	mkdir -p etc opt/old opt/gone tmp srv
	gcc -Os -nostdlib -static -fno-stack-protector -s -o bin/tiny "$here/tiny.c"
	echo 'root:x:0:0:root:/root:/bin/tiny' >etc/passwd
	echo old >opt/old/file
	echo gone >opt/gone/file
	echo keep >opt/keep
	ln -s opt/keep link
	chmod 1777 tmp
	chown 33:33 srv
	find . -exec touch -h -d '2026-01-02T03:04:05.5Z' {} +
	tar --numeric-owner --sort=name -cf "$C/rootfs.tar" .
	cd "$W"
	echo one >"$C/one"
	chown -R 1234:1234 "$R/home/ann" "$C" "$W/run"
	chmod 700 "$W/run"
	for f in passwd group subuid subgid; do
		mount --bind "$R/etc/$f" /etc/$f
	done
	mount --bind "$R/home" /home
	umount /sys/fs/cgroup/unified 2>/dev/null || :
	mknod -m 666 "$W/fuse" c 10 229 # may be root's here
	mount --bind "$W/fuse" /dev/fuse
	mkdir "$W/engine"
	chown 1234:1234 "$W/engine"
	AS_USER=1 setpriv --reuid 1234 --regid 1234 --clear-groups env -i MAKE_STORE_DIR="$W" AS_USER=1 \
		HOME=/home/ann USER=ann XDG_RUNTIME_DIR="$W/run" TMPDIR="$W/run" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		"$here/${0##*/}" "$kind"
	# SIGKILL, as the power cut of a host that is imaged
	while read -r p; do kill -KILL "$p" || :; done <"$W/run/pids"
	sleep 0.5
	mkdir "$W/view"
	mount --bind "$R" "$W/view"
	cd "$W/view"
	find . -type s -delete
	rm -rf home/ann/.local/share/containers/storage/tmp/*
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra -f -o "$W/store.tar.zst"
	exit 0
fi

# ---- as the user ------------------------------------------------------------

cd /home/ann
image() {
	cat >"$C/Dockerfile"
	podman build --network=none --format docker -q --layers -t "$1" "$C" >/dev/null
	echo "built $1" >&2
}
image base:1 <<'D'
FROM scratch
ADD rootfs.tar /
CMD ["/bin/tiny", "s"]
D
image app:2 <<'D'
FROM localhost/base:1
LABEL maintainer=ops
ENV A=1
COPY one /srv/
RUN ["/bin/tiny", "d", "/opt/old/file", "w", "/opt/two", "two", "d", "/opt/gone/file", "r", "/opt/gone", "m", "/opt/gone", "w", "/opt/gone/new", "new"]
ENTRYPOINT ["/bin/tiny"]
CMD ["s"]
D
podman tag app:2 registry.example.org/shop/app:stable
podman volume create data >/dev/null
podman create --name never --network=none --user 33:33 --restart=always app:2 >/dev/null
podman create --name clock --network=none -v /etc/hostname:/etc/host:ro -v data:/data app:2 >/dev/null
podman create --name keep --network=none --userns=keep-id -e B=2 -l role=db base:1 /bin/tiny >/dev/null
podman run --network=none --name changed app:2 d /opt/keep d /link m /srv/new w /srv/new/x x \
	a /etc/passwd changed c /opt l nowhere /broken d /opt/gone/new r /opt/gone m /opt/gone \
	w /opt/gone/again again w /opt/old/file back p /tmp/p w /tmp/a one h /tmp/a /tmp/b
podman run --network=none --name failed app:2 w /tmp/x x x || :
podman run -d --network=none --name running app:2 w /tmp/pid 1 s >/dev/null
podman pod create --name web --infra=false >/dev/null
podman create --pod web --network=none --name inpod base:1 /bin/tiny >/dev/null

E=$W/engine
podman images -a --digests --no-trunc --format json | jq -S . >"$E/images.json"
podman image inspect $(podman images -aq --no-trunc | sort -u) | jq -S . >"$E/image-inspect.json"
for id in $(podman images -aq --no-trunc | sort -u); do
	podman history --no-trunc --human=false --format json "$id" | jq -c --arg id "${id#sha256:}" '.[] + {Image: $id}'
done >"$E/history.json"
podman ps -a --no-trunc --format json | jq -S . >"$E/ps.json"
podman container inspect $(podman ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
for id in $(podman ps -aq --no-trunc | sort); do
	podman diff --format json "$id" | jq -c --arg id "$id" '. + {Id: $id}'
done >"$E/diff.json"
for p in $(podman pod ps -q --no-trunc | sort); do podman pod inspect "$p"; done | jq -S -s . >"$E/pods.json"
podman volume inspect data | jq -S . >"$E/volumes.json"
podman network inspect $(podman network ls -q) | jq -S . >"$E/networks.json"
echo '[]' >"$E/buildah.json"
p=$(podman inspect -f '{{.State.Pid}}' running)
podman unshare sh -c "cd /proc/$p/root && find . -xdev -type f -exec sha256sum {} +" |
	grep -v ' \./\(dev\|proc\|sys\|run\)/' | sort -k 2 >"$E/files"
podman inspect -f '{{.Id}}' running >>"$E/files"
{ podman inspect -f '{{.State.ConmonPid}}' running; echo "$p"; cat "$W/run/libpod/tmp/pause.pid" 2>/dev/null || :; } >"$W/run/pids"
sync
