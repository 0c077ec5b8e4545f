# t-memory.sh - collectors stay within 64 MiB, whatever the evidence asks for
# first
# in a mount namespace of our own, for a million files in memory
# plain
if [ -z "${APART:-}" ] && unshare -m true 2>/dev/null; then
	APART=1 exec unshare -m sh "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

if [ -n "$SAN" ]; then
	skip "collectors are small" "sanitizers are not"
	finish
fi
gcc -D_GNU_SOURCE -include collectors/lib/base.h -O2 -static \
	-o "$T/peak" tests/peak.c || exit 1

# small WHAT STATUS PROGRAM ARGS...: within 64 MiB and a minute
small() {
	_w=$1 _n=$2
	shift 2
	read -r sec kib st <<-X
		$("$T/peak" "$(command -v timeout)" 60 "$@" 2>&1)
	X
	is "$_w: exit status" "$st" "$_n"
	if [ "${kib:-99999999}" -le 65536 ]; then
		pass "$_w: within 64 MiB ($kib KiB, $sec s)"
	else
		fail "$_w: within 64 MiB" "$kib KiB, $sec s"
	fi
}

# ---- files of a host --------------------------------------------------------
E=$T/host
mkdir -p "$E/etc/cron.d" "$E/etc/default"
awk 'BEGIN { print "root:x:0:0::/root:/bin/sh"
	for (i = 1; i < 900000; i++)
		printf "u%d:x:%d:1::/home/u%d:/bin/sh\n", i, i, i }' >"$E/etc/passwd"
small "a passwd of 37 MB" 1 "$BIN/collect-persistence" -r "$E"
echo 'root:x:0:0::/root:/bin/sh' >"$E/etc/passwd"
awk 'BEGIN { for (i = 0; i < 400000; i++)
	printf "* * * * * root /bin/true %d\n", i }' >"$E/etc/crontab"
truncate -s 1G "$E/etc/cron.d/hole"
{
	printf '* * * * * root /bin/echo '
	head -c 15000000 /dev/zero | tr '\0' a
	echo
} >"$E/etc/cron.d/line"
head -c 8000000 /dev/urandom >"$E/etc/cron.d/noise"
small "crontabs of a gigabyte, of one line, of 400,000" 1 \
	"$BIN/collect-persistence" -r "$E"
rm -f "$E"/etc/cron.d/* "$E/etc/crontab"
python3 - "$E/etc/cron.d" <<'X'
import os, sys
os.chdir(sys.argv[1])
for i in range(100000):
    os.close(os.open("f%d" % i + "x" * 200, os.O_CREAT | os.O_WRONLY))
X
small "100,000 long names" 1 "$BIN/collect-persistence" -r "$E"
rm -rf "$E/etc/cron.d"

# ---- state of a store --------------------------------------------------------
# store WHAT CONFIGURATION...: an image whose configuration python prints
D=$E/var/lib/docker/image/overlay2
store() {
	rm -rf "$E/var"
	mkdir -p "$D/imagedb/content/sha256" "$D/layerdb" "$E/var/lib/docker/containers"
	python3 -c "$1" >"$T/config"
	mv "$T/config" "$D/imagedb/content/sha256/$(sha256sum <"$T/config" | cut -c1-64)"
	echo '{"Repositories":{}}' >"$D/repositories.json"
}
a='print("{\"config\":{\"Env\":[" +'
z='+ "]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":[]}", end="")'
store "$a ','.join(['{}'] * 2700000) $z"
small "8 MiB of empty objects" 1 "$BIN/collect-images" -r "$E"
store "$a ','.join(['{}'] * 59000) $z"
small "as many objects as are taken" 1 "$BIN/collect-images" -r "$E"
store "$a ','.join(['\"' + 'a' * 36 + '\"'] * 119000) $z"
small "as many strings as are taken" 1 "$BIN/collect-images" -r "$E"
store "import sys; sys.stdout.reconfigure(encoding='latin-1'); $a '\"' + '\xff' * 8000000 + '\"' $z"
small "8 MiB that are no text" 1 "$BIN/collect-images" -r "$E"
store "$a '\"' + 'a' * 8000000 + '\"' $z"
small "one string of 8 MiB" 1 "$BIN/collect-images" -r "$E"
python3 - "$D/repositories.json" <<'X'
import sys
h = "sha256:" + "0" * 64
open(sys.argv[1], "w").write('{"Repositories":{' + ",".join(
    '"r%d":{"r%d:latest":"%s"}' % (i, i, h) for i in range(39000)) + "}}")
X
small "39,000 names" 1 "$BIN/collect-images" -r "$E"

# ---- a large store, and one with much drift --------------------------------------
rm -rf "$E/var"
python3 tests/stores/gen-store.py docker "$E/var/lib/docker" 1000
small "1000 images and containers" 0 "$BIN/collect-images" -r "$E"
small "1000 images and containers" 0 "$BIN/collect-containers" -r "$E"
small "one of 1000 containers by its name" 0 "$BIN/collect-containers" -r "$E" --containers=c500
# 20 layers at each level of a tree: a quarter of what a process is given
( ulimit -n 256 && "$BIN/collect-containers" -r "$E" >"$T/few" 2>"$T/err" )
is "with 256 open files" "$? $(tail -n 1 "$T/few" | jq -c '[.notes,.lost]')" "0 [0,0]"
rm -rf "$E/var" "$T/few"
python3 tests/stores/gen-store.py docker "$E/var/lib/docker" 1 1 3
python3 - "$E"/var/lib/docker/overlay2/*/diff/tmp <<'X'
import os, sys
os.chdir(sys.argv[1])
for i in range(100000):
    fd = os.open('drift-%06d' % i, os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(fd, b'text %d\n' % i)
    os.close(fd)
X
small "a container with 100,000 changes" 0 "$BIN/collect-containers" -r "$E"
rm -rf "$E/var"
# as many files of a layer as are taken, with all bytes of names
python3 tests/stores/gen-store.py docker "$E/var/lib/docker" 1 1 3
python3 - "$E"/var/lib/docker/image/overlay2/layerdb/sha256/* <<'X'
import base64, gzip, sys, tarfile
b = base64.b64encode(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT)).decode()
with gzip.open(sys.argv[1] + "/tar-split.json.gz", "wt", compresslevel=1) as f:
    for i in range(399000):
        f.write('{"type":2,"payload":"%s","position":0}\n'
            '{"type":1,"name":"d%d/%s%06d","payload":"AAAAAAAAAAA=","position":0}\n'
            % (b, i // 100000, "n" * 54, i))
X
small "the list of a layer of 400,000 files" 1 "$BIN/collect-images" -r "$E"
rm -rf "$E/var"

# ---- many files -----------------------------------------------------------------
# Memory is that of 10,000 files; of a scan, 40 bytes more for each content.
M=$T/many
mkdir -p "$M/rules" "$M/root/etc"
mount -t tmpfs -o size=6g none "$M" 2>/dev/null &&
	trap 'umount -l "$M"; cleanup' EXIT &&
	mkdir -p "$M/rules" "$M/root/etc"
cat >"$M/rules/one.yar" <<'X'
rule one { strings: $a = "no file has this" condition: $a }
X
made=0
more() { # up to so many files, no two alike
	python3 - "$M/root" "$made" "$1" <<'X'
import os, sys
root, a, b = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(a, b):
    if i <= 100000 and i % 1000 == 0: # the million: all in one directory
        d = '%s/opt/%03d' % (root, i // 1000)
        os.makedirs(d)
        os.chdir(d)
    fd = os.open('file-%07d' % i, os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(fd, b'#!/bin/sh\n: %d\n' % i)
    os.close(fd)
X
	made=$1
}
base= # of 10,000
for n in 10000 100000 1000000; do
	if [ $n = 1000000 ] && { [ $MOUNTS = 0 ] || [ "${sec%.*}" -ge 8 ]; }; then
		skip "a million files" "no tmpfs, or a slow machine"
		continue
	fi
	more $n
	for p in collect-files scan-yara; do
		set -- -r "$M/root" --all
		[ $p = scan-yara ] && set -- "$@" --rules "$M/rules"
		read -r sec kib st <<-X
			$("$T/peak" "$(command -v timeout)" 240 "$BIN/$p" "$@" 2>&1)
		X
		most=65536
		[ $p = scan-yara ] && most=$((65536 + n * 40 / 1024))
		is "$n files: $p: exit status" "$st" 0 # order is no loss
		if [ "${kib:-99999999}" -le $most ]; then
			pass "$n files: $p: within $((most / 1024)) MiB ($kib KiB, $sec s)"
		else
			fail "$n files: $p: within $((most / 1024)) MiB" "$kib KiB, $sec s"
		fi
		case $base in
		*$p*) ;;
		*) base="$base $p=$kib" ;;
		esac
		first=${base##*$p=}
		first=${first%% *}
		[ $p = scan-yara ] && first=$((first + n * 40 / 1024))
		if [ "${kib:-99999999}" -le $((first + 10240)) ]; then
			pass "$n files: $p: no more than of 10,000, $kib of $first KiB"
		else
			fail "$n files: $p: no more than of 10,000" "$kib KiB, then $first"
		fi
	done
done

# ---- the running host ---------------------------------------------------------
"$T/peak" "$BIN/collect-processes" 2>"$T/err"
read -r sec kib st <"$T/err"
if [ "${kib:-99999999}" -le 65536 ]; then
	pass "this host: within 64 MiB ($kib KiB, $sec s)"
else
	fail "this host: within 64 MiB" "$kib KiB, $sec s"
fi
finish
