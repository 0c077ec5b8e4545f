#!/usr/bin/env python3
"""compare.py - are our rows what the engine itself said about a store?

usage: compare.py images|containers|changes|volumes|networks|plugins|others|
                  cache|builds FIXTURE-engine-dir RECORDS STORE

others: volumes, networks, plug-ins, the swarm's node and tasks; cache: the
records of BuildKit's cache; builds: its history of builds. With the containerd
image store the engine's id of an image is the digest of its manifest or index;
RECORDS must have the images there, too.

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
# the engine's own paths have the user namespace's directory, too
base = re.sub(r"/\d+\.\d+$", "", store)
bad = compared = 0


def lines(path):
    with open(path) as f:
        return [json.loads(x) for x in f if x.strip()]


def doc(name):
    with open(engine + "/" + name) as f:
        return json.load(f)


def ns(text):
    """RFC 3339 with any fraction and zone, to nanoseconds; zero is None"""
    m = re.match(r"(\d+)-(\d+)-(\d+)[T ](\d+):(\d+):(\d+)(?:\.(\d+))?"
                 r"(Z|[+-]\d+:\d+)$", text)
    g = m.groups()
    if g[0] == "0001":
        return None
    off = 0
    if g[7] != "Z":
        off = int(g[7][1:3]) * 3600 + int(g[7][4:6]) * 60
        off = -off if g[7][0] == "-" else off
    sec = calendar.timegm(tuple(int(x) for x in g[:6]) + (0, 0, 0)) - off
    return sec * 10**9 + int((g[6] or "0").ljust(9, "0"))


def same(where, field, ours, theirs):
    global bad, compared
    compared += 1
    if ours in ("", [], None, False) and theirs in ("", [], {}, None, False):
        return
    if ours != theirs:
        bad += 1
        print("%s: %s is %r, the engine says %r" % (where, field, ours,
                                                    theirs))


def lst(row, key):
    return json.loads(row[key]) if key in row else None


def pairs(d):
    return sorted("%s=%s" % x for x in (d or {}).items())


rows = lines(records)


def of(kind):
    return [r for r in rows if r["k"] == kind]


# the containerd image store
image_store = os.path.exists(engine + "/info.json") and \
    ["driver-type", "io.containerd.snapshotter.v1"] in \
    doc("info.json")["DriverStatus"]
by_digest = {d: r for r in of("image") for d in lst(r, "digests") or []} \
    if image_store else {}


def familiar(name):
    """as the engine shows it; it names what lost its name by a digest"""
    name = re.sub("^moby-dangling@.*", "", name)
    return re.sub("^docker.io/(library/)?", "", name)


def config(w, row, c):
    for ours, theirs in (("cmd", "Cmd"), ("entrypoint", "Entrypoint"),
                         ("env", "Env")):
        same(w, theirs, lst(row, ours), c.get(theirs))
    same(w, "Labels", lst(row, "labels"), pairs(c.get("Labels")))
    same(w, "Healthcheck", lst(row, "healthcheck"),
         (c.get("Healthcheck") or {}).get("Test"))
    same(w, "User", row.get("user"), c.get("User"))
    same(w, "WorkingDir", row.get("workdir"), c.get("WorkingDir"))


def images():
    theirs = {x["Id"]: x for x in doc("image-inspect.json")}
    ours = {r["image_id"]: r for r in of("image")}
    if image_store:
        same("store", "images", sorted(ours),
             sorted(by_digest[i]["image_id"] for i in theirs))
        ours = {i: by_digest[i] for i in theirs}
    else:
        same("store", "image ids", sorted(ours), sorted(theirs))
    named = {r["image_id"]: i for i, r in ours.items()}
    shown = sorted(x["Repository"] + ":" + x["Tag"] + " " + x["ID"]
                   for x in lines(engine + "/images.json")
                   if x["Tag"] != "<none>")
    same("store", "docker images", sorted(
        familiar(r["name"]) + " " + named[r["image_id"]]
        for r in of("image_name") if "@" not in r["name"]),
        sorted(set(shown)))
    history = {}
    for h in lines(engine + "/history.json"):
        history.setdefault(h["Image"], []).insert(0, h)
    for i, t in theirs.items():
        r, w, c = ours[i], i[7:19], t["Config"]
        if image_store:
            same(w, "names", sorted(familiar(n) for n in lst(r, "names")
                                    if familiar(n)), sorted(t["RepoTags"]))
            for d in t["RepoDigests"]:
                same(w, "digest", d.split("@")[1] in lst(r, "digests"), True)
        else:
            same(w, "names", lst(r, "names"),
                 sorted((t["RepoTags"] or []) + (t["RepoDigests"] or [])))
        same(w, "verified", r["verified"], True)
        same(w, "Created", r.get("created_time"), ns(t["Created"]))
        same(w, "LastTagTime", r.get("tagged_time"),
             ns(t["Metadata"]["LastTagTime"]))
        parent = t["Parent"]
        if image_store and parent:
            parent = by_digest[parent]["image_id"]
        same(w, "Parent", r.get("parent"), parent)
        same(w, "Architecture", r.get("architecture"), t["Architecture"])
        same(w, "Os", r.get("os"), t["Os"])
        same(w, "Author", r.get("author"), t["Author"])
        # The engine shows that of the last instruction where there is none.
        if r.get("comment") or t["Comment"] != history[i][-1]["Comment"]:
            same(w, "Comment", r.get("comment"), t["Comment"])
        if not image_store:  # where 26 shows its own
            same(w, "DockerVersion", r.get("docker_version"),
                 t["DockerVersion"])
        config(w, r, c)
        same(w, "Shell", lst(r, "shell"), c.get("Shell"))
        same(w, "OnBuild", lst(r, "onbuild"), c.get("OnBuild"))
        same(w, "Volumes", lst(r, "volumes"), sorted(c.get("Volumes") or {}))
        same(w, "ExposedPorts", lst(r, "ports"),
             sorted(c.get("ExposedPorts") or {}))
        layers = [x for x in of("image_layer")
                  if x["image_id"] == r["image_id"]]
        same(w, "RootFS", [x["diff_id"] for x in layers],
             t["RootFS"]["Layers"])
        same(w, "positions", [x["position"] for x in layers],
             list(range(len(layers))))
        data = t["GraphDriver"]["Data"] or {}
        if "RootDir" in data:  # overlay: of the topmost layer
            same(w, "directory", layers[-1]["host_path"],
                 data["RootDir"].replace("/var/lib/docker", base, 1))
        elif data:
            dirs = [data["UpperDir"]] + [
                x for x in data.get("LowerDir", "").split(":") if x]
            same(w, "directories",
                 [x["host_path"] for x in reversed(layers)],
                 [d.replace("/var/lib/docker", base, 1) for d in dirs])
        if not image_store:
            same(w, "Size", sum(x["size"] for x in layers), t["Size"])
        hs = [x for x in of("image_history")
              if x["image_id"] == r["image_id"]]
        same(w, "history", [x.get("created_by", "") for x in hs],
             [x["CreatedBy"] for x in history[i]])
        same(w, "history times",
             [x["created_time"] // 10**9 for x in hs],
             [ns(x["CreatedAt"]) // 10**9 for x in history[i]])
        same(w, "history comments", [x.get("comment", "") for x in hs],
             [x["Comment"] for x in history[i]])
        if image_store:
            continue
        sizes = {x["diff_id"]: x["size"] for x in layers}
        same(w, "history sizes",
             [0 if x["empty"] else sizes[x["diff_id"]] for x in hs],
             [int(x["Size"]) for x in history[i]])


def containers():
    theirs = {x["Id"]: x for x in doc("container-inspect.json")}
    ours = {r["container_id"]: r for r in of("container")
            if r.get("type") != "plugin"}
    same("store", "container ids", sorted(ours), sorted(theirs))
    for i, t in theirs.items():
        r, w, h, s = ours[i], i[:12], t["HostConfig"], t["State"]
        same(w, "Name", "/" + r["name"], t["Name"])
        same(w, "command", r["command"], " ".join([t["Path"]] + t["Args"]))
        if not image_store:
            same(w, "Image", r["image_id"], t["Image"])
        elif t["Image"] in by_digest:
            same(w, "Image", r["image_id"],
                 by_digest[t["Image"]]["image_id"])
        else:  # the image lost its last name, which is its end here
            same(w, "image_id", r["image_id"][:7], "sha256:")
        same(w, "Config.Image", r["image_ref"], t["Config"]["Image"])
        same(w, "Status", r["state"], s["Status"])
        same(w, "Created", r.get("created_time"), ns(t["Created"]))
        same(w, "StartedAt", r.get("started_time"), ns(s["StartedAt"]))
        same(w, "FinishedAt", r.get("finished_time"), ns(s["FinishedAt"]))
        same(w, "Pid", r.get("pid"), s["Pid"] or None)
        same(w, "ExitCode", r.get("exit_code"), s["ExitCode"])
        same(w, "Error", r.get("error"), s["Error"])
        same(w, "OOMKilled", r["oom_killed"], s["OOMKilled"])
        config(w, r, t["Config"])
        same(w, "Hostname", r.get("hostname"), t["Config"]["Hostname"])
        p = h["RestartPolicy"]
        same(w, "RestartPolicy", r.get("restart_policy"), p["Name"])
        same(w, "MaximumRetryCount", r.get("restart_max"),
             p["MaximumRetryCount"])
        same(w, "RestartCount", r.get("restart_count"), t["RestartCount"])
        for ours_, theirs_ in (
                ("auto_remove", "AutoRemove"), ("privileged", "Privileged"),
                ("network_mode", "NetworkMode"), ("pid_mode", "PidMode"),
                ("ipc_mode", "IpcMode"), ("uts_mode", "UTSMode"),
                ("userns_mode", "UsernsMode"), ("runtime", "Runtime"),
                ("cgroupns_mode", "CgroupnsMode"),
                ("readonly_rootfs", "ReadonlyRootfs")):
            same(w, theirs_, r.get(ours_), h[theirs_])
        for ours_, theirs_ in (
                ("cap_add", "CapAdd"), ("cap_drop", "CapDrop"),
                ("security_opt", "SecurityOpt"),
                ("volumes_from", "VolumesFrom")):
            same(w, theirs_, lst(r, ours_), h[theirs_])
        # The engine shows links as paths of names once they are resolved.
        same(w, "Links", len(lst(r, "links") or []), len(h["Links"] or []))
        same(w, "Devices", lst(r, "devices"),
             ["%s:%s:%s" % (d["PathOnHost"], d["PathInContainer"],
                            d["CgroupPermissions"])
              for d in h["Devices"] or []])
        same(w, "AppArmorProfile", r.get("apparmor"), t["AppArmorProfile"])
        same(w, "Driver", r["driver"], t["Driver"])
        same(w, "LogConfig", r["log_driver"], h["LogConfig"]["Type"])
        same(w, "LogPath", r.get("log_path"), t["LogPath"])
        data = t["GraphDriver"]["Data"]
        if data:
            same(w, "UpperDir", r["host_path"],
                 data["UpperDir"].replace("/var/lib/docker", base, 1))
        nets = t["NetworkSettings"]["Networks"]
        same(w, "Networks", lst(r, "networks"), sorted(
            n + "=" + (x["IPAddress"] or (x["IPAMConfig"] or {}).get(
                "IPv4Address", "")) for n, x in nets.items()))
        same(w, "Sysctls", lst(r, "sysctls"), pairs(h.get("Sysctls")))
        same(w, "NoNewPrivileges", r.get("no_new_privs"),
             any(o.startswith("no-new-privileges")
                 for o in h["SecurityOpt"] or []))
        same(w, "host namespaces", set(lst(r, "host_namespaces")) - {"user"},
             {n for n, m in (("cgroup", "CgroupnsMode"), ("ipc", "IpcMode"),
                             ("network", "NetworkMode"), ("pid", "PidMode"),
                             ("uts", "UTSMode")) if h[m] == "host"})
        same(w, "config_path", r["config_path"],
             "%s/containers/%s/config.v2.json" % (store, i))
        ports = []
        for port, to in (h["PortBindings"] or {}).items():
            for b in to:
                ports.append("%s:%s->%s" % (b["HostIp"] or "0.0.0.0",
                                            b["HostPort"] or "0", port))
        for port in t["Config"].get("ExposedPorts") or {}:
            if port not in (h["PortBindings"] or {}):
                ports.append(port)
        same(w, "ports", lst(r, "ports"), sorted(ports))
        ms = [m for m in of("mount") if m["container_id"] == i]
        tmp = h.get("Tmpfs") or {}
        same(w, "Mounts", sorted(
            (m["type"], m.get("name", ""), m.get("source", ""),
             m["destination"], m.get("driver", ""), m.get("options", ""),
             m["rw"], m.get("propagation", "")) for m in ms
            if m["destination"] not in tmp), sorted(
            (m["Type"], m.get("Name", ""), m["Source"], m["Destination"],
             m.get("Driver", ""), m["Mode"], m["RW"], m["Propagation"])
            for m in t["Mounts"]))
        same(w, "Tmpfs", sorted((m["destination"], m.get("options", ""))
                                for m in ms if m["destination"] in tmp),
             sorted(tmp.items()))


def changes():
    op = {0: "modified", 1: "added", 2: "deleted"}
    # The engine's own answer cannot hold bytes that are not UTF-8.
    theirs = sorted((x["Id"], x["Path"].replace("\ufffd", "?"), op[x["Kind"]])
                    for x in lines(engine + "/changes.json"))
    ours = [(r["container_id"], r["path"], r["op"]) for r in of("change")]
    # Of a directory that was deleted and made again, "docker diff" with
    # fuse-overlayfs does not say what of it is gone.
    if "fuse-overlayfs" in {r.get("driver") for r in of("container")}:
        theirs = sorted(set(theirs) | {
            x for x in ours if x[1:] == ("/opt/gone/new", "deleted")})
    same("store", "changes", sorted(
        (c, re.sub(r"\\x[0-9A-F]{2}", "?", p), o) for c, p, o in ours),
        theirs)
    # a directory before what is in it, names by their bytes
    key = [(c, re.sub(r"\\x[0-9A-F]{2}", "\U0010ffff", p).split("/"))
           for c, p, _ in ours]
    order = [k[0] for k in key]
    same("store", "order of containers", order, sorted(order))
    for c in set(order):
        paths = [p for k, p in key if k == c]
        same(c[:12], "order", paths, sorted(paths))


def volumes():
    theirs = {v["Name"]: v for v in doc("volumes.json")}
    ours = {v["name"]: v for v in of("volume")}
    same("store", "volumes", sorted(ours), sorted(theirs))
    for n, t in theirs.items():
        r = ours[n]
        same(n, "Driver", r["driver"], t["Driver"])
        same(n, "Labels", lst(r, "labels"), pairs(t["Labels"]))
        same(n, "Options", lst(r, "options"), pairs(t["Options"]))
        same(n, "Mountpoint", r["source"],
             t["Mountpoint"].replace("/var/lib/docker", base, 1))


def networks():
    theirs = {v["Id"]: v for v in doc("networks.json")
              if v["Scope"] == "local"}
    ours = {v["network_id"]: v for v in of("network")}
    same("store", "networks", sorted(ours), sorted(theirs))
    for i, t in theirs.items():
        r, n = ours[i], t["Name"]
        same(n, "Name", r["name"], n)
        same(n, "Driver", r["driver"], t["Driver"])
        same(n, "Created", r["created_time"], ns(t["Created"]))
        same(n, "Internal", r["internal"], t["Internal"])
        same(n, "Labels", lst(r, "labels"), pairs(t["Labels"]))
        same(n, "Options", lst(r, "options"), pairs(t["Options"]))
        same(n, "IPAM", lst(r, "subnets"),
             [x["Subnet"] + "=" + x.get("Gateway", "")
              for x in t["IPAM"]["Config"] or []])


def plugins():
    ours = {r["container_id"]: r for r in of("container")
            if r.get("type") == "plugin"}
    theirs = {x["Id"]: x for x in doc("plugins.json")}
    same("store", "plug-ins", sorted(ours), sorted(theirs))
    for i, t in theirs.items():
        r, c, n = ours[i], t["Config"], t["Name"]
        same(n, "Name", r["name"], n)
        same(n, "Enabled", r["state"],
             "enabled" if t["Enabled"] else "disabled")
        same(n, "Entrypoint", lst(r, "entrypoint"), c["Entrypoint"])
        same(n, "Env", lst(r, "env"), t["Settings"]["Env"])
        same(n, "Network", r["network_mode"], c["Network"]["Type"])
        same(n, "PidHost", r.get("pid_mode") == "host", c["PidHost"])
        same(n, "IpcHost", r.get("ipc_mode") == "host", c["IpcHost"])
        same(n, "Capabilities", lst(r, "cap_add"), c["Linux"]["Capabilities"])
        same(n, "Devices", [x.split(":")[0] for x in lst(r, "devices")],
             [x["Path"] for x in t["Settings"]["Devices"]])
        same(n, "Mounts", sorted(
            (m["type"], m["source"], m["destination"], m["rw"])
            for m in of("mount") if m["container_id"] == i), sorted(
            (m["Type"], m["Source"], m["Destination"],
             "ro" not in m["Options"]) for m in t["Settings"]["Mounts"]))


def swarm():
    t, r = doc("nodes.json")[0], of("node")[0]
    same("node", "ID", r["node_id"], t["ID"])
    same("node", "Role", r["role"], t["Spec"]["Role"])
    same("node", "Addr", r["address"], t["ManagerStatus"]["Addr"])
    s = doc("swarm.json")
    same("node", "Cluster", r["name"], s["Cluster"]["ID"])
    same("node", "RemoteManagers", lst(r, "peers"),
         sorted(x["Addr"] for x in s["RemoteManagers"]))
    theirs = {x["ID"]: x for x in doc("tasks.json")}
    ours = {x["task_id"]: x for x in of("task")}
    same("store", "tasks", sorted(ours), sorted(theirs))
    for i, t in theirs.items():
        r, c = ours[i], t["Spec"]["ContainerSpec"]
        same(i, "Image", r["image_ref"], c["Image"])
        same(i, "Args", r["command"],
             " ".join((c.get("Command") or []) + (c.get("Args") or [])))
        same(i, "Env", lst(r, "env"), c["Env"])
        same(i, "Mounts", lst(r, "mounts"), [
            ":".join((m["Type"], m["Source"], m["Target"])) +
            (":ro" if m.get("ReadOnly") else "") for m in c["Mounts"]])
        same(i, "State", r["state"], t["Status"]["State"])
        same(i, "ContainerID", r["container_id"],
             t["Status"]["ContainerStatus"]["ContainerID"])
        # the agent keeps the time to the microsecond or better
        same(i, "CreatedAt", r["created_time"] // 1000,
             ns(t["CreatedAt"]) // 1000)


def others():
    volumes()
    networks()
    plugins()
    swarm()


def builds():
    ours = {r["ref"]: r for r in of("build")}
    theirs = {x["ref"].split("/")[-1]: x
              for x in lines(engine + "/builds.json")}
    same("store", "builds", sorted(ours), sorted(theirs))
    for i, t in theirs.items():
        r = ours[i]
        same(i, "created_at", r["created_time"], ns(t["created_at"]))
        same(i, "completed_at", r["finished_time"], ns(t["completed_at"]))
        same(i, "status", "error" in r, t["status"] == "Error")


def cache():
    ours = {r["name"]: r for r in of("layer") if r["type"] == "cache"}
    theirs = doc("cache.json")
    same("store", "there is a cache", bool(theirs), True)
    for t in theirs:
        r = ours.get(t["ID"], {})
        same(t["ID"], "Description", r.get("created_by"), t["Description"])
        if "Parent" in t:  # newer ones do not say it
            same(t["ID"], "Parent", r.get("parent"), t["Parent"])
        same(t["ID"], "CreatedAt", r.get("created_time"), ns(t["CreatedAt"]))
        # it may have been used again before the end
        same(t["ID"], "LastUsedAt",
             max(r.get("used_time", 0), ns(t["LastUsedAt"])),
             r.get("used_time"))


{"images": images, "containers": containers, "changes": changes,
 "volumes": volumes, "networks": networks,
 "plugins": plugins, "others": others, "cache": cache,
 "builds": builds}[what]()
print("%d fields compared, %d differ" % (compared, bad))
sys.exit(1 if bad else 0)
