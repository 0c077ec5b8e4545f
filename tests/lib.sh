# lib.sh - what every shell test sources: . "$(dirname "$0")/lib.sh"
#
# A test prints TAP: "ok N - what" and "not ok N - what" with "# ..." lines
# of explanation. tests/run counts them. Each test has a scratch directory of
# its own ($T, removed at the end; kept with KEEP=1).
#
#   $BIN       the programs (absolute)      $TESTS   tests/ (absolute)
#   $ROOTED    1 if we are root (owners, devices, namespaces)
#   $MOUNTS    1 if we may mount in a namespace of our own (root; not in a
#              chroot whose / is no mount of its own)
#   $SAN       sanitizers in use; empty: the static programs
#
#   ok WHAT COMMAND...        passes if COMMAND exits 0
#   no WHAT COMMAND...        passes if COMMAND exits other than 0, not by signal
#   is WHAT GOT WANTED        passes if both texts are equal
#   like WHAT TEXT PATTERN    passes if TEXT matches the ERE
#   unlike WHAT TEXT PATTERN
#   status WHAT N COMMAND...  passes if COMMAND exits with N; output in
#                             $T/out and $T/err
#   skip WHAT WHY             counted as skipped
#   finish                    last line of the test
#
# A fixture root is a spec, a shell text that calls, with paths relative to
# the root:
#   d PATH [MODE [OWNER:GROUP]]              directory (parents are made)
#   f PATH [MODE [OWNER:GROUP [MTIME]]] <<E  file with content of stdin
#   l PATH TARGET                            symbolic link
#   p PATH                                   FIFO
#   n PATH TYPE MAJOR MINOR                  device node (root only)
# mkroot SPEC DIR makes it.

set -u
export LC_ALL=C
TESTS=$(cd "$(dirname "$0")" && pwd)
TOP=$(dirname "$TESTS")
BIN=${BIN:-$TOP/.build/bin}
SAN=${SAN:-}
NAME=$(basename "$0" .sh)
T=$(mktemp -d "${TMPDIR:-/tmp}/salvor-$NAME.XXXXXX")
[ "$(id -u)" = 0 ] && ROOTED=1 || ROOTED=0
[ $ROOTED = 1 ] && unshare -m true 2>/dev/null && MOUNTS=1 || MOUNTS=0
N=0
cleanup() {
	[ -n "${KEEP:-}" ] && { echo "# kept $T"; return; }
	chmod -R u+rwX "$T" 2>/dev/null
	rm -rf --one-file-system "$T"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

pass() { N=$((N + 1)); echo "ok $N - $1"; }
fail() {
	N=$((N + 1))
	echo "not ok $N - $1"
	shift
	[ $# -gt 0 ] && { printf '%s\n' "$@" | head -c 4000; echo; } |
		sed '/^$/d; s/^/#   /'
	return 0
}
skip() { N=$((N + 1)); echo "ok $N - $1 # SKIP $2"; }
ok() {
	_w=$1; shift
	if "$@" >"$T/out" 2>"$T/err"; then pass "$_w"; else
		fail "$_w" "exit $?: $*" "$(head -c 1500 "$T/out")" "$(head -c 1500 "$T/err")"
	fi
}
no() {
	_w=$1; shift
	"$@" >"$T/out" 2>"$T/err"; _s=$?
	if [ $_s -ne 0 ] && [ $_s -lt 128 ]; then pass "$_w"; else
		fail "$_w" "exit $_s: $*" "$(head -c 1500 "$T/err")"
	fi
}
status() {
	_w=$1; _n=$2; shift 2
	"$@" >"$T/out" 2>"$T/err"; _s=$?
	if [ $_s -eq "$_n" ]; then pass "$_w"; else
		fail "$_w" "exit $_s, wanted $_n: $*" "$(head -c 1500 "$T/out")" "$(head -c 1500 "$T/err")"
	fi
}
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:    $2" "wanted: $3"; fi
}
like() {
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then pass "$1"; else fail "$1" "no match for: $3" "in: $2"; fi
}
unlike() {
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then fail "$1" "match for: $3" "in: $2"; else pass "$1"; fi
}
finish() { echo "1..$N"; exit 0; }

d() { mkdir -p "$1"; [ $# -ge 2 ] && chmod "$2" "$1"; [ $# -ge 3 ] && [ $ROOTED = 1 ] && chown "$3" "$1"; return 0; }
f() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
	[ $# -ge 3 ] && [ $ROOTED = 1 ] && chown "$3" "$1"
	chmod "${2:-0644}" "$1"
	[ $# -ge 4 ] && touch -d "$4" "$1"
	return 0
}
l() { mkdir -p "$(dirname "$1")"; ln -s "$2" "$1"; }
p() { mkdir -p "$(dirname "$1")"; mkfifo "$1"; }
n() { mkdir -p "$(dirname "$1")"; mknod "$1" "$2" "$3" "$4"; }
mkroot() (
	umask 022
	mkdir -p "$2" || exit 1
	_spec=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
	cd "$2" || exit 1
	. "$_spec"
)

# live COMMAND...: with most of this machine's data out of sight (in a mount
# namespace of its own), so that looking at all of it takes seconds: its
# programs, configuration and state are there, and $T
live() {
	[ $MOUNTS = 1 ] || { "$@"; return; }
	unshare -m --propagation private sh -c '
		T=$1
		shift
		mount --bind "$T" /mnt || exit 99
		for d in /* /usr/* /usr/lib/* /var/tmp /var/cache; do
			case $d in
			/etc | /proc | /sys | /dev | /run | /usr | /var | /mnt | \
				/bin | /sbin | /lib* | /usr/bin | /usr/sbin | \
				/usr/lib | /usr/lib[0-9x]* | \
				/usr/lib/*-linux-gnu | /usr/lib/systemd)
				continue ;;
			esac
			[ -d "$d" ] && [ ! -h "$d" ] &&
				{ mount -t tmpfs -o size=1m none "$d" || exit 99; }
		done
		mkdir -p "$T" && mount --bind /mnt "$T" && umount /mnt || exit 99
		cd "$T" && exec "$@"' live "$T" "$@"
}

# records FILE KIND [JQ]: the records of a kind, through a jq filter
records() { jq -c "select(.k==\"$2\")${3:+ | $3}" "$1"; }
# volatile: removes what differs between two runs over the same evidence
volatile() { jq -c 'select(.k!="run" and .k!="end")'; }
