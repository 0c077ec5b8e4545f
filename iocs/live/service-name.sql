-- id: service-name
-- title: a program under the name of a service of the system, from elsewhere
-- severity: high
-- effect: investigate
-- attack: T1036.005
-- confidence: C2
-- why: It calls itself sshd, cron or systemd, no package brought it, and it is
--   in no place where programs are installed. What was compiled here lies
--   below /usr/local or /opt.
-- source: 4.25 O1 G5
SELECT scope, coalesce(exe_raw, exe) AS path, 'process ' || pid || ' of ' ||
	coalesce(user, uid, '?') || ' calls itself ' ||
	excerpt(coalesce(cmdline, name), 200) || ' and is ' || exe AS detail,
	'process:' || id AS evidence
    FROM process p WHERE scope = 'host' AND coalesce(kernel, 0) = 0
	AND exe GLOB '/*'
	AND exe NOT REGEXP '^(/usr)?/(s?bin|lib|lib32|lib64|libexec|local|games)/|^/(opt|snap|nix|gnu|var/lib/(snapd|docker|containerd|containers|flatpak))/|^/run/(current-system|wrappers)/'
	AND (name REGEXP '^(sshd|crond?|atd|systemd(-[a-z]+)?|init|agetty|rsyslogd|dbus-daemon|udevd|polkitd|NetworkManager|dockerd|containerd|nginx|apache2|httpd|mysqld|postgres|php-fpm[0-9.]*|named|ntpd|chronyd|dhclient|java)$'
	    OR cmdline REGEXP '^(/usr)?/s?bin/(sshd|crond?|atd|init|agetty|rsyslogd|dbus-daemon|dockerd|containerd|nginx|apache2|httpd|mysqld|named|ntpd|chronyd|dhclient)( |$)|^/lib/systemd/systemd|^sshd: ')
	AND NOT EXISTS (SELECT 1 FROM executable x WHERE x.run = p.run
	    AND x.path = p.exe AND x.package IS NOT NULL)
	AND NOT (name = 'java' AND cmdline REGEXP '^([^ ]*/)?java ')
