# live.sh - for tests that look at live processes: . "$TESTS/live.sh"
#
#   $P, $UNIT, $BB        collect-processes, our helpers, busybox
#   $pids                 what the test started; ended with the test
#   stop                  ends them now
#   said FILE [SECONDS]   waits until a started process wrote there
#   collect FILE          records of now; status in $st
#   col FILE PID COLUMN   of the process

P=$BIN/collect-processes
UNIT=${UNIT:-$BIN/../tests}
BB=$(command -v busybox)
pids=
stop() {
	for _p in $pids; do kill -9 "$_p" 2>/dev/null; done
	for _p in $pids; do wait "$_p" 2>/dev/null; done
	pids=
}
trap 'stop; cleanup' EXIT
said() {
	_end=$(($(date +%s) + ${2:-20}))
	while ! [ -s "$1" ]; do
		[ "$(date +%s)" -lt $_end ] || { echo "# no word: $1"; return 1; }
		sleep 0.1
	done
}
collect() {
	timeout -k 5 200 "$P" >"$1" 2>"$T/err"
	st=$?
}
col() { jq -r "select(.k==\"process\" and .pid==$2) | .$3" "$1"; }
