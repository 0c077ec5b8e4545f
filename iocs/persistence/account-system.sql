-- id: account-system
-- title: an account of the system that somebody can use
-- severity: medium
-- effect: investigate
-- attack: T1098 T1078.003
-- confidence: INF
-- why: Distributions give their own accounts no password and a shell that lets
--   nobody in. A password or a login shell there is somebody's; both together
--   are a login that no list of people shows. Of other accounts below uid 1000
--   a login shell alone is a service's habit. Where many of the distribution's
--   have a shell it is an old distribution, which gave them one.
-- source: 4.18 P1 ACC1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, evidence, 'account ' || name || ' (uid ' || uid || ')' ||
	CASE WHEN usable THEN ' has a password (' || password || ')' ELSE '' END ||
	CASE WHEN usable AND shelled THEN ' and' ELSE '' END ||
	CASE WHEN shelled THEN ' has the shell ' || shell ELSE '' END ||
	CASE WHEN moved THEN ', its home is ' || home ELSE '' END ||
	coalesce(' (changed against passwd-: ' || changes || ')', '') AS detail,
	CASE WHEN scope <> 'host' THEN CASE WHEN fixed AND usable THEN 'medium'
		ELSE 'low' END
	    WHEN fixed AND usable AND shelled THEN 'high'
	    WHEN fixed AND (usable OR moved OR (shelled AND old < 8)) THEN 'medium'
	    WHEN usable AND shelled THEN 'medium' ELSE 'low' END AS severity
	FROM (SELECT scope, coalesce(path_raw, path) AS path, name, uid, password,
	    shell, home, 'account:' || id AS evidence,
	    (SELECT group_concat(j.value, ', ') FROM json_each(CASE WHEN
		json_valid(changes) THEN changes ELSE '[]' END) j
		WHERE j.value <> 'new') AS changes,
	    name IN ('daemon', 'bin', 'sys', 'sync', 'games', 'man', 'lp', 'mail', 'news', 'uucp',
	    'proxy', 'www-data', 'backup', 'list', 'irc', 'gnats', 'nobody', '_apt', 'adm',
	    'shutdown', 'halt', 'operator', 'ftp', 'dbus', 'messagebus', 'sshd', 'tss',
	    'polkitd', 'rpc', 'ntp', 'chrony', 'avahi', 'systemd-network',
	    'systemd-resolve', 'systemd-timesync', 'systemd-coredump') AS fixed,
	    password IN ('des', 'md5', 'sha256', 'sha512', 'yescrypt', 'other') AS usable,
	    coalesce(nullif(shell, ''), '/bin/sh') NOT REGEXP '(^|/)(nologin|false|true|sync|shutdown|halt|git-shell)\s*$' AS shelled,
	    coalesce(home, '') REGEXP
		'^(/tmp|/var/tmp|/dev/shm|/home|/root)(/|$)|/\.[^/]' AND name
		NOT IN ('operator') AS moved,
	    (SELECT count(DISTINCT o.name) FROM account o WHERE o.scope = account.scope AND o.name IN
		('daemon', 'bin', 'sys', 'games', 'man', 'lp', 'mail', 'news', 'uucp',
		'proxy', 'www-data', 'backup', 'list', 'irc', 'nobody')
		AND coalesce(nullif(o.shell, ''), '/bin/sh') NOT REGEXP
		'(^|/)(nologin|false|true|sync|shutdown|halt|git-shell)\s*$') AS old
	    FROM account WHERE (uid BETWEEN 1 AND 999 OR uid = 65534)
		AND origin IS NOT 'image' AND path <> '/etc/shadow')
	WHERE usable OR (shelled AND (fixed OR changes LIKE '%shell%')) OR (fixed AND moved))
