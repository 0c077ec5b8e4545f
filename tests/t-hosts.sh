# t-hosts.sh - whole hosts whose engine keeps an unusual store, as the real
# engine wrote it: Docker with a user namespace, with fuse-overlayfs, with btrfs;
# newer ones, with their own layers or with the containerd image store; podman of
# an ordinary user with vfs, with fuse-overlayfs, and newer ones with an
# additional image store
# first
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

# files KIND SCOPE IMAGE: their prefixes of scopes; the tree of the running container, as the engine mounted it
files() {
	E=$TESTS/fixtures/store-$1/engine
	id=$(tail -n 1 "$E/files")
	is "$1: collect-files --containers: exit" \
		"$("$BIN/collect-files" --containers -r "$T/$1" >"$T/f" 2>"$T/msg"; echo $?)" 0
	is "$1: --containers: nothing lost" "$(records "$T/f" note 'select(.lost)')" ""
	# what was mounted over the tree is not of it
	sed '$d; s|  \./|  /|' "$E/files" | grep -v '  /etc/\(hostname\|hosts\|resolv.conf\)$\|  /run/' |
		sort >"$T/theirs"
	jq -r 'select(.k=="file" and .type=="file" and (.hidden|not) and .scope=="'"$2$id"'")|.sha256+"  "+.path' "$T/f" |
		grep -v '  /etc/\(hostname\|hosts\|resolv.conf\|mtab\)$\|  /dev/\|  /run/' |
		sort >"$T/ours"
	ok "$1: the running container's files are the engine's" cmp "$T/theirs" "$T/ours"
	diff "$T/theirs" "$T/ours" | sed 's/^/# /'
	is "$1: collect-files --images: exit" \
		"$("$BIN/collect-files" --images -r "$T/$1" >"$T/f" 2>"$T/msg"; echo $?)" 0
	is "$1: --images: nothing lost" "$(records "$T/f" note 'select(.lost)')" ""
	# in the base only, and not in what deleted it; an image made of the container
	# that changed all has another half
	is "$1: what an image deleted is in fewer images than what it left" \
		"$(jq -s 'map(select(.k=="file")) | [map(select(.path=="/opt/old/file")|.scope), map(select(.path=="/opt/keep")|.scope), map(select(.path=="/opt/two")|.scope)] as $all | map(select(.path=="/srv/new/x")|.scope) as $made | $all | map(. - $made)
		    | (.[1] - .[2] - .[0] | length == 0) and (.[0] - .[1] | length == 0) and (.[0] | length) > 0 and (.[2] | length) > 0 and (.[2] - .[0] == .[2])' "$T/f")" true
	is "$1: no name of a whiteout shows" "$(records "$T/f" file 'select(.path|contains(".wh."))|.path')" ""
	like "$1: scopes" "$(records "$T/f" file .scope | sort -u | tr -d '"' | tr '\n' ' ')" \
		"^(image:$3sha256:[0-9a-f]{64} )+$"
}
# shared KIND: the same where the lowest layer is the other store's, which tells
# of its files
shared() {
	E=$TESTS/fixtures/store-$1/engine
	"$BIN/collect-files" --containers --images -r "$T/$1" >"$T/f" 2>"$T/msg"
	id=$(tail -n 1 "$E/files")
	far=$(records "$T/img" image 'select(.store=="/srv/images" and .names)|.image_id' | tr -d '"')
	sed '$d; s|  \./|  /|' "$E/files" | grep -v '  /etc/\(hostname\|hosts\|resolv.conf\)$\|  /run/' |
		sort >"$T/theirs"
	jq -r 'select(.k=="file" and .type=="file" and (.scope=="container:podman/'"$id"'" or .scope=="image:podman/'"$far"'"))|.sha256+"  "+.path' "$T/f" |
		sort -u >"$T/ours"
	is "$1: the running container's files are told of" "$(comm -23 "$T/theirs" "$T/ours")" ""
	is "$1: some are the other store's" "$(comm -12 "$T/theirs" "$T/ours" | grep -c ' /bin/tiny$')" 1
	is "$1: nothing lost" "$(records "$T/f" note 'select(.lost)')" ""
	is "$1: each layer of an image has its directory" "$(records "$T/img" image_layer 'select(.host_path==null)|.image_id')" ""
}
# verdict KIND: nothing of it is a finding at medium or above
verdict() {
	ok "$1: into a case" sh -c 'set -e; B=$1 R=$2 C=$3
		for p in images containers files persistence; do
			"$B/case-ingest" "$C" -- "$B/collect-$p" -r "$R" 2>/dev/null
		done
		"$B/case-ingest" "$C" -- "$B/case-match" "$C" 2>/dev/null' - "$BIN" "$T/$1" "$T/$1.case"
	is "$1: nothing at medium or above" "$(sqlite3 "$T/$1.case" "SELECT rule, path FROM finding
	    WHERE severity IN ('medium', 'high', 'critical')")" ""
}

if have_stores; then
	for k in remap fuse btrfs overlay2-trixie overlay2-forky images-forky own-trixie; do
		s=docker-$k
		E=$TESTS/fixtures/store-$s/engine
		at=/var/lib/docker
		[ $k != remap ] || at=$at/100000.100000
		unpack_store $s "$T/$s"
		is "$s: images: exit" "$("$BIN/collect-images" -r "$T/$s" >"$T/img" 2>"$T/msg"; echo $?)" 0
		is "$s: containers: exit" "$("$BIN/collect-containers" -r "$T/$s" >"$T/ctr" 2>"$T/msg"; echo $?)" 0
		is "$s: no note" "$(records "$T/img" note 'select(.lost)'; records "$T/ctr" note 'select(.lost)')" ""
		cat "$T/img" "$T/ctr" >"$T/both"
		what='images containers volumes changes'
		[ ! -e "$E/info.json" ] || what="$what networks plugins cache"
		[ ! -e "$E/builds.json" ] || what="$what builds"
		for w in $what; do
			ok "$s: $w are what the engine says" python3 "$TESTS/stores/compare.py" $w "$E" "$T/both" $at
		done
		what=
		[ ! -e "$E/info.json" ] || what=$(records "$T/img" layer 'select(.type=="cache" and .host_path==null)|.name' | wc -l)
		like "$s: what is kept of builds has its directory" "$what" '^0?$'
		is "$s: the store as evidence: the same images" \
			"$(for d in docker containerd; do "$BIN/collect-images" -r "$T/$s/var/lib/$d" 2>/dev/null; done >"$T/i2"; records "$T/i2" image .image_id)" \
			"$(records "$T/img" image .image_id)"
		is "$s: no directory is left over" "$(records "$T/img" layer 'select(.type=="unknown")|.name')" ""
		case $k in
		images* | own*) files $s container:docker/ containerd/moby/ ;;
		*) files $s container:docker/ docker/ ;;
		esac
		verdict $s
	done
	# what the daemon maps is no power over the host, but for one container
	is "docker-remap: host namespaces" \
		"$("$BIN/collect-containers" -r "$T/docker-remap" 2>/dev/null >"$T/ctr"; records "$T/ctr" container 'select(.host_namespaces//""|contains("user"))|.name')" '"own"'
	# beside what is no store: a note all the same
	mkdir -p "$T/docker-remap/var/lib/docker/other"
	mv "$T/docker-remap/var/lib/docker/100000.100000/image" "$T/image"
	rm -r "$T/docker-remap/var/lib/docker/100000.100000"/*
	touch "$T/docker-remap/var/lib/docker/100000.100000/x"
	"$BIN/collect-images" -r "$T/docker-remap" >"$T/img" 2>"$T/msg"
	like "docker-remap: nothing that can be read: a note" "$(records "$T/img" note 'select(.lost)|.class+" "+.path')" unsupported

	for k in home-vfs home-fuse trixie forky; do
		s=podman-$k
		E=$TESTS/fixtures/store-$s/engine
		case $k in
		home-*) at=/home/ann/.local/share/containers/storage who=/home/ann gone= ;;
		*) at=/var/lib/containers/storage who=/var/lib gone='"/opt/keep" ' ;; # of far-changed
		esac
		unpack_store $s "$T/$s"
		is "$s: exit" "$("$BIN/collect-images" -r "$T/$s" >"$T/img" 2>"$T/msg"; echo $?) $("$BIN/collect-containers" -r "$T/$s" >"$T/ctr" 2>"$T/msg"; echo $?)" "0 0"
		is "$s: no note" "$(records "$T/img" note 'select(.lost)'; records "$T/ctr" note 'select(.lost)')" ""
		ok "$s: images are what podman says" python3 "$TESTS/stores/compare-podman.py" images "$E" "$T/img" $at
		for w in containers changes others; do
			ok "$s: $w are" python3 "$TESTS/stores/compare-podman.py" $w "$E" "$T/ctr" $at
		done
		is "$s: whose they are" "$(records "$T/ctr" container '[.engine, .config_path]' | cut -d / -f -3 | sort -u)" '["podman","'$who
		is "$s: what a container deleted" \
			"$(records "$T/ctr" change 'select(.op=="deleted")|.path' | sort | tr '\n' ' ')" '"/link" "/opt/gone/new" "/opt/keep" '"$gone"
		case $k in
		home-*) files $s container:podman/ podman/ ;;
		*) shared $s ;;
		esac
		verdict $s
	done
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi
finish
