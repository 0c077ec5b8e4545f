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

# ---- rpm: built, installed and verified by rpm itself ----------------------
if [ $ROOTED = 0 ] || ! command -v rpmbuild >/dev/null; then
	skip "rpm" "needs root and rpmbuild"
	finish
fi
cat >"$T/tool.spec" <<'S'
Name: tool
Version: 1.2
Release: 3
Epoch: 4
Summary: x
License: MIT
Vendor: Example
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/tool %{buildroot}/var/log %{buildroot}/usr/lib/tool
for f in tool other gone moded pipe linked larger caps timed; do echo $f >%{buildroot}/usr/bin/$f; done
echo su >%{buildroot}/usr/bin/su
ln -s tool %{buildroot}/usr/bin/alias
ln -s tool %{buildroot}/usr/bin/back
echo a >%{buildroot}/etc/tool.conf
echo doc >%{buildroot}/usr/share/doc/tool/README
touch %{buildroot}/var/log/tool.log
%files
%attr(755,root,root) /usr/bin/*
%attr(4755,root,root) /usr/bin/su
%dir %attr(2750,root,root) /usr/lib/tool
%config(noreplace) /etc/tool.conf
%doc /usr/share/doc/tool/README
%ghost /var/log/tool.log
%post
echo hello
%package two
Summary: y
%description two
y
%files two
S
rpmbuild -bb --define "_topdir $T/top" --define "_buildhost h" "$T/tool.spec" >"$T/out" 2>&1 || sed 's/^/# /' "$T/out"
RPMS=$(find "$T/top" -name '*.rpm' | sort)
D=usr/lib/sysimage/rpm
rpm_() { rpm --root "$R" --dbpath "/$D" "$@" 2>"$T/err"; }
new() {
	R=$T/rpm
	rm -rf "$R"
	mkdir -p "$R/etc"
	echo 'root:x:0:0::/root:/bin/sh' >"$R/etc/passwd"
	echo 'root:x:0:' >"$R/etc/group"
	rpm_ --initdb
	rpm_ --nodeps --noscripts -i $RPMS
}
new
is "rpm: exit" "$(run -r "$R" --as host)" 0
is "rpm: nothing is shown" "$(changed; odd)" ""
is "rpm: nor by rpm" "$(rpm_ -Va --nodeps)" ""
is "rpm: packages" "$(records "$T/rec" package '[.format,.name,.version,.architecture,.source,.vendor,(.known|tostring),.files,.scripts,.text,.path]|join("|")' | sort)" \
'"rpm|tool-two|4:1.2-3|noarch|tool-1.2-3.src.rpm|Example|false|0|||/usr/lib/sysimage/rpm/rpmdb.sqlite"
"rpm|tool|4:1.2-3|noarch|tool-1.2-3.src.rpm|Example|false|15|[\"postin\"]|== postin\necho hello\n|/usr/lib/sysimage/rpm/rpmdb.sqlite"'
is "rpm: installed when it says so" "$(records "$T/rec" package 'select(.name=="tool")|.installed_time/1e9|floor')" "$(rpm_ -q --qf '%{INSTALLTIME}' tool)"
is "rpm: --all" "$(run -r "$R" --as host --all)" 0
is "rpm: digests are sha256sum's" "$(records "$T/rec" package_file 'select(.algorithm)|[.digest,.path]|join("  ")' | tr -d '"' | sort)" \
	"$(cd "$R" && find usr/bin usr/share etc/tool.conf -type f -exec sha256sum {} + | sed 's,  ,  /,' | sort)"
is "rpm: roles" "$(records "$T/rec" package_file 'select(.role)|[.path,.role,.state]|join(" ")' | tr -d '"' | sort | tr '\n' ' ')" \
	"/etc/tool.conf configuration unchanged /usr/share/doc/tool/README documentation unchanged /var/log/tool.log ghost missing "
snapshot() { (cd "$R/$D" && ls -la --time-style=full-iso && cat ./* | sha256sum); }
snapshot >"$T/before"
run -r "$R" --as host >/dev/null
is "rpm: nothing is written beside the database" "$(snapshot | cmp - "$T/before" && echo same)" same

for kind in ndb bdb; do
	if [ $kind = bdb ] && ! command -v db_load >/dev/null; then
		skip "rpm: $kind" "needs db_load"
		continue
	fi
	[ $kind = ndb ] && file=Packages.db || file=Packages
	O=$T/$kind
	rm -rf "$O"
	cp -a "$R" "$O"
	rm -r "${O:?}/$D"
	mkdir -p "$O/var/lib/rpm"
	python3 "$TESTS/rpmdb.py" "$R/$D/rpmdb.sqlite" $kind "$T/db"
	if [ $kind = ndb ]; then cp "$T/db" "$O/var/lib/rpm/$file"; else
		db_load -f "$T/db" "$O/var/lib/rpm/$file"
	fi
	run -r "$R" --as host --all >/dev/null
	all() {
		{ records "$T/rec" package 'del(.path)'; records "$T/rec" package_file .; } |
			sed 's/"changed_time":[0-9]*//' | sort
	}
	all >"$T/a"
	is "rpm: $kind: exit" "$(run -r "$O" --as host --all)" 0
	is "rpm: $kind: the same packages and files" "$(all | cmp - "$T/a" && echo same)" same
	is "rpm: $kind: its name" "$(records "$T/rec" package_db '[.format,.path]|join(" ")')" "\"rpm-$kind /var/lib/rpm/$file\""
done

R=$T/rpm
echo evil >"$R/usr/bin/other"
echo more >>"$R/usr/bin/larger"
rm "$R/usr/bin/gone" "$R/usr/share/doc/tool/README"
chmod 777 "$R/usr/bin/moded"
chmod u+s "$R/usr/bin/tool"
rm "$R/usr/bin/pipe"
ln -sf /tmp/x "$R/usr/bin/alias"
ln -sf tool "$R/usr/bin/linked"
rm "$R/usr/bin/back" && cp "$R/usr/bin/su" "$R/usr/bin/back"
echo b >"$R/etc/tool.conf"
touch "$R/usr/bin/timed"
chmod 770 "$R/usr/lib/tool"
chown 5:6 "$R/usr/bin/su" && chmod 4755 "$R/usr/bin/su"
attr=
setcap cap_net_raw+ep "$R/usr/bin/caps" 2>/dev/null && attr='
/usr/bin/caps unchanged [capabilities]'
# rpm names the same; times alone and documents that are missing are no rows
run -r "$R" --as host >/dev/null
is "rpm -Va names the same" "$(changed | cut -d' ' -f1)" \
	"$(timeout 60 rpm --root "$R" --dbpath "/$D" -Va --nodeps 2>/dev/null |
		grep -v '^\.\.\.\.\.\.\.T\.\|README' | awk '{ print $NF }' | sort)"
mkfifo "$R/usr/bin/pipe"
is "rpm: changed: exit" "$(run -r "$R" --as host)" 0
is "rpm: what was done to files" "$(changed)" \
"/etc/tool.conf changed [digest,time]
/usr/bin/alias changed [target]
/usr/bin/back replaced [type]$attr
/usr/bin/gone missing 
/usr/bin/larger changed [digest,size,time]
/usr/bin/linked replaced [type]
/usr/bin/moded unchanged [mode]
/usr/bin/other changed [digest,size,time]
/usr/bin/pipe replaced [type]
/usr/bin/su unchanged [owner,group]
/usr/bin/tool unchanged [mode]
/usr/lib/tool unknown [mode]"

# an edited header
new
python3 - "$R/$D/rpmdb.sqlite" <<'P'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
for n, b in c.execute('SELECT hnum, blob FROM Packages').fetchall():
    c.execute('UPDATE Packages SET blob=? WHERE hnum=?', (b.replace(b'/usr/share/doc/tool/', b'/usr/share/doc/loot/'), n))
c.commit()
c.execute('PRAGMA wal_checkpoint(TRUNCATE)')
P
run -r "$R" --as host >/dev/null
is "rpm: a header that was edited" "$(odd)" "the header of package tool is not what its own digest says"
chmod 666 "$R/$D/rpmdb.sqlite"
echo x >"$R/$D/rpmdb.sqlite-wal"
is "rpm: changes that wait beside it" "$(run -r "$R" --as host; notes)" "1
unsupported /usr/lib/sysimage/rpm/rpmdb.sqlite-wal "
like "rpm: writable" "$(odd)" "^it may be written by others than its owner$"

# ---- hostile
rm -f "$R/$D"/rpmdb.sqlite-*
cp "$R/$D/rpmdb.sqlite" "$T/good"
lie() { # WHAT EXIT NOTES
	is "rpm: hostile: $1" "$(run -r "$R" --as host; notes)" "$2
$3"
}
head -c 20000 "$T/good" >"$R/$D/rpmdb.sqlite"
lie "a cut file" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
head -c 20000 /dev/urandom >"$R/$D/rpmdb.sqlite"
lie "junk" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
rm "$R/$D/rpmdb.sqlite" && mkfifo "$R/$D/rpmdb.sqlite"
lie "a FIFO" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
rm "$R/$D/rpmdb.sqlite" && mkdir "$R/$D/rpmdb.sqlite"
lie "a directory" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
rm -r "$R/$D/rpmdb.sqlite"
sqlite3 "$R/$D/rpmdb.sqlite" "CREATE VIEW Packages AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT n AS rowid, zeroblob(100) AS blob FROM r"
lie "a view without end" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
rm "$R/$D/rpmdb.sqlite"
sqlite3 "$R/$D/rpmdb.sqlite" "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB);
	INSERT INTO Packages VALUES (1, X''), (2, X'00'), (3, X'FFFFFFFFFFFFFFFF'), (4, zeroblob(1000000)), (5, 'text'), (6, NULL)"
lie "headers that are none" 1 "corrupt /usr/lib/sysimage/rpm/rpmdb.sqlite "
rm -r "${R:?}/$D"
mkdir -p "$R/var/lib/rpm"
for f in Packages Packages.db; do
	head -c 20000 /dev/urandom >"$R/var/lib/rpm/$f"
	lie "$f of junk" 1 "corrupt /var/lib/rpm/$f "
	rm "$R/var/lib/rpm/$f"
done
for kind in ndb bdb; do
	[ $kind = ndb ] && file=Packages.db || file=Packages
	[ -e "$T/$kind/var/lib/rpm/$file" ] || continue
	head -c 5000 "$T/$kind/var/lib/rpm/$file" >"$R/var/lib/rpm/$file"
	lie "$file that is cut" 1 "corrupt /var/lib/rpm/$file "
	rm "$R/var/lib/rpm/$file"
done
finish
