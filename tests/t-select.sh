# t-select.sh - --host, --containers, --images: what is asked for and nothing
# else, in every program that has them
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"

# Two containers and two images of one store, and a host.
E=$T/e
S=$E/var/lib/docker
mkdir -p "$E/etc/cron.d" "$E/usr" "$E/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$E/etc/passwd"
echo '* * * * * root /bin/host-job' >"$E/etc/cron.d/job"
printf '#!/bin/sh\necho host\n' >"$E/tmp/host.sh"
tiny_store "$S"
one=$CID app=$IMG
L2=l/BBBBBBBBBBBBBBBBBBBBBBBBBB L1=l/AAAAAAAAAAAAAAAAAAAAAAAAAA
# container NAME ID: another container of the image
container() {
	cp -r "$S/containers/$one" "$S/containers/$2"
	sed -i "s/$one/$2/; s/\"\/one\"/\"\/$1\"/" "$S/containers/$2/config.v2.json"
	cp -r "$S/image/overlay2/layerdb/mounts/$one" "$S/image/overlay2/layerdb/mounts/$2"
	printf 'upper-%s' "$1" >"$S/image/overlay2/layerdb/mounts/$2/mount-id"
	mkdir -p "$S/overlay2/upper-$1/diff/etc/cron.d"
	printf '%s:%s' $L2 $L1 >"$S/overlay2/upper-$1/lower"
	echo "* * * * * root /bin/$1-job" >"$S/overlay2/upper-$1/diff/etc/cron.d/job"
	printf '#!/bin/sh\necho %s\n' "$1" >"$S/overlay2/upper-$1/diff/$1.sh"
}
web=abcd$(tiny_digest web | cut -c 5-) db=abce$(tiny_digest db | cut -c 5-)
container web "$web"
container db "$db"
# an image of the lower layer alone, by several names, and with a crontab of its own
mkdir -p "$S/overlay2/layer1/diff/etc/cron.d"
echo '* * * * * root /bin/image-job' >"$S/overlay2/layer1/diff/etc/cron.d/base"
printf '#!/bin/sh\necho base\n' >"$S/overlay2/layer1/diff/base.sh"
json='{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["'$D1'"]}}'
base=$(tiny_digest "$json")
printf '%s' "$json" >"$S/image/overlay2/imagedb/content/sha256/$base"
printf '{"Repositories":{"app":{"app:1":"sha256:%s"},"registry.example/team/base":{"registry.example/team/base:1.0":"sha256:%s","registry.example/team/base:edge":"sha256:%s"}}}' \
	"$app" "$base" "$base" >"$S/image/overlay2/repositories.json"
cat >"$T/rules.yar" <<'X'
rule echoes { strings: $a = "echo " condition: $a }
X

# read PROGRAM ARGS...: to $T/rec; prints the exit status
read_() {
	_p=$1
	shift
	[ "$_p" = scan-yara ] && set -- --rules "$T/rules.yar" "$@"
	"$BIN/$_p" -r "$E" "$@" >"$T/rec" 2>"$T/msg"
	echo $?
}
# scopes KIND...: those of all records, with the containers' and images' names
scopes() {
	jq -r 'select(.scope and .k != "note") | .scope' "$T/rec" | sort -u |
		sed "s,container:docker/,,; s,image:docker/sha256:,," |
		sed "s/$one/one/; s/$web/web/; s/$db/db/; s/$app/app/; s/$base/base/" | sort | paste -sd ' '
}
want() { # PROGRAM WANTED ARGS...
	_p=$1 _w=$2
	shift 2
	is "$_p $*: exit" "$(read_ "$_p" "$@")" 0
	is "$_p $*" "$(scopes)" "$_w"
}

for p in collect-files scan-yara collect-packages collect-persistence; do
	all='app base db host one web' images='app base'
	[ $p = collect-persistence ] && all='db host one web'
	[ $p = collect-packages ] && continue # no rows without a database: below
	want $p "$all"
	unlike "$p: no note without an option" "$(records "$T/rec" note .op)" select
	want $p 'host' --host
	want $p 'db one web' --containers
	want $p "$images" --images
	want $p "$images db one web" --images --containers
	want $p 'host web' --host --containers=web
	want $p 'web' --containers="$web"
	want $p 'web' --containers=abcd
	want $p 'web' --containers=docker/abcd
	want $p 'web' --containers=docker/web
	want $p 'web' --containers="container:docker/$web"
	want $p 'db one' --containers=one --containers="${db}"
	want $p 'base' --images="$base"
	want $p 'base' --images="sha256:$base"
	want $p 'base' --images="image:docker/sha256:$base"
	want $p 'base' --images="$(echo "$base" | cut -c 1-8)"
	want $p 'base' --images="sha256:$(echo "$base" | cut -c 1-8)"
	want $p 'base' --images=registry.example/team/base:edge
	want $p 'base' --images=team/base:1.0
	want $p 'base' --images=base
	want $p 'base' --images=docker/base
	want $p 'app' --images=app:1
	want $p 'web' --containers=/web
	want $p 'app' --images=docker.io/library/app
	want $p 'app' --images=library/app:1
	want $p 'app' --images=index.docker.io/app:1
	want $p 'app' --images=docker/docker.io/library/app
	want $p 'app web' --images=app --containers=web
	like "$p: a note says that it is a part" \
		"$(records "$T/rec" note 'select(.op=="select")|[.class,.lost,.detail]')" \
		'^\["limit",false,"only what was asked for is in this run: containers: web; images: app"\]$'

	is "$p: not there: exit" "$(read_ $p --containers=nobody --containers=web)" 1
	is "$p: not there: the other one is read" "$(scopes)" web
	like "$p: not there: message" "$(cat "$T/msg")" "there is no 'nobody'"
	is "$p: not there: note" \
		"$(records "$T/rec" note 'select(.op=="select" and .lost)|[.class,.detail]')" \
		"[\"denied\",\"--containers: there is no 'nobody'\"]"
	is "$p: another registry" "$(read_ $p --images=quay.io/library/app) $(scopes)" "1 "
	is "$p: another account" "$(read_ $p --images=docker.io/team/app) $(scopes)" "1 "
	is "$p: no registry is the hub" "$(read_ $p --images=docker.io/team/base) $(scopes)" "1 "
	is "$p: not a tag of it" "$(read_ $p --images=base:2) $(scopes)" "1 "
	is "$p: part of a name is none" "$(read_ $p --images=ase) $(scopes)" "1 "
	is "$p: three digits are none" "$(read_ $p --containers=abc) $(scopes)" "1 "
	like "$p: three digits are none: message" "$(cat "$T/msg")" "there is no 'abc' \(of an id at least 4 hexadecimal digits are needed\)"
	is "$p: three digits that nothing begins with" "$(read_ $p --containers=fff) $(grep -c 'digits are needed' "$T/msg")" "1 0"
	is "$p: an id of the other kind" "$(read_ $p --images="$web") $(scopes)" "1 "

	is "$p: several begin so: exit" "$(read_ $p --containers=abc"$(echo "$web" | cut -c 4-4)" --containers=web) $(scopes)" "0 web"
done
# a fourth digit that does not tell them apart
mv "$S/containers/$db" "$S/containers/abcd$(echo "$db" | cut -c 5-)"
mv "$S/image/overlay2/layerdb/mounts/$db" "$S/image/overlay2/layerdb/mounts/abcd$(echo "$db" | cut -c 5-)"
db2=abcd$(echo "$db" | cut -c 5-)
sed -i "s/$db/$db2/" "$S/containers/$db2/config.v2.json"
for p in collect-files collect-containers; do
	is "$p: several begin so: usage" "$(read_ $p --containers=abcd)" 2
	is "$p: several begin so: nothing is written" "$(wc -c <"$T/rec")" 0
	like "$p: several begin so: the first" "$(cat "$T/msg")" "'abcd' may be container:docker/$web\$"
	like "$p: several begin so: the second" "$(cat "$T/msg")" "'abcd' may be container:docker/$db2\$"
	like "$p: several begin so: how many" "$(cat "$T/msg")" "beginning of 2 ids"
done
is "an image among containers" "$(read_ collect-files --containers="image:docker/sha256:$app")" 2
is "nothing behind =" "$(read_ collect-files --containers=)" 2
is "a store has no host" "$("$BIN/collect-files" -r "$S" --host >/dev/null 2>"$T/msg"; echo $?)" 2
like "a store has no host: message" "$(cat "$T/msg")" "is a container store"

# origin of what an image has, and its own entries
is "entries of an image" "$(read_ collect-persistence --images=base) $(records "$T/rec" persist 'select(.artifact=="cron-d")|[.command,.origin,.scope]' | sed "s/$base/base/")" \
	'0 ["/bin/image-job","image","image:docker/sha256:base"]'

# references: tag and digest; NAMES of the image base
cp "$S/image/overlay2/repositories.json" "$T/repositories"
hex=$(tiny_digest manifest)
printf '{"Repositories":{"app":{"app:1":"sha256:%s","app":"sha256:%s","app:2":"sha256:%s"},"registry.example:5000/team/base":{"registry.example:5000/team/base@sha256:%s":"sha256:%s"}}}' \
	"$app" "$app" "$base" "$hex" "$base" >"$S/image/overlay2/repositories.json"
p=collect-images
ref() { # WANTED ARG
	is "--images=$2" "$(read_ $p --images="$2" | sed "s/1/none/; s/0//")$(records "$T/rec" image .image_id | sed "s/\"sha256:$app\"/app/; s/\"sha256:$base\"/base/" | sort | paste -sd ' ')" "$1"
}
ref 'app base' app
ref 'app' app:latest
ref 'app' docker.io/library/app:latest
ref 'base' docker.io/library/app:2
ref 'app base' docker.io/app
ref 'none' app:3
ref 'base' "registry.example:5000/team/base@sha256:$hex"
ref 'base' "team/base@sha256:$hex"
ref 'base' "team/base:9.9@sha256:$hex"
ref 'base' "sha256:$hex"
ref 'base' team/base
ref 'none' team/base:latest
ref 'none' "registry.example:5001/team/base@sha256:$hex"
ref 'none' "team/base@sha256:${hex%?}"
cp "$T/repositories" "$S/image/overlay2/repositories.json"

# stores themselves
is "collect-containers: one" "$(read_ collect-containers --containers=web) $(records "$T/rec" container .name) $(records "$T/rec" change .scope | sort -u)" \
	"0 \"web\" \"container:docker/$web\""
is "collect-containers: all" "$(read_ collect-containers --containers) $(records "$T/rec" container .name | sort | paste -sd ' ')" '0 "db" "one" "web"'
is "collect-images: one" "$(read_ collect-images --images=base) $(records "$T/rec" image .image_id)" "0 \"sha256:$base\""
is "collect-images: layers of that one" "$(records "$T/rec" image_layer .image_id | sort -u)" "\"sha256:$base\""
is "collect-images: no --containers" "$(read_ collect-images --containers)" 2

# packages: a database that a container has
mkdir -p "$E/var/lib/dpkg" "$S/overlay2/layer1/diff/var/lib/dpkg"
for d in "$E" "$S/overlay2/layer1/diff"; do
	printf 'Package: p\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >"$d/var/lib/dpkg/status"
done
p=collect-packages
read_ $p >/dev/null
is "$p" "$(records "$T/rec" package .scope | wc -l)" 6
for x in '1 --host' '3 --containers' '2 --images' '1 --containers=web' '1 --images=base' '2 --host --images=app'; do
	n=${x%% *}
	read_ $p ${x#* } >/dev/null
	is "$p ${x#* }" "$(records "$T/rec" package .scope | wc -l)" "$n"
done

# A layer of the others is not taken for the host's.
read_ collect-files --all --host >/dev/null
is "--host: nothing of a layer" "$(records "$T/rec" file .path | grep -c 'overlay2/.*/diff/')" 0
read_ collect-files --all --host --containers=web >/dev/null
is "a layer is read once" "$(records "$T/rec" file 'select(.path=="/base.sh")|.scope')" "\"container:docker/$web\""

# No keep rests on a run that read a part.
"$BIN/salvor" triage -r "$E" -c "$T/case" --iocs "$TOP/iocs" >"$T/out" 2>&1
a=$("$BIN/case-verdict" -p json "$T/case" 2>/dev/null | head -c 0; sqlite3 "$T/case" "SELECT count(*) FROM note WHERE op = 'select'")
is "triage asks for everything" "$a" 0
"$BIN/case-ingest" "$T/case" -- "$BIN/collect-files" -r "$E" --containers=web >/dev/null 2>&1
"$BIN/case-match" "$T/case" --iocs "$TOP/iocs" >/dev/null 2>&1
"$BIN/case-verdict" "$T/case" >"$T/out" 2>&1
like "the whole run counts, not the part" "$(jq -r 'select(.area == "files") | .state + " " + .detail' "$T/out")" 'examined|partial'
unlike "what was asked for is no loss then" "$(cat "$T/out")" "only what was asked for"
"$BIN/case-ingest" "$T/part" -- "$BIN/collect-files" -r "$E" --containers=web >/dev/null 2>&1
"$BIN/case-match" "$T/part" --iocs "$TOP/iocs" >/dev/null 2>&1
"$BIN/case-verdict" "$T/part" >"$T/out" 2>&1
like "the verdict says that it was a part" "$(cat "$T/out")" "only what was asked for is in this run: containers: web"
# the whole, then another look at one container
"$BIN/case-ingest" "$T/two" -- "$BIN/collect-files" -r "$E" >/dev/null 2>&1
"$BIN/case-query" --format jsonl --sql 'SELECT scope, path FROM file ORDER BY 1, 2' "$T/two" >"$T/whole"
"$BIN/case-ingest" "$T/two" -- "$BIN/collect-files" -r "$E" --containers=web >/dev/null 2>&1
"$BIN/case-query" --format jsonl --sql 'SELECT DISTINCT scope, path FROM file ORDER BY 1, 2' "$T/two" >"$T/both"
like 'files of a whole run' "$(wc -l <"$T/whole")" '^[1-9]'
ok 'a part hides nothing of the whole' cmp "$T/whole" "$T/both"
finish
