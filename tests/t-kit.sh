# t-kit.sh - the responder's kit: whole, static, the same twice; from read-only
# media in a Debian and in a root that holds nothing, as on Linux 3.10 too; and
# from afar, through a real sshd
# plain
. "$(dirname "$0")/lib.sh"

if [ -n "$SAN" ]; then
	skip 'the kit' 'sanitizers are not static'
	finish
fi
ok 'a kit' sh "$TOP/tools/kit.sh" "$BIN" "$T/kit" 1.2.3
K=$T/kit/salvor
progs=$(sed -n 's/^\$(eval \$(call prog,\([^,]*\),.*/\1/p' "$TOP/tools/programs.mk")
is 'every program, packs, guide, licence, checksums' "$(ls "$K" | sort | tr '\n' ' ')" \
	"$( (echo "$progs"; printf '%s\n' iocs LICENSE README.txt SHA256SUMS) | sort | tr '\n' ' ')"
ok 'the checksums are right' sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' sums "$K"
is 'and of every file' "$(wc -l <"$K/SHA256SUMS")" \
	"$(find "$K" -type f ! -name SHA256SUMS | wc -l)"
for p in $progs; do
	readelf -lWd "$K/$p" >"$T/elf" 2>&1
	unlike "$p: static" "$(cat "$T/elf")" 'INTERP|\(NEEDED\)|not an ELF'
	like "$p: no newer kernel is asked for" "$(file "$K/$p")" 'for GNU/Linux (2|3\.[0-9])\.'
done
is 'the guide is one page: lines' "$([ "$(wc -l <"$K/README.txt")" -le 66 ] || wc -l <"$K/README.txt")" ''
is 'columns, and plain ASCII' "$(awk 'length > 80 || /[^ -~]/' "$K/README.txt")" ''
mkdir "$T/again"
cp -R "$BIN" "$T/again/bin"
(umask 077 && TZ=Asia/Tokyo sh "$TOP/tools/kit.sh" "$T/again/bin" "$T/again/kit" 1.2.3)
ok 'made twice, the tar is the same' cmp "$T/kit/salvor-1.2.3-x86_64.tar" \
	"$T/again/kit/salvor-1.2.3-x86_64.tar"
rm -rf "$T/again"
mkdir "$T/un"
tar -C "$T/un" -xf "$T/kit/salvor-1.2.3-x86_64.tar"
ok 'it unpacks to the same' diff -r "$K" "$T/un/salvor"
rm -rf "$T/un"

if [ $MOUNTS = 0 ]; then
	skip 'the kit in other roots' 'no mounts here'
	finish
fi

# media ROOT COMMAND...: with the kit read-only at ROOT/media and $T/out at
# ROOT/mnt, and no processes but the command's
media() {
	_r=$1
	shift
	unshare -m -p -f -n --kill-child sh -c '
		R=$1
		mount --bind "$2" "$R/media" && mount -o remount,bind,ro "$R/media" &&
			mount --bind "$3" "$R/mnt" || exit 99
		[ ! -d "$R/proc" ] || mount -t proc proc "$R/proc" || exit 99
		[ ! -d "$R/run" ] || mount -t tmpfs none "$R/run" || exit 99
		shift 3
		"$@"' media "$_r" "$T/kit" "$T/case" "$@"
}
# where-what of a case: the tables that a second look finds the same
rows() { # CASE
	for t in account persist package pkgdb file match finding; do
		"$BIN/case-query" "$1" --sql "SELECT * FROM $t" --format jsonl 2>/dev/null |
			jq -c "del(.id, .run, .run_id, .seq, .birth_time, .flags, .accessed_time,
				.start, .next, .next_time) | \"$t\", ." | paste - - | sort
	done | grep -v '"path":"/\(proc\|run\|mnt\|media\)\|/proc/'
}
notes() { # CASE: what was lost, but for the sweep of a busy machine
	"$BIN/case-query" "$1" --sql "SELECT class, op, path, detail FROM note
		WHERE lost AND op <> 'sweep'" --format jsonl
}
OLD="$UNIT/no-openat2 -o"
mkdir "$T/case"

# ---- nothing but the kit ---------------------------------------------------
E=$T/empty
mkdir -p "$E/media" "$E/mnt"
media "$E" chroot "$E" /media/salvor/salvor collect >"$T/new" 2>"$T/err"
is 'an empty root without /proc: read in part' $? 1
media "$E" sh -c "exec $OLD chroot \"\$1\" /media/salvor/salvor collect" old "$E" \
	>"$T/old" 2>"$T/err"
is 'as on Linux 3.10: read in part' $? 1
for f in new old; do
	is "$f: seven whole runs" "$(jq -r 'select(.k=="run" or .k=="end") | .k' "$T/$f" |
		tr '\n' ' ')" 'run end run end run end run end run end run end run end '
	is "$f: all but collect-processes have seccomp at least" \
		"$(records "$T/$f" run .sandbox | grep -c '"seccomp')" 7
done
is 'a new kernel has processes without a mounted /proc' \
	"$([ "$(records "$T/new" process .pid | wc -l)" -gt 0 ]; echo $?)" 0
like 'an old one says that it has none' "$(records "$T/old" note .)" \
	'"path":"/proc","errno":"ENOENT"'
like 'an old one has no Landlock' "$(records "$T/old" run .sandbox)" 'landlock=none: ENOSYS'
for p in $progs; do
	media "$E" sh -c "exec $OLD chroot \"\$1\" /media/salvor/$p --version" old "$E" \
		>"$T/out" 2>"$T/err"
	is "$p: starts there" $? 0
done
media "$E" sh -c "exec $OLD chroot \"\$1\" /media/salvor/salvor triage -c /mnt/empty.db" old "$E" \
	>"$T/out" 2>"$T/err"
is 'a triage there investigates' $? 10
like 'a case of it' "$("$BIN/case-query" "$T/case/empty.db" --sql \
	'SELECT count(*) AS n FROM run' --format jsonl)" '"n":[ "]*9'

# ---- a Debian --------------------------------------------------------------
if ! sh "$TESTS/cleanroot.sh" "$T/root" 2>"$T/why"; then
	skip 'the kit in a Debian' "$(tail -n 1 "$T/why")"
	finish
fi
R=$T/root
media "$R" chroot "$R" /media/salvor/salvor triage -c /mnt/new.db >"$T/out" 2>"$T/err"
s=$?
cp "$T/out" "$T/shown"
media "$R" sh -c "exec $OLD chroot \"\$1\" /media/salvor/salvor triage -c /mnt/old.db" old "$R" \
	>"$T/out" 2>"$T/err"
is 'the same answer as on an old kernel' $? $s
like 'an answer' "$(cat "$T/shown")" '^(KEEP|INVESTIGATE)'
is 'no finding of medium or more, of the kit neither' \
	"$("$BIN/case-query" "$T/case/old.db" --sql "SELECT rule, path, detail FROM finding
	WHERE severity NOT IN ('info', 'low')" --format jsonl)" ''
rows "$T/case/new.db" >"$T/new"
rows "$T/case/old.db" >"$T/old"
like 'there are rows' "$(wc -l <"$T/new")" '^[0-9]{4}'
is 'the same rows but for times of birth' "$(diff "$T/new" "$T/old" | cut -c1-400 | head -n 6)" ''
is 'and nothing more is lost' "$(notes "$T/case/old.db")" "$(notes "$T/case/new.db")"
is 'images of processes are known' "$("$BIN/case-query" "$T/case/old.db" --sql \
	"SELECT count(*) AS n FROM process WHERE exe IS NOT NULL AND exe_inode IS NULL" \
	--format jsonl | grep -c '[^0-9]0[^0-9]')" 1

# ---- through sshd ----------------------------------------------------------
cat >"$T/sshd_config" <<X
Port 2222
ListenAddress 127.0.0.1
AuthorizedKeysFile /run/key/id.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
X
cat >"$T/afar" <<'X'
R=$1 T=$2 BIN=$3
ip link set lo up || exit 97
mkdir -p "$R/run/sshd" "$R/run/key"
cp "$T/sshd_config" "$R/run/key/"
chroot "$R" ssh-keygen -q -t ed25519 -N '' -f /run/key/id || exit 96
chroot "$R" /usr/sbin/sshd -D -e -f /run/key/sshd_config 2>"$T/sshd.err" &
far() {
	chroot "$R" ssh -F none -n -i /run/key/id -p 2222 -o BatchMode=yes \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR root@127.0.0.1 "$@"
}
for i in $(seq 100); do
	far true 2>/dev/null && break
	sleep 0.1
done
far /media/salvor/salvor collect 2>"$T/far.err" |
	"$BIN/case-ingest" "$T/case/far.db" 2>"$T/ingest.err"
echo $? >"$T/status"
chroot "$R" /media/salvor/salvor collect 2>"$T/err" |
	"$BIN/case-ingest" "$T/case/near.db" 2>"$T/err"
X
media "$R" sh "$T/afar" "$R" "$T" "$BIN"
like 'ssh host ./salvor collect | case-ingest' "$(cat "$T/status")" '^[01]$'
is 'many runs in one stream, each complete' "$("$BIN/case-query" "$T/case/far.db" --sql \
	"SELECT group_concat(tool || coalesce(complete, 0), ' ') AS t
	FROM (SELECT * FROM run ORDER BY id)" --format jsonl | jq -r .t)" \
	'collect-processes1 collect-containers1 collect-images1 collect-persistence1 collect-packages1 collect-files1 scan-yara1'
rows "$T/case/far.db" >"$T/new"
rows "$T/case/near.db" >"$T/old"
like 'rows from afar' "$(wc -l <"$T/new")" '^[0-9]{4}'
is 'the same rows as here' "$(diff "$T/new" "$T/old" | cut -c1-400 | head -n 6)" ''
like 'the session that it came by is in it' "$("$BIN/case-query" "$T/case/far.db" --sql \
	'SELECT name FROM process' --format jsonl)" sshd
finish
