#!/usr/bin/env python3
"""history.py - BuildKit's history of builds, made by hand

usage: history.py FILE

Writes history.db as BuildKit 0.11 and later do (Docker 23 on): BoltDB, bucket
"_records", of each build a message BuildHistoryRecord whose fields have the
numbers of BuildKit's api/services/control/control.proto. No package of Debian
12 writes one. One build that made an image, one that failed.
"""
import struct
import sys

from tinyctr import bolt, uvarint


def num(no, v):
    return uvarint(no << 3) + uvarint(v)


def text(no, v):
    v = v.encode() if isinstance(v, str) else v
    return uvarint(no << 3 | 2) + uvarint(len(v)) + v


def pairs(no, d):
    return b"".join(text(no, text(1, k) + text(2, v)) for k, v in d.items())


def time(no, sec):
    return text(no, num(1, sec) + num(2, 500000000))


good = (text(1, "ref1") + text(2, "dockerfile.v0") +
        pairs(3, {"filename": "Dockerfile", "build-arg:A": "1"}) +
        text(4, text(1, "image") + pairs(2, {"name": "app:2"})) +
        time(6, 1772600000) + time(7, 1772600060) +
        text(8, text(1, "application/x") + text(2, "sha256:" + 64 * "0")) +
        pairs(9, {"image.name": "docker.io/library/app:2",
                  "containerimage.config.digest": "sha256:" + 64 * "a",
                  "containerimage.digest": "sha256:" + 64 * "b",
                  "buildinfo": "e30="}) +
        num(12, 3) + num(14, 1) + num(16, 9))
failed = (text(1, "ref2") + text(2, "gateway.v0") +
          pairs(3, {"source": "registry.example.org/front"}) +
          text(4, text(1, "image") + pairs(2, {"name": "evil:1"})) +
          text(5, num(1, 2) + text(2, "process \"/bin/sh\" did not end")) +
          time(6, 1772600100) + time(7, 1772600160))
bolt(sys.argv[1], {"_records": {"ref1": good, "ref2": failed},
                   "_leases": {}})
