# t-walk - the evidence in parts: no file twice, every layer's file under the
# images and containers whose merged tree shows it, what is not entered
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
UNIT=${UNIT:-$TOP/.build/tests}
TOOL=$UNIT/walk-tool

walk() { "$TOOL" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
rows() { records "${1:-$T/rec}" file '[.scope,.path,.path_b64,.host_path,.host_path_b64,.origin,.mode,.size]'; }
paths() { records "$T/rec" file "${1:-.path}" | tr -d '"' | tr '\n' ' '; }
notes() { records "$T/rec" note '[.class,.scope//"",.path//"",.detail//"",.lost]|map(tostring)|join(" ")' | tr -d '"'; }
said() { sed -n "s/.*$1 \([0-9]*\).*/\1/p" "$T/msg" | tail -n 1; } # items, batches ...

# ---- real stores: the merged tree of every image and container is the oracle
if have_stores; then
	for s in docker-clean docker-hostile; do
		unpack_store $s "$T/$s"
		is "$s: exit" "$(walk --all -r "$T/$s")" 0
		mv "$T/rec" "$T/got"
		items=$(said items)
		"$TOOL" --merged -r "$T/$s" 2>/dev/null | rows /dev/stdin | sort >"$T/want"
		is "$s: all that merged trees show, and nothing else" \
			"$(rows "$T/got" | sort | diff - "$T/want" | head -n 5)" ""
		like "$s: which is something" "$(wc -l <"$T/want")" '^[0-9]{3,}$'
		# an object of a layer is one item, whoever shows it, and if nobody
		is "$s: each object of a layer is one item" "$items" \
			"$(find "$T/$s"/overlay2/*/diff ! -type c | wc -l)"
		for how in "--batch 1" "--batch 7" "--work 1" "--batch 50 --work 3"; do
			walk --all $how -r "$T/$s" >/dev/null
			is "$s: $how: the same" "$(rows | sort | cksum)" "$(rows "$T/got" | sort | cksum)"
		done
		walk --all --work 1 -r "$T/$s" >/dev/null
		is "$s: one worker: the same order" "$(volatile <"$T/rec" | cksum)" "$(volatile <"$T/got" | cksum)"
	done
	like "of a store alone: what is not looked at is said" "$(notes)" 'volumes.* false$'

	# The same store in a host: its layers are no files of the host, the
	# rest of it is.
	H=$T/host
	mkdir -p "$H/etc" "$H/var/lib"
	echo root:x:0:0:root:/root:/bin/sh >"$H/etc/passwd"
	mv "$T/docker-hostile" "$H/var/lib/docker"
	D=$H/var/lib/docker
	mkdir -p "$D/overlay2/remnant/diff/tmp" "$D/volumes/v/_data"
	echo left >"$D/overlay2/remnant/diff/tmp/dropper"
	echo data >"$D/volumes/v/_data/x"
	"$TOOL" --merged -r "$H" 2>/dev/null | rows /dev/stdin | sort >"$T/want"
	is "store in a host: exit" "$(walk --all -r "$H")" 0
	is "store in a host: images and containers as by themselves" \
		"$(rows | grep -v '^\["host"' | sort | diff - "$T/want" | head -n 5)" ""
	records "$T/rec" file 'select(.scope=="host")|.path_b64 // .path' | tr -d '"' | sort >"$T/host.paths"
	(cd "$H" && find . -mindepth 1 -path './var/lib/docker/overlay2/*/diff' ! -path '*/remnant/*' -prune -o -print |
		sed 's/^\.//; s/^$/\//' ; echo /) | sort -u >"$T/host.want"
	is "store in a host: a layer that nothing knows is the host's, as are volumes" \
		"$(grep -c -e '/remnant/diff/tmp/dropper$' -e '/volumes/v/_data/x$' "$T/host.paths")" 2
	is "store in a host: all the rest, each once" "$(grep -v '=$' "$T/host.paths" | diff - "$T/host.want" | head -n 5)" ""
	is "store in a host: a container's own layer is chosen as such" "$(walk -r "$H") $(records "$T/rec" file \
		'select(.why=="upper" and .path=="/etc/cron.d/x")|[.origin,.scope[0:16]]' | sort -u)" \
		'0 ["container","container:docker"]'
	rm -rf "$H"
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

# ---- a store made by hand
S=$T/s/var/lib/docker
mkdir -p "$T/s/etc"
tiny_store "$S"
tiny() { rm -rf "$S"; tiny_store "$S"; }
scopes() { records "$T/rec" file "select(.path==\"$1\" and .scope!=\"host\")|[.scope,.origin]|join(\" \")" | tr -d '"' |
	sed "s/$CID/C/; s/$IMG/I/; s/:docker\/\(sha256:\)*/ /" | tr '\n' ';'; }
is "tiny store: exit" "$(walk -r "$T/s")" 0
is "changed by the container: the container has its own" "$(scopes /app/file)" 'image I image;container C container;'
is "not changed: both have the image's" "$(scopes /lib/file)" 'image I image;container C image;'
[ "$ROOTED" = 1 ] && mknod "$S/overlay2/upper/diff/lib" c 0 0 && walk -r "$T/s" >/dev/null &&
	is "deleted by the container: the image has it still" "$(scopes /lib/file)" 'image I image;' &&
	is "and the whiteout is no object" "$(scopes /lib)" '' &&
	rm "$S/overlay2/upper/diff/lib"
mkdir "$S/overlay2/layer2/diff/lib"
if setfattr -n trusted.overlay.redirect -v /elsewhere "$S/overlay2/layer2/diff/lib" 2>/dev/null; then
	is "a redirected directory: exit" "$(walk -r "$T/s")" 1
	like "a redirected directory is not followed in silence" "$(notes)" '^unsupported .*/lib .*redirect.* true$'
	is "and hides what is below" "$(grep '"path":"/lib/file"' "$T/rec" | jq -r '.scope[0:6]+" \(.hidden)"')" 'image: true'
fi
tiny
rm -r "$S/overlay2/layer1/diff"
ln -s ../layer2/diff "$S/overlay2/layer1/diff"
walk -r "$T/s" >/dev/null
is "two layers that are one directory: each file once" "$(scopes /app/file)" 'image I image;container C container;'
tiny
rm -r "$S/overlay2/layer1/diff"
ln -s ../layer2 "$S/overlay2/layer1/diff"
is "a layer in a layer: exit" "$(walk -r "$T/s")" 1
like "a layer in a layer: note" "$(notes)" '^corrupt .*layer within a layer'
is "a layer in a layer: its files once" "$(scopes /app/file) $(scopes /diff/app/file)" 'image I image;container C container; '
tiny
ln -s / "$S/overlay2/layer1/diff/up"
ln -s ../../../../../../../etc "$S/overlay2/layer1/diff/out"
walk --all -r "$T/s" >/dev/null
is "links are objects, and not followed" "$(scopes /up) $(scopes /up/etc)$(scopes /out/passwd)" 'image I image;container C image; '
tiny
echo noise >"$S/containers/$CID/config.v2.json"
walk -r "$T/s" >/dev/null
is "a container whose state is lost: its layers are its own still" "$(scopes /app/file)" 'image I image;container C container;'
tiny
rm -r "$S/overlay2/layer1/diff"
is "a layer is missing: exit" "$(walk -r "$T/s")" 1
like "a layer is missing: note" "$(notes)" '^corrupt container:docker/.*a layer is missing.* true$'
is "a layer is missing: the others are read" "$(scopes /app/file)" 'image I image;container C container;'
if [ "$ROOTED" = 1 ]; then
	tiny
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$TOOL" -r "$T/s" >"$T/rec" 2>"$T/msg"
	is "without SYS_ADMIN: exit" $? 1
	like "without SYS_ADMIN: note" "$(notes)" '^denied .*trusted.* true$'
fi
echo x >"$T/file"
is "a file that is no archive: exit" "$(walk -r "$T/file")" 1
like "a file that is no archive: note" "$(notes)" '^unsupported .*no archive'

# ---- names, choice, batches
R=$T/r
cat >"$T/spec" <<'E_END'
f etc/passwd <<E
root:x:0:0:root:/root:/bin/sh
u:x:1000:1000::/data/u:/bin/sh
E
f etc/a.conf
f data/u/notes.txt
l home2 data
f usr/bin/prog 755
f usr/share/doc/text
d usr/share/doc/empty
p usr/share/doc/pipe
f tmp/x
l usr/share/doc/link text
E_END
sed -i '/^f .*[^<E]$/s/$/ <\/dev\/null/' "$T/spec"
mkroot "$T/spec" "$R" || exit 1
ln "$R/usr/bin/prog" "$R/usr/bin/second"
ln "$R/usr/bin/prog" "$R/usr/share/doc/third"
why() { records "$T/rec" file 'select(.path|test("passwd$|notes|prog|text$|empty|pipe|link|/x$"))|"\(.path)=\(.why)"' | tr -d '"' | tr '\n' ' '; }
is "exit" "$(walk -r "$R")" 0
is "what is chosen, and why; of data the bytes decide" "$(why)" \
	'/data/u/notes.txt=home /etc/passwd=configuration /tmp/x=temporary /usr/bin/prog=executable /usr/share/doc/text=no '
walk --all -r "$R" >/dev/null
is "all: every object once" "$(records "$T/rec" file .path | tr -d '"' | sort | tr '\n' ' ')" \
	"$(cd "$R" && find . | sed 's/^\.//; s/^$/\//' | sort | tr '\n' ' ')"
links() { records "$T/rec" file 'select(.path|test("prog|second|third"))|"\(.path) \(.links)"' | tr -d '"' | tr '\n' ' '; }
is "names of one inode come together" "$(links)" "/usr/bin/prog 3 /usr/bin/second 3 /usr/share/doc/third 3 "
walk --all --batch 1 -r "$R" >/dev/null
is "in batches of one each is by itself" "$(links)" "/usr/bin/prog 1 /usr/bin/second 1 /usr/share/doc/third 1 "
is "and what was found out of it is remembered" "$(said remembered)" 2
is "batches" "$(said batches)" "$(said items)"
mkdir "$R/many"
(cd "$R/many" && : >0 && seq 1 3000 | xargs -n 1000 sh -c 'for i; do ln 0 $i; done' sh)
walk --batch 100 -r "$R" >/dev/null
is "3,000 links: all names" "$(records "$T/rec" file 'select(.path|startswith("/many/"))|.path' | sort -u | wc -l)" 3001
rm -r "$R/many"
n=$(printf '\377\n\033[31m')
echo >"$R/tmp/$n"
walk -r "$R" >/dev/null
is "a name of any bytes" "$(records "$T/rec" file 'select(.path_b64)|.path_b64' | tr -d '"' | base64 -d | od -An -c | tr -d ' \n')" \
	'/tmp/377\n033[31m'
python3 -c "
import os
os.chdir('$R/tmp')
for i in range(5000):
    os.mkdir('d')
    os.chdir('d')
"
is "5,000 levels: exit" "$(walk --all -r "$R")" 1
like "5,000 levels: one note" "$(notes)" '^limit host .*ROOT_DEPTH_MAX.* true$'
find "$R/tmp/d" -depth -delete
python3 - "$TOOL" "$R" >"$T/tty" <<'E'
import os, pty, subprocess, sys
m, s = pty.openpty()
p = subprocess.Popen([sys.argv[1], '--batch', '2', '-r', sys.argv[2]], stdout=subprocess.DEVNULL, stderr=s)
os.close(s)
got = b''
try:
    while True:
        b = os.read(m, 4096)
        if not b:
            break
        got += b
except OSError:
    pass
p.wait()
sys.stdout.write(got.decode())
E
like "a terminal shows the progress" "$(tr '\r' '\n' <"$T/tty")" 'collect-files: [0-9]+ files, [0-9.]+ [KMGTPE]?i?B'
is "and it is erased" "$(grep -c "$(printf '\r\033\[Kitems')" "$T/tty")" 1
unlike "no terminal, no progress" "$(cat "$T/msg")" "$(printf '\r')"
if [ "$ROOTED" = 1 ]; then
	chmod 711 "$T"
	cp "$TOOL" "$T/walk-tool" && chmod 755 "$T/walk-tool"
	chmod 700 "$R/tmp"
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$T/walk-tool" -r "$R" >"$T/rec" 2>"$T/msg"
	is "a directory that may not be read: exit" $? 1
	like "a directory that may not be read: note" "$(notes)" '^denied host /tmp .* true$'
fi

# ---- mounts: a disk with something mounted below it, and a live root
if [ $MOUNTS = 1 ]; then
	cat >"$T/mounts.sh" <<'E'
cd "$1" && tool=$2 live=$3
mkdir -p proc sys tmp run dead var/m/low var/m/up var/m/work var/m/merged opt/ours/deep opt/bind
mount -t proc proc proc && mount -t tmpfs none run && mount -t sysfs sys sys || exit 9
mount -t tmpfs none proc/fs && echo x >proc/fs/hidden
echo x >run/file; echo x >var/m/low/low; echo x >opt/ours/deep/f; echo x >opt/case.db
mount -t overlay overlay -o lowerdir=var/m/low,upperdir=var/m/up,workdir=var/m/work var/m/merged 2>/dev/null
mount --bind opt opt/bind
mkdir -p opt/bin && cp "$tool" opt/bin/collect-files && echo x >opt/bin/case-x && echo x >opt/bin/other
if [ $live = 1 ]; then
	# a daemon that never answers
	python3 - "$PWD/dead" <<'P'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open('/dev/fuse', os.O_RDWR)
if libc.mount(b'none', sys.argv[1].encode(), b'fuse', 0, b'fd=%d,rootmode=40000,user_id=0,group_id=0' % fd):
    sys.exit(1)
os.set_inheritable(fd, True)
os.execvp('sh', ['sh', '-c', 'timeout 60 chroot . /opt/bin/collect-files --all --self --out /opt/ours --out /opt/case.db'])
P
else
	timeout 60 "$tool" --all --self --out "$PWD/opt/ours" -r .
fi
E
	unshare -m sh "$T/mounts.sh" "$R" "$TOOL" 0 >"$T/rec" 2>"$T/msg"
	is "a disk with mounts: exit" $? 0
	like "a disk with mounts: the kernel's are named in one note" "$(notes)" 'file systems of the kernel: /proc \(proc\), /sys \(sysfs\) false$'
	is "a disk with mounts: none of them is entered" "$(records "$T/rec" file 'select(.path|test("^/proc|^/sys"))')" ""
	like "a disk with mounts: tmpfs is, and overlays outside of stores" "$(paths)" '/run/file .*/var/m/merged/low '
	like "a disk with mounts: nothing on it is ours" "$(paths)" '/opt/ours/deep/f '
	if [ -n "$SAN" ]; then
		skip "live: a dead mount" "no static program to start in another root"
	elif [ -c /dev/fuse ]; then
		unshare -m sh "$T/mounts.sh" "$R" "$TOOL" 1 >"$T/rec" 2>"$T/msg"
		is "live: a dead mount does not hang it" $? 1
		like "live: and is noted" "$(notes)" '^unsupported host /dead .*mount of type fuse true$'
		like "live: what is mounted below the kernel's is walked" "$(paths)" '/proc/fs/hidden '
		like "live: tmpfs is" "$(paths)" '/run/file '
		unlike "live: what is ours is not" "$(paths)" '/opt/(ours|case.db|bin/collect-files|bin/case-x)'
		like "live: what lies beside it is" "$(paths)" '/opt/bin/other '
		is "live: a note for each that is ours" "$(notes | grep -c 'left out: it is ours.*false$')" \
			"$(notes | grep 'left out' | awk '{ print $3 }' | sort -u | grep -c -e '^/opt/')"
		like "live: by its name" "$(notes)" '^unsupported host /opt/case.db left out'
	else
		skip "live: a dead mount" "no /dev/fuse"
	fi
	is "no mount is left" "$(grep -c "$T" /proc/mounts)" 0
else
	skip "mounts" "nothing may be mounted here"
fi
finish
