#!/usr/bin/env python3
"""compare-podman.py - are our rows what podman itself said about a store?

usage: compare-podman.py images|containers|changes|others ENGINE-DIR RECORDS STORE

Prints one line for each field that differs and a count of what was compared;
exits 1 if any differs. STORE is the path of the store in the records.
"""

import calendar
import json
import os
import re
import sys

what, engine, records, store = sys.argv[1:5]
store = store.rstrip("/")
bad = compared = 0
GRAPH = "/var/lib/containers/storage"


def lines(path):
    with open(path) as f:
        return [json.loads(x) for x in f if x.strip()]


def doc(name):
    with open(engine + "/" + name) as f:
        return json.loads(f.read() or "[]") or []


def ns(text):
    m = re.match(r"(\d+)-(\d+)-(\d+)[T ](\d+):(\d+):(\d+)(?:\.(\d+))?"
                 r"(Z|[+-]\d+:\d+)$", text)
    g = m.groups()
    if g[0] == "0001":
        return None
    sec = calendar.timegm(tuple(int(x) for x in g[:6]) + (0, 0, 0))
    assert g[7] in ("Z", "+00:00")
    return sec * 10**9 + int((g[6] or "0").ljust(9, "0"))


def same(where, field, ours, theirs):
    global bad, compared
    compared += 1
    if ours in ("", [], None, False) and theirs in ("", [], {}, None, False):
        return
    if ours != theirs:
        bad += 1
        print("%s: %s is %r, podman says %r" % (where, field, ours, theirs))


def lst(row, key):
    return json.loads(row[key]) if key in row else None


def pairs(d):
    return sorted("%s=%s" % x for x in (d or {}).items())


def path(p):
    return p.replace(GRAPH, store, 1)


rows = lines(records)
# fixtures without it are those of 4.3
five = os.path.exists(engine + "/version")


def of(kind):
    return [r for r in rows if r["k"] == kind]


def driver_dir(data):
    return path(data["UpperDir"])


def images():
    theirs = {}
    for x in doc("image-inspect.json"):
        theirs["sha256:" + x["Id"]] = x
    shown = {"sha256:" + x["Id"]: x for x in doc("images.json")}
    ours = {r["image_id"]: r for r in of("image")}
    same("store", "image ids", sorted(ours), sorted(shown))
    history = {}
    for h in lines(engine + "/history.json"):
        history.setdefault("sha256:" + h["Image"], []).insert(0, h)
    for i, t in shown.items():
        r, w = ours[i], i[7:19]
        names = lst(r, "names") or []
        same(w, "Names", names, sorted(t.get("Names") or []))
        same(w, "names", sorted(x["name"] for x in of("image_name")
                                if x["image_id"] == i), names)
        same(w, "Digest", t["Digest"] in lst(r, "digests"), True)
        same(w, "verified", r["verified"], True)
        if i not in theirs:  # a list of images: podman cannot inspect it
            same(w, "layers", r["layers"], 0)
            continue
        t = theirs[i]
        c = t["Config"]
        same(w, "NamesHistory", sorted(
            (lst(r, "former_names") or []) +
            [n for n in names if n in t["NamesHistory"]]),
            sorted(t["NamesHistory"]))
        for d in t["RepoDigests"]:
            same(w, "RepoDigests", d.split("@")[1] in lst(r, "digests"), True)
        same(w, "Created", r.get("created_time"), ns(t["Created"]))
        same(w, "Architecture", r.get("architecture"), t["Architecture"])
        same(w, "Os", r.get("os"), t["Os"])
        same(w, "Author", r.get("author"), t["Author"])
        same(w, "Version", r.get("docker_version"), t["Version"])
        same(w, "User", r.get("user"), t["User"])
        for ours_, theirs_ in (("cmd", "Cmd"), ("entrypoint", "Entrypoint"),
                               ("env", "Env")):
            same(w, theirs_, lst(r, ours_), c.get(theirs_))
        same(w, "WorkingDir", r.get("workdir"), c.get("WorkingDir"))
        same(w, "Labels", lst(r, "labels"), pairs(c.get("Labels")))
        same(w, "Labels", lst(r, "labels"), pairs(t["Labels"]))
        same(w, "Volumes", lst(r, "volumes"), sorted(c.get("Volumes") or {}))
        same(w, "ExposedPorts", lst(r, "ports"),
             sorted(c.get("ExposedPorts") or {}))
        same(w, "HealthCheck", lst(r, "healthcheck"),
             (t.get("Healthcheck") or c.get("Healthcheck") or {}).get("Test"))
        layers = [x for x in of("image_layer") if x["image_id"] == i]
        same(w, "RootFS", [x["diff_id"] for x in layers],
             t["RootFS"]["Layers"])
        same(w, "positions", [x["position"] for x in layers],
             list(range(len(layers))))
        data = t["GraphDriver"]["Data"] or {}
        if data:  # the driver vfs says nothing of its directories
            same(w, "UpperDir", layers[-1].get("host_path"), driver_dir(data))
        if data.get("LowerDir"):
            same(w, "LowerDir", [x.get("host_path") for x in layers[-2::-1]],
                 [path(d) for d in data["LowerDir"].split(":")])
        hs = [x for x in of("image_history") if x["image_id"] == i]
        # of an OCI image podman shows the comment of its first step
        oci = t["ManifestType"].startswith("application/vnd.oci")
        same(w, "Comment", (hs[0] if oci else r).get("comment"),
             t["Comment"])
        same(w, "history", [x.get("created_by", "") for x in hs],
             [x["CreatedBy"] for x in history[i]])
        same(w, "history times", [x["created_time"] for x in hs],
             [ns(x["created"]) for x in history[i]])
        same(w, "history comments", [x.get("comment", "") for x in hs],
             [x.get("comment", "") for x in history[i]])
        same(w, "History", [x.get("created_by", "") for x in hs],
             [x.get("created_by", "") for x in t["History"]])
        same(w, "History empty", [x["empty"] for x in hs],
             [x.get("empty_layer", False) for x in t["History"]])


def bindings(t):
    out = []
    h = t["HostConfig"]
    for port, to in (h["PortBindings"] or {}).items():
        for b in to or []:
            out.append("%s:%s->%s" % (b["HostIp"] or "0.0.0.0",
                                      b["HostPort"] or "0", port))
    # what is exposed and not published is a port without bindings there
    out += [p for p, to in (h["PortBindings"] or {}).items() if not to]
    return sorted(out)


def containers():
    theirs = {x["Id"]: x for x in doc("container-inspect.json")}
    shown = {x["Id"]: x for x in doc("ps.json")}
    working = {x["id"]: x for x in doc("buildah.json") or []
               if x["builder"] and x["id"] not in theirs}
    ours = {r["container_id"]: r for r in of("container")}
    same("store", "container ids", sorted(ours),
         sorted(set(theirs) | set(working)))
    pods = {p["Id"]: p["Name"] for p in doc("pods.json")}
    for i, t in working.items():
        r = ours[i]
        same(i[:12], "containername", r["name"], t["containername"])
        same(i[:12], "imagename", r["image_ref"], t["imagename"])
        same(i[:12], "imageid", r["image_id"], "sha256:" + t["imageid"])
        same(i[:12], "builder", r["type"], "working")
    for i, t in theirs.items():
        r, h, s, c = ours[i], t["HostConfig"], t["State"], t["Config"]
        w = "%s %s" % (i[:12], t["Name"])
        p = shown[i]
        same(w, "Name", r["name"], t["Name"])
        same(w, "Names", [r["name"]], p["Names"])
        same(w, "command", r["command"],
             " ".join([t["Path"]] + (t["Args"] if t["Args"] != [t["Path"]]
                                     else [])))
        same(w, "Image", r.get("image_id"), "sha256:" + t["Image"])
        same(w, "ImageName", r["image_ref"], t["ImageName"])
        same(w, "Config.Image", r["image_ref"], c["Image"])
        same(w, "Status", r["state"], s["Status"])
        same(w, "ps State", r["state"], p["State"])
        same(w, "Created", r.get("created_time"), ns(t["Created"]))
        same(w, "StartedAt", r.get("started_time"), ns(s["StartedAt"]))
        same(w, "FinishedAt", r.get("finished_time"), ns(s["FinishedAt"]))
        same(w, "Pid", r.get("pid"), s["Pid"] or None)
        same(w, "ExitCode", r.get("exit_code"), s["ExitCode"])
        same(w, "Error", r.get("error"), s["Error"])
        same(w, "OOMKilled", r["oom_killed"], s["OOMKilled"])
        same(w, "Cmd", lst(r, "cmd"), c["Cmd"])
        # a text in 4.3, a list in 5
        entry = lst(r, "entrypoint") or []
        same(w, "Entrypoint", entry if five else " ".join(entry),
             c["Entrypoint"])
        same(w, "Env", lst(r, "env"), c["Env"])
        same(w, "Labels", lst(r, "labels"), pairs(c["Labels"]))
        same(w, "Annotations", lst(r, "annotations"),
             pairs(c["Annotations"]))
        same(w, "CreateCommand", r.get("created_by"),
             " ".join(c["CreateCommand"]))
        same(w, "Healthcheck", lst(r, "healthcheck"),
             (c.get("Healthcheck") or {}).get("Test"))
        same(w, "User", r.get("user"), c["User"])
        same(w, "WorkingDir", r.get("workdir"), c["WorkingDir"])
        if not (five and r.get("uts_mode") == "host"):  # asks the kernel
            same(w, "Hostname", r.get("hostname"), c["Hostname"])
        q = h["RestartPolicy"]
        # 5 says "no" where nothing is kept
        same(w, "RestartPolicy", r.get("restart_policy") or
             ("no" if five else None), q["Name"])
        same(w, "MaximumRetryCount", r.get("restart_max"),
             q["MaximumRetryCount"])
        same(w, "RestartCount", r.get("restart_count"), t["RestartCount"])
        for ours_, theirs_ in (
                ("auto_remove", "AutoRemove"), ("privileged", "Privileged"),
                ("network_mode", "NetworkMode"), ("pid_mode", "PidMode"),
                ("uts_mode", "UTSMode"),
                ("userns_mode", "UsernsMode"),
                ("cgroupns_mode", "CgroupMode"),
                ("readonly_rootfs", "ReadonlyRootfs")):
            same(w, theirs_, r.get(ours_), h[theirs_])
        # 4.3 says "shareable" also of what is the host's
        same(w, "IpcMode", "shareable" if r["ipc_mode"] == "host" and not five
             else r["ipc_mode"], h["IpcMode"])
        same(w, "IpcMode host", "ipc" in (lst(r, "host_namespaces") or []),
             "--ipc=host" in c["CreateCommand"])
        for ours_, theirs_ in (
                ("cap_add", "CapAdd"), ("cap_drop", "CapDrop"),
                ("security_opt", "SecurityOpt"),
                ("volumes_from", "VolumesFrom")):
            mine, said = set(lst(r, ours_) or []), set(h[theirs_] or [])
            if five and ours_ == "cap_drop":
                # no longer among those that a container usually has, which
                # the database does not say
                mine -= {"CAP_AUDIT_WRITE", "CAP_MKNOD", "CAP_NET_RAW"}
            if five and r["privileged"]:
                said -= {"unmask=all"}
            same(w, theirs_, sorted(mine), sorted(said))
        same(w, "BoundingCaps", lst(r, "capabilities"), t["BoundingCaps"])
        same(w, "Devices", [":".join(d.split(":")[:2])
                            for d in lst(r, "devices") or []],
             ["%s:%s" % (d["PathOnHost"], d["PathInContainer"])
              for d in h["Devices"] or []])
        same(w, "AppArmorProfile", r.get("apparmor"), t["AppArmorProfile"])
        same(w, "ProcessLabel", r.get("selinux"), t["ProcessLabel"])
        same(w, "OCIRuntime", r["runtime"], t["OCIRuntime"])
        same(w, "Driver", r["driver"], t["Driver"])
        same(w, "LogConfig", r["log_driver"], h["LogConfig"]["Type"])
        same(w, "LogPath", r.get("log_path"), h["LogConfig"]["Path"])
        if t["GraphDriver"]["Data"]:
            same(w, "UpperDir", r["host_path"],
                 driver_dir(t["GraphDriver"]["Data"]))
        same(w, "OCIConfigPath", r["config_path"],
             path(t.get("OCIConfigPath") or
                  GRAPH + ("/db.sql" if five else "/libpod/bolt_state.db")))
        same(w, "Pod", r.get("pod_uid"), t["Pod"])
        same(w, "PodName", r.get("pod"), pods.get(t["Pod"]))
        same(w, "IsInfra", r.get("type") == "sandbox", t["IsInfra"])
        # what is exposed and not published 5 keeps to the image
        same(w, "ports", [x for x in lst(r, "ports") or []
                          if not five or "->" in x], bindings(t))
        ms = [m for m in of("mount") if m["container_id"] == i]
        # what comes of --volumes-from podman shows only in part
        told = {m["Destination"] for m in t["Mounts"]}
        same(w, "Mounts", sorted(
            (m["type"], m.get("name", ""), m.get("source", ""),
             m["destination"], m.get("driver", ""), m["rw"],
             m.get("propagation", "")) for m in ms if m["type"] != "tmpfs" and
            (m["destination"] in told or not h["VolumesFrom"])),
            sorted((m["Type"], m.get("Name", ""), m["Source"],
                    m["Destination"], m.get("Driver", ""), m["RW"],
                    m["Propagation"]) for m in t["Mounts"]))
        # a tmpfs on /run, as --read-only makes it, is no mount of ours
        same(w, "Tmpfs", sorted(
            (m["destination"], m.get("options", ""))
            for m in ms if m["type"] == "tmpfs" and not (
                five and h["ReadonlyRootfs"] and
                m["destination"] in ("/tmp", "/var/tmp"))),
             sorted(x for x in h["Tmpfs"].items() if x[0] != "/run"))


def changes():
    # podman does not tell of what the runtime itself made
    own = ("/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf",
           "/proc", "/run", "/run/notify", "/run/.containerenv",
           "/run/secrets", "/sys", "/etc/mtab")
    theirs = []
    for x in lines(engine + "/diff.json"):
        for op, key in (("modified", "changed"), ("added", "added"),
                        ("deleted", "deleted")):
            theirs += [(x["Id"], p, op) for p in x.get(key) or []]
    known = {x["Id"] for x in lines(engine + "/diff.json")}
    ours = [(r["container_id"], r["path"], r["op"]) for r in of("change")
            if r["path"] not in own and r["container_id"] in known]
    # A directory in which only content changed is no change for podman with
    # overlay; for us, as for docker diff, it is: those are left out.
    dirs = {(r["container_id"], r["path"]) for r in of("change")
            if r["op"] == "modified" and r["type"] == "directory"}
    above = {(c, p) for c, p in dirs
             if any(o[0] == c and o[1].startswith(p + "/") for o in ours)}
    for c in sorted(known):
        t = sorted(x for x in theirs if x[0] == c)
        # Of a directory that was deleted and made again, podman says that it
        # was deleted; we, as docker diff, what of it was.
        again = [x for x in t if x[2] == "deleted" and any(
            o[0] == c and o[1].startswith(x[1] + "/") for o in ours)]
        t = [x for x in t if x not in again]
        # With fuse-overlayfs it does not even say that.
        t += [o for o in ours if o == (c, "/opt/gone/new", "deleted") and
              not again and o not in t]
        t.sort()
        ours = [o for o in ours if o[0] != c or o[2] != "deleted" or not any(
            o[1].startswith(x[1] + "/") for x in again)]
        same(c[:12], "changes", sorted(
            x for x in ours if x[0] == c and
            (x in t or x[:2] not in above)), t)


def others():
    pods = {r["uid"]: r for r in of("pod")}
    theirs = {p["Id"]: p for p in doc("pods.json")}
    same("store", "pods", sorted(pods), sorted(theirs))
    for i, t in theirs.items():
        r = pods[i]
        same(i[:12], "Name", r["name"], t["Name"])
        same(i[:12], "Created", r["created_time"], ns(t["Created"]))
        same(i[:12], "Containers", sorted(lst(r, "containers") or []),
             sorted(x["Name"] for x in t["Containers"] or []))
    vols = {r["name"]: r for r in of("volume")}
    theirs = {v["Name"]: v for v in doc("volumes.json")}
    same("store", "volumes", sorted(vols), sorted(theirs))
    for i, t in theirs.items():
        r = vols[i]
        same(i, "Driver", r["driver"], t["Driver"])
        same(i, "Mountpoint", r["source"], t["Mountpoint"])
        same(i, "CreatedAt", r["created_time"], ns(t["CreatedAt"]))
        same(i, "Labels", lst(r, "labels"), pairs(t["Labels"]))
        same(i, "Options", lst(r, "options"), pairs(t["Options"]))
    # the network "podman" is in no file: podman makes it up
    nets = {r["network_id"]: r for r in of("network")}
    theirs = {n["id"]: n for n in doc("networks.json")
              if n["name"] != "podman"}
    same("store", "networks", sorted(nets), sorted(theirs))
    for i, t in theirs.items():
        r = nets[i]
        same(t["name"], "name", r["name"], t["name"])
        same(t["name"], "driver", r["driver"], t["driver"])
        same(t["name"], "internal", r["internal"], t["internal"])
        same(t["name"], "created", r["created_time"], ns(t["created"]))
        same(t["name"], "labels", lst(r, "labels"), pairs(t.get("labels")))
        same(t["name"], "subnets", lst(r, "subnets"),
             ["%s=%s" % (x["subnet"], x.get("gateway", ""))
              for x in t["subnets"]])


{"images": images, "containers": containers, "changes": changes,
 "others": others}[what]()
print("%d fields compared, %d differ" % (compared, bad))
sys.exit(1 if bad or not compared else 0)
