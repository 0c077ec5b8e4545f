-- id: preloaded-library
-- title: a library is put before all others of a process
-- severity: medium
-- effect: investigate
-- attack: T1574.006
-- confidence: C2
-- why: LD_PRELOAD of the process names it and it is mapped. Tools of fakeroot,
--   allocators and desktop helpers do this with libraries of a package.
-- source: 4.19 L1
SELECT m.scope AS scope, coalesce(m.path_raw, m.path) AS path,
	count(*) || ' processes, first ' || min(p.pid) || ' (' ||
	excerpt(coalesce(p.cmdline, p.name), 100) || ')' AS detail,
	'mapping:' || min(m.id) || ' process:' || min(p.id) ||
	coalesce(' executable:' || x.id, '') AS evidence,
	CASE WHEN m.path REGEXP '^(/tmp|/var/tmp|/dev/shm|/run/shm)/|/\.[^./]'
	    THEN 'high' WHEN m.scope = 'host' AND x.package_state IN
	    ('unpackaged', 'changed') THEN 'medium' ELSE 'info' END AS severity,
	CASE WHEN m.path REGEXP '^(/tmp|/var/tmp|/dev/shm|/run/shm)/|/\.[^./]'
	    OR (m.scope = 'host' AND x.package_state IN ('unpackaged',
		'changed')) THEN 'investigate' ELSE 'note' END AS effect
    FROM mapping m JOIN process p ON p.run = m.run AND p.pid = m.pid
	LEFT JOIN executable x ON x.run = m.run AND x.path = m.path
    WHERE m.type = 'preload' GROUP BY m.scope, m.path
