-- id: cron-redis
-- title: a crontab that Redis wrote
-- severity: high
-- effect: investigate
-- attack: T1053.003 T1190
-- confidence: C2
-- why: An unprotected Redis server is told to save its data as a crontab: a
--   file of cron that starts like a dump of Redis has no other origin.
-- source: 4.6 W1 S1a E2
SELECT p.scope AS scope, coalesce(p.path_raw, p.path) AS path,
	p.artifact || ' begins like a dump of Redis' AS detail,
	'persist:' || min(p.id) AS evidence
    FROM persist p LEFT JOIN blob b ON b.sha256 = p.sha256
    WHERE p.artifact GLOB 'cron-*' AND p.origin IS NOT 'image'
	AND (substr(b.data, 1, 5) = x'5245444953'
	    OR p.text REGEXP '^REDIS[0-9]{4}')
    GROUP BY p.scope, coalesce(p.path_raw, p.path)
