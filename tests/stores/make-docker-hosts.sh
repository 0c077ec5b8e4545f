#!/bin/sh
# make-docker-hosts.sh - small hosts with a Docker of an unusual store
#
# usage: tests/stores/make-docker-hosts.sh remap|fuse|btrfs
#
#   remap   dockerd --userns-remap: its data-root is /var/lib/docker/UID.GID
#   fuse    the storage driver fuse-overlayfs
#   btrfs   the storage driver btrfs, on a small file system in a loop file
#
# Writes tests/fixtures/store-docker-KIND.tar.zst (a host's root: /var/lib/docker
# and a few files of /etc) and store-docker-KIND/engine (what the engine said
# before it was killed). The engine runs in a mount namespace and a network
# namespace of its own, with /etc/passwd and the like of the fixture; nothing
# leaves the machine. All images are made of one program of 9 KB, see tiny.c,
# and text files. Of btrfs the archive has the subvolumes as directories, which
# is what a copy of the disk's files has.
#
# devicemapper cannot be made so: Debian's engine has the driver, but it needs
# thin volumes of the kernel's device mapper.
#
# Needs: Debian's docker.io, fuse-overlayfs, btrfs-progs, gcc, zstd, jq,
# python3; root.

set -eu
kind=$1
case $kind in remap | fuse | btrfs) ;; *) echo "usage: $0 remap|fuse|btrfs" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W" "$W".*' EXIT
	mkdir -p "$W/root/etc/docker" "$W/root/var/lib/docker"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0" "$kind"
	mkdir -p "$out/store-docker-$kind"
	rm -rf "$out/store-docker-$kind/engine"
	cp -r "$W/engine" "$out/store-docker-$kind/engine"
	cp "$W/store.tar.zst" "$out/store-docker-$kind.tar.zst"
	ls -l "$out/store-docker-$kind.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
S=$W/d.sock
R=$W/root
export DOCKER_API_VERSION=1.41 DOCKER_BUILDKIT=0 DOCKER_HOST=unix://$S
export DOCKER_CONFIG=$W/config PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
umask 022
trap 'kill -KILL $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
ip link set lo up
printf '%s\n' root:x:0:0:root:/root:/bin/bash dockremap:x:996:996::/home/dockremap:/usr/sbin/nologin >"$R/etc/passwd"
printf '%s\n' root:x:0: docker:x:995: dockremap:x:996: >"$R/etc/group"
printf 'dockremap:100000:65536\n' >"$R/etc/subuid"
cp "$R/etc/subuid" "$R/etc/subgid"
printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >"$R/etc/os-release"
echo fixture >"$R/etc/hostname"
case $kind in
remap) echo '{"userns-remap":"default","storage-driver":"overlay2"}' ;;
fuse) echo '{"storage-driver":"fuse-overlayfs"}' ;;
btrfs) echo '{"storage-driver":"btrfs"}' ;;
esac >"$R/etc/docker/daemon.json"
if [ $kind = btrfs ]; then
	truncate -s 128M "$W/disk"
	mkfs.btrfs -q "$W/disk"
	# the kernel frees the loop device with the mount
	mount -t btrfs -o loop,noatime "$W/disk" "$R/var/lib/docker"
fi
for f in passwd group subuid subgid; do
	[ -e /etc/$f ] && mount --bind "$R/etc/$f" /etc/$f
done
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

C=$W/context
B=$C/root
mkdir -p "$B/bin" "$B/etc" "$B/opt/old" "$B/opt/gone" "$B/tmp" "$B/srv"
gcc -Os -nostdlib -static -fno-stack-protector -s -o "$B/bin/tiny" "$here/tiny.c"
echo 'root:x:0:0:root:/root:/bin/tiny' >"$B/etc/passwd"
cp "$R/etc/os-release" "$B/etc/os-release"
echo old >"$B/opt/old/file"
echo gone >"$B/opt/gone/file"
echo keep >"$B/opt/keep"
ln -s opt/keep "$B/link"
chmod 1777 "$B/tmp"
chown 33:33 "$B/srv"
(cd "$B" && find . -exec touch -h -d '2026-01-02T03:04:05.5Z' {} + &&
	tar --numeric-owner --sort=name -cf "$C/rootfs.tar" .)
rm -r "$B"
echo one >"$C/one"
image() {
	cat >"$C/Dockerfile"
	docker build --network=none --force-rm -q -t "$1" "$C" >/dev/null
	echo "built $1" >&2
}
image base:1 <<'D'
FROM scratch
ADD rootfs.tar /
CMD ["/bin/tiny", "s"]
D
image app:2 <<'D'
FROM base:1
LABEL maintainer=ops
ENV A=1
COPY one /srv/
RUN ["/bin/tiny", "d", "/opt/old/file", "w", "/opt/two", "two", "d", "/opt/gone/file", "r", "/opt/gone", "m", "/opt/gone", "w", "/opt/gone/new", "new"]
ENTRYPOINT ["/bin/tiny"]
CMD ["s"]
D
docker tag app:2 registry.example.org/shop/app:stable
docker volume create data >/dev/null
docker create --name never --network=none --cap-add NET_ADMIN --user 33:33 --restart=always app:2 >/dev/null
docker create --name clock --network=none -v /etc/hostname:/etc/host:ro -v data:/data app:2 >/dev/null
[ $kind = remap ] && host=--userns=host || host=--ipc=private
docker create --name own --network=none $host -e B=2 -l role=db base:1 /bin/tiny >/dev/null
docker run --network=none --name changed app:2 d /opt/keep d /link m /srv/new w /srv/new/x x \
	a /etc/passwd changed c /opt l nowhere /broken d /opt/gone/new r /opt/gone m /opt/gone \
	w /opt/gone/again again w /opt/old/file back p /tmp/p w /tmp/a one h /tmp/a /tmp/b
docker run --network=none --name failed app:2 w /tmp/x x x || :
docker run -d --network=none --name running app:2 w /tmp/pid 1 s >/dev/null
# an image that lost its name, and one of which only layers are left
image app:2 <<'D'
FROM base:1
COPY one /srv/again
D

E=$W/engine
mkdir -p "$E"
docker images --digests --no-trunc --format '{{json .}}' | sort >"$E/images.json"
docker ps -a --no-trunc --format '{{json .}}' | sort >"$E/ps.json"
docker image inspect $(docker images -aq --no-trunc | sort -u) | jq -S . >"$E/image-inspect.json"
docker container inspect $(docker ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
for id in $(docker images -aq --no-trunc | sort -u); do
	docker history --no-trunc --human=false --format '{{json .}}' "$id" |
		jq -c --arg id "$id" '. + {Image: $id}'
done >"$E/history.json"
for id in $(docker ps -aq --no-trunc | sort); do
	python3 - "$S" "/v1.41/containers/$id/changes" "$id" <<'P'
import http.client, json, socket, sys
c = http.client.HTTPConnection("x")
c.sock = socket.socket(socket.AF_UNIX)
c.sock.connect(sys.argv[1])
c.request("GET", sys.argv[2])
for x in json.loads(c.getresponse().read()) or []:
    print(json.dumps(dict(x, Id=sys.argv[3])))
P
done >"$E/changes.json"
docker volume inspect data | jq -S . >"$E/volumes.json"
# the running one's files, by the mount that the engine made
p=$(docker inspect -f '{{.State.Pid}}' running)
(cd "/proc/$p/root" && find . -xdev -type f -exec sha256sum {} + | grep -v ' \./\(dev\|proc\|sys\)/' | sort -k 2) >"$E/files"
docker inspect -f '{{.Id}}' running >>"$E/files"
# SIGKILL, as the power cut of a host that is imaged: running stays running.
sync
kill -KILL "$(cat "$W/dockerd.pid")"
shim=$(awk '{print $4}' "/proc/$p/stat")
kill -KILL "$p" || :
kill -KILL "$shim" || :
sleep 0.5
# What was mounted on the store is no part of it: another view of it has none.
mkdir -p "$W/view"
mount --bind "$R" "$W/view"
[ $kind != btrfs ] || mount --bind "$R/var/lib/docker" "$W/view/var/lib/docker"
cd "$W/view"
rm -rf var/lib/docker/tmp/* var/lib/docker/runtimes/* var/lib/docker/*/tmp/* var/lib/docker/*/runtimes/*
find . -type s -delete
tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
	--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
	zstd -q -19 --ultra -f -o "$W/store.tar.zst"
