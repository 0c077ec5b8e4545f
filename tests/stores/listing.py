"""listing.py DIR: one line an object, sorted: type, mode, owner, path, what it holds"""
import hashlib, os, stat, sys

top = os.fsencode(sys.argv[1])
lines = []

def show(p, name):
    st = os.lstat(p)
    kind = {stat.S_IFDIR: 'directory', stat.S_IFREG: 'file', stat.S_IFLNK: 'link',
            stat.S_IFIFO: 'fifo', stat.S_IFCHR: 'chardev', stat.S_IFBLK: 'blockdev',
            stat.S_IFSOCK: 'socket'}[stat.S_IFMT(st.st_mode)]
    rest = ''
    if kind == 'link':
        rest = os.fsdecode(os.readlink(p))
    elif kind == 'file':
        with open(p, 'rb') as f:
            rest = hashlib.sha256(f.read()).hexdigest()
    lines.append('%s %o %d:%d %s %s' % (kind, stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid,
                                        repr(os.fsdecode(name))[1:-1], rest))
    if kind == 'directory':
        for n in os.listdir(p):
            show(p + b'/' + n, (name if name != b'/' else b'') + b'/' + n)

show(top, b'/')
print('\n'.join(sorted(lines)).encode('utf-8', 'backslashreplace').decode())
