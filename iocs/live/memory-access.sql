-- id: memory-access
-- title: a process has the memory of others open
-- severity: medium
-- effect: investigate
-- attack: T1055.009 T1003
-- confidence: INF
-- why: It holds /dev/mem or the memory of another process open for writing, and
--   no package brought it. Debuggers do so, and some drivers of display
--   cards.
-- source: 4.37
SELECT o.scope AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 200) || ' has ' || o.path ||
	' open (' || coalesce(o.access, '?') || ')' AS detail,
	'open_file:' || o.id || ' process:' || p.id AS evidence,
	CASE WHEN foreign_ THEN 'medium' ELSE 'info' END AS severity,
	CASE WHEN foreign_ THEN 'investigate' ELSE 'note' END AS effect
    FROM open_file o JOIN (SELECT q.*, NOT EXISTS (SELECT 1 FROM executable x
	    WHERE x.run = q.run AND x.path = q.exe AND x.package_state IN
		('unchanged', 'known')) AS foreign_ FROM process q) p
	ON p.run = o.run AND p.pid = o.pid
    WHERE o.type IN ('memory', 'process-memory')
	AND coalesce(o.access, 'rw') GLOB '*w*'
