# t-mechanisms.sh - every way to stay is found, and nobody else is blamed
#
# The two figures: of each mechanism of tests/mechanisms, in each variant, a
# finding of medium or above that names what was planted; and no such finding
# that names anything else, nor one on a root that an administrator worked on.
# first
. "$(dirname "$0")/lib.sh"
export BIN

nothing() {
	skip "every mechanism is found" "$1"
	finish
}
[ $MOUNTS = 1 ] || nothing "needs root and mounts of its own"
sh "$TESTS/cleanroot.sh" "$T/root" 2>"$T/why" || nothing "$(tail -n 1 "$T/why")"
mkdir -p "$T/upper" "$T/found"
unshare -m sh -c 'mount -t tmpfs none "$1/upper" &&
	mkdir "$1/upper/u" "$1/upper/w" "$1/upper/m" && mount -t overlay \
	-o "lowerdir=$1/root,upperdir=$1/upper/u,workdir=$1/upper/w" \
	none "$1/upper/m"' - "$T" 2>/dev/null || nothing "no overlay mounts here"

# an ordinary account, that the mechanisms of one use
echo 'op:x:1000:1000:Operator,,,:/home/op:/bin/bash' >>"$T/root/etc/passwd"
echo 'op:!:20000:0:99999:7:::' >>"$T/root/etc/shadow"
echo 'op:x:1000:' >>"$T/root/etc/group"
cp -a "$T/root/etc/skel" "$T/root/home/op"
chown -R 1000:1000 "$T/root/home/op"
python3 "$TESTS/smallroot.py" "$T/root"

judge() { awk -f "$TESTS/mechanisms.awk" "$1.planted" "$1.found" | sort >"$1.res"; }
lines() { awk -F '\t' -v k="$1" '$1 == k' "$2"; }

# ---- what an administrator does --------------------------------------------
ok "an administrator's root is read" unshare -m \
	sh "$TESTS/mechanisms.sh" "$T/root" "$T/found" innocents
like "it has many changes" "$(wc -l <"$T/found/innocents.planted")" '^[5-9][0-9]'
is "none of them is blamed" "$(cat "$T/found/innocents.found")" ""

# ---- all at once, one root a variant ---------------------------------------
variants="plain disguised base64 dropped user"
for v in $variants; do
	ok "all mechanisms at once, $v" unshare -m \
		sh "$TESTS/mechanisms.sh" "$T/root" "$T/found" all "$v"
	judge "$T/found/all.$v"
	is "no two of them share a path" "$(lines clash "$T/found/all.$v.res")" ""
	is "nobody else is blamed, $v" "$(lines wrong "$T/found/all.$v.res")" ""
done

# ---- each alone, the variants in turn; those that spoil others in each -----
i=0
for s in "$TESTS"/mechanisms/*.sh; do
	n=$(basename "$s" .sh)
	[ "$n" = lib ] && continue
	echo "$n" >>"$T/names"
	if grep -q '^# apart' "$s"; then
		for v in $variants; do echo "one $n $v"; done
	elif [ -z "$SAN" ]; then
		set -- $variants
		i=$((i + 1))
		k=$((i % 5))
		while [ $k -gt 0 ]; do
			k=$((k - 1)) first=$1
			shift
			set -- "$@" "$first"
		done
		echo "one $n $*"
	fi
done >"$T/jobs"
ok "each alone" xargs -P "$(nproc)" -L 1 \
	unshare -m sh "$TESTS/mechanisms.sh" "$T/root" "$T/found" <"$T/jobs"
rm "$T/found/innocents.found"
for f in "$T"/found/*.found; do judge "${f%.found}"; done

for n in $(cat "$T/names"); do
	bad=$(for f in "$T/found/$n.res" "$T/found/$n".*.res "$T"/found/all.*.res; do
		[ -e "$f" ] || continue
		x=${f##*/} x=${x%.res}
		[ "${x#all.}" = "$x" ] && x="alone, $(cat "${f%.res}.variant")"
		awk -F '\t' -v m="$n" -v x="$x" '
			($1 == "missed" || $1 == "failed") && $2 == m {
				print x ": " $0 }
			$1 == "wrong" && x ~ /^alone/ { print x ": " $0 }' "$f"
	done)
	is "$n" "$bad" ""
done

cat "$T"/found/*.res | awk -F '\t' '
	$1 ~ /^(found|program|missed|failed)$/ { n++ }
	$1 ~ /^(found|program)$/ { f++ }
	$1 == "wrong" { w++ }
	{ if ($1 == "program") p++; if ($1 == "none") o++ }
	END { printf "# %d of %d found (%d by the program only), %d wrongly " \
		"blamed; %d make no sense\n", f, n, p, w, o }'
echo "# $(wc -l <"$T/names") mechanisms," \
	"$(wc -l <"$T/found/innocents.planted") changes of an administrator"
finish
