# kinds.sh - print the section KINDS of stream(5) from kinds.def
cd "$(dirname "$0")/.." || exit 1
awk '
function text(s) { # the last string of a declaration
	s = substr(s, index(s, ", \"") + 3)
	sub(/"\)$/, "", s)
	gsub(/\\"/, "\"", s)
	gsub(/\\/, "\\e", s)
	return s
}
/^KIND\(/ {
	split($0, part, /[(,]/)
	kind = part[2]
	match($0, /"[^"]*"/)
	tools = substr($0, RSTART + 1, RLENGTH - 2)
	rest = substr($0, RSTART + RLENGTH)
	print ".Ss " kind
	doc = text(rest)
	print toupper(substr(doc, 1, 1)) substr(doc, 2) "."
	if (tools == "*")
		print "Sent by every program."
	else {
		n = split(tools, tool, " ")
		print "Sent by"
		for (i = 1; i <= n; i++)
			print ".Sy " tool[i] (i < n ? " ," : " .")
	}
	print ".Pp"
	print ".Bl -tag -width accessed_timeX -compact"
}
/^COL\(/ {
	split($0, part, /[(,] */)
	type = tolower(part[4])
	doc = text($0)
	print ".It Va " part[3]
	print type (doc == "" ? "" : ": " doc)
}
/^END\(/ { print ".El" }
' collectors/lib/kinds.def
