#!/usr/bin/env python3
"""cri.py - ask a container runtime over the CRI, as the kubelet does

usage: cri.py SOCKET METHOD SPEC.json

SPEC is the request as a list of [FIELD NUMBER, VALUE]: text, a number, true, a
list (a message), {"map": {...}} of texts. The numbers are those of
kubernetes/cri-api runtime/v1 api.proto. Prints the strings of the answer's
first level, one a line. gRPC goes through curl: nothing else is needed.
"""

import json
import subprocess
import sys


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(no, v):
    if isinstance(v, bool) or isinstance(v, int):
        return varint(no << 3) + varint(int(v))
    if isinstance(v, dict):
        return b"".join(field(no, [[1, k], [2, x]])
                        for k, x in sorted(v["map"].items()))
    data = v.encode() if isinstance(v, str) else message(v)
    return varint(no << 3 | 2) + varint(len(data)) + data


def message(fields):
    return b"".join(field(no, v) for no, v in fields)


def strings(p):
    i = 0

    def number():
        nonlocal i
        n = shift = 0
        while True:
            n |= (p[i] & 127) << shift
            shift += 7
            i += 1
            if p[i - 1] < 128:
                return n

    while i < len(p):
        tag = number()
        if tag & 7 == 2:
            n = number()
            yield p[i:i + n]
            i += n
        else:
            number()


sock, method, spec = sys.argv[1:4]
with open(spec) as f:
    body = message(json.load(f))
r = subprocess.run(
    ["curl", "-sS", "--http2-prior-knowledge", "--unix-socket", sock,
     "-H", "content-type: application/grpc", "-H", "te: trailers",
     "--data-binary", "@-", "-D", "/dev/stderr",
     "http://localhost/runtime.v1.RuntimeService/" + method],
    input=b"\0" + len(body).to_bytes(4, "big") + body,
    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
if b"grpc-status: 0" not in r.stderr:
    sys.exit(method + ": " + r.stderr.decode(errors="replace"))
for s in strings(r.stdout[5:]):
    print(s.decode(errors="replace"))
