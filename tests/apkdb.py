"""apkdb.py ROOT - write ROOT/lib/apk/db as apk would have, for the package
"tool" of all that is in ROOT/usr and ROOT/etc, by the documented format."""
import base64, hashlib, io, os, stat, sys, tarfile

os.chdir(sys.argv[1])
q1 = lambda b: 'Q1' + base64.b64encode(hashlib.sha1(b).digest()).decode()
out = ['C:' + q1(b'control'), 'P:tool', 'V:1.2-r3', 'A:x86_64', 'S:1', 'I:2',
       'T:a tool', 'U:https://example.org', 'L:MIT', 'o:tools',
       'm:A B <a@b.example>', 't:1600000000', 'c:abc', 'D:so:libc.musl.so.1']
for top in ('etc', 'usr'):
    for d, dirs, files in os.walk(top):
        dirs.sort()
        links = [n for n in dirs if os.path.islink(d + '/' + n)]
        out.append('F:' + d)
        st = os.stat(d)
        if stat.S_IMODE(st.st_mode) != 0o755:
            out.append('M:0:0:%o' % stat.S_IMODE(st.st_mode))
        for n in sorted(files + links):
            p = d + '/' + n
            st = os.lstat(p)
            m = stat.S_IMODE(st.st_mode)
            out.append('R:' + n)
            if m != 0o644 or st.st_uid or st.st_gid:
                out.append('a:%d:%d:%o' % (st.st_uid, st.st_gid, m))
            body = os.readlink(p).encode() if os.path.islink(p) else open(p, 'rb').read()
            out.append('Z:' + q1(body))
out += ['', 'C:' + q1(b'two'), 'P:second', 'V:2', 'A:noarch', 'm:x', 's:edge', '']
os.makedirs('lib/apk/db')
os.makedirs('etc/apk')
open('etc/apk/world', 'w').write('tool\nsecond><%s\nother\n' % q1(b'two'))
open('lib/apk/db/installed', 'w').write('\n'.join(out) + '\n')
with tarfile.open('lib/apk/db/scripts.tar', 'w', format=tarfile.USTAR_FORMAT) as t:
    for name in ('post-install', 'trigger'):
        i = tarfile.TarInfo('tool-1.2-r3.%s.%s' % (q1(b'control'), name))
        body = b'#!/bin/sh\necho %s\n' % name.encode()
        i.size = len(body)
        t.addfile(i, io.BytesIO(body))
