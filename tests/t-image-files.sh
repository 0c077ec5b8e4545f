# t-image-files.sh - what only the bytes in a store tell, from disk to finding
#
# The store was made by a real engine (tests/stores/make-store.sh miner). None
# of its names, settings or history is known as hostile. An image that nobody
# ran holds an imitation of a miner; another one hides it again; a container
# dropped one, and a script.
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

if [ "$ROOTED" = 0 ]; then
	skip "files of a store" "owners and devices of the store need root"
	finish
fi
D=$T/disk
mkdir -p "$D/etc"
echo 'root:x:0:0:root:/root:/bin/sh' >"$D/etc/passwd"
unpack_store docker-miner "$D/var/lib/docker" || exit 1
q() { "$BIN/case-query" "$T/c.db" --sql "$1" --format jsonl; }

# the ids, by the engine's own word
image() {
	jq -r --arg n "$1" '.[] | select(.RepoTags | index($n)) | .Id' \
		"$TESTS/fixtures/store-docker-miner/engine/image-inspect.json"
}
container() {
	jq -r --arg n "/$1" '.[] | select(.Name == $n) | .Id' \
		"$TESTS/fixtures/store-docker-miner/engine/container-inspect.json"
}
cache=image:docker/$(image web/cache:2.0)
clean=image:docker/$(image web/clean:2.1)
tools=image:docker/$(image tools/build:1)
site=image:docker/$(image blog/site:7)
cleaned=container:docker/$(container cleaned)
build=container:docker/$(container build)
blog=container:docker/$(container blog)
blog2=container:docker/$(container blog2)

for p in collect-files "scan-yara --iocs $TOP/iocs"; do
	ok "$p into the case" "$BIN/case-ingest" "$T/c.db" -- "$BIN/"$p -r "$D"
done
ok "case-match into the case" "$BIN/case-ingest" "$T/c.db" -- \
	"$BIN/case-match" "$T/c.db" --iocs "$TOP/iocs"

# ---- rows of files --------------------------------------------------------
is "the miner is a file of the image that nobody ran, and of no other" \
	"$(q "SELECT scope, origin, type, elf_type FROM file
	    WHERE path = '/usr/lib/cache/nginx' AND size > 0" | jq -r '.scope + " " + .origin + " " + .elf_type')" \
	"$cache image executable"
is "what lies above it hides it" \
	"$("$BIN/collect-files" --all -r "$D" 2>/dev/null |
		jq -r 'select(.k == "file" and .path == "/usr/lib/cache/nginx" and
		    .size == 0) | .scope' | sort)" \
	"$(printf '%s\n' "$clean" "$cleaned" | sort)"
is "a file of a shared layer has one digest and a row for each that shows it" \
	"$(q "SELECT count(DISTINCT sha256) AS d, count(*) AS n FROM file WHERE path = '/bin/busybox'")" \
	'{"d":1,"n":8}'
is "the dropped file is the container's own" \
	"$(q "SELECT scope, origin, why FROM file WHERE path = '/tmp/.cache/kworker'")" \
	"{\"scope\":\"$blog\",\"origin\":\"container\",\"why\":\"upper\"}"
host=$(q "SELECT host_path FROM file WHERE path = '/tmp/.cache/kworker'" | jq -r .host_path)
is "its place on the host's disk has these bytes" \
	"$(q "SELECT sha256 FROM file WHERE path = '/tmp/.cache/kworker'" | jq -r .sha256)" \
	"$(sha256sum <"$D$host" | cut -d' ' -f1)"
is "no file of a layer is told as the host's" \
	"$(q "SELECT path FROM file WHERE scope = 'host' AND path GLOB '*/diff/*'")" ""

# ---- findings --------------------------------------------------------------
found() {
	q "SELECT scope, path FROM finding WHERE rule = '$1'" |
		jq -r '.scope + " " + .path' | sort
}
is "the miner is found wherever it shows, and nowhere else" \
	"$(found cryptominer/miner-binary)" \
	"$(printf '%s\n' "$cache /usr/lib/cache/nginx" "$tools /opt/tools/cc1" \
		"$build /opt/tools/cc1" "$blog /tmp/.cache/kworker" | sort)"
is "the dropped script is found" "$(found container-escape/dropper)" \
	"$blog /usr/local/sbin/logrotate"
is "the bystanders are not blamed" \
	"$(q "SELECT rule, scope FROM finding
	    WHERE scope IN ('$clean', '$cleaned', '$site', '$blog2', 'host')")" ""
is "what is confined is to be investigated, no more" \
	"$(q "SELECT DISTINCT effect FROM finding WHERE effect <> 'note'" | jq -r .effect)" investigate
is "the miner's bytes are in the case, once" \
	"$(q "SELECT count(*) AS n FROM blob WHERE sha256 =
	    (SELECT sha256 FROM file WHERE path = '/tmp/.cache/kworker')")" '{"n":1}'

# ---- the clean store ---------------------------------------------------------
rm -rf "$D/var" "$T/c.db"
unpack_store docker-clean "$D/var/lib/docker" || exit 1
for p in collect-files "scan-yara --iocs $TOP/iocs"; do
	ok "clean: $p into the case" "$BIN/case-ingest" "$T/c.db" -- "$BIN/"$p -r "$D"
done
ok "clean: case-match into the case" "$BIN/case-ingest" "$T/c.db" -- \
	"$BIN/case-match" "$T/c.db" --iocs "$TOP/iocs"
is "clean: nothing at medium or above" \
	"$(q "SELECT rule, scope, path FROM finding
	    WHERE severity IN ('medium', 'high', 'critical')")" ""

# ---- what a layer has and a layer above deletes or replaces --------------------
tiny_store "$T/s"
O=$T/s/overlay2
mkdir -p "$O/layer1/diff/opt" "$O/layer2/diff/opt" "$O/layer1/diff/old"
printf '#!/bin/sh\n: hidden-mark\n' >"$O/layer1/diff/opt/deleted"
cp "$O/layer1/diff/opt/deleted" "$O/layer1/diff/opt/replaced"
cp "$O/layer1/diff/opt/deleted" "$O/layer1/diff/old/opaque"
cp "$O/layer1/diff/opt/deleted" "$O/layer1/diff/opt/shown"
chmod -R 755 "$O/layer1/diff"
mknod "$O/layer2/diff/opt/deleted" c 0 0
echo calm >"$O/layer2/diff/opt/replaced"
mkdir "$O/layer2/diff/old"
setfattr -n trusted.overlay.opaque -v y "$O/layer2/diff/old"
mknod "$O/upper/diff/opt" c 0 0 # the container deletes all of it: the image shows it
echo 'rule marked { meta: description = "a mark" author = "t" severity = "high" effect = "investigate" strings: $a = "hidden-mark" condition: $a }' >"$T/mark.yar"
rm -f "$T/c.db"
for p in collect-images collect-containers "collect-files --all" "scan-yara --all --iocs $TOP/iocs --rules $T/mark.yar"; do
	"$BIN/case-ingest" "$T/c.db" -- "$BIN/"$p -r "$T/s" >"$T/out" 2>&1
done
is "files that no image shows, once; the others as they are" \
	"$(q "SELECT substr(scope, 1, 6) AS s, path, size, hidden FROM file WHERE path GLOB '/o*/*' ORDER BY path, size" |
		jq -r '"\(.s) \(.path) \(.size) \(.hidden)"')" \
'image: /old/opaque 24 1
image: /opt/deleted 24 1
image: /opt/replaced 5 null
image: /opt/replaced 24 1
image: /opt/shown 24 null'
is "their bytes are matched" "$(q "SELECT path, hidden FROM match WHERE rule = 'marked' ORDER BY path" | jq -r '.path+" \(.hidden)"')" \
'/old/opaque 1
/opt/deleted 1
/opt/replaced 1
/opt/shown null'
ok "hidden: case-match" "$BIN/case-ingest" "$T/c.db" -- "$BIN/case-match" "$T/c.db" --iocs "$TOP/iocs"
is "and are found, in words that say where" \
	"$(q "SELECT path, detail FROM finding WHERE rule GLOB '*marked' ORDER BY path" |
		jq -r '.path+" "+(if .detail|test("in image app:1; in a layer, hidden by one above;") then "hidden" elif .detail|test("in image app:1; ") then "shown" else .detail end)')" \
'/old/opaque hidden
/opt/deleted hidden
/opt/replaced hidden
/opt/shown shown'
finish
