#!/bin/sh
# t-collect-processes - the live process tree and its sockets
# alone
#
# Hosts differ, so each check is on a process that the test started. Every
# process is ended by its number at the end.

. "$(dirname "$0")/lib.sh"
. "$TESTS/live.sh"

# complete FILE: starts with run, ends with end, the digest fits
complete() {
	[ "$(head -n 1 "$1" | jq -r .k)" = run ] &&
		[ "$(tail -n 1 "$1" | jq -r .k)" = end ] &&
		[ "$(sed '$d' "$1" | sha256sum | cut -c1-64)" = "$(tail -n 1 "$1" | jq -r .sha256)" ]
}

# ---- usage ----------------------------------------------------------------

status 'help' 0 "$P" --help
status 'an unknown option' 2 "$P" --nonsense
status 'an option that it does not have' 2 "$P" --data-root /x
status 'no operands' 2 "$P" /proc

# ---- processes of all kinds ----------------------------------------------

# a name with parentheses, a newline and a byte that is no UTF-8, and
# arguments of the same kind
odd=$(printf 'a b\nc \377d')
python3 -c '
import time
open("/proc/self/comm", "wb").write(b") R 1 (\xff\nx")
print(1, flush=True)
time.sleep(300)' "$odd" '' >"$T/say-odd" &
odd_pid=$!
pids="$pids $odd_pid"

# executables: gone; called so; both; one of two names gone; replaced
mkdir "$T/bin"
# busybox goes by its first argument, not by the name of its file
as_sleep='import os, sys
if len(sys.argv) > 2: os.chroot(sys.argv[2])
os.execv(sys.argv[1], ["busybox", "sleep", "300"])'
run() { # NAME: copies busybox there and runs it, sets $!
	cp "$BB" "$T/bin/$1"
	python3 -c "$as_sleep" "$T/bin/$1" &
	pids="$pids $!"
}
run gone; gone=$!
run 'called (deleted)'; called=$!
run 'both (deleted)'; both=$!
run hard; hard=$!
run replaced; replaced=$!
run plain; plain=$!
# running FILE PID...: wait until it is what runs
running() {
	_f=$(readlink -f "$1")
	shift
	for _p in "$@"; do
		for _i in $(seq 100); do
			[ "$(readlink "/proc/$_p/exe")" = "$_f" ] && break
			sleep 0.1
		done
	done
}
running "$T/bin/gone" $gone
running "$T/bin/called (deleted)" $called
running "$T/bin/both (deleted)" $both
running "$T/bin/hard" $hard
running "$T/bin/replaced" $replaced
running "$T/bin/plain" $plain
rm "$T/bin/gone" "$T/bin/both (deleted)"
# the same file by the same path, in a mount namespace where another covers it
run shared; shared=$!
running "$T/bin/shared" $shared
covered=
if unshare -m true 2>/dev/null; then
	unshare -m python3 -c "$as_sleep" "$T/bin/shared" &
	covered=$!
	pids="$pids $covered"
	running "$T/bin/shared" $covered
	nsenter -m -t $covered mount --bind "$BB" "$T/bin/shared"
fi
ln "$T/bin/hard" "$T/bin/second"; rm "$T/bin/hard"
rm "$T/bin/replaced"; cp "$BB" "$T/bin/replaced (deleted)"

python3 -c '
import os
fd = os.memfd_create("not-a-file")
os.write(fd, open("'"$BB"'", "rb").read())
os.execve("/proc/self/fd/%d" % fd, ["busybox", "sleep", "300"], {"ONLY": "this"})' &
memfd=$!
pids="$pids $memfd"

# a leader that is gone while a thread goes on
python3 -c '
import ctypes, os, threading, time
threading.Thread(target=time.sleep, args=(300,)).start()
print(1, flush=True)
exit = {"x86_64": 60}.get(os.uname().machine, 93)
ctypes.CDLL(None).syscall(exit, 0)' leaderless >"$T/say-leader" &
leader=$!
pids="$pids $leader"

# a zombie
python3 -c '
import os, time
p = os.fork()
if not p: os._exit(0)
print(p, flush=True)
time.sleep(300)' >"$T/say-zombie" &
pids="$pids $!"

# a title that was rewritten, as daemons do: NULs behind it
python3 -c '
import ctypes, time
v = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
start, end = int(v[45]), int(v[46])
title = b"daemon: title"
ctypes.memset(start, 0, end - start)
ctypes.memmove(start, title, len(title))
print(1, flush=True)
time.sleep(300)' "$odd" "$odd" "$odd" "$odd" >"$T/say-title" &
title=$!
pids="$pids $title"

# arguments beyond the limit of one value
python3 -c 'import time; print(1, flush=True); time.sleep(300)' \
	"$(head -c 100000 /dev/zero | tr '\0' x)" "$(head -c 100000 /dev/zero | tr '\0' y)" \
	"$(head -c 100000 /dev/zero | tr '\0' z)" >"$T/say-long" &
long=$!
pids="$pids $long"

# sockets
cat >"$T/sockets.py" <<'PY'
import os, socket, sys, time
keep = []
tcp = socket.socket(); tcp.bind(("127.0.0.1", 0)); tcp.listen(); keep.append(tcp)
port = tcp.getsockname()[1]
out = socket.create_connection(("127.0.0.1", port)); keep.append(out)
inn, _ = tcp.accept(); keep.append(inn)
udp = socket.socket(type=socket.SOCK_DGRAM); udp.bind(("127.0.0.1", 0)); keep.append(udp)
nl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); keep.append(nl)
os.chdir(sys.argv[1])
for name in ("plain.sock", "new\nline\n.sock", "bad\udcff.sock", "\0abstract name", "end\n"):
    s = socket.socket(socket.AF_UNIX); s.bind(name.encode("utf-8", "surrogateescape")); s.listen()
    keep.append(s)
# a connection that nobody holds
a = socket.create_connection(("127.0.0.1", port)); b, _ = tcp.accept(); a.close(); b.close()
tw = port
six = 0
try:
    s = socket.socket(socket.AF_INET6); s.bind(("::", 0)); s.listen(); keep.append(s)
    six = s.getsockname()[1]
    keep.append(socket.create_connection(("127.0.0.1", six))); keep.append(s.accept()[0])
except OSError:
    six = 0
child = os.fork()
if child == 0:
    time.sleep(300)
print(port, udp.getsockname()[1], six, child, os.fstat(tcp.fileno()).st_ino, os.fstat(nl.fileno()).st_ino, flush=True)
time.sleep(300)
PY
python3 "$T/sockets.py" "$T" >"$T/say-sockets" &
sock=$!
pids="$pids $sock"

for f in odd leader zombie title long sockets; do
	said "$T/say-$f" || echo "# no word from $f"
done
read -r port udp six child tcp_ino nl_ino <"$T/say-sockets"
pids="$pids $child"
zombie=$(cat "$T/say-zombie")

before=$(date +%s)
collect "$T/all"
after=$(date +%s)
like 'status is complete, or complete but for what is refused here' $st '^[01]$'
ok 'the run is whole' complete "$T/all"
is 'each line is JSON, flat, of known kinds' \
	"$(jq -r 'if ([.[]|type]|unique-["string","number","boolean"]|length)>0 then "nested" else .k end' "$T/all" | sort -u | tr '\n' ' ')" \
	"$(jq -r .k "$T/all" | sort -u | grep -E '^(run|end|note|process|socket|blob|contradiction|mount_point|bpf|login|kernel_module|kernel_parameter|clock|executable|open_file|mapping|footprint)$' | tr '\n' ' ')"
is 'no call was refused by our own filter' "$(records "$T/all" note 'select(.op=="sandbox")')" ''
like 'the run says what was in force' "$(head -n 1 "$T/all" | jq -r .sandbox)" 'seccomp'
is 'no process twice' "$(records "$T/all" process .pid | sort | uniq -d)" ''
is 'nothing crashed' "$(records "$T/all" note 'select(.class=="crashed")')" ''

is 'a name of any bytes' "$(col "$T/all" $odd_pid name_b64 | base64 -d | od -An -c | tr -d ' \n')" \
	")R1(377\\nx"
is 'arguments of any bytes, exactly' \
	"$(col "$T/all" $odd_pid argv_b64 | base64 -d | tail -c 10 | od -An -c | tr -d ' \n')" \
	'ab\nc377d\0\0'
like 'arguments of any bytes, readable' "$(col "$T/all" $odd_pid cmdline)" '^c .xFFd $'
is 'its parent' "$(col "$T/all" $odd_pid ppid)" $$
s=$(($(col "$T/all" $odd_pid start_time) / 1000000000))
ok 'its start, by the wall clock' test $s -ge $((before - 30)) -a $s -le $after
is 'its directory' "$(col "$T/all" $odd_pid cwd)" "$(pwd -P)"
is 'its scope' "$(col "$T/all" $odd_pid scope)" host
is 'its user' "$(col "$T/all" $odd_pid user)" "$(id -un)"

exe() { jq -r "select(.k==\"process\" and .pid==$1) | \"\\(.exe) \\(.deleted) \\(.memfd)\"" "$T/all"; }
is 'an executable that is gone' "$(exe $gone)" "$T/bin/gone true false"
is 'a file called (deleted) is there' "$(exe $called)" "$T/bin/called (deleted) false false"
is 'a file called (deleted) that is gone' "$(exe $both)" "$T/bin/both (deleted) true false"
is 'one of two names is gone' "$(exe $hard)" "$T/bin/hard true false"
is 'another file stands under that name' "$(exe $replaced)" "$T/bin/replaced true false"
if [ "$covered" ]; then
	is 'of one file by one path: it has its name' \
		"$(exe $shared) $(col "$T/all" $shared replaced)" "$T/bin/shared false false false"
	is 'in another mount namespace it has not' \
		"$(exe $covered) $(col "$T/all" $covered replaced)" "$T/bin/shared false false true"
else
	skip 'of one file by one path' 'no mount namespace of our own'
	skip 'in another mount namespace' 'no mount namespace of our own'
fi
is 'a plain file' "$(exe $plain)" "$T/bin/plain false false"
is 'a file in memory' "$(exe $memfd)" '/memfd:not-a-file true true'
is 'environment' "$(col "$T/all" $memfd env)" '["ONLY=this"]'
is 'a leader that is gone is a zombie' "$(col "$T/all" $leader state)" Z
like 'but its arguments are those of its threads' "$(col "$T/all" $leader cmdline)" ' leaderless$'
like 'and its executable' "$(exe $leader)" '^/.*python.* false false$'
is 'a zombie has a row' "$(col "$T/all" "$zombie" state)" Z
is 'a zombie has no executable' "$(col "$T/all" "$zombie" exe)" null
is 'a zombie is nothing lost' "$(records "$T/all" note "select(.lost) | .detail" | grep -c "\\b$zombie\\b")" 0
is 'a title without its padding' "$(col "$T/all" $title argv)" '["daemon: title"]'
is 'a long value is cut' "$(col "$T/all" $long cmdline | wc -c)" 262145
is 'and noted, and its whole bytes are kept' \
	"$(records "$T/all" note 'select(.class=="limit") | .detail' | grep -c 'process.cmdline is cut after 262144')" 1
is 'kernel threads are no lost evidence' "$(records "$T/all" process 'select(.kernel and (.exe or .cmdline))')" ''
is 'we ourselves are left out, and say so' "$(records "$T/all" note 'select(.op=="exclude") | .lost')" false
is 'we ourselves are left out' "$(col "$T/all" "$(records "$T/all" note 'select(.op=="exclude") | .path' | tr -dc 0-9)" pid)" ''

# ---- sockets --------------------------------------------------------------

sk() { jq -r "select(.k==\"socket\" and $1) | $2" "$T/all"; }
is 'a listener, by both holders' \
	"$(sk ".protocol==\"tcp\" and .local_port==$port and .state==\"LISTEN\"" '"\(.pid) \(.local_address) \(.scope) \(.inode)"' | sort -n)" \
	"$(printf '%s 127.0.0.1 host '"$tcp_ino"'\n' "$sock" "$child" | sort -n)"
is 'a connection' "$(sk ".pid==$sock and .remote_port==$port" '"\(.state) \(.remote_address)"')" 'ESTABLISHED 127.0.0.1'
is 'udp' "$(sk ".pid==$sock and .protocol==\"udp\"" '"\(.local_port) \(.state)"')" "$udp UNCONN"
is 'a connection without a holder' "$(sk ".local_port==$port or .remote_port==$port" 'select(.state=="TIME_WAIT") | "\(.pid) \(.inode)"')" 'null null'
is 'a unix socket' "$(sk ".pid==$sock and .path==\"plain.sock\"" .state)" LISTEN
is 'a unix socket with newlines in its name' "$(sk ".pid==$sock and .path==\"new\\nline\\n.sock\"" .state)" LISTEN
is 'a unix socket with a newline at its end' "$(sk ".pid==$sock and .path==\"end\\n\"" .state)" LISTEN
is 'a unix socket that is no UTF-8' "$(sk ".pid==$sock and .path==\"bad\\\\xFF.sock\"" '.path_b64')" "$(printf 'bad\377.sock' | base64)"
is 'an abstract unix socket' "$(sk ".pid==$sock and .path==\"@abstract name\"" .state)" LISTEN
is 'a netlink socket is in no table' "$(sk ".pid==$sock and .inode==$nl_ino" .protocol)" null
if [ "$six" != 0 ]; then
	is 'IPv4 on an IPv6 socket' "$(sk ".pid==$sock and .protocol==\"tcp6\" and .local_port==$six and .state==\"ESTABLISHED\"" '"\(.local_address) \(.remote_address)"')" '127.0.0.1 127.0.0.1'
else
	skip 'IPv4 on an IPv6 socket' 'no IPv6 here'
fi
stop

# ---- pretty ---------------------------------------------------------------

python3 -c '
import time
open("/proc/self/comm", "wb").write(b"\x1b[31m\xffred")
print(1, flush=True)
time.sleep(300)' "$(printf '\033[2J\n')" >"$T/say-esc" &
pids="$pids $!"
said "$T/say-esc"
"$P" -p >"$T/table" 2>"$T/err"
like 'a table' "$(cat "$T/table")" '^pid +ppid +name'
no 'no escape reaches it' grep -q "$(printf '\033')" "$T/table"
ok 'it is shown readable' grep -q 'x1b\[31m' "$T/table"
stop

# ---- as an ordinary user --------------------------------------------------

if [ $ROOTED = 1 ] && command -v setpriv >/dev/null; then
	cp "$P" "$T/cp"; chmod 755 "$T" "$T/cp"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/cp" >"$T/user" 2>"$T/err"
	is 'an ordinary user: complete, but not all was read' $? 1
	ok 'the run is whole' complete "$T/user"
	like 'it says what was refused' "$(records "$T/user" note 'select(.class=="denied" and .op=="proc") | .detail')" 'environ, exe.* of [0-9]+ processes'
	like 'in few notes' "$(records "$T/user" note .k | wc -l)" '^[0-9]$'
	like 'all processes have a row with their arguments' "$(col "$T/user" $$ cmdline)" 't-collect-processes'
	is 'and no environment' "$(col "$T/user" $$ env)" null
	is 'capabilities: none' "$(head -n 1 "$T/user" | jq -r .capabilities)" null
else
	skip 'as an ordinary user' 'not root'
fi

# ---- namespaces, what hides ------------------------------------------------

if [ $ROOTED = 1 ] && unshare -mpfn true 2>/dev/null; then
	# a network of its own
	unshare -n python3 -c '
import ctypes, os, socket, time
ctypes.CDLL(None)
s = socket.socket(); s.bind(("0.0.0.0", 4711)); s.listen()
print(os.stat("/proc/self/ns/net").st_ino, flush=True)
time.sleep(300)' >"$T/say-net" &
	net=$!
	pids="$pids $net"
	# a socket of a namespace that no process is in
	python3 -c '
import ctypes, os, socket, time
c = ctypes.CDLL(None)
old = os.open("/proc/self/ns/net", os.O_RDONLY)
c.unshare(0x40000000)
s = socket.socket(); s.bind(("0.0.0.0", 4712)); s.listen()
c.setns(old, 0)
print(os.fstat(s.fileno()).st_ino, flush=True)
time.sleep(300)' >"$T/say-lost" &
	lost=$!
	pids="$pids $lost"
	# a pid namespace
	unshare -pf --kill-child "$BB" sleep 300 &
	pidns=$!
	pids="$pids $pidns"
	# a mount namespace; a root of its own; both with a misleading name
	unshare -m python3 -c "$as_sleep" "$T/bin/called (deleted)" &
	mntns=$!
	pids="$pids $mntns"
	mkdir -p "$T/jail/bin"; cp "$BB" "$T/jail/bin/x (deleted)"
	python3 -c "$as_sleep" '/bin/x (deleted)' "$T/jail" &
	jail=$!
	pids="$pids $jail"
	said "$T/say-net"; said "$T/say-lost"
	running "$T/bin/called (deleted)" $mntns
	running "$T/jail/bin/x (deleted)" $jail
	collect "$T/all"
	netns=$(cat "$T/say-net")
	is 'a socket in a network namespace of its own' "$(sk ".pid==$net and .local_port==4711" '"\(.protocol) \(.state) \(.netns)"')" "tcp LISTEN $netns"
	is 'a socket of a namespace without processes' "$(sk ".pid==$lost and .inode==$(cat "$T/say-lost")" '"\(.protocol) \(.netns)"')" 'null null'
	inner=$(jq -r "select(.k==\"process\" and .ppid==$pidns) | .nspid" "$T/all")
	is 'its number in its own pid namespace' "$inner" 1
	is 'called (deleted), in a mount namespace' "$(exe $mntns)" "$T/bin/called (deleted) false false"
	is 'called (deleted), in a root of its own' "$(exe $jail)" "$T/jail/bin/x (deleted) false false"
	is 'its root' "$(col "$T/all" $jail root)" "$T/jail"
	rm "$T/jail/bin/x (deleted)"
	collect "$T/all"
	is 'gone, in a root of its own' "$(exe $jail)" "$T/jail/bin/x (deleted) true false"
	stop

	"$BB" sleep 300 &
	v=$!
	pids="$pids $v"
	# A /proc of our own sees behind what is mounted over that of the host;
	# where there is none (an old kernel, fewer rights) it is a loss.
	con() { jq -r "select(.k==\"contradiction\" and .subject==\"mount\" and .path==\"$2\") | .sees" "$1"; }
	unshare -m sh -c "mount --bind /proc/1 /proc/$v && exec \"$P\"" >"$T/hid" 2>"$T/err"
	like 'a process behind a mount of another' $? '^[01]$'
	like 'is a contradiction' "$(con "$T/hid" "/proc/$v")" 'of our own'
	like 'it is read all the same' "$(col "$T/hid" $v cmdline)" 'sleep 300$'
	is 'the other is there once' "$(col "$T/hid" 1 pid)" 1
	unshare -m sh -c "mount -t tmpfs none /proc/$v && exec \"$P\"" >"$T/hid" 2>"$T/err"
	like 'a process behind an empty directory' "$(con "$T/hid" "/proc/$v")" 'of our own'
	like 'it is read, too' "$(col "$T/hid" $v cmdline)" 'sleep 300$'
	mkfifo "$T/fifo"
	unshare -m timeout 20 sh -c "mount --bind \"$T/fifo\" /proc/$v/cmdline && exec \"$P\"" >"$T/hid" 2>"$T/err"
	like 'a FIFO over its arguments does not hold us' $? '^[01]$'
	like 'it is a contradiction' "$(con "$T/hid" "/proc/$v/cmdline")" 'of our own'
	unshare -m sh -c "mount -t tmpfs none /proc && exec \"$P\"" >"$T/hid" 2>"$T/err"
	like 'no proc file system' $? '^[01]$'
	like 'is one contradiction' "$(con "$T/hid" /proc)" 'of our own'
	is 'and no more' "$(records "$T/hid" contradiction .k | wc -l)" 1
	if [ -z "$SAN" ]; then
		mkdir -p "$T/bare/proc"; cp "$P" "$T/bare/"
		chroot "$T/bare" /collect-processes >"$T/hid" 2>"$T/err"
		is 'a root without /proc: no contradiction' "$(records "$T/hid" contradiction)" ''
		like 'and all processes' "$(col "$T/hid" $v cmdline)" 'sleep 300$'
	else
		skip 'a root without /proc' 'with sanitizers a program is dynamic'
	fi
	unshare -pf "$P" >"$T/hid" 2>"$T/err"
	is 'the /proc of another pid namespace: no contradiction' "$(records "$T/hid" contradiction)" ''
	ok 'the run is whole' complete "$T/hid"
	unshare -pf --mount-proc "$P" >"$T/hid" 2>"$T/err"
	is 'in a pid namespace of our own: incomplete' $? 1
	like 'it is noted' "$(records "$T/hid" note .detail)" 'pid namespace of our own'
	unshare -m -pf sh -c 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0"' "$T/cp" >"$T/hid" 2>"$T/err"
	like 'hidepid is noted' "$(records "$T/hid" note .detail)" 'hidepid'
	is 'and no contradiction' "$(records "$T/hid" contradiction)" ''
	stop
else
	skip 'namespaces' 'not root, or none here'
fi

# ---- a container by its control group ---------------------------------------

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cg=
[ $MOUNTS = 1 ] && for d in /sys/fs/cgroup/unified /sys/fs/cgroup/memory /sys/fs/cgroup; do
	[ -w "$d/cgroup.procs" ] && mkdir -p "$d/salvor-test/docker-$id.scope" 2>/dev/null && cg=$d/salvor-test && break
done
if [ -n "$cg" ]; then
	into="echo \$\$ >$cg/docker-$id.scope/cgroup.procs && exec"
	unshare -m sh -c "$into \"$BB\" sleep 300" &
	inside=$!
	sh -c "$into \"$BB\" sleep 300" &
	outside=$!
	pids="$pids $inside $outside"
	sleep 0.5
	collect "$T/all"
	is 'scope of a process in a container' "$(col "$T/all" $inside scope)" "container:docker/$id"
	is 'its id and engine' "$(col "$T/all" $inside container_id) $(col "$T/all" $inside engine)" "$id docker"
	is 'in the group, but on the host: scope host' "$(col "$T/all" $outside scope) $(col "$T/all" $outside container_id)" "host $id"
	stop
	rmdir "$cg/docker-$id.scope" "$cg"
else
	skip 'a container by its control group' 'cannot make a control group'
fi

# ---- a container of a real engine -------------------------------------------

if [ $ROOTED = 1 ] && command -v dockerd >/dev/null && command -v docker >/dev/null; then
	mkdir -p "$T/dk/img/bin"
	cp "$BB" "$T/dk/img/bin/busybox"
	dockerd --data-root "$T/dk/data" --exec-root "$T/dk/exec" --pidfile "$T/dk/pid" -H "unix://$T/dk/sock" \
		--bridge=none --iptables=false >"$T/dk/log" 2>&1 &
	daemon=$!
	for i in $(seq 150); do
		[ -S "$T/dk/sock" ] && docker -H "unix://$T/dk/sock" version >/dev/null 2>&1 && break
		kill -0 $daemon 2>/dev/null || break
		sleep 0.2
	done
	dk() { timeout 60 docker -H "unix://$T/dk/sock" "$@"; }
	tar -C "$T/dk/img" -c . | dk import - t/bb:1 >/dev/null 2>&1
	id=$(dk run -d --network=none t/bb:1 /bin/busybox sleep 300 2>"$T/dk/err")
	if [ -n "$id" ]; then
		inside=$(dk inspect -f '{{.State.Pid}}' "$id")
		collect "$T/all"
		is 'a process in a real container' "$(jq -r "select(.k==\"process\" and .pid==$inside) | \"\(.scope) \(.container_id) \(.exe) \(.nspid)\"" "$T/all")" \
			"container:docker/$id $id /bin/busybox 1"
		is 'the daemon is on the host' "$(col "$T/all" $daemon scope) $(col "$T/all" $daemon container_id)" 'host null'
		is 'so is the shim of the container' "$(col "$T/all" "$(col "$T/all" "$inside" ppid)" scope)" host
		dk rm -f "$id" >/dev/null 2>&1
	else
		skip 'a process in a real container' "no container can run here: $(tail -n 1 "$T/dk/err" | head -c 200)"
	fi
	kill $daemon 2>/dev/null
	wait $daemon 2>/dev/null
	for m in $(awk -v t="$T/" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo | sort -r); do
		umount -l "$m"
	done
else
	skip 'a process in a real container' 'no Docker here'
fi

# ---- a process whose memory is held by a file system that hangs -------------

# A file system of our own that answers all but writes; a process that maps
# something over a page of a file there that it has written to. The kernel
# writes that page first, and holds the memory meanwhile: who reads the
# arguments of the process waits.
cat >"$T/hang.py" <<'PY'
import ctypes, os, signal, struct, sys, time
c = ctypes.CDLL(None, use_errno=True)
c.mmap.restype = ctypes.c_void_p
c.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
where = sys.argv[1].encode()
fuse = os.open("/dev/fuse", os.O_RDWR)
if c.mount(b"hang", where, b"fuse", 0, b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fuse):
    sys.exit("no mount")
def attr(ino):
    mode, size = (0o40755, 0) if ino == 1 else (0o100644, 1 << 20)
    return struct.pack("<QQQQQQIIIIIIIIII", ino, size, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
def serve():
    while True:
        try:
            q = os.read(fuse, 1 << 20)
        except OSError:
            return
        n, op, unique, ino = struct.unpack("<IIQQ", q[:24])
        err, a = 0, b""
        if op == 26: a = struct.pack("<IIIIHHIIHHIIHHIIIII", 7, 31, 0, 0, 0, 0, 4096, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)[:64]
        elif op == 1: a = struct.pack("<QQQQII", 2, 1, 1, 1, 0, 0) + attr(2)
        elif op == 3: a = struct.pack("<QII", 1, 0, 0) + attr(ino)
        elif op in (14, 27): a = struct.pack("<QII", 1, 0, 0)
        elif op == 15: a = bytes(struct.unpack("<I", q[56:60])[0])
        elif op == 16 or op in (2, 42, 36): continue
        elif op in (18, 25, 29): pass
        else: err = -38
        os.write(fuse, struct.pack("<IiQ", 16 + len(a), err, unique) + a)
server = os.fork()
if server == 0:
    signal.alarm(60) # the end of this process frees all who wait
    serve()
    os._exit(0)
os.close(fuse)
f = os.open(where + b"/file", os.O_RDWR)
page = c.mmap(None, 4096, 3, 1, f, 0)
ctypes.memset(page, 1, 4096)
print(server, flush=True)
c.mmap(page, 4096, 3, 0x32, -1, 0)
time.sleep(300)
PY
if [ $ROOTED = 1 ] && [ -c /dev/fuse ] && unshare -m true 2>/dev/null; then
	mkdir "$T/hang"
	unshare -m python3 "$T/hang.py" "$T/hang" >"$T/say-hang" 2>"$T/hang-err" &
	hang=$!
	said "$T/say-hang" 10
	server=$(cat "$T/say-hang") # ended first: it frees the other
	pids="$server $hang"
	sleep 1
	timeout -s KILL 2 cat "/proc/$hang/cmdline" >"$T/out" 2>&1
	waits=$?
	if [ -n "$server" ] && [ $waits = 137 ]; then
		start=$(date +%s)
		timeout -k 1 60 "$P" >"$T/all" 2>"$T/err"
		is 'a process that cannot be read: incomplete' $? 1
		ok 'in time' test $(($(date +%s) - start)) -lt 30
		ok 'the run is whole' complete "$T/all"
		like 'it is noted' "$(records "$T/all" note "select(.path==\"/proc/$hang\") | \"\(.class) \(.lost)\"")" 'limit true'
		like 'it has a row' "$(col "$T/all" $hang exe)" python
		is 'without arguments' "$(col "$T/all" $hang cmdline)" null
		is 'all others have theirs' "$(col "$T/all" $$ cmdline | grep -c t-collect-processes)" 1
	else
		skip 'a file system that hangs' "this kernel does not wait: $(head -c 200 "$T/hang-err")"
	fi
	stop
else
	skip 'a file system that hangs' 'not root, or no FUSE here'
fi

# ---- a storm of short processes, and many processes ------------------------

for i in 1 2 3; do
	sh -c 'while :; do /bin/true; done' &
	pids="$pids $!"
done
bad=
for i in 1 2 3 4 5; do
	collect "$T/all"
	[ $st -le 1 ] && complete "$T/all" || bad="$bad status=$st"
	[ -z "$(records "$T/all" process .pid | sort | uniq -d)" ] || bad="$bad twice"
	bad="$bad$(records "$T/all" note 'select(.class=="crashed" or .class=="changed" or .class=="corrupt" or .class=="limit") | [.class, .op, .path, .detail]')"
	[ -z "$(records "$T/all" note 'select(.op=="vanish" and .lost)')" ] || bad="$bad lost"
done
is 'a storm of short processes' "$bad" ''
stop

"$UNIT/test-proc" many 2000 >"$T/say-many" &
many=$!
pids="$pids $many"
said "$T/say-many" 120
start=$(date +%s%N)
collect "$T/all"
ms=$((($(date +%s%N) - start) / 1000000))
is '2,000 processes' "$(records "$T/all" process "select(.ppid==$many) | .pid" | wc -l)" 2000
echo "# $(records "$T/all" process .pid | wc -l) processes in $ms ms"
stop

# a disk has no processes, and says so
mkdir -p "$T/disk/etc"
status "a root that is not live is no mistake" 0 sh -c \
	"\"$BIN/collect-processes\" -r \"$T/disk\" >\"$T/disk.jsonl\""
is "it holds no process, and a note says why" \
	"$(jq -c 'select(.k=="note" or .k=="process") | [.k, .class, .op]' "$T/disk.jsonl")" \
	'["note","absent","proc"]
["note","absent","read"]'

finish
