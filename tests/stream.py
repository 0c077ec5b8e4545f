#!/usr/bin/env python3
"""stream.py - complete runs from short ones, for tests of what reads a case

Reads records, a JSON object a line; a "run" line starts a run and needs only
what matters to the test ({"k":"run","tool":"collect-images"}). Lists may be
written as JSON arrays. Writes the stream as a collector would, with "end".
A line "cut" ends a run without its end.
"""
import hashlib
import json
import re
import sys

KINDS = re.findall(r"^KIND\((\w+),", open("collectors/lib/kinds.def").read(),
                   re.M)


def dump(o):
    return json.dumps(o, separators=(",", ":"), ensure_ascii=False)


def record(o):
    return {k: dump(v) if isinstance(v, list) else v for k, v in o.items()}


def finish(run):
    if not run:
        return
    text = "".join(dump(r) + "\n" for r in run)
    kinds = [r["k"] for r in run]
    notes = [r for r in run if r["k"] == "note"]
    end = {"k": "end",
           "counts": dump(["%s=%d" % (k, kinds.count(k)) for k in KINDS
                           if k in kinds]),
           "notes": len(notes),
           "lost": sum(n.get("lost", n.get("class") != "absent")
                       for n in notes),
           "sha256": hashlib.sha256(text.encode()).hexdigest(),
           "finish_time": 2}
    sys.stdout.write(text + dump(end) + "\n")


def start(o):
    run = {"k": "run", "version": 1, "tool": "", "tool_version": "0",
           "build": "test"}
    if o["tool"].startswith(("collect-", "scan-")):
        run.update(host="h1", root="/", taken_for="live", live=True)
    run.update(o)
    run.update(uid=o.get("uid", 0), start_time=o.get("start_time", 1))
    return run


run = []
for line in sys.stdin:
    if not line.strip():
        continue
    if line.strip() == "cut":
        sys.stdout.write("".join(dump(r) + "\n" for r in run))
        run = []
        continue
    o = json.loads(line)
    if o["k"] == "run":
        finish(run)
        run = [start(o)]
    else:
        run.append(record(o))
finish(run)
