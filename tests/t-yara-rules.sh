# t-yara-rules.sh - the content rules of the packs: every rule has its fixture,
# finds what is hostile in it in every spelling, and leaves the innocent alone,
# as it does what is on this machine and in this tree
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

# scan DIR: what matched, a line each: PATH ID SEVERITY; ID by the rule's own
# metadata; severity "fact" where no finding comes of it. Returns scan-yara's.
scan() {
	"$BIN/scan-yara" -r "$1" --as host --all --iocs iocs >"$T/rec" 2>"$T/msg"
	_s=$?
	jq -rn '[inputs | select(.k == "yara_rule" or .k == "match")] |
	    (map(select(.k == "yara_rule")) | map({key: (.namespace + "/" + .rule),
		value: (.meta // "[]" | fromjson | map(capture("^(?<key>[^=]*)=(?<value>.*)$"; "s")) |
		    from_entries + {})}) | from_entries) as $meta |
	    map(select(.k == "match")) |
	    map((.namespace + "/" + .rule) as $r | [.path,
		(.namespace | split("/")[0]) + "/" + ($meta[$r].id // .rule),
		if $meta[$r].finding == "false" then "fact"
		else $meta[$r].severity // "none" end] | join(" ")) |
	    unique | .[]' "$T/rec" >"$T/matched"
	return $_s
}
# heard [SED]: matches of medium or above
heard() { grep -Ev ' (fact|info|low)$' "$T/matched"; }

# ---- rules and fixtures
for f in iocs/*/*.yar; do
	pack=$(basename "$(dirname "$f")")
	sed -n 's/^[[:space:]]*id = "\(.*\)"$/'"$pack"'-\1/p' "$f"
done | sort >"$T/rules"
ls -d tests/fixtures/yara-* | sed 's,.*/yara-,,' | sort >"$T/fixtures"
is "every rule has a fixture, every fixture a rule" \
	"$(diff "$T/rules" "$T/fixtures")" ""
is "no rule has the name of another" "$(uniq -d "$T/rules")" ""
is "a rule's identifier is its id" "$(awk '
	/^rule / { rule = $2 }
	/^[ \t]*id = / { id = $3; gsub(/"/, "", id); gsub(/-/, "_", id)
		if (id != rule) print FILENAME, rule, id }' iocs/*/*.yar)" ""
is "every rule says what it must" "$(awk '
	function done(  i) {
		for (i = 1; i <= n && rule; i++)
			if (!(need[i] in has)) print FILENAME, rule, need[i]
		rule = ""; split("", has)
	}
	BEGIN { n = split("id title severity effect attack confidence why source",
	    need, " ") }
	FNR == 1 { done() }
	/^(private )?rule / { done(); if ($1 == "rule") rule = $2 }
	/^[ \t]*[a-z]+ = / { has[$1] = 1 }
	END { done() }' iocs/*/*.yar)" ""
meta() { sed -n "s/^[[:space:]]*$1 = \"\\(.*\\)\"\$/\\1/p" iocs/*/*.yar; }
is "words of severity, effect and confidence" "$({
	meta severity | grep -Ev '^(info|low|medium|high|critical)$'
	meta effect | grep -Ev '^(note|investigate|wipe)$'
	meta confidence | grep -Ev '^(C2|R2|S1|INF)$'; })" ""
is "attack ids have the form of ATT&CK" "$(meta attack | tr ' ' '\n' |
	grep -Ev '^T[0-9]{4}(\.[0-9]{3})?$')" ""
is "docs/sources.md explains every source" "$(meta source | tr ' ' '\n' |
	sort -u | while read -r code; do
		grep -q "^| $code |" docs/sources.md || echo "$code"
	done)" ""

# ---- they compile, without the variables, and libyara thinks none slow
mkdir "$T/empty"
status "they compile" 0 "$BIN/scan-yara" -v -r "$T/empty" --as host --iocs iocs
unlike "without a warning" "$(cat "$T/err")" "slow|warning|\.yar"
unlike "none needs a variable" "$("$BIN/scan-yara" -L --iocs iocs)" " path "
is "every rule file is used" \
	"$("$BIN/scan-yara" -L --iocs iocs | awk '{print $NF}' | sort)" \
	"$(ls iocs/*/*.yar | sort)"

# ---- the fixtures
mkdir "$T/root"
for r in $(cat "$T/fixtures"); do
	mkroot "tests/fixtures/yara-$r/spec" "$T/root/$r"
done
ok "the fixtures are scanned" scan "$T/root"
while read -r r; do
	pack=$(ls iocs | while read -r p; do
		case $r in "$p"-*) echo "$p" ;; esac; done)
	n=0 bad=
	for f in "$T/root/$r"/bad/*; do
		n=$((n + 1))
		grep -q "^/$r/bad/${f##*/} $pack/${r#"$pack"-} " "$T/matched" ||
			bad="$bad ${f##*/}"
	done
	is "$r: what is hostile, $n times" "$bad" ""
	[ $n -ge 4 ] || fail "$r: at least four spellings"
	ls "$T/root/$r"/good/* >/dev/null || fail "$r: something innocent"
	is "$r: what is innocent" "$(heard | grep "^/$r/good/")" ""
done <"$T/fixtures"

# ---- this tree: rules, sources, manuals and programs are full of these words
mkdir "$T/own"
cp -R iocs docs collectors tools README.md Makefile "$T/own"
[ -n "$SAN" ] || cp "$BIN"/* "$T/own"
ok "this tree is scanned" scan "$T/own"
is "and says nothing" "$(heard)" ""

# ---- this machine, as far as two minutes go
end=$(($(date +%s) + ${NOISE_SECONDS:-120}))
for d in /etc /usr/bin /usr/sbin /usr/share/man /usr/share/doc \
	/usr/share/vim /usr/share/perl /usr/lib/git-core /usr/lib/python3; do
	[ -d "$d" ] && [ ! -L "$d" ] || continue
	left=$((end - $(date +%s)))
	[ $left -gt 5 ] || { skip "$d" "no time left"; continue; }
	timeout $left "$BIN/scan-yara" -r "$d" --as host --all --iocs iocs \
		>"$T/noise" 2>/dev/null
	s=$?
	[ $s -ne 124 ] || { skip "$d" "it is large"; continue; }
	is "$d: no finding" "$(jq -rn '[inputs] |
	    (map(select(.k == "yara_rule") | select([.meta // "[]" | fromjson | .[] |
		select(test("^(severity=(info|low)|finding=false)$"))] == []) |
		.namespace + "/" + .rule)) as $loud |
	    map(select(.k == "match") | select(.namespace + "/" + .rule |
		IN($loud[])) | .path + " " + .rule) | unique | .[]' "$T/noise")" ""
done
finish
