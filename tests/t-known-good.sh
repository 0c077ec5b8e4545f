# t-known-good.sh - a list of digests from outside overrules the package database
# plain
. "$(dirname "$0")/lib.sh"
cd "$T" || exit 1

# ---- a host whose intruder replaced a program and the digest of it
mkdir -p r/etc/cron.d r/usr/sbin r/var/lib/dpkg/info
printf '%s\n' 'Package: tool' 'Status: install ok installed' 'Version: 1' \
	'Architecture: all' 'Description: x' '' >r/var/lib/dpkg/status
printf '/.\n/usr\n/usr/sbin\n/usr/sbin/tool\n' >r/var/lib/dpkg/info/tool.list
printf '#!/bin/sh\necho good\n' >good
printf '#!/bin/sh\necho evil\n' >r/usr/sbin/tool
chmod 755 r/usr/sbin/tool
(cd r && md5sum usr/sbin/tool >var/lib/dpkg/info/tool.md5sums)
echo '0 0 * * * root /usr/sbin/tool' >r/etc/cron.d/site
echo root:x:0:0::/root:/bin/sh >r/etc/passwd

# says OPTIONS...: the state of the entry and of its program; files that are not
# as they were installed
says() {
	"$BIN/collect-persistence" -r r "$@" 2>"$T/err" |
		jq -r 'select(.artifact == "cron-d")|[.package_state,.program_state]|join(" ")'
	"$BIN/collect-packages" -r r "$@" 2>"$T/err" |
		jq -r 'select(.k == "package_file")|[.path,.state]|join(" ")'
}
changed="unpackaged changed
/usr/sbin/tool changed"
is "the database is believed" "$(says)" "unpackaged unchanged"
echo "$(sha256sum <good | cut -d' ' -f1)  /usr/sbin/tool" >list
is "a path with another content on the list: changed" "$(says --known-good list)" "$changed"
echo "$(md5sum <good | cut -d' ' -f1)  usr/sbin/tool" >list
is "the same with MD5, as dpkg writes it" "$(says --known-good list)" "$changed"
echo "$(md5sum <good | cut -d' ' -f1)  usr/sbin/other" >list
is "another path: nothing" "$(says --known-good list)" "unpackaged unchanged"
sha256sum <r/usr/sbin/tool | cut -d' ' -f1 >list
is "a content on the list: known" "$(says --known-good list)" "unpackaged known"
md5sum <r/etc/cron.d/site | cut -d' ' -f1 >list
is "also of no package" "$(says --known-good list)" "known unchanged"

echo damage >>r/usr/sbin/tool
is "changed by the database" "$(says)" "$changed"
sha256sum <r/usr/sbin/tool | cut -d' ' -f1 >list
is "and known to be good" "$(says --known-good list)" "unpackaged known"
echo "$(md5sum <good | cut -d' ' -f1)  /usr/sbin/tool" >list2
is "two lists: good in one is good" "$(says --known-good list --known-good list2)" "unpackaged known"

# ---- through triage
"$BIN/salvor" triage -r r -c c.db --known-good list >out 2>err
is "triage hands it on" "$("$BIN/case-query" c.db --sql \
	"SELECT DISTINCT program_state FROM persist WHERE artifact='cron-d'" --format csv | tail -n 1 | tr -d '"\r')" known
for p in collect-persistence collect-packages; do
	"$BIN/$p" -r r --known-good r/etc/passwd >out 2>err
	is "$p: a text is no list" "$? $(grep -c 'no MD5 or SHA-256' err)" "3 1"
	"$BIN/$p" -r r --known-good none >out 2>err
	is "$p: a list that is not there" $? 3
done
"$BIN/salvor" triage -r r -c d.db --known-good none >out 2>err
is "triage: a list that is not there: usage" $? 2
no "and no case" test -e d.db
finish
