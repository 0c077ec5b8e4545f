# cleanroot.sh [DIR] - a freshly installed Debian 12 in DIR, as root; without
# DIR only the archive of it
#
# debootstrap makes it once; .build/clean-root.tar keeps it. Exit 1 with a
# reason on stderr where there is no network or no root.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
keep=$top/.build/clean-root.tar
[ "$(id -u)" = 0 ] || { echo "wants root" >&2; exit 1; }
mkdir -p "$top/.build"
(
	flock 9
	[ -s "$keep" ] && exit 0
	new=$(mktemp -d "$top/.build/clean-root.XXXXXX")
	trap 'rm -rf --one-file-system "$new"' EXIT
	chmod 755 "$new"
	unshare -m debootstrap --include=openssh-server,docker.io,sudo,git,at,dbus bookworm "$new" \
		>"$keep.log" 2>&1 || {
		echo "debootstrap failed: $(tail -n 1 "$keep.log")" >&2
		exit 1
	}
	tar --xattrs --numeric-owner --one-file-system -C "$new" \
		--exclude='./proc/*' --exclude='./sys/*' \
		--exclude='./var/cache/apt/archives/*.deb' \
		-cf "$keep.new" .
	mv "$keep.new" "$keep"
) 9>"$top/.build/clean-root.lock"
[ $# -gt 0 ] || exit 0
mkdir -p "$1"
tar --xattrs --xattrs-include='*' --numeric-owner -C "$1" -xpf "$keep"
