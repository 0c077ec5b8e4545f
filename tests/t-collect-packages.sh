# t-collect-packages.sh - installed packages, and their files as they are
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { "$BIN/collect-packages" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note 'select(.lost)|[.class,.path]|join(" ")' | tr -d '"' | sort | tr '\n' ' '; }
# changed [FILTER]: path, state, differs of files that are not as installed
changed() {
	records "$T/rec" package_file "${1:+select($1)|}[.path,.state,(.differs//\"\")]|join(\" \")" |
		sed 's/\\"//g' | tr -d '"' | sort
}
odd() { records "$T/rec" package_db '.oddities//"[]"|fromjson|.[]' | sed 's/^"//; s/"$//'; }
row() { records "$T/rec" package_file "select(.path==\"$1\")|$2"; }

# ---- a root of our own, by dpkg itself ------------------------------------
# deb NAME: builds NAME.deb of the folder NAME, whose files are from 2020
deb() {
	find "$T/$1" -exec touch -h -d 2020-02-02T02:02:02Z {} +
	SOURCE_DATE_EPOCH=1580608922 dpkg-deb --root-owner-group -Znone -b "$T/$1" "$T/$1.deb" >/dev/null
}
control() { # NAME VERSION [MORE]
	mkdir -p "$T/$1/DEBIAN"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: A B <a@b.example>\nDescription: x\n%s' \
		"$1" "$2" "${3:-}" >"$T/$1/DEBIAN/control"
}
sums() { (cd "$T/$1" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums); }
install() {
	dpkg --root="$R" --force-script-chrootless --force-not-root --force-bad-path --log="$R/var/log/dpkg.log" -i "$@" >"$T/out" 2>&1
}
make_root() {
	R=$T/r
	rm -rf "$R"
	mkdir -p "$R/var/lib/dpkg/info" "$R/var/lib/dpkg/updates" "$R/var/log" "$R/usr/bin" "$R/etc"
	ln -s usr/bin "$R/bin"
	: >"$R/var/lib/dpkg/status"
	echo 'root:x:0:0::/root:/bin/sh' >"$R/etc/passwd"
	install "$T/tool.deb" "$T/second.deb" || sed 's/^/# /' "$T/out"
}
if ! command -v dpkg-deb >/dev/null || [ $ROOTED = 0 ]; then
	skip "packages of dpkg" "needs root and dpkg"
	finish
fi
control tool 1:2.0-1 'Source: tools (2)
'
printf '/etc/tool.conf\n/etc/other.conf\n' >"$T/tool/DEBIAN/conffiles"
printf '#!/bin/sh\nexit 0\n' >"$T/tool/DEBIAN/postinst"
chmod 755 "$T/tool/DEBIAN/postinst"
mkdir -p "$T/tool/usr/bin" "$T/tool/bin" "$T/tool/etc" "$T/tool/usr/share/doc/tool" "$T/tool/usr/lib/tool/empty"
for f in usr/bin/tool usr/bin/gone usr/bin/swapped usr/bin/script bin/old usr/bin/touched \
	usr/share/doc/tool/copyright usr/lib/tool/su; do
	printf '#!/bin/sh\necho %s\n' "$f" >"$T/tool/$f"
	chmod 755 "$T/tool/$f"
done
head -c 600000 /dev/zero >"$T/tool/usr/lib/tool/large"
chmod 4755 "$T/tool/usr/lib/tool/su"
ln -s tool "$T/tool/usr/bin/alias"
echo a >"$T/tool/etc/tool.conf"
echo b >"$T/tool/etc/other.conf"
sums tool
deb tool
control second 3
mkdir -p "$T/second/usr/bin" "$T/second/usr/lib/tool" "$T/second/usr/share/doc/second"
echo second >"$T/second/usr/bin/second"
echo x >"$T/second/usr/share/doc/second/copyright"
sums second
deb second
make_root
is "a root as installed: exit" "$(run -r "$R")" 0
is "no file of it is shown" "$(changed)" ""
is "nothing speaks against the database" "$(odd)" ""
is "the packages" "$(records "$T/rec" package '[.scope,.format,.name,.version,.architecture,.status,.source,.vendor,(.known|tostring),.files,.scripts,.path]|join("|")' | sort)" \
'"host|dpkg|second|3|all|installed||A B <a@b.example>|null|2||/var/lib/dpkg"
"host|dpkg|tool|1:2.0-1|all|installed|tools (2)|A B <a@b.example>|null|13|[\"postinst\"]|/var/lib/dpkg"'
like "the text of its scripts" "$(records "$T/rec" package .text)" '== postinst\\n#!/bin/sh\\nexit 0'
cp -p "$R/var/lib/dpkg/info/tool.postinst" "$T/postinst"
{ head -c 300000 /dev/zero | tr '\0' '#'; echo; echo exit 0; } >"$R/var/lib/dpkg/info/tool.postinst"
is "long scripts lose nothing" "$(run -r "$R" && records "$T/rec" note 'select(.lost)')" "0"
h=$(records "$T/rec" package 'select(.name=="tool")|.text_sha256' | tr -d '"')
is "the whole of long scripts is a blob" "$(records "$T/rec" blob "select(.sha256==\"$h\")|.size" | head -n 1)" \
	"$(($(stat -c %s "$R/var/lib/dpkg/info/tool.postinst") + 12))"
cp -p "$T/postinst" "$R/var/lib/dpkg/info/tool.postinst"
run -r "$R" >"$T/x"
is "the database" "$(records "$T/rec" package_db '[.scope,.format,.path,.packages,.files,.digests,.changed,.missing]|join("|")')" \
	'"host|dpkg|/var/lib/dpkg|2|15|13|0|0"'
t=$(date -d "$(tail -n 1 "$R/var/log/dpkg.log" | cut -c 1-19)" +%s)
is "the last entry of its log" "$(records "$T/rec" package_db '.last_time/1e9|floor')" "$t"
is "installed when its list was written" "$(records "$T/rec" package 'select(.name=="tool")|.installed_time/1e9|floor')" \
	"$(stat -c %Y "$R/var/lib/dpkg/info/tool.list")"
is "--all: exit" "$(run -r "$R" --all)" 0
is "--all: files and links, each" "$(records "$T/rec" package_file .path | tr -d '"' | sort)" \
	"$(cat "$R"/var/lib/dpkg/info/*.list | while read -r p; do [ -d "$R$p" ] || echo "$p"; done | sed 's,^/bin,/usr/bin,' | sort)"
is "--all: digests are sha256sum's" \
	"$(records "$T/rec" package_file 'select(.sha256)|[.sha256,.path]|join("  ")' | tr -d '"' | sort)" \
	"$(cd "$R" && find usr etc -type f ! -name passwd -exec sha256sum {} + | sed 's,  ,  /,' | sort)"
is "--all: a name through a link of a directory" "$(row /usr/bin/old '[.via,.state,.algorithm,.recorded==.digest]')" '["/bin/old","unchanged","md5",true]'
is "--all: a link has no digest" "$(row /usr/bin/alias '[.state,.recorded]')" '["unknown",null]'
is "--all: roles" "$(records "$T/rec" package_file 'select(.role)|[.path,.role]|join(" ")' | tr -d '"' | sort | tr '\n' ' ')" \
	"/etc/other.conf configuration /etc/tool.conf configuration /usr/share/doc/second/copyright documentation /usr/share/doc/tool/copyright documentation "

# ---- what an intruder does -------------------------------------------------
# old COMMAND...: the installation was two hours ago (times of files only)
age() { find "$R/var/lib/dpkg" "$R/var/log" -exec touch -h -d '2 hours ago' {} + &&
	find "$R/var/lib/dpkg/info" ! -name '*.list' -exec touch -h -d 2020-02-02 {} +
	# the log's text as old as its file
	sed -i "s/^[-0-9]* [:0-9]*/$(date -u -d '2 hours ago' '+%F %T')/" "$R/var/log/dpkg.log"
	touch -d '2 hours ago' "$R/var/log/dpkg.log"; }
make_root
age
is "two hours later: exit" "$(run -r "$R")" 0
is "two hours later: nothing" "$(changed; odd)" ""
printf '#!/bin/sh\necho mine\n' >"$R/usr/bin/script"
cp -p "$R/usr/bin/tool" "$R/usr/bin/touched" # another's content and times
printf x | dd of="$R/usr/lib/tool/large" bs=1 seek=500000 conv=notrunc 2>/dev/null
rm "$R/usr/bin/gone"
rm "$R/usr/bin/swapped" && mkfifo "$R/usr/bin/swapped"
ln -sf /tmp/x "$R/usr/bin/alias"
echo changed >>"$R/etc/tool.conf"
rm "$R/etc/other.conf"
rm "$R/usr/share/doc/tool/copyright"
mv "$R/usr/bin/old" "$R/usr/bin/real" && ln -s real "$R/usr/bin/old"
is "changed files: exit" "$(run -r "$R")" 0
is "what was done to files" "$(changed)" \
"/etc/other.conf missing 
/etc/tool.conf changed [digest]
/usr/bin/alias unknown [time]
/usr/bin/gone missing 
/usr/bin/old replaced [type]
/usr/bin/script changed [digest]
/usr/bin/swapped replaced [type]
/usr/bin/touched changed [digest]
/usr/lib/tool/large changed [digest]"
is "that is nothing against the database" "$(odd)" ""
is "a changed file" "$(row /usr/bin/script '[.package,.version,.role,.origin,.algorithm,.mode,.uid,.size]')" \
	'["tool","1:2.0-1",null,"host","md5",493,0,20]'
is "what was recorded" "$(row /usr/bin/script .recorded | tr -d '"')" "$(md5sum <"$T/tool/usr/bin/script" | cut -c 1-32)"
is "its digest" "$(row /usr/bin/script .digest | tr -d '"')" "$(md5sum <"$R/usr/bin/script" | cut -c 1-32)"
is "its SHA-256" "$(row /usr/bin/script .sha256 | tr -d '"')" "$(sha256sum <"$R/usr/bin/script" | cut -c 1-64)"
is "that of a large one" "$(row /usr/lib/tool/large .sha256 | tr -d '"')" "$(sha256sum <"$R/usr/lib/tool/large" | cut -c 1-64)"
is "changed text is kept" "$(records "$T/rec" blob "select(.sha256==\"$(sha256sum <"$R/usr/bin/script" | cut -c 1-64)\")|.data_b64" | tr -d '"' | base64 -d)" "$(cat "$R/usr/bin/script")"
is "what is no text is not" "$(records "$T/rec" blob .sha256 | grep -c "$(sha256sum <"$R/usr/lib/tool/large" | cut -c 1-64)")" 0
is "counts" "$(records "$T/rec" package_db '[.changed,.missing]'; records "$T/rec" package 'select(.name=="tool")|[.changed,.missing]')" \
'[5,1]
[6,3]'
# dpkg names the same, but for what it does not look at: types, links, documents
# that are left out
rm "$R/usr/bin/swapped" # it would read the FIFO, for ever
is "dpkg -V names the same" \
	"$(changed | grep -v 'alias\|swapped' | cut -d' ' -f1)" \
	"$(dpkg --root="$R" -V 2>/dev/null | awk '{ print $NF }' | grep -v 'swapped\|copyright' | sed 's,^/bin,/usr/bin,' | sort)"

# a setuid bit: dpkg records no modes, but overrides
make_root
echo 'root root 4750 /usr/bin/tool' >"$R/var/lib/dpkg/statoverride"
chmod 4750 "$R/usr/bin/tool"
is "as overridden: exit" "$(run -r "$R"; changed)" 0
chmod 6755 "$R/usr/bin/tool"
chown 0:7 "$R/usr/bin/tool"
run -r "$R" >/dev/null
is "another mode and group than overridden" "$(changed)" "/usr/bin/tool unchanged [mode,group]"
# and files keep the times of their package: what is linked anew has another
make_root
chmod u+s "$R/usr/bin/tool"
run -r "$R" >/dev/null
is "right after the installation it may be its script's" "$(changed)" ""

# the database is edited with the file
make_root
age
echo evil >"$R/usr/bin/script"
sed -i "s,.*  usr/bin/script,$(md5sum <"$R/usr/bin/script" | cut -c 1-32)  usr/bin/script," "$R/var/lib/dpkg/info/tool.md5sums"
run -r "$R" >/dev/null
is "edited digests: the file looks right" "$(changed)" ""
is "the list of digests does not" "$(odd)" "info/tool.md5sums was written 2 hours after its package was installed"
touch -d 2020-02-02 "$R/var/lib/dpkg/info/tool.md5sums"
run -r "$R" >/dev/null
is "with its old time: its inode is told by a host's own clock only" "$(odd)" ""
sed -i '/usr.bin.script/d' "$R/var/lib/dpkg/info/tool.list"
run -r "$R" >/dev/null
is "a path taken out of the list" "$(odd | sed 's/written .* after/written later than/; s/(.*)//')" \
	"tool.md5sums has a digest of '/usr/bin/script', which its list has not
info/tool.list was written later than the last action in dpkg.log "
age
rm "$R/var/lib/dpkg/info/tool.md5sums"
cp "$R/var/lib/dpkg/status" "$T/status"
for p in a b c d e f g h i j k; do # most packages have digests
	printf '\nPackage: %s\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' $p >>"$R/var/lib/dpkg/status"
	echo "/usr/$p" >"$R/var/lib/dpkg/info/$p.list"
	: >"$R/usr/$p"
	echo "d41d8cd98f00b204e9800998ecf8427e  usr/$p" >"$R/var/lib/dpkg/info/$p.md5sums"
done
age
run -r "$R" >/dev/null
is "no digests, where others have them" "$(odd)" "package tool has no list of digests, as others have"
rm "$R/var/lib/dpkg/info/a.list"
printf '\nPackage: b\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >>"$R/var/lib/dpkg/status"
echo "/usr/c" >>"$R/var/lib/dpkg/info/d.list"
echo "/x" >"$R/var/lib/dpkg/info/nobody.list"
chown 9 "$R/var/lib/dpkg/info/e.list"
chmod 666 "$R/var/lib/dpkg/info/f.list" "$R/var/lib/dpkg/status"
age
run -r "$R" >/dev/null
is "all that can be odd" "$(odd | sort)" \
"'/usr/c' belongs to c and to d
info/e.list belongs to uid 9, not to that of status
info/f.list may be written by others than its owner
info/nobody.list is of no package in status
package a has no list of files
package b stands in it more than once
package tool has no list of digests, as others have
status may be written by others than its owner"
if chattr +i "$R/var/lib/dpkg/info/c.md5sums" 2>/dev/null; then
	run -r "$R" >/dev/null
	chattr -i "$R/var/lib/dpkg/info/c.md5sums"
	like "what not even root can change" "$(odd)" "^info/c.md5sums cannot be changed \(immutable or append-only\)$"
else
	skip "what not even root can change" "no chattr here"
fi

# a diversion hides that a program was replaced
make_root
printf '/usr/bin/tool\n/usr/bin/tool.distrib\n:\n/bin/old\n/bin/old.real\nsecond\n' >"$R/var/lib/dpkg/diversions"
mv "$R/usr/bin/tool" "$R/usr/bin/tool.distrib"
mv "$R/usr/bin/old" "$R/usr/bin/old.real"
is "diversions: exit" "$(run -r "$R" --all)" 0
is "the package's file is where it was moved to" "$(row /usr/bin/tool.distrib '[.state,.via]'; row /usr/bin/old.real '[.state,.via]')" \
'["unchanged","/usr/bin/tool"]
["unchanged","/bin/old"]'
is "nothing lies in its place" "$(odd)" ""
echo evil >"$R/usr/bin/tool"
run -r "$R" >/dev/null
is "what lies in its place is of nobody" "$(odd)" \
	"'/usr/bin/tool' is diverted to '/usr/bin/tool.distrib' by hand, and what lies there instead is of no package"

# ---- other shapes -----------------------------------------------------------
make_root
dpkg --root="$R" --force-script-chrootless --log="$R/var/log/dpkg.log" -r tool >/dev/null 2>&1
echo more >>"$R/etc/tool.conf"
is "a package that was removed: exit" "$(run -r "$R")" 0
is "its configuration is still its" "$(changed)" "/etc/tool.conf changed [digest]"
is "its state" "$(records "$T/rec" package 'select(.name=="tool")|.status')" '"config-files"'

D=$T/distroless
mkdir -p "$D/etc" "$D/var/lib/dpkg/status.d" "$D/usr/bin"
echo x >"$D/usr/bin/x"
printf 'Package: x\nVersion: 7\nArchitecture: amd64\n' >"$D/var/lib/dpkg/status.d/x"
(cd "$D" && md5sum usr/bin/x >var/lib/dpkg/status.d/x.md5sums)
printf 'Package: y\nVersion: 8\n' >"$D/var/lib/dpkg/status.d/y"
is "distroless: exit" "$(run -r "$D" --as host)" 0
is "distroless: packages" "$(records "$T/rec" package '[.name,.version,.files]|join(" ")' | tr -d '"' | tr '\n' ' ')" "x 7 1 y 8 0 "
echo y >"$D/usr/bin/x"
run -r "$D" --as host >/dev/null
is "distroless: a changed file" "$(changed)" "/usr/bin/x changed [digest]"

# left out at installation: documents, and what dpkg.cfg says
make_root
mkdir -p "$R/etc/dpkg/dpkg.cfg.d"
printf 'path-exclude /usr/lib/tool/*\npath-include=/usr/lib/tool/su\n' >"$R/etc/dpkg/dpkg.cfg.d/less"
rm -r "$R/usr/lib/tool" "$R/usr/share/doc"
run -r "$R" >/dev/null
is "what was left out is not missing" "$(changed)" "/usr/lib/tool/su missing "

# archives
make_root
L=$R/var/lib/apt/lists
mkdir -p "$L/partial"
printf 'Origin: Here\nX: y\n' | sed '1s/^/Hash: x\n/' >"$L/deb.example.org_x_dists_stable_InRelease"
printf 'Package: tool\nArchitecture: all\nVersion: 1:2.0-1\nDescription: x\n\nPackage: second\nVersion: 4\nArchitecture: all\n' >"$T/list"
for how in cat "gzip -c" "xz -c" "bzip2 -c" "zstd -c"; do
	rm -f "$L"/*_Packages*
	ext=${how%% *}
	case $ext in cat) ext= ;; gzip) ext=.gz ;; bzip2) ext=.bz2 ;; *) ext=.$ext ;; esac
	$how <"$T/list" >"$L/deb.example.org_x_dists_stable_main_binary-amd64_Packages$ext"
	run -r "$R" >/dev/null
	is "archives: a list${ext:+, packed: $ext}" "$(records "$T/rec" package '[.name,.known,.archive]|join("|")' | tr -d '"' | sort | tr '\n' ' ')" \
		"second|false|deb.example.org (Here): only 4 tool|true|deb.example.org (Here) "
done
if command -v lz4 >/dev/null; then
	rm -f "$L"/*_Packages*
	lz4 -q -c "$T/list" >"$L/a_dists_b_c_Packages.lz4"
	run -r "$R" >/dev/null
	is "archives: lz4" "$(records "$T/rec" package '[.name,.known,.archive]|join("|")' | tr -d '"' | sort | tail -n 1)" "tool|true|a"
fi
rm -f "$L"/*_Packages*
head -c 500 /dev/urandom >"$L/x_Packages.xz"
is "archives: a list that is none" "$(run -r "$R"; notes)" "1
corrupt /var/lib/apt/lists/x_Packages.xz "
rm -f "$L"/*_Packages*

# ---- deterministic ----------------------------------------------------------
echo evil | tee "$R/usr/bin/script" >"$R/etc/tool.conf"
for o in "" --all; do
	"$BIN/collect-packages" -r "$R" $o 2>/dev/null | volatile | sha256sum >"$T/many"
	taskset -c 0 "$BIN/collect-packages" -r "$R" $o 2>/dev/null | volatile | sha256sum >"$T/one"
	is "one processor or many: the same${o:+ ($o)}" "$(cat "$T/one")" "$(cat "$T/many")"
done

# ---- hostile ----------------------------------------------------------------
I=$R/var/lib/dpkg/info
hostile() { # WHAT EXIT NOTES
	is "hostile: $1: exit" "$(timeout 60 "$BIN/collect-packages" -r "$R" >"$T/rec" 2>"$T/msg"; echo $?)" "$2"
	is "hostile: $1: told" "$(notes)" "$3"
	is "hostile: $1: the other package" "$(records "$T/rec" package 'select(.name=="second")|.version')" '"3"'
}
make_root
rm "$I/tool.list"; mkdir "$I/tool.list"
hostile "a list that is a directory" 1 "corrupt /var/lib/dpkg/info/tool.list "
rm -r "$I/tool.list"; mkfifo "$I/tool.list"
hostile "one that is a FIFO" 1 "corrupt /var/lib/dpkg/info/tool.list "
rm "$I/tool.list"; ln -s ../../../../../../../../../etc/passwd "$I/tool.list"
hostile "one that leads out" 1 "corrupt /etc/passwd "
rm "$I/tool.list"; ln -s tool.list "$I/tool.list"
hostile "one that is a loop" 1 "corrupt /var/lib/dpkg/info/tool.list "
rm "$I/tool.list"; head -c 100000 /dev/urandom | tr '\n' x >"$I/tool.list"
hostile "one of binary junk in one line" 1 "limit /var/lib/dpkg/info/tool.list "
printf '/a\0b\nrelative\n/../../etc/shadow\n/usr/./bin//tool\n\n%s\n/usr/bin/tool' "/$(head -c 5000 /dev/zero | tr '\0' x)" >"$I/tool.list"
hostile "one of paths that are none" 1 "corrupt /var/lib/dpkg/info/tool.list corrupt /var/lib/dpkg/info/tool.list "
make_root
head -c 40000 /dev/urandom >"$I/tool.md5sums"
run -r "$R" >/dev/null
like "hostile: digests of junk: told" "$(notes)" "corrupt /var/lib/dpkg/info/tool.md5sums"
make_root
{ printf 'Package: ../../x\nStatus: install ok installed\n\n\n\nNonsense\n: \nConffiles:\n x\n /y\n / z\n\n'; cat "$R/var/lib/dpkg/status"; } >"$T/s"
cp "$T/s" "$R/var/lib/dpkg/status"
hostile "a status with stanzas that are none" 1 "corrupt /var/lib/dpkg/status corrupt /var/lib/dpkg/status "
printf '/usr/bin/tool\n/usr/bin/x\n' >"$R/var/lib/dpkg/diversions"
printf 'root root 999 /x\nroot\n\n' >"$R/var/lib/dpkg/statoverride"
make_root
printf '/usr/bin/tool\n/usr/bin/x\n' >"$R/var/lib/dpkg/diversions"
printf 'root root 999 /x\nroot\n' >"$R/var/lib/dpkg/statoverride"
hostile "half a diversion, overrides that are none" 1 \
	"corrupt /var/lib/dpkg/diversions corrupt /var/lib/dpkg/statoverride corrupt /var/lib/dpkg/statoverride "
make_root
python3 - "$R/var/lib/dpkg/status" <<'X'
import sys
s = open(sys.argv[1]).read()
with open(sys.argv[1], 'w') as f:
    f.write(s + '\nPackage: long\nStatus: install ok installed\nConffiles:\n')
    for i in range(1000):
        f.write(' /etc/%07d d41d8cd98f00b204e9800998ecf8427e\n' % i * 1000)
    f.write('Description: x\n')
    f.write(' .\n' * 9990000)
X
hostile "ten million lines" 1 "limit /var/lib/dpkg/status "
for what in 'x' '/' 'self'; do
	make_root
	rm "$R/var/lib/dpkg/status"
	case $what in
	x) mkdir "$R/var/lib/dpkg/status" ;;
	/) ln -s / "$R/var/lib/dpkg/status" ;;
	*) mkfifo "$R/var/lib/dpkg/status" ;;
	esac
	is "hostile: no status but a $what" "$(run -r "$R"; notes)" "1
corrupt $(test $what = / && echo / || echo /var/lib/dpkg/status) "
done
is "no database at all" "$(mkdir -p "$T/none/etc"; run -r "$T/none" --as host; records "$T/rec" note 'select(.op=="packages")|[.class,.lost]')" '0
["absent",false]'
head -c 1000 /dev/urandom >"$T/noise"
status "a file that is no archive" 1 "$BIN/collect-packages" -r "$T/noise"
status "no root" 3 "$BIN/collect-packages" -r "$T/nothing"

# ---- images and containers ---------------------------------------------------
if have_stores; then
	H=$T/host
	S=$H/var/lib/docker
	mkdir -p "$H/etc"
	tiny_store "$S"
	make_root
	cp -a "$R/." "$S/overlay2/layer1/diff/"
	echo evil >"$S/overlay2/layer2/diff/app/x"
	mkdir -p "$S/overlay2/layer2/diff/usr/bin" "$S/overlay2/upper/diff/usr/bin"
	echo image >"$S/overlay2/layer2/diff/usr/bin/script"
	up=$(cat "$S/image/overlay2/layerdb/mounts/$CID/mount-id")
	mkdir -p "$S/overlay2/$up/diff/usr/bin"
	echo container >"$S/overlay2/$up/diff/usr/bin/tool"
	is "a store: exit" "$(run -r "$H")" 0
	is "a store: who has what" \
		"$(records "$T/rec" package_file '[.scope[0:9],.path,.state,.origin,.host_path]|join(" ")' | tr -d '"' | sort)" \
"container /usr/bin/script changed image /var/lib/docker/overlay2/layer2/diff/usr/bin/script
container /usr/bin/tool changed container /var/lib/docker/overlay2/$up/diff/usr/bin/tool
image:doc /usr/bin/script changed image /var/lib/docker/overlay2/layer2/diff/usr/bin/script"
	is "a store: each has its packages" "$(records "$T/rec" package '[.scope[0:9],.name]|join(" ")' | tr -d '"' | sort | tr '\n' ' ')" \
		"container second container tool image:doc second image:doc tool "
	if command -v strace >/dev/null && [ -z "$SAN" ]; then
		strace -f -y -e trace=pread64 -o "$T/trace" "$BIN/collect-packages" -r "$H" >/dev/null 2>&1
		is "a store: a file of a shared layer is read once" \
			"$(grep -c 'pread64(.*layer1/diff/usr/bin/touched>' "$T/trace")" 1
	fi
	taskset -c 0 "$BIN/collect-packages" -r "$H" 2>/dev/null | volatile | sha256sum >"$T/one"
	is "a store: one processor or many" "$(cat "$T/one")" "$(volatile <"$T/rec" | sha256sum)"
else
	skip "images and containers" "needs root and a file system with devices and trusted attributes"
fi

# ---- a clean Debian ------------------------------------------------------------
if sh "$TESTS/cleanroot.sh" "$T/clean" 2>"$T/why"; then
	is "a clean Debian: exit" "$(run -r "$T/clean")" 0
	is "a clean Debian: no file is shown" "$(changed)" ""
	is "a clean Debian: nothing speaks against its database" "$(odd)" ""
	is "a clean Debian: dpkg says so, too" "$(dpkg --root="$T/clean" -V 2>&1)" ""
	is "a clean Debian: as many packages as dpkg has" "$(records "$T/rec" package .name | wc -l)" \
		"$(dpkg-query --admindir="$T/clean/var/lib/dpkg" -f '${db:Status-Abbrev}\n' -W | wc -l)"
	is "a clean Debian: its archive has them all" "$(records "$T/rec" package 'select(.known|not)|.name')" ""
	rm -rf --one-file-system "$T/clean"
else
	skip "a clean Debian" "$(tail -n 1 "$T/why")"
fi
finish
