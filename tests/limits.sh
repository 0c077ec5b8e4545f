# limits.sh - print the table of docs/limits.md from limits.h
cd "$(dirname "$0")/.." || exit 1
awk '
/^#define [A-Z0-9_]+ / {
	name = $2
	line = $0
	why = ""
	if (match(line, /\/\*.*/)) {
		why = substr(line, RSTART + 2)
		line = substr(line, 1, RSTART - 1)
		while (why !~ /\*\// && (getline more) > 0) {
			sub(/^[ \t]*\*?[ \t]*/, "", more)
			why = why " " more
		}
		sub(/[ \t]*\*\/.*/, "", why)
		sub(/^[ \t]+/, "", why)
	}
	sub(/^#define [A-Z0-9_]+[ \t]*/, "", line)
	sub(/[ \t]+$/, "", line)
	n = line
	gsub(/[()L ]/, "", n)
	if (split(n, part, "*") == 4 && part[4] == 1024)
		line = part[1] " GiB"
	else if (split(n, part, "*") == 3 && part[3] == 1024)
		line = part[1] " MiB"
	else if (split(n, part, "*") == 2 && part[2] == 1024)
		line = part[1] " KiB"
	gsub(/\|/, "\\|", why)
	printf "| `%s` | %s | %s |\n", name, line, why
}' collectors/lib/limits.h
