# t-triage.sh - the driver: salvor triage, salvor verdict, salvor NAME
# plain
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
. "$TESTS/stores/lib.sh"

q() { "$BIN/case-query" "$@"; }
# packs are named, so that a build outside of the tree is tested as well
triage() { "$BIN/salvor" triage --iocs "$TOP/iocs" "$@"; }

# ---- usage, and what must not happen ---------------------------------------
status "no command" 2 "$BIN/salvor"
status "unknown command" 2 "$BIN/salvor" nonsense
status "a path is no program" 2 "$BIN/salvor" /bin/sh
status "a path is no program, hidden" 2 "$BIN/salvor" case-../../bin/sh
status "no such program" 2 "$BIN/salvor" collect-nothing
status "-L" 0 "$BIN/salvor" -L
for p in triage verdict case-query collect-images; do
	like "-L lists $p" "$("$BIN/salvor" -L)" "^$p$"
done
status "triage --help" 0 "$BIN/salvor" triage --help
status "triage: unknown option" 2 "$BIN/salvor" triage --policy x
status "triage: an operand" 2 "$BIN/salvor" triage /mnt
status "triage: rules that are not there" 2 "$BIN/salvor" triage -r / -c "$T/no.db" --rules "$T/none.yar"
like "they are named" "$(cat "$T/err")" "cannot read the rules '$T/none.yar': No such file"
status "triage: packs that are not there" 2 "$BIN/salvor" triage -r / -c "$T/no.db" --iocs "$T/none"
ok "nothing was begun" test ! -e "$T/no.db"
status "verdict: no case" 2 "$BIN/salvor" verdict
status "verdict: missing case" 3 "$BIN/salvor" verdict "$T/none.db"
ok "and it was not made" test ! -e "$T/none.db"

cd "$T" || exit 1
status "missing root" 3 triage -r "$T/none"
like "it is named" "$(cat "$T/err")" "cannot open root '$T/none': No such file"
mkfifo fifo
status "a FIFO as root" 3 timeout 10 "$BIN/salvor" triage -r fifo
ok "no case was made" test ! -e case.db
mkdir -p root/etc root/sub
echo x >root/etc/hostname
echo 'root:x:0:0:root:/root:/bin/sh' >root/etc/passwd
status "a case inside the evidence" 2 triage -r root -c root/sub/case.db
like "it says so" "$(cat "$T/err")" 'inside the evidence'
ln -s root/sub link
status "the same through a link" 2 triage -r root -c link/case.db
ln -s root/sub/case.db linked.db
(cd root/sub && : >case.db)
status "the same, the case a link" 2 triage -r root -c linked.db
rm root/sub/case.db
(cd root && triage -r . >/dev/null 2>&1)
is "the same, from inside" $? 2
is "nothing was written there" "$(find root -name '*.db*')" ""
status "a case in a folder that is not there" 3 triage -r root -c none/case.db
echo text >text.db
status "a case that is none" 3 triage -r root -c text.db
is "and it is as it was" "$(cat text.db)" text
status "a program by its name" 0 "$BIN/salvor" case-query --version
like "its own words" "$(cat "$T/out")" '^case-query \(salvor\)'
status "its exit status" 2 "$BIN/salvor" case-query
mkdir path
for p in case-ingest case-verdict collect-images sh; do
	printf '#!/bin/sh\ntouch %s/ran\n' "$T" >path/$p
	chmod +x path/$p
done
PATH=$T/path:$PATH status "PATH is not asked" 2 "$BIN/salvor" case-verdict
ok "nothing of PATH ran" test ! -e ran

# ---- a small clean disk -----------------------------------------------------
find root | sort >before
status "clean disk: keep" 0 triage -r root
like "it says KEEP" "$(head -n 1 "$T/out")" '^KEEP$'
like "memory was not seen" "$(cat "$T/out")" 'memory was not'
like "files were scanned" "$(cat "$T/out")" 'files: collect-files: [1-9][0-9]* files; scan-yara: 0 rules'
like "where the case is" "$(cat "$T/out")" '^Case: case.db$'
like "what next" "$(cat "$T/out")" 'case-query case.db findings'
like "progress is on stderr" "$(cat "$T/err")" 'salvor: images'
find root | sort >after
ok "nothing was written to the evidence" cmp before after
is "order of the runs" "$(q case.db --format jsonl --sql 'SELECT tool FROM run ORDER BY id' | jq -r .tool | tr '\n' ' ')" \
	"collect-processes collect-containers collect-images collect-persistence collect-packages collect-files scan-yara case-match case-verdict "
is "the verdict is stored" "$(q case.db --format jsonl --sql 'SELECT decision, run FROM verdict' | jq -r .decision)" keep
is "and what case-verdict said" "$(q case.db --format jsonl --sql "SELECT exit_status AS s FROM run WHERE tool='case-verdict'" | jq .s)" 0
status "once more: runs are added" 0 triage -r root
is "all runs are there" "$(q case.db --all-runs --format jsonl --sql 'SELECT count(*) AS n FROM run' | jq .n)" 18
is "one verdict is seen" "$(q case.db verdict --format jsonl | wc -l)" 1
status "verdict again" 0 "$BIN/salvor" verdict --iocs "$TOP/iocs" case.db
like "it says KEEP" "$(head -n 1 "$T/out")" '^KEEP$'
status "a full disk for the verdict" 3 sh -c '"$0" verdict --iocs "$1" case.db >/dev/full' "$BIN/salvor" "$TOP/iocs"

# ---- YARA: packs and further rules -------------------------------------------
cp -R root scanned
mkdir -p scanned/srv rules/sub
printf '#!/bin/sh\necho a text to be found\n' >scanned/srv/x.sh
chmod +x scanned/srv/x.sh
status "without the rule: keep" 0 triage -r scanned -c y.db
rule() { # NAME META
	printf 'rule %s { meta: title = "of %s" %s strings: $s = "text to be found" condition: $s }\n' "$1" "$1" "$2"
}
rule one 'severity = "high"' >rules/sub/one.yar
status "with it: investigate" 10 triage -r scanned -c y.db --rules rules
like "the file and what matched" "$(tr -d '\n' <"$T/out" | tr -s ' ')" \
	'srv/x.sh - of one: matched .s at 17 "text to be found" \(finding:[0-9]+ match:[0-9]+ yara_rule:[0-9]+\)'
rule two 'severity = "critical" effect = "wipe"' >two.yar
status "two of them, a folder and a file: wipe" 20 triage -r scanned -c y.db --rules rules --rules two.yar
like "as a file on the host" "$(cat "$T/out")" 'hostile-file \(1\)'
mkdir -p packs/mine
echo '{"id":"mine","title":"mine"}' >packs/mine/pack.json
rule three 'id = "three" severity = "medium"' >packs/mine/a.yar
status "a pack instead of ours" 10 "$BIN/salvor" triage -r scanned -c y.db --iocs packs
is "its rule has its name" "$(q y.db --format jsonl --sql "SELECT rule, path FROM finding" | jq -r '.rule + " " + .path')" "mine/three /srv/x.sh"
echo 'rule broken {' >rules/broken.yar
status "a rule file that is none: the others are used" 0 triage -r root -c z.db --rules rules
like "it is named" "$(q z.db notes)" 'scan-yara .*rules/broken.yar .*line 1'
like "and said" "$(cat "$T/err")" 'rules/broken.yar'
is "its content is kept" "$(q y.db --format jsonl --sql "SELECT count(*) AS n FROM main.match m JOIN blob b ON b.sha256 = m.sha256 WHERE m.path = '/srv/x.sh'" | jq '.n > 0')" true
# on a terminal the progress is shown, and it is in no run
mkdir -p scanned/srv/many
n=0
while [ $n -lt 400 ]; do n=$((n + 1)); echo "#!/bin/sh $n" >scanned/srv/many/$n; done
if command -v script >/dev/null; then
	script -qec "'$BIN/salvor' triage --iocs '$TOP/iocs' -r scanned -c t.db" /dev/null </dev/null >tty 2>&1
	is "on a terminal: as ever" $? 0
	is "no program was asked for what it does not know" "$(grep -c failed tty)" 0
	is "no progress is kept" "$(q t.db --format jsonl --sql "SELECT count(*) AS n FROM main.run WHERE stderr LIKE '%' || char(27) || '%'" | jq .n)" 0
	like "programs were asked to show it" "$(q t.db --format jsonl --sql "SELECT argv FROM main.run WHERE tool = 'scan-yara'")" '\-\-progress'
else
	skip "on a terminal" "no script"
fi
unlike "elsewhere they were not" "$(q y.db --format jsonl --sql "SELECT argv FROM main.run")" '\-\-progress'

# ---- a program that fails ---------------------------------------------------
mkdir bin
cp "$BIN/salvor" bin/
for p in "$BIN"/c*-* "$BIN"/scan-*; do ln -s "$p" bin/; done
for how in 'exit 3' 'kill -9 $$' 'echo "{}"' 'exit 0'; do
	rm -f bin/collect-images
	printf '#!/bin/sh\n%s\n' "$how" >bin/collect-images
	chmod +x bin/collect-images
	status "collect-images: $how" 10 bin/salvor triage --iocs "$TOP/iocs" -r root
	like "it is named" "$(cat "$T/out")" 'collect-images failed'
done
rm bin/collect-images
ln -s "$BIN/collect-images" bin/
for p in collect-files scan-yara; do
	rm bin/$p
	status "$p is not there" 10 bin/salvor triage --iocs "$TOP/iocs" -r root
	like "it is named, and so is what it leaves out" "$(cat "$T/out")" "$p failed"
	ln -s "$BIN/$p" bin/
done
rm bin/collect-images
status "collect-images is not there" 10 bin/salvor triage --iocs "$TOP/iocs" -r root
like "it is named, too" "$(cat "$T/out")" 'collect-images failed'
rm bin/case-match
ln -s "$BIN/collect-images" bin/
status "case-match is not there" 10 bin/salvor triage --iocs "$TOP/iocs" -r root
rm bin/case-verdict
status "case-verdict is not there" 3 bin/salvor triage --iocs "$TOP/iocs" -r root
status "all is well again" 0 triage -r root
mkdir empty
status "nothing to examine" 10 triage -r empty -c empty.db

# ---- the bundled stores -----------------------------------------------------
if have_stores; then
	mkdir -p host/etc
	cp root/etc/* host/etc/
	unpack_store docker-clean "$T/host/var/lib/docker"
	status "clean store" 0 triage -r host -c clean.db
	is "clean store: nothing at medium or above" "$(q clean.db --format jsonl --sql \
		"SELECT rule, detail FROM finding WHERE severity IN ('medium','high','critical')")" ""
	unpack_store docker-hostile "$T/hostile"
	status "hostile store" 20 triage -r hostile -c hostile.db
	like "it says WIPE" "$(head -n 1 "$T/out")" '^WIPE$'
	cp "$T/out" wipe
	like "the hostile image is a reason" "$(cat wipe)" 'docker123321'
	like "with its evidence" "$(tr -d '\n' <wipe)" '\(finding:[0-9]+ +[a-z_]+:[0-9]+'
	is "every evidence is a row" "$(q hostile.db --format jsonl --sql \
		"SELECT evidence FROM reason WHERE evidence IS NOT NULL" | jq -r .evidence |
		tr ' ' '\n' | sort -u | while IFS=: read -r t i; do
			[ "$(q hostile.db --format jsonl --sql "SELECT 1 AS x FROM main.$t WHERE id = $i")" ] ||
				echo "$t:$i"
		done)" ""
	is "a file that a container dropped, by its bytes" "$(q hostile.db --format jsonl --sql \
		"SELECT path FROM finding WHERE evidence LIKE 'match:%' AND detail LIKE 'container dropper of image %wrote this file%' ORDER BY path" | jq -r .path | tr '\n' ' ')" \
		"/etc/cron.d/x /etc/crontab /var/spool/cron/crontabs/root "
	mkdir -p miner/etc
	cp root/etc/* miner/etc/
	unpack_store docker-miner "$T/miner/var/lib/docker"
	status "a store where only bytes are hostile: investigate" 10 triage -r miner -c miner.db
	tr -d '\n' <"$T/out" | tr -s ' ' >wipe
	like "the miner in an image that nobody ran, by its path there" "$(cat wipe)" \
		'image:docker/sha256:[0-9a-f]{64} /usr/lib/cache/nginx - [^(]* in image web/cache:2.0, [^;]*; matched'
	like "the file that a container dropped" "$(cat wipe)" \
		'container:docker/[0-9a-f]{64} /tmp/.cache/kworker - [^(]*: container blog of image [^ ]* wrote this file; matched'
	mkdir hosted hosted/etc
	cp root/etc/* hosted/etc/
	unpack_store docker-hostile "$T/hosted/srv/store"
	status "a store that nothing on the host names, named with --data-root" 20 triage -r hosted -c moved.db --data-root /srv/store
	make -C "$TOP" --no-print-directory -s -n demo >/dev/null
	is "make demo is there" $? 0
	mkdir b && ln -s "$BIN" b/bin
	status "the demo" 0 "$TESTS/demo" "$T/b"
	like "the demo says WIPE" "$(cat "$T/out")" '^WIPE$'
	is "and cleans up" "$(ls -d "${TMPDIR:-/tmp}"/salvor-demo.* 2>/dev/null)" ""
else
	skip "stores" "cannot be unpacked here"
fi

# ---- live -------------------------------------------------------------------
cp -rL "$BIN" ubin && chmod -R a+rX ubin
cp -r "$TOP/iocs" iocs && chmod -R a+rX iocs
chmod 755 "$T"
live "$T/ubin/salvor" triage -c "$T/live.db" --iocs "$T/iocs" >out 2>err
st=$?
like "live: a verdict" "$st" '^(0|10|20)$'
is "live: processes first" "$(q live.db --format jsonl --sql 'SELECT min(id) AS i, tool FROM run' | jq -r .tool)" collect-processes
if [ $ROOTED = 1 ] && command -v setpriv >/dev/null; then
	mkdir user && chmod 777 user
	live setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$T/ubin/salvor" triage -c "$T/user/c.db" --iocs "$T/iocs" >out 2>err
	st=$?
	like "live, ordinary user: no keep" "$st" '^(10|20)$'
	like "it says what is missing" "$(cat out)" 'could not be read|denied|partial'
	like "and why" "$(cat err)" 'not root'
else
	skip "ordinary user" "needs root and setpriv"
fi
finish
