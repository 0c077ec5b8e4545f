-- id: ssh-key
-- title: a key that opens an account
-- severity: medium
-- effect: investigate
-- attack: T1098.004
-- confidence: C2
-- why: Whose key it is only the owner of the host can say: an allow list with
--   its fingerprint answers. A key that sshd would refuse is noted; one of an
--   account with a shell that lets nobody in is not refused: it still opens
--   tunnels. Nobody logs in as the accounts that the distribution itself
--   brings.
-- source: 4.17 O3 P1 X1 SSH1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT e.scope, e.path, e.evidence, 'opens ' || coalesce(e.owner,
	    'every account') || ': ' || coalesce(p.fingerprint,
	    excerpt(e.command, 60)) || coalesce(' ' || excerpt(e.name, 80), '') ||
	    coalesce(' with ' || excerpt(e.options, 120), '') ||
	    CASE WHEN shared > 1 THEN ' (and ' || (shared - 1) ||
		' more accounts)' ELSE '' END ||
	    CASE WHEN a.uid > 0 AND a.uid < 1000 THEN ' (an account of the system)'
		ELSE '' END || coalesce(' [' || e.defect || ']', '') AS detail,
	CASE WHEN e.weight = 'container' THEN 'low'
	    WHEN e.defect IS NOT NULL AND e.defect NOT LIKE
		'login shell is %: no session, only forwarding' THEN 'low'
	    WHEN e.path REGEXP
		'^(/tmp|/var/tmp|/dev/shm|/run/shm)/|^(?!(/root|/home/[^/]+)/).*/\.(?!ssh/)[^/]'
		OR a.name IN ('daemon', 'bin', 'sys', 'sync', 'games', 'man', 'lp',
		'mail', 'news', 'uucp', 'proxy', 'www-data', 'list', 'irc', 'gnats',
		'nobody', '_apt', 'sshd', 'messagebus', 'dbus', 'adm', 'shutdown',
		'halt', 'systemd-network', 'systemd-resolve', 'systemd-timesync')
		THEN 'high'
	    ELSE 'medium' END AS severity
	FROM temp.entry e JOIN persist p ON p.id = e.id
	LEFT JOIN account a ON a.scope = e.scope AND a.name = e.owner
	    AND a.run = p.run AND a.path = '/etc/passwd'
	LEFT JOIN (SELECT scope AS s, fingerprint AS f,
		count(DISTINCT coalesce(owner, '')) AS shared FROM persist
		WHERE artifact = 'ssh-authorized-keys' AND fingerprint IS NOT NULL
		AND defect IS NULL GROUP BY scope, fingerprint) k
	    ON k.s = e.scope AND k.f = p.fingerprint
	WHERE e.place = 'ssh-authorized-keys' AND (e.command IS NOT NULL
	    OR p.fingerprint IS NOT NULL)
	GROUP BY e.id)
