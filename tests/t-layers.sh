#!/bin/sh
# t-layers - layers seen as one tree: what whiteouts, opaque directories and
# kinds of objects do, and whether a real overlay mount shows the same
. "$(dirname "$0")/lib.sh"
UNIT=${UNIT:-$TOP/.build/tests}
TOOL=$UNIT/root-tool
R=$T/root

if [ $ROOTED = 0 ]; then
	skip "layers" "whiteouts are devices: needs root"
	finish
fi

# ---- by hand ------------------------------------------------------------

cat >"$T/spec" <<'EOF'
f l2/etc/kept <<E
lowest
E
f l2/etc/covered <<E
lowest
E
f l2/etc/gone <<E
gone
E
f l2/opaque/below <<E
below
E
f l2/wasdir/x <<E
x
E
f l2/wasfile <<E
x
E
f l2/redo/deep/x <<E
x
E
d l2/usr/lib
f l2/usr/lib/lib2 <<E
2
E
l l2/lib usr/lib
f l1/etc/covered <<E
middle
E
n l1/etc/gone c 0 0
f l1/opaque/mine <<E
mine
E
f l1/wasdir <<E
now a file
E
d l1/wasfile
f l1/wasfile/y <<E
y
E
n l1/redo c 0 0
l l1/tolib /lib
n l1/dev/null c 1 3
f l0/etc/covered <<E
upper
E
f l0/usr/lib/lib0 <<E
0
E
f l0/redo/fresh <<E
z
E
l l0/climb ../../../../etc/kept
n l0/alone c 0 0
l l0/out ../l2/etc/kept
E_END
EOF
sed -i '/^E_END$/d' "$T/spec"
mkroot "$T/spec" "$R" || exit 1
setfattr -n trusted.overlay.opaque -v y "$R/l1/opaque"
tool() { $W "$TOOL" "$R" --layers /l0,/l1,/l2 --upper "$@" 2>/dev/null; }

byhand() {
	is "$how: the topmost file is shown" "$(tool read /etc/covered)" upper
	is "$how: what only the lowest has is shown" "$(tool read /etc/kept)" lowest
	is "$how: a whiteout hides" "$(tool find /etc/gone)" "bad absent /etc/gone"
	is "$how: and is not there itself" "$(tool list /etc)" \
		"f covered L0 upper
f kept L2"
	is "$how: a whiteout of nothing" "$(tool find /alone)" "bad absent /alone"
	is "$how: an opaque directory hides below" "$(tool list /opaque)" "f mine L1"
	is "$how: also by name" "$(tool find /opaque/below)" \
		"bad absent /opaque/below"
	is "$how: a file hides a directory" "$(tool read /wasdir)" "now a file"
	is "$how: nothing is below it" "$(tool find /wasdir/x)" \
		"bad absent /wasdir/x"
	is "$how: a directory hides a file" "$(tool list /wasfile)" "f y L1"
	is "$how: a directory made anew does not show the old" \
		"$(tool list /redo)" "f fresh L0 upper"
	is "$how: directories are merged" "$(tool list /usr/lib)" \
		"f lib0 L0 upper
f lib2 L2"
	is "$how: links are resolved in the merged tree" \
		"$(tool find /tolib/lib0)" "f /usr/lib/lib0"
	is "$how: and do not leave it" "$(tool find /climb)" "f /etc/kept"
	is "$how: nor to another layer" "$(tool find /out)" "bad absent /out"
	is "$how: a device that is no whiteout" "$(tool find /dev/null)" \
		"c /dev/null"
	is "$how: where the bytes lie" "$(tool host /tolib/lib2)" \
		"host /l2/usr/lib/lib2"
	is "$how: glob" "$(tool glob '/tolib/lib?' | grep via)" \
		"via /tolib/lib0
via /tolib/lib2"
	is "$how: a single layer shows no whiteouts" "$($W "$TOOL" "$R" --layers /l1 \
		list /etc 2>/dev/null)" "f covered L0"
	is "$how: as a directory it does" \
		"$($W "$TOOL" "$R/l1" list /etc 2>/dev/null)" \
		"f covered L0
c gone L0 whiteout"
}
W= how=plain
byhand
W=$UNIT/no-openat2 how=hidden
byhand
W=

# attributes: the kernel believes user.* only where an ordinary user's engine
# mounts, and so an image cannot hide what its containers see
mkdir -p "$R/u1/d" "$R/u2/d"
echo low >"$R/u2/d/low"
echo high >"$R/u1/d/high"
setfattr -n user.overlay.opaque -v y "$R/u1/d" 2>/dev/null || {
	# tmpfs before 6.6
	skip "user attributes" "this file system has none"
	NOUSER=1
}
two() { "$TOOL" "$R" --layers /u1,/u2 "$@" 2>/dev/null; }
if [ -z "${NOUSER:-}" ]; then
	is "user.overlay.opaque means nothing in root's store" "$(two list /d)" \
		"f high L0
f low L1"
	chown 1000 "$R"
	is "but does in an ordinary user's" "$(two list /d)" "f high L0"
	chown 0 "$R"
	setfattr -x user.overlay.opaque "$R/u1/d"
fi
setfattr -n trusted.overlay.opaque -v n "$R/u1/d"
is "opaque is y and nothing else" "$(two list /d)" \
	"f high L0
f low L1"
setfattr -n trusted.overlay.opaque -v x "$R/u1/d"
is "whiteouts in attributes are not read in silence" "$(two list /d)" \
	"bad unsupported /d"
setfattr -x trusted.overlay.opaque "$R/u1/d"
setfattr -n trusted.overlay.redirect -v /elsewhere "$R/u1/d"
is "a redirect is not followed in silence" "$(two list /d)" \
	"bad unsupported /d"
like "nor in a walk, which goes on" "$(two walk /)" '^bad unsupported /d$'
setfattr -x trusted.overlay.redirect "$R/u1/d"
setfattr -n trusted.overlay.metacopy -v "" "$R/u1/d/high" 2>/dev/null ||
	setfattr -n trusted.overlay.metacopy "$R/u1/d/high"
is "a file whose bytes are elsewhere is not read" "$(two read /d/high)" \
	"bad unsupported /d/high"
is "others are" "$(two read /d/low)" low
is "a layer that is missing is an error" \
	"$("$TOOL" "$R" --layers /u1,/none list / 2>&1 >/dev/null)" \
	"root-tool: layer 1: cannot find '/none': No such file or directory"
like "a layer that is a file" \
	"$("$TOOL" "$R" --layers /u1,/u1/d/high list / 2>&1)" "not a directory"
is "a layer cannot lie outside" \
	"$("$TOOL" "$R" --layers /u1,/../../etc list / 2>/dev/null)" ""
is "501 layers are too many" "$("$TOOL" "$R" --layers \
	"$(seq 501 | sed 's/.*/\/u1/' | tr '\n' , | sed 's/,$//')" \
	list / 2>&1 | grep -c ROOT_LAYERS_MAX)" 1
is "500 are not" "$("$TOOL" "$R" --layers \
	"$(seq 500 | sed 's/.*/\/u1/' | tr '\n' , | sed 's/,$//')" \
	list /d 2>&1 | grep -c .)" 1

# ---- AUFS -------------------------------------------------------------------

mkdir -p "$R/a0/d" "$R/a1/d/sub" "$R/a1/o"
touch "$R/a0/.wh.gone" "$R/a1/gone" "$R/a0/d/.wh.sub" "$R/a0/d/.wh..wh.x" \
	"$R/a1/d/keep" "$R/a1/o/low" "$R/a1/.wh.own" "$R/a0/.wh."
mkdir "$R/a0/o" "$R/a0/.wh..wh.plnk"
touch "$R/a0/o/.wh..wh..opq" "$R/a0/o/high" "$R/a0/.wh..wh.plnk/1.2"
auf() { "$TOOL" "$R" --layers /a0,/a1 --aufs "$@" 2>/dev/null; }
is "AUFS: whiteouts and opaque directories, none of their names" \
	"$(auf walk / | sed 's/ [0-7]* 0:0//; s/ [0-9a-f]\{12\}$//; s/ L.*//')" \
	"d /
d /d
f /d/keep
d /o
f /o/high"
is "AUFS: what is hidden is not found" "$(auf find /gone)" "bad absent /gone"
is "AUFS: nor is what hides" "$(auf find /.wh.gone)" "bad absent /.wh.gone"
is "overlay does not know them" "$("$TOOL" "$R" --layers /a0,/a1 find \
	/.wh.gone 2>/dev/null)" "f /.wh.gone"
is "a large directory of AUFS, in its own order" "$(
	cd "$R" && mkdir b0 b1 &&
	seq -f b1/%.0f 210000 | xargs touch && touch b0/.wh.7 b0/8 b0/.wh.8 b0/.wh.none
	"$TOOL" "$R" --layers /b0,/b1 --aufs list / 2>/dev/null | sort -u | wc -l)" 210000
rm -rf "$R/b0" "$R/b1"

# ---- against the kernel ---------------------------------------------------

cat >"$T/compare.py" <<'EOF'
import ctypes, hashlib, os, random, stat, subprocess, sys

tool, top, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
libc = ctypes.CDLL(None, use_errno=True)
NAMES = ['a', 'b', 'c', 'd', 'e']

def mount(src, to, kind, opts):
    if libc.mount(src, to.encode(), kind, 0, opts.encode()):
        raise OSError(ctypes.get_errno(), 'mount ' + opts)

def fill(rng, path, depth, layer):
    for name in NAMES:
        p = path + '/' + name
        k = rng.random()
        if k < 0.28 and depth < 4:
            os.mkdir(p, rng.choice([0o755, 0o711, 0o750]))
            os.chown(p, rng.choice([0, 5]), 0)
            if rng.random() < 0.2:
                os.setxattr(p, 'trusted.overlay.opaque', b'y')
            elif rng.random() < 0.1:
                os.setxattr(p, 'user.overlay.opaque', b'y')
            fill(rng, p, depth + 1, layer)
        elif k < 0.42:
            with open(p, 'w') as f:
                f.write('%d %s' % (layer, p))
            os.chmod(p, rng.choice([0o644, 0o4755, 0o600]))
        elif k < 0.52:
            os.mknod(p, stat.S_IFCHR, 0)
        elif k < 0.64:
            n = rng.randrange(1, 4)
            t = '/'.join(rng.choice(NAMES + ['..', '.']) for _ in range(n))
            os.symlink(('/' if rng.random() < 0.5 else '') + t, p)
        elif k < 0.66:
            os.mkfifo(p)
        elif k < 0.67:
            os.mknod(p, stat.S_IFCHR, os.makedev(1, 3))

def show(path, name, out, links):
    st = os.lstat(path)
    if path != top + '/m' and stat.S_ISCHR(st.st_mode) and st.st_rdev == 0:
        return
    kind = {stat.S_IFDIR: 'd', stat.S_IFREG: 'f', stat.S_IFLNK: 'l',
            stat.S_IFIFO: 'p', stat.S_IFCHR: 'c'}[stat.S_IFMT(st.st_mode)]
    line = '%s %s %o %d:%d' % (kind, name, stat.S_IMODE(st.st_mode),
                               st.st_uid, st.st_gid)
    if kind == 'l':
        line += ' -> ' + os.readlink(path)
        links.append(name)
    elif kind == 'f':
        with open(path, 'rb') as f:
            line += ' ' + hashlib.sha256(f.read()).hexdigest()[:12]
    out.append(line)
    if kind == 'd':
        for n in sorted(os.listdir(path)):
            p = path + '/' + n
            try:
                os.lstat(p)
            except FileNotFoundError:
                continue # the kernel lists a whiteout, but it is not there
            show(p, (name if name != '/' else '') + '/' + n, out, links)

def aufs(path):
    """The same layer as AUFS writes it."""
    for name in os.listdir(path):
        p = path + '/' + name
        st = os.lstat(p)
        if stat.S_ISCHR(st.st_mode) and st.st_rdev == 0:
            os.unlink(p)
            open(path + '/.wh.' + name, 'w').close()
        elif stat.S_ISDIR(st.st_mode):
            aufs(p)
            try:
                opaque = os.getxattr(p, 'trusted.overlay.opaque') == b'y'
            except OSError:
                opaque = False
            if opaque:
                os.removexattr(p, 'trusted.overlay.opaque')
                # in a way a whiteout of the directory's own name says it, too
                q = p + '/.wh..wh..opq' if rng.random() < 0.7 else \
                    path + '/.wh.' + name
                open(q, 'w').close()
    if rng.random() < 0.1:
        os.mkdir(path + '/.wh..wh.plnk')
        open(path + '/.wh..wh.plnk/1.2', 'w').close()

class How(ctypes.Structure):
    _fields_ = [('flags', ctypes.c_uint64), ('mode', ctypes.c_uint64),
                ('resolve', ctypes.c_uint64)]

def resolve(root, path):
    """What the kernel finds in a root, links followed: its real path."""
    how = How(os.O_PATH | os.O_CLOEXEC, 0, 0x10 | 0x02)
    fd = libc.syscall(437, root, path.encode(), ctypes.byref(how), 24)
    if fd < 0:
        e = ctypes.get_errno()
        return 'bad %s %s' % ('corrupt' if e == 40 else 'absent', path)
    real = os.readlink('/proc/self/fd/%d' % fd)
    st = os.fstat(fd)
    os.close(fd)
    kind = {stat.S_IFDIR: 'd', stat.S_IFREG: 'f', stat.S_IFIFO: 'p',
            stat.S_IFCHR: 'c'}[stat.S_IFMT(st.st_mode)]
    return '%s %s' % (kind, real[len(top) + 2:] or '/')

bad = links_seen = objects = shown = 0
for i in range(rounds):
    rng = random.Random(seed + i)
    mount(b'tmpfs', top, b'tmpfs', '')
    n = rng.randrange(2, 7)
    for d in ['w', 'm'] + ['l%d' % k for k in range(n)]:
        os.mkdir(top + '/' + d)
        os.chmod(top + '/' + d, 0o755)
    for k in range(n):
        fill(rng, top + '/l%d' % k, 0, k)
    mount(b'overlay', top + '/m', b'overlay',
          'lowerdir=%s,upperdir=%s/l0,workdir=%s/w' %
          (':'.join('%s/l%d' % (top, k) for k in range(1, n)), top, top))
    want, links = [], []
    show(top + '/m', '/', want, links)
    layers = ','.join('/l%d' % k for k in range(n))
    args = tool.split() + [top, '--layers', layers, '--upper']
    want.sort()
    objects += len(want)
    root = os.open(top + '/m', os.O_PATH)
    resolved = [(link, resolve(root, link)) for link in links[:12]]
    os.close(root)
    libc.umount2((top + '/m').encode(), 0)
    stacks = ['.'.join(map(str, range(n)))]
    for _ in range(rng.randrange(6)):
        s = rng.sample(range(n), rng.randrange(1, n + 1))
        stacks.append('.'.join(map(str, s)))
    for kind in 'overlay', 'aufs':
        if kind == 'aufs':
            for k in range(n):
                aufs(top + '/l%d' % k)
            args.append('--aufs')
        got = subprocess.run(args + ['walk', '/'], capture_output=True).stdout.decode()
        got = sorted(' '.join(w for w in line.split(' ')
                              if not (w[:1] == 'L' and w[1:].isdigit()) and w != 'upper')
                     for line in got.splitlines())
        for link, w in resolved:
            links_seen += 1
            g = subprocess.run(args + ['find', link], capture_output=True).stdout.decode().strip()
            if g != w:
                bad += 1
                print('%s seed %d link %s: got "%s", kernel "%s"' % (kind, seed + i, link, g, w))
        if got != want:
            bad += 1
            print('%s seed %d: not as the kernel' % (kind, seed + i))
            for line in sorted(set(got) ^ set(want))[:10]:
                print(('ours   ' if line in got else 'kernel ') + line)
        g = subprocess.run(args + ['shown', ','.join(stacks)],
                           capture_output=True).stdout.decode().splitlines()
        shown += int(g[-1].split()[-2]) if g else 0
        if len(g) != 1:
            bad += 1
            print('%s seed %d: stacks %s: shown is not as merged' % (kind, seed + i, stacks))
            print('\n'.join(g[:10]))
    libc.umount2(top.encode(), 0)
    if bad > 5:
        break
print('%d objects, %d links, %d shown, %d differences' %
      (objects, links_seen, shown, bad))
EOF
mkdir "$T/top"
if unshare -m sh -c "mkdir -p '$T/top' && mount -t tmpfs none '$T/top' &&
	cd '$T/top' && mkdir l u w m &&
	mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m" \
	2>/dev/null; then
	rounds=60
	[ -n "$SAN" ] && rounds=20 # starting a sanitized program is slow
	for seed in 1 10001; do
		[ $seed = 1 ] && W=$TOOL || W="$UNIT/no-openat2 $TOOL"
		out=$(unshare -m python3 "$T/compare.py" "$W" "$T/top" $rounds $seed 2>&1)
		like "as a real overlay shows it: $(echo "$out" | tail -n 1)" "$out" \
			'^[0-9]{3,} objects, [0-9]{3,} links, [0-9]{4,} shown, 0 differences$'
	done
else
	skip "against a real overlay" "overlay cannot be mounted here"
fi
is "no mount is left" "$(grep -c "$T" /proc/mounts)" 0
finish
