#!/usr/bin/env python3
"""build2.py - ask dockerd for a build by BuildKit

usage: build2.py SOCKET QUERY

POST /build?QUERY, with "version=2" and "remote" in it; prints the answer.
"""

import http.client
import socket
import sys

c = http.client.HTTPConnection("x")
c.sock = socket.socket(socket.AF_UNIX)
c.sock.connect(sys.argv[1])
c.request("POST", "/v1.41/build?" + sys.argv[2])
print(c.getresponse().read().decode(errors="replace"))
