# t-runs.sh - which file a command line would run, and what its package says
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence

cat >"$T/spec" <<'E'
f etc/passwd <<X
root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh
X
for p in bin/sh bin/bash usr/bin/env usr/bin/nice usr/bin/python3.11 \
	usr/bin/perl usr/bin/timeout usr/bin/curl usr/bin/flock usr/bin/sudo \
	bin/busybox opt/x opt/y home/alice/mine usr/local/bin/own bin/true \
	usr/bin/run-parts sbin/start-stop-daemon usr/bin/find bin/su \
	usr/bin/setsid usr/bin/nohup usr/bin/xargs usr/bin/taskset; do
	f $p 0755 <<X
X
done
f opt/plain 0644 <<X
X
f opt/script.py 0644 <<X
X
l usr/bin/python3 python3.11
d etc/parts
f usr/bin/notexec 0644 <<X
X
E
# command | program ("-": none is told), state where it is missing
cat >"$T/table" <<'E'
/opt/x --run | /opt/x
own | -
PATH=/usr/local/bin:/usr/bin; own | /usr/local/bin/own
curl http://192.0.2.1/ | /usr/bin/curl
X=1 Y=2 /opt/x | /opt/x
nice -n 19 /opt/x | /opt/x
nice -5 /opt/x | /opt/x
env -i A=b -u C /opt/x | /opt/x
timeout -s KILL 5 /opt/x | /opt/x
timeout 5 nice env /opt/y a | /opt/y
flock -n /tmp/lock /opt/x | /opt/x
flock /tmp/lock -c '/opt/x; true' | /opt/x
sudo -u alice /opt/x | /opt/x
su - alice -c "/opt/x a" | /opt/x
su -c /opt/x alice | /opt/x
nohup setsid /opt/x & | /opt/x
taskset -c 0 /opt/x | /opt/x
bash -c "exec /opt/x" | /opt/x
sh -lc 'cd /opt && ./x' | /opt/x
bash /opt/plain a | /opt/plain
bash -x -- /opt/plain | /opt/plain
bash | /bin/bash
python3 /opt/script.py | /opt/script.py
python3 -u /opt/script.py | /opt/script.py
python3 -m http.server | /usr/bin/python3.11
python3 -c 'import os' | /usr/bin/python3.11
perl -we 'print' | /usr/bin/perl
busybox sh -c /opt/x | /opt/x
. /opt/plain | /opt/plain
cd / && run-parts --report /etc/parts | /etc/parts
test -x /opt/x || /opt/y | /opt/y
[ -e /opt/x ] && { /opt/y; } | /opt/y
if true; then /opt/x; fi | /opt/x
for i in 1 2; do /opt/x $i; done | /opt/x
A=/opt; $A/x | /opt/x
A=/opt; "${A}/x" | /opt/x
$UNKNOWN/x | -
~/mine | /home/alice/mine
$HOME/mine | /home/alice/mine
./mine | /home/alice/mine
"/opt/x" | /opt/x
'/opt/'x | /opt/x
/opt/\x | /opt/x
2>/dev/null /opt/x | /opt/x
/opt/x >/opt/y 2>&1 | /opt/x
>/opt/y </opt/plain /opt/x | /opt/x
echo $(/opt/x) | /opt/x
echo "`/opt/x`" | /opt/x
A=$(/opt/x) | /opt/x
eval "/opt/x a" | /opt/x
trap '/opt/x' EXIT | /opt/x
command -v /opt/x | -
command /opt/x | /opt/x
exec -a name /opt/x | /opt/x
start-stop-daemon --start --pidfile /x --exec /opt/x | /opt/x
find / -name a -exec /opt/x {} + | /opt/x
echo /opt/x # /opt/y | -
/opt/none; /opt/x | /opt/x
/opt/none | /opt/none missing
/opt/gone/x /opt/x | /opt/gone/x missing
nosuchname | -
notexec | -
f() { /opt/x; }; f | /opt/x
export A=1; alias ls=/opt/x | /opt/x
xargs -n 1 /opt/x | /opt/x
E
mkroot "$T/spec" "$T/root" || fail "spec"
s=var/spool/cron/crontabs/alice
n=0
sed 's/ | [^|]*$//; s/^/1 1 1 1 * /' "$T/table" |
	f "$T/root/$s" 0600 1000:1000
"$C" -r "$T/root" >"$T/rec" 2>"$T/err"
jq -r 'select(.k=="persist" and .artifact=="cron-user") |
	(.program // "-") + (if .program_state=="missing" then " missing" else ""
	end)' "$T/rec" >"$T/got"
is "a row for each" "$(wc -l <"$T/got")" "$(wc -l <"$T/table")"
while read -r line; do
	n=$((n + 1))
	is "${line% | *}" "$(sed -n "${n}p" "$T/got")" "${line##* | }"
done <<X
$(sed 's/\\/\\\\/g' "$T/table")
X
is "what is told of a program" "$(jq -c 'select(.k=="persist" and
	.program=="/opt/x") | [.program_uid, .program_mode, .program_sha256,
	.program_state, (.program_changed_time | type)]' "$T/rec" | sort -u)" \
	"[$([ "$ROOTED" = 1 ] && echo 0 || id -u),493,\"$(sha256sum \
	<"$T/root/opt/x" | cut -d ' ' -f 1)\",\"unknown\",\"number\"]"

# ---- scripts of no package that an entry runs are kept ---------------------
k=$T/kept
mkdir -p "$k/var/lib/dpkg/info" "$k/var/spool/cron/crontabs" "$k/opt" \
	"$k/usr/bin" "$k/etc"
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' >"$k/etc/passwd"
printf '%s\n' 'Package: tool' 'Status: install ok installed' 'Version: 1' \
	'Architecture: all' 'Description: x' '' >"$k/var/lib/dpkg/status"
printf '/.\n/usr\n/usr/bin\n/usr/bin/mine\n/usr/bin/changed\n' \
	>"$k/var/lib/dpkg/info/tool.list"
printf '#!/bin/sh\n: mine\n' >"$k/usr/bin/mine"
printf '#!/bin/sh\n: was\n' >"$k/usr/bin/changed"
(cd "$k" && md5sum usr/bin/mine usr/bin/changed >var/lib/dpkg/info/tool.md5sums)
printf '#!/bin/sh\n: changed\n' >"$k/usr/bin/changed"
printf '#!/bin/sh\n: first\n' >"$k/opt/first"
printf 'import os  # python\n' >"$k/opt/second.py"
printf '\177ELF\0\0\0' >"$k/opt/binary"
{ echo '#!/bin/sh'; head -c 65536 /dev/zero | tr '\0' '#'; } >"$k/opt/long"
head -c 65536 /dev/zero | tr '\0' '#' >"$k/opt/fits"
: >"$k/opt/empty"
chmod 755 "$k"/usr/bin/* "$k"/opt/*
for c in /opt/first 'nice /opt/first a' 'python3 /opt/second.py' /opt/binary \
	/opt/long /opt/fits /opt/empty /usr/bin/mine /usr/bin/changed \
	/opt/gone; do
	echo "1 1 1 1 * $c"
done >"$k/var/spool/cron/crontabs/root"
chmod 600 "$k/var/spool/cron/crontabs/root"
"$C" -r "$k" >"$T/rec" 2>"$T/err"
jq -r 'select(.k == "persist" and .artifact == "cron-user") |
	[.program, .program_state, .program_sha256] | @tsv' "$T/rec" >"$T/got"
is "it is told whose they are" "$(cut -f 1,2 <"$T/got" | tr '\t' ' ')" \
	"/opt/first unpackaged
/opt/first unpackaged
/opt/second.py unpackaged
/opt/binary unpackaged
/opt/long unpackaged
/opt/fits unpackaged
/opt/empty unpackaged
/usr/bin/mine unchanged
/usr/bin/changed changed
/opt/gone missing"
for f in opt/first opt/second.py opt/binary opt/long opt/fits opt/empty \
	usr/bin/mine usr/bin/changed; do
	d=$(sha256sum <"$k/$f" | cut -d ' ' -f 1)
	is "$f: its digest" "$(awk -v p="/$f" '$1 == p { print $3 }' "$T/got" |
		sort -u)" "$d"
	jq -r --arg d "$d" 'select(.k == "blob" and .sha256 == $d) |
		.data_b64' "$T/rec" >"$T/data"
	case $f in
	opt/first | opt/second.py | opt/fits | usr/bin/changed)
		is "$f: kept once" "$(wc -l <"$T/data")" 1
		is "$f: its content" \
			"$(base64 -d "$T/data" | sha256sum | cut -d ' ' -f 1)" "$d" ;;
	*) is "$f: not kept" "$(cat "$T/data")" "" ;;
	esac
done
finish
