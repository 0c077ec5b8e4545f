#!/usr/bin/env python3
"""gen-store - a large container store, for figures and limits of size

usage: gen-store.py docker DIR IMAGES [CONTAINERS [LAYERS]]

Writes the data-root DIR of a Docker with the storage driver overlay2 by its
documented layout (moby: image/fs.go, layer/filestore.go, reference/store.go,
container/container.go, daemon/graphdriver/overlay2): no engine makes a
thousand images in reasonable time. IMAGES images of LAYERS (20) layers, and as
many CONTAINERS; container i is of image i mod IMAGES. The lower half of the
layers is one of ten bases, so that each base layer is in a tenth of the images;
the upper half is the image's own. Each layer has three small files, and each
container changed four: an added program, an added script, a file of the image
with other bytes, a deleted one (with root's rights: a whiteout). Everything
follows from the numbers: two runs make the same store.
"""

import hashlib
import json
import os
import sys

BASES = 10
TIME = 1767225600  # 2026-01-01


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def put(path, data, mode=0o644):
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    os.write(fd, data if isinstance(data, bytes) else data.encode())
    os.close(fd)


def stamp(path):
    os.utime(path, (TIME, TIME))


class Docker:
    def __init__(self, top):
        self.top = top
        self.db = top + '/image/overlay2'
        for d in ('containers', 'volumes', 'overlay2/l', 'image/overlay2/'
                  'imagedb/content/sha256', 'image/overlay2/imagedb/metadata/'
                  'sha256', 'image/overlay2/layerdb/sha256',
                  'image/overlay2/layerdb/mounts'):
            os.makedirs(top + '/' + d)
        self.made = {}  # chain id: its lower file
        self.repos = {}

    def dir(self, name, lower):
        """A directory of overlay2; returns the short name of its link."""
        at = self.top + '/overlay2/' + name
        os.mkdir(at)
        os.mkdir(at + '/diff')
        short = sha(name)[:26].upper()
        os.symlink('../' + name + '/diff', self.top + '/overlay2/l/' + short)
        put(at + '/link', short)
        if lower:
            put(at + '/lower', lower)
            os.mkdir(at + '/work')
        return short

    def layer(self, diff, chain, parent, key):
        """A layer, once; returns what stands in "lower" above it."""
        if chain in self.made:
            return self.made[chain]
        lower = self.made.get(parent, '')
        name = sha('cache ' + chain)
        short = self.dir(name, lower)
        top = self.top + '/overlay2/' + name + '/diff/'
        for d in ('usr', 'usr/share', 'usr/bin'):
            os.mkdir(top + d)
        for i in range(3):
            f = top + ('usr/bin/', 'usr/share/', 'usr/share/doc-')[i] + key
            put(f, ('#!/bin/sh\necho %s\n' if i == 0 else 'text %s\n') % key,
                0o755 if i == 0 else 0o644)
            stamp(f)
        for d in ('usr/share', 'usr/bin', 'usr'):
            stamp(top + d)
        at = self.db + '/layerdb/sha256/' + chain[7:]
        os.mkdir(at)
        put(at + '/cache-id', name)
        put(at + '/diff', diff)
        put(at + '/size', '60')
        if parent:
            put(at + '/parent', parent)
        self.made[chain] = 'l/' + short + (':' + lower if lower else '')
        return self.made[chain]

    def image(self, i, layers):
        diffs, history, chain = [], [], ''
        keys = ['base%d-%d' % (i % BASES, k) if k < layers // 2 else
                'image%d-%d' % (i, k) for k in range(layers)]
        for key in keys:
            diff = 'sha256:' + sha('diff ' + key)
            parent, chain = chain, diff if not chain else \
                'sha256:' + sha(chain + ' ' + diff)
            lower = self.layer(diff, chain, parent, key)
            diffs.append(diff)
            history.append({'created': '2026-01-01T00:00:00Z', 'created_by':
                            '/bin/sh -c #(nop) ADD file:%s in /' % key})
            history.append({'created': '2026-01-01T00:00:00Z', 'created_by':
                            '/bin/sh -c #(nop)  ENV K=%s' % key,
                            'empty_layer': True})
        config = json.dumps({
            'architecture': 'amd64', 'os': 'linux',
            'created': '2026-01-01T00:00:00Z',
            'config': {'Env': ['PATH=/usr/sbin:/usr/bin', 'N=%d' % i],
                       'Cmd': ['/usr/bin/image%d-%d' % (i, layers - 1)],
                       'WorkingDir': '/', 'Labels': {'number': str(i)}},
            'history': history,
            'rootfs': {'type': 'layers', 'diff_ids': diffs}})
        image = sha(config)
        put(self.db + '/imagedb/content/sha256/' + image, config)
        os.mkdir(self.db + '/imagedb/metadata/sha256/' + image)
        put(self.db + '/imagedb/metadata/sha256/' + image + '/lastUpdated',
            '2026-01-02T00:00:00Z')
        self.repos['team/app%d' % i] = {'team/app%d:1' % i: 'sha256:' + image}
        return image, chain, lower, keys

    def container(self, i, n, image, chain, lower, keys):
        cid, mount = sha('container %d' % i), sha('mount %d' % i)
        short = self.dir(mount + '-init', lower)
        self.dir(mount, 'l/' + short + ':' + lower)
        at = self.db + '/layerdb/mounts/' + cid
        os.mkdir(at)
        put(at + '/mount-id', mount)
        put(at + '/init-id', mount + '-init')
        put(at + '/parent', chain)
        top = self.top + '/overlay2/' + mount + '/diff/'
        for d in ('tmp', 'usr', 'usr/share', 'usr/bin'):
            os.mkdir(top + d)
        put(top + 'tmp/run', b'\x7fELF\x02\x01\x01' + bytes(57) +
            cid.encode(), 0o755)
        put(top + 'usr/bin/added', '#!/bin/sh\necho %d\n' % i, 0o755)
        put(top + 'usr/share/' + keys[-1], 'other %d\n' % i)
        if os.geteuid() == 0:
            os.mknod(top + 'usr/share/doc-' + keys[0], 0o20000, 0)
        at = self.top + '/containers/' + cid
        os.mkdir(at)
        put(at + '/config.v2.json', json.dumps({
            'ID': cid, 'Name': '/c%d' % i, 'Created': '2026-01-03T00:00:00Z',
            'Path': '/usr/bin/' + keys[-1], 'Args': [],
            'Image': 'sha256:' + image, 'Driver': 'overlay2',
            'HostnamePath': '/var/lib/docker/containers/%s/hostname' % cid,
            'LogPath': '/var/lib/docker/containers/%s/%s-json.log' % (cid, cid),
            'MountPoints': {},
            'NetworkSettings': {'Ports': {}, 'Networks': {'bridge': {}}},
            'Config': {'Hostname': cid[:12], 'Image': 'team/app%d:1' % n,
                       'Env': ['PATH=/usr/sbin:/usr/bin', 'N=%d' % n],
                       'Cmd': ['/usr/bin/' + keys[-1]], 'Labels': {}},
            'State': {'Running': False, 'Pid': 0, 'ExitCode': 0,
                      'StartedAt': '2026-01-03T00:00:01Z',
                      'FinishedAt': '2026-01-03T00:00:02Z'}}))
        put(at + '/hostconfig.json', json.dumps({
            'Binds': ['/srv/data%d:/data:ro' % i], 'NetworkMode': 'bridge',
            'RestartPolicy': {'Name': 'no', 'MaximumRetryCount': 0},
            'CapAdd': None, 'CapDrop': None, 'LogConfig': {
                'Type': 'json-file', 'Config': {}}}))

    def end(self):
        put(self.db + '/repositories.json',
            json.dumps({'Repositories': self.repos}))


def main():
    kind, top = sys.argv[1:3]
    images = int(sys.argv[3])
    containers = int(sys.argv[4]) if len(sys.argv) > 4 else images
    layers = int(sys.argv[5]) if len(sys.argv) > 5 else 20
    if kind != 'docker':
        sys.exit('gen-store.py: no store of this kind: ' + kind)
    os.umask(0o022)
    s = Docker(top)
    made = [s.image(i, layers) for i in range(images)]
    for i in range(containers):
        s.container(i, i % images, *made[i % images])
    s.end()


main()
