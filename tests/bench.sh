#!/bin/bash
# bench.sh - figures to compare, side by side in one run (make bench)
#
# BIN: the programs. Medians. Nothing here passes or fails; what was measured
# stands in docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=${BIN:-$PWD/.build/bin}
T=$(mktemp -d)
trap 'umount "$T/many" 2>/dev/null || true; rm -rf --one-file-system "$T"' EXIT

say() { printf '%-46s %s\n' "$1" "$2"; }
# median NAME COMMAND: seconds; every exit status is one that we want to see
median() {
	hyperfine -i -w 1 -r "${RUNS:-7}" --export-json "$T/$1.json" \
		"$2" >/dev/null 2>&1
	jq -r '.results[0].median' "$T/$1.json"
}
# cpu NAME: seconds of processor time of what median measured
cpu() { jq -r '.results[0] | .user + .system' "$T/$1.json"; }
div() { awk -v a="$1" -v b="$2" -v f="${3:-%.2f}" 'BEGIN { printf f, a / b }'; }
ms() { div "$1" 0.001 '%.1f ms'; }
# rss COMMAND...: SECONDS KIB STATUS
rss() { "$T/peak" "$@" 2>&1; }
${CC:-gcc} -D_GNU_SOURCE -include collectors/lib/base.h -O2 -static \
	-o "$T/peak" tests/peak.c

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	"$(nproc) processors, Linux $(uname -r)," \
	"$("$BIN/case-ingest" --version | sed -n 2p)"
echo

# live WHAT RUNS: whole collection against ps and lsof of the same processes
live() {
	local a b c sum sec kib st
	echo "live processes, $1 ($(ls /proc | grep -c '^[0-9]') of them)"
	a=$(RUNS=$2 median ps 'ps axf')
	b=$(RUNS=$2 median lsof 'lsof -nP')
	c=$(RUNS=$2 median processes "$BIN/collect-processes | cat")
	read -r sec kib st < <(rss "$BIN/collect-processes")
	say "  ps axf" "$(ms "$a")"
	say "  lsof -nP" "$(ms "$b")"
	say "  collect-processes (exit $st)" \
		"$(ms "$c"), peak $(div "$kib" 1024 '%.1f MiB')"
	sum=$(awk -v a="$a" -v b="$b" 'BEGIN { print a + b }')
	say "  ps and lsof / collect-processes" "$(div "$sum" "$c")"
	say "  the same in processor time" "$(awk -v a="$(cpu ps)" \
		-v b="$(cpu lsof)" -v c="$(cpu processes)" \
		'BEGIN { printf "%.2f", (a + b) / c }')"
	echo
}
live idle "${RUNS:-7}"
"${UNIT:-$BIN/../tests}/test-proc" many 5000 >"$T/many-are-there" &
many=$!
while [ ! -s "$T/many-are-there" ]; do sleep 0.1; done
live "5,000 asleep" 3
kill "$many"

n=1000000
echo "case-ingest of $n file records"
sh tests/files.sh $n >"$T/files.jsonl"
size=$(stat -c %s "$T/files.jsonl")
t=$(RUNS=3 median ingest \
	"rm -f $T/i.db; $BIN/case-ingest $T/i.db $T/files.jsonl")
cat=$(RUNS=3 median cat "cat $T/files.jsonl >$T/copy")
read -r _ kib st < <(rm -f "$T/i.db"; rss "$BIN/case-ingest" "$T/i.db" "$T/files.jsonl")
say "  time (exit $st)" "$(div "$t" 1 '%.2f s')"
say "  records a second" "$(div $n "$t" '%.0f')"
say "  MB a second" "$(div "$size" "$t" '%.0f' | awk '{ printf "%.0f", $1 / 1e6 }')"
say "  a plain copy of the stream takes" "$(div "$cat" 1 '%.2f s')"
say "  case-ingest / copy" "$(div "$t" "$cat")"
say "  case" "$(stat -c %s "$T/i.db" | awk '{ printf "%.0f MB", $1 / 1e6 }')"
say "  peak memory" "$(div "$kib" 1024 '%.1f MiB')"
rm -f "$T/i.db" "$T/files.jsonl" "$T/copy"
echo

root=$T/root
if sh tests/cleanroot.sh "$root"; then
	what="a clean Debian 12"
else
	what="a copy of /etc and /usr/lib"
	mkdir -p "$root/usr" && cp -a /etc "$root/" && cp -a /usr/lib "$root/usr/"
fi
files=$(find "$root/usr" -xdev -type f | wc -l)
mb=$(find "$root/usr" -xdev -type f -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n / 1e6 }')
echo "files of a root that has only its usr ($files files, $mb MB), warm"
mkdir -p "$T/host/etc" && mv "$root/usr" "$T/host/usr"
R=$T/host
# a small Debian: an engine's few large programs would be half of its bytes
for p in docker.io containerd runc; do
	list=$root/var/lib/dpkg/info/$p.list
	[ ! -e "$list" ] || while read -r f; do
		if [ -f "$R$f" ] && [ ! -h "$R$f" ]; then
			mkdir -p "$T/engine${f%/*}" && mv "$R$f" "$T/engine$f"
		fi
	done <"$list"
done
echo "without the engine's packages: $(find "$R/usr" -xdev -type f | wc -l) files," \
	"$(find "$R/usr" -xdev -type f -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n / 1e6 }') MB"
# best NAME COMMAND: its median with the better process count, P is 1 or 2;
# NAME.json is that one's
best() {
	local a b
	a=$(RUNS=3 median "$1-1" "P=1; $2")
	b=$(RUNS=3 median "$1-2" "P=2; $2")
	if awk -v a="$a" -v b="$b" 'BEGIN { exit !(a < b) }'; then
		cp "$T/$1-1.json" "$T/$1.json"
	else
		cp "$T/$1-2.json" "$T/$1.json"
	fi
	jq -r '.results[0].median' "$T/$1.json"
}
list="find $R -type f -print0"
a=$(best sha256sum "$list | xargs -0 -P\$P -n 200 sha256sum >/dev/null")
b=$(best file "$list | xargs -0 -P\$P -n 200 file >/dev/null")
c=$(median collect-files "$BIN/collect-files -r $R --all | cat")
say "  sha256sum" "$(div "$a" 1 '%.2f s')"
say "  file" "$(div "$b" 1 '%.2f s')"
say "  collect-files --all" "$(div "$c" 1 '%.2f s')"
sum=$(awk -v a="$a" -v b="$b" 'BEGIN { print a + b }')
say "  collect-files / sha256sum and file" "$(div "$c" "$sum")"
say "  the same in processor time" "$(div "$(cpu collect-files)" \
	"$(awk -v a="$(cpu sha256sum)" -v b="$(cpu file)" 'BEGIN { print a + b }')")"
c=$(median collect-files-triage "$BIN/collect-files -r $R | cat")
say "  collect-files, what triage wants" "$(div "$c" 1 '%.2f s')"
echo

# yara_best FOLDER: yara -C -r over $R with what FOLDER holds, best of 1 and 2
# threads; every rule file in a namespace of its own, as scan-yara has it
ext="-d filename=x -d filepath=x -d extension=x -d filetype=x -d owner=x"
yara_best() {
	local f args=()
	while read -r f; do
		args+=("${f//[\/.]/_}:$1/$f")
	done < <(cd "$1" && find . -name '*.yar' -printf '%P\n' | sort)
	# shellcheck disable=SC2086
	yarac -w $ext "${args[@]}" "$T/rules.yac" 2>/dev/null
	# shellcheck disable=SC2086
	yara -w -C $ext "$T/rules.yac" /bin/sh >/dev/null # it can be used
	best yara "yara -w -C -r -p \$P $ext $T/rules.yac $R >/dev/null"
}
mkdir "$T/two" "$T/none"
echo '{"id": "none", "title": "no rules"}' >"$T/none/pack.json"
cat >"$T/two/two.yar" <<'X'
rule one { strings: $a = "no file has this text" condition: $a }
rule two { strings: $a = { 7F 45 4C 46 [4-8] DE AD BE EF 00 } condition: $a }
X
echo "scan-yara --all over the same files"
row() { # NAME FOLDER OPTIONS: against yara with the rules of FOLDER
	local a c sec kib st
	a=$(yara_best "$2")
	c=$(RUNS=${RUNS:-5} median scan-yara "$BIN/scan-yara -r $R --all $3 | cat")
	read -r sec kib st < <(rss "$BIN/scan-yara" -r "$R" --all $3)
	say "  $1: yara -r" "$(div "$a" 1 '%.2f s')"
	say "  $1: scan-yara" "$(div "$c" 1 '%.2f s'), peak $(div "$kib" 1024 '%.0f MiB')"
	say "  $1: scan-yara / yara" "$(div "$c" "$a")"
	say "  $1: the same in processor time" \
		"$(div "$(cpu scan-yara)" "$(cpu yara)")"
}
row "two rules" "$T/two" "--iocs $T/none --rules $T/two"
row "the packs" iocs "--iocs iocs"
python3 tests/yaragen.py "$T/gen" 5000
row "5,000 generated rules" "$T/gen" "--iocs $T/none --rules $T/gen"
if [ -d "${PUBLIC:-}" ]; then # a public set at hand: make bench PUBLIC=DIR
	row "a public set" "$PUBLIC" "--iocs $T/none --rules $PUBLIC"
fi
[ ! -d "$T/engine/usr" ] || cp -a "$T/engine/usr" "$R/"
row "two rules, with the engine" "$T/two" "--iocs $T/none --rules $T/two"
mv "$R/usr" "$root/usr"
echo

echo "packages of the same root, verified"
find "$root/var/lib/dpkg/info" -name '*.md5sums' -exec cat {} + 2>/dev/null |
	sed "s,^.\{34\},$root/," >"$T/owned"
if [ -s "$T/owned" ]; then
	a=$(median md5sum "xargs -d '\\n' -a $T/owned md5sum >/dev/null")
	c=$(median packages "$BIN/collect-packages -r $root | cat")
	say "  md5sum of the same $(wc -l <"$T/owned") files" "$(div "$a" 1 '%.2f s')"
	say "  collect-packages" "$(div "$c" 1 '%.2f s')"
	say "  collect-packages / md5sum" "$(div "$c" "$a")"
	say "  the same in processor time" "$(div "$(cpu packages)" "$(cpu md5sum)")"
	c=$(median persistence "$BIN/collect-persistence -r $root | cat")
	say "  collect-persistence of the same root" "$(div "$c" 1 '%.2f s')"
fi
echo

echo "memory, small files, no two alike"
mkdir -p "$T/many/root/etc"
mount -t tmpfs none "$T/many" 2>/dev/null || true
n=0
for to in 10000 1000000; do
	python3 - "$T/many/root" $n $to <<'X'
import os, sys
root, a, b = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(root + '/etc', exist_ok=True)
for i in range(a, b):
    if i % 1000 == 0:
        d = '%s/opt/%03d/%03d' % (root, i // 100000, i // 1000 % 100)
        os.makedirs(d)
        os.chdir(d)
    with open('file-%07d' % i, 'w') as f:
        f.write('#!/bin/sh\n: %d\n' % i)
X
	n=$to
	read -r sec kib st < <(rss "$BIN/collect-files" -r "$T/many/root" --all)
	say "  collect-files, $to files (exit $st)" "$sec s, peak $(div "$kib" 1024 '%.1f MiB')"
	read -r sec kib st < <(rss "$BIN/scan-yara" -r "$T/many/root" --all \
		--iocs "$T/none" --rules "$T/two")
	say "  scan-yara, $to files (exit $st)" "$sec s, peak $(div "$kib" 1024 '%.1f MiB')"
done
umount "$T/many" 2>/dev/null || true
rm -rf "$T/many"
echo

echo "container stores, images and containers of 20 layers each"
for n in 10 100 1000; do
	python3 tests/stores/gen-store.py docker "$T/store$n" $n
	a=$(RUNS=3 median "images$n" "$BIN/collect-images -r $T/store$n >$T/out")
	b=$(RUNS=3 median "containers$n" "$BIN/collect-containers -r $T/store$n >$T/out")
	say "  $n and $n" "$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f s", a + b }')"
	say "    collect-images" "$(div "$a" 1 '%.2f s'), processors $(div "$(cpu "images$n")" 1 '%.2f s')"
	say "    collect-containers" "$(div "$b" 1 '%.2f s'), processors $(div "$(cpu "containers$n")" 1 '%.2f s')"
	for p in packages persistence; do
		a=$(RUNS=3 median "$p$n" "$BIN/collect-$p --containers -r $T/store$n >$T/out")
		say "    collect-$p --containers" "$(div "$a" 1 '%.2f s'), processors $(div "$(cpu "$p$n")" 1 '%.2f s')"
	done
	rm -rf "$T/store$n"
done
echo

echo "offline, $what: $(du -sm "$root" | cut -f1) MB," \
	"$(find "$root" -xdev | wc -l) files"
t=$(RUNS=3 median triage \
	"$BIN/salvor triage -r $root -c $T/c.db --iocs iocs; rm -f $T/c.db")
say "  salvor triage" "$(div "$t" 1 '%.2f s')"
tree=$(RUNS=3 median walk "tar -C $root -cf - . | wc -c")
say "  reading the whole tree with tar takes" "$(div "$tree" 1 '%.2f s')"
for p in "$BIN"/collect-*; do
	set -- -r "$root"
	[ "${p##*/}" = collect-processes ] && set --
	read -r sec kib st < <(rss "$p" "$@")
	say "  ${p##*/} (exit $st)" \
		"$sec s, peak $(div "$kib" 1024 '%.1f MiB')"
done
"$BIN/salvor" triage -r "$root" -c "$T/c.db" --iocs iocs >/dev/null 2>&1 || true
for p in case-match case-verdict; do
	case $p in case-match) set -- "$T/c.db" --iocs iocs ;; *) set -- "$T/c.db" ;; esac
	read -r sec kib st < <(rss "$BIN/$p" "$@")
	say "  $p (exit $st)" "$sec s, peak $(div "$kib" 1024 '%.1f MiB')"
done
