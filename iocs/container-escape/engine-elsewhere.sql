-- id: engine-elsewhere
-- title: an engine whose store was not examined
-- severity: medium
-- effect: investigate
-- attack: T1564.006 T1610
-- confidence: S1
-- why: A daemon of containers runs with its data in a place that no collector
--   has read. Perfctl brought a containerd of its own.
-- source: 4 P1
SELECT scope, path, 'process ' || pid || ' keeps its data in ' || dir || ': '
	|| excerpt(cmdline) AS detail, evidence
    FROM (SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path,
	p.pid AS pid, p.cmdline AS cmdline, 'process:' || p.id AS evidence,
	rtrim(regexp_find(CASE WHEN p.name GLOB 'containerd*'
	    THEN ' --root[ =](/[^ ]+)'
	    ELSE ' (?:--data-root|--graph|-g)[ =]?(/[^ ]+)' END,
	    p.cmdline, 1), '/') AS dir
	FROM process p WHERE p.name REGEXP '^(dockerd|containerd)$'
	    AND p.scope = 'host') q
    WHERE dir IS NOT NULL
	AND dir NOT IN ('/var/lib/docker', '/var/lib/containerd')
	AND NOT EXISTS (SELECT 1 FROM image i WHERE rtrim(i.store, '/') = dir)
	AND NOT EXISTS (SELECT 1 FROM container c
	    WHERE rtrim(c.store, '/') = dir)
	AND NOT EXISTS (SELECT 1 FROM note n WHERE rtrim(n.path, '/') = dir)
	-- a daemon inside a container of an engine that was examined
	AND NOT EXISTS (SELECT 1 FROM image i
	    WHERE path_under(dir, i.store))
