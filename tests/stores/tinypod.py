#!/usr/bin/env python3
"""tinypod.py - a small containers-storage store, by hand; needs no root

usage: tinypod.py DIR [JOURNAL]

One image "localhost/app:1" of two layers (/lib/file, /app/file), one container
"one" that changed /app/file and mounts /etc, one working container of buildah,
and podman's db.sql with the tables that podman 4.8 and later make
(libpod/sqlite_state_internal.go). JOURNAL: wal leaves the container's rows in
the log beside the database; hot leaves a transaction that was cut off, with its
journal. Prints shell assignments of the ids.
"""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys

top = sys.argv[1]
journal = sys.argv[2] if len(sys.argv) > 2 else ""


def h(text):
    return hashlib.sha256(text.encode()).hexdigest()


def put(path, text):
    path = os.path.join(top, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def big(name):
    return "=" + base64.b64encode(name.encode()).decode()


diffs = ["sha256:" + h("one"), "sha256:" + h("two")]
l1, l2 = diffs[0][7:], h(diffs[0] + " " + diffs[1])
config = json.dumps({
    "architecture": "amd64", "os": "linux",
    "created": "2026-03-04T05:06:07.5Z",
    "config": {"Cmd": ["run", "it"], "Env": ["A=1"], "Labels": {"k": "v"}},
    "history": [{"created_by": "one"}, {"created_by": "two"}],
    "rootfs": {"type": "layers", "diff_ids": diffs}})
img = h(config)
manifest = json.dumps({"schemaVersion": 2,
                       "config": {"digest": "sha256:" + img}})
ctr, work, up, wup = h("ctr"), h("work"), h("up"), h("wup")


def layer(ident, short, lower, name, text):
    put("overlay/%s/diff/%s" % (ident, name), text)
    put("overlay/%s/link" % ident, short)
    if lower:
        put("overlay/%s/lower" % ident, ":".join("l/" + x for x in lower))
    os.makedirs(top + "/overlay/l", exist_ok=True)
    os.symlink("../%s/diff" % ident, "%s/overlay/l/%s" % (top, short))


A, B, C, D = ("A" * 26, "B" * 26, "C" * 26, "D" * 26)
layer(l1, A, [], "lib/file", "lib\n")
layer(l2, B, [A], "app/file", "app\n")
os.utime(top + "/overlay/%s/diff/app/file" % l2, (1767225600, 1767225600))
layer(up, C, [B, A], "app/file", "changed\n")
layer(wup, D, [B, A], "app/new", "new\n")
put("overlay-layers/layers.json", json.dumps([
    {"id": l1, "created": "2026-03-04T05:06:07Z", "diff-digest": diffs[0],
     "compressed-diff-digest": "sha256:" + h("gz"), "diff-size": 5},
    {"id": l2, "parent": l1, "diff-digest": diffs[1], "diff-size": 7},
    {"id": up, "parent": l2}, {"id": wup, "parent": l2}],
    separators=(",", ":")))
put("overlay-images/images.json", json.dumps([
    {"id": img, "digest": "sha256:" + h(manifest),
     "names": ["localhost/app:1"],
     "names-history": ["localhost/app:1", "docker.io/evil/app:0"],
     "layer": l2, "big-data-names": ["sha256:" + img, "manifest"],
     "big-data-digests": {"manifest": "sha256:" + h(manifest)},
     "created": "2026-03-04T05:06:07Z"}], separators=(",", ":")))
put("overlay-images/%s/%s" % (img, big("sha256:" + img)), config)
put("overlay-images/%s/manifest" % img, manifest)
put("overlay-containers/containers.json", json.dumps([
    {"id": ctr, "names": ["one"], "image": img, "layer": up,
     "metadata": json.dumps({"image-name": "localhost/app:1",
                             "image-id": img, "name": "one"}),
     "created": "2026-03-05T00:00:00Z"},
    {"id": work, "names": ["builder"], "image": img, "layer": wup,
     "created": "2026-03-05T00:00:00Z"}], separators=(",", ":")))
put("overlay-containers/%s/userdata/buildah.json" % work, json.dumps({
    "type": "buildah 0.0.1", "image": "localhost/app:1", "image-id": img,
    "container-name": "builder",
    "OCIv1": {"config": {"Cmd": ["sh"], "Env": ["BUILD=1"]}}}))
spec = {"process": {"args": ["run", "it"], "env": ["A=1"], "cwd": "/",
                    "capabilities": {"bounding": ["CAP_CHOWN"]}},
        "root": {"path": "rootfs"},
        "mounts": [{"destination": "/mnt/etc", "type": "bind",
                    "source": "/etc", "options": ["rbind", "ro"]}],
        "annotations": {"io.podman.annotations.privileged": "FALSE"},
        "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}}
conf = {"spec": spec, "id": ctr, "name": "one", "rootfsImageID": img,
        "rootfsImageName": "localhost/app:1", "command": ["run", "it"],
        "CreateCommand": ["podman", "run", "app:1"],
        "createdTime": "2026-03-05T00:00:00Z", "userVolumes": ["/mnt/etc"]}
state = {"state": 6, "startedTime": "2026-03-05T00:00:01Z",
         "finishedTime": "2026-03-05T00:00:02Z", "exitCode": 3}

db = top + "/db.sql"
sql = sqlite3.connect(db)
if journal == "wal":
    sql.execute("PRAGMA journal_mode=WAL")
    sql.execute("PRAGMA wal_autocheckpoint=0")
sql.executescript("""
CREATE TABLE DBConfig(ID INTEGER PRIMARY KEY NOT NULL,
  SchemaVersion INTEGER NOT NULL, OS TEXT NOT NULL, StaticDir TEXT NOT NULL,
  TmpDir TEXT NOT NULL, GraphRoot TEXT NOT NULL, RunRoot TEXT NOT NULL,
  GraphDriver TEXT NOT NULL, VolumeDir TEXT NOT NULL);
CREATE TABLE IDNamespace(ID TEXT PRIMARY KEY NOT NULL);
CREATE TABLE ContainerConfig(ID TEXT PRIMARY KEY NOT NULL,
  Name TEXT UNIQUE NOT NULL, PodID TEXT, JSON TEXT NOT NULL);
CREATE TABLE ContainerState(ID TEXT PRIMARY KEY NOT NULL,
  State INTEGER NOT NULL, ExitCode INTEGER, JSON TEXT NOT NULL);
CREATE TABLE PodConfig(ID TEXT PRIMARY KEY NOT NULL,
  Name TEXT UNIQUE NOT NULL, JSON TEXT NOT NULL);
CREATE TABLE PodState(ID TEXT PRIMARY KEY NOT NULL, InfraContainerID TEXT,
  JSON TEXT NOT NULL);
CREATE TABLE VolumeConfig(Name TEXT PRIMARY KEY NOT NULL, StorageID TEXT,
  JSON TEXT NOT NULL);
CREATE TABLE VolumeState(Name TEXT PRIMARY KEY NOT NULL, JSON TEXT NOT NULL);
""")
sql.commit()
if journal == "wal":
    sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rows():
    sql.execute("INSERT INTO ContainerConfig VALUES (?,?,NULL,?)",
                (ctr, "one", json.dumps(conf)))
    sql.execute("INSERT INTO ContainerState VALUES (?,6,3,?)",
                (ctr, json.dumps(state)))
    sql.execute("INSERT INTO VolumeConfig VALUES ('data',NULL,?)", (json.dumps(
        {"name": "data", "volumeDriver": "local", "labels": {"a": "b"},
         "mountPoint": "/var/lib/containers/storage/volumes/data/_data",
         "createdAt": "2026-03-05T00:00:00Z"}),))


rows()
sql.commit()
if journal == "wal":  # as a power cut leaves it: nothing is checkpointed
    for end in ("", "-wal"):
        shutil.copy(db + end, db + end + ".copy")
    sql.close()
    for end in ("", "-wal"):
        os.replace(db + end + ".copy", db + end)
    if os.path.exists(db + "-shm"):
        os.remove(db + "-shm")
elif journal == "hot":  # pages are spilled to the file, then the power goes
    sql.close()
    code = """
import os, signal, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size=1")
c.execute("BEGIN")
c.execute("DELETE FROM ContainerConfig")
c.execute("UPDATE ContainerState SET JSON='gone'")
for i in range(200):
    c.execute("INSERT INTO VolumeState VALUES (?,?)", (str(i), "x" * 2000))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, db])
    assert os.path.getsize(db + "-journal") > 512
else:
    sql.close()
print("IMG=%s L1=%s L2=%s CTR=%s WORK=%s UP=%s" % (img, l1, l2, ctr, work, up))
