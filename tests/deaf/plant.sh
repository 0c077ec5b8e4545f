# plant.sh DIR - make a root DIR in which everything that a static program
# may listen to is a trap. deaf_env is the environment to go with it.
plant() (
	set -e
	umask 022
	deaf=$TESTS/deaf
	mkdir -p "$1/trap/tmp" "$1/bin" "$1/proc" "$1/dev" "$1/tmp" "$1/var/tmp" \
		"$1/etc/ssl" "$1/usr/lib/ssl" "$1/usr/lib/locale" \
		"$1/usr/share/zoneinfo" "$1/usr/share/misc" "$1/root" \
		"$1/trap/bin" "$1/trap/locale" "$1/usr/tmp"
	cd "$1"
	chmod 1777 tmp var/tmp trap/tmp
	gcc -shared -fPIC -o trap/module.so "$deaf/module.c"
	cp "$deaf/openssl.cnf" trap/openssl.cnf
	for f in etc/ssl/openssl.cnf usr/lib/ssl/openssl.cnf \
		etc/pki/tls/openssl.cnf; do
		mkdir -p "${f%/*}"
		cp "$deaf/openssl.cnf" "$f"
	done
	echo /trap/module.so >etc/ld.so.preload
	echo 'trap:x:4242:4242:trap:/trap:/trap/bin/sh' >etc/passwd
	echo 'trap:x:4242:' >etc/group
	printf 'passwd: trap files\nhosts: trap files\n' >etc/nsswitch.conf
	echo '127.0.0.1 trap' >etc/hosts
	echo 'nameserver 192.0.2.1' >etc/resolv.conf
	: >etc/host.conf
	# every file is EVIL to a libmagic that listens
	mkdir -p usr/share/file usr/lib/file
	printf '0\tbyte\tx\tEVIL\n!:mime\tapplication/evil\n' >trap/magic
	(cd trap && file -C -m magic)
	for f in etc/magic root/.magic usr/share/misc/magic \
		usr/share/file/magic usr/lib/file/magic; do
		cp trap/magic "$f"
		cp trap/magic.mgc "$f.mgc"
	done
	printf 'TZif2' >etc/localtime
	cp etc/localtime usr/share/zoneinfo/UTC
	cp etc/localtime trap/zone
	printf 'trap' >usr/lib/locale/locale-archive
	for d in C.UTF-8 C.utf8 xx_XX.UTF-8 xx_XX.utf8; do
		mkdir -p "usr/lib/locale/$d" "trap/locale/$d"
		printf 'trap' >"usr/lib/locale/$d/LC_CTYPE"
		cp "usr/lib/locale/$d/LC_CTYPE" "trap/locale/$d/"
	done
	# UTF-8 itself is a module of the planter's
	cat >trap/gconv-modules <<-X
		alias UTF-8// TRAPPED//
		module TRAPPED// INTERNAL /trap/module 1
		module INTERNAL TRAPPED// /trap/module 1
		module INTERNAL TRAP// /trap/module 1
	X
	for d in lib usr/lib lib64 usr/lib64 lib/x86_64-linux-gnu \
		usr/lib/x86_64-linux-gnu usr/local/lib; do
		mkdir -p "$d/gconv" "$d/ossl-modules" "$d/engines-3"
		cp trap/gconv-modules "$d/gconv/"
		echo trap >"$d/gconv/gconv-modules.cache"
		cp trap/module.so "$d/ossl-modules/legacy.so"
		cp trap/module.so "$d/libnss_trap.so.2"
	done
	# a planted module can only be loaded where a C library is found
	for f in $(ldd trap/module.so | grep -oE "/[^ ]+"); do
		mkdir -p ".${f%/*}"
		cp -L "$f" ".$f"
		cp -L "$f" usr/lib/
	done
	for f in sh docker dockerd ps mount crontab systemctl; do
		printf '#!/bin/sh\n' >"trap/bin/$f"
		chmod 755 "trap/bin/$f"
	done
	mknod -m 666 dev/null c 1 3
)

deaf_env="PATH=/trap/bin HOME=/root LD_PRELOAD=/trap/module.so
LD_LIBRARY_PATH=/trap LD_AUDIT=/trap/module.so OPENSSL_CONF=/trap/openssl.cnf
OPENSSL_MODULES=/trap OPENSSL_ENGINES=/trap SSL_CERT_FILE=/trap/x
SSL_CERT_DIR=/trap TZ=:/trap/zone TZDIR=/trap LOCPATH=/trap/locale
LANG=xx_XX.UTF-8 LC_ALL=xx_XX.UTF-8 LANGUAGE=xx NLSPATH=/trap/%N
GCONV_PATH=/trap GETCONF_DIR=/trap MALLOC_TRACE=/trap/malloc
MALLOC_CHECK_=3 MALLOC_PERTURB_=85 MALLOC_ARENA_MAX=1 TMPDIR=/trap/tmp
SQLITE_TMPDIR=/trap/tmp SQLITE_HISTORY=/trap/history MAGIC=/trap/magic
HOSTALIASES=/trap/hosts RES_OPTIONS=debug LOCALDOMAIN=trap
JANSSON_TRAP=1 PAGER=/trap/bin/sh EDITOR=/trap/bin/sh SHELL=/trap/bin/sh
TERMINFO=/trap TERM=trap COLUMNS=80"
