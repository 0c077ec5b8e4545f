# t-when.sh - when a schedule is due next, by the clock of the evidence
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence

# a root whose clock shows $1 (UTC), with what stdin says; $2: its time zone
evidence() {
	rm -rf "$T/root"
	mkdir -p "$T/root/etc" "$T/root/tmp"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$T/root/etc/passwd"
	cat >"$T/spec"
	mkroot "$T/spec" "$T/root" || fail "spec"
	if [ -n "${2:-}" ]; then
		mkdir -p "$T/root/usr/share"
		cp -R /usr/share/zoneinfo "$T/root/usr/share/"
		ln -s "/usr/share/zoneinfo/$2" "$T/root/etc/localtime"
	fi
	find "$T/root" -exec touch -h -d "$1 UTC" {} +
	"$C" -r "$T/root" >"$T/rec" 2>"$T/err"
}
next() { # line of the crontab: its next times
	jq -r --argjson l "$1" 'select(.k=="persist" and .line==$l and
		.artifact=="cron-system") | (.next // "[\"-\"]" | fromjson | join(" "))' "$T/rec"
}

# ---- crontabs ------------------------------------------------------------
evidence '2026-11-22 12:34:56' <<'E'
f etc/crontab <<X
* * * * * root a
*/20 * * * * root a
15 3 * * * root a
0 0 1,15 * fri root a
0 0 13 * * root a
0 0 */13 * fri root a
0 12 29 2 * root a
30 4 1-7/3 jan,jul * root a
0 22 * * 1-5 root a
0 5 * * sun root a
@reboot root a
@yearly root a
@weekly root a
@hourly root a
59 23 31 12 7 root a
0 0 31 2 * root a
34 12 22 11 * root a
35 12 22 11 * root a
X
E
i=0
while read -r want; do
	i=$((i + 1))
	is "cron: $(sed -n "${i}p" "$T/root/etc/crontab")" "$(next $i)" "$want"
done <<'E'
2026-11-22T12:35:00 2026-11-22T12:36:00 2026-11-22T12:37:00
2026-11-22T12:40:00 2026-11-22T13:00:00 2026-11-22T13:20:00
2026-11-23T03:15:00 2026-11-24T03:15:00 2026-11-25T03:15:00
2026-11-27T00:00:00 2026-12-01T00:00:00 2026-12-04T00:00:00
2026-12-13T00:00:00 2027-01-13T00:00:00 2027-02-13T00:00:00
2026-11-27T00:00:00 2027-01-01T00:00:00 2027-05-14T00:00:00
2028-02-29T12:00:00 2032-02-29T12:00:00 2036-02-29T12:00:00
2027-01-01T04:30:00 2027-01-04T04:30:00 2027-01-07T04:30:00
2026-11-23T22:00:00 2026-11-24T22:00:00 2026-11-25T22:00:00
2026-11-29T05:00:00 2026-12-06T05:00:00 2026-12-13T05:00:00
-
2027-01-01T00:00:00 2028-01-01T00:00:00 2029-01-01T00:00:00
2026-11-29T00:00:00 2026-12-06T00:00:00 2026-12-13T00:00:00
2026-11-22T13:00:00 2026-11-22T14:00:00 2026-11-22T15:00:00
2026-12-06T23:59:00 2026-12-13T23:59:00 2026-12-20T23:59:00
-
2027-11-22T12:34:00 2028-11-22T12:34:00 2029-11-22T12:34:00
2026-11-22T12:35:00 2027-11-22T12:35:00 2028-11-22T12:35:00
E
is "a date that does not exist never comes" "$(jq -r 'select(.line==16 and
	.artifact=="cron-system") | .defect' "$T/rec")" \
	"never: its date does not exist"
is "next_time is the first of them, UTC" "$(jq -r 'select(.line==3 and
	.artifact=="cron-system") | .next_time' "$T/rec")" \
	"$(date -u -d '2026-11-23 03:15' +%s)000000000"

# ---- local time, and what cron gives its jobs ------------------------------
if [ -e /usr/share/zoneinfo/Europe/Berlin ]; then
	evidence '2027-03-27 12:00' Europe/Berlin <<'E'
f usr/sbin/crond 0755 <<X
X
f etc/crontab <<X
30 2 * * * root a
0 4 * * * root a
CRON_TZ=Asia/Tokyo
MAILTO=ops
PATH=/opt/bin:/bin
0 4 * * * root a
X
E
	is "the hour that the clocks leave out" "$(next 1)" \
		"2027-03-28T03:00:00 2027-03-29T02:30:00 2027-03-30T02:30:00"
	is "local time" "$(jq -r 'select(.line==2 and .artifact=="cron-system") |
		.next_time' "$T/rec")" "$(date -u -d '2027-03-28 02:00' +%s)000000000"
	is "CRON_TZ of cronie" "$(jq -r 'select(.line==6 and
		.artifact=="cron-system") | .next_time' "$T/rec")" \
		"$(date -u -d '2027-03-27 19:00' +%s)000000000"
	is "environment of a job" "$(jq -c 'select(.line==6 and
		.artifact=="cron-system") | .environment | fromjson' "$T/rec")" \
		'["SHELL=/bin/sh","HOME=/root","LOGNAME=root","CRON_TZ=Asia/Tokyo","MAILTO=ops","PATH=/opt/bin:/bin"]'
	is "environment above the variables" "$(jq -c 'select(.line==2 and
		.artifact=="cron-system") | .environment | fromjson' "$T/rec")" \
		'["SHELL=/bin/sh","PATH=/usr/bin:/bin","HOME=/root","LOGNAME=root"]'
else
	skip "local time" "no zoneinfo here"
fi

# a zone file that holds only its rule, as newer ones do
evidence '2027-03-27 12:00' <<E
f etc/localtime <"$TESTS/fuzz/corpus/when/slim"
f etc/crontab <<X
30 2 * * * root a
0 4 1 * * root a
X
E
is "the rule of a zone" "$(next 1)" \
	"2027-03-28T03:00:00 2027-03-29T02:30:00 2027-03-30T02:30:00"
is "and back" "$(jq -r 'select(.line==2 and .artifact=="cron-system") |
	.next_time' "$T/rec")" "$(date -u -d '2027-04-01 02:00' +%s)000000000"

# ---- systemd's calendar ----------------------------------------------------
sh "$TESTS/when.sh" >"$T/list"
timers() {
	i=0
	while read -r e; do
		i=$((i + 1))
		printf "f etc/systemd/system/t%03d.timer <<'X'\n[Timer]\n" $i
		printf 'OnCalendar=%s\nX\n' "$e"
	done <"$T/list"
}
told() {
	jq -r 'select(.artifact=="systemd-unit-system") | .name + " " +
		(.defect // (.next // "[\"never\"]" | fromjson | join(" ")))' "$T/rec" | sort
}
analyze() { # TZ BASE: the same from systemd itself
	i=0
	while read -r e; do
		i=$((i + 1))
		printf 't%03d.timer ' $i
		if TZ=$1 systemd-analyze calendar --base-time="$2" \
			--iterations=3 "$e" >"$T/out" 2>/dev/null; then
			sed -n 's/^ *\(Next elapse\|Iter. #[23]\): *//p; s/^ *Iteration #[23]: *//p' \
				"$T/out" | sed 's/^[A-Z][a-z]* \([0-9-]*\) \([0-9:]*\) .*/\1T\2/' |
				sort -u | tr '\n' ' ' | sed 's/ $//'
			echo
		else
			echo 'bad calendar event'
		fi
	done <"$T/list"
}
if command -v systemd-analyze >/dev/null &&
	[ -e /usr/share/zoneinfo/Europe/Berlin ]; then
	for z in UTC Europe/Berlin America/New_York; do
		timers | evidence '2026-11-22 12:34:56' $z
		told >"$T/got"
		analyze $z '2026-11-22 12:34:56 UTC' >"$T/want"
		is "systemd-analyze says the same of $(wc -l <"$T/list") events, $z" \
			"$(diff "$T/want" "$T/got")" ""
	done
	ok "and of some of them that they are none" grep -q bad "$T/want"
else
	skip "systemd-analyze" "is not here"
fi
finish
