# t-case-match.sh - packs, indicators in every place, rules that fail
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
# itself, not what may stand before it and starts it anew each time
PY=$(python3 -c 'import sys; print(sys.executable)')

new() { # FILE: a case of the records on stdin
	rm -f "$1"
	"$PY" -S tests/stream.py | "$BIN"/case-ingest "$1" >/dev/null 2>"$T/ierr" ||
		fail "ingest of $1" "$(cat "$T/ierr")"
}
found() { # JQ: findings of $T/m through a filter, one a line
	jq -r "select(.k==\"finding\") | $1" "$T/m"
}
match() { "$BIN"/case-match "$@" >"$T/m" 2>"$T/merr"; }
sum() { found '"\(.severity)/\(.effect) \(.rule)"' | sort -u | tr '\n' ' '; }

# ---- usage ----------------------------------------------------------------
echo '{"k":"run","tool":"collect-images"}' | new "$T/empty"
status "no operand is usage" 2 "$BIN"/case-match
status "two operands are usage" 2 "$BIN"/case-match a b
status "what is no case is our failure" 3 "$BIN"/case-match --iocs iocs "$TOP/Makefile"
status "an absent case" 3 "$BIN"/case-match --iocs iocs "$T/none"
status "an absent pack" 3 "$BIN"/case-match --iocs "$T/none" "$T/empty"
like "it is named" "$(cat "$T/err")" "cannot open '.*none'"
mkdir "$T/nopack"
status "a folder without packs" 3 "$BIN"/case-match --iocs "$T/nopack" "$T/empty"
like "it says so" "$(cat "$T/err")" "is no pack and holds none"
if command -v script >/dev/null; then
	script -qec "'$BIN/case-match' --iocs iocs '$T/empty'" /dev/null \
		>"$T/tty" 2>&1 </dev/null
	is "records are not for a terminal" $? 2
fi
status "nothing is found in an empty case" 0 \
	sh -c "'$BIN'/case-match --iocs iocs '$T/empty' >'$T/m'"
is "no finding" "$(sum)" ""
like "its run names the case" "$(jq -r 'select(.k=="run")|.case_id' "$T/m")" \
	'^[0-9a-f]{32}$'
status "packs are listed" 0 "$BIN"/case-match --iocs iocs -L
like "each with its rules" "$(cat "$T/out")" \
	"docker123321/cron-without-user +medium, investigate"
status "pretty" 0 "$BIN"/case-match -p --iocs iocs "$T/empty"
mkdir -p "$T/a/bin"
cp "$BIN/case-match" "$T/a/bin/"
status "without packs it says so" 3 "$T/a/bin/case-match" -p "$T/empty"
like "and what to do" "$(cat "$T/err")" "use --iocs"
cp -r iocs "$T/a/bin/iocs"
status "packs beside the program are the default" 0 "$T/a/bin/case-match" -L
mkdir -p "$T/b/.build/bin" "$T/b/.build/san/bin"
cp "$BIN/case-match" "$T/b/.build/bin/"
cp "$BIN/case-match" "$T/b/.build/san/bin/"
cp -r iocs "$T/b/iocs"
status "else those of the tree" 0 "$T/b/.build/bin/case-match" -L
status "also from a sanitizer's build" 0 "$T/b/.build/san/bin/case-match" -L
mkdir -p "$T/c/bin" "$T/c/share/salvor"
cp "$BIN/case-match" "$T/c/bin/"
cp -r iocs "$T/c/share/salvor/iocs"
status "else the installed ones" 0 "$T/c/bin/case-match" -L

# ---- images ----------------------------------------------------------------
h() { printf '%s' "$1" | sha256sum | cut -c1-64; }
image() { # NAME [MORE JSON]
	i=sha256:$(h "$1")
	printf '%s\n' "{\"k\":\"image\",\"scope\":\"image:docker/$i\",\"engine\":\"docker\",\"store\":\"/s\",\"image_id\":\"$i\"${2:-}}" \
		"{\"k\":\"image_name\",\"engine\":\"docker\",\"store\":\"/s\",\"image_id\":\"$i\",\"name\":\"$1\"}"
}
container() { # IMAGE_REF IMAGE_ID [MORE JSON]
	c=$(h "c$1$2")
	printf '%s\n' "{\"k\":\"container\",\"scope\":\"container:docker/$c\",\"engine\":\"docker\",\"store\":\"/s\",\"container_id\":\"$c\",\"name\":\"n\",\"image_ref\":\"$1\",\"image_id\":\"$2\"${3:-}}"
}
hostile='docker123321/tomcat docker123321/tomcat:latest docker.io/docker123321/mysql:1
	index.docker.io/docker123321/x DOCKER123321/Y docker123321/new@sha256:aa
	mirror.example/docker123321/tomcat mirror.example:5000/hub/docker123321/cron:2
	localhost/docker123321/t1 registry-1.docker.io/docker123321/a/b'
innocent='mydocker123321/x docker123321x/x docker-123321/x foo/docker123321
	docker123321 docker123321:latest library/docker123321 tomcat:latest
	mirror.example/tomcat x/docker123321:1 mirror.example/docker123321'
{
	echo '{"k":"run","tool":"collect-images"}'
	for n in $hostile $innocent; do image "$n"; done
} | new "$T/images"
match --iocs iocs "$T/images"
for n in $hostile; do
	is "hostile: $n" "$(found "select(.scope==\"image:docker/sha256:$(h "$n")\") | \"\(.severity)/\(.effect) \(.rule)\"")" \
		"critical/wipe docker123321/image-namespace"
done
for n in $innocent; do
	is "innocent: $n" "$(found "select(.scope==\"image:docker/sha256:$(h "$n")\")|.rule")" ""
done

# names: all of an image in its finding; blame never spreads by a base layer
{
	echo '{"k":"run","tool":"collect-images"}'
	image docker123321/mysql
	id=sha256:$(h docker123321/mysql)
	echo "{\"k\":\"image_name\",\"engine\":\"docker\",\"store\":\"/s\",\"image_id\":\"$id\",\"name\":\"shop/cache:1\"}"
	image innocent/web
	for n in docker123321/mysql innocent/web; do
		echo "{\"k\":\"image_layer\",\"engine\":\"docker\",\"store\":\"/s\",\"image_id\":\"sha256:$(h $n)\",\"position\":0,\"diff_id\":\"sha256:$(h base)\"}"
	done
	echo "{\"k\":\"layer_source\",\"engine\":\"docker\",\"store\":\"/s\",\"diff_id\":\"sha256:$(h gone)\",\"repository\":\"docker.io/docker123321/cron\"}"
	echo "{\"k\":\"layer_source\",\"engine\":\"docker\",\"store\":\"/s\",\"diff_id\":\"sha256:$(h base)\",\"repository\":\"docker.io/library/debian\"}"
	echo '{"k":"run","tool":"collect-containers"}'
	container shop/cache:1 "$id"
	container docker123321/kk:latest "sha256:$(h nowhere)"
	container innocent/web "sha256:$(h innocent/web)"
} >"$T/names.in"
new "$T/names" <"$T/names.in"
match --iocs iocs "$T/names"
is "an image is one finding, with every name" \
	"$(found 'select(.scope|startswith("image:"))|.detail' | wc -l)" 1
like "both names" "$(found 'select(.scope|startswith("image:"))|.detail')" \
	"docker123321/mysql, shop/cache:1"
is "the innocent image is not blamed" \
	"$(found 'select(.detail|test("innocent"))|.rule')" ""
like "a container of the image under another name" \
	"$(found 'select(.scope|startswith("container:"))|.detail')" \
	"shop/cache:1, whose image has also the name docker123321/mysql"
like "a container whose image is gone" \
	"$(found 'select(.scope|startswith("container:"))|.detail')" \
	"docker123321/kk:latest"
is "an origin that only the store remembers" \
	"$(found 'select(.scope=="host")|"\(.severity)/\(.effect) \(.rule) \(.evidence)"')" \
	"critical/wipe docker123321/image-namespace layer_source:1"
is "evidence is rows of the case" \
	"$(found 'select(.scope|startswith("image:"))|.evidence')" "image:1 image_name:1"

# ---- indicators in their places ---------------------------------------------
wallet=45TwKEr1LjoEPuxnbfuPhaXCf138AoQvtSJ3jdqg1gPxNjkSNbQpzZrGDaFHGLrVT7AzM7tU9QY8NVdr4H1C3r2d3XN9Cty
key='AAAAB3NzaC1yc2EAAAADAQABAAAAgQC0evilevilevilevilevilevilevilevilevilevilevilevil'
mkdir -p "$T/pack"
echo '{"id":"mine","title":"my pack"}' >"$T/pack/pack.json"
ind() { # TYPE VALUE SEVERITY EFFECT
	printf '{"type":"%s","value":"%s","confidence":"C2","severity":"%s","effect":"%s","source":"x"}' "$@"
}
{
	echo "[$(ind ip 192.0.2.10 high investigate)"
	echo ",$(ind domain bad.example high wipe)"
	echo ",$(ind url http://198.51.100.1:81/a/b critical wipe)"
	echo ",$(ind path /opt/evil/ high wipe)"
	echo ",$(ind path /opt/one high wipe)"
	echo ",$(ind filename evilname medium investigate)"
	echo ",$(ind wallet $wallet high investigate)"
	echo ",$(ind process evilproc high wipe)"
	echo ",$(ind account eve high investigate)"
	echo ",$(ind command 'run me now' high wipe)"
	echo ",$(ind digest "sha256:$(h evil)" critical wipe)"
	echo ",$(ind ssh-key "ssh-rsa $key x" critical wipe)"
	echo ",$(ind user-agent 'evil agent/1' medium investigate)"
	echo ",$(ind image-name some/image critical wipe)]"
} >"$T/pack/indicators.json"
hits() { # WANT RECORD...: findings of a case of these records
	_want=$1
	shift
	printf '%s\n' "$@" | new "$T/one"
	match --iocs "$T/pack" "$T/one"
	is "$(printf '%s' "$*" | tr '\n' ' ' | tail -c 90): ${_want:-none}" \
		"$(sum)" "${_want:+$_want }"
}
cron() { # TEXT [MORE]
	echo '{"k":"run","tool":"collect-persistence"}'
	printf '{"k":"persist","scope":"host","artifact":"cron-system","path":"/etc/crontab","line":1,"owner":"root","schedule":"1 1 * * *","origin":"host","text":"1 1 * * * root %s","command":"%s"%s}\n' "$1" "$1" "${2:-}"
}
IP='high/investigate mine/ip'
hits "$IP" "$(cron 'ping 192.0.2.10')"
hits "$IP" "$(cron 'x http://192.0.2.10:80/y')"
hits "$IP" "$(cron 'x --host=192.0.2.10,192.0.2.11')"
hits "" "$(cron 'ping 192.0.2.100')"
hits "" "$(cron 'ping 1192.0.2.10')"
hits "" "$(cron 'ping 192.0.2.10.5')"
hits "medium/investigate mine/ip" "$(cron 'ping 192.0.2.10' ',"defect":"bad username"')"
hits "$IP" "$(cron 'a=192.0; ping $a.2.10')"
hits "$IP" "$(cron 'echo cGluZyAxOTIuMC4yLjEw | base64 -d | sh')"
hits "high/wipe mine/domain" "$(cron 'x https://a.b.bad.example/x')"
hits "high/wipe mine/domain" "$(cron 'x BAD.Example')"
hits "high/wipe mine/domain" "$(cron 'x me@bad.example.')"
hits "" "$(cron 'x notbad.example')"
hits "" "$(cron 'x bad.example.org')"
hits "critical/wipe mine/url" "$(cron 'x http://198.51.100.1:81/a/b')"
hits "critical/wipe mine/url" "$(cron 'x 198.51.100.1:81/a/b?q=1')"
hits "" "$(cron 'x http://198.51.100.1:81/a/bc')"
hits "high/wipe mine/path" "$(cron '/opt/evil/x/y')"
hits "high/wipe mine/path" "$(cron 'cd /;/opt/one')"
hits "" "$(cron '/opt/one2 /opt/evil2/x /x/opt/one')"
hits "medium/investigate mine/filename" "$(cron './evilname -c')"
hits "" "$(cron './evilname2 -c')"
hits "high/investigate mine/wallet" "$(cron "x -u $wallet.rig")"
hits "" "$(cron "x -u 1$wallet")"
hits "high/wipe mine/command" "$(cron 'please run me now or')"
hits "medium/investigate mine/user-agent" "$(cron "curl -A 'evil agent/1' x")"
hits "critical/wipe mine/digest" "$(cron x ",\"sha256\":\"$(h evil)\"")"
hits "high/wipe mine/path" "$(cron x | sed 's|/etc/crontab|/opt/one|')"
K='{"k":"run","tool":"collect-persistence"}'
k() { # SCOPE ORIGIN
	printf '{"k":"persist","scope":"%s","artifact":"ssh-authorized-keys","path":"/root/.ssh/authorized_keys","owner":"root","origin":"%s","command":"ssh-rsa %s","text":"from=\\"*\\" ssh-rsa %s other"}' "$1" "$2" "$key" "$key"
}
hits "critical/wipe mine/ssh-key" "$K" "$(k host host)"
hits "high/investigate mine/ssh-key" "$K" "$(k container:docker/aa container)"
hits "high/investigate mine/account" "$K" \
	'{"k":"account","scope":"host","path":"/etc/passwd","line":1,"name":"eve","uid":1000}' \
	'{"k":"account","scope":"host","path":"/etc/passwd","line":2,"name":"eve2","uid":1001}'
P='{"k":"run","tool":"collect-processes"}'
hits "high/wipe mine/process" "$P" '{"k":"process","scope":"host","pid":7,"name":"evilproc","exe":"/usr/bin/x"}'
hits "" "$P" '{"k":"process","scope":"host","pid":7,"name":"evilprocess","exe":"/usr/bin/x"}'
hits "high/wipe mine/path" "$P" '{"k":"process","scope":"host","pid":7,"name":"x","exe":"/opt/evil/a"}'
hits "high/investigate mine/path" "$P" '{"k":"process","scope":"container:docker/aa","pid":7,"name":"x","exe":"/opt/evil/a"}'
hits "low/note mine/ip" "$P" '{"k":"socket","scope":"host","pid":7,"protocol":"tcp","state":"ESTABLISHED","remote_address":"192.0.2.10","remote_port":80}'
hits "low/note mine/ip" "$P" '{"k":"socket","scope":"host","pid":7,"protocol":"tcp6","state":"ESTABLISHED","remote_address":"::ffff:192.0.2.10","remote_port":80}'
I='{"k":"run","tool":"collect-images"}'
hits "high/investigate mine/domain" "$I" "$(image a/b ',"command":"x bad.example"')"
hits "high/investigate mine/wallet" "$I" "$(image a/b ',"env":["A=b","W='$wallet'"]')"
hits "high/investigate mine/path" "$I" "$(image a/b)" \
	"{\"k\":\"image_history\",\"engine\":\"docker\",\"store\":\"/s\",\"image_id\":\"sha256:$(h a/b)\",\"position\":0,\"created_by\":\"RUN /bin/sh -c /opt/one # buildkit\"}"
hits "critical/wipe mine/digest" "$I" "$(image evil)"
hits "critical/wipe mine/image-name" "$I" "$(image registry.example/some/image:3)"
hits "" "$I" "$(image some/image2)"
hits "high/investigate mine/image-name" "$I" "$(image a/b ',"labels":["org.opencontainers.image.base.name=docker.io/some/image:1"]')"
hits "info/note mine/image-name" "$I" "$(image a/b ',"env":["DENY=some/image"]')"
hits "high/investigate mine/image-name" "$(cron 'docker run some/image')"
C='{"k":"run","tool":"collect-containers"}'
hits "critical/wipe mine/image-name" "$C" "$(container docker.io/some/image:2 x)"
ch() { # OP
	printf '{"k":"change","scope":"container:docker/%s","engine":"docker","container_id":"x","op":"%s","type":"file","path":"/opt/evil/z"}' "$(h cab)" "$1"
}
hits "high/investigate mine/path" "$C" "$(container a b)" "$(ch added)"
hits "" "$C" "$(container a b)" "$(ch deleted)"

F='{"k":"run","tool":"collect-files"}'
file() { # SCOPE ORIGIN PATH [MORE]
	printf '{"k":"file","scope":"%s","origin":"%s","path":"%s","type":"file","size":5%s}' "$1" "$2" "$3" "${4:+,$4}"
}
hits "high/wipe mine/path" "$F" "$(file host host /opt/one)"
hits "high/wipe mine/path" "$F" "$(file host host /opt/evil/a/b)"
hits "" "$F" "$(file host host /opt/one2)" "$(file host host /opt/evil)" "$(file host host /x/opt/one)"
hits "medium/investigate mine/filename" "$F" "$(file host host /srv/evilname)"
hits "" "$F" "$(file host host /srv/evilname/x)" "$(file host host /srv/evilname.c)"
hits "critical/wipe mine/digest" "$F" "$(file host host /x "\"sha256\":\"$(h evil)\"")"
hits "" "$F" "$(file host host /x "\"sha256\":\"$(h good)\"")"
hits "high/investigate mine/digest" "$F" "$(file container:docker/aa container /x "\"sha256\":\"$(h evil)\"")"
hits "high/investigate mine/path" "$F" "$(file image:docker/sha256:aa image /opt/one)"
# one folder is one finding, an object that was told of is told of once
n=0
while [ $n -lt 30 ]; do
	n=$((n + 1))
	file host host /opt/evil/$n; echo
	file container:docker/aa container /opt/evil/$n; echo
done | { echo "$F"; cat; } | new "$T/one"
match --iocs "$T/pack" "$T/one"
is "a folder full of files: one finding a scope" \
	"$(found '"\(.scope) \(.path) \(.evidence)"' | sort | tr '\n' ';')" \
	"container:docker/aa /opt/evil file:2;host /opt/evil file:1;"
{ echo "$C"; container a b; ch added; echo
	echo "$F"; file "container:docker/$(h cab)" container /opt/evil/z; } | new "$T/one"
match --iocs "$T/pack" "$T/one"
is "a file that is a change is the change" "$(found '"\(.path) \(.evidence)"')" \
	"/opt/evil/z change:1"
{ echo "$C"; container a b; echo "$F"; file "container:docker/$(h cab)" container /opt/one; } | new "$T/one"
match --iocs "$T/pack" "$T/one"
like "what a container wrote is said" "$(found .detail)" "container n of image a wrote this file, 5 bytes"
printf '%s\n' "$F" '{"k":"file","scope":"host","path":"/opt/evil/\\xFF","path_b64":"L29wdC9ldmlsL/8="}' | new "$T/one"
match --iocs "$T/pack" "$T/one"
is "a name that is no text" "$(found .severity)" high

# ---- what YARA found --------------------------------------------------------
Y='{"k":"run","tool":"scan-yara"}'
yr() { # NAME META...: a rule of the pack p
	_r=$1
	shift
	printf '{"k":"yara_rule","namespace":"p/f","rule":"%s","pack":"p","title":"t %s","meta":%s}\n' \
		"$_r" "$_r" "$(printf '%s\n' "$@" | jq -R . | jq -sc .)"
}
ym() { # NAME SCOPE PATH [MORE]
	printf '{"k":"match","namespace":"p/f","rule":"%s","scope":"%s","path":"%s"%s}\n' "$1" "$2" "$3" "${4:+,$4}"
}
ysum() { # WANT META...: one rule with these on the host
	_w=$1
	shift
	{ echo "$Y"; yr r "$@"; ym r host /x '"string":"$a","offset":7,"text":"abc"'; } | new "$T/one"
	match --iocs iocs/graboid "$T/one"
	is "YARA, $*: ${_w:-none}" "$(found '"\(.severity)/\(.effect) \(.rule) \(.attack) \(.source)"' | sed 's/null/-/g')" "$_w"
}
ysum "critical/wipe p/i T1496 4.1" id=i severity=critical effect=wipe attack=T1496 source=4.1
ysum "medium/investigate p/f/r - -" author=x
ysum "medium/investigate p/i - -" id=i effect=destroy severity=odd
ysum "low/note p/i - -" id=i severity=low
ysum "low/investigate p/i - -" id=i severity=low effect=investigate
ysum "high/investigate p/i - -" id=i severity=HIGH
ysum "high/investigate p/i - u" id=i score=75 reference=u
ysum "high/investigate p/i - u" id=i score=100 source=u reference=v
ysum "medium/investigate p/i - -" id=i score=74
ysum "medium/investigate p/i - -" id=i score=60
ysum "low/note p/i - -" id=i score=59
ysum "low/note p/i - -" id=i score=0
ysum "info/note p/i - -" id=i score=90 severity=info
ysum "medium/investigate p/i T1059.004 T1105 -" id=i mitre_att=attack.t1059.004 attack='T1105, XT1000, T12345'
ysum "" id=i finding=false
ysum "" id=i finding=0
ysum "medium/investigate p/i - -" id=i finding=true
is "a title, what matched and where" "$(found '"\(.title): \(.detail) [\(.evidence)] \(.path)"')" \
	't r: matched $a at 7 "abc" [match:1 yara_rule:1] /x'
# one finding for a rule, scope and path; each string once
{
	echo "$I"
	image shop/web
	echo "$C"
	container shop/web x
	echo "$Y"
	yr r id=i severity=high effect=wipe
	yr q id=j severity=low
	img="image:docker/sha256:$(h shop/web)" ct="container:docker/$(h cshop/webx)"
	for s in host "$img" "$ct"; do
		o=${s%%:*}
		for n in 1 2 3 4 5; do
			ym r "$s" /bin/x "\"origin\":\"$o\",\"string\":\"\$a\",\"offset\":$n,\"text\":\"$n\""
			ym r "$s" /bin/x "\"origin\":\"$o\",\"string\":\"\$b$n\",\"offset\":$n,\"text\":\"PASSWORD=$n$n$n$n\\u001b[31m\""
		done
		ym q "$s" /bin/y "\"origin\":\"$o\""
	done
	ym r "$ct" /bin/z '"origin":"image"'
	ym r host /proc/9/exe '"pid":9'
	ym r host /proc/9/exe '"pid":10'
	ym gone host /x
} | new "$T/one"
match --iocs iocs/graboid "$T/one"
is "findings of YARA" "$(found 'select(.path=="/bin/x")|"\(.effect) \(.scope|.[0:4]) \(.detail)"' | sed 's/matched.*/M/' | tr '\n' ';')" \
	'wipe host M;investigate cont container n of image shop/web wrote this file; M;investigate imag in image shop/web; M;'
is "the strings, the first of each, no secrets" "$(found 'select(.path=="/bin/x" and .scope=="host")|.detail')" \
	'matched $a at 1 "1", $b1 at 1 "PASSWORD=***", $b2 at 2 "PASSWORD=***" and 3 more'
is "its evidence" "$(found 'select(.path=="/bin/x" and .scope=="host")|.evidence')" \
	"match:1 match:2 match:4 match:6 match:8 match:10 yara_rule:1"
is "a rule without strings" "$(found 'select(.path=="/bin/y" and .scope=="host")|"\(.severity)/\(.effect) \(.detail)"')" \
	"low/note the rule has no strings"
like "a container has it from its image" "$(found 'select(.path=="/bin/z")|.detail')" \
	"container n of image shop/web has it from its image; "
is "memory, process by process" "$(found 'select(.path=="/proc/9/exe")|.detail' | tr '\n' ' ')" \
	"memory of process 10; the rule has no strings memory of process 9; the rule has no strings "
is "a match whose rule is not told" "$(found 'select(.rule=="p/f/gone")|"\(.severity)/\(.effect) \(.title)"')" \
	"medium/investigate gone"
{ echo "$Y"; yr r id=i; seq 10005 | sed 's|.*|{"k":"match","namespace":"p/f","rule":"r","scope":"host","path":"/n/&"}|'; } | new "$T/one"
match --iocs iocs/graboid "$T/one"
is "a rule that knows everything" "$? $(found .rule | wc -l)" "1 10000"
like "has a limit, which is said" "$(cat "$T/merr")" "YARA rule p/i matches more than 10000 objects \(RULE_ROWS_MAX"
{ echo "$Y"; yr r id=i severity=high; ym r host /n '"string":"$a","text":"x\\xFF\\x00y","text_b64":"eP8AeQ=="'
	printf '{"k":"match","namespace":"p/f","rule":"r","scope":"host","path":"/\\\\xFF","path_b64":"L/8="}\n'; } | new "$T/one"
match --iocs iocs/graboid "$T/one"
is "bytes that are no text" "$(found '"\(.path_b64) \(.detail)"' | sort | tr '\n' ';')" \
	'L/8= the rule has no strings;null matched $a "x\xFF\x00y";'

# secrets of the owner do not travel in a finding
cron 'DB_PASSWORD=hunter2secret ping 192.0.2.10' | new "$T/one"
match --iocs "$T/pack" "$T/one"
unlike "a secret is masked in the detail" "$(found .detail)" hunter2secret
like "the rest is quoted" "$(found .detail)" "ping 192.0.2.10"

# ---- packs with mistakes ----------------------------------------------------
spoil() { # a copy of the pack to spoil
	rm -rf "$T/bad"
	cp -r "$T/pack" "$T/bad"
}
run_bad() { "$BIN"/case-match --iocs "$T/bad" "$T/one" >"$T/m"; }
cron 'ping 192.0.2.10' | new "$T/one"
refused() { # WHAT JSON: an indicator that is refused
	spoil
	echo "[$(ind ip 192.0.2.10 high investigate),$2]" >"$T/bad/indicators.json"
	status "$1: complete, with trouble" 1 run_bad
	like "$1: it is named" "$(cat "$T/err")" "indicators.json: item 2"
	is "$1: the others are used" "$(sum)" "$IP "
	is "$1: a note that blocks a keep" \
		"$(jq -r 'select(.k=="note")|"\(.class) \(.lost)"' "$T/m")" "corrupt true"
}
refused "an unknown type" "$(ind hash x high note)"
refused "an empty value" "$(ind ip '' high note)"
refused "no source" '{"type":"ip","value":"192.0.2.1","confidence":"C2","severity":"high","effect":"note"}'
refused "an unknown severity" "$(ind ip 192.0.2.1 bad note)"
refused "an unknown effect" "$(ind ip 192.0.2.1 low bad)"
refused "the empty file's digest" "$(ind digest e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 high note)"
refused "the empty file's MD5" "$(ind digest D41D8CD98F00B204E9800998ECF8427E high note)"
refused "no digest" "$(ind digest xyz high note)"
refused "a wallet with a wrong checksum" "$(ind wallet "${wallet%?}z" high note)"
refused "no address" "$(ind ip 192.0.2.300 high note)"
refused "an official image" "$(ind image-name nginx high note)"
refused "the official namespace" "$(ind image-namespace library high note)"
refused "a relative path" "$(ind path tmp/x high note)"
refused "a number" 5
spoil
echo '[{' >"$T/bad/indicators.json"
status "indicators that are no JSON" 1 run_bad
like "are named with their line" "$(cat "$T/err")" "indicators.json' line"
spoil
echo '{}' >"$T/bad/indicators.json"
status "indicators that are no array" 1 run_bad
spoil
echo '{"id":"Not Good"}' >"$T/bad/pack.json"
status "a pack without a proper id" 3 run_bad
spoil
status "a pack twice" 3 "$BIN"/case-match -p --iocs "$T/pack" --iocs "$T/bad" "$T/one"
like "it is named" "$(cat "$T/err")" "is there twice"

rule() { # SQL: the pack with one more rule
	spoil
	printf -- '-- id: r\n-- title: t\n-- severity: low\n-- effect: note\n-- confidence: C2\n-- why: w\n-- source: x\n%s\n' "$1" >"$T/bad/r.sql"
}
failing() { # WHAT SQL PATTERN
	rule "$2"
	status "$1: complete, with trouble" 1 run_bad
	like "$1: file, line and reason" "$(cat "$T/err")" "r\.sql.*$3"
	like "$1: the others ran" "$(sum)" "$IP "
	is "$1: a note that blocks a keep" \
		"$(jq -r 'select(.k=="note")|.lost' "$T/m")" true
}
row="'host' AS scope, NULL AS path, 'd' AS detail, 'persist:1' AS evidence"
failing "no SQL" "SELEKT 1" "syntax error"
failing "a table that is not there" "SELECT $row FROM nix" "no such table"
failing "writing" "DELETE FROM persist" "line 1"
failing "two statements" "SELECT 1; SELECT 2" ""
failing "a pragma" "PRAGMA user_version" "line 1"
failing "attaching" "ATTACH '/etc/passwd' AS x" "line 1"
failing "columns that are missing" "SELECT 1 AS scope" "no column"
failing "no scope" "SELECT NULL AS scope, NULL AS path, 'd' AS detail, 'persist:1' AS evidence" "without scope"
failing "no detail" "SELECT 'host' AS scope, NULL AS path, NULL AS detail, 'persist:1' AS evidence" "without detail"
failing "evidence that is none" "SELECT 'host' AS scope, NULL AS path, 'd' AS detail, 'x' AS evidence" "TABLE:ID"
failing "an unknown severity" "SELECT $row, 'bad' AS severity" "severity"
failing "a bad pattern" "SELECT $row WHERE 'x' REGEXP '('" "bad pattern"
failing "a pattern without end" "SELECT $row WHERE '$(printf 'a%.0s' $(seq 60))b' REGEXP '^(a+)+\$'" "too many steps"
failing "too many rows" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT 'host' AS scope, NULL AS path, 'd' || i AS detail, 'persist:1' AS evidence FROM n" "RULE_ROWS_MAX"
spoil
printf -- '-- id: r\nSELECT 1\n' >"$T/bad/r.sql"
status "a header without its keys" 1 run_bad
like "the key is named" "$(cat "$T/err")" "has no 'title'"

# ---- order, sameness, pipes ---------------------------------------------------
rule "SELECT 'host' AS scope, '/p' AS path, 'same' AS detail, 'persist:1' AS evidence UNION ALL SELECT 'host', '/p', 'same', 'run:1' UNION ALL SELECT 'host', '/a', 'other', 'persist:1'"
match --iocs "$T/bad" "$T/one"
is "the same words of one object are one finding, with all evidence" \
	"$(found 'select(.rule=="mine/r")|"\(.path) \(.evidence)"' | tr '\n' ';')" \
	"/a persist:1;/p persist:1 run:1;"
is "the most severe come first" "$(found .severity | head -n 1)" high
match --iocs "$T/bad" "$T/one"
volatile <"$T/m" >"$T/m1"
match --iocs "$T/bad" "$T/one"
volatile <"$T/m" >"$T/m2"
ok "the same case gives the same findings" cmp "$T/m1" "$T/m2"
new "$T/pipe" <"$T/names.in"
status "a pipe back into the same case does not lock" 0 timeout 60 \
	"$BIN"/case-ingest "$T/pipe" -- "$BIN"/case-match --iocs "$TOP/iocs" "$T/pipe"
"$BIN"/case-query "$T/pipe" --format csv --sql 'SELECT rule FROM finding' >"$T/q"
ok "the findings are in the case" grep -q docker123321/image-namespace "$T/q"
"$BIN"/case-match --iocs iocs "$T/names" >"$T/m"
no "records about another case are refused" "$BIN"/case-ingest "$T/empty" "$T/m"
status "a second match" 0 sh -c "'$BIN'/case-match --iocs iocs '$T/pipe' >'$T/m'"
is "findings are no evidence" "$(found .rule | grep -c .)" \
	"$(tail -n +2 "$T/q" | grep -c .)"

# ---- the real stores ----------------------------------------------------------
for s in clean hostile; do
	f=tests/fixtures/store-docker-$s.tar.zst
	if [ $ROOTED = 0 ] || ! [ -e $f ]; then
		skip "store $s" "needs root"
		continue
	fi
	mkdir "$T/$s"
	tar --zstd -xpf $f -C "$T/$s"
	for p in images containers persistence; do
		"$BIN"/case-ingest "$T/$s.db" -- "$BIN"/collect-$p -r "$T/$s" >/dev/null 2>&1
	done
	match --iocs iocs "$T/$s.db"
	found 'select(.severity|IN("medium","high","critical"))|.rule' >"$T/$s.rules"
done
if [ -e "$T/clean.rules" ]; then
	is "the clean store: nothing at medium or above" "$(cat "$T/clean.rules")" ""
	for r in docker123321/image-namespace graboid/image-namespace \
		graboid/worm-container container-escape/container-host-write \
		container-escape/cron-fetch-exec container-escape/image-command \
		container-escape/image-history cryptominer/miner-command \
		docker123321/download; do
		ok "the hostile store: $r" grep -qx "$r" "$T/hostile.rules"
	done
fi
finish
