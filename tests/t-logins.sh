#!/bin/sh
# t-logins - records of logins, of a disk, against last(1) and what was written
. "$(dirname "$0")/lib.sh"

R=$T/root
mkdir -p "$R/etc" "$R/var/log" "$R/run" "$R/usr" "$R/root"
printf 'root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n' >"$R/etc/passwd"
python3 - "$R" <<'PY'
import os, socket, struct, sys
R = sys.argv[1]
def u(type, pid, line, user, host, sec, addr=b"\0" * 16, usec=0):
    return struct.pack("<hxxi32s4s32s256shhiii16s20x", type, pid, line, b"", user, host, 0, 0, 0, sec, usec, addr)
four = lambda a: socket.inet_aton(a) + b"\0" * 12
six = lambda a: socket.inet_pton(socket.AF_INET6, a)
t = 1700000001
good = [u(2, 0, b"~", b"reboot", b"6.1.0-18-amd64", t),
        u(1, 53, b"~~", b"runlevel", b"6.1.0-18-amd64", t + 9),
        u(7, 812, b"pts/0", b"bob", b"192.0.2.7", t + 100, four("192.0.2.7"), 123456),
        u(8, 812, b"pts/0", b"", b"", t + 200),
        u(7, 900, b"pts/1", b"root", b"2001:db8::7", t + 300, six("2001:db8::7"))]
w = lambda name, b: open(R + name, "wb").write(b)
w("/var/log/wtmp", b"".join(good))
w("/var/log/wtmp.1", good[0] + b"\0" * 384 + good[2])
w("/var/log/btmp", u(6, 77, b"ssh:notty", b"admin", b"198.51.100.9", t + 50, four("198.51.100.9")) +
  u(6, 78, b"ssh:notty", b"x\xff\x1b[31m", b"198.51.100.9", t - 5000, four("198.51.100.9")))
w("/run/utmp", good[2])
w("/var/log/wtmp-cut", good[0] + good[2][:100])
last = lambda sec, line, host: struct.pack("<i32s256s", sec, line, host)
w("/var/log/lastlog", last(t + 300, b"pts/1", b"2001:db8::7") + b"\0" * 292 * 999 +
  last(t + 100, b"pts/0", b"192.0.2.7") + b"\0" * 292 * 10 + last(t + 7, b"pts/9", b"gone"))
PY
# packed, as logrotate leaves them; one that is cut, one that grows too much
L=$R/var/log
for z in "gzip gz" "xz xz" "zstd zst" "bzip2 bz2"; do
	"${z% *}" -c <"$L/wtmp" >"$L/wtmp.2.${z#* }"
done
head -c 60 "$L/wtmp.2.xz" >"$L/wtmp.3.xz"
head -c 80000000 /dev/zero | gzip -1 >"$L/btmp.4.gz"
# sessions of logind: of a network, of a console, of nobody, and what is none
S=$R/run/systemd/sessions
mkdir -p "$S"
cat >"$S/3" <<'X'
# This is private data. Do not parse.
UID=1000
USER=bob
ACTIVE=1
IS_DISPLAY=0
STATE=active
REMOTE=1
TYPE=tty
CLASS=user
SCOPE=session-3.scope
TTY=pts/0
REMOTE_HOST=192.0.2.7
SERVICE=sshd
LEADER=812
AUDIT=3
REALTIME=1700000101123456
MONOTONIC=5000
X
printf 'UID=0\nUSER=root\nTTY=tty1\nREMOTE_HOST=\nLEADER=x\nREALTIME=99999999999999999999\n' >"$S/c1"
printf 'UID=4242\nUSER=\033[2Jz\377\nDISPLAY=:0\nREMOTE_HOST=cafe.example.net\nLEADER=0' >"$S/4"
printf 'USER=bob\n' >"$S/odd"
mkfifo "$S/3.ref"
ln -s ../../../etc/passwd "$S/link"
"$BIN/collect-processes" -r "$R" >"$T/out.jsonl" 2>"$T/err"
q() { jq -r "select(.k==\"login\" and .path==\"$1\") | $2" "$T/out.jsonl"; }
is 'wtmp' "$(q /var/log/wtmp '"\(.record) \(.type) \(.user) \(.line) \(.host) \(.address) \(.login_time)"')" \
'1 boot reboot ~ 6.1.0-18-amd64 null 1700000001000000000
2 runlevel runlevel ~~ 6.1.0-18-amd64 null 1700000010000000000
3 login bob pts/0 192.0.2.7 192.0.2.7 1700000101123456000
4 logout null pts/0 null null 1700000201000000000
5 login root pts/1 2001:db8::7 2001:db8::7 1700000301000000000'
is 'nothing is odd about it' "$(q /var/log/wtmp '.defect // empty')" ''
is 'records that were wiped' "$(q /var/log/wtmp.1 '"\(.record) \(.defect)"')" \
'1 null
3 stands behind records that were wiped'
is 'failures: all, with a name of any bytes, and time that runs backwards' \
	"$(q /var/log/btmp '"\(.type) \(.user) \(.defect)"')" \
"$(printf 'failed admin null\nfailed x\\xFF\033[31m earlier than the record before it')"
is 'who is there now' "$(q /run/utmp '"\(.type) \(.user) \(.pid)"')" 'login bob 812'
is 'lastlog, by uid' "$(q /var/log/lastlog '"\(.uid) \(.user) \(.line) \(.login_time) \(.defect)"')" \
'0 root pts/1 1700000301000000000 null
1000 bob pts/0 1700000101000000000 null
1011 null pts/9 1700000008000000000 no account has this uid any more'
like 'a record that is cut is a note' "$(records "$T/out.jsonl" note 'select(.path=="/var/log/wtmp-cut") | "\(.class) \(.detail)"')" 'corrupt the last 100 bytes'
is 'and what is before it is read' "$(q /var/log/wtmp-cut .type)" boot
for z in gz xz zst bz2; do
	is "packed: $z" "$(q "/var/log/wtmp.2.$z" '"\(.record) \(.type) \(.user) \(.login_time)"')" \
		"$(q /var/log/wtmp '"\(.record) \(.type) \(.user) \(.login_time)"')"
done
n() { records "$T/out.jsonl" note "select(.path==\"$1\") | \"\\(.class) \\(.detail)\""; }
like 'packed, and cut' "$(n /var/log/wtmp.3.xz)" 'corrupt cannot be unpacked'
like 'packed, and too long' "$(n /var/log/btmp.4.gz)" 'limit longer than 67108864 bytes when'
s() { q "/run/systemd/sessions/$1" '"\(.type) \(.user) \(.uid) \(.line) \(.host) \(.address) \(.pid) \(.login_time) \(.defect)"'; }
is 'a session of the network' "$(s 3)" 'session bob 1000 pts/0 192.0.2.7 192.0.2.7 812 1700000101123456000 null'
is 'a session of the console: what makes no sense is absent' "$(s c1)" 'session root 0 tty1 null null null null null'
is 'a session of nobody, of any bytes' "$(s 4)" "$(printf 'session \033[2Jz\\xFF 4242 :0 cafe.example.net null null null no account has this uid any more')"
like 'no session' "$(n /run/systemd/sessions/odd)" 'corrupt is no session'
is 'what is too long is no half of a record' "$(n /var/log/btmp.4.gz | wc -l)" 1
is 'neither a FIFO nor what is elsewhere' "$(q /run/systemd/sessions/3.ref .type)$(q /etc/passwd .type)$(n /run/systemd/sessions/3.ref)" ''
"$BIN/salvor" triage -r "$R" -c "$T/t.db" --iocs "$TOP/iocs" >/dev/null 2>"$T/err"
is 'a triage of a disk has them' \
	"$("$BIN/case-query" "$T/t.db" --format jsonl --sql "SELECT count(*) AS n FROM login WHERE path = '/var/log/wtmp'" | jq .n)" 5
if command -v last >/dev/null; then
	TZ=UTC last -f "$R/var/log/wtmp" --time-format iso -w 2>/dev/null |
		awk '$1 == "bob" || $1 == "root" {print $1, $2, $3, substr($4, 1, 19)}' | sort >"$T/last"
	q /var/log/wtmp 'select(.type=="login") | "\(.user) \(.line) \(.host) \(.login_time / 1000000000 | floor | todate | .[0:19])"' | sort >"$T/ours"
	is 'as last has it' "$(cat "$T/ours")" "$(cat "$T/last")"
else
	skip 'as last has it' 'no last'
fi
"$BIN/case-ingest" "$T/c.db" "$T/out.jsonl" >/dev/null 2>"$T/err"
is 'the rule: what was wiped' "$("$BIN/case-match" --iocs "$TOP/iocs" "$T/c.db" 2>/dev/null | jq -r 'select(.rule=="live/login-wiped" and .severity=="high") | .path')" /var/log/wtmp.1
finish
