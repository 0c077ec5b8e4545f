-- id: private-key
-- title: a private key lies about
-- severity: medium
-- effect: investigate
-- attack: T1552.004
-- confidence: INF
-- why: A key belongs into the .ssh of who uses it. In a place for temporary files
--   or below a web root it is loot, or the way on to other hosts.
-- source: PF9
SELECT scope, path, detail, evidence, severity, CASE severity WHEN 'medium'
	THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT scope, coalesce(path_raw, path) AS path,
	'a private key' || coalesce(': ' || excerpt(coalesce(command, options,
	    name), 80), '') || coalesce(' [' || defect || ']', '') AS detail,
	'persist:' || id AS evidence,
	CASE WHEN path REGEXP '/[.]ssh/|^(/root|/home/[^/]+)/' THEN 'info'
	    WHEN scope <> 'host' THEN 'low'
	    WHEN path REGEXP '^/(tmp|var/tmp|dev/shm|var/www|srv)/' THEN 'medium'
	    ELSE 'low' END AS severity
	FROM persist WHERE artifact = 'private-key' AND origin IS NOT 'image')
