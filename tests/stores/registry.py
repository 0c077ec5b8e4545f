#!/usr/bin/env python3
"""registry.py - the reading half of an image registry, from "docker save" files

usage: registry.py PORTFILE SAVED.tar...

Serves every image of the archives on 127.0.0.1, so that an engine that has it
as its mirror pulls them as it would from outside: with digests, and with its
memory of where each layer came from.
"""

import gzip
import hashlib
import http.server
import json
import sys
import tarfile

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
blobs = {}
manifests = {}


def put(data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return digest


def load(path):
    with tarfile.open(path) as tar:
        for image in json.load(tar.extractfile("manifest.json")):
            config = tar.extractfile(image["Config"]).read()
            layers = []
            for name in image["Layers"]:
                data = tar.extractfile(name).read()
                # an engine with the containerd image store saves packed ones
                if not data.startswith(b"\x1f\x8b"):
                    data = gzip.compress(data, mtime=0)
                layers.append({
                    "mediaType":
                    "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "size": len(data), "digest": put(data)})
            manifest = json.dumps({
                "schemaVersion": 2, "mediaType": MANIFEST,
                "config": {
                    "mediaType":
                    "application/vnd.docker.container.image.v1+json",
                    "size": len(config), "digest": put(config)},
                "layers": layers}).encode()
            digest = put(manifest)
            for ref in image["RepoTags"]:
                name, tag = ref.rsplit(":", 1)
                if "/" not in name:
                    name = "library/" + name
                manifests[name, tag] = manifests[name, digest] = manifest


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def parse_request(self):
        # TLS: tell it in the words of HTTP, then an engine tries without
        if self.raw_requestline.startswith(b"\x16"):
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            self.close_connection = True
            return False
        return super().parse_request()

    def answer(self):
        parts = self.path.strip("/").split("/")
        data, kind = None, "application/octet-stream"
        if parts == ["v2"]:
            data, kind = b"{}", "application/json"
        elif len(parts) > 3 and parts[-2] == "manifests":
            data = manifests.get(("/".join(parts[1:-2]), parts[-1]))
            kind = MANIFEST
        elif len(parts) > 3 and parts[-2] == "blobs":
            data = blobs.get(parts[-1])
        self.send_response(404 if data is None else 200)
        data = data or b""
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Docker-Content-Digest",
                         "sha256:" + hashlib.sha256(data).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_GET = do_HEAD = answer

    def log_message(self, *args):
        pass


for archive in sys.argv[2:]:
    load(archive)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1], "w") as f:
    f.write(str(server.server_port))
server.serve_forever()
