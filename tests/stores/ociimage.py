#!/usr/bin/env python3
"""ociimage.py - write an OCI image layout as a tar, for stores to import

usage: ociimage.py OUT.tar SPEC.json

SPEC is a list of images: {"name", "parts": [PART]} where more than one part is
an index of platforms. A part: {"arch", "layers": [DIR or [DIR, "gzip"]],
"config": {...}, "history": [...], "absent": true} - of an absent one only the
index knows; {"attestation": true} adds what BuildKit puts beside an image.
Times are fixed, so that the same input gives the same bytes.
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

OCI = "application/vnd.oci.image."
blobs = {}


def put(data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return digest


def doc(o, media, keep=True, **more):
    data = json.dumps(o, separators=(",", ":")).encode()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    if keep:
        blobs[digest] = data
    return dict({"mediaType": media, "digest": digest, "size": len(data)},
                **more)


def tree(path):
    """a directory as a layer; a name .wh.X is a whiteout as it stands"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as t:
        for top, dirs, files in os.walk(path):
            dirs.sort()
            for n in sorted(files + dirs):
                p = os.path.join(top, n)
                i = t.gettarinfo(p, os.path.relpath(p, path))
                i.mtime = 1767323045
                i.uname = i.gname = ""
                t.addfile(i, open(p, "rb") if i.isreg() else None)
    return out.getvalue()


def part(p):
    layers, diffs = [], []
    for d in p.get("layers", []):
        zipped = isinstance(d, list)
        data = tree(d[0] if zipped else d)
        diffs.append("sha256:" + hashlib.sha256(data).hexdigest())
        if zipped:
            data = gzip.compress(data, mtime=0)
        media = OCI + "layer.v1.tar" + ("+gzip" if zipped else "")
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        if not p.get("absent"):
            blobs[digest] = data
        layers.append({"mediaType": media, "digest": digest,
                       "size": len(data)})
    keep = not p.get("absent")
    history = p.get("history") or [
        {"created": "2026-01-02T03:04:05.678Z", "created_by": "layer %d" % i}
        for i in range(len(layers))]
    config = doc({"created": "2026-01-02T03:04:05.678901234Z",
                  "author": "fixture", "architecture": p["arch"],
                  "os": "linux", "config": p.get("config", {}),
                  "rootfs": {"type": "layers", "diff_ids": diffs},
                  "history": history}, OCI + "config.v1+json", keep)
    return doc({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                "config": config, "layers": layers},
               OCI + "manifest.v1+json", keep,
               platform={"architecture": p["arch"], "os": "linux"})


def attestation(of):
    statement = put(b'{"_type":"https://in-toto.io/Statement/v0.1"}')
    config = doc({"architecture": "unknown", "os": "unknown", "config": {},
                  "rootfs": {"type": "layers", "diff_ids": [statement]}},
                 OCI + "config.v1+json")
    return doc({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                "config": config,
                "layers": [{"mediaType": "application/vnd.in-toto+json",
                            "digest": statement,
                            "size": len(blobs[statement])}]},
               OCI + "manifest.v1+json",
               platform={"architecture": "unknown", "os": "unknown"},
               annotations={"vnd.docker.reference.type":
                            "attestation-manifest",
                            "vnd.docker.reference.digest": of})


def image(i):
    all = []
    for p in i["parts"]:
        if p.get("attestation"):
            all.append(attestation(all[0]["digest"]))
        else:
            all.append(part(p))
    d = all[0]
    if len(all) > 1:
        d = doc({"schemaVersion": 2, "mediaType": OCI + "index.v1+json",
                 "manifests": all}, OCI + "index.v1+json")
    d = dict(d)
    d.pop("platform", None)
    d["annotations"] = {"io.containerd.image.name": i["name"]}
    return d


def main():
    with open(sys.argv[2]) as f:
        index = {"schemaVersion": 2,
                 "manifests": [image(i) for i in json.load(f)]}
    files = [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
             ("index.json", json.dumps(index).encode())]
    files += [("blobs/sha256/" + d[7:], blobs[d]) for d in sorted(blobs)]
    with tarfile.open(sys.argv[1], "w") as t:
        for name, data in files:
            i = tarfile.TarInfo(name)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))


main()
