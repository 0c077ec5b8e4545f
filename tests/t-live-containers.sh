#!/bin/sh
# t-live-containers - processes of containers against the engines' records
# alone
#
# A real engine runs a container that sleeps, without a network. Then its
# record is taken away, or says something else, as an intruder would do it.
. "$(dirname "$0")/lib.sh"

daemon=
stop() {
	[ -n "$daemon" ] && kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null
	[ -n "${inside:-}" ] && kill -9 "$inside" 2>/dev/null
	[ -n "${shim:-}" ] && kill "$shim" 2>/dev/null
	for m in $(awk -v t="$T/" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo | sort -r); do
		umount -l "$m"
	done
}
trap 'stop; cleanup' EXIT
BB=$(command -v busybox)
D=$T/dk/data
none() { skip "$1" "$2"; finish; }
# what does not agree about a container, of those that the engine knows
said() {
	timeout 200 "$BIN/collect-containers" --data-root "$D" >"$T/out" 2>"$T/err"
	jq -r --arg id "$id" 'select(.k == "contradiction" and .name == $id) |
		.scope + ": " + .sees + " / " + .blind + ": " + .detail' "$T/out"
}
dk() { timeout 60 docker -H "unix://$T/dk/sock" "$@"; }

[ $ROOTED = 1 ] || none 'records and processes' 'not root'
command -v dockerd >/dev/null && command -v docker >/dev/null ||
	none 'records and processes' 'no Docker here'
mkdir -p "$T/dk/img/bin"
cp "$BB" "$T/dk/img/bin/busybox"
dockerd --data-root "$D" --exec-root "$T/dk/exec" --pidfile "$T/dk/pid" -H "unix://$T/dk/sock" \
	--bridge=none --iptables=false --live-restore >"$T/dk/log" 2>&1 &
daemon=$!
for i in $(seq 150); do
	[ -S "$T/dk/sock" ] && dk version >/dev/null 2>&1 && break
	kill -0 $daemon 2>/dev/null || break
	sleep 0.2
done
tar -C "$T/dk/img" -c . | dk import - t/bb:1 >/dev/null 2>&1
id=$(dk run -d --network=none t/bb:1 /bin/busybox sleep 300 2>"$T/dk/err")
[ -n "$id" ] || none 'records and processes' \
	"no container can run here: $(tail -n 1 "$T/dk/err" | head -c 200)"
inside=$(dk inspect -f '{{.State.Pid}}' "$id")
shim=$(awk '{print $4}' "/proc/$inside/stat")
sleep 3 # what began with the stores' reading counts not

is 'a container that runs: records and processes agree' "$(said)" ''
is 'it is there' "$(jq -r --arg id "$id" 'select(.k == "container" and .container_id == $id) | .state + " " + (.pid | tostring)' "$T/out")" "running $inside"
for i in 1 2 3; do dk run --rm --network=none t/bb:1 /bin/busybox true >/dev/null 2>&1; done &
storm=$!
said >"$T/said"
is 'while others come and go as well' "$(jq -r 'select(.k == "contradiction") | .detail' "$T/out")" ''
wait $storm

mv "$D/containers/$id" "$T/hidden"
is 'its record was taken away' "$(said)" \
	"container:docker/$id: control groups of processes / records of the engines: 1 process runs of it, among them $inside (busybox), and no store has a whole record of such a container"
like 'it was looked at more than once' "$(jq -r 'select(.k == "contradiction") | .repeats' "$T/out")" '^[3-9]$'
mv "$T/hidden" "$D/containers/$id"
cp "$D/containers/$id/config.v2.json" "$T/kept"
jq -c '.State.Running = false | .State.Pid = 0 | .State.FinishedAt = .State.StartedAt' "$T/kept" >"$D/containers/$id/config.v2.json"
is 'its record says that it ended' "$(said)" \
	"container:docker/$id: control groups of processes / records of the engines: 1 process runs of it, among them $inside (busybox), and its engine recorded that it ended"
cp "$T/kept" "$D/containers/$id/config.v2.json"
is 'as it was, they agree again' "$(said)" ''
is 'one that is asked for alone is not compared with all' \
	"$("$BIN/collect-containers" --data-root "$D" --containers "$id" 2>/dev/null | jq -r 'select(.k == "contradiction") | .name')" ''

# the engine was killed, and then its container
kill -9 $daemon
wait $daemon 2>/dev/null
daemon=
kill -9 "$shim" "$inside" 2>/dev/null
for i in $(seq 100); do [ -d "/proc/$inside" ] || break; sleep 0.1; done
cp "$T/kept" "$D/containers/$id/config.v2.json"
is 'a record of what does not run any more' "$(said)" \
	"container:docker/$id: records of the engines / processes: it runs as process $inside by its engine's record, and no such process is there"
# numbers are given away again: a later process of the host is not that one
"$BB" sleep 300 &
later=$!
jq -c --argjson p $later --arg t "$(date -u -d '1 minute ago' +%FT%TZ)" \
	'.State.Pid = $p | .State.StartedAt = $t' "$T/kept" >"$D/containers/$id/config.v2.json"
is 'nor is a later process of that number' "$(said)" \
	"container:docker/$id: records of the engines / processes: it runs as process $later by its engine's record, and no such process is there"
kill $later
wait $later 2>/dev/null
finish
