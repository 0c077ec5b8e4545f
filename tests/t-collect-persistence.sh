# t-collect-persistence.sh - artifacts, homes, hostile files, containers
. "$(dirname "$0")/lib.sh"
. "$TESTS/art.sh"
. "$TESTS/stores/lib.sh"
C=$BIN/collect-persistence

# ---- each artifact has its fixture, and gives the rows that were reviewed --
if [ "$ROOTED" = 1 ]; then
	for x in "$TESTS"/fixtures/art-*; do
		n=${x##*/art-}
		mkroot "$x/spec" "$T/art" || fail "$n: spec"
		"$C" -r "$T/art" >"$T/rec" 2>"$T/err"
		rows "$T/rec" "$n" >"$T/got"
		is "rows of $n" "$(diff "$x/want" "$T/got")" ""
		rm -rf "$T/art"
	done
else
	skip "rows of the artifacts" "owners of files"
fi
"$C" -L >"$T/list"
for n in $(sed -n 's/^ART([a-z0-9_]*, "\([^"]*\)".*/\1/p' \
	"$TOP/collectors/persistence/artifacts.def"); do
	ok "-L names $n" grep -q "^$n " "$T/list"
done

# the class of an artifact is in its rows, as -L has it
for n in cron-system=time rc-local=service modprobe=boot udev-rules=event \
	motd=login git-hook=tool php-conf=web oci-hook=engine \
	ld-so-preload=loader pam=access apt-sources=supply; do
	is "class: $n" "$(awk -v n="${n%=*}" '$1 == n { print $5 }' "$T/list")" \
		"${n#*=}"
done
printf 'f etc/crontab <<X\n1 1 * * * root true\nX\n' >"$T/spec"
mkroot "$T/spec" "$T/classes" || fail "spec"
"$C" -r "$T/classes" 2>/dev/null >"$T/rec"
is "a row has its class" "$(records "$T/rec" persist .class)" '"time"'

# ---- a hostile root -------------------------------------------------------
cat >"$T/spec" <<E
f etc/passwd <<X
root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh
same:x:1001:1001::/home/alice/:/bin/sh
nohome:x:1002:1002::/nonexistent:/bin/sh
slash:x:1003:1003::/:/bin/sh
empty:x:1004:1004:::/bin/sh
relative:x:1005:1005::home/alice:/bin/sh
linked:x:1006:1006::/home/linked:/bin/sh
outside:x:1007:1007::/home/outside:/bin/sh
star:x:1008:1008::/home/*:/bin/sh
newline:x:1009:1009::/home/new:/bin/sh
X
E
cat >>"$T/spec" <<'E'
f root/.bashrc <<X
echo root
X
f home/alice/.bashrc <<X
echo alice
X
f home/orphan/.bashrc <<X
echo orphan
X
f srv/linked/.bashrc <<X
echo linked
X
l home/linked ../srv/linked
l home/outside ../../../../../../../../etc
f .bashrc <<X
echo slash
X
d 'home/*'
f 'home/*/.bashrc' <<X
echo star
X
f "home/$(printf 'b\377\033[31m\ny')/.bashrc" <<X
echo odd
X
p etc/crontab
d etc/rc.local
l etc/ld.so.preload /proc/self/mem
l etc/profile ../../../../../../../../../etc/passwd
E
mkroot "$T/spec" "$T/root" || fail "spec"
# a writer waits at the FIFO, and must still wait afterwards
sh -c 'exec echo x >"$1"' sh "$T/root/etc/crontab" &
writer=$!
sleep 0.2
"$C" -r "$T/root" >"$T/rec" 2>"$T/err"
is "exit: some evidence cannot be read" $? 1
ok "the FIFO's writer waits on" kill -0 "$writer"
kill "$writer" 2>/dev/null
wait "$writer" 2>/dev/null
is "the FIFO is noted" "$(records "$T/rec" note \
	'select(.path=="/etc/crontab") | [.class, .lost]')" '["corrupt",true]'
is "and a row" "$(records "$T/rec" persist \
	'select(.artifact=="cron-system") | .defect')" '"is a FIFO"'
is "homes: each once, with its owner" "$(records "$T/rec" persist '
	select(.artifact=="shell-rc-user" and .command) |
	[.command, .owner, .path, .via]' | sort)" \
'["echo alice","alice","/home/alice/.bashrc",null]
["echo linked","linked","/srv/linked/.bashrc","/home/linked/.bashrc"]
["echo odd","root","/home/b\\xFF\u001b[31m\ny/.bashrc",null]
["echo orphan","root","/home/orphan/.bashrc",null]
["echo root","root","/root/.bashrc",null]
["echo slash","slash","/.bashrc",null]
["echo star","star","/home/*/.bashrc",null]'
is "homes that are not there: one note" "$(records "$T/rec" note \
	'select(.op=="search" and .path=="/etc/passwd") | .detail')" \
	'"2 homes of accounts do not exist"'
is "a link out of the root stays inside" "$(records "$T/rec" persist '
	select(.artifact=="shell-rc-system" and .line==1) | [.path, .via]')" \
	'["/etc/passwd","/etc/profile"]'
is "a directory is a row" "$(records "$T/rec" persist \
	'select(.artifact=="rc-local") | .defect')" '"is a directory"'
is "absent artifacts are said to be absent" "$(records "$T/rec" note '
	select(.class=="absent" and (.detail | startswith("cron-d:"))) | .lost')" \
	false
ok "the stream is UTF-8" iconv -f UTF-8 -t UTF-8 "$T/rec"
if [ -x "$BIN/case-ingest" ]; then
	"$BIN/case-ingest" "$T/case.db" "$T/rec" >"$T/out" 2>"$T/err2"
	ok "case-ingest takes the stream" test $? -le 1
	is "and has all of its rows" "$("$BIN/case-query" "$T/case.db" --format \
		csv --sql "SELECT count(*) FROM persist" | tail -n 1 |
		tr -d "\r")" \
		"$(records "$T/rec" persist 1 | wc -l)"
fi

# ---- the same records, however many workers ------------------------------
want=$(volatile <"$T/rec" | sha256sum)
is "one processor" "$(taskset -c 0 "$C" -r "$T/root" 2>/dev/null |
	volatile | sha256sum)" "$want"
for k in 1 2 3; do
	is "again, $k" "$("$C" -r "$T/root" 2>/dev/null | volatile | sha256sum)" \
		"$want"
done
rm -rf "$T/root"

# ---- sizes ----------------------------------------------------------------
mkdir -p "$T/big/etc/cron.d" "$T/big/root"
echo 'root:x:0:0:root:/root:/bin/sh' >"$T/big/etc/passwd"
{ echo '1 1 1 1 * root first'; } >"$T/big/etc/crontab"
truncate -s 1G "$T/big/etc/crontab"
{ printf '1 1 1 1 * root '; head -c 200000 /dev/zero | tr '\0' x; echo
  echo '1 1 1 1 * root after'; } >"$T/big/etc/cron.d/longline"
yes '1 1 1 1 * root true' | head -n 100100 >"$T/big/etc/cron.d/many"
{ head -c 2000000 /dev/zero | tr '\0' '#'; echo; echo 'echo end'; } \
	>"$T/big/root/.bashrc"
mkdir -p "$T/big/opt/a" "$T/big/opt/b" "$T/big/opt/c"
head -c 1000000 /dev/zero | tr '\0' '[' >"$T/big/opt/a/compose.yml"
{ printf 'services: {x: {command: "'; head -c 900000 /dev/zero | tr '\0' '{'
  echo '"}}'; } >"$T/big/opt/b/compose.yml"
echo 'services: {x: {image: "a", command: [[[["deep"]]]]}}' \
	>"$T/big/opt/c/compose.yml"
start=$(date +%s)
"$C" -r "$T/big" >"$T/rec.all" 2>"$T/err"
is "exit: a limit was hit" $? 1
grep -v '"path":"/etc/cron.d/many","line"' "$T/rec.all" >"$T/rec"
rm "$T/rec.all"
ok "in reasonable time" test $(($(date +%s) - start)) -lt 60
note() { records "$T/rec" note "select(.path==\"$1\" and
	(.detail | test(\"$2\"))) | [.class, .lost]"; }
is "a crontab of 1 GiB is cut" "$(note /etc/crontab ART_READ_MAX)" \
	'["limit",true]'
is "and its first part is read" "$(records "$T/rec" persist '
	select(.path=="/etc/crontab" and .line==1) | .command')" '"first"'
is "a line too long is noted" "$(note /etc/cron.d/longline ART_LINE_MAX)" \
	'["limit",true]'
is "its row is there" "$(records "$T/rec" persist '
	select(.path=="/etc/cron.d/longline" and .line==1) | .defect')" \
	'"command too long"'
is "so is what follows" "$(records "$T/rec" persist '
	select(.path=="/etc/cron.d/longline" and .line==2) | .command')" '"after"'
is "too many lines are noted" "$(note /etc/cron.d/many ART_LINES_MAX)" \
	'["limit",true]'
is "brackets without end are noted" "$(for f in a b c; do
	note /opt/$f/compose.yml CONF_YAML_MAX; done)" '["limit",true]
["limit",true]'
is "a file too large to keep has its digest" "$(records "$T/rec" persist '
	select(.path=="/root/.bashrc" and .line==null) | .sha256' | tr -d '"')" \
	"$(sha256sum <"$T/big/root/.bashrc" | cut -d ' ' -f 1)"
is "and is no blob" "$(note /root/.bashrc ART_KEEP_MAX)" '["limit",false]'
rm -rf "$T/big"

# ten thousand homes and one
if [ -z "$SAN" ]; then
mkdir -p "$T/homes/etc"
seq 1 10001 | sed 's|.*|u&:x:&:&::/home/u&:/bin/sh|' >"$T/homes/etc/passwd"
(cd "$T/homes" && seq 1 10001 | sed 's|^|home/u|' | xargs mkdir -p &&
	echo 'echo hi' >home/u10000/.profile)
"$C" -r "$T/homes" >"$T/rec" 2>"$T/err"
is "10,000 homes: all accounts" "$(records "$T/rec" account 1 | wc -l)" 10001
is "10,000 homes: the last one is searched" "$(records "$T/rec" persist '
	select(.path=="/home/u10000/.profile" and .line) | .owner')" '"u10000"'
is "10,000 homes: one more is a note" "$(records "$T/rec" note '
	select(.detail // "" | test("HOMES_MAX")) | .class')" '"limit"'
rm -rf "$T/homes"
else
	skip "10,000 homes" "sanitizers need longer than an item has"
fi

# ---- what may not be read -------------------------------------------------
if [ "$ROOTED" = 1 ]; then
	chmod 711 "$T"
	mkdir -p "$T/denied/etc" "$T/denied/var/spool/cron/crontabs"
	cp /etc/passwd "$T/denied/etc/passwd"
	printf 'root:*:19000::::::\n' >"$T/denied/etc/shadow"
	chmod 600 "$T/denied/etc/shadow"
	echo x >"$T/denied/etc/crontab"
	chmod 600 "$T/denied/etc/crontab"
	chmod 700 "$T/denied/var/spool/cron/crontabs"
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$C" -r "$T/denied" >"$T/rec" 2>"$T/err"
	is "as an ordinary user: exit" $? 1
	for p in /etc/crontab /etc/shadow /var/spool/cron/crontabs; do
		is "denied is noted: $p" "$(records "$T/rec" note "
			select(.path==\"$p\") | [.class, .lost]" | sort -u)" \
			'["denied",true]'
	done
	is "a password that cannot be read" "$(records "$T/rec" account '
		select(.name=="root") | .password')" '"unreadable"'
	is "the file is a row without digest" "$(records "$T/rec" persist '
		select(.path=="/etc/crontab") | [.line, .sha256]')" '[null,null]'
	rm -rf "$T/denied"
else
	skip "what may not be read" "not root"
fi

# ---- evidence that is no root --------------------------------------------
status "a missing root" 3 "$C" -r "$T/none"
status "an unknown option" 2 "$C" --none
head -c 1000 /dev/urandom >"$T/archive"
status "a file that is no archive" 1 "$C" -r "$T/archive"
is "with a note" "$(records "$T/out" note .class)" '"unsupported"'

# ---- containers -----------------------------------------------------------
if have_stores; then
	unpack_store docker-hostile "$T/host/var/lib/docker"
	mkdir -p "$T/host/etc"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$T/host/etc/passwd"
	find "$T/host" >/dev/null # looking changes access times once
	# reading a link changes its access time; there is no way around it
	stamps() {
		find "$T/host" -type l -printf '%p %T@ %C@\n' -o \
			-printf '%p %A@ %T@ %C@\n' | sort | sha256sum
	}
	before=$(stamps)
	"$C" -r "$T/host" >"$T/rec" 2>"$T/err"
	records "$T/rec" persist 'select(.origin=="container")' >"$T/own"
	ok "what a container dropped is found" test -s "$T/own"
	is "its scope is the container" "$(jq -r '.scope |
		test("^container:docker/[0-9a-f]{64}$")' "$T/own" | sort -u)" true
	is "the worm's line in its crontab" "$(jq -c 'select(.path=="/etc/crontab")
		| [.owner, .defect, .schedule]' "$T/own")" \
		'[null,"bad username","* * * * *"]'
	bad=0
	for p in $(jq -r .host_path "$T/own"); do
		[ -f "$T/host$p" ] || bad=1
	done
	is "host_path is where the bytes are" $bad 0
	is "accounts of containers too" "$(records "$T/rec" account '
		select(.scope | startswith("container:")) | .name' | grep -c root)" \
		"$(records "$T/rec" account 'select(.scope |
		startswith("container:")) | .scope' | sort -u | wc -l)"
	is "the host's account is the host's" "$(records "$T/rec" account '
		select(.scope=="host") | [.name, .origin]')" '["root","host"]'
	"$C" -r "$T/host/var/lib/docker" >"$T/rec2" 2>"$T/err"
	is "a store by itself: only its containers" "$(jq -r '
		select(.k=="persist" or .k=="account") | .scope' "$T/rec2" |
		grep -c '^host')" 0
	is "and the same rows" \
		"$(records "$T/rec2" persist 'del(.host_path)' | sha256sum)" \
		"$(records "$T/rec" persist 'select(.scope != "host") |
			del(.host_path)' | sha256sum)"
	is "nothing was touched" "$(stamps)" "$before"
	is "one processor, containers" "$(taskset -c 0 "$C" -r "$T/host" \
		2>/dev/null | volatile | sha256sum)" \
		"$(volatile <"$T/rec" | sha256sum)"
else
	skip "containers" "no root, or no trusted attributes here"
fi

# ---- this machine, live ---------------------------------------------------
"$C" >"$T/rec" 2>"$T/err"
st=$?
ok "live: complete, or some evidence unread" test $st -le 1
is "live: the accounts are passwd's" "$(records "$T/rec" account \
	'select(.scope=="host") | .name' | wc -l)" \
	"$(grep -c '^[^#+-]' /etc/passwd)"
ok "live: a readable table" sh -c '"$1" -p 2>/dev/null | grep -q ^host' sh "$C"
finish
