# t-scan-yara.sh - rules told apart, contents scanned once, rows for every path
# and scope, slow rules and dying workers
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
S=$BIN/scan-yara
cd "$T" || exit 1

mkdir -p none/p
echo '{"id":"none","title":"a pack without rules"}' >none/p/pack.json
# run ARGS...: without the packs of the tree; rec and msg; prints the status
run() { "$S" --iocs none "$@" >rec 2>msg; echo $?; }
# rows [JQ]: matches, a line each: scope rule path
rows() { records rec match "${1:-[.scope,.rule,.path]}|map(tostring)|join(\" \")" | tr -d '"'; }
notes() { records rec note '[.class,.op,.path//"",.detail//""]|join(" ")' | tr -d '"'; }
counts() { sed -n 's/.*; scanned \([0-9]*\) .*, known \([0-9]*\)$/\1 \2/p' msg; }

# ---- a small host
cat >host.spec <<'X'
f etc/passwd <<Y
root:x:0:0:root:/root:/bin/sh
web:x:33:33:web:/var/www:/bin/sh
Y
f usr/bin/tool 0755 <<Y
#!/bin/sh
echo innocent
Y
f tmp/Bad.SH 0755 33:33 <<Y
#!/bin/sh
EVIL one EVIL two
Y
f usr/share/doc/data <<Y
EVIL that no default looks at
Y
f usr/share/doc/hidden.sh <<Y
#!/bin/sh
EVIL script among documents
Y
X
mkroot host.spec h
cp h/tmp/Bad.SH h/etc/copy
cp h/usr/bin/tool h/etc/tool
ln h/tmp/Bad.SH h/etc/link
: >h/etc/nothing
mkfifo h/tmp/pipe
mkdir r
cat >r/content.yar <<'X'
rule evil : first second {
	meta:
		title = "what it is"
		description = "not this"
		severity = "high"
		score = 70
		finding = false
	strings:
		$a = "EVIL"
		$b = { 65 76 69 6c }
	condition:
		any of them
}
private rule quiet { condition: true }
rule stringless { meta: description = "a description" condition: filesize == 33 and quiet }
X
cat >r/variables.yar <<'X'
rule five {
	strings: $a = "EVIL"
	condition: $a and filename == "Bad.SH" and filepath == "/tmp/Bad.SH" and
		extension == ".sh" and filetype == "UNIX SCRIPT" and owner == "web"
}
rule linked { condition: filepath == "/etc/link" }
rule owner_of_copy { condition: filename == "copy" and owner == "root" }
X

is "exit" "$(run -r h --rules r -v)" 0
is "content rules: every path of the content" "$(rows | grep -w evil | sort | uniq -c | tr -s ' ')" " 2 host evil /etc/copy
 2 host evil /etc/link
 2 host evil /tmp/Bad.SH
 1 host evil /usr/share/doc/hidden.sh"
is "each content is scanned once; copies are known" "$(counts)" "4 2"
if [ "$ROOTED" = 1 ]; then
	is "path rules: each path by itself, with all five variables" "$(rows | grep -E 'five|linked|owner_of' | uniq | sort | tr '\n' ';')" \
		"host five /tmp/Bad.SH;host linked /etc/link;host owner_of_copy /etc/copy;"
else
	skip "path rules" "owners need root"
fi
is "a match: string, place, bytes" "$(records rec match 'select(.path=="/tmp/Bad.SH" and .rule=="evil")|[.namespace,.string,.offset,.length,.text,.size,.origin,.sha256]' | head -n 1)" \
	"[\"content.yar\",\"\$a\",10,4,\"EVIL\",28,\"host\",\"$(sha256sum <h/tmp/Bad.SH | cut -c 1-64)\"]"
is "a rule without strings: no row where it does not match" "$(rows | grep stringless)" ""
printf '%033d' 0 >h/etc/33
run -r h --rules r >/dev/null
is "a rule without strings: one row, no string" "$(records rec match 'select(.rule=="stringless")|[.path,.string,.offset,.text]')" '["/etc/33",null,null,null]'
is "the rule, once, with tags and metadata" "$(records rec yara_rule 'select(.rule=="evil")|[.namespace,.pack,.path,.title,.tags,.meta]')" \
	'["content.yar",null,"r/content.yar","what it is","[\"first\",\"second\"]","[\"title=what it is\",\"description=not this\",\"severity=high\",\"score=70\",\"finding=false\"]"]'
is "a description where there is no title; its file's digest" "$(records rec yara_rule 'select(.rule=="stringless")|[.title,.sha256]')" \
	"[\"a description\",\"$(sha256sum <r/content.yar | cut -c 1-64)\"]"
is "what matched is kept, once" "$(records rec blob 'select(.size==28)|.data_b64' | tr -d '"' | base64 -d | sha256sum)" "$(sha256sum <h/tmp/Bad.SH)"
is "what did not match is not" "$(records rec blob '.size' | sort -n | tr '\n' ' ')" "28 33 38 "
run -r h --rules r --all >/dev/null
like "--all: data as well" "$(rows)" "^host evil /usr/share/doc/data$"
ok "a case takes it" "$BIN/case-ingest" case.db rec
cp rec all.rec
taskset -c 0 "$S" --iocs none -r h --rules r --all >rec 2>msg
is "one worker, the same records" "$(volatile <rec | sha256sum)" "$(volatile <all.rec | sha256sum)"

# ---- namespaces, packs, the list
mkdir -p packs/one packs/two
echo '{"id":"pack-one","title":"t"}' >packs/one/pack.json
echo '{"id":"pack-two","title":"t"}' >packs/two/pack.json
echo 'rule a { meta: id = "x" condition: filesize == 33 }' >packs/one/same.yar
echo 'rule a { condition: filesize == 33 }' >packs/two/same.yar
mkdir -p more/sub
echo 'rule a { condition: filesize == 33 }' >more/sub/same.yar
cp more/sub/same.yar more/sub/other.yara
echo 'no rule' >more/README
is "the same rule name in every file" "$("$S" --iocs packs --rules more --rules more/sub/same.yar -r h >rec 2>msg; echo $?)" 0
is "each file is a namespace, once" "$(rows '[.namespace,.rule]' | tr '\n' ';')" "pack-one/same a;pack-two/same a;sub/other.yara a;sub/same.yar a;"
echo 'rule b { condition: nothing }' >packs/two/bad.yar
is "a pack's file that cannot be used is a loss" "$("$S" --iocs packs -r h >rec 2>msg; echo $?)$(records rec note 'select(.op=="rules")|[.lost,.class,.detail]')" \
	'1[true,"unsupported","line 1: undefined identifier \"nothing\""]'
rm packs/two/bad.yar
"$S" --iocs packs --rules more --rules more/sub/same.yar -r h >rec 2>msg
is "the pack stands in the rule" "$(records rec yara_rule '[.pack,.namespace]' | tr '\n' ';')" \
	'["pack-one","pack-one/same"];["pack-two","pack-two/same"];[null,"sub/other.yara"];[null,"sub/same.yar"];'
is "-L: namespace, kind, rules, file" "$("$S" --iocs packs --rules r -L | tr -s ' ' | tr '\n' ';')" \
	"pack-one/same content 1 packs/one/same.yar;pack-two/same content 1 packs/two/same.yar;content.yar content 3 r/content.yar;variables.yar path 3 r/variables.yar;"
status "no rule at all is usage" 2 "$S" --iocs none -r h
like "it says why" "$(cat "$T/err")" "no rule to scan with"
status "a folder that is not there" 3 "$S" --iocs none --rules nowhere -r h

# ---- files that do not compile
mkdir bad
cp r/content.yar bad/a.yar
printf 'rule one { condition: true }\n\nrule two {\n\tcondition: nothing\n}\n' >bad/b.yar
printf 'rule three { strings: $a = "x" condition: true }\n' >bad/c.yar
printf '\357\273\277rule bom { condition: filesize == 33 }\n' >bad/d.yar
printf 'rule four { condition: true' >bad/e.yar
printf 'rule nul { condition: true }\0' >bad/f.yar
printf 'YARA\017\0\0\0' >bad/g.yar
printf 'import "nosuch"\nrule five { condition: true }\n' >bad/h.yar
printf 'rule last { condition: filesize == 33 }\n' >bad/z.yar
ln -s ../r/content.yar bad/link.yar
is "bad files among good ones: exit" "$(run -r h --rules bad)" 0
is "the good ones run" "$(rows '[.rule]' | sort -u | tr '\n' ' ')" "bom evil last stringless "
like "line and reason on stderr" "$(cat msg)" '^scan-yara: bad/b.yar:4: undefined identifier "nothing"'
is "and in a note that loses nothing" "$(records rec note 'select(.path=="bad/b.yar")|[.class,.op,.detail,.lost]')" '["unsupported","rules","line 4: undefined identifier \"nothing\"",false]'
like "an unused string" "$(cat msg)" '^scan-yara: bad/c.yar:1: unreferenced string'
like "an end too early" "$(cat msg)" '^scan-yara: bad/e.yar:1: syntax error'
like "a NUL" "$(cat msg)" '^scan-yara: bad/f.yar: is no text'
like "compiled rules are refused" "$(cat msg)" '^scan-yara: bad/g.yar: compiled rules'
like "a module that is not there" "$(cat msg)" '^scan-yara: bad/h.yar:1: .*nosuch'
like "a link that leads nowhere inside" "$(cat msg)" '^scan-yara: bad/link.yar: cannot find'
is "seven problems, none of a good file" "$(records rec note 'select(.op=="rules")|.path' | tr -d '"' | tr '\n' ' ')" \
	"bad/f.yar bad/g.yar bad/link.yar bad/b.yar bad/c.yar bad/e.yar bad/h.yar "
truncate -s 20M bad/huge.yar
run -r h --rules bad >/dev/null
like "a file too long" "$(cat msg)" '^scan-yara: bad/huge.yar: is longer than YARA_FILE_MAX'
rm bad/huge.yar
echo 'rule s { strings: $a = /a.*b/ condition: $a }' >slowish.yar
run -v -r h --rules slowish.yar >/dev/null
like "-v: what libyara thinks slow" "$(cat msg)" '^scan-yara: slowish.yar:1: warning: '
run -r h --rules slowish.yar >/dev/null
unlike "without it nothing" "$(cat msg)" warning

# ---- include
mkdir -p inc/deep/er outside
echo 'rule inside { condition: filesize == 33 }' >inc/deep/inside.txt
echo 'include "../inside.txt"' >inc/deep/er/again.txt
echo 'rule out { condition: filesize == 33 }' >outside/out.txt
ln -s ../outside/out.txt inc/link.txt
ln -s deep/inside.txt inc/inlink.txt
printf 'include "deep/er/again.txt"\nrule top { condition: inside }\n' >inc/good.yar
echo 'include "inlink.txt"' >inc/inlink.yar
echo 'include "../outside/out.txt"' >inc/dots.yar
echo 'include "deep/../../outside/out.txt"' >inc/dots2.yar
printf '\n\ninclude "%s/outside/out.txt"\n' "$T" >inc/absolute.yar
echo 'include "link.txt"' >inc/link.yar
echo 'include "nowhere.txt"' >inc/nowhere.yar
echo 'include "self.yar"' >inc/self.yar
echo 'rule x { condition: broken }' >inc/broken.txt
printf '\ninclude "broken.txt"\n' >inc/broken.yar
echo 'rule y { condition: extension == ".none" }' >inc/variable.txt
echo 'include "variable.txt"' >inc/variable.yar
# one that includes the next twice, and so on: 2^14 copies
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	printf 'include "bomb%d.txt"\ninclude "bomb%d.txt"\n' $((i + 1)) $((i + 1)) >inc/bomb$i.txt
done
yes '// nothing' | head -c 100000 >inc/bomb15.txt
echo 'include "bomb1.txt"' >inc/bomb.yar
run -r h --rules inc >/dev/null
is "includes inside the folder, from file to file" "$(rows '[.namespace,.rule]' | tr '\n' ';')" "good.yar inside;good.yar top;inlink.yar inside;"
like "a variable in what is included" "$("$S" --iocs none --rules inc -L 2>/dev/null)" '^variable.yar +path +1'
like "include of .." "$(cat msg)" '^scan-yara: inc/dots.yar:1: an include that leaves the folder'
like "include of .. on the way" "$(cat msg)" '^scan-yara: inc/dots2.yar:1: an include that leaves the folder'
like "include of an absolute name" "$(cat msg)" '^scan-yara: inc/absolute.yar:3: an absolute include'
like "include through a link" "$(cat msg)" '^scan-yara: inc/link.yar:1: an include that (leaves the folder|is not there)'
like "include of nothing" "$(cat msg)" '^scan-yara: inc/nowhere.yar:1: an include that is not there'
like "include of itself" "$(cat msg)" '^scan-yara: inc/self.yar:1: '
like "an error in what is included: its place" "$(cat msg)" '^scan-yara: inc/broken.txt:1: undefined identifier'
like "more than may be included" "$(cat msg)" 'more than YARA_INCLUDE_MAX'
unlike "nothing from outside" "$(rows)" ' out '
is "a single file: its folder" "$(run -r h --rules inc/good.yar) $(rows '[.rule]' | tr '\n' ' ')" "0 inside top "
is "a single file: not above" "$(run -r h --rules inc/dots.yar)" 2

# ---- modules
cat >modules.yar <<'X'
import "elf"
import "hash"
import "math"
rule modules { condition: elf.type == elf.ET_EXEC or elf.type == elf.ET_DYN }
rule hashed { condition: hash.sha256(0, filesize) == "SUM" }
rule random { condition: math.entropy(0, filesize) > 1.0 and filename == "Bad.SH" }
X
sed -i "s/SUM/$(sha256sum <h/usr/bin/tool | cut -c 1-64)/" modules.yar
cat >magic.yar <<'X'
import "magic"
rule magical { condition: magic.type() contains "shell script" }
X
cp /bin/true h/usr/bin/program
is "modules: exit" "$(run -r h --rules modules.yar)" 0
is "elf, hash, math" "$(rows | sort | tr '\n' ';')" \
	"host hashed /etc/tool;host hashed /usr/bin/tool;host modules /usr/bin/program;host random /tmp/Bad.SH;"
if [ -z "$SAN" ]; then
	is "magic: exit" "$(run -r h --rules magic.yar)" 0
	is "magic" "$(rows | sort | tr '\n' ';')" \
		"host magical /etc/copy;host magical /etc/link;host magical /etc/tool;host magical /tmp/Bad.SH;host magical /usr/bin/tool;host magical /usr/share/doc/hidden.sh;"
else
	skip "magic" "with sanitizers libyara is no part of the program, and its calls are not ours"
fi
if [ -z "$SAN" ] && command -v strace >/dev/null; then
	strace -f -qq -o st -e trace=open,openat,openat2 "$S" --iocs none -r h --rules magic.yar --rules modules.yar >rec 2>msg
	ok "strace saw something" grep -q '"copy"' st
	is "magic opens no file of the host" "$(grep -vF magic.yar st | grep -E 'magic|openssl|/etc/ssl')" ""
else
	skip "magic opens no file of the host" "no strace, or sanitizers"
fi
rm h/usr/bin/program

# ---- matches by the thousand, and long files
yes EVIL | head -c 5000000 >h/etc/many
run -r h --rules r >/dev/null
is "as many matches of a string as are shown" "$(rows | grep -c 'evil /etc/many')" 32
like "a note says so" "$(notes)" "^limit scan /etc/many more matches than are shown"
echo 'rule count { strings: $a = "EVIL" condition: #a == 1000000 }' >count.yar
run -r h --rules count.yar >/dev/null
is "a count is never cut short" "$(rows | uniq -c | tr -s ' ')" " 32 host count /etc/many"
rm h/etc/many
truncate -s 70M h/etc/long
printf EVIL | dd of=h/etc/long bs=1 seek=$((16 * 1024 * 1024 - 2)) conv=notrunc status=none
printf EVIL | dd of=h/etc/long bs=1 seek=$((70 * 1024 * 1024 - 4)) conv=notrunc status=none
echo 'rule long { strings: $a = "EVIL" condition: #a == 2 and uint8(filesize - 1) == 0x4c and uint8(0) == 0 and filesize == 73400320 }' >long.yar
is "a long file, in pieces: exit" "$(run -r h --rules long.yar)" 0
is "what lies across their border, and at the end, once" "$(rows '[.rule,.offset]' | tr '\n' ';')" "long 16777214;long 73400316;"
is "too long to be kept: a note" "$(notes | grep -c '^limit keep /etc/long')" 1
rm h/etc/long

# ---- more matches than are remembered: nothing is forgotten, some is scanned
# again
mkdir -p much/opt much/etc
python3 - much/opt <<'X'
import sys
for i in range(2400):
    for d in 'ab':
        with open('%s/%s%d' % (sys.argv[1], d, i), 'wb') as f:
            f.write(b'#!/bin/sh\n' + (b'EVIL' + b'x' * 300 + b'\n') * 40 + b'%d' % i)
X
echo 'rule much { strings: $a = /EVILx{300}/ condition: $a }' >much.yar
is "more than is remembered: exit" "$(run -v -r much --rules much.yar)" 0
is "every file has its rows" "$(rows | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c | tr -s ' ')" " 4800 32"
is "no content is kept twice" "$(records rec blob .sha256 | sort | uniq -d | head -n 1)" ""
like "some are scanned again, most are not" "$(counts)" '^(24[1-9]|2[5-9]|3)[0-9]+ 2400$'
rm -r much

# ---- oracle: the same as yara(1)
if command -v yara >/dev/null; then
	mkdir -p big/etc
	cp -r "$TESTS"/*.sh "$TESTS"/fuzz "$TOP/docs" "$TOP/collectors" big/etc/
	cat >oracle.yar <<'X'
rule words { strings: $a = "docker" $b = "cron" nocase $c = /[a-z]{3,8}\.sh/ $d = { 63 75 (72 | 73) ?? } $e = "x" wide condition: 2 of them }
rule lines { strings: $a = "rule" fullword condition: #a > 3 }
X
	run -r big --all --rules oracle.yar >/dev/null
	yara -r -s -w oracle.yar big/etc 2>/dev/null | awk '/^0x/ { split($1, a, ":")
		n = rule " " path " " substr(a[2], 1); if (++seen[n] <= 32) print n " " a[1]; next }
		{ rule = $1; path = substr($2, 4) }' | sort >want
	records rec match '[.rule,.path,.string,.offset]|map(tostring)|join(" ")' | tr -d '"' |
		while read -r a b c d; do printf '%s %s %s 0x%x\n' "$a" "$b" "$c" "$d"; done | sort >got
	ok "as yara(1) says, match by match" cmp got want
	ok "and there are some" test "$(wc -l <want)" -gt 100
else
	skip "as yara(1) says" "no yara"
fi

# ---- a rule that is too slow
mkdir slow
cat >slow/slow.yar <<'X'
rule endless {
	condition:
		filesize > 90000 and for all i in (0..filesize) : (
			for all j in (0..filesize) : ( uint8(i) + j >= 0 ) )
}
rule beside { strings: $a = "EVIL" condition: $a }
X
cp r/content.yar slow/
head -c 100000 /dev/zero | tr '\0' 'x' >h/tmp/slow
printf EVIL >>h/tmp/slow
t=$(date +%s)
is "a slow rule: exit" "$(run -r h --rules slow)" 1
t=$(($(date +%s) - t))
is "it is named, with the file" "$(records rec note 'select(.class=="limit" and .lost)|[.op,.path,.detail]')" \
	'["scan","/tmp/slow","rule slow.yar/endless takes too long or too much memory for this file and was left out"]'
is "the other rules are run for this file" "$(rows | grep /tmp/slow | tr '\n' ';')" "host evil /tmp/slow;host beside /tmp/slow;"
is "and every rule for the others" "$(rows | grep -c /tmp/Bad.SH)" 4
ok "within bounds ($t s)" test $t -lt 90

# ---- a worker that dies costs one content
cp h/tmp/slow h/tmp/slow2
cp h/tmp/slow h/etc/aslow
# (with a rule that needs a path: then digests are taken by themselves)
cp -r slow slowp
echo 'rule p { condition: filename == "no such name" }' >slowp/p.yar
"$S" --iocs none -r h --rules slowp >rec 2>msg &
p=$!
w=
for i in $(seq 1 90); do # the child that computes is at the slow one
	for c in $(ps -o pid= --ppid "$p"); do
		[ "$(awk '{ print $14 }' "/proc/$c/stat" 2>/dev/null || echo 0)" -gt 50 ] && w=$c
	done
	[ -n "$w" ] && break
	sleep 0.1
done
if [ -n "$w" ]; then
	kill -SEGV "$w"
	wait "$p"
	is "a dying worker: exit" "$?" 1
	is "each path that was not scanned has a note" "$(records rec note 'select(.lost)|[.class,.op,.path]' | tr '\n' ';')" \
		'["crashed","scan","/etc/aslow"];["crashed","scan","/tmp/slow"];["crashed","scan","/tmp/slow2"];'
	like "with what it died of" "$(notes)" "^crashed scan /etc/aslow the worker (died of SIG|ended)"
	like "and where the others have theirs from" "$(notes)" "^crashed scan /tmp/slow not scanned: it has the content of another file"
	is "the others are scanned" "$(rows | grep -c evil)" 7
	is "the run is whole" "$(records rec end .k)" '"end"'
else
	wait "$p"
	fail "a dying worker" "none was seen to compute"
fi
rm h/tmp/slow h/tmp/slow2 h/etc/aslow

# ---- layers: everybody who shows the file, and nobody else
if have_stores; then
	mkdir -p hs/var/lib hs/etc
	unpack_store docker-hostile hs/var/lib/docker
	cat >layers.yar <<'X'
rule miner { strings: $a = "\"algo\":\"cryptonight\"" condition: $a }
rule dropped { strings: $a = "fixture: the name, none of the content" condition: $a }
rule base { strings: $a = "PRETTY_NAME=\"Debian GNU" condition: $a }
X
	is "a store: exit" "$(run -v -r hs --rules layers.yar)" 0
	cp rec hs.rec
	"$BIN/collect-images" -r hs >img.rec 2>/dev/null
	"$BIN/collect-containers" -r hs >ctr.rec 2>/dev/null
	f=$(cd hs && find var/lib/docker/overlay2 -path '*/diff/*' -type f -exec grep -lF '"algo":"cryptonight"' {} + | head -n 1)
	layer=/${f%%/diff/*}/diff
	ids=$(records img.rec image_layer "select(.host_path==\"$layer\")|.image_id" | tr -d '"' | sort -u)
	for i in $ids; do
		echo "image:docker/$i"
		records ctr.rec container "select(.image_id==\"$i\")|.scope" | tr -d '"'
	done | sort >want
	records hs.rec match 'select(.rule=="miner")|.scope' | tr -d '"' | sort >got
	ok "a miner in a layer: the images and containers that show it, nobody else" cmp got want
	ok "there is an image among them" grep -q '^image:' got
	is "its path inside, and where the bytes lie" "$(records hs.rec match 'select(.rule=="miner")|[.path,.host_path,.origin]' | sort -u)" \
		"[\"/${f#*/diff/}\",\"/$f\",\"image\"]"
	is "what a container dropped: this container" "$(records hs.rec match 'select(.rule=="dropped")|[.scope,.path,.origin]')" \
		"[$(records ctr.rec container 'select(.name=="dropper")|.scope'),\"/var/tmp/jaav\",\"container\"]"
	is "a file of the base is scanned once, and shown by every image" \
		"$(records hs.rec match 'select(.rule=="base")|.scope' | grep -c image)" \
		"$(records img.rec image .scope | sort -u | grep -c .)"
	taskset -c 0 "$S" --iocs none -r hs --rules layers.yar >rec 2>msg
	is "one worker, the same" "$(volatile <rec | sha256sum)" "$(volatile <hs.rec | sha256sum)"
	# as if nobody had run any
	D=hs/var/lib/docker
	rm -rf "${D:?}"/containers/* "${D:?}"/image/overlay2/layerdb/mounts/*
	run -r hs --rules layers.yar >/dev/null
	like "in an image that nobody ran" "$(rows)" "^image:docker/sha256:[0-9a-f]{64} miner /${f#*/diff/}\$"
else
	skip "layers" "needs root and a file system with devices and trusted attributes"
fi

# ---- live: what is ours is left out
if [ "$ROOTED" = 1 ] && [ -z "$SAN" ]; then
	mkdir -p live/opt/tools live/rules live/opt/pack live/opt/case live/etc
	cp "$S" live/opt/tools/
	cp r/content.yar live/rules/
	for i in opt/case/case.db etc/bad rules/notes.txt opt/pack/x.sql; do echo EVIL >live/$i; done
	echo '{"id":"none"}' >live/opt/pack/pack.json
	chroot live /opt/tools/scan-yara --all --iocs /opt/pack --rules /rules --leave-out /opt/case/case.db >rec 2>msg
	is "rules, packs and what is named are left out; nothing else" "$(rows | sort -u | tr '\n' ';')" "host evil /etc/bad;host evil /rules/notes.txt;"
	like "a note says so" "$(notes)" "/rules/content.yar"
else
	skip "live" "needs root and the static program"
fi

# ---- whose a file is that matches -----------------------------------------
# a package that an archive knows, one that none does, one file of each changed
mkdir -p own/etc own/opt own/usr/bin own/usr/share/good own/usr/share/odd \
	own/var/lib/dpkg/info own/var/lib/apt/lists
echo root:x:0:0::/root:/bin/sh >own/etc/passwd
for f in good/test.py good/changed.py odd/test.py; do
	printf '#!/usr/bin/python3\n# EVIL words, as %s has them\n' $f \
		>own/usr/share/$f
done
printf '#!/bin/sh\n: EVIL of nobody\n' >own/opt/tool
printf '#!/bin/sh\n: EVIL and KNOWN\n' >own/usr/bin/known
for p in good odd; do
	printf '%s\n' "Package: $p" 'Status: install ok installed' 'Version: 1' \
		'Architecture: all' 'Maintainer: x' 'Description: x' ''
done >own/var/lib/dpkg/status
printf '%s\n' /. /usr /usr/share /usr/share/good /usr/share/good/test.py \
	/usr/share/good/changed.py /usr/bin /usr/bin/known \
	>own/var/lib/dpkg/info/good.list
printf '%s\n' /. /usr /usr/share /usr/share/odd /usr/share/odd/test.py \
	>own/var/lib/dpkg/info/odd.list
(cd own && md5sum usr/share/good/* usr/bin/known >var/lib/dpkg/info/good.md5sums &&
	md5sum usr/share/odd/* >var/lib/dpkg/info/odd.md5sums)
printf '%s\n' 'Package: good' 'Version: 1' 'Architecture: all' '' \
	>own/var/lib/apt/lists/deb.example.org_dists_x_main_binary-all_Packages
printf 'Origin: Debian\nSuite: x\n' \
	>own/var/lib/apt/lists/deb.example.org_dists_x_InRelease
echo '# changed' >>own/usr/share/good/changed.py
touch -d '2026-01-01' own/var/lib/dpkg/info/* own/var/lib/dpkg/status
mkdir iocs iocs/p
echo '{"id":"p","title":"a pack"}' >iocs/p/pack.json
cat >iocs/p/p.yar <<'X'
rule words {
	meta: id = "words" title = "words" severity = "high" effect = "investigate" confidence = "INF" source = "X1" why = "x"
	strings: $a = "EVIL"
	condition: $a
}
rule known {
	meta: id = "known" title = "known" severity = "high" effect = "wipe" confidence = "C2" source = "X1" why = "x"
	strings: $a = "KNOWN"
	condition: $a
}
X
is "exit" "$("$S" --iocs iocs --all -r own >rec 2>msg; echo $?)" 0
is "whose the files are" "$(rows '[.path,.package//"-",.package_state]' | sort -u)" \
	"/opt/tool - unpackaged
/usr/bin/known good unchanged
/usr/share/good/changed.py good changed
/usr/share/good/test.py good unchanged
/usr/share/odd/test.py odd unchanged"
# found CASE: rule, path, severity, effect, and who has the file like this
found() {
	"$BIN/case-match" --iocs iocs "$1" 2>>msg | jq -r 'select(.k == "finding") |
		[.rule, .path, .severity, .effect, (.detail |
		capture("^(?<a>as package [a-z]* has it; )?").a // "")] |
		join(" ")' | sed 's/ *$//' | sort
}
"$BIN/case-ingest" own.db rec 2>>msg
bare="p/known /usr/bin/known high wipe as package good has it;
p/words /opt/tool high investigate
p/words /usr/bin/known high investigate as package good has it;
p/words /usr/share/good/changed.py high investigate
p/words /usr/share/good/test.py high investigate as package good has it;
p/words /usr/share/odd/test.py high investigate as package odd has it;"
is "nobody has looked at the packages: all is as it was" "$(found own.db)" "$bare"
cp own.db odd.db
"$BIN/collect-packages" -r own >packages 2>>msg
is "the database says nothing against itself" "$(records packages package_db .oddities)" null
is "one package is an archive's" "$(records packages package '[.name,.known]|map(tostring)|join(" ")' | tr -d '"')" "good true
odd false"
"$BIN/case-ingest" own.db packages 2>>msg
is "what a package of an archive has like this is told of" "$(found own.db)" \
	"$(echo "$bare" | sed '/words.*good has it/s/high investigate/low note/')"
echo /usr/bin/stray >own/var/lib/dpkg/info/stray.list
"$BIN/collect-packages" -r own >packages 2>>msg
like "a database that somebody edited" "$(records packages package_db .oddities)" stray
"$BIN/case-ingest" odd.db packages 2>>msg
is "is not believed" "$(found odd.db)" "$bare"
finish
