# mechanisms.sh BASE OUT one NAME VARIANT...
# mechanisms.sh BASE OUT all VARIANT
# mechanisms.sh BASE OUT innocents
#
# Plants mechanisms (tests/mechanisms) on a root laid over BASE, collects, and
# applies the rules: one (in the first VARIANT that makes sense for it), or
# all but those that say "# apart", which spoil others. In OUT, as NAME,
# all.VARIANT or innocents:
#
#   X.planted   what the scripts said: mechanism, tab, their line
#   X.found     findings of medium or above: severity, rule, path, detail
#   X.variant   the variant
#   X.db        the case, with KEEP=1
#
# Wants root, and a mount namespace of its own (unshare -m): what it mounts
# goes with it. Uses $BIN.
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
base=$1 out=$2 how=$3
shift 3
case $how in
one)
	name=$1 x=$1
	shift
	[ $# -gt 1 ] || x=$name.$1 ;;
all) x=all.$1 ;;
*) x=innocents ;;
esac

m=$out/$x.mount
mkdir -p "$m"
mount -t tmpfs -o size=700m none "$m"
mkdir "$m/upper" "$m/work" "$m/root"
mount -t overlay -o "lowerdir=$base,upperdir=$m/upper,workdir=$m/work" none \
	"$m/root"

plant() { # NAME VARIANT
	sh "$tests/mechanisms/$1.sh" "$m/root" "$2" >"$m/said" 2>"$m/err" ||
		echo "failed	exit $?" >>"$m/said"
	[ ! -s "$m/err" ] || echo "failed	$(head -n 1 "$m/err")" >>"$m/said"
	sed "s/^/$1	/" "$m/said"
}
case $how in
one)
	for v; do
		echo "$v" >"$out/$x.variant"
		plant "$name" "$v" >"$out/$x.planted"
		grep -q "^$name	none	" "$out/$x.planted" || break
	done ;;
all)
	for s in "$tests"/mechanisms/*.sh; do
		n=$(basename "$s" .sh)
		[ "$n" = lib ] || grep -q '^# apart' "$s" || plant "$n" "$1"
	done >"$out/$x.planted" ;;
*) sh "$tests/innocents.sh" "$m/root" >"$out/$x.planted" ;;
esac

db=$m/case.db
{
	if [ "$how" = one ]; then
		# files as such matter to what is no entry
		files=
		case $name in
		program-* | setuid-* | file-* | package-* | *-changed | \
			capability | private-key) files=collect-files ;;
		esac
		for c in collect-persistence collect-packages $files; do
			"$BIN/case-ingest" "$db" -- "$BIN/$c" -r "$m/root" ||
				[ $? -le 1 ]
		done
		"$BIN/case-ingest" "$db" -- \
			"$BIN/case-match" --iocs "$tests/../iocs" "$db"
	else
		"$BIN/salvor" triage -r "$m/root" -c "$db" \
			--iocs "$tests/../iocs" ||
			case $? in 0 | 10 | 20) ;; *) exit 3 ;; esac
	fi
} >"$out/$x.log" 2>&1
"$BIN/case-query" "$db" --format jsonl --sql \
	"SELECT severity, rule, path, detail FROM finding
	WHERE severity NOT IN ('info', 'low')" |
	jq -r '[.severity, .rule, .path // "", .detail] | @tsv' >"$out/$x.found"
[ -z "${KEEP:-}" ] || cp "$db" "$out/$x.db"
