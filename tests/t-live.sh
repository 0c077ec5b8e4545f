# t-live.sh - this very machine, live: as root and as an ordinary user
# alone
. "$(dirname "$0")/lib.sh"

q() { "$BIN/case-query" "$1" --sql "$2" --format jsonl; }

# ---- the ordinary user ----------------------------------------------------
# A user sees little. That must be said, and must not be a keep.
if [ "$ROOTED" = 1 ]; then
	mkdir "$T/user" "$T/bin"
	cp "$BIN"/* "$T/bin/"
	cp -R "$TOP/iocs" "$T/bin/iocs"
	chmod 711 "$T" && chmod -R go+rX "$T/bin" && chown 65534:65534 "$T/user"
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all"
else
	mkdir "$T/user"
	ln -s "$BIN" "$T/bin"
	as=
fi
status "user: triage ends with investigate" 10 \
	$as "$T/bin/salvor" triage -c "$T/user/case.db"
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
"$BIN/salvor" triage -c "$T/root.db" --iocs "$TOP/iocs" >"$T/out" 2>"$T/err"
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
finish
