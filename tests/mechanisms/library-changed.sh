#!/bin/sh
# library-changed: a packaged library with other content (dpkg(1), --verify)
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the package's"
l=$(cd "$root$lib" && echo libkeyutils.so.1.*)
keep "$lib/$l"
printf patched >>"$root$lib/$l"
kept "$lib/$l"
planted "$lib/$l"
