. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

run() { "$BIN/collect-images" "$@" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note "[.class, .detail // \"\", .path // \"\"] | join(\" \")" | tr -d '"'; }

# ---- what a real engine wrote, field by field
if have_stores; then
	for s in docker-clean docker-hostile; do
		unpack_store $s "$T/$s"
		is "$s: exit" "$(run -r "$T/$s")" 0
		cp "$T/rec" "$T/$s.1"
		ok "$s: images are what the engine says, field by field" \
			python3 "$TESTS/stores/compare.py" images "$TESTS/fixtures/store-$s/engine" "$T/$s.1" /
		is "$s: no evidence lost" "$(records "$T/$s.1" note 'select(.lost)')" ""
		run -r "$T/$s" >/dev/null
		is "$s: the same again" "$(volatile <"$T/rec" | sha256sum)" "$(volatile <"$T/$s.1" | sha256sum)"
	done
	is "one image, an innocent name besides" \
		"$(records "$T/docker-hostile.1" image 'select(.names//""|contains("webcache:1.4"))|.names|fromjson|length')" 3
	is "where layers were pulled from, also of an image whose name is gone" \
		"$(records "$T/docker-hostile.1" layer_source .repository | grep -c 'docker123321/cron"')" 1
	is "as a host's root: paths of the host" \
		"$(mkdir -p "$T/h/etc" "$T/h/var/lib"; mv "$T/docker-hostile" "$T/h/var/lib/docker"; run -r "$T/h" >/dev/null; records "$T/rec" image .store | sort -u)" '"/var/lib/docker"'
	ok "as a host's root: every field" \
		python3 "$TESTS/stores/compare.py" images "$TESTS/fixtures/store-docker-hostile/engine" "$T/rec" /var/lib/docker
	taskset -c 0 "$BIN/collect-images" -r "$T/h" >"$T/one" 2>/dev/null
	is "one processor gives the same" "$(volatile <"$T/one" | sha256sum)" "$(volatile <"$T/rec" | sha256sum)"
else
	skip "real stores" "needs root and a file system with devices and trusted attributes"
fi

# ---- a store made by hand
tiny_store "$T/s"
is "tiny store: exit" "$(run -r "$T/s")" 0
is "tiny store: taken for" "$(records "$T/rec" run .taken_for)" '"docker"'
is "tiny store: image" "$(records "$T/rec" image '[.image_id,.names,.verified,.command,.created_time,.layers]')" \
	"[\"sha256:$IMG\",\"[\\\"app:1\\\"]\",true,\"run it\",1772600767500000000,2]"
is "tiny store: layers by chain" "$(records "$T/rec" image_layer '[.position,.chain_id,.host_path]' | tr '\n' ' ')" \
	"[0,\"$C1\",\"/overlay2/layer1/diff\"] [1,\"$C2\",\"/overlay2/layer2/diff\"] "
is "history: which instruction made which layer" "$(records "$T/rec" image_history '[.created_by,.empty,.diff_id]' | tr '\n' ' ')" \
	"[\"/bin/sh -c one\",false,\"$D1\"] [\"nothing\",true,null] [\"two\",false,\"$D2\"] "

# ---- spoiled state: a note, exit 1, and the rest of the store all the same
# spoil WHAT PATTERN COMMAND: in a fresh store ($T/s), COMMAND, expect a note
spoil() {
	rm -rf "$T/s"
	tiny_store "$T/s"
	_i=$T/s/image/overlay2 _c=$T/s/image/overlay2/imagedb/content/sha256/$IMG
	eval "$3"
	is "$1: exit" "$(run -r "$T/s")" 1
	like "$1: note" "$(notes)" "$2"
	is "$1: the run is whole" "$(records "$T/rec" end .k)" '"end"'
}
images() { records "$T/rec" image '[.names,.verified]' | tr '\n' ' '; }
NAMED='["[\"app:1\"]",'

spoil "configuration changed" "^corrupt was changed: its digest is sha256:" 'sed -i s/amd64/amd65/ "$_c"'
is "configuration changed: row" "$(images)" "${NAMED}false] "
spoil "configuration truncated" "^corrupt is no JSON" 'truncate -s 100 "$_c"'
is "configuration truncated: row" "$(images)" "${NAMED}false] "
spoil "configuration empty" "^corrupt is no JSON" ': >"$_c"'
spoil "configuration is an array" "^corrupt is no JSON object" 'tiny_image "$T/s" "[1,2]"'
spoil "configuration gone" "^corrupt is missing; the name 'app:1' is left" 'rm "$_c"'
is "configuration gone: the name is still told" "$(images)" "${NAMED}false] "
spoil "configuration is a FIFO" "^corrupt .*regular file" 'rm "$_c"; mkfifo "$_c"'
spoil "configuration is a link out of the store" "^corrupt .*regular file" 'mv "$_c" "$T/elsewhere"; ln -s "$T/elsewhere" "$_c"'
is "configuration is a link: nothing of it" "$(records "$T/rec" image .architecture)" null
spoil "configuration of 1 GiB" "^limit longer than .*STORE_JSON_MAX" 'truncate -s 1G "$_c"'
spoil "configuration very deep" "^limit nested deeper" 'head -c 200000 /dev/zero | tr "\0" "[" >"$_c"'
spoil "wrong types" "^corrupt [0-9]+ values are not of the type" \
	'tiny_image "$T/s" "{\"architecture\":7,\"config\":[],\"history\":{},\"rootfs\":{\"diff_ids\":\"x\"},\"created\":false}"'
is "wrong types: row" "$(images)" "${NAMED}true] "
spoil "diff id that is a path" "^corrupt diff id 0 is no digest" \
	'tiny_image "$T/s" "{\"rootfs\":{\"diff_ids\":[\"sha256:../../../../etc\",\"$D2\"]}}"'
spoil "history longer than layers" "^corrupt the history makes 3 layers, the image has 1" \
	'tiny_image "$T/s" "{\"history\":[{},{},{}],\"rootfs\":{\"diff_ids\":[\"$D1\"]}}"'
is "history longer than layers: every entry" "$(records "$T/rec" image_history .position | wc -l)" 3
spoil "time out of range" "^corrupt 'created' is no time" 'tiny_image "$T/s" "{\"created\":\"9999-01-01T00:00:00Z\"}"'
spoil "a key twice" "^corrupt read, but not proper JSON: a key" \
	'tiny_image "$T/s" "{\"os\":\"a\",\"os\":\"linux\"}"'
is "a key twice: the last one" "$(records "$T/rec" image .os)" '"linux"'
spoil "layer gone" "^corrupt layer 1: layer '/overlay2/layer2/diff' is missing" 'rm -r "$T/s/overlay2/layer2"'
is "layer gone: told of, without a place" "$(records "$T/rec" image_layer '[.position,.host_path]' | tr '\n' ' ')" '[0,"/overlay2/layer1/diff"] [1,null] '
spoil "layer database gone" "^corrupt layer 0: .*cache-id" 'rm -r "$_i/layerdb"'
spoil "cache-id that climbs" "^corrupt layer 1: .*names no layer" 'printf ../../../etc >"$_i/layerdb/sha256/${C2#sha256:}/cache-id"'
spoil "cache-id of 1 GiB" "^corrupt layer 1: .*longer" 'truncate -s 1G "$_i/layerdb/sha256/${C2#sha256:}/cache-id"'
spoil "diff that disagrees" "^corrupt is not the diff id" 'printf %s "$D1" >"$_i/layerdb/sha256/${C2#sha256:}/diff"'
spoil "names truncated" "^corrupt is no JSON.*repositories" 'truncate -s 20 "$_i/repositories.json"'
is "names truncated: the image is told of" "$(images)" "[null,true] "
spoil "a name of no id" "^corrupt the name 'evil:1' stands for no image id" \
	'printf "{\"Repositories\":{\"evil\":{\"evil:1\":\"sha256:../x\"},\"app\":{\"app:1\":\"sha256:%s\"}}}" "$IMG" >"$_i/repositories.json"'
is "a name of no id: the others" "$(images)" "${NAMED}true] "
spoil "a name of an image that is gone" "^corrupt is missing; the name 'docker123321/t:1' is left" \
	'printf "{\"Repositories\":{\"x\":{\"docker123321/t:1\":\"%s\"}}}" "$D1" >"$_i/repositories.json"'
is "a name of an image that is gone: row" "$(records "$T/rec" image_name .name)" '"docker123321/t:1"'
spoil "a file of another name" "^corrupt its name is no id" 'echo >"$_i/imagedb/content/sha256/README"'
spoil "a driver without directories" "^unsupported what its images and containers are is read; .* driver 'devicemapper'" \
	'mv "$_i" "$_i/../devicemapper"'
is "a driver without directories: rows" "$(images; records "$T/rec" image_layer '[.size,.host_path]' | sort -u)" "${NAMED}true] [5,null]"
rm -rf "$T/s"
tiny_store "$T/s"
mkdir -p "$T/s/vfs/dir/whole"
_v=$T/s/image/vfs
mkdir -p "$_v/imagedb/content/sha256" "$_v/layerdb/sha256/${C1#sha256:}"
printf whole >"$_v/layerdb/sha256/${C1#sha256:}/cache-id"
printf %s "$C1" >"$_v/layerdb/sha256/${C1#sha256:}/diff"
printf 9 >"$_v/layerdb/sha256/${C1#sha256:}/size"
printf '{"rootfs":{"type":"layers","diff_ids":["%s"]}}' "$D1" >"$T/v"
V=$(sha256sum <"$T/v" | cut -c 1-64)
cp "$T/v" "$_v/imagedb/content/sha256/$V"
printf '{"Repositories":{"vf":{"vf:1":"sha256:%s"},"app":{"app:1":"sha256:%s"}}}' "$V" "$IMG" >"$_v/repositories.json"
is "two drivers in one store: exit" "$(run -r "$T/s")" 0
is "two drivers in one store: names" "$(records "$T/rec" image_name .name | sort | tr '\n' ' ')" '"app:1" "vf:1" '
is "two drivers in one store: a whole tree" "$(records "$T/rec" image_layer "select(.image_id==\"sha256:$V\")|.host_path")" '"/vfs/dir/whole"'
spoil "parent that is none" "^corrupt names no image" 'mkdir -p "$_i/imagedb/metadata/sha256/$IMG"; echo ../x >"$_i/imagedb/metadata/sha256/$IMG/parent"'

# ---- bytes that no JSON may hold come through unchanged
bytes() { # WHAT JSON-VALUE EXACT-BYTES(hex)
	rm -rf "$T/s"
	tiny_store "$T/s"
	tiny_image "$T/s" "$(printf '{"author":"%b"}' "$2")"
	is "$1: exit" "$(run -r "$T/s")" 1
	like "$1: note" "$(notes)" "^corrupt read, but not proper JSON: strings that are not UTF-8"
	is "$1: exact" "$(records "$T/rec" image '.author_b64' | tr -d '"' | base64 -d | od -An -tx1 | tr -d ' \n')" "$3"
}
bytes "a bad byte" 'a\0377b' 61ff62
bytes "half a pair" 'a\\ud800b' 61eda08062
bytes "NUL" 'a\\u0000b' 610062
bytes "our own marker, as it is, and a bad byte" '\0364\0217\0277\0277\0376' f48fbfbffe
bytes "our own marker, escaped, and a bad byte" '\\udbff\\udf41\0376' f48fbd81fe
tiny_image "$T/s" "$(printf '{"author":"\364\217\277\277","os":"\\udbff\\udfff"}')"
is "the marker alone is no trouble" "$(run -r "$T/s") $(records "$T/rec" image '[.author,.os]')" "0 $(printf '["\364\217\277\277","\364\217\277\277"]')"
rm -rf "$T/s"
tiny_store "$T/s"
printf '{"Repositories":{"x":{"x\377:1":"sha256:%s"}}}' "$IMG" >"$T/s/image/overlay2/repositories.json"
run -r "$T/s" >/dev/null
is "a bad byte in a name" "$(records "$T/rec" image_name .name_b64 | tr -d '"' | base64 -d | od -An -tx1 | tr -d ' \n')" 78ff3a31
tiny_image "$T/s" '{"config":{"cmd":["a"],"ENV":["B=2"]}}'
run -r "$T/s" >/dev/null
is "keys in another case, as the engine takes them" "$(records "$T/rec" image '[.cmd,.env]')" '["[\"a\"]","[\"B=2\"]"]'

# ---- names and options
tiny_store "$T/empty"
rm -rf "$T/empty/image/overlay2/imagedb/content/sha256"/* "$T/empty/image/overlay2/repositories.json" "$T/empty/containers"/*
echo '{"Repositories":{}}' >"$T/empty/image/overlay2/repositories.json"
is "an empty store" "$(run -r "$T/empty")" 0
status "no such root" 3 "$BIN/collect-images" -r "$T/none"
status "unknown option" 2 "$BIN/collect-images" --nonsense
echo x >"$T/file"
is "a file that is no archive: exit" "$(run -r "$T/file")" 1
like "a file that is no archive: note" "$(notes)" "^unsupported "
mkdir "$T/oci"
echo '{"imageLayoutVersion":"1.0.0"}' >"$T/oci/oci-layout"
is "an OCI layout without an index: exit" "$(run -r "$T/oci")" 1
like "-L lists the places" "$("$BIN/collect-images" -L)" "^docker +/var/lib/docker "
rm -rf "$T/s"
tiny_store "$T/s"
like "-p" "$("$BIN/collect-images" -p -r "$T/s" 2>/dev/null)" "app:1"
if [ $ROOTED = 1 ]; then
	chmod 700 "$T/s"
	chmod 755 "$T"
	is "an ordinary user sees nothing, and says so" \
		"$(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$BIN/collect-images" --as docker -r "$T/s" 2>"$T/msg" >"$T/rec"; echo $?) $(records "$T/rec" note 'select(.lost)|.class' | sort -u)" '1 "denied"'
fi
finish
