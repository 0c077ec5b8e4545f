#!/bin/sh
# in-release.sh - run a script of this directory with the engines of another
# Debian release
#
# usage: tests/stores/in-release.sh RELEASE SCRIPT [ARGUMENT...]
#
#   RELEASE   trixie (Docker 26.1, containerd 1.7, podman 5.4), forky (Docker
#             28.5, containerd 2.1, podman 5.8), or another
#
# The release is unpacked with debootstrap, once, below $ROOTS (/var/tmp/roots)
# from the mirror of this machine's apt; only that needs a network. The script
# runs in that root, in namespaces for mounts, processes and the network of its
# own, with RELEASE in its environment, and writes its fixture as it would here:
# tests/ is mounted there. Nothing of the machine is changed. The root stays:
# the caller removes it.
#
# Needs: debootstrap, root.

set -eu
[ $# -ge 2 ] || { echo "usage: $0 RELEASE SCRIPT [ARGUMENT...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
RELEASE=$1 script=$2
shift 2
root=${ROOTS:-/var/tmp/roots}/$RELEASE
packages=docker.io,docker-cli,docker-buildx,containerd,runc,podman,buildah,skopeo
packages=$packages,crun,conmon,netavark,uidmap,busybox-static,iproute2,iptables,jq,zstd
packages=$packages,python3,gcc,libc6-dev,attr,curl,btrfs-progs
if [ -z "${IN_RELEASE:-}" ]; then
	if [ ! -e "$root/.complete" ]; then
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
		# a release that this debootstrap does not know is made as sid is
		code=/usr/share/debootstrap/scripts/$RELEASE
		[ -e "$code" ] || code=/usr/share/debootstrap/scripts/sid
		debootstrap --variant=minbase --include=$packages "$RELEASE" "$root" "$mirror" "$code"
		: >"$root/.complete"
	fi
	exec env IN_RELEASE=1 unshare -m -n -p -f --kill-child --propagation private \
		"$0" "$RELEASE" "$script" "$@"
fi
mkdir -p "$root/tests" "$root/sys/fs/cgroup"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
# one hierarchy: the machine may have both versions
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount --bind "$here/.." "$root/tests"
exec env -i RELEASE="$RELEASE" HOME=/root PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin \
	${KEEP:+KEEP="$KEEP"} chroot "$root" "/tests/stores/$script" "$@"
