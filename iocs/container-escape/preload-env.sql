-- id: preload-env
-- title: a library is loaded into programs by the environment
-- severity: medium
-- effect: investigate
-- attack: T1574.006
-- confidence: C2
-- why: LD_PRELOAD in a unit, a start-up file or a crontab is used in earnest
--   for other allocators and the like; out of a place for temporary files it
--   is not.
-- source: 4.19 L1
SELECT scope, path, entry || ' (LD_PRELOAD ' || piece || ')' AS detail,
	evidence,
	CASE WHEN odd AND weight = 'host' THEN 'high' WHEN odd
	    AND weight <> 'image' THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN odd AND weight <> 'image' THEN 'investigate' ELSE 'note'
	    END AS effect
    FROM (SELECT *, piece REGEXP '^(/tmp|/var/tmp|/dev/shm|/run/shm)/|/\.[^./]|libprocesshider'
	    AS odd FROM persist_fact WHERE tag = 'preload-env')
UNION ALL
SELECT p.scope, coalesce(p.path_raw, p.path),
	p.artifact || ': ' || excerpt(coalesce(p.text, p.command)),
	'persist:' || p.id, 'high', 'investigate'
    FROM persist p WHERE p.name = 'LD_PRELOAD' AND p.origin IS NOT 'image'
	AND p.command REGEXP '^(/tmp|/var/tmp|/dev/shm|/run/shm)/|/\.[^./]|libprocesshider'
UNION ALL
SELECT p.scope, coalesce(p.exe_raw, p.exe), 'process ' || p.pid || ' (' ||
	excerpt(coalesce(p.cmdline, p.name, '?'), 100) || ') has ' || j.value,
	'process:' || p.id, CASE p.scope WHEN 'host' THEN 'high'
	ELSE 'medium' END, 'investigate'
    FROM process p, json_each(
	CASE WHEN json_valid(p.env) THEN p.env ELSE '[]' END) j
    WHERE j.value REGEXP '^LD_PRELOAD=(.*:)?((/tmp|/var/tmp|/dev/shm|/run/shm)/|[^:]*/\.[^./]|[^:]*libprocesshider)'
