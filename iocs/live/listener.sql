-- id: listener
-- title: a program of no package listens to the network
-- severity: medium
-- effect: investigate
-- attack: T1571 T1205
-- confidence: INF
-- why: What waits for connections from outside came with no package. A server
--   that was installed by hand is the same; an allow list answers for it
--   once.
-- source: 4.37
SELECT 'host' AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 200) || ' listens on ' ||
	group_concat(DISTINCT s.protocol || coalesce(' ' ||
	    s.local_address || ':' || s.local_port, '')) AS detail,
	'process:' || p.id || ' executable:' || x.id || ' socket:' || min(s.id)
	AS evidence
    FROM process p JOIN executable x ON x.run = p.run AND x.path = p.exe
	    AND x.inode = p.exe_inode
	JOIN socket s ON s.run = p.run AND s.pid = p.pid
    WHERE p.scope = 'host' AND x.package_state IN ('unpackaged', 'changed')
	AND ((s.protocol GLOB 'tcp*' AND s.state = 'LISTEN')
	    OR (s.protocol GLOB 'udp*' AND s.state = 'UNCONN'
		AND s.local_port < 32768) OR s.protocol GLOB 'raw*'
	    OR (s.protocol = 'packet' AND s.number = 3))
	AND coalesce(s.local_address, '') NOT REGEXP '^(127\.|::1$)'
    GROUP BY p.id
