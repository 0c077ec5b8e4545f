#!/bin/sh
# setuid-packaged: a packaged program with root's rights (chmod(1))
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the package's"
f=/usr/bin/$(named perl find)
keep "$f"
chmod 4755 "$root$f"
kept "$f"
planted "$f"
[ -e "$root/usr/bin/perl5.36.0" ] && planted /usr/bin/perl5.36.0
