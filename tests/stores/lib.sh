# lib.sh - the fixture stores, for tests: . "$TESTS/stores/lib.sh"
#
#   have_stores              can they be unpacked here (root, and a file
#                            system with devices and trusted attributes)?
#   unpack_store NAME DIR    DIR becomes the data-root (docker-clean,
#                            docker-hostile); for a host root give
#                            ROOT/var/lib/docker
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
