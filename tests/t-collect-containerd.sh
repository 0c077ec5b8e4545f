. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { # images|containers OPTIONS...
	_p=$1
	shift
	"$BIN/collect-$_p" "$@" >"$T/rec" 2>"$T/msg"
	echo $?
}
notes() { records "$T/rec" note 'select(.lost)|[.class, .path // "", .detail // ""] | join(" ")' | tr -d '"'; }
one() { records "$T/rec" "$@"; }

# ---- what a real containerd and its CRI plug-in wrote, field by field
if have_stores; then
	H=$T/host
	unpack_store containerd "$H"
	E=$TESTS/fixtures/store-containerd/engine
	for k in images containers; do
		is "$k: exit" "$(run $k -r "$H")" 0
		cp "$T/rec" "$T/$k"
		is "$k: no evidence lost" "$(notes)" ""
		run $k -r "$H" >/dev/null
		is "$k: the same again" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/$k" | sha256sum)"
	done
	ok "images, layers, snapshots are what the engine says" \
		python3 "$TESTS/stores/compare-containerd.py" images "$E" "$T/images"
	ok "containers and mounts are what the engine says" \
		python3 "$TESTS/stores/compare-containerd.py" containers "$E" "$T/containers"
	ok "changes are those of ctr snapshots diff" \
		python3 "$TESTS/stores/compare-containerd.py" changes "$E" "$T/containers"
	c() { records "$T/containers" container "select(.container_id==\"$1\")|$2"; }
	cri() { jq -r ".$1" "$E/cri.json"; }
	is "privileged" "$(c priv '[.privileged,.host_namespaces]')" '[true,"[\"cgroup\",\"ipc\",\"network\",\"pid\",\"user\"]"]'
	is "not privileged" "$(records "$T/containers" container 'select(.privileged)|.container_id' | wc -l)" 2
	is "another runtime" "$(c killed .runtime)" '"io.containerd.runc.v2 /usr/sbin/runc"'
	is "runs" "$(c killed '[.state,.pid>0]')" '["running",true]'
	is "hooks" "$(c hooked '.hooks|fromjson' | jq -c .)" '["prestart=/opt/x/hook -q","poststop=/opt/x/end"]'
	is "a root on the host is a mount" "$(records "$T/containers" mount 'select(.container_id=="hooked")|[.destination,.rw]')" '["/",false]'
	is "a pod's container" "$(c "$(cri web)" '[.name,.pod,.pod_namespace,.pod_uid,.state,.exit_code,.restart_count,.log_path,.created_by]')" \
		'["web","web-7f","shop","0b1c2d3e-0000-4000-8000-0123456789ab","exited",3,2,"/var/log/pods/shop_web-7f_0b1c2d3e-0000-4000-8000-0123456789ab/web/2.log","pod shop/web-7f"]'
	is "on the host's network through its sandbox" "$(c "$(cri web)" .host_namespaces)" '"[\"cgroup\",\"network\",\"user\",\"uts\"]"'
	is "started before it ended" "$(c "$(cri web)" '.started_time>.created_time and .finished_time>.created_time')" true
	is "a pod's sandbox" "$(c "$(cri sandbox)" '[.type,.name,.state]')" '["sandbox","web-7f","running"]'
	is "asked to be privileged" "$(c "$(cri agent)" '[.privileged,.cap_add,.state]')" '[true,"[\"SYS_PTRACE\"]","created"]'
	is "a volume of the image" "$(records "$T/containers" mount 'select(.type=="volume")|.destination')" '"/data"'
	is "the pod" "$(records "$T/containers" pod '[.source,.namespace,.name,.containers,.privileged,.host_network,.host_pid,.host_ipc,.host_paths]')" \
		'["engine","shop","web-7f","[\"web\",\"agent\"]",true,true,true,false,"[\"/:/host:ro\",\"/run/docker.sock:/var/run/docker.sock\"]"]'
	is "a download that did not end" "$(records "$T/images" layer 'select(.type=="ingest")|[.namespace,.name]')" '["default","part-of-a-layer"]'
	is "a lease" "$(records "$T/images" lease '[.namespace,.name,.labels]')" \
		'["default","kept","[\"containerd.io/gc.expire=2026-11-23T21:18:57Z\",\"x=y\"]"]'
	is "what no container has" "$(records "$T/images" layer 'select(.name=="left-over")|[.type,.container_id]')" '["active",null]'
	is "never unpacked" "$(records "$T/images" image_layer 'select(.namespace=="spare")|.host_path' | sort -u)" null
	# what this engine unpacked of the same image for another namespace
	is "never unpacked: files: exit" "$(run files --all -r "$H") $(notes)" "0 "
	cp "$T/rec" "$T/files"
	app=$(records "$T/images" image 'select(.namespace=="spare" and .architecture=="amd64")|.image_id' | tr -d '"')
	shown() {
		records "$T/files" file "select(.scope==\"image:containerd/$1/$app\" and (.hidden|not))|[.path,.type,.mode,.uid,.gid,.target,.sha256,
			if .type==\"file\" then .size,.modified_time else null end]" | sort
	}
	is "never unpacked: files" "$(shown spare)" "$(shown default)"
	is "never unpacked: how many, and where" "$(shown spare | wc -l) $(records "$T/files" file 'select(.path=="/srv/app.js" and (.scope|contains("/spare/")))|.host_path')" \
		"23 \"/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256/3e8d0568a0e9bcdf67808af0d472f014605b4a8df8d244043f50247dcd7d2128!srv/app.js\""
	run files --all -r "$H" >/dev/null
	is "never unpacked: the same again" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/files" | sha256sum)"
	printf 'rule app { strings: $a = "console.log(1)" condition: $a }\nrule gone { strings: $a = "old\\n" condition: $a at 0 and filesize == 4 }\n' >"$T/app.yar"
	"$BIN/scan-yara" --all --rules "$T/app.yar" -r "$H" >"$T/rec" 2>"$T/msg"
	is "never unpacked: rules" "$(one match '[.scope,.path,.rule]' | grep spare)" \
		"[\"image:containerd/spare/$app\",\"/srv/app.js\",\"app\"]
[\"image:containerd/spare/$app\",\"/opt/old/file\",\"gone\"]"
	is "never unpacked: accounts" "$(run persistence --images="spare/$app" -r "$H"; one account '[.scope,.name]')" "0
[\"image:containerd/spare/$app\",\"root\"]
[\"image:containerd/spare/$app\",\"www-data\"]"
	run packages --images="spare/$app" -r "$H" >/dev/null
	is "never unpacked: packages" "$(notes)" ""
	rm "$H/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db"
	is "without meta.db: exit" "$(run images -r "$H")" 1
	is "without meta.db: images by their manifests" "$(one image '[.scope,.verified]' | head -n 1)" \
		"$(one image '["image:containerd/"+.image_id,true]' | head -n 1)"
	is "without meta.db: all of them" "$(one image .image_id | sort -u | wc -l)" 4
	is "without meta.db: what runs" "$(run containers -r "$H" >/dev/null; one container '[.container_id,.state,.command != null]' | sort | head -n 2 | tail -n 1)" '["killed","running",true]'
	rm -rf "$H"
else
	skip "a real store" "needs root and a file system with devices and trusted attributes"
fi

# ---- stores made by hand
S=$T/s
new() { # CASE ARGUMENT...: sets IMG D1 D2 C1 C2 and MORE
	rm -rf "$S"
	made "$S" tinyctr.py "$@" >"$T/made" || exit 1
	read -r IMG D1 D2 C1 C2 <"$T/made"
	MORE=$(sed -n 2p "$T/made")
}
B=io.containerd.content.v1.content/blobs/sha256
META=io.containerd.metadata.v1.bolt/meta.db
new
is "by hand: images" "$(run images -r "$S") $(one image '[.scope,.names]')" "0 [\"image:containerd/n1/$IMG\",\"[\\\"app:1\\\"]\"]"
is "by hand: container" "$(run containers -r "$S") $(one container 'select(.container_id=="one")|[.scope,.image_id]')" "0 [\"container:containerd/n1/one\",\"$IMG\"]"
is "by hand: changes" "$(one change '[.op,.path]' | tr '\n' ' ')" '["modified","/app"] ["modified","/app/file"] '
is "a sandbox of 2.x" "$(one container 'select(.type=="sandbox")|[.container_id,.pod,.pod_namespace,.pod_uid,.runtime]')" '["box","p","q","u","io.x.v2"]'
is "by hand: mount" "$(one mount '[.type,.source,.destination,.rw]')" '["bind","/etc","/mnt/etc",false]'

# spoil WHAT images|containers PATTERN COMMAND [CASE]: a note, and the rest
spoil() {
	_w=$1 _k=$2 _n=$3 _c=$4
	shift 4
	new "$@"
	eval "$_c"
	is "$_w: exit" "$(run "$_k" -r "$S")" 1
	like "$_w: note" "$(notes)" "$_n"
	is "$_w: the run is whole" "$(one end .k)" '"end"'
}
kept() { is "$1: the rest" "$(one "$2" "$3" | tr '\n' ' ')" "$4"; }
manifest() { for _m in "$S/$B"/*; do grep -q '"layers"' "$_m" && break; done; }

spoil "meta.db cut off" images "^corrupt /$META " 'truncate -s 5000 "$S/$META"'
spoil "meta.db no database" images "^corrupt /$META is no BoltDB" 'echo hello >"$S/$META"'
kept "meta.db no database" image .image_id "\"$IMG\" "
spoil "meta.db a FIFO" images "^corrupt /$META " 'rm "$S/$META"; mkfifo "$S/$META"'
spoil "meta.db missing" images "^corrupt /$META " 'rm "$S/$META"'
spoil "its root page broken, twice" containers "^corrupt /$META page" \
	'python3 -c "import sys;f=open(sys.argv[1],\"r+b\");f.seek(8);m=f.read(4096);import struct;p=struct.unpack_from(\"<Q\",m,8+16)[0];f.seek(p*4096+8);f.write(b\"\x09\")" "$S/$META"'
spoil "metadata.db broken" containers "^corrupt /io.containerd.snapshotter.v1.overlayfs/metadata.db " 'echo x >"$S/io.containerd.snapshotter.v1.overlayfs/metadata.db"'
kept "metadata.db broken" container 'select(.container_id=="one")|.command' '"run it" '
spoil "configuration changed" images "^corrupt /$B/[0-9a-f]{64} was changed" 'sed -i s/run/Run/ "$S/$B/${IMG#sha256:}"'
kept "configuration changed" image '[.image_id,.verified,.cmd]' "[\"$IMG\",false,\"[\\\"Run\\\",\\\"it\\\"]\"] "
spoil "configuration missing" images "^corrupt /$B/${IMG#sha256:} .*configuration of 'app:1'" 'rm "$S/$B/${IMG#sha256:}"'
kept "configuration missing" image '[.names,.image_id==.digests[2:73]]' '["[\"app:1\"]",true] '
spoil "manifest missing" images "^corrupt /$B/[0-9a-f]{64} .*manifest of 'app:1'" 'manifest; rm "$_m"'
kept "manifest missing" image '[.names,.verified,.layers]' '["[\"app:1\"]",false,0] '
spoil "manifest a link" images "^corrupt /$B/[0-9a-f]{64} is no regular file" 'manifest; mv "$_m" "$S/x"; ln -s "$S/x" "$_m"'
spoil "manifest a FIFO" images "^corrupt /$B/[0-9a-f]{64} is no regular file" 'manifest; rm "$_m"; mkfifo "$_m"'
spoil "manifest huge" images "^limit /$B/[0-9a-f]{64} " 'manifest; truncate -s 20G "$_m"'
spoil "layer changed" images "^corrupt /$B/[0-9a-f]{64} was changed: its digest is" 'for _m in "$S/$B"/*; do grep -q ^blob "$_m" && break; done; echo x >>"$_m"'
kept "layer changed" image .verified 'true '
spoil "a blob without a digest" images "^corrupt /$B/tmp its name is no digest" 'echo x >"$S/$B/tmp"'
spoil "snapshots in a circle" containers 'form a circle' : circle
kept "snapshots in a circle" change .path '"/app" "/app/file" '
spoil "parent of a snapshot missing" containers "snapshot 'n1/99/gone'" : lost-parent
spoil "files of a snapshot missing" containers 'the files of snapshot' 'rm -r "$S/io.containerd.snapshotter.v1.overlayfs/snapshots/1"'
spoil "files of a snapshot a link" containers 'the files of snapshot' 'rm -r "$S/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs"; ln -s /etc "$S/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs"'
spoil "names that lead out" containers "is no id of a container" : outside
kept "names that lead out" container .container_id '"box" "one" '
spoil "names of images that lead out" images "has no digest: 'sha256:../../../etc'" : outside
spoil "a specification that is none" containers "^corrupt .*specification of 'n1/one'" : spec '{'
kept "a specification that is none" container 'select(.container_id=="one")|[.image_ref,.command]' '["app:1",null] '
spoil "values of a wrong type" containers "values are not of the type" : spec '{"process":{"args":7},"linux":[]}'
spoil "no platform is there" images "none of the platforms" : index-absent
for s in devmapper stargz erofs zfs blockfile else; do
	spoil "snapshotter $s" containers "^unsupported / .*'$s'" : unsupported $s
	kept "snapshotter $s" container 'select(.container_id=="one")|.driver' "\"$s\" "
done

# ---- what is normal
new index
is "an index: each platform that is there" "$(run images -r "$S"; one image .image_id | sort | tr -d '"\n')" \
	"0
$(printf '%s\n' "$IMG" "${MORE##* }" | sort | tr -d '\n')"
new artifact
is "an artifact" "$(run images -r "$S"; one image 'select(.names=="[\"chart:1\"]")|[.verified,.layers]')" "0
[true,0]"
# a manifest of schema 1: its history is the configuration
for k in signed unsigned; do
	new schema1 $k
	read -r old _l2 _l1 <<-X
		$(tail -n 1 "$T/made")
	X
	is "schema 1, $k" "$(run images -r "$S"; notes; one image 'select(.names=="[\"old:1\"]")|[.image_id,.verified,.command,.layers,.created_time]')" "0
[\"$old\",true,\"old it\",2,1457067967500000000]"
	is "schema 1, $k: its layers" "$(one image_layer "select(.image_id==\"$old\")|[.position,.digest,.diff_id]")" \
		"[0,\"$_l1\",null]
[1,\"$_l2\",null]"
	is "schema 1, $k: no mismatch" "$(one mismatch .what)" ""
	is "schema 1, $k: files" "$(run files --all --images=old:1 -r "$S") $(notes) $(one file 'select(.type=="file")|.path' | sort | paste -sd ' ')" '0  "/app/file" "/lib/file"'
done
sed -i s/old/odd/ "$S/io.containerd.content.v1.content/blobs/sha256/${old#sha256:}"
is "schema 1: changed" "$(run images -r "$S"; one image 'select(.names=="[\"old:1\"]")|.verified'; one mismatch .what)" '1
false
"document"'

# ---- a root that is a directory of the host (ctr run --rootfs)
hosted() { # PATH: a host with the store, the directory /srv/tree in it
	rm -rf "$T/hosted"
	mkdir -p "$T/hosted/etc" "$T/hosted/var/lib" "$T/hosted/srv/tree/etc/cron.d" "$T/hosted/srv/tree/var/lib/dpkg"
	echo 'root:x:0:0::/root:/bin/sh' >"$T/hosted/etc/passwd"
	echo '* * * * * root /bin/inner' >"$T/hosted/srv/tree/etc/cron.d/j"
	printf 'Package: p\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >"$T/hosted/srv/tree/var/lib/dpkg/status"
	python3 "$TESTS/stores/tinyctr.py" "$T/hosted/var/lib/containerd" rootfs "$1" >"$T/made"
}
hosted /srv/tree
is "a root on the host: packages" "$(run packages --containers=hosted -r "$T/hosted"; notes; one package '[.scope,.name]')" '0
["container:containerd/n1/hosted","p"]'
is "a root on the host: entries" "$(run persistence --containers=hosted -r "$T/hosted"; notes; one persist 'select(.artifact=="cron-d")|[.scope,.origin,.path,.command,.host_path]')" '0
["container:containerd/n1/hosted","container","/etc/cron.d/j","/bin/inner","/srv/tree/etc/cron.d/j"]'
is "a root on the host: changes" "$(run containers -r "$T/hosted"; notes; one change 'select(.container_id=="hosted")|.path')" 0
is "a root on the host: files are the host's" "$(run files --all -r "$T/hosted"; notes; one file 'select(.path|endswith("cron.d/j"))|[.scope,.path]')" '0
["host","/srv/tree/etc/cron.d/j"]'
like "a root on the host: files of that container alone" "$(run files --all --containers=hosted -r "$T/hosted"; notes)" "^1
limit / its root is a directory of the host: its files are told of as the host's"
hosted /srv/none
like "a root that is not there" "$(run packages --containers=hosted -r "$T/hosted"; notes)" "^1
corrupt / its root is the directory '/srv/none' of the host, which is not in the evidence"
hosted /
is "the host's own root" "$(run packages --containers=hosted -r "$T/hosted"; notes; one note 'select(.scope//""|endswith("/hosted"))|[.class,.lost,.detail]')" '0
["unsupported",false,"its root is the root of the host, and told of as the host'"'"'s"]'
hosted /srv/tree
like "the store alone" "$(run packages --containers=hosted -r "$T/hosted/var/lib/containerd"; notes)" "^1
corrupt / its root is the directory '/srv/tree' of the host, which is not in the evidence"

new dangling
is "a name that is none" "$(run images -r "$S"; one image .names)" "0
null"
new pull
pulled() { # what of a pulled image's files is told of, and where it lies
	run files --all -r "$S" >"$T/status"
	one file 'select(.type=="file" and (.host_path|contains("/blobs/")))|[.scope,.path,.hidden//false,.host_path]|join(" ")' |
		sed "s,image:containerd/n1/,,; s,${MORE%% *},NEW,; s,$TWO,TWO,; s,[^ ]*/\($B1\|$B2\)!,," | tr -d '"' | sort
}
parts() { TWO=${MORE#* } B1=${MORE#* * } TWO=${TWO%% *} B2=${B1#* } B1=${B1% *}; }
parts
is "pulled: files, of whom" "$(pulled)" "NEW /new/file false new/file
NEW /new/other false new/other
TWO /more/file false more/file
TWO /new/other false new/other"
is "pulled: exit" "$(cat "$T/status")" 0
is "pulled: images alone" "$(run files --all --images=new:1 -r "$S"; one file 'select(.type=="file")|.path' | tr '\n' ' ')" \
	'0
"/new/file" "/new/other" '
is "pulled: not where the host alone is asked for" "$(mkdir -p "$T/hh/etc" "$T/hh/var/lib"; cp -r "$S" "$T/hh/var/lib/containerd"
	run files --all --host -r "$T/hh"; one file .host_path | grep -c '!')" "0
0"
is "pulled: the store within an archive" "$(tar -C "$T/hh" -cf "$T/hh.tar" .; run files --all -r "$T/hh.tar"
	one file 'select(.path=="/new/other")|.host_path' | sort -u | sed "s,$T,T,")" \
	"0
\"T/hh.tar!var/lib/containerd/$B/$B1!new/other\""
lost() { is "pulled: $1" "$(pulled)" "$4"; like "pulled: $1: note" "$(notes)" "$3"; is "pulled: $1: exit" "$(cat "$T/status")" 1; }
again() { rm -rf "$S"; made "$S" tinyctr.py "$1" >"$T/made"; read -r IMG D1 D2 C1 C2 <"$T/made"; MORE=$(sed -n 2p "$T/made"); parts; }
again pull
rm "$S/$B/$B1"
lost "a blob is missing" - "^corrupt / a layer is missing: layer 'sha256:[0-9a-f]*' is not unpacked, and its blob is not there" "TWO /more/file false more/file"
again pull
mv "$S/$B/$B1" "$S/away"
ln -s "$S/away" "$S/$B/$B1"
lost "a blob is a link" - "^corrupt / a layer is missing" "TWO /more/file false more/file"
again pull
truncate -s 100 "$S/$B/$B1"
lost "a blob is cut" - "^unsupported /$B/$B1 is no archive" "TWO /more/file false more/file"
again pull
printf 'hello, hello, hello, hello\n' >"$S/$B/$B1"
lost "a blob is no layer" - "^unsupported /$B/$B1 is no archive of a known kind" "TWO /more/file false more/file"
again pull
cp "$S/$B/$B2" "$S/$B/$B1"
lost "another layer in its place" - "^corrupt /$B/$B1 is not the layer that its image names" "NEW /more/file false more/file
TWO /more/file false more/file"
again half
is "half unpacked: files" "$(pulled)" "NEW /more/file false more/file
NEW /new/file false new/file"
is "half unpacked: exit" "$(cat "$T/status")" 0
rm "$S/$B/$B1"
is "half unpacked: a blob is gone" "$(pulled; notes | wc -l)" "NEW /more/file false more/file
1"
rm "$S/$B/$B2"
is "half unpacked: all blobs are gone" "$(pulled; one file 'select(.path=="/new/file")|.type'; notes | cut -c 1-34)" '"file"
corrupt / a layer is missing: laye'
new gone
is "an image without its name" "$(run images -r "$S"; one layer .chain_id | sort -u | wc -l)" "0
3"
new lease
is "leases" "$(run images -r "$S"; one lease '[.name,.labels,.resources,.created_time]')" '0
["empty",null,null,null]
["pull-1","[\"containerd.io/gc.expire=2026-03-05T00:00:00Z\"]","[\"content/'$(manifest; echo "sha256:${_m##*/}")'\",\"ingests/layer-sha256:ab\",\"snapshots/overlayfs/one\",\"snapshots/overlayfs/two\"]",1772600006000000500]'
new unnamed-snapshot
is "a snapshot that no namespace has" "$(run images -r "$S"; one layer 'select(.name=="one")|[.namespace,.type]')" '0
["n1","active"]'
mkdir -p "$S/io.containerd.snapshotter.v1.overlayfs/snapshots/77/fs"
is "a directory that no snapshot has" "$(run images -r "$S"; one layer 'select(.name=="77")|.host_path')" '0
"/io.containerd.snapshotter.v1.overlayfs/snapshots/77/fs"'
new label nerdctl/name=web nerdctl/namespace=n1 'nerdctl/ports=[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"127.0.0.1"}]' \
	'nerdctl/networks=["bridge"]' nerdctl/ip-address=192.0.2.7 nerdctl/state-dir=/var/lib/nerdctl/1935db59/containers/n1/one \
	containerd.io/restart.policy=on-failure:3
mkdir -p "$T/h/var/lib/nerdctl/1935db59/containers/n1/one" "$T/h/etc" "$T/h/usr"
echo '{"driver":"json-file"}' >"$T/h/var/lib/nerdctl/1935db59/containers/n1/one/log-config.json"
mv "$S" "$T/h/var/lib/containerd"
is "nerdctl" "$(run containers -r "$T/h"; one container 'select(.container_id=="one")|[.name,.ports,.networks,.log_driver,.log_path,.restart_policy,.restart_max,.created_by]')" \
	'0
["web","[\"127.0.0.1:8080->80/tcp\"]","[\"bridge=192.0.2.7\"]","json-file","/var/lib/nerdctl/1935db59/containers/n1/one/one-json.log","on-failure",3,"nerdctl"]'
# a bundle whose container meta.db does not have
mkdir -p "$T/h/run/containerd/io.containerd.runtime.v2.task/n1/hidden"
echo '{"process":{"args":["/x"]},"linux":{}}' >"$T/h/run/containerd/io.containerd.runtime.v2.task/n1/hidden/config.json"
echo 77 >"$T/h/run/containerd/io.containerd.runtime.v2.task/n1/hidden/init.pid"
is "a container that only its bundle has" "$(run containers -r "$T/h"; one container 'select(.container_id=="hidden")|[.command,.pid,.state,.config_path]')" \
	'0
["/x",77,"running","/run/containerd/io.containerd.runtime.v2.task/n1/hidden/config.json"]'

# ---- Docker 29: containers are Docker's, images and layers containerd's; built
# by its documented layout (daemon/containerd, daemon/snapshotter/mount.go)
H=$T/h29
CID=$(printf container | sha256sum | cut -c 1-64)
D=$H/var/lib/docker
mkdir -p "$H/etc" "$H/usr" "$D/volumes" "$D/rootfs/overlayfs/$CID" "$D/containers/$CID"
S=$D/containerd/daemon
new moby "$CID"
printf '{"ID":"%s","Name":"/one","Path":"run","Image":"%s","Driver":"overlayfs","ImageManifest":{"digest":"%s"},"Config":{"Image":"app:1"},"State":{}}' \
	"$CID" "${MORE##* }" "${MORE##* }" >"$D/containers/$CID/config.v2.json"
echo '{}' >"$D/containers/$CID/hostconfig.json"
UP=/var/lib/docker/containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots/5/fs
is "Docker 29: container" "$(run containers -r "$H"; one container '[.scope,.image_id,.host_path]')" \
	"0
[\"container:docker/$CID\",\"$IMG\",\"$UP\"]"
is "Docker 29: changes" "$(one change '[.op,.path,.host_path]' | tail -n 1)" "[\"added\",\"/app/new\",\"$UP/app/new\"]"
is "Docker 29: image" "$(run images -r "$H"; one image '[.scope,.image_id]')" \
	"0
[\"image:containerd/moby/$IMG\",\"$IMG\"]"
is "Docker 29: files" "$(run files -r "$H"; one file 'select(.path=="/app/new")|[.scope,.host_path]')" \
	"0
[\"container:docker/$CID\",\"$UP/app/new\"]"
mv "$S" "$T/away"
is "Docker 29: containerd is elsewhere: exit" "$(run containers -r "$H")" 1
like "Docker 29: containerd is elsewhere: note" "$(notes)" '^denied /var/lib/docker/rootfs '
mkdir -p "$H/var/lib"
mv "$T/away" "$H/var/lib/containerd"
is "Docker 29: the host's containerd" "$(run containers -r "$H"; one container .host_path)" \
	'0
"/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/5/fs"'
# what runs is in containerd as well, and Docker's all the same
mkdir -p "$H/run/containerd/io.containerd.runtime.v2.task/moby/$CID"
is "Docker 29: a container is told of once" "$(run containers -r "$H"; one container .scope)" "0
\"container:docker/$CID\""
S=$T/s

# ---- proportion: 10, 100 and 1000 images and containers of 20 layers
for n in 10 100; do
	new many $n
	is "$n images" "$(run images -r "$S"; one image .image_id | wc -l)" "0
$((n + 1))"
done

finish
