# t-boot.sh - what boot, the kernel, devices and the network run
. "$(dirname "$0")/lib.sh"
. "$TESTS/art.sh"
C=$BIN/collect-persistence

# ---- every place of the format "hook" has its line in hooks.def -----------
mkdir "$T/hooks"
sed -n 's/^ART([a-z_]*, "[^"]*", "\([^"]*\)", hook,.*/\1/p' \
	"$TOP/collectors/persistence/artifacts.def" | tr ' ' '\n' |
	sed 's|^/||; s|\*|x|g' >"$T/paths"
while read -r p; do
	mkdir -p "$T/hooks/${p%/*}"
	[ -d "$T/hooks/$p" ] || echo '#!/bin/sh' >"$T/hooks/$p"
done <"$T/paths"
"$C" -r "$T/hooks" >"$T/rec" 2>"$T/err"
is "places that hooks.def does not know" "$(records "$T/rec" persist '
	select(.defect // "" | startswith("none of")) | .path')" ""
is "each place is a row with its event" "$(records "$T/rec" persist '
	select(.line == null and .schedule and (.defect // "" |
	startswith("is a") | not)) | .path' | sort -u | wc -l)" \
	"$(find "$T/hooks" -type f | wc -l)"

# ---- names: as run-parts says -----------------------------------------------
d=$T/names/etc/network/if-up.d
mkdir -p "$d"
for n in a a-b a_b A1 a.b a~ a.sh a+b a,b .a 'a b' 0 -x _ "$(printf 'a\n')" \
	"$(printf '\303\244')"; do
	printf '#!/bin/sh\n' >"$d/$n"
	chmod 755 "$d/$n"
done
"$C" -r "$T/names" >"$T/rec" 2>"$T/err"
is "names that run-parts takes" "$(records "$T/rec" persist '
	select(.artifact=="network-hook" and .line==null and .defect==null) |
	.name' | tr -d '"' | sort)" \
	"$(run-parts --list "$d" | sed 's|.*/||' | sort)"

# ---- folders with an order: as systemd says ----------------------------------
mkroot "$TESTS/fixtures/art-sysctl/spec" "$T/s" || fail "spec"
for p in etc/sysctl.d run/sysctl.d usr/local/lib/sysctl.d usr/lib/sysctl.d; do
	for n in 1 2 3 4; do
		mkdir -p "$T/s/$p"
		echo "kernel.x$n = $p" >"$T/s/$p/$n.conf"
	done
done
rm "$T/s/etc/sysctl.d/1.conf" "$T/s/run/sysctl.d/1.conf" \
	"$T/s/etc/sysctl.d/2.conf" "$T/s/usr/lib/sysctl.d/3.conf"
ln -sf /dev/null "$T/s/etc/sysctl.d/4.conf"
"$C" -r "$T/s" >"$T/rec" 2>"$T/err"
records "$T/rec" persist 'select(.artifact=="sysctl" and .line and
	(.name // "" | startswith("kernel.x")) and .defect==null) | .path' |
	tr -d '"' | sort >"$T/got"
if command -v systemd-analyze >/dev/null &&
	systemd-analyze --root="$T/s" cat-config sysctl.d >"$T/cat" 2>/dev/null
then
	is "which file of a name is read" "$(cat "$T/got")" \
		"$(sed -n "s|^# $T/s\(.*/[123].conf\)$|\1|p" "$T/cat" | sort)"
else
	skip "which file of a name is read" "no systemd-analyze"
fi
is "and without asking it" "$(tr '\n' ' ' <"$T/got")" \
	"/etc/sysctl.d/3.conf /run/sysctl.d/2.conf /usr/local/lib/sysctl.d/1.conf "

# ---- the running kernel -------------------------------------------------------
"$C" >"$T/rec" 2>"$T/err"
for k in core_pattern randomize_va_space kptr_restrict; do
	[ -r /proc/sys/kernel/$k ] || continue
	is "live: kernel.$k" "$(records "$T/rec" persist "
		select(.scope==\"host\" and .name==\"kernel.$k\" and
		.artifact==\"sysctl-live\") | .text, .defect" | head -n 2)" \
		"$(jq -Rc . </proc/sys/kernel/$k)
null"
done
is "live: the command line" "$(records "$T/rec" persist '
	select(.path=="/proc/cmdline" and .name==null) | [.text, .defect]')" \
	"$(jq -Rc 'sub(" +$"; "") | [., null]' </proc/cmdline)"

# what is registered for formats, without the two files that are no entries
if [ $MOUNTS = 1 ] && unshare -m mount -t binfmt_misc none \
	/proc/sys/fs/binfmt_misc 2>/dev/null; then
	unshare -m sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
		exec "$1"' sh "$C" >"$T/rec" 2>"$T/err"
	is "live: binfmt_misc is read" "$(records "$T/rec" note '
		select(.lost and (.path // "" | contains("binfmt")))')" ""
	is "live: its entries only" "$(records "$T/rec" persist '
		select(.path | test("binfmt_misc/(register|status)$")) |
		.path')" ""
else
	skip "live: binfmt_misc is read" "no binfmt_misc here"
fi

# ---- sizes ----------------------------------------------------------------------
mkdir -p "$T/big/etc/udev/rules.d" "$T/big/etc/modprobe.d"
{ echo 'RUN+="/bin/first"'
  head -c 100000 /dev/zero | tr '\0' 'x' | sed 's/x\{100\}/&\\\n/g'; echo
  echo 'RUN+="/bin/last"'; } >"$T/big/etc/udev/rules.d/1.rules"
yes 'RUN+="/bin/many"' | head -n 100100 >"$T/big/etc/udev/rules.d/2.rules"
yes 'install a \' | head -n 100000 >"$T/big/etc/modprobe.d/a.conf"
start=$(date +%s)
"$C" -r "$T/big" >"$T/rec" 2>"$T/err"
is "exit: a limit was hit" $? 1
ok "in reasonable time" test $(($(date +%s) - start)) -lt 30
is "before and after a rule too long" "$(records "$T/rec" persist '
	select(.path=="/etc/udev/rules.d/1.rules") | .command' | tr '\n' ' ')" \
	'"/bin/first" "/bin/last" '
is "too many rules are noted" "$(records "$T/rec" note '
	select(.path=="/etc/udev/rules.d/2.rules" and .lost) | .class')" \
	'"limit"'
finish
