# t-login.sh - what is said of sshd's and ssh's configuration is what they say
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence
R=$T/root

# sshd, ssh and their libraries, of the clean root
mkdir "$R" "$R/run" "$R/run/sshd"
sh "$TESTS/cleanroot.sh" 2>/dev/null # it may be on its way
if [ "$ROOTED" = 0 ] || ! tar -C "$R" --wildcards -xf \
	"$TOP/.build/clean-root.tar" './bin' './sbin' './lib' './lib64' \
	'./usr/lib64' './usr/lib/x86_64-linux-gnu/*.so*' './usr/sbin/sshd' \
	'./usr/bin/ssh' './etc/ssh' './usr/bin/dash' './usr/bin/sh' \
	'./usr/bin/bash' './usr/lib/openssh' './etc/debian_version' \
	'./etc/nsswitch.conf' './dev/null' 2>"$T/why" ||
	! chroot "$R" /usr/sbin/sshd -V 2>&1 | grep -q OpenSSH; then
	skip "sshd -T" "no root, or no clean root here"
	finish
fi
cat >"$R/etc/passwd" <<'E'
root:x:0:0:root:/root:/bin/bash
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
alice:x:1000:1000::/home/alice:/bin/bash
bob:x:1001:1001::/home/bob:/bin/bash
carol:x:1002:1002::/home/carol:/bin/bash
E
cat >"$R/etc/group" <<'E'
root:x:0:
alice:x:1000:
bob:x:1001:
carol:x:1002:
staffers:x:1003:bob
E
home() { sed -n "s/^$1:.*:\(.*\):[^:]*\$/\1/p" "$R/etc/passwd"; }
KEY=AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
mkdir -p "$R/etc/ssh/keys"
echo "ssh-ed25519 $KEY shared" >"$R/etc/ssh/keys/shared"
for u in root alice bob carol; do
	h=$(home $u)
	mkdir -p "$R$h/.ssh" "$R/srv/$u"
	for f in "$h/.ssh/authorized_keys" "$h/.ssh/authorized_keys2" \
		"$h/site keys" /etc/ssh/keys/$u /srv/$u/keys; do
		echo "ssh-ed25519 $KEY $u" >"$R$f"
	done
	chmod 700 "$R$h/.ssh"
done

rows() { jq -r "select(.k==\"persist\") | $1" "$T/rec"; }
# what of a keyword is in force for who matches no block
ours() {
	rows 'select(.artifact=="sshd-config" and (.defect or .enabled | not)) |
		"\(.name | ascii_downcase) \(.options)"' |
		sed -n "s/^$1 //p" | tr -d '"' | tr '\n' ' ' | sed 's/ $//'
}
compare() { # WHAT: of the configuration at hand
	"$C" -r "$R" >"$T/rec" 2>"$T/err"
	ok "$1: sshd takes it" chroot "$R" /usr/sbin/sshd -T
	cp "$T/out" "$T/sshd"
	for k in permitrootlogin usepam pubkeyauthentication strictmodes \
		permituserenvironment authorizedkeyscommand forcecommand \
		trustedusercakeys banner x11forwarding; do
		o=$(ours $k)
		[ -z "$o" ] || is "$1: $k" "$o" "$(sed -n "s/^$k //p" \
			"$T/sshd" | sed 's/^without-password$/prohibit-password/')"
	done
	for u in root alice bob carol; do
		h=$(home $u)
		chroot "$R" /usr/sbin/sshd -T -C \
			user=$u,host=h,addr=192.0.2.9,laddr=192.0.2.1,lport=22 \
			2>/dev/null | sed -n 's/^authorizedkeysfile //p' |
			tr -d '"' | sed 's| \([.%/]\)|\n\1|g' |
			sed "s|%h|$h|g; s|%u|$u|g; s|%%|%|g; /^none\$/d
				s|^\([^/]\)|$h/\1|" | sort -u |
			while IFS= read -r f; do
				[ -e "$R$f" ] && printf '%s\n' "$f"
			done >"$T/theirs"
		# a file of every account is also that of who has another one
		rows 'select(.artifact=="ssh-authorized-keys" and .enabled and
			.owner == "'$u'") | .path' | sort -u >"$T/mine"
		grep -qx /etc/ssh/keys/shared "$T/theirs" && rows 'select(
			.artifact=="ssh-authorized-keys" and .enabled and
			(.owner | not)) | .path' >>"$T/mine"
		is "$1: key files of $u" "$(diff "$T/mine" "$T/theirs")" ""
	done
}

compare "as installed"
cat >"$R/etc/ssh/sshd_config" <<'E'
Include /etc/ssh/sshd_config.d/*.conf
PermitRootLogin yes
permitrootlogin no
authorizedkeysfile	/etc/ssh/keys/%u %h/.ssh/authorized_keys2 # both
Match User bob,!alice
	AuthorizedKeysFile "site keys"
Match Group staffers
	AuthorizedKeysFile /srv/%u/keys
Match all
	PermitTTY no
E
compare "blocks"
cat >"$R/etc/ssh/sshd_config.d/10-first.conf" <<'E'
PermitRootLogin=prohibit-password
StrictModes no
Match User carol
	AuthorizedKeysFile none
	Include /etc/ssh/more
E
cat >"$R/etc/ssh/sshd_config.d/20-late.conf" <<'E'
AuthorizedKeysFile /etc/ssh/keys/shared
UsePAM no
PermitRootLogin no
E
echo 'PermitRootLogin no' >"$R/etc/ssh/sshd_config.d/30.off"
cat >"$R/etc/ssh/more" <<'E'
Banner /etc/issue
Match User alice
	AuthorizedKeysFile /srv/%u/keys
E
compare "includes"
like "a file that no Include names" "$(rows 'select(.path |
	endswith("30.off")) | .defect')" "no Include"
cat >"$R/etc/ssh/sshd_config" <<'E'
Match Address 192.0.2.0/24
	AuthorizedKeysFile /srv/%u/keys
E
rm "$R"/etc/ssh/sshd_config.d/*
"$C" -r "$R" >"$T/rec" 2>"$T/err"
is "an address: perhaps, and what else may hold" "$(rows 'select(
	.artifact=="ssh-authorized-keys" and .enabled and .owner=="alice") |
	"\(.path) \(.enabled | test("perhaps"))"' | sort -u | tr '\n' ' ')" \
	"/home/alice/.ssh/authorized_keys false /home/alice/.ssh/authorized_keys2 false /srv/alice/keys true "

# the client
cat >"$R/root/.ssh/config" <<'E'
Include extra
Host *
	ProxyCommand = /usr/bin/nc "%h" %p
	KnownHostsCommand /bin/late
E
cat >"$R/root/.ssh/extra" <<'E'
PermitLocalCommand yes
LocalCommand /bin/first %h
E
"$C" -r "$R" >"$T/rec" 2>"$T/err"
HOME=/root chroot "$R" /usr/bin/ssh -G example.org >"$T/ssh" 2>"$T/err"
for k in ProxyCommand KnownHostsCommand LocalCommand; do
	is "ssh: $k" "$(rows "select(.artifact==\"ssh-config-user\" and
		.name==\"$k\" and (.defect | not)) | .options")" \
		"$(sed -n "s/^$(echo $k | tr A-Z a-z) //p" "$T/ssh")"
done
finish
