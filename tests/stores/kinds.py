#!/usr/bin/env python3
"""kinds.py OUT TINY [simple] - an archive of Docker with every kind of file

One layer for each format of tar, one of devices, one above with whiteouts, and
what GNU tar and bsdtar (where there is one) write of a directory. simple:
without FIFOs, devices and hard links to links. For make-kinds.sh.
"""
import hashlib, io, json, os, struct, subprocess, sys, tarfile, tempfile

CAPS = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0).decode("latin-1")


def member(t, name, type=tarfile.REGTYPE, data=b"", **k):
    m = tarfile.TarInfo(name)
    m.type, m.size, m.mtime = type, len(data), 1767323045
    m.mode = k.pop("mode", 0o755 if type == tarfile.DIRTYPE else 0o644)
    for a, v in k.items():
        setattr(m, a, v)
    t.addfile(m, io.BytesIO(data) if data else None)


def kinds(fmt, top):
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode="w", format=fmt, encoding="utf-8", errors="surrogateescape")
    d, f, l, h = tarfile.DIRTYPE, tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
    if top == "g":
        member(t, "./", d)
    member(t, top + "/", d)
    member(t, top + "/plain", data=b"plain\n")
    member(t, top + "/empty")
    member(t, top + "/su", data=b"#!/bin/sh\n", mode=0o4755)
    member(t, top + "/sg", data=b"#!/bin/sh\n", mode=0o2755, gid=42)
    member(t, top + "/team/", d, mode=0o2775, uid=1000, gid=1000)
    member(t, top + "/team/a", uid=1000, gid=1000, data=b"a" * 512)
    member(t, top + "/team/b", uid=1000, gid=1000, data=b"b" * 513)
    member(t, top + "/team/c", uid=1000, gid=33, data=b"b" * 511)
    member(t, top + "/tmp/", d, mode=0o1777)
    member(t, top + "/none", data=b"x", mode=0)
    member(t, top + "/link", l, linkname="team/a", mode=0o777)
    member(t, top + "/abs", l, linkname="/etc/../etc/passwd", mode=0o777, uid=33, gid=33)
    member(t, top + "/hard", h, linkname=top + "/team/a", uid=1000, gid=1000)
    member(t, top + "/hard2", h, linkname=top + "/hard", uid=1000, gid=1000)
    if "simple" not in sys.argv:
        member(t, top + "/soft", h, linkname=top + "/link", mode=0o777)
    member(t, top + "/implied/deep/file", data=b"1")
    if "simple" not in sys.argv:
        member(t, top + "/fifo", tarfile.FIFOTYPE, mode=0o600)
    if top in "gp":
        long = top + "/" + "d" * 90 + "/" + "e" * 90 + "/" + "f" * 120
        member(t, long, data=b"long")
        member(t, top + "/longlink", l, linkname="../" * 40 + "x" * 60, mode=0o777)
        member(t, top + "/longhard", h, linkname=long)
        member(t, top + "/latin-\udce9", data=b"name that is no UTF-8")
        member(t, top + "/lat\udce9link", l, linkname="caf\udce9", mode=0o777)
    if top == "p":
        member(t, "p/caps", data=b"\x7fELF", mode=0o755, pax_headers={"SCHILY.xattr.security.capability": CAPS})
        member(t, "p/utf8-\u00e9\u4e2d", data=b"u")
        member(t, "p/time", data=b"t", pax_headers={"mtime": "1767323045.123456789", "comment": "c" * 3000})
    if top == "g":
        member(t, "g/big", uid=60000, gid=60001, data=b"octal")
    t.close()
    return out.getvalue()


def devices():
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT)
    member(t, "nodes/null", tarfile.CHRTYPE, mode=0o666, devmajor=1, devminor=3)
    member(t, "nodes/loop", tarfile.BLKTYPE, mode=0o660, gid=6, devmajor=7, devminor=300)
    t.close()
    return out.getvalue()


def again():
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT)
    d = tarfile.DIRTYPE
    member(t, "g/", d, mode=0o700)
    member(t, "g/.wh.plain")
    member(t, "p/team/", d, uid=1000, gid=1000)
    member(t, "p/team/.wh..wh..opq")
    member(t, "p/team/new", data=b"new")
    member(t, "g/su", data=b"#!/bin/sh\nexit\n", mode=0o755)
    member(t, "u", tarfile.SYMTYPE, linkname="p", mode=0o777)
    t.close()
    return out.getvalue()


def tools():
    """the same by GNU tar and bsdtar, with what lies on a disk"""
    out = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as w:
        r = w + "/r"
        for n, args in (("gnu", ["tar", "--format=gnu", "--numeric-owner"]),
                        ("posix", ["tar", "--format=posix", "--sparse", "--numeric-owner", "--xattrs", "--xattrs-include=security.*"]),
                        ("v7", ["tar", "--format=v7", "--numeric-owner"]),
                        ("bsd", ["bsdtar", "--format=pax"])):
            if n == "bsd" and not any(os.path.exists(p + "/bsdtar") for p in ("/usr/bin", "/bin")):
                continue
            os.makedirs(f"{r}/by-{n}/d")
            p = f"{r}/by-{n}/"
            open(p + "file", "w").write(n * 100)
            with open(p + "holes", "wb") as f:
                f.truncate(300000)
                f.seek(100000)
                f.write(b"x" * 5000)
            os.link(p + "file", p + "d/hard")
            os.symlink("../" + "y" * 80, p + "d/soft")
            os.chmod(p + "file", 0o4711)
            os.chown(p + "holes", 7, 8)
            open(p + "caps", "w").write("c")
            os.chmod(p + "caps", 0o755)
            if n == "posix":
                os.setxattr(p + "caps", "security.capability", CAPS.encode("latin-1"))
            out.append(subprocess.run(args + ["-C", r, "-cf", "-", f"by-{n}"], check=True, stdout=subprocess.PIPE).stdout)
    return out


def base():
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT)
    member(t, "bin/", tarfile.DIRTYPE)
    member(t, "bin/tiny", data=open(sys.argv[2], "rb").read(), mode=0o755)
    t.close()
    return out.getvalue()


layers = [base(), kinds(tarfile.GNU_FORMAT, "g"), kinds(tarfile.PAX_FORMAT, "p"),
          kinds(tarfile.USTAR_FORMAT, "u"), again()] + tools()
if "simple" not in sys.argv:
    layers.append(devices())
names = []
config = {"architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
          "config": {"Cmd": ["/bin/tiny", "s"]},
          "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]},
          "history": [{"created": "2026-01-02T03:04:05Z", "created_by": f"layer {i}"} for i in range(len(layers))]}
text = json.dumps(config).encode()
with tarfile.open(sys.argv[1], "w") as t:
    for x in layers:
        n = hashlib.sha256(x).hexdigest() + "/layer.tar"
        names.append(n)
        member(t, n, data=x)
    c = hashlib.sha256(text).hexdigest() + ".json"
    member(t, c, data=text)
    member(t, "manifest.json", data=json.dumps([{"Config": c, "RepoTags": ["kinds:1"], "Layers": names}]).encode())
