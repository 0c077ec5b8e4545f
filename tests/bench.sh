#!/bin/bash
# bench.sh - figures to compare, side by side in one run (make bench)
#
# BIN: the programs. Medians. Nothing here passes or fails; what was measured
# stands in docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=${BIN:-$PWD/.build/bin}
T=$(mktemp -d)
trap 'rm -rf --one-file-system "$T"' EXIT

say() { printf '%-46s %s\n' "$1" "$2"; }
# median NAME COMMAND: seconds; every exit status is one that we want to see
median() {
	hyperfine -i -w 1 -r "${RUNS:-7}" --export-json "$T/$1.json" \
		"$2" >/dev/null 2>&1
	jq -r '.results[0].median' "$T/$1.json"
}
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

echo "live processes ($(ls /proc | grep -c '^[0-9]') of them)"
a=$(median ps 'ps axf')
b=$(median lsof 'lsof -nP')
c=$(median processes "$BIN/collect-processes | cat")
say "  ps axf" "$(ms "$a")"
say "  lsof -nP" "$(ms "$b")"
say "  collect-processes" "$(ms "$c")"
sum=$(awk -v a="$a" -v b="$b" 'BEGIN { print a + b }')
say "  ps and lsof / collect-processes" "$(div "$sum" "$c")"
echo

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
