#!/bin/sh
# t-schema1 - manifests of schema 1: what podman says of an image that has one, the
# same in an OCI layout; what is signed, and what is not
. "$(dirname "$0")/lib.sh"
. "$TESTS/stores/lib.sh"
E=$TESTS/fixtures/store-podman-schema1/engine
fresh() { rm -rf "$T/storage" "$T/layout"; unpack_store podman-schema1 "$T"; }
images() { "$BIN/collect-images" -r "$T/$1" >"$T/rec" 2>"$T/msg"; }
lost() { records "$T/rec" note 'select(.lost)|.class+" "+.detail' | tr -d '"' | sort -u; }
mismatches() { records "$T/rec" mismatch .what | tr -d '"'; }
history() { records "$T/rec" image_history '[.created_time,.created_by,.empty]'; }

fresh
ok "containers-storage: exit" images storage
is "containers-storage: nothing is lost, nothing was changed" "$(lost; mismatches)" ""
is "containers-storage: what podman says" \
	"$(records "$T/rec" image '[.image_id[7:],.architecture,.os,.author,.cmd,.env,.labels,.user,.layers,.verified]')" \
	"$(jq -c '.[0]|[.Id,.Architecture,.Os,.Author,(.Config.Cmd|tojson),(.Config.Env|tojson),(.Config.Labels|to_entries|map("\(.key)=\(.value)")|tojson),.Config.User,(.RootFS.Layers|length),true]' "$E/inspect.json")"
# podman shows the newest first; which step is no layer it does not say
is "containers-storage: history" "$(history | jq -c '.[1]')" "$(jq -c 'reverse|.[]|.CreatedBy' "$E/history.json")"
is "containers-storage: a throwaway entry is no layer" "$(records "$T/rec" image_history '[.empty,.diff_id==null]' | tr '\n' ' ')" \
	'[false,false] [true,true] [false,false] [false,false] '
ids=$(records "$T/rec" image_layer .diff_id | head -n 2)
history >"$T/history"

ok "layout: exit" images layout
is "layout: nothing is lost, nothing was changed" "$(lost; mismatches)" ""
is "layout: the same settings" "$(records "$T/rec" image '[.names,.author,.cmd,.env,.labels,.user,.layers,.verified]')" \
	'["[\"app\"]","fixture","[\"/app\"]","[\"A=1\"]","[\"k=v\"]","33",3,true]'
is "layout: the same history" "$(history)" "$(cat "$T/history")"
is "layout: the same layers" "$(records "$T/rec" image_layer .diff_id | head -n 2)" "$ids"
"$BIN/collect-files" --all -r "$T/layout" >"$T/rec" 2>"$T/msg"
is "layout: files" "$(records "$T/rec" file 'select(.type=="file")|[.path,.hidden//false]|join(" ")' | tr -d '"' | sort | tr '\n' ' ')" \
	"/etc/one false /opt/three false /opt/two true "

# ---- what was signed, and what was not
M=$(ls -d "$T"/storage/vfs-images/*/manifest)
# spoil WHAT NOTES MISMATCHES SCRIPT: of the manifest, in both places that it has
spoil() {
	fresh
	for f in "${M%/manifest}"/manifest "${M%/manifest}"/=*; do
		[ "$(head -c 1 "$f")" = "{" ] || continue
		python3 -c "import sys;p=sys.argv[1];b=open(p,'rb').read();c=$4;assert b!=c;open(p,'wb').write(c)" "$f"
	done
	images storage
	like "$1: notes" "$(lost | tr '\n' ' ')" "$2"
	is "$1: mismatches" "$(mismatches | sort -u | tr '\n' ' ')" "$3"
	is "$1: still an image" "$(records "$T/rec" image .layers)" 3
}
spoil "the command" "^corrupt was changed: its digest is sha256:" "document " 'b.replace(b"[\\\"/app",b"[\\\"/aqp")'
spoil "a space in the signatures" '^$' "" 'b.replace(b"\"signatures\":[",b"\"signatures\": [")'
spoil "a member that is not signed" "corrupt was changed: its digest is" "document " 'b.replace(b",\"signatures\"",b",\"fsLayers\":[],\"signatures\"")'
spoil "a member behind the signatures" "corrupt was changed: its digest is" "document " 'b[:-1]+b",\"history\":[]}"'
spoil "a document that is none" "^corrupt its history cannot be read whole" "document " 'b.replace(b"{\\\"id\\\":\\\"8",b"[\\\"id\\\":\\\"8",1) if b"{\\\"id\\\":\\\"8" in b else b.replace(b"\"v1Compatibility\":\"{",b"\"v1Compatibility\":\"[")'
spoil "more history than layers" "its history cannot be read whole" "document " 'b.replace(b"\"history\":[",b"\"history\":[{},")'
fresh
L=$(grep -l fsLayers "$T"/layout/blobs/sha256/*)
sed -i 's/"architecture":"amd64"/"architecture":"amd65"/' "$L"
images layout
like "layout: changed: note" "$(lost)" "was changed: its digest is"
is "layout: changed: mismatch" "$(mismatches)" "document"
is "layout: changed: not verified" "$(records "$T/rec" image .verified)" false
finish
