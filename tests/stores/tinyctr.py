#!/usr/bin/env python3
"""tinyctr.py - a small store of containerd made by hand, whole or spoiled

usage: tinyctr.py DIR [CASE [ARGUMENT...]]

Writes DIR (the root of a store) by the documented layout: meta.db and the
metadata.db of the overlayfs snapshotter (BoltDB, each bucket one page that
continues as far as needed), blobs and snapshots. Prints IMAGE-ID, the diff ids
and the chain ids. It has namespace n1 with image app:1 of two layers, container
"one" and, as 2.x has them, sandbox "box". CASE changes that, see cases().
"""

import base64
import gzip
import hashlib
import io
import json
import os
import struct
import sys
import tarfile

PAGE = 4096
OCI = "application/vnd.oci.image."


def sha(b):
    return "sha256:" + hashlib.sha256(b).hexdigest()


# ---- BoltDB ------------------------------------------------------------------

def fnv(b):
    h = 0xcbf29ce484222325
    for x in b:
        h = (h ^ x) * 0x100000001b3 & 2**64 - 1
    return h


def bolt(path, tree):
    pages = {}
    free = [4]

    def bucket(t):
        items = []
        for k in sorted(t, key=lambda x: x if isinstance(x, bytes)
                        else x.encode()):
            v = t[k]
            k = k if isinstance(k, bytes) else k.encode()
            if isinstance(v, dict):
                items.append((k, struct.pack("<QQ", bucket(v), 0), 1))
            else:
                items.append((k, v if isinstance(v, bytes) else v.encode(),
                              0))
        at = 16 * len(items)
        head, data = b"", b""
        for i, (k, v, flag) in enumerate(items):
            head += struct.pack("<IIII", flag, at - 16 * i + len(data),
                                len(k), len(v))
            data += k + v
        size = 16 + len(head) + len(data)
        n = (size + PAGE - 1) // PAGE
        pid = free[0]
        free[0] += n
        pages[pid] = struct.pack("<QHHI", pid, 2, len(items), n - 1) + \
            head + data
        return pid

    root = bucket(tree)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        for i in range(2):
            m = struct.pack("<IIIIQQQQQ", 0xed0cdaed, 2, PAGE, 0, root, 0,
                            2**64 - 1, free[0], 1 + i)
            f.seek(i * PAGE)
            f.write(struct.pack("<QHHI", i, 4, 0, 0) + m +
                    struct.pack("<Q", fnv(m)))
        for pid, p in pages.items():
            f.seek(pid * PAGE)
            f.write(p)
        f.truncate(free[0] * PAGE)


def uvarint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def varint(n):
    return uvarint(n << 1)


def when(sec):
    return b"\x01" + struct.pack(">qIh", sec + 62135596800, 500, -1)


def any_of(url, value):
    url = url.encode()
    return b"\x0a" + uvarint(len(url)) + url + b"\x12" + \
        uvarint(len(value)) + value


def layer(files):  # a layer as a registry gives it: the tar, and packed
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as t:
        for path, text in files:
            m = tarfile.TarInfo(path)
            m.size = len(text)
            m.mtime = 1772600000
            t.addfile(m, io.BytesIO(text.encode()))
    return out.getvalue(), gzip.compress(out.getvalue(), mtime=0)


# ---- the store -----------------------------------------------------------------

class Store:
    def __init__(self, top):
        self.top = top
        self.ns = {}
        self.snaps = {}
        self.seq = 0
        self.blobs = top + "/io.containerd.content.v1.content/blobs/sha256"
        self.over = top + "/io.containerd.snapshotter.v1.overlayfs"
        os.makedirs(self.blobs, exist_ok=True)

    def put(self, data):
        d = sha(data)
        with open(self.blobs + "/" + d[7:], "wb") as f:
            f.write(data)
        return d

    def doc(self, o, media):
        data = json.dumps(o).encode()
        return {"mediaType": media, "digest": self.put(data),
                "size": len(data)}

    def space(self, name):
        return self.ns.setdefault(name, {"images": {}, "containers": {},
                                         "snapshots": {"overlayfs": {}}})

    def ref(self, space, name, target):
        self.space(space)["images"][name] = {
            "createdat": when(1772600000), "updatedat": when(1772600001),
            "target": {"digest": target["digest"],
                       "mediatype": target["mediaType"],
                       "size": varint(target["size"])}}

    def image(self, space, name, layers, unpack=True, tag=""):
        # a layer is its name, or [NAME, [PATH, TEXT]...]: one that is packed
        packed = {x[0]: layer(x[1:]) for x in layers if isinstance(x, list)}
        layers = [x[0] if isinstance(x, list) else x for x in layers]
        diffs = [sha(packed[x][0] if x in packed else (x + tag).encode())
                 for x in layers]
        config = self.doc({
            "architecture": "amd64", "os": "linux",
            "created": "2026-03-04T05:06:07.5Z",
            "config": {"Cmd": ["run", "it"], "Env": ["A=1"]},
            "history": [{"created_by": x} for x in layers],
            "rootfs": {"type": "layers", "diff_ids": diffs}},
            OCI + "config.v1+json")
        manifest = self.doc({
            "schemaVersion": 2, "config": config, "layers": [
                {"mediaType": OCI + "layer.v1.tar+gzip",
                 "digest": self.put(packed[x][1] if x in packed
                                    else b"blob " + d.encode()),
                 "size": len(packed[x][1]) if x in packed else 76}
                for x, d in zip(layers, diffs)]}, OCI + "manifest.v1+json")
        self.ref(space, name, manifest)
        chains, parent = [], ""
        for x, d in zip(layers, diffs):
            chain = sha((chains[-1] + " " + d).encode()) if chains else d
            chains.append(chain)
            if unpack and chain not in self.space(space)["snapshots"][
                    "overlayfs"]:
                self.snapshot(space, chain, parent, 3,
                              {x + "/file": x + "\n"})
            parent = chain
        return config["digest"], diffs, chains, manifest

    def snapshot(self, space, key, parent, kind, files):
        self.seq += 1
        name = "%s/%d/%s" % (space, self.seq, key)
        keys = self.space(space)["snapshots"]["overlayfs"]
        keys[key] = {"name": name, "createdat": when(1772600002)}
        s = {"id": uvarint(self.seq), "kind": bytes([kind]),
             "createdat": when(1772600003), "inodes": varint(2),
             "size": varint(4096)}
        if parent:
            keys[key]["parent"] = parent
            s["parent"] = keys[parent]["name"]
        self.snaps[name] = s
        for f, text in files.items():
            p = "%s/snapshots/%d/fs/%s" % (self.over, self.seq, f)
            os.makedirs(os.path.dirname(p), exist_ok=True)
            with open(p, "w") as o:
                o.write(text)
        return self.seq

    def container(self, space, name, image, key, spec=None, labels=None,
                  extensions=None):
        spec = spec or {
            "process": {"args": ["run", "it"], "cwd": "/", "env": ["A=1"],
                        "user": {"uid": 0, "gid": 0}},
            "root": {"path": "rootfs"}, "linux": {"namespaces": [
                {"type": "pid"}, {"type": "mount"}, {"type": "network"},
                {"type": "ipc"}, {"type": "uts"}]},
            "mounts": [{"destination": "/mnt/etc", "type": "bind",
                        "source": "/etc", "options": ["rbind", "ro"]}]}
        c = {"createdat": when(1772600004), "updatedat": when(1772600004),
             "image": image, "snapshotter": "overlayfs", "snapshotKey": key,
             "runtime": {"name": "io.containerd.runc.v2"},
             "spec": any_of("types.containerd.io/opencontainers/"
                            "runtime-spec/1/Spec", json.dumps(spec).encode())}
        if labels:
            c["labels"] = labels
        if extensions:
            c["extensions"] = {k: any_of("t", json.dumps(v).encode())
                               for k, v in extensions.items()}
        self.space(space)["containers"][name] = c
        return c

    def write(self):
        bolt(self.top + "/io.containerd.metadata.v1.bolt/meta.db",
             {"v1": dict(self.ns, version=varint(3))})
        bolt(self.over + "/metadata.db", {"v1": {"snapshots": self.snaps}})


def tiny(s):
    r = s.image("n1", "app:1", ["lib", "app"])
    s.snapshot("n1", "one", r[2][1], 2, {"app/file": "changed\n"})
    s.container("n1", "one", "app:1", "one")
    s.space("n1")["sandboxes"] = {"box": {
        "createdat": when(1772600005), "runtime": {"name": "io.x.v2"},
        "sandboxer": "shim", "labels": {
            "io.kubernetes.pod.name": "p", "io.kubernetes.pod.namespace": "q",
            "io.kubernetes.pod.uid": "u"}}}
    return r


def blob(s, digest):
    return s.blobs + "/" + digest[7:]


def cases(s, r, case, args):
    config, diffs, chains, manifest = r
    n1 = s.space("n1")
    keys = n1["snapshots"]["overlayfs"]
    if case == "index":  # arm64 is there as well; s390x is not
        other = s.image("n1", "other", ["lib", "arm"], tag="arm")
        del n1["images"]["other"]
        i = s.doc({"schemaVersion": 2, "manifests": [
            manifest, other[3],
            dict(manifest, digest=sha(b"s390x"))]}, OCI + "index.v1+json")
        s.ref("n1", "app:1", i)
        print("index", i["digest"], other[0])
    elif case == "index-absent":
        s.ref("n1", "app:1", s.doc({"manifests": [
            dict(manifest, digest=sha(b"s390x"))]}, OCI + "index.v1+json"))
    elif case == "artifact":
        s.ref("n1", "chart:1", s.doc({
            "schemaVersion": 2, "layers": [], "config": s.doc(
                {}, "application/vnd.cncf.helm.config.v1+json")},
            OCI + "manifest.v1+json"))
    elif case == "circle":
        s.snaps[keys[chains[0]]["name"]]["parent"] = keys[chains[1]]["name"]
    elif case == "lost-parent":
        s.snaps[keys[chains[1]]["name"]]["parent"] = "n1/99/gone"
    elif case == "outside":  # an id that leads out, a name that does
        n1["containers"]["../../x"] = n1["containers"]["one"]
        n1["images"]["bad"] = {"target": {"digest": "sha256:../../../etc"}}
        s.ns["a/../b"] = {"images": {"x:1": n1["images"]["app:1"]}}
    elif case == "dangling":
        n1["images"]["moby-dangling@" + manifest["digest"]] = \
            n1["images"].pop("app:1")
    elif case == "gone":  # the image's name is gone, its snapshots stay
        del n1["images"]["app:1"]
    elif case == "unnamed-snapshot":
        del keys["one"], n1["containers"]["one"]
    elif case == "spec":
        n1["containers"]["one"]["spec"] = any_of("x", args[0].encode())
    elif case == "label":
        n1["containers"]["one"].setdefault("labels", {}).update(
            a.split("=", 1) for a in args)
    elif case == "unsupported":
        n1["containers"]["one"]["snapshotter"] = args[0]
        n1["snapshots"][args[0]] = {"one": keys.pop("one")}
        os.makedirs(s.top + "/io.containerd.snapshotter.v1." + args[0])
    elif case == "lease":
        n1["leases"] = {
            "pull-1": {"createdat": when(1772600006),
                       "labels": {"containerd.io/gc.expire":
                                  "2026-03-05T00:00:00Z"},
                       "snapshots": {"overlayfs": {"one": b"", "two": b""}},
                       "content": {manifest["digest"]: b""},
                       "ingests": {"layer-sha256:ab": b""}},
            "empty": {}, "no bucket": b"x"}
    elif case == "pull":  # pulled, never unpacked: two, a layer in common
        new = ["new", ["new/file", "new\n"], ["new/other", "other\n"]]
        more = ["more", ["new/.wh.file", ""], ["more/file", "more\n"]]
        a = s.image("n1", "new:1", [new], unpack=False)
        b = s.image("n1", "two:1", [new, more], unpack=False)
        print(a[0], b[0], *(sha(layer(x[1:])[1])[7:] for x in (new, more)))
    elif case == "half":  # unpacked up to its first layer
        new = ["new", ["new/file", "new\n"]]
        more = ["more", ["more/file", "more\n"]]
        a = s.image("n1", "half:1", [new, more], unpack=False)
        s.snapshot("n1", a[2][0], "", 3, {"new/file": "new\n"})
        print(a[0], "-", *(sha(layer(x[1:])[1])[7:] for x in (new, more)))
    elif case == "moby":  # Docker 29's part: CONTAINER
        s.ns["moby"] = s.ns.pop("n1")
        moby = s.ns["moby"]
        moby["containers"].clear()
        del moby["sandboxes"]
        sn = moby["snapshots"]["overlayfs"]
        s.snapshot("moby", args[0] + "-init", chains[1], 3,
                   {"etc/hostname": ""})
        s.snapshot("moby", args[0], args[0] + "-init", 2,
                   {"app/new": "new\n"})
        del sn["one"]
        print("manifest", manifest["digest"])
    elif case == "rootfs":  # a container whose root is the host's: PATH
        c = s.container("n1", "hosted", "app:1", "", spec={
            "process": {"args": ["run"], "cwd": "/"},
            "root": {"path": args[0]}})
        del c["snapshotKey"], c["snapshotter"]
    elif case == "schema1":  # signed: layers lib and app, newest first
        blobs = [s.put(layer([x])[1]) for x in (
            ("app/file", "app\n"), ("lib/file", "lib\n"))]
        doc = json.dumps({
            "schemaVersion": 1, "name": "old", "tag": "1",
            "architecture": "amd64",
            "fsLayers": [{"blobSum": blobs[0]}, {"blobSum": "sha256:" +
                                                 "00" * 32},
                         {"blobSum": blobs[1]}],
            "history": [{"v1Compatibility": json.dumps(x)} for x in (
                {"id": "c" * 64, "parent": "b" * 64, "os": "linux",
                 "created": "2016-03-04T05:06:07.5Z",
                 "config": {"Cmd": ["old", "it"]},
                 "container_config": {"Cmd": ["#(nop) ADD app"]}},
                {"id": "b" * 64, "parent": "a" * 64, "throwaway": True,
                 "created": "2016-03-04T05:06:06Z",
                 "container_config": {"Cmd": ["#(nop) CMD"]}},
                {"id": "a" * 64, "created": "2016-03-04T05:06:05Z",
                 "container_config": {"Cmd": ["#(nop) ADD lib"]}})]},
            indent=3)
        end = len(doc) - 2  # before "\n}"
        protect = base64.urlsafe_b64encode(json.dumps({
            "formatLength": end, "formatTail": base64.urlsafe_b64encode(
                doc[end:].encode()).decode().rstrip("="),
            "time": "2016-03-04T05:06:07Z"}).encode()).decode().rstrip("=")
        signed = doc[:end] + ',\n   "signatures": ' + json.dumps(
            [{"header": {}, "signature": "x", "protected": protect}]) + \
            doc[end:]
        if "unsigned" in args:
            signed = doc
        digest = sha(doc.encode())
        with open(blob(s, digest), "w") as f:
            f.write(signed)
        s.ref("n1", "old:1", {
            "mediaType": "application/vnd.docker.distribution.manifest."
            "v1+prettyjws", "digest": digest, "size": len(signed)})
        print(digest, *blobs)
    elif case == "many":  # N images and N containers of 20 layers each
        for i in range(int(args[0])):
            names = ["l%d" % k for k in range(19)] + ["i%d" % i]
            c = s.image("n1", "image:%d" % i, names)
            s.snapshot("n1", "c%d" % i, c[2][-1], 2, {"new": "x"})
            s.container("n1", "c%d" % i, "image:%d" % i, "c%d" % i)
    elif case:
        sys.exit("no case " + case)


def main():
    s = Store(sys.argv[1])
    r = tiny(s)
    print(r[0], *r[1], *r[2])
    cases(s, r, sys.argv[2] if len(sys.argv) > 2 else "", sys.argv[3:])
    s.write()


if __name__ == "__main__":
    main()
