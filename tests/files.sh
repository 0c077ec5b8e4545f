# files.sh N - a valid stream of N "file" records on stdout, for speed tests
#
# Paths, sizes and digests vary as on a real disk; the digest of the end
# record is right, so that case-ingest takes it.
n=${1:-1000000}
body=$(mktemp) || exit 1
trap 'rm -f "$body"' EXIT
awk -v n="$n" '
BEGIN {
	print "{\"k\":\"run\",\"version\":1,\"tool\":\"collect-files\"," \
	    "\"tool_version\":\"0\",\"build\":\"generated\"," \
	    "\"host\":\"bench\",\"root\":\"/mnt/evidence\"," \
	    "\"taken_for\":\"host\",\"live\":false,\"uid\":0," \
	    "\"start_time\":1600000000000000000}"
	srand(1)
	for (i = 0; i < n; i++) {
		h = ""
		for (k = 0; k < 8; k++)
			h = h sprintf("%08x", (i * 2654435761 + k * 40503 + \
			    int(rand() * 65536)) % 4294967296)
		printf "{\"k\":\"file\",\"scope\":\"host\"," \
		    "\"path\":\"/usr/lib/d%03d/package-%d/file_%07d.so\"," \
		    "\"type\":\"file\",\"mode\":420,\"uid\":%d,\"gid\":0," \
		    "\"size\":%d,\"inode\":%d,\"sha256\":\"%s\"," \
		    "\"modified_time\":%d000000000," \
		    "\"changed_time\":%d000000000," \
		    "\"accessed_time\":%d000000000}\n", i % 997, i % 4999, i, \
		    i % 7 == 0 ? 1000 : 0, (i * 7919) % 1048576, 100000 + i, \
		    h, 1500000000 + i, 1500000001 + i, 1600000000 + i
	}
}' >"$body"
cat "$body"
sum=$(sha256sum <"$body")
printf '{"k":"end","counts":"[\\"run=1\\",\\"file=%d\\"]","notes":0,"lost":0,"sha256":"%s","finish_time":1600000001000000000}\n' \
	"$n" "${sum%% *}"
