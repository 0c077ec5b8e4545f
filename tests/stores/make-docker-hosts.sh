#!/bin/sh
# make-docker-hosts.sh - small hosts with a Docker of an unusual store, or a new one
#
# usage: tests/stores/make-docker-hosts.sh remap|fuse|btrfs
#        tests/stores/in-release.sh RELEASE make-docker-hosts.sh overlay2|images|own
#
#   remap      dockerd --userns-remap: its data-root is /var/lib/docker/UID.GID
#   fuse       the storage driver fuse-overlayfs
#   btrfs      the storage driver btrfs, on a small file system in a loop file
#   overlay2   the usual driver, with all that a newer Docker has besides images
#              and containers: volumes, networks, a plug-in, BuildKit
#   images     the same with the containerd image store, kept by the host's own
#              containerd (/var/lib/containerd), as packages set it up
#   own        the same, kept by the containerd that dockerd starts itself
#
# Writes tests/fixtures/store-docker-KIND.tar.zst (a host's root: /var/lib/docker
# and a few files of /etc) and store-docker-KIND/engine (what the engine said
# before it was killed); of another release it is store-docker-KIND-RELEASE. The
# engine runs in a mount namespace and a network namespace of its own, with
# /etc/passwd and the like of the fixture; nothing leaves the machine. All images
# are made of one program of 9 KB, see tiny.c, and text files. Of btrfs the
# archive has the subvolumes as directories, which is what a copy of the disk's
# files has.
#
# devicemapper cannot be made so: Debian's engine has the driver, but it needs
# thin volumes of the kernel's device mapper.
#
# Needs: Debian's docker.io, fuse-overlayfs, btrfs-progs, gcc, zstd, jq,
# python3; root.

set -eu
kind=$1
case $kind in
remap | fuse | btrfs) new= ;;
overlay2 | images | own) new=1 ;;
*)
	echo "usage: $0 remap|fuse|btrfs|overlay2|images|own" >&2
	exit 2
	;;
esac
here=$(cd "$(dirname "$0")" && pwd)
W=${MAKE_STORE_DIR:-$(mktemp -d /var/tmp/make-store.XXXXXX)}
. "$here/engine.sh"
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W" "$W".*' EXIT
	mkdir -p "$W/root/etc/docker" "$W/root/var/lib/docker" "$W/root/var/lib/containerd"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0" "$kind"
	fixture "docker-$kind${RELEASE:+-$RELEASE}"
	exit 0
fi

S=$W/d.sock
R=$W/root
export DOCKER_HOST=unix://$S DOCKER_CONFIG=$W/config PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
[ -n "$new" ] || export DOCKER_API_VERSION=1.41 DOCKER_BUILDKIT=0
umask 022
containerd=
trap 'kill -KILL $containerd $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
ip link set lo up
printf '%s\n' root:x:0:0:root:/root:/bin/bash dockremap:x:996:996::/home/dockremap:/usr/sbin/nologin >"$R/etc/passwd"
printf '%s\n' root:x:0: docker:x:995: dockremap:x:996: >"$R/etc/group"
printf 'dockremap:100000:65536\n' >"$R/etc/subuid"
cp "$R/etc/subuid" "$R/etc/subgid"
cp /etc/os-release "$R/etc/os-release"
echo fixture >"$R/etc/hostname"
case $kind in
remap) echo '{"userns-remap":"default","storage-driver":"overlay2"}' ;;
fuse) echo '{"storage-driver":"fuse-overlayfs"}' ;;
btrfs) echo '{"storage-driver":"btrfs"}' ;;
overlay2) echo '{"features":{"containerd-snapshotter":false}}' ;;
images | own) echo '{"features":{"containerd-snapshotter":true}}' ;;
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
socket=
if [ $kind = images ]; then
	containerd --log-level warn >"$W/containerd.log" 2>&1 &
	containerd=$!
	socket=/run/containerd/containerd.sock
	wait_for ctr version
fi
bridge=
[ -n "$new" ] || bridge=--bridge=none
docker_start --config-file "$R/etc/docker/daemon.json" $bridge ${socket:+--containerd "$socket"}

C=$W/context
tiny_context "$C"
image() { # NAME [OPTION...] <Dockerfile
	_n=$1
	shift
	cat >"$C/Dockerfile"
	docker build --network=none --force-rm -q "$@" -t "$_n" "$C" >/dev/null
	echo "built $_n" >&2
}
echo "$tiny_base" | image base:1
printf 'FROM base:1\n%s\n' "$tiny_app" | image app:2
docker tag app:2 registry.example.org/shop/app:stable
docker volume create data >/dev/null
docker create --name never --network=none --cap-add NET_ADMIN --user 33:33 --restart=always app:2 >/dev/null
docker create --name clock --network=none -v /etc/hostname:/etc/host:ro -v data:/data app:2 >/dev/null
[ $kind = remap ] && host=--userns=host || host=--ipc=private
docker create --name own --network=none $host -e B=2 -l role=db base:1 /bin/tiny >/dev/null
docker run --network=none --name changed app:2 $tiny_changes
docker run --network=none --name failed app:2 w /tmp/x x x || :
docker run -d --network=none --name running app:2 w /tmp/pid 1 s >/dev/null

# What is in newer ones only, or was made by them in another way.
newer() {
	# names and digests: one image by a pull, two that were loaded, one flat
	mkdir "$W/saved"
	echo 'FROM base:1
LABEL from=afar
COPY one /srv/pulled' | image library/pulled:3 --provenance=false
	docker save -o "$W/saved/pulled.tar" pulled:3
	docker rmi pulled:3 >/dev/null
	docker save -o "$W/saved/app.tar" app:2 registry.example.org/shop/app:stable
	python3 "$here/registry.py" "$W/port" "$W/saved/pulled.tar" &
	registry=$!
	wait_for test -s "$W/port"
	docker pull -q "127.0.0.1:$(cat "$W/port")/library/pulled:3" >/dev/null
	kill "$registry"
	docker tag "127.0.0.1:$(cat "$W/port")/library/pulled:3" registry.example.org/far/pulled:3
	docker run --network=none --name fetched registry.example.org/far/pulled:3 /bin/tiny w /srv/pulled here
	docker load -q -i "$W/saved/app.tar" >/dev/null
	tar -C "$C" -cf "$W/flat.tar" one
	docker import -m 'by hand' -c 'ENV F=1' -c 'CMD ["/bin/tiny"]' "$W/flat.tar" flat:1 >/dev/null
	docker commit -m 'what changed left' -a ops -c 'LABEL k=v' changed committed:1 >/dev/null
	# all that a Dockerfile can say, several platforms' stages, secrets
	echo 'FROM base:1 AS made
RUN ["/bin/tiny", "w", "/opt/made", "yes"]
FROM base:1
ARG A=0
SHELL ["/bin/tiny", "w", "/opt/shell"]
COPY --from=made --chown=33:33 /opt/made /opt/
RUN --mount=type=cache,target=/cache ["/bin/tiny", "w", "/cache/a", "cached"]
RUN --mount=type=secret,id=s,target=/s ["/bin/tiny", "w", "/opt/last", "x"]
VOLUME ["/vol"]
EXPOSE 80 53/udp
HEALTHCHECK --interval=30s --start-interval=2s CMD ["/bin/tiny", "x"]
STOPSIGNAL SIGQUIT
ONBUILD RUN later
USER 33:33
WORKDIR /srv/work
CMD line of words' >"$C/Dockerfile"
	echo secret >"$W/secret"
	docker build --network=none -q --secret id=s,src="$W/secret" --build-arg A=1 --label built=yes \
		-t full:1 "$C" >/dev/null
	printf 'FROM base:1\nRUN ["/bin/tiny", "w", "/opt/half", "x"]\nRUN ["/bin/tiny", "x"]\n' >"$C/Dockerfile"
	docker build --network=none -q -t bad:1 "$C" >/dev/null 2>&1 || :

	docker volume create -o type=none -o device=/etc -o o=bind --label tier=db hostetc >/dev/null
	docker network create --subnet 192.0.2.0/25 --gateway 192.0.2.1 --label team=web \
		-o com.docker.network.bridge.name=br-fixture front >/dev/null
	docker network create --internal --subnet 198.51.100.0/24 back >/dev/null
	docker run -d --name web --network front --ip 192.0.2.10 --mac-address 02:00:00:00:00:01 \
		-v data:/data --annotation a.b/c=d app:2 s >/dev/null
	docker network connect --alias db back web
	docker create --name full --network back --hostname full.example.org -p 127.0.0.1:8080:80 -p 53:53/udp -p 9000 \
		--read-only --cap-drop ALL --security-opt no-new-privileges --security-opt seccomp=unconfined \
		--device /dev/null:/dev/x:r --tmpfs /scratch:size=1m --sysctl net.ipv4.ip_forward=1 --init \
		--health-cmd 'true || exit 1' --health-start-interval 1s --log-driver local --log-opt max-size=10m \
		--mount type=bind,src=/usr/share,dst=/www,readonly,bind-propagation=rslave \
		--mount type=volume,src=data,dst=/part,volume-nocopy full:1 >/dev/null
	docker create --name power --network host --privileged --pid=host --ipc=host --uts=host --cgroupns=host \
		-v /:/host --restart=on-failure:3 base:1 >/dev/null
	docker create --name inherits --volumes-from full:ro --network container:web -w /opt full:1 >/dev/null
	docker run -d --name paused --network none app:2 s >/dev/null
	docker pause paused >/dev/null
	# what newer ones can: a part of a volume, an image as a mount
	docker run --rm --network none -v data:/data app:2 m /data/sub
	docker create --name part --network none --mount type=volume,src=data,dst=/sub,volume-subpath=sub app:2 >/dev/null || :
	docker create --name pictures --network none --mount type=image,src=app:2,dst=/app app:2 >/dev/null || :
	# a plug-in: never enabled
	mkdir -p "$W/plugin/rootfs/bin"
	echo fixture >"$W/plugin/rootfs/bin/busybox"
	echo '{"description":"fixture","documentation":"none","entrypoint":["/bin/busybox","sleep","3600"],
"workdir":"/","interface":{"types":["docker.volumedriver/1.0"],"socket":"fixture.sock"},
"network":{"type":"host"},"pidhost":true,"propagatedmount":"","ipchost":false,
"env":[{"name":"DEBUG","value":"0","settable":["value"]}],
"mounts":[{"name":"etc","source":"/etc","destination":"/host/etc","type":"bind","options":["rbind","rw"]}],
"linux":{"capabilities":["CAP_SYS_ADMIN"],"allowAllDevices":false,"devices":[{"name":"null","path":"/dev/null"}]}}' >"$W/plugin/config.json"
	docker plugin create example/volume:1 "$W/plugin" >/dev/null
}
[ -z "$new" ] || newer
if [ -n "$new" ]; then
	# in use, and another has its name now
	printf 'FROM base:1\nCOPY one /srv/lost\n' | image lost:1
	docker create --name nameless --network none lost:1 >/dev/null
	printf 'FROM base:1\nCOPY one /srv/found\n' | image lost:1
fi
# an image that lost its name, and one of which only layers are left
printf 'FROM base:1\nCOPY one /srv/again\n' | image app:2

docker_word
E=$W/engine
if [ -n "$new" ]; then
	docker network inspect $(docker network ls -q --no-trunc | sort) | jq -S . >"$E/networks.json"
	docker plugin inspect $(docker plugin ls -q --no-trunc) | jq -S . >"$E/plugins.json"
	python3 "$here/api.py" "$S" GET /system/df | jq -S .BuildCache >"$E/cache.json"
	docker buildx history ls --no-trunc --format json >"$E/builds.json" 2>/dev/null || rm "$E/builds.json"
	docker info --format '{{json .}}' | jq -S '{Driver, DriverStatus, ServerVersion, Containers, Images}' >"$E/info.json"
fi
# the running one's files, by the mount that the engine made
p=$(docker inspect -f '{{.State.Pid}}' running)
(cd "/proc/$p/root" && find . -xdev -type f -exec sha256sum {} + | grep -v ' \./\(dev\|proc\|sys\)/' | sort -k 2) >"$E/files"
docker inspect -f '{{.Id}}' running >>"$E/files"
docker_end
[ -z "$containerd" ] || kill -KILL "$containerd"
# What was mounted on the store is no part of it: another view of it has none.
mkdir -p "$W/view"
mount --bind "$R" "$W/view"
[ $kind != btrfs ] || mount --bind "$R/var/lib/docker" "$W/view/var/lib/docker"
cd "$W/view"
rm -rf var/lib/docker/tmp/* var/lib/docker/runtimes/* var/lib/docker/*/tmp/* var/lib/docker/*/runtimes/* \
	var/lib/docker/plugins/tmp/*
rmdir var/lib/containerd 2>/dev/null || :
pack "$W/view"
