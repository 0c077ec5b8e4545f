#!/bin/sh
# file-world-writable: a file that everybody may change (chmod(1))
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the system's"
f=$(named /etc/cron.daily/apt-compat /etc/init.d/procps)
chmod 777 "$root$f"
planted "$f"
