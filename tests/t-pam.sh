# t-pam.sh - whom a stack of PAM lets in without a secret is who gets in
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence
R=$T/root

# su, PAM and their libraries, of the clean root
mkdir "$R"
sh "$TESTS/cleanroot.sh" 2>/dev/null # it may be on its way
if [ "$ROOTED" = 0 ] || ! tar -C "$R" --wildcards -xf \
	"$TOP/.build/clean-root.tar" './bin' './sbin' './lib' './lib64' \
	'./usr/lib64' './usr/lib/x86_64-linux-gnu/*.so*' './usr/bin/su' \
	'./usr/bin/dash' './usr/bin/sh' './usr/bin/bash' './usr/bin/true' \
	'./usr/bin/false' './usr/sbin/unix_chkpwd' './etc' './dev/null' \
	2>"$T/why" || ! chroot "$R" /usr/bin/su --version >"$T/out" 2>&1; then
	skip "su" "no root, or no clean root here"
	finish
fi
echo 'alice:x:1000:1000::/:/bin/sh' >>"$R/etc/passwd"
echo 'alice:!:19000::::::' >>"$R/etc/shadow"
echo 'FAIL_DELAY 0' >"$R/etc/login.defs"
chmod 755 "$T"
P=$R/etc/pam.d
rm "$P"/*

# su asks as the service it is called: each stack in turn. What a module says
# to pam_setcred is not what it said to pam_authenticate.
gets_in() { # SERVICE
	{
		echo "auth include $1"
		echo 'account required pam_permit.so'
		echo 'session required pam_permit.so'
	} >"$P/su"
	echo wrong | chroot --userspec=1000:1000 "$R" /usr/bin/su -c true \
		root >"$T/su" 2>&1 || grep -q 'establish user cred' "$T/su"
}
opened() { # WHOM SERVICE of the stream
	jq -r 'select(.name == "auth-open" and .artifact == "pam" and
		.options == "'"$1"'") | .enabled' "$T/rec" | tr ' ' '\n' |
		grep -qx "$2"
}
line() {
	jq -r 'select(.name == "auth-open" and (.enabled | split(" ") |
		index("'"$1"'"))) | "\(.path):\(.line) \(.options)"' "$T/rec"
}

# ---- stacks as somebody would write them -------------------------------------
unix='auth [success=1 default=ignore] pam_unix.so nodelay
auth requisite pam_deny.so
auth required pam_permit.so'
n=0
case_() { # LINES: name and lines
	n=$((n + 1))
	printf '%s\n' "$2" >"$P/n$n"
	echo "$1" >"$T/n$n"
}
printf '%s\n' "$unix" >"$P/stock"
case_ "as installed" "@include stock"
case_ "sufficient permit" "auth sufficient pam_permit.so
@include stock"
case_ "over the question by a jump" \
	"auth [success=2 default=ignore] pam_localuser.so
@include stock"
case_ "over the question when it is answered wrong" \
	"auth [default=2] pam_unix.so nodelay
@include stock"
case_ "nobody refuses" "auth optional pam_unix.so nodelay
auth required pam_permit.so"
case_ "a condition that is always true" \
	"auth sufficient pam_succeed_if.so quiet uid >= 0
@include stock"
case_ "a condition on root" "auth sufficient pam_succeed_if.so user = root
@include stock"
case_ "a list that refuses nobody" "auth sufficient pam_listfile.so item=user sense=deny file=/etc/hostname onerr=succeed
@include stock"
case_ "a program that says yes" "auth sufficient pam_exec.so quiet /bin/true
@include stock"
case_ "pam_debug" "auth [success=done default=ignore] pam_debug.so
@include stock"
case_ "Red Hat's" "auth required pam_env.so
auth required pam_faildelay.so delay=1
auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
auth [default=1 ignore=ignore success=ok] pam_localuser.so
auth sufficient pam_unix.so nodelay
auth requisite pam_succeed_if.so uid >= 1000 quiet_success
auth required pam_deny.so"
case_ "of the daemon's own right" "auth sufficient pam_rootok.so
@include stock"
case_ "a required module beside it" "auth required pam_shells.so
@include stock"
case_ "not for root" "auth required pam_succeed_if.so user != root
auth required pam_permit.so"
"$C" -r "$R" >"$T/rec" 2>"$T/err"
i=0
while [ $i -lt $n ]; do
	i=$((i + 1))
	opened anybody n$i && mine=open || mine=closed
	gets_in n$i && theirs=open || theirs=closed
	is "$(cat "$T/n$i")" "$mine" "$theirs"
done
is "the line that a jump stands in" "$(line n3)" "/etc/pam.d/n3:1 anybody"
is "the line that skips a wrong answer" "$(line n4)" "/etc/pam.d/n4:1 anybody"
is "where nobody refuses: who says yes" "$(line n5)" "/etc/pam.d/n5:2 anybody"
is "who gets in unless it is root" "$(line n14 | cut -d' ' -f2)" some

# pam_rootok goes by who asks: sshd is root's
rm "$P"/*
printf '%s\n' "$unix" >"$P/common-auth"
for s in sshd login su sudo; do
	printf '%s\n' 'auth sufficient pam_rootok.so' '@include common-auth' \
		>"$P/$s"
done
"$C" -r "$R" >"$T/rec" 2>"$T/err"
is "pam_rootok opens what root's own processes ask" "$(jq -r 'select(
	.name == "auth-open") | .enabled' "$T/rec" | sort | tr '\n' ' ')" \
	"login sshd "
{ echo 'auth sufficient pam_wheel.so trust use_uid'; cat "$P/common-auth"; } \
	>"$T/x"
cp "$T/x" "$P/common-auth"
"$C" -r "$R" >"$T/rec" 2>"$T/err"
like "what a group may is told apart" "$(line su)" \
	"/etc/pam.d/common-auth:1 some"

# ---- stacks at random ----------------------------------------------------------
rm "$P"/*
python3 "$TESTS/pamstacks.py" 5 60 "$P"
cp -a "$P" "$T/stacks"
"$C" -r "$R" >"$T/rec" 2>"$T/err"
i=0 open=0
: >"$T/differ"
while [ $i -lt 60 ]; do
	opened anybody s$i && mine=open || mine=closed
	gets_in s$i && theirs=open || theirs=closed
	[ $theirs = closed ] || open=$((open + 1))
	[ $mine = $theirs ] || echo "s$i $mine, is $theirs" >>"$T/differ"
	i=$((i + 1))
done
is "sixty stacks at random" "$(cat "$T/differ")" ""
ok "some of them are open" test $open -gt 5
finish
