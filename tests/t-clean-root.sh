# t-clean-root.sh - a freshly installed Debian is kept, and accused of nothing;
# nor is an image of one, with jobs and services of its own, or its container
# first
# plain
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

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

# ---- the same Debian as an image, and what its maker put on top ------------
if ! have_stores; then
	skip "a clean image" "no devices or trusted attributes here"
	finish
fi
python3 "$TESTS/smallroot.py" "$T/root"
mkdir -p "$T/host/etc"
echo 'root:x:0:0:root:/root:/bin/sh' >"$T/host/etc/passwd"
S=$T/host/var/lib/docker
tiny_store "$S"
rm -rf "$S/overlay2/layer1/diff"
mv "$T/root" "$S/overlay2/layer1/diff"
mkroot "$TESTS/stores/maker.spec" "$S/overlay2/layer2/diff"
mkroot "$TESTS/stores/ran.spec" "$S/overlay2/upper/diff"
status "triage of a host with a clean image" 0 \
	"$BIN/salvor" triage -r "$T/host" -c "$T/image.db" --iocs "$TOP/iocs"
i() { "$BIN/case-query" "$T/image.db" --sql "$1" --format jsonl; }
is "the jobs of the image's layers were read" \
	"$(i "SELECT DISTINCT path FROM persist WHERE origin = 'image'
	AND path IN ('/etc/cron.d/app', '/etc/systemd/system/app.service',
	'/etc/profile.d/app.sh', '/etc/cron.daily/apt-compat')
	ORDER BY path" | jq -r .path | tr '\n' ' ')" \
	"/etc/cron.d/app /etc/cron.daily/apt-compat /etc/profile.d/app.sh /etc/systemd/system/app.service "
is "no finding of medium or more in the image or its container" \
	"$(i "SELECT rule, scope, path, detail FROM finding
	WHERE severity NOT IN ('info', 'low')")" ""
is "no evidence of them was lost" \
	"$(i "SELECT class, path, detail FROM note WHERE lost")" ""
finish
