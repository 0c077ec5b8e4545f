#!/bin/bash
# make-podman-new.sh - a host with a newer podman: its database is db.sql
#
# usage: tests/stores/in-release.sh RELEASE make-podman-new.sh
#
# Writes tests/fixtures/store-podman-RELEASE.tar.zst (a host's root with
# /var/lib/containers/storage, the additional image store /srv/images, /etc) and
# store-podman-RELEASE/engine (what podman said before it was stopped). All
# images are made of one program of 9 KB, see tiny.c, and text files; nothing
# has a network.
#
# Needs: what in-release.sh installs; root. It runs in the root of that release
# only, whose own places it mounts over.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${RELEASE:?run it by in-release.sh}"
W=${MAKE_STORE_DIR:-$(mktemp -d /var/tmp/make-podman.XXXXXX)}
. "$here/engine.sh"
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
	MAKE_STORE_DIR=$W unshare -m -n --propagation private "$0"
	fixture "podman-$RELEASE"
	exit 0
fi
R=$W/root
C=$W/context
mkdir -p "$R/etc/containers" "$R/var/lib/containers/storage" "$R/srv/images" /var/lib/containers /srv/images
echo root:x:0:0:root:/root:/bin/bash >"$R/etc/passwd"
echo root:x:0: >"$R/etc/group"
cp /etc/os-release "$R/etc/os-release"
echo fixture >"$R/etc/hostname"
printf '[storage]\ndriver = "overlay"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n[storage.options]\nadditionalimagestores = ["/srv/images"]\n' >"$R/etc/containers/storage.conf"
printf '[containers]\npids_limit = 0\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' >"$R/etc/containers/containers.conf"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$R/etc/containers/policy.json"
mount --bind "$R/etc/containers" /etc/containers
mount --bind "$R/var/lib/containers" /var/lib/containers
mount --bind "$R/srv/images" /srv/images
export TMPDIR=/var/tmp
tiny_context "$C"
image() { # NAME [OPTION...] <Dockerfile
	_n=$1
	shift
	cat >"$C/Dockerfile"
	podman "${at[@]}" build --network=none --layers -q "$@" -t "$_n" "$C" >/dev/null
	echo "built $_n" >&2
}
# in the additional store: an image that the host only reads
at=(--root /srv/images --runroot /run/other)
printf '%s\n' "$tiny_base" 'LABEL shared=yes' | image far:1
at=()
echo "$tiny_base" | image base:1 --format docker
printf 'FROM localhost/base:1\n%s\n' "$tiny_app" | image app:2 --format docker
podman tag app:2 registry.example.org/shop/app:stable
printf 'FROM localhost/base:1\nHEALTHCHECK CMD ["/bin/tiny", "x"]\nVOLUME /vol\nEXPOSE 80 53/udp\nUSER 33:33\nCOPY one /srv/full\n' | image full:1 --format docker
podman volume create --label tier=db data >/dev/null
podman volume create -o type=none -o o=bind -o device=/etc hostetc >/dev/null
podman network create --internal --subnet 198.51.100.0/26 --label zone=dmz back >/dev/null || echo "no networks here" >&2
printf 'not much' | podman secret create --label who=ops word - >/dev/null
podman create --name never --network=none --user 33:33 --restart=always app:2 >/dev/null
podman create --name clock --network=none -v /etc/hostname:/etc/host:ro -v data:/data --secret word app:2 >/dev/null
podman create --name own --network=none -e B=2 -l role=db --annotation a.b=c base:1 /bin/tiny >/dev/null
podman create --name shared --network=none far:1 >/dev/null
podman run --network=none --name far-changed far:1 /bin/tiny w /opt/far x d /opt/keep
podman create --name power --privileged --network=host --pid=host --ipc=host --uts=host -v /:/host base:1 >/dev/null
podman create --name full --network=none --read-only --cap-drop CHOWN --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
	--device /dev/null:/dev/x:rw --tmpfs /scratch:size=1m --hostname full.example.org --sysctl net.ipv4.ip_forward=1 full:1 >/dev/null
podman create --name part --network=none --mount type=bind,src=/usr/share,dst=/www,ro,bind-propagation=rslave \
	--mount type=image,src=localhost/base:1,dst=/img app:2 >/dev/null
podman run --network=none --name changed app:2 $tiny_changes
podman run --network=none --name failed app:2 w /tmp/x x x || :
podman run -d --network=none --name running app:2 w /tmp/pid 1 s >/dev/null
podman pod create --name web --infra=false --label tier=front >/dev/null
podman create --pod web --network=none --name inpod base:1 /bin/tiny >/dev/null
podman commit -q --format docker -m 'what changed left' changed committed:1 >/dev/null
printf 'FROM localhost/base:1\nCOPY one /srv/again\n' | image app:2 --format docker
buildah from --name builder localhost/base:1 >/dev/null
podman_word
podman secret inspect word | jq -S . >"$W/engine/secrets.json"
p=$(podman inspect -f '{{.State.Pid}}' running)
(cd "/proc/$p/root" && find . -xdev -type f -exec sha256sum {} +) |
	grep -v ' \./\(dev\|proc\|sys\|run\)/' | sort -k 2 >"$W/engine/files"
podman inspect -f '{{.Id}}' running >>"$W/engine/files"
m=$(podman inspect -f '{{.State.ConmonPid}}' running)
sync
kill -KILL "$m" "$p" || :
sleep 0.5
mkdir "$W/view"
mount --bind "$R" "$W/view"
rm -rf "$W"/view/var/lib/containers/storage/tmp/* "$W"/view/var/lib/containers/storage/*.lock
pack "$W/view"
