#!/bin/sh
# t-processes-live - what collect-processes says of processes of many kinds,
# against what others say: /proc as python reads it, ps, ss, lsof
# alone
#
# All stand-ins are harmless and end by their number. Nothing leaves the host:
# sockets are bound to 127.0.0.1.
. "$(dirname "$0")/lib.sh"
. "$TESTS/live.sh"
# of NAME: the columns of records of a kind with that pid
of() { jq -r "select(.k==\"$2\" and .pid==$3) | $4" "$1" | sort; }

if [ $ROOTED = 0 ] || [ $MOUNTS = 0 ] || ! command -v python3 >/dev/null; then
	skip 'processes of many kinds' 'not root, or no namespaces'
	finish
fi

# ---- stand-ins -------------------------------------------------------------

# kinds.py KIND: becomes one, says its pid (and more), sleeps
cat >"$T/kinds.py" <<'PY'
import ctypes, mmap, os, signal, socket, struct, sys, time
c = ctypes.CDLL(None, use_errno=True)
T = sys.argv[2]
keep = []
say = [str(os.getpid())]
def traced():
    p = os.fork()
    if p == 0:
        c.ptrace(0, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(300)
    os.waitpid(p, 0)
    say.append(str(p))
def no_new_privs():
    c.prctl(38, 1, 0, 0, 0)
def seccomp():
    c.prctl(38, 1, 0, 0, 0)
    f = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7fff0000))
    p = struct.pack("<HxxxxxxQ", 1, ctypes.addressof(f))
    keep.append(f)
    if c.prctl(22, 2, ctypes.c_char_p(p), 0, 0): say[0] = "0"
def personality():
    c.personality(0x0040000 | 0x0400000)
def library():
    ctypes.CDLL(T + "/gone.so"); os.remove(T + "/gone.so")
def anonymous():
    for i in range(3):
        keep.append(mmap.mmap(-1, 8192, prot=7, flags=0x22))
def memfd_map():
    fd = os.memfd_create("made-here")
    os.truncate(fd, 4096)
    m = mmap.mmap(fd, 4096, prot=5, flags=1); keep.append(m)
    os.close(fd)
def memory_of():
    keep.append(open("/proc/%s/mem" % sys.argv[3], "r+b", 0))
    keep.append(open("/proc/self/mem", "rb", 0))
def deleted_file():
    f = open(T + "/log", "wb", 0); f.write(b"x" * 5000); os.remove(T + "/log")
    keep.append(f)
    keep.append(os.memfd_create("held"))
def sockets():
    keep.append(socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
    keep.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)))
    n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); n.bind((0, 0)); keep.append(n)
    os.system("ip link set lo up 2>/dev/null")
    s = socket.socket(); s.setsockopt(1, 2, 1); s.bind(("0.0.0.0", 4713)); s.listen(); keep.append(s)
    u = socket.socket(type=socket.SOCK_DGRAM); u.bind(("127.0.0.1", 4714)); keep.append(u)
def shell():
    # a shell whose 0, 1 and 2 are a connection to a listener that we hold
    l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen()
    s = socket.create_connection(l.getsockname()); a, _ = l.accept()
    p = os.fork()
    if p == 0:
        for i in range(3): os.dup2(s.fileno(), i)
        os.execv("/bin/sh", ["sh", "-i"])
    keep.extend((l, a)); s.close()
    say.append(str(p)); say.append(str(l.getsockname()[1]))
def ids():
    os.setgroups([7, 100, 65533])
    os.setresgid(11, 12, 13)
    os.setresuid(0, 1234, 0)
def capabilities():
    # ambient: CAP_NET_RAW (13), inheritable first
    h = struct.pack("<II", 0x20080522, 0)
    d = struct.pack("<IIIIII", 1 << 13, 1 << 13, 1 << 13, 0, 0, 0)
    c.capset(ctypes.c_char_p(h), ctypes.c_char_p(d))
    c.prctl(47, 2, 13, 0, 0)
    c.prctl(24, 21, 0, 0, 0)
def session():
    if os.fork(): os._exit(0)
    os.setsid(); say[0] = str(os.getpid())
def orphan():
    if os.fork():
        os._exit(0)
    while os.getppid() == int(sys.argv[3]): time.sleep(0.01)
    say[0] = str(os.getpid())
globals()[sys.argv[1]]()
print(*say, flush=True)
time.sleep(300)
PY
start() { # KIND [ARG]: the pids in $got
	python3 "$T/kinds.py" "$1" "$T" ${2:+"$2"} >"$T/say-$1" 2>"$T/err-$1" &
	pids="$pids $!"
	said "$T/say-$1"
	got=$(cat "$T/say-$1")
	for _p in $got; do
		[ "$_p" -gt 1 ] && [ -d "/proc/$_p" ] && pids="$pids $_p"
	done
}
"$BB" sleep 300 &
plain=$!
pids="$pids $plain"
start traced; set -- $got; tracer=$1 traced=$2
start no_new_privs; nnp=$got
start seccomp; seccomp=$got
start personality; personality=$got
lib=$(ls /lib/x86_64-linux-gnu/libz.so.1 /usr/lib/*/libz.so.1 /lib/*/libm.so.6 2>/dev/null | head -n 1)
cp -L "$lib" "$T/gone.so"
start library; library=$got
start anonymous; anonymous=$got
start memfd_map; memfd_map=$got
start memory_of "$plain"; memory_of=$got
start deleted_file; deleted_file=$got
start ids; ids=$got
start capabilities; capabilities=$got
start session; session=$got
start shell; set -- $got; shell=$2 port=$3
pids=$(echo "$pids" | tr ' ' '\n' | grep -vx "$port" | tr '\n' ' ')
unshare -n python3 "$T/kinds.py" sockets "$T" >"$T/say-sockets" 2>"$T/err-sockets" &
pids="$pids $!"
said "$T/say-sockets"; sockets=$(cat "$T/say-sockets")
unshare -uipm --propagation private -f "$BB" sleep 300 &
space=$!
pids="$pids $space"
for i in $(seq 50); do pgrep -P $space >/dev/null && break; sleep 0.1; done
pids="$pids $(pgrep -P $space)"
cp -L "$lib" "$T/pre.so"
LD_PRELOAD="$T/pre.so" python3 -c 'import time; print(1, flush=True); time.sleep(300)' >"$T/say-pre" &
pre=$!
pids="$pids $pre"
said "$T/say-pre"
cp "$BB" "$T/upgraded"; "$T/upgraded" true 2>/dev/null
python3 -c 'import os,sys; os.execv(sys.argv[1], ["busybox", "sleep", "300"])' "$T/upgraded" &
upgraded=$!
pids="$pids $upgraded"
for i in $(seq 50); do
	[ "$(readlink /proc/$upgraded/exe)" = "$T/upgraded" ] && break
	sleep 0.1
done
cp "$BB" "$T/new"; mv "$T/new" "$T/upgraded"
sleep 0.3

collect "$T/all"
like 'the collector ends well' $st '^[01]$'
is 'no call was refused by our own filter' "$(records "$T/all" note 'select(.op=="sandbox")')" ''

# ---- each against what was made -------------------------------------------

is 'who traces it' "$(col "$T/all" $traced tracer)" "$tracer"
is 'no_new_privs' "$(col "$T/all" $nnp no_new_privs)" true
is 'others are without' "$(col "$T/all" $plain no_new_privs)" "$(awk '/^NoNewPrivs/ {print ($2 ? "true" : "false")}' /proc/$plain/status)"
[ "$seccomp" = 0 ] || is 'seccomp' "$(col "$T/all" $seccomp seccomp)" 2
is 'personality' "$(col "$T/all" $personality personality)" $((0x440000))
is 'no personality' "$(col "$T/all" $plain personality)" null
is 'a library that is gone' "$(of "$T/all" mapping $library '"\(.type) \(.path)"')" "deleted $T/gone.so"
is 'memory to be executed that is no file: one row' \
	"$(of "$T/all" mapping $anonymous '"\(.type) \(.count) \(.bytes) \(.writable)"')" \
	"anonymous $(awk 'NF == 5 && $2 ~ /x/' /proc/$anonymous/maps | wc -l) 24576 true"
is 'a memory file to be executed' "$(of "$T/all" mapping $memfd_map '"\(.type) \(.path)"')" 'memfd /memfd:made-here'
is 'nothing of note is mapped by others' "$(of "$T/all" mapping $plain .type)" ''
is 'the memory of another, not its own' "$(of "$T/all" open_file $memory_of '"\(.type) \(.path) \(.access)"')" \
	"process-memory /proc/$plain/mem rw"
is 'an open file that is gone, a memory file' "$(of "$T/all" open_file $deleted_file '"\(.type) \(.path) \(.size) \(.access)"')" \
	"deleted $T/log 5000 w
memfd /memfd:held 0 rw"
is 'users' "$(jq -r "select(.k==\"process\" and .pid==$ids) | \"\\(.uid) \\(.euid) \\(.suid) \\(.fsuid)\"" "$T/all")" '0 1234 0 1234'
is 'groups' "$(jq -r "select(.k==\"process\" and .pid==$ids) | \"\\(.gid) \\(.egid) \\(.sgid) \\(.fsgid) \\(.groups)\"" "$T/all")" '11 12 13 12 ["7","100","65533"]'
is 'its session' "$(col "$T/all" $session session)" $session
is 'namespaces of its own' "$(col "$T/all" "$(pgrep -P $space)" own_namespaces)" '["ipc","mount","pid","uts"]'
is 'a network of its own' "$(col "$T/all" $sockets own_namespaces)" '["network"]'
is 'a preloaded library' "$(of "$T/all" mapping $pre '"\(.type) \(.path)"')" "preload $T/pre.so"
is 'an executable that was replaced' "$(jq -r "select(.k==\"process\" and .pid==$upgraded) | \"\\(.exe) \\(.deleted) \\(.replaced)\"" "$T/all")" "$T/upgraded true true"
is 'its digest is that of what runs' "$(col "$T/all" $upgraded sha256)" "$(sha256sum </proc/$upgraded/exe | cut -c1-64)"
is 'one that was not' "$(col "$T/all" $plain replaced)" false
is 'sockets of another network: raw, packet, netlink, tcp, udp' \
	"$(of "$T/all" socket $sockets '"\(.protocol) \(.state) \(.local_address) \(.local_port) \(.number)"')" \
	"$(printf '%s\n' 'netlink null null null 0' 'packet null null null 3' "raw UNCONN 0.0.0.0 1 null" 'tcp LISTEN 0.0.0.0 4713 null' 'udp UNCONN 127.0.0.1 4714 null' | sort)"
is 'a shell on a connection: 0, 1 and 2 are one' \
	"$(of "$T/all" socket $shell '"\(.fd) \(.protocol) \(.state) \(.remote_address) \(.remote_port)"')" \
	"0 tcp ESTABLISHED 127.0.0.1 $port
1 tcp ESTABLISHED 127.0.0.1 $port
2 tcp ESTABLISHED 127.0.0.1 $port"

# ---- every process against /proc, as another program reads it ---------------

cat >"$T/oracle.py" <<'PY'
import hashlib, json, os, sys
bad, n, digests = [], 0, {}
def tell(pid, what, got, want):
    bad.append("%s %s: got %r, wanted %r" % (pid, what, got, want))
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r["k"] != "process": continue
    d = "/proc/%d/" % r["pid"]
    try:
        stat = open(d + "stat", "rb").read().rsplit(b")", 1)[1].split()
        status = dict(x.split(":\t", 1) for x in open(d + "status", errors="replace").read().split("\n") if ":\t" in x)
        uid, gid = status["Uid"].split(), status["Gid"].split()
        want = {"ppid": int(stat[1]), "pgrp": int(stat[2]), "session": int(stat[3]),
                "uid": int(uid[0]), "euid": int(uid[1]), "suid": int(uid[2]), "fsuid": int(uid[3]),
                "gid": int(gid[0]), "egid": int(gid[1]), "sgid": int(gid[2]), "fsgid": int(gid[3]),
                "threads": int(stat[17]),
                "capabilities": status["CapEff"], "cap_permitted": status["CapPrm"],
                "cap_inheritable": status["CapInh"], "cap_bounding": status["CapBnd"],
                "cap_ambient": status["CapAmb"], "seccomp": int(status["Seccomp"]),
                "no_new_privs": status["NoNewPrivs"] == "1"}
        if int(stat[4]): want["tty"] = int(stat[4])
        if status["TracerPid"] != "0": want["tracer"] = int(status["TracerPid"])
        lu = int(open(d + "loginuid").read()) if os.path.exists(d + "loginuid") else 4294967295
        want["loginuid"] = None if lu == 4294967295 else lu
        kernel = int(stat[6]) & 0x200000 != 0
        want["kernel"] = kernel
        if not kernel and stat[0] != b"Z":
            for k, f in (("netns", "net"), ("mntns", "mnt"), ("pidns", "pid"), ("userns", "user")):
                want[k] = os.stat(d + "ns/" + f).st_ino
            cmd = open(d + "cmdline", "rb").read()
            st = os.stat(d + "exe")
            want["exe_inode"], want["exe_size"] = st.st_ino, st.st_size
            key = (st.st_dev, st.st_ino)
            if key not in digests:
                digests[key] = hashlib.sha256(open(d + "exe", "rb").read()).hexdigest()
            want["sha256"] = digests[key]
            exe = os.readlink(d + "exe")
            if not exe.endswith(" (deleted)") and "exe_b64" not in r: want["exe"] = exe
            if "cwd_b64" not in r: want["cwd"] = os.readlink(d + "cwd")
            root = os.readlink(d + "root")
            if "root_b64" not in r: want["root"] = root
            env = [x for x in open(d + "environ", "rb").read().split(b"\0") if x]
            if "env_b64" not in r and len(str(env)) < 100000:
                want["env"] = env
    except (FileNotFoundError, ProcessLookupError, PermissionError, OSError):
        continue # it has ended, or nobody may look
    n += 1
    for k, v in want.items():
        g = r.get(k)
        if k == "env":
            g = [x.encode() for x in json.loads(g)] if g else []
            v = [x for x in v]
        if g != v and not (k == "threads"): tell(r["pid"], k, g, v)
print(n, "processes")
print("\n".join(bad[:20]))
PY
collect "$T/all2"
python3 "$T/oracle.py" "$T/all2" >"$T/oracle" 2>"$T/oracle-err"
is 'all columns of all processes, as python reads /proc' "$(sed 1d "$T/oracle"; cat "$T/oracle-err")" ''
like 'and those were many' "$(head -n 1 "$T/oracle")" '^[1-9][0-9]+ '

# ---- ps, ss, lsof ------------------------------------------------------------

mine=$(echo $pids | tr ' ' '\n' | sort -un | grep -v '^$' | tr '\n' ',' | sed 's/,$//')
ps -o pid=,ppid=,sess=,pgid=,ruid=,euid=,rgid=,egid= -p "$mine" | awk '{$1=$1; print}' | sort >"$T/ps"
jq -r --argjson p "[$mine]" 'select(.k=="process" and (.pid as $x | $p | index($x))) |
	"\(.pid) \(.ppid) \(.session) \(.pgrp) \(.uid) \(.euid) \(.gid) \(.egid)"' "$T/all2" | sort >"$T/ours"
is 'as ps has it' "$(cat "$T/ours")" "$(cat "$T/ps")"
if command -v ss >/dev/null && command -v nsenter >/dev/null; then
	nsenter -t $sockets -n ss -Htlnp | awk '{print $4, $6}' | sed 's/users:.*pid=\([0-9]*\),fd=\([0-9]*\).*/\1 \2/' >"$T/ss"
	is 'a listener as ss has it' "$(of "$T/all" socket $sockets 'select(.state=="LISTEN") | "\(.local_address):\(.local_port) \(.pid) \(.fd)"')" "$(cat "$T/ss")"
	ss -Hxa | awk '{print $(NF-2)}' | wc -l >"$T/unix-n"
	is 'every unix socket of this network that ss has' \
		"$(ss -Hxa 2>/dev/null | awk '{print $6}' | grep -vx 0 | sort -u >"$T/ss-x"
		jq -r 'select(.k=="socket" and .protocol=="unix") | .inode' "$T/all2" | sort -u >"$T/our-x"
		sort "$T/ss-x" | comm -23 - "$T/our-x" | head -n 3)" ''
else
	skip 'sockets as ss has them' 'no ss'
fi
if command -v lsof >/dev/null; then
	lsof -nP -p "$mine" -F pfn 2>/dev/null | awk '/^p/{p=substr($0,2)} /^f/{f=substr($0,2)} /^n.*\(deleted\)$/{if (f ~ /^[0-9]+$/) print p, f}' | sort >"$T/lsof"
	is 'open files that are gone, as lsof has them' \
		"$(jq -r --argjson p "[$mine]" 'select(.k=="open_file" and (.type=="deleted" or .type=="memfd") and (.pid as $x | $p | index($x))) | "\(.pid) \(.fd)"' "$T/all2" | sort)" "$(cat "$T/lsof")"
else
	skip 'open files as lsof has them' 'no lsof'
fi

# ---- rules over this very host ---------------------------------------------

"$BIN/case-ingest" "$T/case.db" "$T/all2" >/dev/null 2>"$T/err"
"$BIN/case-match" --iocs "$TOP/iocs" "$T/case.db" >"$T/found" 2>"$T/err"
rule() { jq -r "select(.k==\"finding\" and .rule==\"live/$1\") | .detail" "$T/found"; }
like 'rule: a shell on a connection' "$(rule shell-on-socket)" "process $shell "
like 'rule: the memory of another' "$(rule memory-access)" "process $memory_of "
like 'rule: a preloaded library' "$(rule preloaded-library)" "first $pre "
like 'rule: a library that is gone' "$(rule mapped-memory)" "process $library "
is 'rule: no contradiction' "$(rule contradiction)" ''
like 'the tree shows them' "$("$BIN/case-query" "$T/case.db" process-tree)" "^$shell +[0-9]+ +root .*sh -i"
stop

# ---- a library that hides from readdir --------------------------------------

cat >"$T/hide.c" <<'C'
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
struct dirent *readdir(DIR *d)
{
	static struct dirent *(*next)(DIR *);
	struct dirent *e;
	const char *hide = getenv("HIDE_THIS");

	if (!next)
		next = (struct dirent *(*)(DIR *))dlsym(RTLD_NEXT, "readdir");
	while ((e = next(d)) && hide && strcmp(e->d_name, hide) == 0)
		;
	return e;
}
struct dirent64 *readdir64(DIR *d)
{
	return (struct dirent64 *)readdir(d);
}
C
if [ -n "$SAN" ]; then
	skip 'a library that hides' 'with sanitizers a program is dynamic, and wants theirs first'
elif cc -shared -fPIC -o "$T/hide.so" "$T/hide.c" -ldl 2>"$T/cc-err"; then
	"$BB" sleep 300 &
	h=$!
	pids="$pids $h"
	export HIDE_THIS=$h LD_PRELOAD="$T/hide.so"
	ls /proc >"$T/ls"
	timeout 100 "$P" >"$T/all" 2>"$T/err"
	unset HIDE_THIS LD_PRELOAD
	is 'a preloaded library hides it from ls' "$(grep -cx $h "$T/ls")" 0
	like 'not from us' "$(col "$T/all" $h cmdline)" 'sleep 300$'
	stop
else
	skip 'a library that hides' "no compiler: $(head -c 200 "$T/cc-err")"
fi

# ---- what hides a process from programs of the host -------------------------

"$BB" sleep 300 &
v=$!
pids="$pids $v"
unshare -m --propagation private sh -c "mount --bind /proc/1 /proc/$v && { ps -p $v -o args= >\"$T/ps\"; exec \"$P\"; }" >"$T/hid2" 2>"$T/err"
unlike 'ps shows another in its place, or none' "$(cat "$T/ps")" 'sleep 300'
is 'we show it' "$(col "$T/hid2" $v cmdline | grep -c 'sleep 300')" 1
like 'and say what lies' "$(records "$T/hid2" contradiction "select(.path==\"/proc/$v\") | \"\\(.subject) \\(.sees)\"")" 'mount a /proc of our own'
"$BIN/case-ingest" "$T/hid.db" "$T/hid2" >/dev/null 2>"$T/err"
like 'rule: it is a rootkit, wipe' "$("$BIN/case-match" --iocs "$TOP/iocs" "$T/hid.db" 2>/dev/null | jq -r 'select(.rule=="live/contradiction") | "\(.severity) \(.effect)"')" 'critical wipe'
stop

# ---- a directory that lists less than its links say ---------------------------

if command -v mkfs.ext4 >/dev/null && command -v debugfs >/dev/null; then
	truncate -s 32M "$T/img"
	mkfs.ext4 -q "$T/img" 2>/dev/null
	mkdir "$T/mnt"
	for d in etc usr var; do debugfs -w -R "mkdir /$d" "$T/img" >/dev/null 2>&1; done
	debugfs -w -R "write $P cp" "$T/img" >/dev/null 2>&1
	debugfs -w -R 'set_inode_field /cp mode 0100755' "$T/img" >/dev/null 2>&1
	debugfs -w -R 'set_inode_field /etc links_count 5' "$T/img" >/dev/null 2>&1
	unshare -m --propagation private sh -c "mount -o loop,ro \"$T/img\" \"$T/mnt\" && chroot \"$T/mnt\" /cp" >"$T/hid" 2>"$T/err"
	if [ -s "$T/hid" ]; then
		is 'a directory that hides three others' "$(records "$T/hid" contradiction 'select(.subject=="directory") | "\(.path) \(.sees)"')" '"/etc number of links"'
	else
		skip 'a directory that hides others' "no loop device: $(head -c 200 "$T/err")"
	fi
else
	skip 'a directory that hides others' 'no mkfs.ext4, no debugfs'
fi

# ---- races do not accuse -----------------------------------------------------

cat >"$T/storm.c" <<'C'
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
/* hundreds at once, each of which lives for milliseconds; some with threads'
 * worth of sockets */
#include <sys/socket.h>
int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 300, k = 0;
	unsigned seed = 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		while (k < n) {
			pid_t p = fork();

			if (p < 0)
				break;
			if (p == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				socket(AF_UNIX, SOCK_STREAM, 0);
				usleep(1000 + rand_r(&seed) % 60000);
				_exit(0);
			}
			k++;
			rand_r(&seed);
		}
		while (waitpid(-1, NULL, k >= n ? 0 : WNOHANG) > 0)
			k--;
	}
}
C
if cc -O1 -o "$T/storm" "$T/storm.c" 2>"$T/cc-err"; then
	"$T/storm" 300 &
	pids="$pids $!"
	sleep 1
	bad= vanished=0
	for i in 1 2 3 4 5 6; do
		collect "$T/all"
		[ $st -le 1 ] || bad="$bad status=$st"
		n=$(records "$T/all" contradiction | wc -l)
		[ "$n" = 0 ] || { bad="$bad contradictions=$n"; records "$T/all" contradiction | head -n 3 | sed 's/^/# /'; }
		[ -z "$(records "$T/all" note 'select(.class=="crashed" or .class=="corrupt")')" ] || bad="$bad noted"
		[ -z "$(records "$T/all" process .pid | sort | uniq -d)" ] || bad="$bad twice"
		[ -n "$(records "$T/all" note 'select(.op=="vanish")')" ] && vanished=$((vanished + 1))
	done
	is 'a storm of hundreds of short processes: nothing contradicts' "$bad" ''
	like 'and processes did vanish meanwhile' "$vanished" '^[1-9]'
	stop
else
	skip 'a storm' "no compiler: $(head -c 200 "$T/cc-err")"
fi

# directories that come and go all the time
mkdir -p "$T/churn"
(cd /tmp && while :; do mkdir salvor-churn-$$ && rmdir salvor-churn-$$; done) 2>/dev/null &
pids="$pids $!"
bad=
for i in 1 2 3; do
	collect "$T/all"
	bad="$bad$(records "$T/all" contradiction)"
done
is 'directories that come and go accuse nobody' "$bad" ''
stop
rmdir /tmp/salvor-churn-$$ 2>/dev/null

# ---- 20,000 processes ---------------------------------------------------------

free=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
max=$(cat /proc/sys/kernel/pid_max)
if [ "$free" -gt 4000 ] && [ "$max" -gt 25000 ] && [ -z "$SAN" ]; then
	"$UNIT/test-proc" many 20000 >"$T/say-many" &
	many=$!
	pids="$pids $many"
	said "$T/say-many" 200
	start=$(date +%s%N)
	python3 -c '
import resource, subprocess, sys
r = subprocess.run(sys.argv[1:], stdout=open("'"$T/all"'", "wb"), stderr=subprocess.DEVNULL).returncode
print(r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$P" >"$T/out"
	ms=$((($(date +%s%N) - start) / 1000000))
	read -r st mb <"$T/out"
	like '20,000 processes' "$st" '^[01]$'
	is 'each has its row' "$(records "$T/all" process "select(.ppid==$many) | .pid" | wc -l)" 20000
	is 'and nothing contradicts' "$(records "$T/all" contradiction)" ''
	ok "below 64 MiB (it took $mb, largest process)" test "$mb" -lt 64
	echo "# 20,000 processes in $ms ms"
	stop
	for i in $(seq 300); do # they end with it, one after the other
		pgrep -f "^$UNIT/test-proc many" >/dev/null || break
		sleep 0.1
	done
else
	skip '20,000 processes' "memory $free MiB, pid_max $max"
fi
finish
