#!/bin/sh
# t-escape - nothing outside the root is reached, nothing but files is opened;
# all of it a second time on a kernel without openat2
. "$(dirname "$0")/lib.sh"
UNIT=${UNIT:-$TOP/.build/tests}
TOOL=$UNIT/root-tool
HIDE=$UNIT/no-openat2
R=$T/root

cat >"$T/spec" <<'END'
f etc/passwd 0644 0:0 <<E
inside
E
f etc/cron.d/one <<E
1
E
f etc/cron.d/.hidden <<E
h
E
f etc/cron.d/two <<E
2
E
d usr/lib
f usr/lib/file <<E
lib
E
l lib usr/lib
l abs /etc/passwd
l up ../../../../../../../../etc/passwd
l secret ../outside/secret
l out ../outside
l etc/back ..
l etc/here .
l dots /etc/../etc/./passwd
l self self
l one two
l two one
l dangling /nowhere/at/all
l chain0 /etc/passwd
l todir /etc/
l deep/a/b/link ../../../etc
l deep/a/abs /etc
l slash /
p etc/fifo
f home/u/.bashrc <<E
rc
E
END
mkroot "$T/spec" "$R" || exit 1
mkdir "$T/outside"
echo outside >"$T/outside/secret"
ln -s "$T/outside/secret" "$R/rsecret"
i=1
while [ $i -le 41 ]; do
	ln -s chain$((i - 1)) "$R/chain$i"
	i=$((i + 1))
done
python3 - "$R" <<'END'
import os, socket, sys
root = os.fsencode(sys.argv[1])
os.mkdir(root + b'/names')
for name in (b'new\nline', b'bad\xffbyte', b'\x1b[2Jclear', b'n' * 255, b'"q"',
             b'back\\slash', b' '):
    with open(root + b'/names/' + name, 'wb') as f:
        f.write(name)
s = socket.socket(socket.AF_UNIX)
os.chdir(root)
s.bind('socket')
os.mkdir('bottom')
os.chdir('bottom')
for i in range(5000):
    os.mkdir('d')
    os.chdir('d')
os.chdir(root)
os.mkdir('long')        # a path far beyond PATH_MAX
os.chdir('long')
for i in range(60):
    os.mkdir('x' * 250)
    os.chdir('x' * 250)
with open('file', 'w') as f:
    f.write('far')
END
LONG=/long$(python3 -c "print('/' + '/'.join(['x' * 250] * 60))")
truncate -s 4G "$R/sparse4g"
# the largest that this file system takes
for size in 9223372036854775807 4E 16T 1T; do
	truncate -s "$size" "$R/sparse" 2>/dev/null && break
done

# tool COMMAND PATH: what the tool prints
tool() { $W "$TOOL" "$R" "$@" 2>/dev/null; }
# run WHAT WANTED COMMAND PATH: first line of it
run() { is "$how: $1" "$(tool "$3" "$4" | head -n 1)" "$2"; }

paths() {
	run "plain" "f /etc/passwd" find etc/passwd
	run "slashes and dots" "f /etc/passwd" find //etc/.///passwd
	run "the root" "d /" find /
	run "above the root" "d /" find /../../..
	run "dot dot" "f /etc/passwd" find /../etc/../etc/passwd
	run "dot dot beyond a file" "bad absent /etc/passwd/.." \
		find /etc/passwd/..
	run "a file as directory" "bad absent /etc/passwd/" find /etc/passwd/
	run "absolute link" "f /etc/passwd" find /abs
	run "a climbing link stops at the root" "f /etc/passwd" find /up
	run "a link out, relative" "bad absent /secret" find /secret
	run "a link out, absolute" "bad absent /rsecret" find /rsecret
	run "through a link out" "bad absent /out/secret" find /out/secret
	run "a link to the parent" "f /etc/passwd" find /etc/back/etc/here/passwd
	run "the real name behind a link" "f /usr/lib/file" find /lib/file
	run "dots in a link" "f /etc/passwd" find /dots
	run "a link with a slash at its end" "d /etc" find /todir
	run "link to the root" "f /etc/passwd" find /slash/slash/etc/passwd
	run "link deep below" "f /etc/passwd" find /deep/a/b/link/passwd
	run "absolute link deep below" "f /etc/passwd" find /deep/a/abs/passwd
	run "self loop" "bad corrupt /self" find /self
	run "loop of two" "bad corrupt /one" find /one
	run "below a loop" "bad corrupt /one/x" find /one/x
	run "dangling" "bad absent /dangling" find /dangling
	run "40 links on the way" "f /etc/passwd" find /chain39
	run "42 links on the way" "bad corrupt /chain41" find /chain41
	run "a link itself" "l /self 777 0:0 L0 -> self" nofollow /self
	run "a link as directory is followed" "d /usr/lib 755 0:0 L0" \
		nofollow /lib/
	run "a name that no file system has" "bad absent /$(printf %0300d 1)" \
		find "/$(printf %0300d 1)"
	run "empty path" "d /" find ""
	run "a path beyond PATH_MAX" "f $LONG/file" find "$LONG/file"
	is "$how: and it is read" "$(tool read "$LONG/file")" far
	deep=$(python3 -c "print('/a' * 300)")
	run "too many components, of which the first is not there" \
		"bad absent $deep" find "$deep"
	deep=/bottom$(python3 -c "print('/d' * 300)")
	run "too many components" "bad limit $deep" find "$deep"
	like "$how: a path over the limit" "$($W "$TOOL" "$R" find \
		"$(python3 -c "print('/./etc/..' * 9000)")" 2>&1)" ROOT_PATH_MAX
}

kinds() {
	for kind in "/etc/fifo a FIFO" "/socket a socket" "/etc a directory" \
		"/dev a character device" "/disk a block device"; do
		[ -e "$R${kind%% *}" ] || continue
		status "$how: ${kind#* } is not read" 1 $W "$TOOL" "$R" read \
			"${kind%% *}"
		like "$how: and says so" "$(cat "$T/err")" "is ${kind#* }"
	done

	# a FIFO whose writer waits: it must wait still, and then be heard
	(echo heard >"$R/etc/fifo") &
	writer=$!
	sleep 0.2
	tool walk / >"$T/walk"
	tool read /etc/fifo >/dev/null
	tool glob '/etc/*' >/dev/null
	sleep 0.1
	ok "$how: the writer of a FIFO still waits" kill -0 $writer
	is "$how: and is heard by the next reader" \
		"$(timeout 5 cat "$R/etc/fifo")" heard
	wait $writer
}

walks() {
	walk=$(cat "$T/walk")
	like "$how: newline in a name" "$walk" '^f /names/new\\nline '
	like "$how: bad byte" "$walk" '^f /names/bad\\xFFbyte '
	like "$how: escape sequence" "$walk" '^f /names/\\x1B\[2Jclear '
	like "$how: 255 bytes" "$walk" '^f /names/n{255} '
	is "$how: all names are read" "$(grep -c '^f /names/' "$T/walk")" 7
	is "$how: 5000 levels end with a note of limit" \
		"$(grep -c '^bad limit /bottom/d' "$T/walk")" 1
	like "$how: a walk shows links, and does not follow them" "$walk" \
		'^l /out 777 0:0 L0 -> \.\./outside'
	unlike "$how: nothing from outside" "$walk" 'out/secret'
	is "$how: a directory is walked in order" \
		"$(sed -n 's/^[a-z]* \(\/etc\/[a-z.]*\) .*/\1/p' "$T/walk" |
			sort -c && echo sorted)" sorted
	for f in sparse sparse4g; do
		like "$how: $f is read up to the limit only" \
			"$(timeout 20 $W "$TOOL" "$R" nofollow /$f)" \
			'^f /sparse.* 30e14955ebf1\+$'
	done
}

globs() {
	is "$how: glob" "$(tool glob '/etc/cron.d/*' | grep via)" \
		"via /etc/cron.d/one
via /etc/cron.d/two"
	is "$how: glob of dot files" \
		"$(tool glob '/home/*/.*rc' | grep -v via)" \
		"$(tool nofollow /home/u/.bashrc)"
	is "$how: glob through a link gives the real name" \
		"$(tool glob '/l[hi]b/f?le' | cut -d' ' -f1,2)" \
		"via /lib/file
f /usr/lib/file"
	is "$how: two stars" "$(tool glob '/etc/**/o*' | grep via)" \
		"via /etc/cron.d/one"
	is "$how: glob of what dangles" "$(tool glob '/d[a]ngl*')" \
		"bad absent /dangling"
	is "$how: glob of what loops" "$(tool glob '/sel*')" \
		"bad corrupt /self"
	is "$how: glob where the place is missing" \
		"$(tool glob '/nix/store/*')" "bad absent /nix/store"
	is "$how: glob of a quoted star" "$(tool glob '/etc/cron.d/\*')" \
		"bad absent /etc/cron.d/*"
	is "$how: glob climbs no higher" \
		"$(tool glob '/../../etc/pass*' | grep -v via | cut -c1-13)" \
		"f /etc/passwd"
}

# every open is beneath the root, and for reading only
opens() {
	own=${SAN:+'|"/(proc|sys|lib|usr|etc/ld)'}
	for c in "walk /" "read /lib/file" "list /etc" "glob /etc/**/*"; do
		# shellcheck disable=SC2086
		(set -f; strace -f -o "$T/trace" \
			-e trace=openat,openat2,open,execve,creat \
			$W "$TOOL" "$R" $c) >/dev/null 2>&1
		# what the tool itself did, without sanitizers' own
		tac "$T/trace" | sed '/execve(.*root-tool/,$d' | grep open |
			grep -vE "openat2\(-1|ENOENT$own" >"$T/opens"
		ok "$how: $c: the trace saw it" test -s "$T/opens"
		is "$how: $c: by path only the root is opened" \
			"$(grep AT_FDCWD "$T/opens" | grep -cv "AT_FDCWD, \"$R\", O_RDONLY|[A-Z_|]*O_PATH")" 0
		is "$how: $c: nothing is opened to write" \
			"$(grep -cE 'O_(WRONLY|RDWR|CREAT|TRUNC)|creat' "$T/opens")" 0
		is "$how: $c: no open waits, follows or leaves a trace" \
			"$(grep -v O_PATH "$T/opens" |
				grep -v 'O_NONBLOCK.*O_NOFOLLOW.*O_NOATIME' |
				grep -c .)" 0
	done
}

# what needs mounts, in a namespace of its own
mounts() {
	mkdir -p "$R/proc" "$R/loop" "$R/auto"
	out=$(unshare -m sh -c "
		mount -t proc none '$R/proc'
		mount --bind '$R' '$R/loop'
		$W '$TOOL' '$R' find /proc/self/root/etc/passwd
		$W '$TOOL' '$R' find /proc/self/cwd/lib.sh
		$W '$TOOL' '$R' find /proc/self/root
		$W '$TOOL' '$R' find /loop/etc/passwd
		umount '$R/proc'
		timeout 60 $W '$TOOL' '$R' walk /loop/etc
		timeout 60 $W '$TOOL' '$R' walk / | grep ' /loop'
		" 2>/dev/null)
	is "$how: magic links of /proc are text" \
		"$(echo "$out" | head -n 1)" "f /etc/passwd"
	is "$how: also those to where we are" "$(echo "$out" | sed -n 2p)" \
		"bad absent /proc/self/cwd/lib.sh"
	is "$how: also those to the root" "$(echo "$out" | sed -n 3p)" "d /"
	is "$how: a bind mount is crossed" "$(echo "$out" | sed -n 4p)" \
		"f /loop/etc/passwd"
	like "$how: and walked" "$out" '^f /loop/etc/passwd'
	like "$how: but not when we are in it already" "$out" \
		'^bad absent /loop$'
	out=$(unshare -m timeout 60 python3 - "$R" $W "$TOOL" <<'END'
import ctypes, os, select, subprocess, sys
root, tool = sys.argv[1], sys.argv[2:]
libc = ctypes.CDLL(None, use_errno=True)
r, w = os.pipe()
opts = 'fd=%d,pgrp=%d,minproto=5,maxproto=5,direct' % (w, os.getpgrp())
if libc.mount(b'none', os.fsencode(root + '/auto'), b'autofs', 0,
              opts.encode()):
    print('SKIP')
    sys.exit()
os.close(w)
def run(*args):
    try:
        p = subprocess.run(tool + [root] + list(args), capture_output=True,
                           start_new_session=True, timeout=10)
        return p.stdout.decode(errors='replace').strip()
    except subprocess.TimeoutExpired:
        return 'HUNG'
print('find', run('find', '/auto/x'))
print('walk', 'bad unsupported /auto' in run('walk', '/'))
print('list', 'auto' in run('list', '/'))
print('asked', bool(select.select([r], [], [], 0)[0]))
libc.umount2(os.fsencode(root + '/auto'), 2)
END
)
	if [ "$out" = SKIP ]; then
		skip "$how: an automount point" "this kernel has no autofs"
	else
		is "$how: an automount point is not triggered" "$out" \
			"find bad unsupported /auto/x
walk True
list True
asked False"
	fi
	rmdir "$R/proc" "$R/loop" "$R/auto"
}

suite() {
	paths
	kinds
	walks
	globs
	opens
	[ $ROOTED = 1 ] || return
	touch -a -d 2020-01-01 "$R/etc/passwd" "$R/etc"
	tool walk /etc >/dev/null
	is "$how: access times are left alone" \
		"$(stat -c %X "$R/etc/passwd" "$R/etc" | sort -u)" \
		"$(date -d 2020-01-01 +%s)"
	if [ $MOUNTS = 1 ]; then
		mounts
	else
		skip "$how: mounts" "needs mount namespaces"
	fi
}

if [ $ROOTED = 1 ]; then
	mknod "$R/dev" c 1 3
	mknod "$R/disk" b 7 99
fi
how=plain
W=
suite
is "openat2 can be hidden" "$("$HIDE" "$TOOL" / has-openat2 x)" "openat2 no"
how=hidden
W=$HIDE
suite

for t in test-root test-lock; do
	"$HIDE" "$UNIT/$t" >"$T/unit" 2>&1
	is "hidden: $t" "$(grep -c '^not ok' "$T/unit") $(tail -n 1 "$T/unit")" \
		"0 1..$(grep -c '^ok' "$T/unit")"
done
"$HIDE" -k -l "$UNIT/test-lock" >"$T/unit" 2>&1
is "without Landlock: test-lock" \
	"$(grep -c '^not ok' "$T/unit") $(tail -n 1 "$T/unit")" \
	"0 1..$(grep -c '^ok' "$T/unit")"
like "without Landlock: it is said" "$(cat "$T/unit")" \
	'landlock=none: ENOSYS,.*openat2=hidden'

# an ordinary user: what is denied is said, O_NOATIME is done without
if [ $ROOTED = 1 ]; then
	cp "$TOOL" "$T/tool"
	chmod 711 "$T"
	mkdir -m 700 "$R/private"
	echo x >"$R/private/file"
	mkdir -m 711 "$R/blind"
	echo y >"$R/blind/file"
	echo z >"$R/closed"
	chmod 600 "$R/closed"
	W="setpriv --reuid 65534 --regid 65534 --clear-groups"
	TOOL=$T/tool
	how=nobody
	run "below a closed directory" "bad denied /private/file" \
		find /private/file
	run "a closed file" "bad denied /closed" read /closed
	run "a directory that cannot be listed" "bad denied /blind" list /blind
	run "what is known by name can be read there" y read /blind/file
	run "files of others are read without O_NOATIME" inside read /etc/passwd
	like "nobody: the walk goes on" "$(tool walk /)" '^bad denied /private$'
else
	skip "an ordinary user's view" "we are one already"
fi
finish
