#!/bin/sh
# postfix-master: a program of postfix (master(5), pipe(8))
. "${0%/*}/lib.sh"
program
put /etc/postfix/master.cf 644 "$head" \
	"smtp inet n - y - - smtpd -o content_filter=sync" \
	"sync unix - n n - - pipe flags=R user=$who argv=$prog"
