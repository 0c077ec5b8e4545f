# t-packages-others.sh - packages of apk and rpm
. "$(dirname "$0")/lib.sh"

run() { timeout 120 "$BIN/collect-packages" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note 'select(.lost)|[.class,.path]|join(" ")' | tr -d '"' | sort | tr '\n' ' '; }
changed() {
	records "$T/rec" package_file '[.path,.state,(.differs//"")]|join(" ")' |
		sed 's/\\"//g' | tr -d '"' | sort
}
odd() { records "$T/rec" package_db '.oddities//"[]"|fromjson|.[]' | sed 's/^"//; s/"$//'; }
row() { records "$T/rec" package_file "select(.path==\"$1\")|$2"; }

# ---- apk -------------------------------------------------------------------
cat >"$T/spec" <<'S'
f etc/passwd <<E
root:x:0:0::/root:/bin/sh
E
f etc/tool.conf <<E
a
E
f etc/init.d/tool 0755 <<E
#!/sbin/openrc-run
E
f usr/bin/tool 0755 <<E
#!/bin/sh
E
f usr/bin/other 0755 <<E
other
E
f usr/bin/gone 0755 <<E
gone
E
f usr/bin/moded 0755 <<E
x
E
f usr/bin/su 4755 <<E
x
E
f usr/bin/pipe 0755 <<E
x
E
f usr/bin/linked 0755 <<E
x
E
f usr/share/man/man1/tool.1 <<E
x
E
l usr/bin/alias tool
l usr/bin/back tool
l usr/lib usr/none
S
new() { rm -rf "$T/r"; mkroot "$T/spec" "$T/r"; R=$T/r; python3 "$TESTS/apkdb.py" "$R"; }
new
is "apk: exit" "$(run -r "$R")" 0
is "apk: nothing is shown" "$(changed; odd)" ""
is "apk: packages" "$(records "$T/rec" package '[.format,.name,.version,.architecture,.status,.source,.vendor,(.known|tostring),.archive,.files,.scripts,.path]|join("|")')" \
'"apk|tool|1.2-r3|x86_64|installed|tools|A B <a@b.example>|null||14|[\"post-install\",\"trigger\"]|/lib/apk/db/installed"
"apk|second|2|noarch|installed||x|false|edge|0||/lib/apk/db/installed"'
is "apk: scripts" "$(records "$T/rec" package 'select(.text)|.text')" \
	'"== post-install\n#!/bin/sh\necho post-install\n== trigger\n#!/bin/sh\necho trigger\n"'
is "apk: the database" "$(records "$T/rec" package_db '[.format,.packages,.files,.digests,.changed,.missing]|join("|")')" '"apk|2|14|14|0|0"'
is "apk: --all" "$(run -r "$R" --all)" 0
is "apk: digests are sha1sum's" "$(records "$T/rec" package_file 'select(.state=="unchanged" and .size and .sha256)|[.digest,.path]|join("  ")' | tr -d '"' | sort)" \
	"$(cd "$R" && find usr etc -type f ! -path etc/apk/world -exec sha1sum {} + | sed 's,  ,  /,' | sort)"
is "apk: a link" "$(row /usr/bin/alias '[.state,.algorithm,.recorded==.digest]')" '["unchanged","sha1",true]'
is "apk: a configuration" "$(row /etc/tool.conf .role; row /etc/init.d/tool .role; row /usr/share/man/man1/tool.1 .role)" '"configuration"
null
"documentation"'
echo evil >"$R/usr/bin/other"
rm "$R/usr/bin/gone" "$R/usr/share/man/man1/tool.1"
chmod 777 "$R/usr/bin/moded"
chmod u+s "$R/usr/bin/tool"
rm "$R/usr/bin/pipe" && mkfifo "$R/usr/bin/pipe"
ln -sf /tmp/x "$R/usr/bin/alias"
ln -sf tool "$R/usr/bin/linked"
rm "$R/usr/bin/back" && cp "$R/usr/bin/su" "$R/usr/bin/back"
echo b >"$R/etc/tool.conf"
[ $ROOTED = 0 ] || { chown 5:6 "$R/usr/bin/su" && chmod 4755 "$R/usr/bin/su"; }
is "apk: changed: exit" "$(run -r "$R")" 0
is "apk: what was done to files" "$(changed | if [ $ROOTED = 1 ]; then cat; else grep -v /su; fi)" \
"/etc/tool.conf changed [digest]
/usr/bin/alias changed [target]
/usr/bin/back changed [digest,mode]
/usr/bin/gone missing 
/usr/bin/linked replaced [type]
/usr/bin/moded unchanged [mode]
/usr/bin/other changed [digest]
/usr/bin/pipe replaced [type]$([ $ROOTED = 0 ] || printf '\n/usr/bin/su unchanged [owner,group]')
/usr/bin/tool unchanged [mode]"
new
A=$R/lib/apk/db/installed
sed -i '/^R:other/,/^Z/{/^Z/d}' "$A"
chmod 666 "$A"
printf 'P:tool\nV:1\nA:x86_64\nF:usr/bin\nR:tool\nZ:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n' >>"$A"
run -r "$R" >/dev/null
is "apk: oddities" "$(odd)" "1 files have no digest, as others have
installed may be written by others than its owner
package tool stands in it more than once
'/usr/bin/tool' belongs to tool and to tool"
new
A=$R/lib/apk/db/installed
printf 'P:../x\nR:none\nZ:Q1x\n\n:\nx\nF:../..\nR:shadow\nF:usr/bin\nR:a/b\nR:..\na:-1:x:y\nZ:Q1AAAA\nP:more\nF:usr/bin\nR:x\na:1\nZ:Q9AAA=\n%s\n' "$(head -c 70000 /dev/zero | tr '\0' x)" >>"$A"
is "apk: hostile: exit, notes" "$(run -r "$R"; notes)" "1
corrupt /lib/apk/db/installed corrupt /lib/apk/db/installed limit /lib/apk/db/installed "
is "apk: hostile: the rest counts" "$(records "$T/rec" package .name | tr '\n' ' ')" '"tool" "second" "more" '
head -c 5000 /dev/urandom >"$R/lib/apk/db/scripts.tar"
rm "$A" && mkdir "$A"
is "apk: a database that is a folder" "$(run -r "$R"; notes)" "1
corrupt /lib/apk/db/installed "
finish
