#!/usr/bin/env python3
"""rules.py - fixtures of rules: records with what a rule must say of them

usage: rules.py stream plain|ff FIXTURE...   the stream, for stream.py
       rules.py check FINDINGS FIXTURE...    "pass" or "fail" and why, a line
                                             a case; FINDINGS: case-match's

A fixture is a line a case: a record with "want": "SEVERITY/EFFECT" of the
weightiest finding of this rule that rests on it, or "none". Short forms:
  persist    artifact, command; owner (root), schedule, defect, scope, text;
             "script": whole content, kept as a blob; "package_state" gives
             it a path of its own; "program" is of no package, if not said;
             "program_script": its content, kept as a blob
  container  cmd, entrypoint, env, mounts ["SOURCE:DESTINATION[:ro]"],
             ran (true), changes ["/path"], privileged ...
             a mount "NAME=DESTINATION" is one of a volume, and "volume":
             {"NAME": ["k=v", ...]} has its options
  image      names, cmd, history, env ...
  pod        source, commands, images, host_paths ... (also task, build, layer)
  process    argv, exe, name, uid, sockets [{...}]; package_state: with a row
             of executable for it; "scope": "own": of the container of this case
  mapping, open_file   of the process of this case
  account    name, uid, shell, password
  file       path; "is": elf (the default), script, data; mode as a text is
             octal (0755); "because": its column why
  change     path; "is": elf (the default), pie, lib, script, data; op (added)
  package_file  path, state (changed); "is": a file row with it
  package    name; "script": {"postinst": text}
  package_db oddities
  yara       scope, path, rule, meta ["name=value"], strings [["$a", "text"]]:
             a match; "matched": [...] of these with any other record
"also": [...] more records of the same case.
With "ff" every text that is matched gets a byte that is not UTF-8.
"""
import base64
import hashlib
import json
import os
import sys

TOOLS = {"persist": "collect-persistence", "account": "collect-persistence",
         "blob": "collect-persistence", "container": "collect-containers",
         "mount": "collect-containers", "change": "collect-containers",
         "image": "collect-images", "image_name": "collect-images",
         "image_history": "collect-images",
         "image_layer": "collect-images", "layer_source": "collect-images",
         "process": "collect-processes", "socket": "collect-processes",
         "contradiction": "collect-processes", "open_file": "collect-processes",
         "mapping": "collect-processes", "executable": "collect-processes",
         "kernel_module": "collect-processes", "clock": "collect-processes",
         "kernel_parameter": "collect-processes", "bpf": "collect-processes",
         "login": "collect-processes", "mount_point": "collect-processes",
         "file": "collect-files", "package": "collect-packages",
         "package_file": "collect-packages", "package_db": "collect-packages",
         "layer": "collect-images", "mismatch": "collect-images",
         "build": "collect-images",
         "pod": "collect-containers", "task": "collect-containers",
         "volume": "collect-containers", "network": "collect-containers",
         "node": "collect-containers",
         "yara_rule": "scan-yara", "match": "scan-yara"}
PATHS = {"cron-system": "/etc/crontab", "cron-d": "/etc/cron.d/x",
         "cron-user": "/var/spool/cron/crontabs/root",
         "rc-local": "/etc/rc.local", "ld-so-preload": "/etc/ld.so.preload",
         "shell-rc-user": "/root/.bashrc", "shell-rc-system": "/etc/profile",
         "systemd-unit-system": "/etc/systemd/system/x.service",
         "ssh-authorized-keys": "/root/.ssh/authorized_keys",
         "cron-hourly": "/etc/cron.hourly/x"}
STORE = "/var/lib/docker"
ORDER = ["info", "low", "medium", "high", "critical"]


def clean(b):
    """readable form of bytes, as the stream has it"""
    out = ""
    i = 0
    while i < len(b):
        for n in (1, 2, 3, 4):
            try:
                c = b[i:i + n].decode()
            except UnicodeDecodeError:
                continue
            out += {"\\": "\\\\", "\0": "\\x00"}.get(c, c)
            i += n
            break
        else:
            out += "\\x%02X" % b[i]
            i += 1
    return out


def shown(b):
    """an element of a list: readable only where it must be"""
    try:
        return b.decode()
    except UnicodeDecodeError:
        return clean(b)


def put(rec, key, value, ff, tail):
    """a text or list column, with \\xff at its end if asked"""
    if value is None:
        return
    if isinstance(value, list):
        items = [v.encode() for v in value] + ([tail] if ff else [])
        rec[key] = json.dumps([shown(i) for i in items],
                              separators=(",", ":"), ensure_ascii=False)
        if ff:
            rec[key + "_b64"] = base64.b64encode(
                b"".join(i + b"\0" for i in items)).decode()
        return
    b = value.encode() + (tail if ff else b"")
    raw = ff or b"\0" in b
    rec[key] = clean(b) if raw else value
    if raw:
        rec[key + "_b64"] = base64.b64encode(b).decode()


def kept(text, ff, out):
    """a script's content as a blob; its digest"""
    data = text.encode() + (b"\n# \xff\n" if ff else b"")
    digest = hashlib.sha256(data).hexdigest()
    out.append(("blob", {"sha256": digest, "size": len(data), "offset": 0,
                         "data_b64": base64.b64encode(data).decode()}))
    return digest


def yara(n, i, o, ff):
    """a rule and what it matched"""
    rule = o.get("rule", "r%d_%d" % (n, i))
    ids = {"namespace": o.get("namespace", "tests/rules"), "rule": rule}
    y = dict(ids, pack="tests", title=o.get("title", "what is hostile"))
    put(y, "meta", o.get("meta", ["severity=high"]), False, b"")
    scope = o.get("scope", "host")
    out = [("yara_rule", y)]
    for name, text in o.get("strings", [["$a", "hostile"]]):
        m = dict(ids, scope=scope, path=o["path"], string=name, offset=0,
                 origin=o.get("origin", scope.split(":")[0]))
        put(m, "text", text, ff, b"\xff")
        out.append(("match", m))
    return out


def origin(scope):
    return "host" if scope == "host" else "container"


def file_row(o):
    """a file, with the facts of its kind"""
    r = {"scope": "host", "type": "file", "mode": "755", "uid": 0, "gid": 0,
         "why": o.pop("because", "executable"), "size": 1000}
    r["origin"] = origin(o.get("scope", "host"))
    what = o.pop("is", "elf")
    if what == "elf":
        r.update(elf_type="pie", magic="ELF 64-bit LSB shared object")
    elif what == "script":
        r.update(interpreter="/bin/sh", magic="POSIX shell script")
    r.update(o)
    if isinstance(r["mode"], str):
        r["mode"] = int(r["mode"], 8)
    return r


def expand(n, o, ff):
    """records of one case"""
    o = dict(o)
    also = o.pop("also", [])
    if also:
        out = expand(n, o, ff)
        for x in also:
            out += expand(n, x, ff)
        return out
    matched = o.pop("matched", [])
    if o["k"] == "yara":
        return yara(n, 0, o, ff)
    if matched:
        out = expand(n, o, ff)
        for i, m in enumerate(matched):
            out += yara(n, i, m, ff)
        return out
    o.pop("want", None)
    o.pop("why", None)
    kind = o.pop("k")
    out = []
    hexid = hashlib.sha256(b"%d" % n).hexdigest()
    if kind == "persist":
        art = o.get("artifact")
        cron = art.startswith("cron-") and not art.endswith("ly")
        schedule = o.pop("schedule", "17 4 * * *" if cron else None)
        owner = o.pop("owner", "root")
        cmd = o.pop("command", None)
        text = o.pop("text", " ".join(x for x in (
            schedule if cron else None, owner if cron and art != "cron-user"
            else None, cmd) if x) if cmd else None)
        script = o.pop("script", None)
        program_script = o.pop("program_script", None)
        path = PATHS.get(art, "/etc/x")
        if art.startswith("shell-rc") or art.endswith("ly"):
            path += str(n)  # one file a case: they are also read whole
        elif "package_state" in o:
            path = os.path.dirname(path) + "/%d-" % n + os.path.basename(path)
        if "program" in o:
            o.setdefault("program_state", "unpackaged")
            o.setdefault("program_uid", 0)
            o.setdefault("program_mode", 0o755)
        r = {"scope": "host", "path": path, "line": n + 1,
             "origin": origin(o.get("scope", "host"))}
        if schedule:
            r["schedule"] = schedule
        if owner:
            r["owner"] = owner
        if art.startswith("systemd-unit"):
            r["enabled"] = "WantedBy=multi-user.target"
        tail = b"" if art == "ld-so-preload" else b" # \xff"
        put(r, "command", cmd, ff and tail, tail)
        put(r, "text", text, ff and tail, tail)
        r.update(o)
        for k in [k for k in r if r[k] is None]:
            del r[k]
        if script is not None:
            r["sha256"] = kept(script, ff, out)
        if program_script is not None:
            r["program_sha256"] = kept(program_script, ff, out)
        out.append(("persist", r))
    elif kind == "container":
        scope = "container:docker/" + hexid
        ids = {"scope": scope, "engine": "docker", "store": STORE,
               "container_id": hexid}
        mounts, changes = o.pop("mounts", []), o.pop("changes", [])
        volumes = o.pop("volume", {})
        ran = o.pop("ran", True)
        entry, cmd, env = (o.pop(k, None) for k in ("entrypoint", "cmd", "env"))
        r = dict(ids, name="c%d" % n, image_ref="alpine:3", state="exited"
                 if ran else "created", created_time=1)
        if ran:
            r["started_time"] = 2
        put(r, "entrypoint", entry, False, b"")
        put(r, "cmd", cmd, ff, b"\xff")
        put(r, "env", env, ff, b"X=\xff")
        put(r, "command", o.pop("command", " ".join((entry or []) + (cmd or []))
                                or None), ff, b" \xff")
        for k in list(o):
            if isinstance(o[k], list):
                put(r, k, o.pop(k), False, b"")
        r.update(o)
        out.append(("container", r))
        for name, options in volumes.items():
            v = {"engine": "docker", "store": STORE, "name": name,
                 "driver": "local"}
            put(v, "options", options, False, b"")
            out.append(("volume", v))
        for m in mounts:
            if m[0] != "/":
                p = m.split("=")
                out.append(("mount", dict(
                    ids, type="volume", name=p[0], destination=p[1],
                    source="%s/volumes/%s/_data" % (STORE, p[0]), rw=True)))
                continue
            p = m.split(":")
            out.append(("mount", dict(ids, type="bind", source=p[0],
                                      destination=p[1], rw=len(p) < 3)))
        for c in changes:
            out.append(("change", dict(ids, op="added", type="file", path=c)))
    elif kind == "image":
        image = "sha256:" + hexid
        ids = {"engine": "docker", "store": STORE, "image_id": image}
        names, history = o.pop("names", ["shop/web:1"]), o.pop("history", [])
        entry, cmd, env = (o.pop(k, None) for k in ("entrypoint", "cmd", "env"))
        r = dict(ids, scope="image:docker/" + image, names=json.dumps(names))
        put(r, "entrypoint", entry, False, b"")
        put(r, "cmd", cmd, ff, b"\xff")
        put(r, "env", env, ff, b"X=\xff")
        put(r, "command", " ".join((entry or []) + (cmd or [])) or None, ff,
            b" \xff")
        for k in list(o):
            if isinstance(o[k], list):
                put(r, k, o.pop(k), False, b"")
        r.update(o)
        out.append(("image", r))
        for name in names:
            out.append(("image_name", dict(ids, name=name)))
        for i, h in enumerate(history):
            x = dict(ids, position=i)
            put(x, "created_by", h, ff, b" # \xff")
            out.append(("image_history", x))
    elif kind in ("mapping", "open_file", "contradiction", "executable",
                  "login", "kernel_module", "clock"):
        if o.get("scope") == "own":
            o["scope"] = "container:docker/" + hexid
        r = {} if kind in ("kernel_module", "clock") else {"scope": "host"}
        if kind in ("mapping", "open_file"):
            r["pid"] = 1000 + n
        r.update(o)
        out.append((kind, r))
    elif kind == "process":
        if o.get("scope") == "own":
            o["scope"] = "container:docker/" + hexid
            o.setdefault("container_id", hexid)
        state, package = o.pop("package_state", None), o.pop("package", None)
        there = o.pop("there", True)
        if state or not there:
            o["exe_inode"] = 70000 + n
            x = {"scope": "host", "type": "program", "path": o["exe"],
                 "inode": 70000 + n, "processes": 1, "there": there}
            x.update({k: v for k, v in (("package_state", state),
                                        ("package", package)) if v})
            out.append(("executable", x))
        argv, env = o.pop("argv", None), o.pop("env", None)
        sockets = o.pop("sockets", [])
        r = {"scope": "host", "pid": 1000 + n, "ppid": 2, "uid": 0, "euid": 0,
             "user": "root", "kernel": False, "deleted": False,
             "memfd": False}
        if argv:
            r["name"] = argv[0].split("/")[-1][:15]
        put(r, "argv", argv, ff, b"\xff")
        put(r, "env", env, ff, b"X=\xff")
        put(r, "cmdline", o.pop("cmdline", " ".join(argv) if argv else None),
            ff, b" \xff")
        r.update(o)
        for k in [k for k in r if r[k] is None]:
            del r[k]
        out.append(("process", r))
        for s in sockets:
            x = {"scope": r["scope"], "pid": r["pid"], "fd": 3,
                 "protocol": "tcp", "state": "ESTABLISHED",
                 "local_address": "192.0.2.9", "local_port": 4000,
                 "remote_address": "198.51.100.7", "remote_port": 4444}
            x.update(s)
            x = {k: v for k, v in x.items() if v is not None}
            out.append(("socket", x))
    elif kind == "account":
        r = {"scope": "host", "path": "/etc/passwd", "line": n + 1,
             "name": "a%d" % n, "uid": 1000 + n, "gid": 100,
             "home": "/home/a", "shell": "/bin/bash", "password": "yescrypt",
             "origin": "host"}
        r.update(o)
        out.append(("account", r))
    elif kind == "file":
        out.append(("file", file_row(o)))
    elif kind == "change":
        what = o.pop("is", "elf")
        scope = "container:docker/" + hexid
        r = {"scope": scope, "engine": "docker", "store": STORE,
             "container_id": hexid, "op": "added", "type": "file",
             "mode": 0o755, "size": 10000 + n,
             "sha256": hashlib.sha256(o["path"].encode() + b"%d" % n).hexdigest(),
             "filetype": {
                 "elf": "ELF 64-bit LSB executable, x86-64; executable, static",
                 "pie": "ELF 64-bit LSB shared object, x86-64; pie, dynamic",
                 "lib": "ELF 64-bit LSB shared object, x86-64; shared, dynamic",
                 "script": "a /bin/sh script, ASCII text executable",
                 "data": "ASCII text"}[what]}
        if isinstance(o.get("mode"), str):
            o["mode"] = int(o["mode"], 8)
        r.update(o)
        if r["op"] == "deleted":
            for k in ("mode", "size", "sha256", "filetype"):
                del r[k]
        out.append(("change", r))
    elif kind == "package_file":
        what = o.pop("is", None)
        r = {"scope": "host", "package": "p%d" % n, "version": "1",
             "state": "changed", "algorithm": "md5", "differs": '["digest"]'}
        r["origin"] = origin(o.get("scope", "host"))
        r.update(o)
        if isinstance(r.get("mode"), str):
            r["mode"] = int(r["mode"], 8)
        script = r.pop("script", None)
        if script is not None:
            r["sha256"] = kept(script, ff, out)
        out.append(("package_file", r))
        if what:
            out.append(("file", file_row({
                "path": r["path"], "scope": r["scope"], "is": what,
                "origin": r["origin"]})))
    elif kind == "package":
        r = {"scope": "host", "format": "dpkg", "name": "p%d" % n,
             "version": "1", "status": "installed", "path": "/var/lib/dpkg"}
        scripts = o.pop("script", None)
        if scripts:
            r["scripts"] = json.dumps(sorted(scripts), separators=(",", ":"))
            put(r, "text", "\n".join("== %s\n%s" % x for x in
                                     sorted(scripts.items())), ff, b"\n# \xff")
        r.update(o)
        out.append(("package", r))
    elif kind == "package_db":
        r = {"scope": "host", "format": "dpkg", "path": "/var/lib/dpkg",
             "packages": 1, "files": 1, "digests": 1}
        put(r, "oddities", o.pop("oddities", None), ff, b"info/x\xff is odd")
        r.update(o)
        out.append(("package_db", r))
    else:
        r = {"engine": "docker", "store": STORE}
        if kind == "pod":
            r = {"engine": "kubernetes", "source": "manifest",
                 "namespace": "default", "name": "p%d" % n, "uid": hexid[:32],
                 "path": "/etc/kubernetes/manifests/%d.yaml" % n}
        for k, v in o.items():
            if isinstance(v, (list, str)):
                put(r, k, v, ff and k in ("commands", "command", "steps",
                                          "created_by"), b" # \xff")
            else:
                r[k] = v
        out.append((kind, r))
    return out


def read(names):
    """every case of every fixture, with its rule"""
    packs = sorted(os.listdir("iocs"))
    for name in names:
        rule = os.path.basename(name)[len("rule-"):-len(".jsonl")]
        pack = [p for p in packs if rule.startswith(p + "-")][0]
        rule = pack + "/" + rule[len(pack) + 1:]
        with open(name) as f:
            for line in f:
                if line.strip() and not line.startswith("#"):
                    yield rule, json.loads(line)


def stream(names, ff):
    runs = {}
    for n, (_, o) in enumerate(read(names)):
        for kind, r in expand(n, o, ff):
            runs.setdefault(TOOLS[kind], []).append(dict({"k": kind}, **r))
    for tool, recs in runs.items():
        print(json.dumps({"k": "run", "tool": tool}))
        for r in recs:
            print(json.dumps(r))


def check(findings, names):
    rows = {}
    with open(findings) as f:
        found = [json.loads(x) for x in f]
    by_row = {}
    for x in found:
        if x["k"] == "finding":
            for e in x.get("evidence", "").split():
                by_row.setdefault((x["rule"], e), []).append(x)
    for n, (rule, o) in enumerate(read(names)):
        got = []
        for kind, _ in expand(n, o, False):
            rows[kind] = rows.get(kind, 0) + 1
            got += by_row.get((rule, "%s:%d" % (kind, rows[kind])), [])
        got = sorted(((ORDER.index(f["severity"]), f["effect"]) for f in got),
                     reverse=True)
        got = "%s/%s" % (ORDER[got[0][0]], got[0][1]) if got else "none"
        what = o.get("why") or json.dumps(
            o.get("program_script") or o.get("command") or o.get("script") or o.get("cmd") or
            o.get("argv") or o.get("history") or o)[:110]
        good = got == o["want"]
        print("%s %s %s: %s%s" % ("pass" if good else "fail", rule, o["want"],
                                  what, "" if good else " -- got " + got))


if sys.argv[1] == "stream":
    stream(sys.argv[3:], sys.argv[2] == "ff")
else:
    check(sys.argv[2], sys.argv[3:])
