# t-units.sh - units of systemd: what is read, what is masked, what is enabled
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence

# ---- what systemctl says of the same root ----------------------------------
# names of fragments, as systemctl is to be asked for
names() {
	(cd "$1" && for d in etc/systemd/system run/systemd/system \
		usr/local/lib/systemd/system usr/lib/systemd/system; do
		for x in "$d"/*.service "$d"/*.timer "$d"/*.socket "$d"/*.path \
			"$d"/*.mount; do
			[ -e "$x" ] && [ ! -L "$x" ] && printf '%s\n' "${x##*/}"
		done
	done) | grep -v '@\.' | sort -u
} # a template is enabled by its instances: another question
ours() { # of the rows: enabled, masked, or neither
	jq -r 'select(.k=="persist" and .artifact=="systemd-unit-system") |
		select((.via // .path) | test("\\.d/[^/]*$") | not) |
		.name + " " + (if (.defect // "" | test("masked")) then "masked"
		elif (.enabled // "" | test("(^| )/etc/systemd/system/")) then
		"enabled" else "-" end)' "$1" | sort -u
}
theirs() { # DIR NAMES: the same by systemctl
	# shellcheck disable=SC2046
	systemctl --root="$1" is-enabled $(cat "$2") 2>/dev/null |
		sed 's/^masked.*/masked/; /^\(enabled\|masked\)$/!s/.*/-/' >"$T/state"
	paste -d ' ' "$2" "$T/state" | sort -u
}
compare() { # WHAT DIR
	"$C" -r "$2" >"$T/rec" 2>"$T/err"
	names "$2" >"$T/names"
	ours "$T/rec" | grep -Ff "$T/names" >"$T/got"
	theirs "$2" "$T/names" >"$T/want"
	is "$1: as systemctl says, $(wc -l <"$T/names") units" \
		"$(join -j 1 "$T/want" "$T/got" | awk '$2 != $3')" ""
	ok "$1: some are enabled" grep -q enabled "$T/got"
	is "$1: none is left out" "$(cut -d ' ' -f 1 "$T/got" | sort -u |
		comm -23 "$T/names" -)" ""
}
cat >"$T/spec" <<'E'
f etc/passwd <<X
root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh
X
u() { { echo '[Service]'; echo "ExecStart=/usr/bin/$2"; printf "${3:-}"
	printf "[Install]\nWantedBy=multi-user.target\n"; } | f "$1"; }
s=etc/systemd/system
v=usr/lib/systemd/system
u $v/plain.service plain
u $v/wanted.service wanted
l $s/multi-user.target.wants/wanted.service /usr/lib/systemd/system/wanted.service
u $v/required.service required
l $s/multi-user.target.requires/required.service /usr/lib/systemd/system/required.service
u $v/vendor.service vendor
l $v/multi-user.target.wants/vendor.service ../vendor.service
u $v/masked.service masked
l $s/masked.service /dev/null
l $s/multi-user.target.wants/masked.service /usr/lib/systemd/system/masked.service
u $s/own.service own
l $s/multi-user.target.wants/own.service ../own.service
u $v/tmpl@.service tmpl
l $s/multi-user.target.wants/tmpl@one.service /usr/lib/systemd/system/tmpl@.service
u $v/aliased.service aliased
echo Alias=other.service >>$v/aliased.service
l $s/other.service /usr/lib/systemd/system/aliased.service
f $v/job.timer <<X
[Timer]
OnCalendar=daily
[Install]
WantedBy=timers.target
X
l $s/timers.target.wants/job.timer /usr/lib/systemd/system/job.timer
u $v/job.service job
f $v/data.mount <<X
[Mount]
What=//192.0.2.1/x
Where=/data
Type=cifs
Options=guest
X
f sbin/mount.cifs 0755 <<X
X
E
mkroot "$T/spec" "$T/made" || fail "spec"
if command -v systemctl >/dev/null; then
	compare "made" "$T/made"
	if sh "$TESTS/cleanroot.sh" "$T/clean" 2>"$T/why"; then
		compare "clean root" "$T/clean"
		is "clean root: no unit has a defect" "$(jq -r 'select(
			.k=="persist" and .defect and
			(.artifact | startswith("systemd-"))) | .defect' \
			"$T/rec" | grep -v '^masked')" ""
	else
		skip "clean root" "$(tail -n 1 "$T/why")"
	fi
else
	skip "as systemctl says" "systemctl is not here"
fi

# ---- which file is read, and what is in force -------------------------------
cat >>"$T/spec" <<'E'
# the order of the folders
for d in etc/systemd/system.control run/systemd/transient etc/systemd/system \
	run/systemd/system usr/local/lib/systemd/system usr/lib/systemd/system; do
	u $d/order.service "$(echo $d | tr / .)"
done
# drop-ins: of the unit, of a prefix, of the type, one in front of another
u $v/foo-bar.service old 'Environment=A=1 "B=two words" PATH=/opt\n'
f $v/foo-bar.service.d/10-a.conf <<X
[Service]
User=nobody
X
f $s/foo-bar.service.d/10-a.conf <<X
[Service]
User=alice
Environment=A=3
X
f $s/foo-.service.d/20-b.conf <<X
[Service]
Environment=LD_PRELOAD=/opt/lib.so
X
f $s/service.d/30-c.conf <<X
[Service]
EnvironmentFile=-/etc/default/all
X
f etc/default/all <<X
# comment
C="three"
 BASH_ENV=/opt/rc
X
f opt/rc <<X
X
f $s/gone.service.d/x.conf <<X
[Service]
ExecStartPost=/opt/x
X
# a link in .wants whose unit is in no folder
u opt/stray.service stray
l $s/multi-user.target.wants/stray.service /opt/stray.service
# two names for a file outside
u opt/evil.service evil
l $s/innocent.service /opt/evil.service
l $s/multi-user.target.wants/innocent.service /etc/systemd/system/innocent.service
u $s/twice.service one 'ExecStart=/usr/bin/two\n'
u $s/once.service one 'Type=oneshot\nExecStart=/usr/bin/two\n'
f opt/x 0755 <<X
X
f $s/spec@.service <<X
[Service]
WorkingDirectory=/opt
ExecStart=@/bin/sh daemon -c "exec ./x"
ExecStop=%E/%p/%i
X
f bin/sh 0755 <<X
X
f home/alice/.config/systemd/user/mine.service 0644 1000:1000 <<X
[Service]
ExecStart=%h/bin/x
X
f home/alice/bin/x 0755 1000:1000 <<X
X
f var/lib/systemd/linger/alice <<X
X
f run/user/1000/systemd/transient/run-1.timer <<X
[Timer]
OnActiveSec=5
X
u usr/lib/systemd/user/mine.service vendor
E
rm -rf "$T/made"
mkroot "$T/spec" "$T/made" || fail "spec"
"$C" -r "$T/made" >"$T/rec" 2>"$T/err"
row() { jq -c --arg p "$1" "select(.k==\"persist\" and (.via // .path)==\$p) |
	$2" "$T/rec"; }
is "the first folder is read" "$(jq -r 'select(.name=="order.service" and
	.defect==null) | .path' "$T/rec")" /etc/systemd/system.control/order.service
is "what it takes the place of" "$(row \
	/etc/systemd/system.control/order.service .overrides)" \
	'"/run/systemd/transient/order.service"'
is "the others say so" "$(jq -r 'select(.name=="order.service" and .defect) |
	.defect' "$T/rec" | sort | uniq -c | sed 's/^ *//')" \
	"5 /etc/systemd/system.control/order.service is read in its place"
is "user and environment are those in force" \
	"$(row /usr/lib/systemd/system/foo-bar.service \
	'select(.text | startswith("ExecStart")) | [.owner, (.environment | fromjson)]')" \
	'["alice",["A=3","B=two words","PATH=/opt","LD_PRELOAD=/opt/lib.so","C=three","BASH_ENV=/opt/rc"]]'
is "a drop-in of a later folder does not count" \
	"$(row /usr/lib/systemd/system/foo-bar.service.d/10-a.conf .defect)" \
	'"/etc/systemd/system/foo-bar.service.d/10-a.conf is read in its place"'
is "a drop-in adds to its unit" \
	"$(row /etc/systemd/system/foo-bar.service.d/10-a.conf .overrides)" \
	'"/usr/lib/systemd/system/foo-bar.service.d/10-a.conf"'
is "a variable that loads a library is a row" \
	"$(row /etc/systemd/system/foo-.service.d/20-b.conf \
	'[.name, .command, .program_state]')" \
	'["foo-.service","/opt/lib.so","missing"]'
is "one in a file of variables, too" \
	"$(row /etc/systemd/system/service.d/30-c.conf '[.command, .program]')" \
	'["/opt/rc","/opt/rc"]'
is "a drop-in of no unit" \
	"$(row /etc/systemd/system/gone.service.d/x.conf '[.command, .defect]')" \
	'["/opt/x","no unit of that name is found"]'
is "a link in .wants alone starts nothing" "$(row \
	/etc/systemd/system/multi-user.target.wants/stray.service .defect)" \
	'"no unit of that name is found"'
is "a file outside that a link names" "$(row \
	/etc/systemd/system/innocent.service '[.path, .name, .enabled, .defect]')" \
	'["/opt/evil.service","innocent.service","/etc/systemd/system/multi-user.target.wants/innocent.service",null]'
is "two commands want Type=oneshot" "$(row /etc/systemd/system/twice.service \
	.defect | sort -u)" \
	'"the whole unit is refused: more than one ExecStart= without Type=oneshot"'
is "and there they are fine" "$(row /etc/systemd/system/once.service .defect |
	sort -u)" null
is "argv[0], and the directory that it starts in" \
	"$(row '/etc/systemd/system/spec@.service' '[.command, .program]' |
	head -n 1)" \
	'["/bin/sh daemon -c \"exec ./x\"","/opt/x"]'
is "a user's unit: program below its home, started at boot" \
	"$(row /home/alice/.config/systemd/user/mine.service \
	'[.owner, .program, .schedule, .overrides, .defect]')" \
	'["alice","/home/alice/bin/x","boot and login","/usr/lib/systemd/user/mine.service",null]'
is "that of the distribution is read for others" \
	"$(row /usr/lib/systemd/user/mine.service .defect)" null
is "a timer that a user started by hand" \
	"$(row /run/user/1000/systemd/transient/run-1.timer \
	'[.owner, .command, .schedule, .enabled]')" \
	'["alice","run-1.service","OnActiveSec=5","/run/user/1000/systemd/transient/run-1.timer"]'
is "what mounts it" "$(row /usr/lib/systemd/system/data.mount \
	'[.command, .program]')" \
	'["mount -t cifs -o guest //192.0.2.1/x /data","/sbin/mount.cifs"]'
finish
