# t-docker.sh - Docker's other graph drivers, its state before 1.10, and what
# it keeps besides images and containers
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { # containers|images ARGUMENTS
	_w=$1
	shift
	"$BIN/collect-$_w" "$@" >"$T/rec" 2>"$T/msg"
	echo $?
}
notes() { records "$T/rec" note 'select(.lost)|[.class, .detail // "", .path // ""] | join(" ")' | tr -d '"'; }
changes() { records "$T/rec" change '[.op,.type,.path]|join(" ")' | tr -d '"' | tr '\n' ';'; }

# ---- what the engine itself says
if have_stores; then
	for s in vfs overlay rest; do
		unpack_store docker-$s "$T/$s"
		E=$TESTS/fixtures/store-docker-$s/engine
		is "$s: containers: exit" "$(run containers -r "$T/$s")" 0
		cp "$T/rec" "$T/c"
		ok "$s: containers" python3 "$TESTS/stores/compare.py" containers "$E" "$T/c" /
		ok "$s: changes" python3 "$TESTS/stores/compare.py" changes "$E" "$T/c" /
		is "$s: images: exit" "$(run images -r "$T/$s")" 0
		ok "$s: images" python3 "$TESTS/stores/compare.py" images "$E" "$T/rec" /
		is "$s: no directory is left over" "$(records "$T/rec" layer 'select(.type=="unknown")|.name')" ""
		is "$s: each layer has its directory" "$(records "$T/rec" layer 'select(.host_path==null)|.name')" ""
	done
	ok "rest: volumes, networks, plug-ins, swarm" python3 "$TESTS/stores/compare.py" others "$E" "$T/c" /
	ok "rest: the cache of BuildKit" python3 "$TESTS/stores/compare.py" cache "$E" "$T/rec" /
	is "rest: a step that failed left its layer" \
		"$(records "$T/rec" layer 'select(.created_by=="mount / from exec /bin/sh -c echo half >/opt/half")|.type')" '"cache"'
	up=$T/rest$(records "$T/rec" layer 'select(.created_by=="mount / from exec /bin/sh -c echo half >/opt/half")|.host_path' | tr -d '"')
	is "rest: and that has its file" "$(cat "$up/opt/half")" half
	# the whole tree of vfs: bytes changed, time put back
	S=$T/vfs
	d=$S$(run containers -r "$S" >/dev/null; records "$T/rec" container 'select(.name=="never")|.host_path' | tr -d '"')
	touch -r "$d/entry.sh" "$T/when"
	sed 's/exec/EXEC/' "$d/entry.sh" >"$T/new"
	cat "$T/new" >"$d/entry.sh"
	touch -r "$T/when" "$d/entry.sh"
	run containers -r "$S" >/dev/null
	is "vfs: changed, and its time put back: told of" \
		"$(records "$T/rec" change 'select(.path=="/entry.sh")|.op')" '"modified"'
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

# ---- other drivers, by their documented layout
# driver NAME: the tiny store, its layers where that driver has them
driver() {
	rm -rf "$T/s"
	tiny_store "$T/s"
	mv "$T/s/image/overlay2" "$T/s/image/$1"
	sed -i "s/overlay2/$1/" "$T/s/containers/$CID/config.v2.json"
	_o=$T/s/overlay2
}
ROW='modified directory /app;modified file /app/file;'
whole() { # DIR: the container's and the image's trees, whole
	mkdir -p "$1"
	cp -a "$_o/layer1/diff" "$1/layer1"
	cp -a "$1/layer1" "$1/layer2"
	cp -a "$_o/layer2/diff/." "$1/layer2"
	cp -a "$1/layer2" "$1/upper-init"
	cp -a "$1/upper-init" "$1/upper"
	cp "$_o/upper/diff/app/file" "$1/upper/app/file"
	rm "$1/upper/lib/file"
	rm -r "$_o"
}
for d in vfs:vfs/dir btrfs:btrfs/subvolumes; do
	driver "${d%:*}"
	whole "$T/s/${d#*:}"
	is "${d%:*}: exit" "$(run containers -r "$T/s")" 0
	is "${d%:*}: changes" "$(changes)" "${ROW}modified directory /lib;deleted file /lib/file;"
	is "${d%:*}: own layer" "$(records "$T/rec" container .host_path)" "\"/${d#*:}/upper\""
	is "${d%:*}: images: exit" "$(run images -r "$T/s")" 0
	is "${d%:*}: layers of the image" "$(records "$T/rec" image_layer .host_path | tr '\n' ' ')" "\"/${d#*:}/layer1\" \"/${d#*:}/layer2\" "
done
rm -r "$T/s/btrfs/subvolumes/upper-init"
is "no init layer: against the image" "$(run containers -r "$T/s") $(changes)" "0 ${ROW}modified directory /lib;deleted file /lib/file;"
rm -r "$T/s/btrfs/subvolumes/layer2"
like "nothing to compare with: a note" "$(run containers -r "$T/s"; notes)" "^corrupt what it was before"

driver fuse-overlayfs
mv "$_o" "$T/s/fuse-overlayfs"
is "fuse-overlayfs" "$(run containers -r "$T/s") $(changes)" "0 $ROW"

driver aufs
A=$T/s/aufs
mkdir -p "$A/layers" "$A/mnt" "$A/diff"
for l in layer1 layer2 upper upper-init; do mv "$_o/$l/diff" "$A/diff/$l"; done
rm -r "$_o"
printf 'layer1\n' >"$A/layers/layer2"
printf 'upper-init\nlayer2\nlayer1\n' >"$A/layers/upper"
: >"$A/diff/upper/.wh..wh.aufs"
mkdir -p "$A/diff/upper/lib"
: >"$A/diff/upper/lib/.wh.file"
is "aufs" "$(run containers -r "$T/s") $(changes)" "0 ${ROW}modified directory /lib;deleted file /lib/file;"
rm "$A/layers/upper"
like "aufs without the list of layers: by the layer database" "$(run containers -r "$T/s"; notes; changes)" \
	"corrupt '/aufs/layers/upper' cannot be read.*"
like "aufs without the list: its changes" "$(changes)" "modified file /app/file"
printf '../../x\n' >"$A/layers/upper"
like "aufs: a list that climbs" "$(run containers -r "$T/s"; notes)" "corrupt '/aufs/layers/upper' holds a name"

driver overlay
O=$T/s/overlay
mkdir -p "$O"
mv "$_o" "$T/s/o2"
_o=$T/s/o2
whole "$T/s/w"
for l in layer1 layer2; do mkdir -p "$O/$l"; mv "$T/s/w/$l" "$O/$l/root"; done
mkdir -p "$O/upper/upper/app" "$O/upper-init/upper/etc" "$O/upper/upper/etc"
cp "$T/s/w/upper/app/file" "$O/upper/upper/app"
: >"$O/upper-init/upper/etc/hosts"
: >"$O/upper-init/upper/.dockerenv"
cp -a "$O/upper-init/upper/etc" "$O/upper/upper"
rm -r "$T/s/w"
printf layer2 >"$O/upper/lower-id"
printf layer2 >"$O/upper-init/lower-id"
is "overlay: what was copied from the init layer, and one of it deleted" \
	"$(run containers -r "$T/s") $(changes)" "0 deleted file /.dockerenv;$ROW"
printf ../../etc >"$O/upper/lower-id"
like "overlay: lower-id that climbs" "$(run containers -r "$T/s"; notes)" "corrupt '/overlay/upper/lower-id' names no layer"

# ---- before 1.10
V1=$(tiny_digest v1a) V2=$(tiny_digest v1b)
old() { # DRIVER
	rm -rf "$T/s"
	CID=$(tiny_digest container)
	mkdir -p "$T/s/graph/$V1" "$T/s/graph/$V2" "$T/s/graph/_tmp" "$T/s/containers/$CID" "$T/s/volumes" "$T/s/trust"
	echo '{"id":"'$V1'","created":"2015-01-02T03:04:05Z","container_config":{"Cmd":["/bin/sh","-c","#(nop) ADD file:x in /"]},"docker_version":"1.9.1","architecture":"amd64","os":"linux","Size":5}' >"$T/s/graph/$V1/json"
	echo '{"id":"'$V2'","parent":"'$V1'","created":"2015-01-02T03:04:06Z","author":"ann","config":{"Cmd":["run","it"],"Env":["A=1"],"ExposedPorts":{"80/tcp":{}}},"container_config":{"Cmd":["/bin/sh","-c","curl http://192.0.2.1/x | sh"]},"docker_version":"1.9.1"}' >"$T/s/graph/$V2/json"
	printf 5 >"$T/s/graph/$V1/layersize"
	printf 7 >"$T/s/graph/$V2/layersize"
	echo '{"Repositories":{"app":{"1":"'$V2'","sha256:'$V1'":"'$V2'"}}}' >"$T/s/repositories-$1"
	echo '{"State":{"Running":false,"Pid":0,"ExitCode":0,"StartedAt":"2015-02-03T00:00:00Z","FinishedAt":"2015-02-03T00:00:01Z"},"ID":"'$CID'","Created":"2015-02-02T00:00:00Z","Path":"run","Args":["it"],"Config":{"Hostname":"h","Image":"app:1","Env":["A=1"]},"Image":"'$V2'","Name":"/one","Driver":"'$1'","Volumes":{"/data":"/var/lib/docker/vfs/dir/x","/mnt/etc":"/etc"},"VolumesRW":{"/data":true,"/mnt/etc":false},"RestartCount":0}' >"$T/s/containers/$CID/config.json"
	echo '{"Binds":["/etc:/mnt/etc:ro"],"Privileged":true,"RestartPolicy":{"Name":"always","MaximumRetryCount":0},"NetworkMode":"bridge","CapAdd":null}' >"$T/s/containers/$CID/hostconfig.json"
}
old aufs
A=$T/s/aufs
mkdir -p "$A/layers" "$A/diff/$V1/lib" "$A/diff/$V2/app" "$A/diff/$CID-init/etc" "$A/diff/$CID/app" "$A/mnt"
echo lib >"$A/diff/$V1/lib/file"
echo app >"$A/diff/$V2/app/file"
echo changed >"$A/diff/$CID/app/file"
: >"$A/diff/$CID/app/.wh.none"
: >"$A/layers/$V1"
echo "$V1" >"$A/layers/$V2"
printf '%s\n' "$CID-init" "$V2" "$V1" >"$A/layers/$CID"
is "1.9: images: exit" "$(run images -r "$T/s")" 0
is "1.9: image" "$(records "$T/rec" image 'select(.names)|[.scope,.image_id,.names,.command,.verified,.parent,.layers,.author]')" \
	"[\"image:docker/$V2\",\"$V2\",\"[\\\"app:1\\\",\\\"app@sha256:$V1\\\"]\",\"run it\",false,\"$V1\",2,\"ann\"]"
is "1.9: history" "$(records "$T/rec" image_history "select(.image_id==\"$V2\")|.created_by" | tail -n 1)" '"/bin/sh -c curl http://192.0.2.1/x | sh"'
is "1.9: layers" "$(records "$T/rec" image_layer "select(.image_id==\"$V2\")|[.position,.size,.host_path]" | tr '\n' ' ')" \
	"[0,5,\"/aufs/diff/$V1\"] [1,7,\"/aufs/diff/$V2\"] "
is "1.9: stored layers" "$(records "$T/rec" layer .type | sort | tr '\n' ' ')" '"active" "committed" "committed" "init" '
is "1.9: containers: exit" "$(run containers -r "$T/s")" 0
is "1.9: container" "$(records "$T/rec" container '[.name,.image_ref,.image_id,.state,.restart_policy,.privileged,.host_path]')" \
	"[\"one\",\"app:1\",\"$V2\",\"exited\",\"always\",true,\"/aufs/diff/$CID\"]"
is "1.9: mounts" "$(records "$T/rec" mount '[.type,.source,.destination,.rw]' | tr '\n' ' ')" \
	'["volume","/var/lib/docker/vfs/dir/x","/data",true] ["bind","/etc","/mnt/etc",false] '
is "1.9: changes" "$(changes)" "$ROW"
printf '{"id":"%s","parent":"%s"}' "$V1" "$V2" >"$T/s/graph/$V1/json"
like "1.9: parents in a circle" "$(run images -r "$T/s"; notes)" "corrupt its parents go in a circle"
echo '{"Repositories":{"x":{"1":"../x"},"gone":{"1":"'$CID'"}}}' >"$T/s/repositories-aufs"
like "1.9: a name of nothing" "$(run images -r "$T/s"; notes)" "the name 'x:1' stands for no image id"
like "1.9: a name of an image that is gone" "$(notes)" "the name 'gone:1' is left of the image"
# 1.10 makes new images of them, and leaves graph/ where it is
old aufs
tiny_store "$T/newer"
mv "$T/newer/image" "$T/s/image"
mv "$T/newer/overlay2" "$T/s/overlay2"
echo '{"'$V1'":"sha256:'$IMG'","'$V2'":"sha256:'$IMG'"}' >"$T/s/.migration-v1-images.json"
rm "$T/s/containers/$CID/config.json"
cp "$T/newer/containers/$CID"/* "$T/s/containers/$CID/"
is "migrated: images, once" "$(run images -r "$T/s") $(records "$T/rec" image .image_id)" "0 \"sha256:$IMG\""
is "migrated: container" "$(run containers -r "$T/s") $(changes)" "0 $ROW"

# ---- hostile
spoil() { # WHAT PROGRAM PATTERN COMMAND
	rm -rf "$T/s"
	tiny_store "$T/s"
	eval "$4"
	is "$1: exit" "$(run "$2" -r "$T/s")" 1
	like "$1: note" "$(notes)" "$3"
	like "$1: the rest is read" "$(records "$T/rec" "${2%s}" '.state // .architecture')" "."
}
spoil "volumes: noise for a database" containers "^corrupt .*volumes/metadata.db" \
	'mkdir -p "$T/s/volumes"; head -c 65536 /dev/urandom >"$T/s/volumes/metadata.db"'
spoil "networks: a database cut short" containers "local-kv.db" \
	'mkdir -p "$T/s/network/files"; head -c 3000 /dev/zero >"$T/s/network/files/local-kv.db"'
spoil "swarm: state that is no JSON" containers "^corrupt .*docker-state.json" \
	'mkdir -p "$T/s/swarm"; echo "{" >"$T/s/swarm/docker-state.json"'
spoil "swarm: a certificate of nothing" containers "^corrupt names no node" \
	'mkdir -p "$T/s/swarm/certificates"; echo x >"$T/s/swarm/certificates/swarm-node.crt"'
spoil "plug-in: state that is no JSON" containers "^corrupt .*plugins" \
	'mkdir -p "$T/s/plugins/$IMG"; echo "[" >"$T/s/plugins/$IMG/config.json"'
spoil "volume without its files" containers "^corrupt is missing: the files of a volume" 'mkdir -p "$T/s/volumes/v"'
spoil "volume options that are no JSON" containers "^corrupt .*opts.json" \
	'mkdir -p "$T/s/volumes/v/_data"; echo "{" >"$T/s/volumes/v/opts.json"'
rm -rf "$T/s"
tiny_store "$T/s"
truncate -s 4G "$T/s/containers/$CID/$CID-json.log"
mkdir -p "$T/s/overlay2/lost/diff" "$T/s/trust/tuf/registry.example.org/app/metadata"
is "a log of 4 GiB is not read" "$(timeout 20 "$BIN/collect-containers" -r "$T/s" >/dev/null 2>&1; echo $?)" 0
is "a directory that nothing names" "$(run images -r "$T/s") $(records "$T/rec" layer 'select(.type=="unknown")|[.name,.host_path]')" '0 ["lost","/overlay2/lost/diff"]'
is "content trust: a repository" "$(records "$T/rec" layer_source .repository)" '"registry.example.org/app"'
# ---- BuildKit's history: by its message's documented fields ---------------------------
rm -rf "$T/s"
tiny_store "$T/s"
mkdir -p "$T/s/buildkit"
(cd "$TESTS/stores" && python3 -B history.py "$T/s/buildkit/history.db")
is "history: exit" "$("$BIN/collect-images" -r "$T/s" >"$T/rec" 2>"$T/msg"; echo $?)" 0
is "history: builds" "$(records "$T/rec" build '[.ref,.frontend,.attrs,.images,.created_time,.finished_time,.error]')" \
	'["ref1","dockerfile.v0","[\"build-arg:A=1\",\"filename=Dockerfile\",\"output:name=app:2\",\"output=image\"]","[\"docker.io/library/app:2\",\"sha256:'"$(printf '%064d' 0 | tr 0 a)\\\",\\\"sha256:$(printf '%064d' 0 | tr 0 b)"'\"]",1772600000500000000,1772600060500000000,null]
["ref2","gateway.v0","[\"output:name=evil:1\",\"output=image\",\"source=registry.example.org/front\"]",null,1772600100500000000,1772600160500000000,"process \"/bin/sh\" did not end"]'
finish
