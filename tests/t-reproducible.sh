# t-reproducible.sh - law 8: the same bytes from the same commit, in whatever
# folder, by however many jobs
# plain
# first
. "$(dirname "$0")/lib.sh"

if [ -n "$SAN" ] || [ -n "${NO_REBUILD:-}" ]; then
	skip "two builds give the same bytes" "sanitizers"
	finish
fi
cd "$TOP" || exit 1
b=$T/a/longer/path
mkdir -p "$b"
tar --exclude=./.build --exclude=./.git -cf - . | tar -C "$b" -xf -
commit=$(git -c safe.directory="$TOP" rev-parse --short=12 HEAD 2>/dev/null ||
	echo unknown)
unlike "a second build" "$({ make -C "$b" -j2 B="$b/out" COMMIT="$commit" all 2>&1 ||
	echo failed; } | tail -n 1)" failed
is "two builds give the same bytes" \
	"$(cd "$b/out/bin" && sha256sum *)" "$(cd "$BIN" && sha256sum *)"
finish
