# t-live.sh - this very machine, live: as root and as an ordinary user
# alone
# plain
. "$(dirname "$0")/lib.sh"

q() { "$BIN/case-query" "$1" --sql "$2" --format jsonl; }

# ---- the ordinary user ----------------------------------------------------
# A user sees little. That must be said, and must not be a keep.
mkdir "$T/bin"
cp "$BIN"/* "$T/bin/"
cp -R "$TOP/iocs" "$T/bin/iocs"
mkdir "$T/user"
if [ "$ROOTED" = 1 ]; then
	chmod 711 "$T" && chmod -R go+rX "$T/bin" && chown 65534:65534 "$T/user"
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all"
else
	as=
fi
status "user: triage ends with investigate" 10 \
	live $as "$T/bin/salvor" triage -c "$T/user/case.db"
c=$T/user/case.db
is "user: the decision" "$(q "$c" 'SELECT decision FROM verdict' | jq -r .decision)" \
	investigate
like "user: what was denied is in the notes" \
	"$(q "$c" 'SELECT DISTINCT class FROM note')" denied
is "user: every run came to its end" \
	"$(q "$c" 'SELECT tool FROM run WHERE complete IS NOT 1')" ""
like "user: own processes are there" \
	"$(q "$c" 'SELECT count(*) AS n FROM process')" '"n":[1-9]'

# ---- root -----------------------------------------------------------------
if [ "$ROOTED" = 0 ]; then
	skip "root: live triage" "not root"
	finish
fi
sleep 300 &
sleeper=$!
live "$T/bin/salvor" triage -c "$T/root.db" >"$T/out" 2>"$T/err"
st=$?
kill "$sleeper" && wait "$sleeper" 2>/dev/null
c=$T/root.db
case $st in
0 | 10) pass "root: triage makes a verdict" ;;
*) fail "root: triage makes a verdict" "exit $st" "$(cat "$T/out" "$T/err")" ;;
esac
case $st in 0) want=keep ;; 10) want=investigate ;; *) want=none ;; esac
is "root: exit status and decision agree" \
	"$(q "$c" 'SELECT decision FROM verdict' | jq -r .decision)" "$want"
is "root: nothing here argues for wipe" \
	"$(q "$c" "SELECT rule, scope, path, detail FROM finding WHERE effect = 'wipe'")" ""
is "root: every run came to its end" \
	"$(q "$c" 'SELECT tool FROM run WHERE complete IS NOT 1')" ""
like "root: the rules saw it" "$(q "$c" "SELECT tool FROM run")" case-match
is "root: every rule could be run" "$(q "$c" "SELECT path, note.detail FROM note
	JOIN run ON run.id = note.run WHERE tool = 'case-match' AND lost")" ""
like "root: the case is left out" \
	"$(q "$c" "SELECT DISTINCT replace(path, '$T', '') AS p FROM note WHERE note.detail LIKE 'left out: it is ours%'")" \
	'"/root.db"'
is "root: it is in no list of files" \
	"$(q "$c" "SELECT path FROM file WHERE path LIKE '$T/root.db%'")" ""
like "root: files were looked into" "$(q "$c" "SELECT count(*) AS n FROM file WHERE sha256 IS NOT NULL")" '"n":[1-9][0-9][0-9]'
unlike "root: no program failed" "$(cat "$T/out")" "failed"
is "root: it was live" \
	"$(q "$c" "SELECT DISTINCT live FROM run WHERE tool LIKE 'collect-%'" | tr -d '\n')" \
	'{"live":1}'
is "root: a known process, with its executable" \
	"$(q "$c" "SELECT exe FROM process WHERE pid = $sleeper" | jq -r .exe)" \
	"$(readlink -f "$(command -v sleep)")"
like "root: process 1" "$(q "$c" 'SELECT name FROM process WHERE pid = 1')" name
is "root: the accounts are passwd's" \
	"$(q "$c" "SELECT name FROM account WHERE scope = 'host'" | jq -r .name |
		sort -u | sha256sum)" \
	"$(cut -d: -f1 /etc/passwd | grep -v '^[+#-]' | sort -u | sha256sum)"
is "root: no worker crashed" \
	"$(q "$c" "SELECT path, detail FROM note WHERE class = 'crashed'")" ""
is "root: the host's name" \
	"$(q "$c" "SELECT DISTINCT host FROM run WHERE tool LIKE 'collect-%'" |
		jq -r .host)" "$(uname -n)"

# The journal of a case is not there yet when a collector starts: it is left
# out by its name. The first batch fills the pipe, so that the walk has not
# come to /z when the files there are made.
if [ -z "$SAN" ]; then
	mkdir -p "$T/small/a" "$T/small/z" "$T/small/bin"
	cp "$BIN/collect-files" "$T/small/bin/"
	(cd "$T/small/a" && seq 66000 | xargs touch)
	chroot "$T/small" /bin/collect-files --all --leave-out /z/case.db \
		--leave-out z/case.db-journal 2>"$T/err" |
		{ sleep 1; echo x >"$T/small/z/case.db-journal"
		echo x >"$T/small/z/other"; cat; } >"$T/rec"
	is "what comes later is left out by its name" \
		"$(jq -r 'select(.k == "note" and (.path // "" | test("^/z"))) | "\(.path) \(.lost) \(.detail)"' "$T/rec")" \
		"/z/case.db-journal false left out: it is ours, by its name"
	is "and nothing else" "$(jq -r 'select(.k == "file") | .path' "$T/rec" | grep '^/z/')" /z/other
else
	skip "what comes later" "no static program"
fi
finish
