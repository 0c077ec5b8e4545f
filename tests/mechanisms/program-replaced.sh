#!/bin/sh
# program-replaced: a packaged program with other content (dpkg(1),
# --verify)
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the package's"
f=$(named /usr/sbin/sshd /usr/bin/ps)
keep "$f"
printf patched >>"$root$f"
kept "$f"
planted "$f"
