#!/bin/sh
# make-schema1.sh - images with manifests of schema 1, as skopeo keeps them
#
# usage: tests/stores/make-schema1.sh
#
# Writes tests/fixtures/store-podman-schema1.tar.zst: storage/ (containers-storage
# of the driver vfs) and layout/ (an OCI layout) with one image that skopeo
# converted to schema 1, signed; and store-podman-schema1/engine (what podman says
# of it). Nothing is run and nothing is asked of a network.
#
# Needs: Debian's skopeo, podman, python3, zstd; root.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$(dirname "$here")/fixtures}
W=$(mktemp -d /var/tmp/make-store.XXXXXX)
trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$W"' EXIT
I=$W/layers
mkdir -p "$I/a/etc" "$I/b/opt" "$I/c/opt" "$W/x"
echo one >"$I/a/etc/one"
echo two >"$I/b/opt/two"
: >"$I/c/opt/.wh.two"
echo three >"$I/c/opt/three"
printf '[{"name":"app:1","parts":[{"arch":"amd64","layers":["%s",["%s","gzip"],"%s"],"config":{"Cmd":["/app"],"Env":["A=1"],"Labels":{"k":"v"},"User":"33"},"history":[{"created":"2026-01-02T03:04:05Z","created_by":"base"},{"created":"2026-01-02T03:04:06Z","created_by":"CMD x","empty_layer":true},{"created":"2026-01-02T03:04:07Z","created_by":"two"},{"created":"2026-01-02T03:04:08Z","created_by":"three"}]}]}]' \
	"$I/a" "$I/b" "$I/c" >"$W/spec.json"
python3 "$here/ociimage.py" "$W/oci.tar" "$W/spec.json"
skopeo copy -q "oci-archive:$W/oci.tar" "docker-archive:$W/a.tar:app:1"
skopeo copy -q --format v2s1 "docker-archive:$W/a.tar" "dir:$W/d"
skopeo copy -q --format v2s1 "dir:$W/d" "oci:$W/x/layout:app"
skopeo copy -q "dir:$W/d" "containers-storage:[vfs@$W/x/storage+$W/run]app:1"
E=$out/store-podman-schema1/engine
mkdir -p "$E"
p() { podman --root "$W/x/storage" --runroot "$W/run" --storage-driver vfs "$@"; }
p image inspect app:1 >"$E/inspect.json"
p history --no-trunc --format json app:1 >"$E/history.json"
cd "$W/x"
tar --xattrs --xattrs-include='*' --numeric-owner --format=posix --sort=name \
	--pax-option=delete=atime,delete=ctime -cf - . | zstd -q -19 -f -o "$out/store-podman-schema1.tar.zst"
ls -l "$out/store-podman-schema1.tar.zst"
