# t-drift.sh - what containers brought: digests, types, rules, queries
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
cd "$TOP" || exit 1

run() { "$BIN/collect-containers" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
tiny_store "$T/s"
U=$T/s/overlay2/upper/diff
mkdir -p "$U/tmp" "$U/usr/bin"
cp /bin/true "$U/tmp/.x"
printf '#!/usr/bin/env python3\nprint(1)\n' >"$U/usr/bin/tool"
printf '#! /bin/sh -e\n' >"$U/usr/bin/tool2"
printf '#!' >"$U/usr/bin/tool3"
printf '#!/bin/sh' >"$U/usr/bin/tool4"
chmod 755 "$U"/usr/bin/*
: >"$U/empty"
printf '\000\001\002\003' >"$U/data"
truncate -s 4G "$U/sparse"
ln -s /tmp/.x "$U/link"
mkfifo "$U/fifo"
is "exit" "$(run -r "$T/s")" 0
type_() { records "$T/rec" change "select(.path==\"$1\")|.filetype" | tr -d '"'; }
for f in /tmp/.x /usr/bin/tool /empty /data /app/file; do
	is "$f: digest" "$(records "$T/rec" change "select(.path==\"$f\")|.sha256" | tr -d '"')" "$(sha256sum <"$U$f" | cut -c 1-64)"
done
like "an ELF program" "$(type_ /tmp/.x)" '^ELF 64-bit LSB .*; (pie|executable), dynamic$'
is "a script by env" "$(type_ /usr/bin/tool)" 'a /usr/bin/env python3 script, ASCII text executable'
is "a script with an option" "$(type_ /usr/bin/tool2)" 'a /bin/sh script, ASCII text executable'
is "nothing behind it" "$(type_ /usr/bin/tool3)" 'ASCII text, with no line terminators'
like "no end of line" "$(type_ /usr/bin/tool4)" '^a /bin/sh script, '
is "empty" "$(type_ /empty)" empty
is "data" "$(type_ /data)" data
is "what is no file has neither" "$(records "$T/rec" change 'select(.type!="file" and (.sha256 or .filetype))')" ""
is "4 GiB: type, no digest" "$(records "$T/rec" change 'select(.path=="/sparse")|[.size,.filetype,.sha256]')" '[4294967296,"data",null]'
is "4 GiB: a note, no loss" "$(records "$T/rec" note '[.class,.op,.lost]')" '["limit","read",false]'

# ---- what a hostile store has beside ---------------------------------------
tiny_store "$T/h"
truncate -s 4G "$T/h/containers/$CID/$CID-json.log"
L=$(tiny_digest linked)
mkdir "$T/outside"
cp "$T/h/containers/$CID"/*.json "$T/outside"
ln -s "$T/outside" "$T/h/containers/$L"
is "a container's directory that is a link, a log of 4 GiB: exit" "$(run -r "$T/h")" 1
is "the link is not followed, the other container is read" "$(records "$T/rec" container '[.container_id,.name]')" "[\"$CID\",\"one\"]"
like "the link is a note" "$(records "$T/rec" note '[.class,.path]|join(" ")')" "^\"corrupt /containers/$L\"$"

# a file that cannot be read is a note and a row
rm "$U/sparse"
if [ $MOUNTS = 1 ]; then
	skip "a file that may not be read" "root reads all"
else
	chmod 0 "$U/data"
	is "a file that may not be read: exit" "$(run -r "$T/s")" 1
	is "a file that may not be read: its row" "$(records "$T/rec" change 'select(.path=="/data")|.size')" 4
	chmod 644 "$U/data"
fi

# ---- queries ----------------------------------------------------------------
a=$(tiny_digest a) b=$(tiny_digest b)
cat >"$T/in" <<X
{"k":"run","tool":"collect-containers"}
{"k":"container","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","name":"web","state":"running","image_id":"sha256:$a","host_path":"/s/up"}
{"k":"container","scope":"container:docker/2","engine":"docker","store":"/s","container_id":"2","host_path":"/s/left"}
{"k":"change","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","op":"added","type":"file","path":"/a/text","filetype":"ASCII text","mode":420}
{"k":"change","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","op":"added","type":"directory","path":"/tmp"}
{"k":"change","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","op":"modified","type":"file","path":"/etc/passwd","filetype":"ASCII text","mode":420}
{"k":"change","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","op":"added","type":"file","path":"/usr/bin/x","filetype":"ELF 64-bit; pie, dynamic","mode":493}
{"k":"change","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","op":"added","type":"file","path":"/tmp/x","filetype":"ELF 64-bit; executable, static","mode":493,"sha256":"$a"}
{"k":"mount","scope":"container:docker/1","engine":"docker","store":"/s","container_id":"1","type":"volume","name":"v","source":"/s/v"}
{"k":"volume","engine":"docker","store":"/s","name":"v","driver":"local","source":"/s/v"}
{"k":"network","engine":"docker","store":"/s","network_id":"$b","name":"front","driver":"bridge","subnets":"[\"198.51.100.0/24=198.51.100.1\"]"}
{"k":"pod","engine":"kubernetes","source":"manifest","path":"/etc/kubernetes/manifests/x.yaml","name":"x","namespace":"kube-system","privileged":true,"commands":"[\"run it\"]"}
{"k":"run","tool":"collect-images"}
{"k":"image","scope":"image:docker/sha256:$a","engine":"docker","store":"/s","image_id":"sha256:$a"}
{"k":"image","scope":"image:docker/sha256:$b","engine":"docker","store":"/s","image_id":"sha256:$b"}
{"k":"image_layer","engine":"docker","store":"/s","image_id":"sha256:$a","position":0,"chain_id":"sha256:$a","host_path":"/s/l1"}
{"k":"image_layer","engine":"docker","store":"/s","image_id":"sha256:$b","position":0,"chain_id":"sha256:$a","host_path":"/s/l1"}
{"k":"layer","engine":"docker","store":"/s","name":"l1","type":"committed","chain_id":"sha256:$a","host_path":"/s/l1"}
{"k":"layer","engine":"docker","store":"/s","name":"l2","type":"committed","chain_id":"sha256:$b","host_path":"/s/l2"}
{"k":"layer","engine":"docker","store":"/s","name":"up","type":"active","container_id":"1","host_path":"/s/up"}
{"k":"build","engine":"docker","store":"/s","ref":"r","frontend":"dockerfile.v0","steps":"[\"RUN make\"]"}
X
python3 tests/stream.py <"$T/in" | "$BIN"/case-ingest "$T/case" 2>"$T/err"
q() { "$BIN/case-query" "$T/case" "$1" --format jsonl | jq -c "$2"; }
is "drift: the oddest first, no directories" "$(q drift .path | tr -d '"' | paste -sd ' ')" "/tmp/x /usr/bin/x /etc/passwd /a/text"
is "drift: type, digest, name" "$(q drift 'select(.path=="/tmp/x")|[.name,.filetype,.sha256]')" "[\"web\",\"ELF 64-bit; executable, static\",\"$a\"]"
is "layers: in how many images" "$(q layers '[.name,.images,.container_id]' | paste -sd ' ')" '["up",0,"1"] ["l1",2,null] ["l2",0,null]'
is "remnants" "$(q remnants '[.what,.type,.id]' | paste -sd ' ')" "[\"container\",\"no settings\",\"2\"] [\"image\",\"no name\",\"sha256:$b\"] [\"layer\",\"committed\",\"l2\"]"
is "volumes: who mounts them" "$(q volumes '[.name,.containers,.source]')" '["v","web","/s/v"]'
is "networks" "$(q networks .name)" '"front"'
is "pods" "$(q pods '[.name,.privileged]')" '["x",1]'
is "builds" "$(q builds .steps)" '"[\"RUN make\"]"'
for n in drift layers remnants volumes networks pods builds leases; do
	like "$n is listed" "$("$BIN/case-query" -L)" "^$n +[A-Za-z]"
	status "$n as a table" 0 "$BIN/case-query" "$T/case" $n
done

# ---- a hostile file in what is left of an image -------------------------------
verdict() { # PATH: its line of the policy
	{
		printf '{"k":"run","tool":"collect-files"}\n'
		printf '{"k":"file","scope":"host","type":"file","path":"%s","origin":"host","sha256":"%s"}\n' "$1" "$a"
		grep '"run","tool":"collect-images"\|"layer"' "$T/in"
	} >"$T/v.in"
	rm -f "$T/v"
	python3 tests/stream.py <"$T/v.in" | "$BIN"/case-ingest "$T/v" 2>>"$T/err"
	mkdir -p "$T/pack"
	echo '{"id":"p","title":"p"}' >"$T/pack/pack.json"
	printf '%s\n' '-- id: r' '-- title: t' '-- severity: high' '-- effect: wipe' '-- confidence: C2' '-- why: w' '-- source: F2' \
		"SELECT scope, path, 'd' AS detail, 'file:' || id AS evidence FROM file" >"$T/pack/r.sql"
	"$BIN/case-match" --iocs "$T/pack" "$T/v" | "$BIN/case-ingest" "$T/v" 2>>"$T/err"
	"$BIN/case-verdict" "$T/v" 2>>"$T/err" | grep -oE '^ *(wipe|investigate|keep)|hostile-file|suspicious' | head -n 2 | paste -sd ' '
}
verdict /s/l2/tmp/x >"$T/got"
like "in a layer that the store remembers: investigate" "$(cat "$T/got")" suspicious
unlike "in a layer that the store remembers: no wipe" "$(cat "$T/got")" hostile-file
verdict /s/l22/tmp/x >"$T/got"
like "beside it: wipe" "$(cat "$T/got")" hostile-file
finish
