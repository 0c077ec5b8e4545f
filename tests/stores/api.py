#!/usr/bin/env python3
"""api.py - ask dockerd by its API

usage: api.py SOCKET METHOD PATH [ID]

Prints the answer. With ID it is a list of objects: each a line, with that Id.
"""

import http.client
import json
import socket
import sys

c = http.client.HTTPConnection("x")
c.sock = socket.socket(socket.AF_UNIX)
c.sock.connect(sys.argv[1])
c.request(*sys.argv[2:4])
answer = c.getresponse().read().decode(errors="replace")
if sys.argv[4:]:
    for x in json.loads(answer) or []:
        print(json.dumps(dict(x, Id=sys.argv[4])))
else:
    print(answer)
