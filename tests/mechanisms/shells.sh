#!/bin/sh
# shells: a login shell of no package (shells(5))
. "${0%/*}/lib.sh"
program
append /etc/shells "$prog"
