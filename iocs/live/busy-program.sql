-- id: busy-program
-- title: a program of no package works hard and talks to the network
-- severity: medium
-- effect: investigate
-- attack: T1496
-- confidence: INF
-- why: It has used more than half of a processor for at least ten minutes, has
--   a connection, and no package brought it. Miners do exactly that; so do
--   servers that were installed by hand.
-- source: 4.26 K6
SELECT 'host' AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 200) || ', ' || p.cpu_ms / 60000 ||
	' minutes of processor time, connected to ' || s.remote_address || ':'
	|| s.remote_port AS detail,
	'process:' || p.id || ' executable:' || x.id || ' socket:' || s.id
	AS evidence
    FROM process p JOIN executable x ON x.run = p.run AND x.path = p.exe
	    AND x.inode = p.exe_inode AND x.package_state = 'unpackaged'
	JOIN run r ON r.id = p.run
	JOIN socket s ON s.id = (SELECT min(t.id) FROM socket t
	    WHERE t.run = p.run AND t.pid = p.pid AND t.protocol GLOB 'tcp*'
		AND t.state = 'ESTABLISHED' AND t.remote_address NOT REGEXP
		'^(127\.|::1$)')
    WHERE p.scope = 'host' AND p.cpu_ms >= 600000
	AND p.cpu_ms * 2 >= (r.start_time - p.start_time) / 1000000
