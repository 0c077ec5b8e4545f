# art.sh - what the tests of collect-persistence share; sourced after lib.sh

# rows STREAM ARTIFACT: the rows of a fixture and the notes, without what
# differs between machines; digests only as whether they are there
rows() {
	jq -cS --arg a "$2" 'select((.k=="persist" and .artifact==$a) or
		(.k=="account" and $a=="accounts") or
		(.k=="note" and .class!="absent")) |
		.sha256 |= (if . then "yes" else empty end) |
		.program_sha256 |= (if . then "yes" else empty end) |
		if .k=="persist" then del(.class) else . end |
		if .package_state=="unknown" then del(.package_state) else . end |
		del(.scope, .artifact, .origin, .modified_time, .changed_time,
		.size, .gid, .program_changed_time, .next, .next_time)' "$1"
}
