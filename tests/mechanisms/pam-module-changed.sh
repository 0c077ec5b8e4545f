#!/bin/sh
# pam-module-changed: a packaged module with other content (pam_unix(8))
. "${0%/*}/lib.sh"
only "plain disguised" "the file is the package's"
keep "$lib/security/pam_unix.so"
printf patched >>"$root$lib/security/pam_unix.so"
kept "$lib/security/pam_unix.so"
planted "$lib/security/pam_unix.so"
