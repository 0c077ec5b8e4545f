#!/usr/bin/env python3
"""make-crio.py - a store of CRI-O, by its documented layout

usage: make-crio.py DIR

No package of Debian 12 has CRI-O: containers-storage is made by tinypod.py,
and what CRI-O adds as CRI-O 1.2x writes it (internal/storage/runtime.go:
metadata in volatile-containers.json; server/sandbox_run_linux.go and
container_create_linux.go: annotations of userdata/config.json;
internal/oci/container.go: userdata/state.json).
tests/fixtures/store-crio-pod.tar.zst is what this makes.
"""

import hashlib
import json
import os
import subprocess
import sys

top = sys.argv[1]
os.makedirs(top, exist_ok=True)
out = subprocess.run([sys.executable, os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "tinypod.py"), top], check=True,
    capture_output=True, text=True).stdout
ids = dict(x.split("=") for x in out.split())
os.remove(top + "/db.sql")
box, ctr = ids["WORK"], ids["CTR"]
K = "io.kubernetes."
C = K + "cri-o."
POD = {K + "pod.name": "web-0", K + "pod.namespace": "prod",
       K + "pod.uid": "3f1c-uid"}


def put(path, doc):
    path = os.path.join(top, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(doc, f, separators=(",", ":"))


def entry(ident, layer, name, pod):
    return {"id": ident, "names": [name], "image": ids["IMG"],
            "layer": layer, "created": "2026-03-05T00:00:00Z",
            "metadata": json.dumps({
                "pod-name": "k8s_POD_web-0_prod_3f1c-uid_0", "pod-id": box,
                "image-name": "registry.example.org/app:1",
                "image-id": ids["IMG"], "name": name,
                "metadata-name": "web-0", "namespace": "prod",
                "uid": "3f1c-uid", "created-at": 1772668800, "pod": pod})}


wup = hashlib.sha256(b"wup").hexdigest()
put("overlay-containers/containers.json", [])
put("overlay-containers/volatile-containers.json", [
    entry(ctr, ids["UP"], "k8s_app_web-0_prod_3f1c-uid_0", False),
    entry(box, wup, "k8s_POD_web-0_prod_3f1c-uid_0", True)])
os.remove(top + "/overlay-containers/%s/userdata/buildah.json" % box)
data = "/var/lib/containers/storage/overlay-containers/%s/userdata/" % box
put("overlay-containers/%s/userdata/config.json" % ctr, {
    "ociVersion": "1.0.2-dev",
    "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/",
                "args": ["/bin/sh", "-c", "run"], "env": ["A=1"],
                "capabilities": {"bounding": ["CAP_CHOWN", "CAP_SYS_ADMIN"]}},
    "root": {"path": "/var/lib/containers/storage/overlay/x/merged"},
    "hostname": "web-0",
    "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/etc/resolv.conf", "type": "bind",
         "source": data + "resolv.conf", "options": ["ro", "bind"]},
        {"destination": "/host/etc", "type": "bind", "source": "/etc",
         "options": ["rw", "rbind", "rprivate", "bind"]},
        {"destination": "/etc/hosts", "type": "bind",
         "source": "/var/lib/kubelet/pods/3f1c-uid/etc-hosts",
         "options": ["rw", "rbind", "bind"]}],
    "annotations": dict(POD, **{
        K + "container.name": "app", C + "ContainerType": "container",
        C + "Name": "k8s_app_web-0_prod_3f1c-uid_0", C + "SandboxID": box,
        C + "ImageName": "registry.example.org/app:1",
        C + "LogPath": "/var/log/pods/prod_web-0_3f1c-uid/app/0.log",
        C + "Labels": json.dumps({"app": "web"}),
        C + "IP.0": "198.51.100.7"}),
    "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"},
                             {"type": "ipc", "path": "/var/run/ipcns/x"},
                             {"type": "uts", "path": "/var/run/utsns/x"}]}})
put("overlay-containers/%s/userdata/state.json" % ctr, {
    "ociVersion": "1.0.2-dev", "id": ctr, "status": "running", "pid": 4711,
    "bundle": "/run/containers/storage/overlay-containers/x/userdata",
    "created": "2026-03-05T00:00:01Z", "started": "2026-03-05T00:00:02Z",
    "finished": "0001-01-01T00:00:00Z", "initPid": 4711})
put("overlay-containers/%s/userdata/config.json" % box, {
    "process": {"args": ["/pause"], "cwd": "/"}, "hostname": "web-0",
    "annotations": dict(POD, **{C + "ContainerType": "sandbox",
                                C + "Name": "k8s_POD_web-0_prod_3f1c-uid_0"}),
    "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}})
put("overlay-containers/%s/userdata/state.json" % box, {
    "status": "stopped", "created": "2026-03-05T00:00:00Z",
    "started": "2026-03-05T00:00:01Z", "finished": "2026-03-05T00:00:09Z",
    "exitCode": 137, "oomKilled": True})
