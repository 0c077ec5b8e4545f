# kinds.awk - the kinds and columns of kinds.def as mdoc, for stream(5)
#
# usage: awk -f docs/man/kinds.awk collectors/lib/kinds.def
#
# Its output stands in stream.5 between two comments; t-case-ingest.sh fails
# when it is not what this makes. To renew it: make tables.

# the text between the first two double quotes of s
function quoted(s) {
	sub(/^[^"]*"/, "", s)
	sub(/"[^"]*$/, "", s)
	gsub(/\\"/, "\"", s)
	gsub(/\\/, "\\e", s)
	return s
}

# a line that does not begin like a macro
function text(s) {
	return s ~ /^[.']/ ? "\\&" s : s
}

/^KIND\(/ {
	split($0, part, /[(,]/)
	n = split($0, q, "\"")
	print ".Ss " part[2]
	print text(toupper(substr(q[4], 1, 1)) substr(q[4], 2)) "."
	print q[2] == "*" ? "Every program sends it." : "From: " q[2] "."
	print ".Bl -column \"healthcheck_time\" \"BYTES\" -compact"
}

/^COL\(/ {
	split($0, part, /[(,]/)
	gsub(/ /, "", part[3])
	gsub(/ /, "", part[4])
	doc = quoted($0)
	print ".It " part[3] " Ta " part[4] " Ta " doc
}

/^END\(/ {
	print ".El"
}
