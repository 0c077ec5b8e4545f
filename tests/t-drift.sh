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
finish
