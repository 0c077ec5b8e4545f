# t-clean-root.sh - a freshly installed Debian is kept, and accused of nothing
. "$(dirname "$0")/lib.sh"

if ! sh "$TESTS/cleanroot.sh" "$T/root" 2>"$T/why"; then
	skip "a clean root is kept" "$(tail -n 1 "$T/why")"
	finish
fi
# Twice: the first touches directories itself. A link that is followed gets a
# new access time from the kernel, whoever follows it (docs/security.md).
snapshot() {
	(cd "$T/root" && find . >/dev/null && {
		find . -type l -printf '%p %y %m %U %G %s %T@ %C@ %l\n'
		find . ! -type l -printf '%p %y %m %U %G %s %T@ %A@ %C@\n'
	} | sort)
}
snapshot >"$T/before"
status "triage of a clean root keeps it" 0 \
	"$BIN/salvor" triage -r "$T/root" -c "$T/case.db" --iocs "$TOP/iocs"
cp "$T/out" "$T/shown"
snapshot >"$T/after"
is "the tree is as it was, access times too" \
	"$(diff "$T/before" "$T/after" | head -n 5)" ""
like "it says KEEP" "$(cat "$T/shown")" "KEEP"
q() { "$BIN/case-query" "$T/case.db" --sql "$1" --format jsonl; }
is "decision in the case" "$(q 'SELECT decision FROM verdict' | jq -r .decision)" keep
is "no finding of medium or more" \
	"$(q "SELECT rule, path, detail FROM finding
	WHERE severity NOT IN ('info', 'low')")" ""
is "no finding that argues for anything" \
	"$(q "SELECT rule, path, detail FROM finding WHERE effect <> 'note'")" ""
is "no evidence was lost" \
	"$(q "SELECT class, path, detail FROM note WHERE lost")" ""
like "the accounts are there" "$(q 'SELECT name FROM account')" '"root"'
like "so are Debian's cron jobs" \
	"$(q "SELECT path FROM persist WHERE path LIKE '/etc/cron.daily/%'")" dpkg
like "and the units that are enabled" \
	"$(q "SELECT path, enabled FROM persist WHERE path LIKE '%/ssh.service'")" ssh
like "memory is said not to have been seen" "$(cat "$T/shown")" "[Mm]emory|process"
finish
