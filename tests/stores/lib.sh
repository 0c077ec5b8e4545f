# lib.sh - the fixture stores, for tests: . "$TESTS/stores/lib.sh"
#
#   have_stores              can they be unpacked here (root, and a file
#                            system with devices and trusted attributes)?
#   unpack_store NAME DIR    DIR becomes the data-root (docker-clean,
#                            docker-hostile); for a host root give
#                            ROOT/var/lib/docker
#   made DIR SCRIPT ARG...   DIR, which may be there, gets the store that
#                            stores/SCRIPT makes; what the script says is on
#                            stdout. Made once for the same arguments, and
#                            copied: python is slow to start.
#
# They were made by make-store.sh; what the engine itself said about them is
# in fixtures/store-NAME/engine. Needs tests/lib.sh.

have_stores() {
	[ "$ROOTED" = 1 ] || return 1
	mknod "$T/.whiteout" c 0 0 2>/dev/null || return 1
	mkdir -p "$T/.opaque"
	setfattr -n trusted.overlay.opaque -v y "$T/.opaque" 2>/dev/null
	_hs=$?
	rm -rf "$T/.whiteout" "$T/.opaque"
	return $_hs
}

unpack_store() {
	mkdir -p "$2" &&
		zstd -q -d --long=27 -c "$TESTS/fixtures/store-$1.tar.zst" |
		tar --xattrs --xattrs-include='*' --numeric-owner --delay-directory-restore -xpf - -C "$2"
}

made() {
	_to=$1
	shift
	_as=$(printf '%s\n' "$@" | cksum)
	_as=$T/made-${_as%% *}
	if ! [ -e "$_as/said" ]; then
		_script=$TESTS/stores/$1
		shift
		rm -rf "$_as"
		mkdir -p "$_as/store" &&
			python3 "$_script" "$_as/store" "$@" >"$_as/says" &&
			mv "$_as/says" "$_as/said" || return
	fi
	mkdir -p "$_to" && cp -a "$_as/store/." "$_to" && cat "$_as/said"
}

# tiny_store DIR: a store made by hand, that needs no root: one image of two
# layers, /lib and /app, and one container that changed /app/file. Sets
#   IMG CID      ids, hexadecimal
#   D1 D2 C1 C2  diff and chain ids of the layers, with sha256:
# tiny_image DIR [JSON]: the image's configuration (anew); sets IMG
tiny_digest() { printf '%s' "$1" | sha256sum | cut -c 1-64; }
tiny_image() {
	_json=${2:-'{"architecture":"amd64","os":"linux","created":"2026-03-04T05:06:07.5Z","config":{"Cmd":["run","it"],"Env":["A=1"],"Labels":{"k":"v"}},"history":[{"created":"2026-03-04T05:06:06Z","created_by":"/bin/sh -c one"},{"created_by":"nothing","empty_layer":true},{"created_by":"two"}],"rootfs":{"type":"layers","diff_ids":["'$D1'","'$D2'"]}}'}
	IMG=$(tiny_digest "$_json")
	rm -rf "$1/image/overlay2/imagedb/content"
	mkdir -p "$1/image/overlay2/imagedb/content/sha256"
	printf '%s' "$_json" >"$1/image/overlay2/imagedb/content/sha256/$IMG"
	printf '{"Repositories":{"app":{"app:1":"sha256:%s"}}}' "$IMG" >"$1/image/overlay2/repositories.json"
}
tiny_layer() { # DIR CHAIN DIFF NAME LINK [LOWER [PARENT]]
	_l=$1/image/overlay2/layerdb/sha256/${2#sha256:}
	mkdir -p "$_l" "$1/overlay2/$4/diff" "$1/overlay2/l"
	printf '%s' "$4" >"$_l/cache-id"
	printf '%s' "$3" >"$_l/diff"
	printf '5' >"$_l/size"
	printf '%s' "$5" >"$1/overlay2/$4/link"
	ln -s "../$4/diff" "$1/overlay2/l/$5"
	[ $# -lt 6 ] || printf '%s' "$6" >"$1/overlay2/$4/lower"
	[ $# -lt 7 ] || printf '%s' "$7" >"$_l/parent"
}
tiny_store() {
	mkdir -p "$1/containers" "$1/volumes"
	D1=sha256:$(tiny_digest one) D2=sha256:$(tiny_digest two)
	C1=$D1 C2=sha256:$(tiny_digest "$D1 $D2")
	tiny_layer "$1" "$C1" "$D1" layer1 AAAAAAAAAAAAAAAAAAAAAAAAAA
	tiny_layer "$1" "$C2" "$D2" layer2 BBBBBBBBBBBBBBBBBBBBBBBBBB l/AAAAAAAAAAAAAAAAAAAAAAAAAA "$C1"
	mkdir -p "$1/overlay2/layer1/diff/lib" "$1/overlay2/layer2/diff/app"
	echo lib >"$1/overlay2/layer1/diff/lib/file"
	echo app >"$1/overlay2/layer2/diff/app/file"
	touch -d 2026-01-01T00:00:00Z "$1/overlay2/layer2/diff/app/file"
	tiny_image "$1"
	CID=$(tiny_digest container)
	mkdir -p "$1/containers/$CID" "$1/image/overlay2/layerdb/mounts/$CID" \
		"$1/overlay2/upper/diff/app" "$1/overlay2/upper-init/diff"
	printf upper >"$1/image/overlay2/layerdb/mounts/$CID/mount-id"
	printf upper-init >"$1/image/overlay2/layerdb/mounts/$CID/init-id"
	printf '%s' "$C2" >"$1/image/overlay2/layerdb/mounts/$CID/parent"
	printf l/CCCCCCCCCCCCCCCCCCCCCCCCCC:l/BBBBBBBBBBBBBBBBBBBBBBBBBB:l/AAAAAAAAAAAAAAAAAAAAAAAAAA >"$1/overlay2/upper/lower"
	ln -s ../upper-init/diff "$1/overlay2/l/CCCCCCCCCCCCCCCCCCCCCCCCCC"
	echo changed >"$1/overlay2/upper/diff/app/file"
	printf '{"ID":"%s","Name":"/one","Created":"2026-03-05T00:00:00Z","Path":"run","Args":["it"],"Image":"sha256:%s","Driver":"overlay2","Config":{"Image":"app:1","Env":["A=1"]},"State":{"ExitCode":0,"StartedAt":"2026-03-05T00:00:01Z","FinishedAt":"2026-03-05T00:00:02Z"}}' \
		"$CID" "$IMG" >"$1/containers/$CID/config.v2.json"
	printf '{"Binds":["/etc:/mnt/etc:ro"],"NetworkMode":"none","RestartPolicy":{"Name":"no"}}' >"$1/containers/$CID/hostconfig.json"
}
