-- id: cron-without-user
-- title: the cron line of docker123321: no user field
-- severity: medium
-- effect: investigate
-- attack: T1053.003
-- confidence: S1
-- why: The image wrote a line that fetches and runs a program into
--   /etc/crontab of the host, without the field for the user: cron refuses
--   the whole file. It shows that somebody wrote there, not that it ran. Look
--   for the same line in root's own crontab.
-- source: 1.3 4.3 K6
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence,
	CASE WHEN scope = 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN scope = 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM persist_fact WHERE tag = 'fetch-exec'
	AND place IN ('cron-system', 'cron-d') AND owner IS NULL
	AND weight IN ('defect', 'container')
