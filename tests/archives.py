"""archives.py NAME FILE: archives that no engine would write, for t-archives.sh"""
import gzip, hashlib, io, json, lzma, os, sys, tarfile

def sha(b):
    return hashlib.sha256(b).hexdigest()

def tar(members, fmt=tarfile.GNU_FORMAT):
    """members: (name, bytes | None for a directory | ('link', to) | ('hard', to) | ('char', a, b))"""
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode='w', format=fmt)
    for name, data in members:
        ti = tarfile.TarInfo(name)
        ti.mode, ti.mtime = 0o644, 1770000000
        if data is None:
            ti.type, ti.mode = tarfile.DIRTYPE, 0o755
        elif isinstance(data, tuple):
            ti.type = {'link': tarfile.SYMTYPE, 'hard': tarfile.LNKTYPE,
                       'char': tarfile.CHRTYPE}[data[0]]
            if data[0] == 'char':
                ti.devmajor, ti.devminor = data[1:]
            else:
                ti.linkname = data[1]
        else:
            ti.size = len(data)
        t.addfile(ti, io.BytesIO(data) if isinstance(data, bytes) else None)
    t.close()
    return out.getvalue()

def config(layers, **more):
    c = {'architecture': 'amd64', 'os': 'linux', 'config': {'Cmd': ['run']},
         'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + sha(l) for l in layers]},
         'history': [{'created_by': 'layer %d' % i} for i in range(len(layers))]}
    c.update(more)
    return json.dumps(c).encode()

def save(layers, names=('app:1',), cfg=None, cfg_name=None, extra=(), paths=None, stored=None):
    """As docker save wrote it from 1.10 to 24, without the v1 parts."""
    cfg = cfg or config(layers)
    cfg_name = cfg_name or sha(cfg) + '.json'
    paths = paths or ['%s/layer.tar' % sha(l) for l in layers]
    stored = layers if stored is None else stored
    m = [(cfg_name, cfg)]
    m += [(p, l) for p, l in zip(paths, stored) if l is not None]
    m += list(extra)
    m.append(('manifest.json', json.dumps([{'Config': cfg_name, 'RepoTags': list(names),
                                            'Layers': paths}]).encode()))
    return tar(m)

class Layout:
    def __init__(self):
        self.blobs, self.index = {}, []
    def blob(self, b, kind):
        d = 'sha256:' + sha(b)
        self.blobs[d] = b
        return {'mediaType': kind, 'digest': d, 'size': len(b)}
    def image(self, layers, pack=lambda b: b, cfg=None, kind='application/vnd.oci.image.config.v1+json'):
        c = self.blob(cfg or config(layers), kind)
        ls = [self.blob(pack(l), 'application/vnd.oci.image.layer.v1.tar') for l in layers]
        m = {'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.manifest.v1+json',
             'config': c, 'layers': ls}
        return self.blob(json.dumps(m).encode(), m['mediaType'])
    def many(self, manifests):
        m = {'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.index.v1+json',
             'manifests': manifests}
        return self.blob(json.dumps(m).encode(), m['mediaType'])
    def members(self):
        m = [('oci-layout', b'{"imageLayoutVersion":"1.0.0"}'),
             ('index.json', json.dumps({'schemaVersion': 2, 'manifests': self.index}).encode())]
        return m + [('blobs/sha256/' + d[7:], b) for d, b in sorted(self.blobs.items())]

def name(m, n, key='org.opencontainers.image.ref.name'):
    return dict(m, annotations={key: n})

def layout():
    """An index of platforms in an index, one platform absent, attestations, an artifact, a schema 1"""
    o = Layout()
    a = tar([('etc', None), ('etc/one', b'one\n')])
    b = tar([('etc/two', b'two\n'), ('etc/.wh.one', b'')])
    one = o.image([a, b], gzip.compress)
    att = o.image([tar([('x', b'x')])])
    att['annotations'] = {'vnd.docker.reference.type': 'attestation-manifest'}
    absent = {'mediaType': 'application/vnd.oci.image.manifest.v1+json',
              'digest': 'sha256:' + 64 * '7', 'size': 1, 'platform': {'architecture': 's390x'}}
    inner = o.many([one, att, absent])
    o.index.append(name(o.many([inner]), 'registry.example.org/app:2', 'io.containerd.image.name'))
    nameless = o.image([tar([('etc/nameless', b'n\n')])], lzma.compress)
    o.index.append(nameless)
    chart = o.image([b'no tar at all'], kind='application/vnd.cncf.helm.config.v1+json')
    o.index.append(name(chart, 'chart'))
    old = o.blob(json.dumps({'schemaVersion': 1, 'fsLayers': [{'blobSum': 'sha256:' + 64 * '1'}],
                             'history': []}).encode(),
                 'application/vnd.docker.distribution.manifest.v1+prettyjws')
    o.index.append(name(old, 'old:1'))
    o.index.append({'mediaType': 'application/x-unknown', 'digest': 'sha256:' + 64 * '2', 'size': 1})
    return o

def v1(repositories=True):
    """As docker save wrote it before 1.10: directories of v1 ids, no manifest"""
    low, top, alone = 64 * 'a', 64 * 'b', 64 * 'c'
    m = []
    for i, parent, files in ((low, None, [('etc', None), ('etc/low', b'low\n'), ('etc/gone', b'x')]),
                             (top, low, [('etc/.wh.gone', b''), ('etc/top', b'top\n')]),
                             (alone, None, [('etc/alone', b'alone\n')])):
        doc = {'id': i, 'created': '2015-06-07T08:09:10Z',
               'container_config': {'Cmd': ['/bin/sh', '-c', 'made ' + i[:1]]},
               'config': {'Cmd': ['serve'], 'Env': ['V=' + i[:1]]}, 'architecture': 'amd64', 'os': 'linux'}
        if parent:
            doc['parent'] = parent
        m += [(i, None), (i + '/VERSION', b'1.0'), (i + '/json', json.dumps(doc).encode()),
              (i + '/layer.tar', tar(files))]
    if repositories:
        m.append(('repositories', json.dumps({'old/app': {'1': top, 'latest': top}}).encode()))
    return tar(m)

L1 = tar([('etc', None), ('etc/passwd', b'root:x:0:0::/root:/bin/sh\n'), ('etc/a', b'a\n'),
          ('d/x', b'x\n'), ('o/low', b'low\n'), ('usr/lib/l', b'l\n'), ('lib', ('link', 'usr/lib'))])
L2 = tar([('etc/.wh.a', b''), ('o/.wh..wh..opq', b''), ('o/high', b'high\n'),
          ('.wh.d', ('hard', 'etc/.wh.a')), ('lib', ('link', 'usr/lib')), ('etc/b', b'b\n')])

def cut(b, n):
    return b[:n]

def hostile(what):
    ok = save([L1, L2])
    if what == 'good':
        return ok
    if what == 'paths': # manifest.json names what is not its own
        return save([L1, L2], paths=['/etc/passwd', '../../../../../etc/shadow'], stored=[None, None])
    if what == 'config-path':
        return save([L1], cfg_name='../../../../etc/passwd')
    if what == 'links': # members that lead outside
        return save([L1, L2], paths=['l1', 'l2/layer.tar'], stored=[None, None],
                    extra=[('l1', ('link', '/etc/passwd')), ('l2', ('link', '../../../../etc'))])
    if what == 'missing':
        return save([L1, L2], stored=[L1, None])
    if what == 'config-digest':
        return save([L1, L2], cfg=config([L1, L2], os='other'), cfg_name=64 * 'd' + '.json')
    if what == 'diff-id':
        return save([L1, L2], cfg=config([L1, L1]))
    if what == 'layer-count':
        return save([L1, L2], cfg=config([L1]))
    if what == 'blob':
        o = Layout()
        o.index.append(name(o.image([L1]), 'app:1'))
        m = [(n, b.replace(b'root:x', b'ruut:x') if n.startswith('blobs') else b) for n, b in o.members()]
        return tar(m)
    if what == 'truncated':
        return cut(ok, len(ok) // 2)
    if what == 'truncated-gzip':
        g = gzip.compress(ok + os.urandom(200000))
        return cut(g, len(g) // 2)
    if what == 'truncated-layer':
        g = gzip.compress(L1)
        return save([L1], stored=[cut(g, len(g) // 2)])
    if what == 'bomb':
        out = io.BytesIO()
        z = gzip.GzipFile(fileobj=out, mode='wb', compresslevel=9)
        ti = tarfile.TarInfo('etc/zero')
        ti.size = 3 << 30
        z.write(ti.tobuf(tarfile.GNU_FORMAT))
        for _ in range(700):
            z.write(bytes(1 << 20))
        z.close()
        return save([L1], stored=[out.getvalue()])
    if what == 'many':
        return save([tar([('n/%d' % i, b'') for i in range(int(sys.argv[3]))])])
    if what == 'deep':
        return save([tar([('/'.join(['d'] * 400) + '/file', b'deep'), ('ok', b'ok')], tarfile.PAX_FORMAT)])
    if what == 'names':
        return save([tar([('../up', b'1'), ('a/../../b', b'2'), ('/abs', b'3'), ('./dot/./f', b'4'),
                          ('file', b'5'), ('file/below', b'6'), ('dir/x', b'7'), ('dir', b'8'),
                          ('loop', ('link', 'loop')), ('loop/y', b'9'), ('out', ('link', '/../../../etc')),
                          ('out/evil', b'10'), ('n' * 300, b'11'), ('.wh.', b''), ('.wh...', b''),
                          ('twice', b'first'), ('twice', b'second')], tarfile.PAX_FORMAT)])
    if what == 'hard':
        return save([tar([('a', ('hard', 'b')), ('b', ('hard', 'c')), ('c', ('hard', 'a')),
                          ('early', ('hard', 'late')), ('late', b'late'), ('none', ('hard', '/etc/passwd')),
                          ('self', ('hard', 'self')), ('d', None), ('dir', ('hard', 'd'))])])
    if what == 'bytes':
        t = tar([('caf\udce9', b'1'), ('na\u00efve', b'2'), ('line\nfeed', b'3'),
                 ('l', ('link', 'to\udcff'))], tarfile.GNU_FORMAT)
        return save([t])
    if what == 'xattr':
        out = io.BytesIO()
        t = tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT)
        for n, k, v in (('etc', 'trusted.overlay.opaque', 'y'), ('etc/cap', 'security.capability', '\x01')):
            ti = tarfile.TarInfo(n)
            if n == 'etc':
                ti.type, ti.mode = tarfile.DIRTYPE, 0o755
            ti.pax_headers = {'SCHILY.xattr.' + k: v}
            t.addfile(ti)
        t.close()
        return save([L1, out.getvalue()])
    if what == 'sparse-claim':
        ti = tarfile.TarInfo('etc/huge')
        ti.size = 1 << 60
        return ti.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    if what == 'cycle': # parents of v1 images
        m = []
        for i, p in ((64 * 'a', 64 * 'b'), (64 * 'b', 64 * 'a')):
            m += [(i + '/json', json.dumps({'id': i, 'parent': p}).encode()), (i + '/layer.tar', L1)]
        m.append(('repositories', json.dumps({'x': {'1': 64 * 'a'}}).encode()))
        return tar(m)
    if what == 'index-cycle':
        o = Layout()
        d = 'sha256:' + 64 * '5'
        o.blobs[d] = json.dumps({'manifests': [{'digest': d, 'mediaType':
                                 'application/vnd.oci.image.index.v1+json'}]}).encode()
        o.index.append({'digest': d, 'mediaType': 'application/vnd.oci.image.index.v1+json'})
        return tar(o.members())
    if what == 'no-json':
        return tar([('manifest.json', b'[{"Config": '), ('x', b'')])
    if what == '7z':
        return b"7z\xbc\xaf'\x1c" + bytes(100)
    if what == 'both': # a root, and what would make it an archive of images
        return tar([('manifest.json', b'[]'), ('etc/passwd', b'root:x:0:0::/root:/bin/sh\n'), ('usr', None)])
    raise SystemExit('no such archive: ' + what)

if __name__ == '__main__':
    what, to = sys.argv[1:3]
    if what == 'layout-dir':
        for n, b in layout().members():
            p = os.path.join(to, n)
            os.makedirs(os.path.dirname(p), exist_ok=True)
            with open(p, 'wb') as f:
                f.write(b)
    else:
        data = (tar(layout().members()) if what == 'layout' else v1() if what == 'v1' else
                v1(False) if what == 'v1-nameless' else hostile(what))
        with open(to, 'wb') as f:
            f.write(data)
