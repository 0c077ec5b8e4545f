# t-tools.sh - what is said of a tool's files is what the tool itself says
. "$(dirname "$0")/lib.sh"
C=$BIN/collect-persistence
R=$T/root
mkdir -p "$R/etc"
echo 'root:x:0:0:root:/root:/bin/sh' >"$R/etc/passwd"
rows() { "$C" -r "$R" 2>/dev/null | jq -r "select(.k==\"persist\" and
	.artifact==\"$1\") | $2"; }

# ---- git --------------------------------------------------------------------
if command -v git >/dev/null; then
	cat >"$R/etc/gitconfig" <<'X'
[core]
	pager = less \
	-R ; comment
	Editor = "vi  -n"   # comment
[diff "a\"b c"]
	textconv = a\tb "  " c
[filter.Old]
	clean = x=y	
[alias]
	up = "!f() { git \"$@\"; }; f"
[sequence] editor = one line
[gpg]
	program = "/a b"
X
	git config -f "$R/etc/gitconfig" --list >"$T/git"
	# name and value of each row, as git prints them
	rows git-config-system '[.name, .command] | join("=")' | sort >"$T/got"
	sed -e 's/^\(alias[^=]*=\)!/\1/' "$T/git" | sort >"$T/want"
	is "git reads the same" "$(diff "$T/want" "$T/got")" ""
	n=0
	bad=
	while IFS= read -r line; do
		n=$((n + 1))
		printf '[core]\n%b\n' "$line" >"$R/etc/gitconfig"
		git config -f "$R/etc/gitconfig" --list >/dev/null 2>&1 &&
			want= || want=refused
		got=$(rows git-config-system '.defect // ""' | head -n 1)
		case $got in *refuses*) got=refused ;; *) got= ;; esac
		[ "$got" = "$want" ] || bad="$bad [$line: $got]"
	done <<'X'
pager = x
pager = "x
pager = a\\qb
pager
pa_ger = x
1pager = x
[a
[a b]
[a "b"
[a "b" ]
[a.B]\npager = x
[a-b] x = y
pager = x\\
; x\n# y
=x
\\t\\tpager=x
X
	is "git refuses the same, $n files" "$bad" ""
	rm "$R/etc/gitconfig"
else
	skip "git reads the same" "no git"
fi

# ---- apt --------------------------------------------------------------------
if command -v apt-config >/dev/null; then
	mkdir -p "$R/etc/apt/apt.conf.d"
	printf 'Dir::Etc::Parts "%s";\nDir::Etc::main "/nonexistent";\n' \
		"$R/etc/apt/apt.conf.d" >"$T/apt.conf"
	# hooks in force, as "list=command"
	told() { APT_CONFIG=$T/apt.conf apt-config dump 2>&1 |
		sed -n 's/^\(DPkg::P[a-z-]*-Invoke::[^ ]*\) "\(.*\)";$/\1=\2/ip' |
		sort; }
	mine() { rows apt-conf 'select(.defect == null and
		(.name // "" | test("^DPkg::P.*-Invoke::"; "i"))) |
		[.name, .command] | join("=")' | sort; }
	n=0
	bad=
	while IFS= read -r line; do
		n=$((n + 1))
		rm -f "$R"/etc/apt/apt.conf.d/*
		printf '%b' "$line" >"$R/etc/apt/apt.conf.d/10x"
		printf 'DPkg::Post-Invoke:: "kept";\n' >"$R/etc/apt/apt.conf.d/05a"
		[ "$(told)" = "$(mine)" ] ||
			case "$(APT_CONFIG=$T/apt.conf apt-config dump 2>&1)" in
			E:*) # apt refuses all: so does the row of this file
				rows apt-conf 'select(.path | endswith("10x")) |
					.defect // ""' | grep -q refuses ||
					bad="$bad [$line]" ;;
			*) bad="$bad [$line]" ;;
			esac
	done <<'X'
DPkg::Pre-Invoke {"a"; "b";};
DPkg { Pre-Invoke { "a"; Name "b"; }; Post-Invoke:: "c"; };
DPkg::Pre-Invoke "a";
DPkg::Pre-Invoke:: "a"
DPkg::Pre-Invoke:: "a"   "b";
DPkg::Pre-Invoke:: "a" b;
DPkg::Pre-Invoke:: a "b";
DPkg::Pre-Invoke:: "a""b";
DPkg::Pre-Invoke:: bare;
DPkg::Pre-Invoke:: "open\\n";
DPkg { Pre-Invoke { "a";
} DPkg::Pre-Invoke:: "a";
#clear DPkg::Post-Invoke;
#clear DPkg;
#clear DPkg::Post-Invoke
/* DPkg::Pre-Invoke:: "a"; */ DPkg::Pre-Invoke:: "b"; // DPkg::Pre-Invoke:: "c";
# DPkg::Pre-Invoke:: "a";\nDPkg::Pre-Invoke:: "b # c";
DPkg::Pre-Invoke:: "a"; #clear DPkg::Pre-Invoke;
DPkg::Pre-Invoke\n  { "a"; };
{ "a"; };
X
	is "apt has the same hooks in force, $n files" "$bad" ""
	rm -f "$R"/etc/apt/apt.conf.d/*
	for x in a b.conf c.bak .d e.f.conf g+h i:j k_l m~ n.conf~; do
		printf 'DPkg::Pre-Invoke:: "%s";\n' "$x" \
			>"$R/etc/apt/apt.conf.d/$x"
	done
	is "apt reads the same files" "$(mine)" "$(told)"
	rm -r "$R/etc/apt"
else
	skip "apt has the same hooks in force" "no apt-config"
fi

# ---- python ------------------------------------------------------------------
py=$(command -v /usr/bin/python3 || command -v python3)
if [ -n "$py" ]; then
	S=$R/usr/local/lib/python3/site-packages
	mkdir -p "$S"
	cat >"$S/x.pth" <<X
# import sys; print("1", file=sys.stderr)
import sys; sys.ran = ["2"]
 import sys; sys.ran.append("3")
import	sys; sys.ran.append("4")
importsys
import sys; sys.ran.append("5")  
X
	is "python runs the same lines" "$(rows python-pth 'select(.command) |
		.command | match("\"([0-9])\"").captures[0].string' | tr -d '\n')" \
		"$("$py" -I -S -c "import site, sys
site.addsitedir('$S')
print(''.join(sys.ran))")"
else
	skip "python runs the same lines" "no python3"
fi

# ---- logrotate ----------------------------------------------------------------
if command -v logrotate >/dev/null && [ "$ROOTED" = 1 ]; then
	mkdir -p "$R/etc/logrotate.d"
	for x in a b.bak c,v d~ .e f.new g.disabled h.dpkg-old i.ucf-dist j.txt \
		k.rhn-cfg-tmp-1 l.swp m.orig n.rpmsave o.old; do
		printf '%s/%s.log {\n prerotate\n echo %s\n endscript\n}\n' \
			"$T" "$x" "$x" >"$R/etc/logrotate.d/$x"
	done
	chmod 664 "$R/etc/logrotate.d/a"
	chown 1000 "$R/etc/logrotate.d/j.txt"
	echo "include $R/etc/logrotate.d" >"$T/lr"
	logrotate -d "$T/lr" 2>&1 |
		sed -n "s|^rotating pattern: $T/\(.*\)\.log .*|\1|p" | sort >"$T/want"
	rows logrotate 'select(.defect == null and .command) | .command' |
		sed 's/^echo //' | sort >"$T/got"
	is "logrotate takes the same files" "$(diff "$T/want" "$T/got")" ""
else
	skip "logrotate takes the same files" "no logrotate, or not root"
fi

# ---- JSON ----------------------------------------------------------------------
mkdir -p "$R/etc/docker"
n=0
bad=
while IFS= read -r line; do
	n=$((n + 1))
	printf '%b' "$line" >"$R/etc/docker/daemon.json"
	jq -e . "$R/etc/docker/daemon.json" >/dev/null 2>&1
	[ $? -le 1 ] && want=json || want=none
	case $(rows docker-daemon '.defect // ""' | head -n 1) in
	*JSON*) got=none ;;
	*) got=json ;;
	esac
	[ "$got" = "$want" ] || bad="$bad [$line: $got]"
done <<'X'
{"hosts": ["a", "b"]}
{"hosts": ["a", "b"]} x
{"hosts": ["a" "b"]}
{"hosts": [["a"], {"b": 1}], "c": -1.5e+3, "d": [true, null, false]}
{"hosts": "a\\\\u00e9\\\\ud83d\\\\ude00\\\\n"}
{"hosts": "a\\\\x"}
{"hosts": tru}
{hosts: 1}
{"hosts": "a
[]
{}
{"a": {"b": {}}}
{"a": 1,}
{"a" 1}
X
is "JSON is JSON, $n documents" "$bad" ""
printf '{"a": "\\ud83d\\ude00\\u00e9", "log-driver": "\\ud83d\\ude00\\u00e9\\/"}' \
	>"$R/etc/docker/daemon.json"
is "strings as jq has them" "$(rows docker-daemon .options)" \
	"$(jq -r '."log-driver"' "$R/etc/docker/daemon.json")"

# ---- what never ends, or means too much -------------------------------------------
mkdir -p "$R/etc/kubernetes/manifests" "$R/etc/containerd" "$R/srv/x/.git"
{
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		p="*a$((i - 1))"
		echo "a$i: &a$i [$p, $p, $p, $p, $p, $p, $p, $p, $p]"
	done
} >"$R/etc/kubernetes/manifests/laughs.yaml"
echo 'a: &a [*a, *a]' >"$R/etc/kubernetes/manifests/itself.yaml"
head -c 100000 /dev/zero | tr '\0' '[' >"$R/etc/docker/daemon.json"
{ printf 'a = '; head -c 100000 /dev/zero | tr '\0' '['; } \
	>"$R/etc/containerd/config.toml"
printf '[include]\n\tpath = config\n\tpath = ../.git/config\n' \
	>"$R/srv/x/.git/config"
start=$(date +%s)
"$C" -r "$R" >"$T/rec" 2>"$T/err"
ok "in reasonable time" test $(($(date +%s) - start)) -lt 40
no "no worker died" grep -q '"class":"crashed"' "$T/rec"
is "too deep is a note" "$(records "$T/rec" note 'select(.detail // "" |
	test("CONF_DEPTH_MAX")) | .path' | sort -u | tr '\n' ' ')" \
	'"/etc/containerd/config.toml" "/etc/docker/daemon.json" "/etc/kubernetes/manifests/itself.yaml" "/etc/kubernetes/manifests/laughs.yaml" '
finish
