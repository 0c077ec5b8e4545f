# t-podman.sh - containers-storage: podman, buildah
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

img() { "$BIN/collect-images" "$@" >"$T/img" 2>"$T/msg"; echo $?; }
ctr() { "$BIN/collect-containers" "$@" >"$T/ctr" 2>"$T/msg"; echo $?; }
notes() { records "$1" note "[.class, .detail // \"\", .path // \"\"] | join(\" \")" | tr -d '"'; }
changes() { records "$T/ctr" change "select(.container_id==\"${1:-$CTR}\")|[.op,.type,.path]|join(\" \")" | tr -d '"' | tr '\n' ';'; }
P=/var/lib/containers/storage

# ---- what the real engine wrote, field by field
if have_stores; then
	for s in overlay vfs; do
		unpack_store podman-$s "$T/$s"
		E=$TESTS/fixtures/store-podman-$s/engine
		is "$s: exit" "$(img -r "$T/$s") $(ctr -r "$T/$s")" "0 0"
		cp "$T/img" "$T/$s.img"
		cp "$T/ctr" "$T/$s.ctr"
		ok "$s: images are what podman says, field by field" \
			python3 "$TESTS/stores/compare-podman.py" images "$E" "$T/img" $P
		for w in containers changes others; do
			ok "$s: $w are what podman says" \
				python3 "$TESTS/stores/compare-podman.py" $w "$E" "$T/ctr" $P
		done
		is "$s: no evidence lost" "$(cat "$T/img" "$T/ctr" | jq -c 'select(.k=="note" and .lost)')" ""
		taskset -c 0 "$BIN/collect-images" -r "$T/$s" >"$T/img" 2>/dev/null
		taskset -c 0 "$BIN/collect-containers" -r "$T/$s" >"$T/ctr" 2>/dev/null
		is "$s: one processor gives the same" "$(cat "$T/img" "$T/ctr" | volatile | sha256sum)" "$(cat "$T/$s.img" "$T/$s.ctr" | volatile | sha256sum)"
		img -r "$T/$s$P" >/dev/null
		is "$s: the store as evidence: taken for" "$(records "$T/img" run .taken_for)" '"podman"'
		is "$s: the store as evidence: the same images" "$(records "$T/img" image .image_id)" "$(records "$T/$s.img" image .image_id)"
		is "$s: names of the image that hides behind another" \
			"$(records "$T/$s.img" image 'select(.former_names//""|contains("docker123321"))|.names')" \
			'"[\"localhost/cache:latest\",\"registry.example.org/web/cache:1.4\"]"'
		like "$s: what the container deleted" "$(records "$T/$s.ctr" change 'select(.op=="deleted")|.path' | tr '\n' ' ')" '^"/opt/old/file" "/usr/share/doc/base" '
	done
	is "layers with no image and no container" "$(records "$T/overlay.img" layer 'select(.type=="committed")|.name' | sort | uniq -d)" ""
	is "a link in a container's layer" "$(records "$T/overlay.ctr" change 'select(.path=="/etc/broken")|[.type,.target]')" '["symlink","nowhere"]'
	is "the host's root, to be written" "$(records "$T/overlay.ctr" mount 'select(.destination=="/host")|[.type,.source,.rw]')" '["bind","/",true]'
	is "a volume that is the host's directory" "$(records "$T/overlay.ctr" volume 'select(.name=="etcvol")|.options')" '"[\"device=/etc\",\"o=bind\",\"type=none\"]"'
	is "a pod: infra container first" "$(records "$T/overlay.ctr" pod 'select(.name=="web")|[.source,(.containers|fromjson|length)]')" '["engine",2]'
	is "namespaces of the host" "$(records "$T/overlay.ctr" container 'select(.name=="host")|.host_namespaces|fromjson|map(select(.!="cgroup"))' | tr -d '"')" '[ipc,pid,user,uts]'
	is "buildah's container" "$(records "$T/overlay.ctr" container 'select(.type=="working")|[.name,.command,.created_by]')" '["builder","/usr/bin/tool --run","buildah"]'
	is "what buildah put into it" "$(records "$T/overlay.ctr" change 'select(.path=="/usr/bin/tool")|.op')" '"added"'

	is "without any database: exit" "$(mv "$T/overlay$P/libpod/bolt_state.db" "$T/bolt"; ctr -r "$T/overlay")" 1
	like "without any database: note" "$(notes "$T/ctr")" "^corrupt podman's database has no container '[0-9a-f]{64}'"
	is "without any database: names, images and layers are known all the same" \
		"$(records "$T/ctr" container 'select(.type!="working")|[.container_id,.name,.image_ref,.host_path]')" \
		"$(records "$T/overlay.ctr" container 'select(.type!="working")|[.container_id,.name,.image_ref,.host_path]')"
	is "without any database: changes" "$(records "$T/ctr" change '[.container_id,.path]' | sha256sum)" "$(records "$T/overlay.ctr" change '[.container_id,.path]' | sha256sum)"
	is "without any database: what started has its mounts" "$(records "$T/ctr" mount 'select(.destination=="/mnt/cron.d")|[.source,.rw]' | head -n 1)" '["/etc/cron.d",true]'
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

# ---- CRI-O: by its documented layout, see make-crio.py
mkdir -p "$T/crio"
zstd -q -d -c "$TESTS/fixtures/store-crio-pod.tar.zst" | tar -xf - --no-same-owner -C "$T/crio"
is "CRI-O: exit" "$(img -r "$T/crio") $(ctr -r "$T/crio")" "0 0"
is "CRI-O: images are told of once" "$(records "$T/img" image '[.engine,.names]')" '["podman","[\"localhost/app:1\"]"]'
is "CRI-O: containers" "$(records "$T/ctr" container '[.engine,.type,.name,.pod,.pod_namespace,.pod_uid,.state,.pid,.exit_code]' | tr '\n' ' ')" \
	'["crio","sandbox","k8s_POD_web-0_prod_3f1c-uid_0","web-0","prod","3f1c-uid","stopped",null,137] ["crio",null,"k8s_app_web-0_prod_3f1c-uid_0","web-0","prod","3f1c-uid","running",4711,null] '
is "CRI-O: what it runs and may do" "$(records "$T/ctr" container 'select(.type==null)|[.command,.image_ref,.host_namespaces,.networks,.labels,.started_time]')" \
	'["/bin/sh -c run","registry.example.org/app:1","[\"cgroup\",\"network\",\"user\"]","[\"cni=198.51.100.7\"]","[\"app=web\"]",1772668802000000000]'
is "CRI-O: mounts of the host, not its own files" "$(records "$T/ctr" mount '[.source,.destination,.rw]' | tr '\n' ' ')" \
	'["/var/lib/kubelet/pods/3f1c-uid/etc-hosts","/etc/hosts",true] ["/etc","/host/etc",true] '
is "CRI-O: its pod" "$(records "$T/ctr" pod '[.engine,.source,.namespace,.name,(.containers|fromjson|length),.host_network]')" '["crio","engine","prod","web-0",2,true]'
is "CRI-O: what a container changed" "$(records "$T/ctr" change 'select(.type=="file")|[.engine,.op,.path]' | tr '\n' ' ')" '["crio","added","/app/new"] ["crio","modified","/app/file"] '

# ---- a store made by hand
fresh() { # [JOURNAL]
	rm -rf "$T/s"
	mkdir "$T/s"
	eval "$(made "$T/s" tinypod.py "$@")"
	_i=$T/s/overlay-images _l=$T/s/overlay-layers/layers.json _c=$T/s/overlay-containers _o=$T/s/overlay
}
CROW='[\"one\",\"exited\",\"run it\",\"podman run app:1\",3]'
CROW=$(printf '%s' "$CROW" | tr -d '\\')
row() { records "$T/ctr" container "select(.container_id==\"$CTR\")|[.name,.state,.command,.created_by,.exit_code]"; }
ROW='modified directory /app;modified file /app/file;'
fresh
is "tiny store: exit" "$(img -r "$T/s") $(ctr -r "$T/s")" "0 0"
is "tiny store: image" "$(records "$T/img" image '[.names,.former_names,.verified,.layers,.command]')" \
	'["[\"localhost/app:1\"]","[\"docker.io/evil/app:0\"]",true,2,"run it"]'
is "tiny store: layers" "$(records "$T/img" image_layer '[.position,.chain_id,.size,.host_path]' | tr '\n' ' ')" \
	"[0,\"sha256:$L1\",5,\"/overlay/$L1/diff\"] [1,\"sha256:$L2\",7,\"/overlay/$L2/diff\"] "
is "tiny store: stored layers" "$(records "$T/img" layer .type | sort | uniq -c | tr -s ' \n' ' ')" ' 2 "active" 2 "committed" '
is "tiny store: container" "$(row)" "$CROW"
is "tiny store: mount" "$(records "$T/ctr" mount '[.type,.source,.destination,.rw]')" '["bind","/etc","/mnt/etc",false]'
is "tiny store: changes" "$(changes)" "$ROW"
before=$(find "$T/s" -type f -exec sha256sum {} + | sort | sha256sum)
for j in wal hot; do
	fresh $j
	before=$(find "$T/s" -type f -exec sha256sum {} + | sort | sha256sum)
	is "$j: exit" "$(ctr -r "$T/s")" 0
	is "$j: the container as podman would find it" "$(row)" "$CROW"
	is "$j: nothing was written" "$(find "$T/s" -type f -exec sha256sum {} + | sort | sha256sum)" "$before"
done
fresh wal
head -c 1000 "$T/s/db.sql-wal" >"$T/w"
cp "$T/w" "$T/s/db.sql-wal"
is "a log that was cut off: podman's database has no such container" "$(ctr -r "$T/s") $(notes "$T/ctr" | cut -c 1-42)" "1 corrupt podman's database has no container"

# spoil WHAT PATTERN COMMAND: in a fresh store, COMMAND, expect a note of one
# of the two, exit 1, and a whole run
spoil() {
	fresh
	eval "$3"
	_e=$(img -r "$T/s")$(ctr -r "$T/s")
	like "$1: exit" "$_e" "1"
	like "$1: note" "$(notes "$T/img"; notes "$T/ctr")" "$2"
	is "$1: the runs are whole" "$(records "$T/img" end .k)$(records "$T/ctr" end .k)" '"end""end"'
}
names() { records "$T/img" image '[.image_id[7:],.names,.verified]'; }
NAMES="[\"\$IMG\",\"[\\\"localhost/app:1\\\"]\",true]"
whole() { eval "is \"\$1: image\" \"\$(names)\" '[\"'\$IMG'\",\"[\\\"localhost/app:1\\\"]\",true]'"; }

spoil "images.json is noise" "^corrupt is no list.*images.json" 'head -c 4096 /dev/urandom | tr "{" x >"$_i/images.json"'
is "images.json is noise: the image is found by its directory" "$(names)" "[\"$IMG\",null,true]"
is "images.json is noise: its layers, too" "$(records "$T/img" image_layer .host_path | tr '\n' ' ')" "\"/overlay/$L1/diff\" \"/overlay/$L2/diff\" "
is "images.json is noise: containers" "$(row)" "$CROW"
spoil "images.json is cut off" "^corrupt an entry cannot be read: ends in the middle" 'truncate -s 300 "$_i/images.json"'
is "images.json is cut off: the image is found" "$(names)" "[\"$IMG\",null,true]"
spoil "a broken entry before it" "^corrupt an entry cannot be read" 'sed -i "s/^\[/[{\"id\":\"x,{},/" "$_i/images.json"'
whole "a broken entry before it"
spoil "an entry that is a number" "^corrupt an entry cannot be read: is no JSON" 'sed -i "s/^\[/[7,/" "$_i/images.json"'
whole "an entry that is a number"
spoil "an id that climbs" "^corrupt the entry '../../x' has an id that is none" 'sed -i "s/^\[/[{\"id\":\"..\/..\/x\"},/" "$_i/images.json" "$_l" "$_c/containers.json"'
whole "an id that climbs"
is "an id that climbs: container" "$(row)" "$CROW"
spoil "images.json of 1 GiB" "^limit longer than [0-9]+ bytes" 'truncate -s 1G "$_i/images.json"'
spoil "images.json is a FIFO" "^corrupt .*FIFO" 'rm "$_i/images.json"; mkfifo "$_i/images.json"'
spoil "images.json is a link out of the store" "^(corrupt|absent) |^corrupt layer" 'mv "$_i/images.json" "$T/elsewhere"; ln -s "$T/elsewhere" "$_i/images.json"; rm -r "$_o/$L1"'
spoil "very deep" "nested deeper" 'head -c 100000 /dev/zero | tr "\0" "[" >"$_i/images.json"; printf "[" >"$T/x"; cat "$_i/images.json" >>"$T/x"; head -c 100001 /dev/zero | tr "\0" "]" >>"$T/x"; cp "$T/x" "$_i/images.json"'
spoil "a name twice, bytes that are no text" "^corrupt an entry was read, but is not proper JSON" 'sed -i "s/app:1/app\xff:1/" "$_i/images.json"'
is "bytes that are no text: exact" "$(records "$T/img" image_name .name_b64 | tr -d '"' | base64 -d | od -An -tx1 | tr -d ' \n')" 6c6f63616c686f73742f617070ff3a31
spoil "configuration changed" "^corrupt was changed: its digest is" 'sed -i s/amd64/amd65/ "$_i/$IMG"/=*'
is "configuration changed: row" "$(names)" "[\"$IMG\",\"[\\\"localhost/app:1\\\"]\",false]"
spoil "configuration gone" "^corrupt is missing" 'rm "$_i/$IMG"/=*'
is "configuration gone: layers from the store" "$(records "$T/img" image_layer .chain_id | tr '\n' ' ')" "\"sha256:$L1\" \"sha256:$L2\" "
spoil "all of its big data gone" "^corrupt is missing, and so is the configuration" 'rm -r "$_i/$IMG"'
spoil "big data is a link" "^corrupt is no directory; not read" 'mkdir "$T/b$N"; mv "$_i/$IMG" "$T/b$N/x"; ln -s "$T/b$N/x" "$_i/$IMG"'
spoil "layers.json is noise" "^corrupt is no list.*layers.json" 'head -c 4096 /dev/urandom | tr "{" x >"$_l"'
is "layers.json is noise: the container's layers by their links" "$(changes)" "$ROW"
is "layers.json is noise: layers of the disk" "$(records "$T/img" layer .name | wc -l)" 4
spoil "layers.json gone" "^corrupt the layer of container" 'rm "$_l"'
is "layers.json gone: changes" "$(changes)" "$ROW"
spoil "a layer is missing" "^corrupt layer 1: layer '/overlay/$L2/diff' is missing" 'rm -r "$_o/$L2"'
spoil "a layer in no list" "^corrupt layer '[0-9a-f]*' is not in the store|^corrupt layer 0 is not in the store" 'rm -r "$_o/$L1"; python3 - "$_l" "$L1" <<X
import json, sys
d = [x for x in json.load(open(sys.argv[1])) if x["id"] != sys.argv[2]]
json.dump(d, open(sys.argv[1], "w"), separators=(",", ":"))
X'
spoil "parents in a circle" "^corrupt its layers are their own parents" 'sed -i "s/\"id\":\"$L1\"/\"id\":\"$L1\",\"parent\":\"$L2\"/" "$_l"'
is "parents in a circle: the container's by its links" "$(changes)" "$ROW"
spoil "parents in a circle, and no links" "is its own parent" 'sed -i "s/\"id\":\"$L1\"/\"id\":\"$L1\",\"parent\":\"$L2\"/" "$_l"; rm "$_o/$UP/lower"'
is "parents in a circle, and no links: changes" "$(changes)" "$ROW"
spoil "a parent that climbs" "^corrupt layer '$L2' has a parent that is none: '../../etc'" 'sed -i "s/\"parent\":\"$L1\"/\"parent\":\"..\/..\/etc\"/" "$_l"'
spoil "another diff id in the store" "^corrupt layer 1 should be sha256:" 'sed -i "s/\"diff-digest\":\"sha256:3fc4/\"diff-digest\":\"sha256:0000/" "$_l"'
spoil "link of a layer gone" "^corrupt layer '/overlay/l/B+' is missing" 'rm "$_o/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
is "link of a layer gone: found another way" "$(changes)" "$ROW"
mkdir -p "$T/outside/app"
spoil "link of a layer out of the store" "^corrupt layer '/overlay/l/B+' is missing" 'ln -sfn "$T/outside" "$_o/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
is "link of a layer out of the store: found another way" "$(changes)" "$ROW"
spoil "link of a layer to itself" "^corrupt layer '/overlay/l/B+' is missing" 'ln -sfn BBBBBBBBBBBBBBBBBBBBBBBBBB "$_o/l/BBBBBBBBBBBBBBBBBBBBBBBBBB"'
spoil "lower of nonsense" "^corrupt .*holds a name that is none" 'printf "l/../../../etc:x::l/BBBBBBBBBBBBBBBBBBBBBBBBBB" >"$_o/$UP/lower"'
is "lower of nonsense: found another way" "$(changes)" "$ROW"
spoil "lower of 1 GiB" "^corrupt .*cannot be read" 'truncate -s 1G "$_o/$UP/lower"'
spoil "a container directory is a link" "^corrupt is no directory; not read" 'mkdir "$T/d$N"; mv "$_c/$WORK" "$T/d$N/x"; ln -s "$T/d$N/x" "$_c/$WORK"'
is "a container directory is a link: its layer is read" "$(changes "$WORK")" "modified directory /app;added file /app/new;"
spoil "containers.json gone" "^corrupt " 'rm "$_c/containers.json"'
is "containers.json gone: what the database knows" "$(row)" "$CROW"
spoil "a container that was removed, but not all of it" "^corrupt stands in no list: the container was removed" 'mkdir "$_c/$L1"'
spoil "the database is noise" "^corrupt .*db.sql' cannot be read as a database of SQLite" 'head -c 8192 /dev/urandom >"$T/s/db.sql"'
is "the database is noise: row" "$(records "$T/ctr" container "select(.container_id==\"$CTR\")|[.name,.image_ref]")" '["one","localhost/app:1"]'
spoil "the database is cut off" "^corrupt " 'truncate -s 9000 "$T/s/db.sql"'
spoil "a table is a view" "^corrupt .*(not authorized|prohibited)" 'sqlite3 "$T/s/db.sql" "ALTER TABLE ContainerConfig RENAME TO X; CREATE VIEW ContainerConfig AS SELECT * FROM X"'
spoil "a database of 1 GiB" "^limit longer than" 'truncate -s 1G "$T/s/db.sql"'
spoil "the other database is noise" "^corrupt .*bolt_state.db" 'mkdir "$T/s/libpod"; head -c 9000 /dev/urandom >"$T/s/libpod/bolt_state.db"'
is "the other database is noise: row" "$(row)" "$CROW"
spoil "the configuration of another container" "^corrupt the database has the configuration of 'x'" "sqlite3 \"\$T/s/db.sql\" \"UPDATE ContainerConfig SET JSON=replace(JSON,'\$CTR','x')\""
spoil "the configuration is no JSON" "^corrupt the configuration of container '[0-9a-f]*' cannot be read" "sqlite3 \"\$T/s/db.sql\" \"UPDATE ContainerConfig SET JSON='{'\""
spoil "the state is gone" "^corrupt the state of container '[0-9a-f]*' cannot be read: it is not there" "sqlite3 \"\$T/s/db.sql\" \"DELETE FROM ContainerState\""
spoil "wrong types" "values of the configuration of container .* are not of the type" "sqlite3 \"\$T/s/db.sql\" \"UPDATE ContainerConfig SET JSON='{\\\"id\\\":[],\\\"spec\\\":7,\\\"name\\\":{},\\\"namedVolumes\\\":{},\\\"labels\\\":[]}'\""
spoil "an id that is none" "^corrupt the container '../../x' has an id that is none" "sqlite3 \"\$T/s/db.sql\" \"INSERT INTO ContainerConfig VALUES('../../x','two',NULL,'{}')\""
spoil "files of another driver" "^unsupported .*storage driver 'zfs'" 'for d in images layers containers; do mv "$T/s/overlay-$d" "$T/s/zfs-$d"; done; rm -r "$_o"'
is "files of another driver: names are known" "$(records "$T/img" image .names)" '"[\"localhost/app:1\"]"'

fresh
printf '[]' >"$_i/images.json"
rm -r "$_i/$IMG"
is "layers without an image: exit" "$(img -r "$T/s")" 0
is "layers without an image" "$(records "$T/img" layer '[.type,.container_id]' | sort | uniq -c | wc -l)" 3
fresh
sed -i "s/\"id\":\"$L2\"/\"id\":\"$L2\",\"flags\":{\"incomplete\":true}/" "$_l"
img -r "$T/s" >/dev/null
is "a layer that was never finished" "$(records "$T/img" layer 'select(.type=="ingest")|.name')" "\"$L2\""
fresh
python3 - "$_i" "$IMG" <<'X'
import hashlib, json, os, sys
top, img = sys.argv[1:]
m = json.dumps({"schemaVersion": 2, "manifests": []})
i = hashlib.sha256(b"list").hexdigest()
os.mkdir(top + "/" + i)
open(top + "/" + i + "/manifest", "w").write(m)
d = json.load(open(top + "/images.json"))
g = "sha256:" + hashlib.sha256(m.encode()).hexdigest()
d.append({"id": i, "names": ["localhost/list:1"], "big-data-names": ["manifest"], "big-data-digests": {"manifest": g}})
json.dump(d, open(top + "/images.json", "w"))
X
is "a list of images: exit" "$(img -r "$T/s")" 0
is "a list of images" "$(records "$T/img" image 'select(.names|contains("list"))|[.verified,.layers]')" '[true,0]'
fresh
python3 - "$T/s/db.sql" <<'X'
import json, sqlite3, sys
c = sqlite3.connect(sys.argv[1])
i = "f" * 64
c.execute("INSERT INTO ContainerConfig VALUES (?,'r',NULL,?)", (i, json.dumps({"id": i, "name": "r", "rootfs": "/srv/root", "spec": {"process": {"args": ["sh"]}}})))
c.execute("INSERT INTO ContainerState VALUES (?,1,0,'{\"state\":1}')", (i,))
c.commit()
X
is "a container of a directory: exit" "$(ctr -r "$T/s")" 0
is "a container of a directory: a mount of the host" "$(records "$T/ctr" mount 'select(.destination=="/")|[.source,.rw]')" '["/srv/root",true]'

# ---- the rules see such a container as one of Docker's
fresh
sqlite3 "$T/s/db.sql" "UPDATE ContainerConfig SET JSON=replace(replace(replace(JSON,'\"ro\"','\"rw\"'),'\"run\", \"it\"','\"sh\", \"-c\", \"echo x >/mnt/etc/cron.d/job\"'),'\"A=1\"','\"A=2\"')"
ctr -r "$T/s" >/dev/null
is "what it ran" "$(records "$T/ctr" container 'select(.type!="working")|.command') $(records "$T/ctr" mount .rw)" '"sh -c echo x >/mnt/etc/cron.d/job" true'
"$BIN/case-ingest" "$T/case" "$T/ctr" >/dev/null 2>"$T/msg"
"$BIN/case-match" "$T/case" >"$T/match" 2>>"$T/msg"
is "a podman container that wrote into the host's cron.d" "$(records "$T/match" finding 'select(.rule|endswith("container-host-write"))|[.severity,.effect,.scope]')" "[\"critical\",\"wipe\",\"container:podman/$CTR\"]"

# ---- rootless: an ordinary user's store, with fuse-overlayfs
fresh
printf true >"$_o/.has-mount-program"
mkdir -p "$_o/$UP/diff/lib"
: >"$_o/$UP/diff/lib/.wh.file"
is "whiteouts of fuse-overlayfs" "$(ctr -r "$T/s") $(changes)" "0 $ROW""modified directory /lib;deleted file /lib/file;"
mkdir -p "$T/u/etc" "$T/u/srv/ann/.local/share/containers"
echo ann:x:1000:1000::/srv/ann:/bin/sh >"$T/u/etc/passwd"
fresh
mkdir -p "$T/s/networks"
echo '{"name":"mine","id":"abc","driver":"bridge","subnets":[{"subnet":"198.51.100.0/26"}]}' >"$T/s/networks/mine.json"
cp -a "$T/s" "$T/u/srv/ann/.local/share/containers/storage"
[ $ROOTED = 1 ] && chown -R 1000:1000 "$T/u/srv/ann"
is "a rootless store: exit" "$(img -r "$T/u") $(ctr -r "$T/u")" "0 0"
is "a rootless store: found" "$(records "$T/img" image .store) $(records "$T/ctr" container .store | sort -u)" '"/srv/ann/.local/share/containers/storage" "/srv/ann/.local/share/containers/storage"'
is "a rootless store: its networks" "$(records "$T/ctr" network '[.name,.driver,.subnets]')" '["mine","bridge","[\"198.51.100.0/26=\"]"]'

# ---- a host with a transient store: its lists are where podman runs
mkdir -p "$T/h/etc" "$T/h$P" "$T/h/run/containers/storage/overlay-containers"
echo root:x:0:0::/root:/bin/sh >"$T/h/etc/passwd"
rmdir "$T/h$P"
fresh
cp -a "$T/s" "$T/h$P"
mv "$T/h$P/overlay-containers/containers.json" "$T/h/run/containers/storage/overlay-containers/volatile-containers.json"
mv "$T/h$P/db.sql" "$T/h/run/containers/storage/db.sql"
[ "$(id -u)" = 0 ] && is "a transient store" "$(ctr -r "$T/h") $(row)" "0 $CROW"

finish
