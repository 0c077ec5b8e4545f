#!/usr/bin/env python3
"""compare-containerd.py - are our rows what containerd itself said?

usage: compare-containerd.py images|containers|changes ENGINE-DIR RECORDS

ENGINE-DIR is fixtures/store-containerd/engine. Prints one line for each field
that differs and a count of what was compared; exits 1 if any differs.
"""

import json
import os
import re
import sys

from datetime import datetime, timezone

what, engine, records = sys.argv[1:4]
bad = compared = 0
STORE = "/var/lib/containerd"


def text(*name):
    with open(os.path.join(engine, *name)) as f:
        return f.read()


def docs(*name):
    """documents one after the other"""
    s, d = text(*name), json.JSONDecoder()
    i = 0
    while s[i:].strip():
        while s[i].isspace():
            i += 1
        o, i = d.raw_decode(s, i)
        yield o


def ns(t):
    m = re.match(r"(.*?)(?:\.(\d+))?Z$", t)
    sec = datetime.strptime(m.group(1), "%Y-%m-%dT%H:%M:%S")
    return int(sec.replace(tzinfo=timezone.utc).timestamp()) * 10**9 + \
        int((m.group(2) or "0").ljust(9, "0"))


def same(where, field, ours, theirs):
    global bad, compared
    compared += 1
    if ours in ("", [], None, False) and theirs in ("", [], {}, None, False):
        return
    if ours != theirs:
        bad += 1
        print("%s: %s is %r, the engine says %r" % (where, field, ours,
                                                    theirs))


with open(records) as f:
    rows = [json.loads(x) for x in f if x.strip()]
spaces = [x.split()[0] for x in text("namespaces").split("\n")[1:] if x]


def of(kind, space=None):
    return [r for r in rows if r["k"] == kind and
            (space is None or r.get("namespace") == space)]


def lst(r, key):
    return json.loads(r[key]) if key in r else []


def pairs(d):
    return sorted("%s=%s" % x for x in (d or {}).items())


def images():
    for s in spaces:
        theirs = {}
        for line in text(s, "images").split("\n")[1:]:
            if line:
                ref, kind, digest = line.split()[:3]
                theirs[ref] = digest
        ids = {r["image_id"]: r for r in of("image", s)}
        ours = {}
        for r in of("image_name", s):
            ours[r["name"]] = lst(ids[r["image_id"]], "digests")
        # the CRI's own refs are the ids themselves
        for ref in [x for x in theirs if x.startswith("sha256:")]:
            same(s, "image by id", ref in ids, True)
            same(s, ref, theirs[ref] in lst(ids[ref], "digests"), True)
            del theirs[ref]
        same(s, "names", sorted(ours), sorted(theirs))
        for ref in theirs:
            same(s + " " + ref, "digest", theirs[ref] in ours[ref], True)
        there = {x.split()[0]: int(float(re.match(
            r"[\d.]+", x.split()[1]).group())) for x in
            text(s, "content").split("\n")[1:] if x}
        for r in of("image", s):
            same(s, "configuration", r["image_id"] in there, True)
            same(s, "verified", r["verified"], True)
        for r in of("image_layer", s):
            same(s, "blob of a layer", r["digest"] in there, True)
        snapshots(s)


def snapshots(s):
    for sn in "overlayfs", "native":
        got = {}
        for o in docs(s, "snapshots-%s.json" % sn):
            if "Kind" in o:
                name = o["Name"]
                got[name] = o
            else:
                got[name].update(o)
        ours = {r["name"]: r for r in of("layer", s)
                if "v1.%s/" % sn in r.get("host_path", "")}
        same(s + " " + sn, "snapshots", sorted(ours), sorted(got))
        for name, t in got.items():
            r, w = ours[name], "%s %s %s" % (s, sn, name[:20])
            same(w, "Kind", r["type"], t["Kind"].lower())
            same(w, "Parent", r.get("parent"), t.get("Parent"))
            same(w, "Created", r["created_time"], ns(t["Created"]))
            if t["Kind"] == "Committed":
                same(w, "Size", r["size"], t["Size"])
                continue
            m = t["Mounts"]
            if sn == "overlayfs" and "upperdir" in m:
                same(w, "upperdir", r["host_path"],
                     re.search(r"upperdir=([^,\s]*)", m).group(1))
                low = re.search(r"lowerdir=([^,\s]*)", m).group(1).split(":")
            elif sn == "overlayfs":
                low = re.search(r"lowerdir=([^,\s]*)", m)
                low = low.group(1).split(":") if low else [m.split()[4]]
            else:
                same(w, "source", r["host_path"] in m.split(), True)
                continue
            chain, p = [], r.get("parent")
            while p:
                chain.append(ours[p]["host_path"])
                p = ours[p].get("parent")
            same(w, "lowerdir", chain, low)


def mounts(spec):
    for m in spec.get("mounts") or []:
        o = m.get("options") or []
        own = ("/io.containerd.grpc.v1.cri/sandboxes/", )
        if ("bind" in o or "rbind" in o) and \
                not any(x in m["source"] for x in own):
            yield "%s %s %s" % (m["source"], m["destination"],
                                "ro" not in o)
        elif m["type"] == "tmpfs" and not m["destination"].startswith(
                ("/dev", "/run")):
            yield "tmpfs %s True" % m["destination"]


def containers():
    all = 0
    for s in spaces:
        theirs = {o["ID"]: o for o in docs(s, "containers.json")}
        ours = {r["container_id"]: r for r in of("container", s)}
        tasks = {x.split()[0]: x.split()[1:] for x in
                 text(s, "tasks").split("\n")[1:] if x}
        same(s, "containers", sorted(ours), sorted(theirs))
        all += len(theirs)
        for i, t in theirs.items():
            r, w, spec = ours[i], s + " " + i[:12], t["Spec"]
            p, lin = spec["process"], spec["linux"]
            same(w, "Labels", lst(r, "labels"), pairs(t["Labels"]))
            same(w, "Image", r.get("image_ref"), t["Image"])
            same(w, "Snapshotter", r.get("driver"), t["Snapshotter"])
            same(w, "Runtime", r["runtime"].split()[0], t["Runtime"]["Name"])
            same(w, "CreatedAt", r["created_time"], ns(t["CreatedAt"]))
            same(w, "args", r["command"], " ".join(p["args"]))
            same(w, "env", lst(r, "env"), p.get("env"))
            u = p["user"]
            same(w, "user", r["user"], "%d:%d" % (u["uid"], u["gid"]))
            same(w, "cwd", r["workdir"], p["cwd"])
            same(w, "hostname", r.get("hostname"), spec.get("hostname"))
            same(w, "annotations", lst(r, "annotations"),
                 pairs(spec.get("annotations")))
            same(w, "capabilities", lst(r, "capabilities"), sorted(
                (p.get("capabilities") or {}).get("bounding") or []))
            same(w, "noNewPrivileges", r["no_new_privs"],
                 p.get("noNewPrivileges", False))
            same(w, "apparmor", r.get("apparmor"), p.get("apparmorProfile"))
            same(w, "seccomp", r["seccomp"],
                 "profile" if lin.get("seccomp") else "unconfined")
            same(w, "readonly", r["readonly_rootfs"],
                 spec["root"].get("readonly", False))
            same(w, "sysctl", lst(r, "sysctls"), pairs(lin.get("sysctl")))
            own = [n["type"] for n in lin["namespaces"]
                   if not n.get("path") or "/proc/1/" not in n["path"]]
            if s != "k8s.io":  # there the sandbox's count as well
                same(w, "namespaces", lst(r, "host_namespaces"), sorted(
                    {"cgroup", "ipc", "mount", "network", "pid", "user",
                     "uts"} - set(own)))
            got = ["%s %s %s" % (m.get("source", "tmpfs"), m["destination"],
                                 m["rw"]) for m in of("mount", s)
                   if m["container_id"] == i and m["destination"] != "/"]
            same(w, "mounts", sorted(got), sorted(mounts(spec)))
            same(w, "devices",
                 sorted(d.split(":")[0] for d in lst(r, "devices")),
                 sorted(d["path"] for d in lin.get("devices") or []))
            same(w, "hooks", len(lst(r, "hooks")), sum(
                len(x) for x in (spec.get("hooks") or {}).values()))
            if i in tasks:
                same(w, "task", [str(r["pid"]), r["state"].upper()],
                     tasks[i])
            else:
                same(w, "pid", r.get("pid"), None)
            if t["SnapshotKey"]:
                same(w, "snapshot", "host_path" in r, True)
    same("store", "containers", len(of("container")), all)


def changes():
    for f in sorted(os.listdir(engine)):
        if not f.startswith("diff-"):
            continue
        c = f[5:]
        if c == "web":
            c = json.loads(text("cri.json"))["web"]
        ours = {r["path"]: r["op"] for r in of("change")
                if r["container_id"] == c}
        theirs = {}
        for line in text(f).split("\n"):
            if not line:
                continue
            p = "/" + line.split(None, 5)[5].split(" -> ")[0].rstrip("/")
            d, _, n = p.rpartition("/")
            if n.startswith(".wh."):
                theirs[d + "/" + n[4:]] = "deleted"
            elif p != "/":
                theirs[p] = "there"
        same(f, "changes", sorted(ours), sorted(theirs))
        for p in theirs:
            same(f + " " + p, "deleted", ours.get(p) == "deleted",
                 theirs[p] == "deleted")


{"images": images, "containers": containers, "changes": changes}[what]()
print("%d compared, %d differ" % (compared, bad))
sys.exit(bad > 0)
