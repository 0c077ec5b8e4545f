#!/bin/sh
# kit.sh BIN OUT VERSION - the responder's kit: OUT/salvor and a tar of it
#
# Programs (of BIN, without symbols), packs, a page of instructions, licence
# and checksums. The programs find the packs beside themselves. The tar has
# the same bytes wherever and whenever it is made of the same programs.
set -eu
umask 022
export LC_ALL=C
top=$(cd "$(dirname "$0")/.." && pwd)
bin=$1 out=$2 tar=salvor-$3-x86_64.tar
kit=$out/salvor

rm -rf "$kit" "$out/$tar"
mkdir -p "$kit"
for p in "$bin"/salvor "$bin"/collect-* "$bin"/case-* "$bin"/scan-*; do
	case $p in *.log) continue ;; esac
	"${STRIP:-strip}" -s -o "$kit/${p##*/}" "$p"
done
cp -R "$top/iocs" "$top/LICENSE" "$kit/"
cp "$top/docs/field-guide.txt" "$kit/README.txt"
chmod -R u=rwX,go=rX "$kit"
(cd "$kit" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | sort |
	xargs -d '\n' sha256sum) >"$out/sums"
mv "$out/sums" "$kit/SHA256SUMS"
tar --format=gnu --sort=name --mtime='2000-01-01 00:00Z' --owner=0 --group=0 \
	--numeric-owner -C "$out" -cf "$out/$tar.new" salvor
mv "$out/$tar.new" "$out/$tar"
