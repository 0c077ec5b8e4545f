# t-docs.sh - the documents say what the programs do, and nothing of ours
# that is not in the tree
# plain
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1

progs=$(sed -n 's/^\$(eval \$(call prog,\([^,]*\),.*/\1/p' tools/programs.mk)
plain() { sed 's/.\x08//g'; } # mandoc's bold and underlined
squeeze() { tr -d ' \n\t' | tr '\255' '-'; }

# section FILE NAME: the text of a section of a manual
section() {
	mandoc -Tascii -O width=200 "$1" | plain |
		awk -v want="$2" '/^[A-Z]/ { on = $0 == want; next } on'
}

like "there are programs" "$progs" '^case-ingest$'

for p in $progs; do
	m=docs/man/$p.1
	ok "$p: has a manual" test -f "$m"
	[ -f "$m" ] || continue
	ls tests/t-"$p".sh >/dev/null 2>&1 || grep -lqw -- "$p" tests/t-*.sh
	is "$p: has a test" $? 0
	status "$p: --help" 0 "$BIN/$p" --help
	cp "$T/out" "$T/help"
	status "$p: -h is the same" 0 "$BIN/$p" -h
	is "$p: -h is --help" "$(cat "$T/out")" "$(cat "$T/help")"
	status "$p: --version" 0 "$BIN/$p" --version
	like "$p: version names the program" "$(cat "$T/out")" "^$p \(salvor\) [0-9]"
	status "$p: unknown option is usage" 2 "$BIN/$p" --no-such-option
	is "$p: usage goes to stderr" "$(cat "$T/out")" ""
	like "$p: usage says what is wrong" "$(cat "$T/err")" "no-such-option"

	is "$p: SYNOPSIS is the usage line" \
		"$(section "$m" SYNOPSIS | squeeze)" \
		"$(sed -n '1s/^usage: //p' "$T/help" | squeeze)"

	# options: of the help, and of the items of the manual
	sed -n 's/^  *\(-.*\)/\1/p' "$T/help" | grep -oE '(^| )--?[A-Za-z][a-z-]*' |
		tr -d ' ' | sort -u >"$T/have"
	awk '/^\.It/ { on = 0; for (i = 2; i <= NF; i++) {
			if ($i == "Fl") { d = d "-"; continue }
			if (d != "") print d $i
			d = "" } }' "$m" | tr -d ',' | sort -u >"$T/told"
	is "$p: options of the help and of the manual" \
		"$(comm -3 "$T/have" "$T/told" | tr -d '\n')" ""

	for s in DESCRIPTION "EXIT STATUS" EXAMPLES SECURITY; do
		ok "$p: manual has $s" grep -q "^\.Sh $s" "$m"
	done

	if grep -q -- '--list' "$T/help"; then
		set -- -L # what a pack holds is the pack's to say, not the manual's
		grep -q -- '--iocs' "$T/help" && set -- -L --iocs "$TOP/iocs"
		ok "$p: -L" "$BIN/$p" "$@"
		awk '{ print $1 }' "$T/out" >"$T/rows"
		ok "$p: -L lists something" test -s "$T/rows"
		[ $# = 1 ] || continue
		mandoc -Tascii -O width=200 "$m" | plain >"$T/man"
		lost=
		while read -r row; do
			grep -qwF -- "$row" "$T/man" || lost="$lost $row"
		done <"$T/rows"
		is "$p: the manual has every row of -L" "$lost" ""
	fi
done

# every manual belongs to something, and is clean
for m in docs/man/*.[1-8]; do
	b=${m##*/}
	case $b in
	*.1) printf '%s\n' $progs | grep -qx -- "${b%.1}"
		is "$b: is of a program" $? 0 ;;
	esac
	is "$b: mandoc is content" "$(mandoc -Tlint -W warning "$m" 2>&1)" ""
done

# limits: the table is the header
if [ "$(sh tests/limits.sh)" = "$(grep '^| `' docs/limits.md)" ]; then
	pass "docs/limits.md is limits.h"
else
	fail "docs/limits.md is limits.h" "run: make tables" \
		"$(sh tests/limits.sh | diff - docs/limits.md | grep '^[<>] | `')"
fi

# the README's commands are targets, its links lead somewhere
for t in $(grep -ohE '(`|^    (# )?)make [a-z-]+' README.md docs/*.md |
	awk '{ print $NF }' | sort -u); do
	ok "make $t exists" make -n "$t" F=rec
done
for f in README.md docs/*.md; do
	lost=
	for link in $(grep -oE '\]\([^)#: ]+' "$f" | sed 's/^](//'); do
		[ -e "$(dirname "$f")/$link" ] || lost="$lost $link"
	done
	is "$f: links lead somewhere" "$lost" ""
done
lost=
for f in $(grep -ohE '(docs|tests|tools|collectors|iocs)/[a-zA-Z0-9_./*-]+[a-zA-Z0-9*]' \
	README.md docs/*.md | grep -vE '\*|[A-Z]{2}' | sort -u); do
	[ -e "$f" ] || lost="$lost $f"
done
is "files that the documents name are there" "$lost" ""

# nothing of the place where it was made, nobody's package registry
files=$(git -c safe.directory="$TOP" ls-files 2>/dev/null |
	grep -vx tests/t-docs.sh) || files=
if [ -n "$files" ]; then
	is "no path of a workshop" \
		"$(printf '%s\n' "$files" | tr '\n' '\0' |
		xargs -0 grep -IlE '/work/|(\.\./|^|[^a-z/])shared/' 2>/dev/null)" ""
	is "no host of a package registry" \
		"$(printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 grep -IlE \
		'\b(deb|ftp|security|snapshot|registry|files|static|proxy)\.(debian|npmjs|yarnpkg|pythonhosted|golang)\.[a-z]{2,3}|\b(pypi|crates)\.(org|io)\b' \
		2>/dev/null)" ""
	is "top level" "$(printf '%s\n' "$files" | cut -d/ -f1 | sort -u |
		grep -v '^\.' | tr '\n' ' ')" \
		"LICENSE Makefile README.md collectors docs iocs tests tools "
else
	skip "no path of a workshop" "no git checkout"
fi
finish
