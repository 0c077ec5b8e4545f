-- id: removed-program
-- title: a program of no package was removed while it runs
-- severity: medium
-- effect: investigate
-- attack: T1070.004
-- confidence: C2
-- why: Nothing has its name any more and no package owns that name, and it is
--   connected or waits for connections. An upgrade puts another file under the
--   same name; a program that was built here and then cleaned away is like
--   this, but it is seldom a server.
-- source: 4.22 P1 O1
SELECT 'host' AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 200) || ' runs ' || p.exe ||
	', which was removed' AS detail,
	'process:' || p.id || ' executable:' || x.id AS evidence,
	CASE WHEN net THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN net THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT q.*, EXISTS (SELECT 1 FROM socket s WHERE s.run = q.run
	    AND s.pid = q.pid AND s.protocol REGEXP '^(tcp|udp|raw)'
	    AND coalesce(s.remote_address, s.local_address, '') NOT REGEXP
		'^(127\.|::1$)') AS net FROM process q) p
	JOIN executable x ON x.run = p.run AND x.path = p.exe
	    AND x.inode = p.exe_inode
    WHERE p.scope = 'host' AND p.deleted AND NOT coalesce(p.memfd, 0)
	AND NOT coalesce(p.replaced, 0) AND NOT coalesce(x.there, 0)
	AND x.package IS NULL
	AND p.exe NOT REGEXP '^(/dev/shm|/tmp|/var/tmp|/run/shm)/|^/home/|^/root/'
