. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

# Every place where a store may be: a store that is there and cannot be read
# must be a note, or a "keep" would be wrong.

run() { "$BIN/collect-images" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note 'select(.lost)|[.class, .path, .detail // ""] | join(" ")' | tr -d '"'; }
# A host's root with one file of some bytes, or a directory (ends in /).
host() {
	rm -rf "$T/h"
	mkdir -p "$T/h/etc" "$T/h/usr"
	echo root:x:0:0:root:/root:/bin/sh >"$T/h/etc/passwd"
	echo ann:x:1000:1000::/srv/ann:/bin/sh >>"$T/h/etc/passwd"
	for _p; do
		case $_p in
		*/) mkdir -p "$T/h$_p" ;;
		*) mkdir -p "$T/h${_p%/*}"; echo some content >"$T/h$_p" ;;
		esac
	done
}
there() { # PATH-OF-THE-NOTE FILE
	host "$2"
	is "$2: exit" "$(run -r "$T/h")" 1
	like "$2: note" "$(notes)" "^unsupported $1 "
}

host
is "nothing there: exit" "$(run -r "$T/h")" 0
is "nothing there: one note, of the usual place" "$(records "$T/rec" note '[.class,.op,.path,.lost]')" '["absent","store","/var/lib/docker",false]'

# Each row of stores.def, its pattern filled in.
F=$T/rows
sed -n 's/^FOREIGN(\([A-Z]*\), "\([^"]*\)", "\([^"]*\)", .*/\1 \2 \3/p' "$TOP/collectors/engines/stores.def" >"$F"
is "rows of stores.def" "$([ "$(wc -l <"$F")" -ge 8 ] && echo many)" many
while read -r base path pattern; do
	file=$(printf '%s' "$pattern" | sed 's/\*/x/g')
	case $base in
	HOST) there "$path" "$path/$file" ;;
	HOME)
		there "/srv/ann$path" "/srv/ann$path/$file"
		;;
	DATA)
		host
		tiny_store "$T/h/var/lib/docker"
		mkdir -p "$T/h/var/lib/docker$path/$(dirname "$file")"
		echo some content >"$T/h/var/lib/docker$path/$file"
		is "DATA$path/$file: exit" "$(run -r "$T/h")" 1
		like "DATA$path/$file: note" "$(notes)" "^unsupported /var/lib/docker$path "
		is "DATA$path/$file: the store itself is read" "$(records "$T/rec" image .store)" '"/var/lib/docker"'
		;;
	esac
done <"$F"

# Frames without content are no store.
host /var/lib/containerd/io.containerd.content.v1.content/blobs/ /var/lib/machines/ /var/lib/lxc/ \
	/var/lib/containers/storage/overlay-images/ /var/lib/kubelet/pods/
mkdir -p "$T/h/var/lib/containers/storage/overlay-layers"
printf '[]' >"$T/h/var/lib/containers/storage/overlay-images/images.json"
mkdir -p "$T/h/var/lib/buildkit/x/content/blobs/sha256"
echo '{"schemaVersion":2}' >"$T/h/var/lib/buildkit/x/content/blobs/sha256/abc"
is "frames without content" "$(run -r "$T/h") $(notes)" "0 "
printf '\037\213\010layer' >"$T/h/var/lib/buildkit/x/content/blobs/sha256/def"
is "a layer among the manifests" "$(run -r "$T/h")" 1

# A store in a home that passwd does not name any more.
host /home/gone/.local/share/containers/storage/overlay-images/images.json
is "a home without an account" "$(run -r "$T/h")" 1

# ---- stores of containerd, each where it may be
for p in /var/lib/containerd /srv/ann/.local/share/containerd /var/lib/rancher/k3s/agent/containerd \
	/var/lib/rancher/rke2/agent/containerd /var/lib/k0s/containerd /var/snap/microk8s/common/var/lib/containerd; do
	host
	mkdir -p "$T/h$p"
	made "$T/h$p" tinyctr.py >/dev/null
	is "$p" "$(run -r "$T/h") $(records "$T/rec" image .store)" "0 \"$p\""
done
host
tiny_store "$T/h/var/lib/docker"
made "$T/h/var/lib/docker/containerd/daemon" tinyctr.py >/dev/null
is "containerd of Docker" "$(run -r "$T/h") $(records "$T/rec" image .store | tr '\n' ' ')" '0 "/var/lib/docker" "/var/lib/docker/containerd/daemon" '
ctrd() { # FILE TEXT: the store that it names is found
	mkdir -p "$T/h$(dirname "$1")"
	printf '%s\n' "$2" >"$T/h$1"
	is "$1: $2" "$(run -r "$T/h") $(records "$T/rec" image .store)" '0 "/data/ctr"'
	rm "$T/h$1"
}
host
mkdir -p "$T/h/data"
made "$T/h/data/ctr" tinyctr.py >/dev/null
ctrd /etc/containerd/config.toml 'root = "/data/ctr"'
ctrd /etc/containerd/config.toml "version = 3
# root = '/no'
root='/data/ctr/' # here
[plugins]
root = '/nowhere'"
ctrd /srv/ann/.config/containerd/config.toml 'root = "/data/ctr"'
mkdir -p "$T/h/etc/containerd/conf.d"
echo 'root = "/data/ctr"' >"$T/h/etc/containerd/conf.d/x.toml"
ctrd /etc/containerd/config.toml 'imports = [
  "/etc/other.toml", # none
  "conf.d/*.toml"]'
rm -r "$T/h/etc/containerd"
ctrd /etc/systemd/system/containerd.service 'ExecStart=/usr/bin/containerd --root /data/ctr'
ctrd /etc/systemd/system/containerd.service.d/x.conf 'ExecStart=/usr/bin/containerd --root=/data/ctr'
mkdir -p "$T/h/opt"
echo 'root = "/data/ctr"' >"$T/h/opt/c.toml"
ctrd /lib/systemd/system/containerd.service 'ExecStart=/usr/bin/containerd -c /opt/c.toml'

# ---- stores of Docker elsewhere
at() { # WHAT PATH: the store at PATH is found, once
	is "$1: exit" "$(run -r "$T/h")" 0
	is "$1: found once" "$(records "$T/rec" image .store)" "\"$2\""
}
for p in /var/lib/docker /var/snap/docker/common/var-lib-docker /srv/ann/.local/share/docker /home/gone/.local/share/docker; do
	host
	tiny_store "$T/h$p"
	at "$p" "$p"
done
host
tiny_store "$T/h/data/docker"
for k in data-root graph; do
	mkdir -p "$T/h/etc/docker"
	echo "{\"$k\":\"/data/docker/\"}" >"$T/h/etc/docker/daemon.json"
	at "daemon.json: $k" /data/docker
done
rm "$T/h/etc/docker/daemon.json"
put() { # FILE TEXT
	mkdir -p "$T/h$(dirname "$1")"
	printf '%s\n' "$2" >"$T/h$1"
	at "$1: $2" /data/docker
	rm "$T/h$1"
}
put /etc/systemd/system/docker.service 'ExecStart=/usr/bin/dockerd --data-root=/data/docker -H fd://'
put /lib/systemd/system/docker.service 'ExecStart=/usr/bin/dockerd -g /data/docker'
put /usr/lib/systemd/system/docker.service 'ExecStart=/usr/bin/dockerd \
	--graph "/data/docker"'
put /etc/systemd/system/docker.service.d/override.conf 'ExecStart=/usr/bin/dockerd --data-root /data/docker'
put /etc/default/docker 'DOCKER_OPTS="--data-root=/data/docker"'
put /etc/sysconfig/docker "OPTIONS='-g /data/docker'"
put /etc/conf.d/docker 'DOCKER_OPTS="--graph=/data/docker"'
mkdir -p "$T/h/opt"
echo '{"data-root":"/data/docker"}' >"$T/h/opt/d.json"
put /etc/default/docker 'DOCKER_OPTS="--config-file /opt/d.json"'
printf '# --data-root=/data/docker\n' >"$T/h/etc/default/docker"
is "a comment is none" "$(run -r "$T/h") $(records "$T/rec" image .store)" "0 "
printf 'A="--data-root=$HOME/docker"\n' >"$T/h/etc/default/docker"
is "a place that cannot be made out" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 unsupported /etc/default/docker"
rm "$T/h/etc/default/docker"
mkdir -p "$T/h/etc/docker"
echo '{"data-root":' >"$T/h/etc/docker/daemon.json"
is "daemon.json spoiled" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 corrupt /etc/docker/daemon.json"
echo '{"data-root":"/nowhere"}' >"$T/h/etc/docker/daemon.json"
is "daemon.json names a place that is not there" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" '1 denied /nowhere'
rm -r "$T/h/etc/docker"
mkdir -p "$T/h/etc/containers" "$T/h/data/pods/overlay-images"
printf '[storage]\n# graphroot = "/no"\ngraphroot = "/data/pods"\n' >"$T/h/etc/containers/storage.conf"
echo '[{"id":"x"}]' >"$T/h/data/pods/overlay-images/images.json"
like "storage.conf: graphroot" "$(run -r "$T/h"; notes)" "^corrupt /data/pods/overlay-images/images.json the entry 'x' has an id"
rm -r "$T/h/data/pods" "$T/h/etc/containers"
# ---- stores of podman and CRI-O elsewhere
I=$(tiny_digest image)
pods() { # FILE TEXT PLACE: what FILE says of PLACE is found, and only there
	host
	mkdir -p "$T/h$(dirname "$1")" "$T/h$3/overlay-images/$I"
	printf '%s\n' "$2" >"$T/h$1"
	echo "[{\"id\":\"$I\",\"names\":[\"app:1\"]}]" >"$T/h$3/overlay-images/images.json"
	run -r "$T/h" >/dev/null
	is "$1: $2" "$(records "$T/rec" image '[.engine,.store]')" "[\"podman\",\"$3\"]"
}
pods /etc/containers/storage.conf 'graphroot="/data/pods/"' /data/pods
pods /usr/share/containers/storage.conf "  imagestore = '/data/images'" /data/images
pods /etc/containers/storage.conf 'additionalimagestores = ["/nowhere", "/data/more"]' /data/more
pods /etc/containers/storage.conf 'additionalimagestores = [
  # "/commented",
  "/data/more",
]' /data/more
pods /etc/containers/storage.conf 'rootless_storage_path = "$HOME/pods"' /srv/ann/pods
pods /srv/ann/.config/containers/storage.conf 'graphroot = "/data/ann"' /data/ann
pods /etc/crio/crio.conf 'root = "/data/crio"' /data/crio
pods /etc/crio/crio.conf.d/10-x.conf 'root="/data/crio"' /data/crio
pods /etc/passwd 'root:x:0:0::/root:/bin/sh' /var/lib/containers/storage
pods /etc/hostname h /root/.local/share/containers/storage
host
mkdir -p "$T/h/etc/containers"
printf 'graphroot = "/var/lib/containers/storage"\nadditionalimagestores = ["/usr/lib/containers/storage"]\n' >"$T/h/etc/containers/storage.conf"
is "storage.conf as packages bring it, and no store" "$(run -r "$T/h") $(notes)" "0 "
printf 'graphroot = "/data/none"\n' >"$T/h/etc/containers/storage.conf"
is "storage.conf names a place that is not there" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 denied /data/none"
host
tiny_store "$T/h/data/docker"

# --data-root, and one store by several names
is "--data-root" "$(run -r "$T/h" --data-root /data/docker) $(records "$T/rec" image .store)" '0 "/data/docker"'
is "--data-root twice, by another name" "$(ln -s docker "$T/h/data/d2"; run -r "$T/h" --data-root data/d2 --data-root /data/docker) $(records "$T/rec" image .store)" '0 "/data/docker"'
is "--data-root that is not there" "$(run -r "$T/h" --data-root /none) $(notes | cut -d ' ' -f 1-2)" "1 denied /none"
is "--data-root that is none" "$(run -r "$T/h" --data-root /etc) $(notes | cut -d ' ' -f 1-2)" "1 unsupported /etc"
host /var/lib/docker/something
is "the usual place holds something else" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 unsupported /var/lib/docker"
host /var/lib/docker/graph/ /var/lib/docker/containers/ /var/lib/docker/graph/x
is "a store of an old Docker" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "0 "
host
tiny_store "$T/x"
mkdir -p "$T/h/var/lib"
ln -s "$T/x" "$T/h/var/lib/docker"
is "a link out of the root is not followed: what it leads to is missing" \
	"$(run -r "$T/h") $(records "$T/rec" image .store)$(notes | cut -d ' ' -f 1-2)" "1 denied /var/lib/docker"
host
ln -s /data/lib "$T/h/var"
is "a link on the way that leads out of the evidence" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 denied /var"
for m in /var /var/lib/docker /var/lib/containerd/; do
	host "${m%/}/"
	printf '# mounts\nUUID=1 / ext4 defaults 0 1\n/dev/sdb1\t%s xfs defaults 0 2\n' "$m" >"$T/h/etc/fstab"
	is "$m of fstab is not mounted" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 denied ${m%/}"
	echo >"$T/h$m/x"
	case $m in /var*docker | /var*containerd/) ;; *) is "$m of fstab is there" "$(run -r "$T/h")" 0 ;; esac
done
host
tiny_store "$T/h/mnt/disk/docker"
mkdir -p "$T/h/var/lib"
ln -s /mnt/disk/docker "$T/h/var/lib/docker"
at "a link inside the root: its real path" /mnt/disk/docker

# userns-remap
host
tiny_store "$T/h/var/lib/docker/100000.100000"
mkdir -p "$T/h/var/lib/docker/image/overlay2/imagedb"
echo '{}' >"$T/h/var/lib/docker/image/overlay2/repositories.json"
at "a store in a user namespace" /var/lib/docker/100000.100000
# Docker 29: containers, but no images of its own
host
tiny_store "$T/h/var/lib/docker"
rm -r "$T/h/var/lib/docker/image"
mkdir -p "$T/h/var/lib/docker/rootfs/overlayfs/$CID"
is "containerd image store" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 denied /var/lib/docker/rootfs"
"$BIN/collect-containers" -r "$T/h" >"$T/rec" 2>"$T/msg"
is "containerd image store: its containers are told of" "$(records "$T/rec" container .name)" '"one"'

# hostile places
host
mkdir -p "$T/h/var/lib"
mkfifo "$T/h/var/lib/docker"
is "a FIFO" "$(run -r "$T/h") $(notes | cut -d ' ' -f 1-2)" "1 corrupt /var/lib/docker"
host
mkdir -p "$T/h/etc/docker" "$T/h/var/lib"
ln -s docker "$T/h/var/lib/docker"
truncate -s 1G "$T/h/etc/docker/daemon.json"
like "a link to itself, daemon.json of 1 GiB" "$(run -r "$T/h"; notes)" "limit /etc/docker/daemon.json"
# ---- --as: the engine that is named reads the root, and no other
is "--as with a word that is none" "$("$BIN/collect-images" -r / --as dockr >/dev/null 2>"$T/msg"; echo $?)" 2
names=$(sed -n 's/^ENGINE(\(.*\))/\1/p' "$TOP/collectors/engines/engines.def")
for w in $names live host oci-layout; do
	like "--as: the words: $w" "$(cat "$T/msg")" "[ ,]$w(,|\$)"
	case $w in archive|live) continue ;; esac
	for m in collect-containers collect-files collect-images collect-packages collect-persistence scan-yara; do
		like "--as $w: $m(1)" "$(sed -n '/^.It Fl -as/,/^.It Fl [^-]/p' "$TOP/docs/man/$m.1")" "[ ]$w"
	done
done
as() { # ENGINE ROOT: exit, engines of what is listed, engines left out
	echo "$("$BIN/collect-containers" -r "$2" --as "$1" 2>"$T/msg" >"$T/rec"; echo $?)" \
		"$(records "$T/rec" container .engine | sort -u | tr -d '"' | tr '\n' ' ')/" \
		"$(records "$T/rec" note 'select(.op=="select")|.detail' | sed 's/.*what \([a-z]*\) does.*/\1/' | tr '\n' ' ')" \
		"$(records "$T/rec" run .taken_for)"
}
mkdir -p "$T/crio"
zstd -q -d -c "$TESTS/fixtures/store-crio-pod.tar.zst" | tar -xf - --no-same-owner -C "$T/crio"
is "one store, two engines: CRI-O" "$(as crio "$T/crio")" '0 crio / podman  "crio"'
is "one store, two engines: podman" "$(as podman "$T/crio")" '0 / crio  "podman"'
rm -rf "$T/tiny" "$T/ctr"
tiny_store "$T/tiny"
is "--as docker" "$(as docker "$T/tiny")" '0 docker /  "docker"'
is "what it does not look like" "$(as containerd "$T/tiny")" '1 / docker  "containerd"'
like "that is a note" "$(notes)" '^unsupported / does not look like a store of containerd'
made "$T/ctr" tinyctr.py >/dev/null
is "--as containerd" "$("$BIN/collect-images" -r "$T/ctr" --as containerd 2>"$T/msg" >"$T/rec"; echo $?) $(records "$T/rec" image .engine | sort -u)" '0 "containerd"'
like "an engine is said to be it" "$(cat "$T/msg")" 'is taken for: containerd$'
host /etc/kubernetes/manifests/x.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i}]}\n' >"$T/h/etc/kubernetes/manifests/x.yaml"
is "--as kubernetes" "$("$BIN/collect-containers" -r "$T/h" --as kubernetes 2>/dev/null >"$T/rec"; echo $?) $(records "$T/rec" pod .name) $(notes)" '0 "x" '
host
is "no node is a loss" "$("$BIN/collect-containers" -r "$T/h" --as kubernetes 2>/dev/null >"$T/rec"; echo $?) $(notes | cut -d ' ' -f 1-2)" '1 unsupported /'
(cd "$T/crio" && tar -cf "$T/crio.tar" .)
is "a store in an archive" "$(as crio "$T/crio.tar")" '0 crio / podman  "archive"'
is "a file is no layout" "$("$BIN/collect-images" -r "$T/crio.tar" --as oci-layout >/dev/null 2>&1; echo $?)" 2
finish
