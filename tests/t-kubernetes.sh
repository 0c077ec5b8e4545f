# t-kubernetes.sh - what a Kubernetes node runs: manifests, the kubelet's
# directories, logs, its cluster
. "$(dirname "$0")/lib.sh"

F=$TESTS/fixtures/store-kubernetes-node
R=$T/r
run() { "$BIN/collect-containers" -r "$R" >"$T/rec" 2>"$T/msg"; echo $?; }
notes() { records "$T/rec" note 'select(.lost)|[.class, .detail // "", .path // ""] | join(" ")' | tr -d '"'; }
pod() { records "$T/rec" pod "select(.name==\"$1\")|$2"; }
host() {
	rm -rf "$R"
	mkdir -p "$R/etc" "$R/usr"
	echo root:x:0:0:root:/root:/bin/sh >"$R/etc/passwd"
}
put() { # FIXTURE PATH
	mkdir -p "$R$(dirname "$2")"
	cp "$F/$1" "$R$2"
}
UID1=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee

# ---- a node of kubeadm
host
M=/etc/kubernetes/manifests
put kube-apiserver.yaml $M/kube-apiserver.yaml
put etcd.yaml $M/etcd.yaml
put evil.json $M/evil.json
put evil.json $M/.hidden.json
put kubelet.conf /etc/kubernetes/kubelet.conf
put config.yaml /var/lib/kubelet/config.yaml
P=/var/lib/kubelet/pods/$UID1
put etc-hosts $P/etc-hosts
mkdir -p "$R$P/containers/web" "$R$P/containers/side" "$R$P/volumes/kubernetes.io~projected/kube-api-access-x" \
	"$R$P/volumes/kubernetes.io~configmap/settings" "$R$P/plugins" \
	"$R/var/log/pods/shop_web-7c5ddbdf54-abcde_$UID1/web" "$R/var/log/pods/default_gone_99999999-bbbb-cccc-dddd-eeeeeeeeeeee/job" \
	"$R/var/log/containers"
C=$(printf x | sha256sum | cut -c 1-64)
ln -s /nowhere "$R/var/log/containers/gone_default_job-$C.log"
ln -s /nowhere "$R/var/log/containers/older_default_old-job-$C.log"
is "node: exit" "$(run)" 0
is "node: its cluster" "$(records "$T/rec" node '[.engine,.path,.name,.role,.peers]')" \
	'["kubernetes","/etc/kubernetes/kubelet.conf","worker-1","manager","[\"https://192.0.2.10:6443\"]"]'
is "node: pods" "$(records "$T/rec" pod '[.source,.namespace,.name]|join(" ")' | tr -d '"' | sort | tr '\n' ';')" \
	'kubelet shop web-7c5ddbdf54-abcde;log default gone;log default older;log shop web-7c5ddbdf54-abcde;manifest default helper;manifest kube-system etcd;manifest kube-system kube-apiserver;'
is "node: the control plane mounts read-only" "$(pod kube-apiserver '[.privileged,.host_network,.host_pid,.host_paths]')" \
	'[false,true,false,"[\"/etc/kubernetes/pki:/etc/kubernetes/pki:ro\",\"/etc/ssl/certs:/etc/ssl/certs:ro\"]"]'
is "node: command" "$(pod kube-apiserver .commands)" '"[\"kube-apiserver --advertise-address=192.0.2.10 --client-ca-file=/etc/kubernetes/pki/ca.crt --secure-port=6443\"]"'
is "node: a static pod that owns the host" "$(pod helper '[.uid,.host_pid,.host_ipc,.host_paths,.images]')" \
	'["11111111-2222-3333-4444-555555555555",true,true,"[\"/:/host\"]","[\"alpine:3\"]"]'
is "node: a pod of the kubelet" "$(records "$T/rec" pod 'select(.source=="kubelet")|[.path,.uid,.containers,.volumes]')" \
	"[\"$P\",\"$UID1\",\"[\\\"side\\\",\\\"web\\\"]\",\"[\\\"configmap/settings\\\",\\\"projected/kube-api-access-x\\\"]\"]"
rm -r "$R/var/log/pods"
run >/dev/null
is "node: the pod's name without its logs" "$(records "$T/rec" pod 'select(.source=="kubelet")|.name')" '"web-7c5ddbdf54-abcde"'

# the case: hostile is found, the control plane is not accused
"$BIN/collect-containers" -r "$R" >"$T/rec" 2>/dev/null
"$BIN/case-ingest" "$T/case" <"$T/rec" >/dev/null 2>"$T/msg"
"$BIN/case-match" --iocs "$TOP/iocs" "$T/case" >"$T/found" 2>"$T/msg"
like "findings: the static pod" "$(records "$T/found" finding 'select(.severity=="high")|.detail')" "helper .manifest. may write / of the host"
is "findings: nobody else is accused" \
	"$(records "$T/found" finding 'select(.severity!="low" and .severity!="info")|.path' | grep -v evil | sort -u)" ""

# ---- other places
for p in /var/lib/rancher/k3s/agent/pod-manifests /var/lib/rancher/k3s/server/manifests \
	/var/lib/rancher/rke2/agent/pod-manifests /var/lib/k0s/manifests/x /etc/kubelet.d; do
	host
	put etcd.yaml $p/etcd.yaml
	is "$p" "$(run) $(pod etcd .path)" "0 \"$p/etcd.yaml\""
done
host
put etcd.yaml /srv/pods/etcd.yaml
put config.yaml /var/lib/kubelet/config.yaml
sed -i 's|/etc/kubernetes/manifests|/srv/pods|' "$R/var/lib/kubelet/config.yaml"
is "staticPodPath" "$(run) $(pod etcd .path)" '0 "/srv/pods/etcd.yaml"'
rm "$R/var/lib/kubelet/config.yaml"
mkdir -p "$R/data/kubelet/pods/$UID1" "$R/etc/systemd/system"
printf '[Service]\nExecStart=/usr/bin/kubelet --pod-manifest-path=/srv/pods --root-dir /data/kubelet\n' >"$R/etc/systemd/system/kubelet.service"
is "options of the kubelet: exit" "$(run)" 0
is "options of the kubelet" "$(records "$T/rec" pod '[.source,.path]|join(" ")' | tr -d '"' | tr '\n' ';')" \
	"manifest /srv/pods/etcd.yaml;kubelet /data/kubelet/pods/$UID1;"
host
mkdir -p "$R/srv/real" "$R/etc/kubernetes/manifests"
cp "$F/etcd.yaml" "$R/srv/real/e.yaml"
ln -s /srv/real/e.yaml "$R/etc/kubernetes/manifests/e.yaml"
is "a manifest that is a link" "$(run) $(pod etcd .path)" '0 "/srv/real/e.yaml"'

# ---- several documents, references
host
put many.yaml $M/many.yaml
is "many: exit" "$(run)" 0
is "many: names" "$(records "$T/rec" pod '[.namespace,.name]|join(" ")' | tr -d '"' | tr '\n' ';')" "kube-system network;default nightly;"
is "many: what references and merges give" "$(pod network '[.containers,.images,.commands,.privileged,.host_network,.capabilities,.service_account]')" \
	'["[\"install\",\"run\"]","[\"registry.example.org/cni:1\",\"registry.example.org/cni:1\"]","[\"sh -c cp /cni /opt/cni/bin\",\"sh -c cp /cni /opt/cni/bin\"]",true,true,"[\"NET_ADMIN\",\"SYS_ADMIN\"]","network"]'
is "many: volumes" "$(pod network '[.host_paths,.volumes]')" \
	'["[\"/opt/cni/bin/x:/opt/cni/bin\"]","[\"configMap/network-config\",\"emptyDir/tmp\"]"]'

# ---- hostile
spoil() { # WHAT PATTERN COMMAND: and the other manifest is read
	host
	put etcd.yaml $M/etcd.yaml
	(cd "$R$M" && eval "$3")
	is "$1: exit" "$(run)" 1
	like "$1: note" "$(notes)" "$2"
	is "$1: the rest is read" "$(pod etcd .name)" '"etcd"'
}
spoil "no YAML" "^corrupt is no YAML at line 2" 'printf "a: b\n\t- x: [\n" >x.yaml'
spoil "bytes that are no text" "^corrupt is no YAML" 'head -c 3000 /dev/urandom >x.yaml'
spoil "a manifest of 1 GiB" "^limit longer than" 'truncate -s 1G x.yaml'
spoil "wrong types" "^corrupt [0-9]+ values are not" 'echo "{kind: Pod, metadata: [], spec: {containers: [7, {name: {}, image: [], command: {}}], volumes: {}}}" >x.yaml'
spoil "very deep" "^limit |^corrupt is no YAML" 'head -c 100000 /dev/zero | tr "\0" "[" >x.yaml'
spoil "deep in blocks" "^limit |^corrupt is no YAML" 'head -c 100000 /dev/zero | sed "s/\x00/- /g" >x.yaml'
spoil "a bomb of references" "^limit more than" '{ echo "a: &a [x,x,x,x,x,x,x,x,x]"; p=a; for c in b c d e f g h i; do echo "$c: &$c [*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p]"; p=$c; done; } >x.yaml'
spoil "a document that refers to itself" "^limit more than|^corrupt" 'echo "a: &a {b: *a}" >x.yaml'
host
put etcd.yaml $M/etcd.yaml
mkfifo "$R$M/fifo"
ln -s /etc/shadow.real "$R$M/gone"
ln -s . "$R$M/loop"
is "a FIFO, links to nothing and in circles" "$(timeout 20 "$BIN/collect-containers" -r "$R" >"$T/rec" 2>/dev/null; echo $?) $(pod etcd .name)" '0 "etcd"'
host
mkdir -p "$R/etc/kubernetes/manifests" "$R/var/lib/kubelet/pods"
is "an empty frame" "$(run) $(records "$T/rec" pod .name)$(notes)" "0 "
finish
