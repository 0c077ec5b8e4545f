# engine.sh - what the scripts that start a real engine share
#
#   . "$here/engine.sh"          needs $here (the directory of the scripts), $W
#
#   pack DIR [ZSTD-OPTION...]    DIR without its sockets into $W/store.tar.zst
#   fixture NAME                 $W/store.tar.zst and $W/engine are fixture NAME
#   tiny_context DIR             a build context: rootfs.tar, of one program of
#                                9 KB (tiny.c) and text files, and the file one
#   tiny_changes                 arguments for it that change what can be
#   wait_for COMMAND...          until it succeeds; gives up after 40 seconds
#   docker_start OPTION...       dockerd on $S; waits until it answers
#   docker_word                  what it says of what it has, into $W/engine
#   docker_end                   SIGKILL for it and what it runs
#   podman_word                  what podman says of what it has
#
# SIGKILL, as the power cut of a host that is imaged: what runs stays noted as
# running.

out=${OUT:-$(dirname "$here")/fixtures}

pack() {
	_d=$1
	shift
	(cd "$_d" && find . -type s -delete &&
		tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
			--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra "$@" -f -o "$W/store.tar.zst")
}

fixture() {
	rm -rf "$out/store-$1/engine"
	mkdir -p "$out/store-$1"
	cp -r "$W/engine" "$out/store-$1/engine"
	cp "$W/store.tar.zst" "$out/store-$1.tar.zst"
	ls -l "$out/store-$1.tar.zst"
}

tiny_context() {
	mkdir -p "$1/root"
	(
		cd "$1/root"
		mkdir -p bin etc opt/old opt/gone tmp srv
		gcc -Os -nostdlib -static -fno-stack-protector -s -o bin/tiny "$here/tiny.c"
		echo 'root:x:0:0:root:/root:/bin/tiny' >etc/passwd
		printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >etc/os-release
		echo old >opt/old/file
		echo gone >opt/gone/file
		echo keep >opt/keep
		ln -s opt/keep link
		chmod 1777 tmp
		chown 33:33 srv
		find . -exec touch -h -d '2026-01-02T03:04:05.5Z' {} +
		tar --numeric-owner --sort=name -cf ../rootfs.tar .
	)
	rm -r "$1/root"
	echo one >"$1/one"
}
tiny_base='FROM scratch
ADD rootfs.tar /
CMD ["/bin/tiny", "s"]'
tiny_app='LABEL maintainer=ops
ENV A=1
COPY one /srv/
RUN ["/bin/tiny", "d", "/opt/old/file", "w", "/opt/two", "two", "d", "/opt/gone/file", "r", "/opt/gone", "m", "/opt/gone", "w", "/opt/gone/new", "new"]
ENTRYPOINT ["/bin/tiny"]
CMD ["s"]'
tiny_changes='d /opt/keep d /link m /srv/new w /srv/new/x x
	a /etc/passwd changed c /opt l nowhere /broken d /opt/gone/new r /opt/gone m /opt/gone
	w /opt/gone/again again w /opt/old/file back p /tmp/p w /tmp/a one h /tmp/a /tmp/b'

wait_for() {
	_i=0
	until "$@" >/dev/null 2>&1; do
		_i=$((_i + 1))
		if [ $_i -ge 200 ]; then
			echo "gave up on: $*" >&2
			exit 1
		fi
		sleep 0.2
	done
}

docker_start() {
	dockerd --data-root /var/lib/docker --exec-root "$W/exec" -H "unix://$S" -G root \
		--iptables=false --ip6tables=false -p "$W/dockerd.pid" "$@" >>"$W/dockerd.log" 2>&1 &
	(wait_for docker version) || { tail -n 20 "$W/dockerd.log" >&2; exit 1; }
}

docker_word() {
	E=$W/engine
	mkdir -p "$E"
	docker version --format '{{.Server.Version}}' >"$E/version"
	docker images --digests --no-trunc --format '{{json .}}' | sort >"$E/images.json"
	docker ps -a --no-trunc --format '{{json .}}' | sort >"$E/ps.json"
	docker image inspect $(docker images -aq --no-trunc | sort -u) | jq -S . >"$E/image-inspect.json"
	docker container inspect $(docker ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
	for _i in $(docker images -aq --no-trunc | sort -u); do
		docker history --no-trunc --human=false --format '{{json .}}' "$_i" |
			jq -c --arg id "$_i" '. + {Image: $id}'
	done >"$E/history.json"
	for _i in $(docker ps -aq --no-trunc | sort); do
		python3 "$here/api.py" "$S" GET "/v1.41/containers/$_i/changes" "$_i"
	done >"$E/changes.json"
	docker volume inspect $(docker volume ls -q | sort) | jq -S . >"$E/volumes.json"
}

# The caller's data-root may be in use by what runs; its shim is its parent.
docker_end() {
	_p=$(docker ps -q | while read -r _c; do docker inspect -f '{{.State.Pid}}' "$_c"; done)
	sync
	kill -KILL "$(cat "$W/dockerd.pid")"
	for _i in $_p; do
		_s=$(awk '{print $4}' "/proc/$_i/stat")
		kill -KILL "$_i" || :
		kill -KILL "$_s" || :
	done
	sleep 0.5
}

podman_word() {
	E=$W/engine
	mkdir -p "$E"
	podman version --format '{{.Client.Version}}' >"$E/version"
	podman images -a --digests --no-trunc --format json | jq -S . >"$E/images.json"
	podman image inspect $(podman images -aq --no-trunc | sort -u) 2>/dev/null | jq -S . >"$E/image-inspect.json"
	for _i in $(podman images -aq --no-trunc | sort -u); do
		podman history --no-trunc --human=false --format json "$_i" 2>/dev/null |
			jq -c --arg id "${_i#sha256:}" '.[] + {Image: $id}' || :
	done >"$E/history.json"
	podman ps -a --no-trunc --format json | jq -S . >"$E/ps.json"
	podman container inspect $(podman ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
	for _i in $(podman ps -aq --no-trunc | sort); do
		podman diff --format json "$_i" | jq -c --arg id "$_i" '. + {Id: $id}'
	done >"$E/diff.json"
	for _i in $(podman pod ps -q --no-trunc | sort); do
		podman pod inspect "$_i"
	done | jq -S -s 'flatten' >"$E/pods.json"
	podman volume inspect $(podman volume ls -q) 2>/dev/null | jq -S . >"$E/volumes.json" || echo '[]' >"$E/volumes.json"
	podman network inspect $(podman network ls -q) | jq -S . >"$E/networks.json"
	{ command -v buildah >/dev/null && buildah containers --json || echo '[]'; } | jq -S . >"$E/buildah.json"
}
