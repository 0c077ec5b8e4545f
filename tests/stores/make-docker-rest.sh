#!/bin/sh
# make-docker-rest.sh - more of Docker's state, made by the real engine
#
# usage: tests/stores/make-docker-rest.sh vfs|overlay|rest
#
#   vfs, overlay   a store of that graph driver (Docker 20.10 still has both)
#   rest           overlay2: volumes, networks, a swarm of one node with a
#                  service, builds by BuildKit, a managed plug-in
#
# Writes tests/fixtures/store-docker-KIND.tar.zst and store-docker-KIND/engine
# (what the engine said before it was killed). The engine runs in a mount
# namespace and a network namespace of its own; nothing leaves the machine. All
# images are made of busybox and text files; containers write a few files or
# sleep.
#
# Needs: Debian's docker.io, busybox-static, zstd, jq, python3, iproute2; root.

set -eu
kind=$1
case $kind in vfs | overlay | rest) ;; *) echo "usage: $0 vfs|overlay|rest" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf "$W"' EXIT
	mkdir "$W/lib" "$W/lib/docker"
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0" "$kind"
	cd "$W/lib/docker"
	rm -rf tmp/* runtimes/* plugins/tmp/*
	find . -type s -delete
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra --long=27 -f -o "$out/store-docker-$kind.tar.zst"
	mkdir -p "$out/store-docker-$kind"
	rm -rf "$out/store-docker-$kind/engine"
	cp -r "$W/engine" "$out/store-docker-$kind/engine"
	ls -l "$out/store-docker-$kind.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
S=$W/d.sock
export DOCKER_API_VERSION=1.41 DOCKER_BUILDKIT=0 DOCKER_HOST=unix://$S
export DOCKER_CONFIG=$W/config PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
umask 022
trap 'kill -KILL $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT
mount --bind "$W/lib" /var/lib
ip link set lo up
driver=$kind bridge=--bridge=none
[ $kind != rest ] || driver=overlay2 bridge=
dockerd --data-root /var/lib/docker --exec-root "$W/exec" -H "$DOCKER_HOST" \
	$bridge --iptables=false --ip6tables=false --storage-driver $driver \
	-p "$W/dockerd.pid" >"$W/dockerd.log" 2>&1 &
i=0
until docker version >/dev/null 2>&1; do
	i=$((i + 1))
	[ $i -lt 200 ] || { tail -n 20 "$W/dockerd.log" >&2; exit 1; }
	sleep 0.2
done

C=$W/context
mkdir -p "$C/root/bin" "$C/root/etc" "$C/root/opt/old" "$C/root/tmp"
cp /bin/busybox "$C/root/bin/busybox"
ln -s busybox "$C/root/bin/sh"
echo 'root:x:0:0:root:/root:/bin/sh' >"$C/root/etc/passwd"
echo old >"$C/root/opt/old/file"
echo keep >"$C/root/opt/keep"
ln -s opt/keep "$C/root/link"
(cd "$C/root" && find . -exec touch -h -d '2026-01-02T03:04:05.5Z' {} + &&
	tar --numeric-owner --sort=name -cf "$C/rootfs.tar" .)
rm -r "$C/root"
printf '#!/bin/sh\nexec "$@"\n' >"$C/entry.sh"
chmod 755 "$C/entry.sh"
image() {
	cat >"$C/Dockerfile"
	docker build --network=none --force-rm -q -t "$1" "$C" >/dev/null
	echo "built $1" >&2
}
image base:1 <<'D'
FROM scratch
ADD rootfs.tar /
CMD ["sh"]
D
image app:2 <<'D'
FROM base:1
LABEL maintainer=ops
COPY entry.sh /
RUN rm /opt/old/file && echo two >/opt/two
ENTRYPOINT ["/entry.sh"]
CMD ["sleep", "60"]
D

containers() {
	docker create --name never --network=none --cap-add NET_ADMIN --cap-drop CHOWN \
		--security-opt no-new-privileges --sysctl net.ipv4.ip_forward=1 app:2 >/dev/null
	docker create --name power --network=none --privileged --pid=host --ipc=host base:1 sh >/dev/null
	docker create --name loose --network=none --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
		--cap-drop ALL --cap-add SYS_ADMIN -l com.docker.compose.project=shop -l com.docker.compose.service=web base:1 sh >/dev/null
	docker run --network=none --name changed --entrypoint /bin/busybox app:2 sh -c '
		rm /opt/keep /link; mkdir -p /srv/new; echo x >/srv/new/x
		echo changed >>/etc/passwd; chmod 700 /opt; ln -s nowhere /broken
		rm -r /opt/old; mkdir /opt/old; echo again >/opt/old/again
		echo one >/tmp/a; mkfifo /tmp/p' >/dev/null
}

rest() {
	docker volume create -d local --label tier=db data >/dev/null
	docker volume create -o type=none -o device=/etc -o o=bind hostetc >/dev/null
	docker network create --subnet 192.0.2.0/25 --gateway 192.0.2.1 --label team=web \
		-o com.docker.network.bridge.name=br-fixture front >/dev/null
	docker network create --internal --subnet 198.51.100.0/24 back >/dev/null
	docker run -d --name web --network front --ip 192.0.2.10 -v data:/data \
		--entrypoint /bin/busybox app:2 sleep 3600 >/dev/null
	docker network connect back web
	docker run -d --name usual --entrypoint /bin/busybox app:2 sleep 3600 >/dev/null
	# a plug-in: never enabled
	mkdir -p "$W/plugin/rootfs/bin"
	echo fixture >"$W/plugin/rootfs/bin/busybox"
	cat >"$W/plugin/config.json" <<'J'
{"description":"fixture","documentation":"none","entrypoint":["/bin/busybox","sleep","3600"],
"workdir":"/","interface":{"types":["docker.volumedriver/1.0"],"socket":"fixture.sock"},
"network":{"type":"host"},"pidhost":true,"propagatedmount":"",
"env":[{"name":"DEBUG","value":"0","settable":["value"]}],
"mounts":[{"name":"etc","source":"/etc","destination":"/host/etc","type":"bind","options":["rbind","rw"]}],
"linux":{"capabilities":["CAP_SYS_ADMIN"],"allowAllDevices":false,"devices":[{"name":"null","path":"/dev/null"}]}}
J
	docker plugin create example/volume:1 "$W/plugin" >/dev/null
	# BuildKit: one build that works, one that fails
	# (by the API, with a context to be fetched: the client would need buildx)
	mkdir "$W/www"
	python3 -m http.server -d "$W/www" -b 127.0.0.1 8000 >/dev/null 2>&1 &
	www=$!
	kit() { # NAME [QUERY] <Dockerfile
		cat >"$C/Dockerfile"
		tar -cf "$W/www/$1.tar" -C "$C" Dockerfile entry.sh
		python3 "$here/build2.py" "$S" "version=2&networkmode=none&t=$1:1&remote=http://127.0.0.1:8000/$1.tar${2:-}" >>"$W/build.log" 2>&1 || :
	}
	sleep 1
	kit kit '&buildargs=%7B%22A%22%3A%22b%22%7D' <<'D'
FROM base:1
ARG A
RUN echo built >/opt/kit
RUN --mount=type=cache,target=/cache echo cached >/cache/a
COPY entry.sh /kit.sh
D
	kit bad <<'D'
FROM base:1
RUN echo half >/opt/half
RUN exit 7
D
	kill "$www"
	docker swarm init --advertise-addr 127.0.0.1 >/dev/null
	docker service create -d -q --name svc --no-resolve-image --env MODE=x --label tier=back \
		--mount type=bind,src=/usr/share,dst=/share,readonly --restart-condition none \
		app:2 /bin/busybox sleep 3600 >/dev/null
	i=0
	until docker ps --format '{{.Names}}' | grep -q '^svc\.'; do
		i=$((i + 1))
		[ $i -lt 150 ] || { docker service ps --no-trunc svc >&2; break; }
		sleep 0.2
	done
	sleep 2
}

containers
[ $kind != rest ] || rest

E=$W/engine
mkdir -p "$E"
docker images --digests --no-trunc --format '{{json .}}' | sort >"$E/images.json"
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
if [ $kind = rest ]; then
	docker volume inspect $(docker volume ls -q | sort) | jq -S . >"$E/volumes.json"
	docker network inspect $(docker network ls -q --no-trunc | sort) | jq -S . >"$E/networks.json"
	docker plugin inspect $(docker plugin ls -q --no-trunc) | jq -S . >"$E/plugins.json"
	docker node inspect $(docker node ls -q) | jq -S . >"$E/nodes.json"
	docker info --format '{{json .Swarm}}' | jq -S . >"$E/swarm.json"
	docker inspect $(docker service ps -q svc) | jq -S . >"$E/tasks.json"
	python3 - "$S" "/v1.41/system/df" <<'P' | jq -S .BuildCache >"$E/cache.json"
import http.client, socket, sys
c = http.client.HTTPConnection("x")
c.sock = socket.socket(socket.AF_UNIX)
c.sock.connect(sys.argv[1])
c.request("GET", sys.argv[2])
print(c.getresponse().read().decode())
P
fi
# SIGKILL, as the power cut of a host that is imaged: running stays running.
pids=$(docker ps -q | while read -r c; do docker inspect -f '{{.State.Pid}}' "$c"; done)
sync
kill -KILL "$(cat "$W/dockerd.pid")"
for p in $pids; do
	shim=$(awk '{print $4}' "/proc/$p/stat")
	kill -KILL "$p" || :
	kill -KILL "$shim" || :
done
sleep 0.5
