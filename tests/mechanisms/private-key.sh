#!/bin/sh
# private-key: a key that opens other machines (ssh-keygen(1))
. "${0%/*}/lib.sh"
only "plain disguised user" "a key has no command"
f=/tmp/$(named id_ed25519 id_rsa.old)
[ "$variant" = user ] && f=/var/tmp/id_ed25519
put "$f" 600 "-----BEGIN OPENSSH PRIVATE KEY-----" \
	b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW \
	QyNTUxOQAAACAEZg2/O1hklk9Tmv0KZfl4ueW7v5ehO0IGhnzEqzGNYgAAAJBI7Xb9SO12 \
	/QAAAAtzc2gtZWQyNTUxOQAAACAEZg2/O1hklk9Tmv0KZfl4ueW7v5ehO0IGhnzEqzGNYg \
	AAAEAtjPnssFxxu/xa4GCSI/uGmmKlgvbJPjTJLJXFGjITyQRmDb87WGSWT1Oa/Qpl+Xi5 \
	5bu/l6E7QgaGfMSrMY1iAAAACHdvcmsga2V5AQIDBAU= \
	"-----END OPENSSH PRIVATE KEY-----"
