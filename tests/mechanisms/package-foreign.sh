#!/bin/sh
# package-foreign: a package from no archive (dpkg(1), sources.list(5))
. "${0%/*}/lib.sh"
payload
n=$(named netsync libsystemd-core)
put "/usr/sbin/$n" 755 "#!/bin/sh" "$cmd"
put "/var/lib/dpkg/info/$n.list" 644 /. /usr /usr/sbin "/usr/sbin/$n"
put "/var/lib/dpkg/info/$n.md5sums" 644 \
	"$(md5sum <"$root/usr/sbin/$n" | cut -d' ' -f1)  usr/sbin/$n"
put "/var/lib/dpkg/info/$n.postinst" 755 "#!/bin/sh" \
	"echo '*/9 * * * * root /usr/sbin/$n' >>/etc/crontab"
append /var/lib/dpkg/status "Package: $n" "Status: install ok installed" \
	"Maintainer: $n <root@example.org>" "Architecture: all" "Version: 1.0" \
	"Description: $n"
echo >>"$root/var/lib/dpkg/status"
