-- id: startup-fetch-exec
-- title: something that starts by itself fetches a program and runs it
-- severity: critical
-- effect: wipe
-- attack: T1543.002 T1546.004
-- confidence: INF
-- why: The same as with cron, from a unit, rc.local, a start-up file of a
--   shell or the forced command of a key.
-- source: 4.1 K6 X1 J1
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence,
	CASE weight WHEN 'host' THEN CASE WHEN root AND plain
		THEN 'critical' ELSE 'high' END
	    WHEN 'container' THEN 'high' WHEN 'image' THEN 'low'
	    ELSE 'medium' END AS severity,
	CASE WHEN weight = 'host' AND root AND plain THEN 'wipe'
	    WHEN weight = 'image' THEN 'note'
	    ELSE 'investigate' END AS effect
    FROM (SELECT *,
	EXISTS (SELECT 1 FROM persist_fact g WHERE g.evidence = f.evidence
	    AND g.tag = 'fetch-exec-plain') AS plain
	FROM persist_fact f
	WHERE place NOT GLOB 'cron-*' AND tag = 'fetch-exec') f
