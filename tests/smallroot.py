"""smallroot.py ROOT: make a Debian root small enough to be read 200 times

Documentation, tables of characters and time zones, and modules of perl go;
what is larger than LIMIT is cut there. The package database is told of both,
so that the root is as clean as it was.
"""
import hashlib
import os
import shutil
import sys

LIMIT = 256 * 1024
GONE = ("usr/share/doc", "usr/share/man", "usr/share/locale",
        "usr/share/zoneinfo", "usr/share/i18n", "usr/share/info",
        "usr/share/perl", "usr/share/perl5", "usr/share/terminfo",
        "usr/share/vim/vim90", "usr/share/bash-completion",
        "usr/share/consolefonts", "usr/share/misc", "usr/lib/git-core",
        "usr/share/bug", "usr/share/lintian", "usr/share/common-licenses",
        "usr/share/tasksel", "usr/share/gitweb")
INSIDE = ("/gconv/", "/perl/", "/perl-base/", "/udev/hwdb.d/",
          "/systemd/catalog/")

root = sys.argv[1]
info = os.path.join(root, "var/lib/dpkg/info")


def gone(path):
    return any(path.rstrip("/") == g or path.startswith(g + "/") for g in GONE) or (
        path.startswith("usr/lib/") and any(i in path for i in INSIDE))


def real(path):
    """below the root, and not through a link of it"""
    path = os.path.join(root, path)
    return path if not os.path.islink(path) and os.path.isfile(path) else None


def cut(path):
    st = os.stat(path)
    os.truncate(path, LIMIT)
    os.chmod(path, st.st_mode & 0o7777)
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))
    with open(path, "rb") as f:
        return hashlib.md5(f.read()).hexdigest()


def rewrite(path, lines):
    st = os.stat(path)
    with open(path, "w") as f:
        f.writelines(lines)
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


new = {}
links = {}
for top in ("usr", "opt"):
    for d, _, files in os.walk(os.path.join(root, top)):
        for n in files:
            p = os.path.relpath(os.path.join(d, n), root)
            if gone(p) or not real(p):
                continue
            st = os.stat(real(p))
            if st.st_ino in links: # one file by another name
                new[p] = links[st.st_ino]
            elif st.st_size > LIMIT:
                new[p] = links[st.st_ino] = cut(real(p))


def merged(path):
    """lib/x is usr/lib/x on a merged system"""
    first = path.split("/", 1)[0]
    link = os.path.join(root, first)
    return "usr/" + path if os.path.islink(link) else path


for n in os.listdir(info):
    p = os.path.join(info, n)
    if n.endswith(".list"):
        with open(p) as f:
            lines = f.readlines()
        rewrite(p, [x for x in lines
                    if not gone(merged(x.strip().lstrip("/")))])
    elif n.endswith(".md5sums"):
        with open(p) as f:
            lines = f.readlines()
        keep = []
        for x in lines:
            digest, name = x.rstrip("\n").split("  ", 1)
            if not gone(merged(name)):
                keep.append("%s  %s\n" % (new.get(merged(name), digest), name))
        rewrite(p, keep)
for g in GONE:
    shutil.rmtree(os.path.join(root, g), ignore_errors=True)
for d, dirs, _ in os.walk(os.path.join(root, "usr/lib")):
    for n in list(dirs):
        p = os.path.relpath(os.path.join(d, n), root)
        if gone(p + "/"):
            shutil.rmtree(os.path.join(d, n))
            dirs.remove(n)
