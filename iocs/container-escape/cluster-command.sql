-- id: cluster-command
-- title: a cluster has told this node to run an attack
-- severity: high
-- effect: investigate
-- attack: T1610
-- confidence: C2
-- why: What a pod or a task of a service runs by itself fetches a program and
--   runs it, opens a shell to the network, enters the host, or writes where a
--   host would be mounted. The order outlives the container: it is run again
--   here, or on another node.
-- source: 1.3 4.13 K2 K6 N1
SELECT f.scope AS scope, f.path AS path,
	f.label || ' (' || coalesce(f.schedule, f.place) || ') runs ' ||
	f.tag || ': ' || excerpt(f.piece, 200) AS detail,
	f.evidence AS evidence,
	CASE WHEN f.tag = 'fetch-exec' THEN 'low' WHEN f.tag = 'decode-exec'
	    THEN 'medium' ELSE 'high' END AS severity,
	CASE WHEN f.tag = 'fetch-exec' THEN 'note' ELSE 'investigate' END
	AS effect
    FROM fact_label f
    WHERE f.tbl IN ('pod', 'task') AND (f.tag IN ('fetch-exec-plain',
	    'reverse-shell', 'decode-exec', 'nsenter-host', 'escape')
	OR (f.tag IN ('cron-write', 'key-write', 'preload-write',
		'account-write', 'startup-write')
	    AND f.piece REGEXP '^/[^/]+(/.*)?/(etc|var/spool|root|home|usr)/')
	OR (f.tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM fact g
	    WHERE g.tbl = f.tbl AND g.row = f.row
		AND g.tag = 'fetch-exec-plain')))
