#!/bin/sh
# t-live-dead - one machine, live and as a disk: the same answer
# alone
#
# Tables of persistence, accounts, packages, containers and images that are
# taken of / equal those that are taken of a read-only mount of it. With stores
# of several engines in place, so that there is something to compare.
. "$(dirname "$0")/lib.sh"

if [ $MOUNTS = 0 ]; then
	skip 'live and dead' 'no mounts here'
	finish
fi
mkdir "$T/bin" "$T/out" "$T/disk"
cp "$BIN"/collect-* "$T/bin/"
cp "$TESTS"/fixtures/store-docker-hostile.tar.zst \
	"$TESTS"/fixtures/store-podman-overlay.tar.zst "$T/"
# stores in their places, if there are none: they are seen in this namespace only
cat >"$T/both" <<'E'
T=$1
for d in docker containers; do
	mkdir -p /var/lib/$d && mount -t tmpfs -o size=200m none /var/lib/$d || exit 98
done
tar -C /var/lib/docker --zstd -xf "$T/store-docker-hostile.tar.zst"
mkdir "$T/podman" && tar -C "$T/podman" --zstd -xf "$T/store-podman-overlay.tar.zst"
cp -a "$T/podman/var/lib/containers/." /var/lib/containers/
mount --rbind / "$T/disk" || exit 99
mount -o remount,bind,ro "$T/disk" 2>/dev/null
for d in proc sys dev run; do umount -l "$T/disk/$d" 2>/dev/null; done
for c in persistence containers images packages; do
	"$T/bin/collect-$c" >"$T/out/$c-live" 2>"$T/out/$c-live-err"
	echo $? >"$T/out/$c-live-status"
	"$T/bin/collect-$c" -r "$T/disk" >"$T/out/$c-dead" 2>"$T/out/$c-dead-err"
	echo $? >"$T/out/$c-dead-status"
done
E
live sh "$T/both" "$T"
# what a disk cannot have: /run, /proc, /sys, /dev; times of reading
rows() { # FILE KIND
	jq -c "select(.k==\"$2\") | del(.start, .next, .next_time)" "$1" |
		grep -v '"path":"/\(run\|proc\|sys\|dev\)/\|"source":"/run' | sort
}
for t in persistence:persist persistence:account containers:container \
	containers:mount containers:change images:image images:image_name \
	images:image_layer images:image_history packages:package; do
	c=${t%:*} k=${t#*:}
	rows "$T/out/$c-live" "$k" >"$T/a"
	rows "$T/out/$c-dead" "$k" >"$T/b"
	if cmp -s "$T/a" "$T/b"; then
		pass "$k: $(wc -l <"$T/a") rows, the same live and dead"
	else
		fail "$k: the same live and dead" "$(diff "$T/a" "$T/b" | cut -c1-600 | head -n 6)"
	fi
done
like 'there are entries of persistence' "$(records "$T/out/persistence-live" persist .k | wc -l)" '^[1-9][0-9]'
like 'there are images' "$(records "$T/out/images-live" image .k | wc -l)" '^[1-9]'
finish
