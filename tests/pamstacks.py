#!/usr/bin/env python3
"""pamstacks.py - stacks of PAM, made at random, always the same

usage: pamstacks.py SEED COUNT FOLDER

Writes COUNT services sN to FOLDER, each with the files aN and bN that it
includes. None knows a secret, none waits.
"""
import random
import sys

MODULES = [
    "pam_permit.so", "pam_deny.so", "pam_unix.so nodelay",
    "pam_unix.so nodelay", "pam_rootok.so", "pam_debug.so auth=ignore",
    "pam_debug.so auth=auth_err", "pam_succeed_if.so user = root",
    "pam_succeed_if.so uid >= 1000", "pam_succeed_if.so uid < 1000",
    "pam_succeed_if.so user != root quiet", "pam_localuser.so", "pam_env.so",
    "pam_succeed_if.so user in root:alice", "pam_shells.so", "pam_nologin.so",
    "pam_exec.so /bin/true", "pam_exec.so quiet /bin/false", "pam_group.so",
    "pam_listfile.so item=user sense=deny file=/etc/motd onerr=succeed",
    "pam_faildelay.so delay=1", "pam_warn.so", "pam_wheel.so",
    "/usr/lib/x86_64-linux-gnu/security/pam_permit.so", "pam_none.so"]
ACTIONS = ["ignore", "ok", "done", "bad", "die", "reset", "1", "2", "3"]
PLAIN = ["required", "requisite", "sufficient", "optional", "required",
         "sufficient"]
rnd = random.Random(int(sys.argv[1]))


def control():
    if rnd.random() < .6:
        return rnd.choice(PLAIN)
    words = [key + "=" + rnd.choice(ACTIONS[:last])
             for key, p, last in (("success", .8, 9), ("auth_err", .3, 9),
                                  ("ignore", .3, 6), ("default", .8, 9))
             if rnd.random() < p]
    return "[%s]" % " ".join(words or ["default=bad"])


def stack(name, other):
    lines = []
    for _ in range(rnd.randint(1, 5)):
        if other and rnd.random() < .25:
            lines.append(rnd.choice(["auth include", "auth substack",
                                     "@include"]) + " " + other)
        elif rnd.random() < .03:
            lines.append(rnd.choice([
                "auht required pam_permit.so", "auth perhaps pam_permit.so",
                "auth include none", "auth required", "@include none",
                "auth [success=sure] pam_permit.so"]))
        else:
            lines.append("%sauth %s %s" % (rnd.choice(["", "", "", "-"]),
                                           control(), rnd.choice(MODULES)))
    with open(sys.argv[3] + "/" + name, "w") as f:
        f.write("\n".join(lines) + "\n")


for i in range(int(sys.argv[2])):
    stack("b%d" % i, None)
    stack("a%d" % i, "b%d" % i)
    stack("s%d" % i, "a%d" % i)
