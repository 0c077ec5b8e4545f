-- id: persist-docker-run
-- title: something that starts by itself starts a container with the host
--   inside
-- severity: high
-- effect: investigate
-- attack: T1610 T1611
-- confidence: INF
-- why: A container with the root of the host mounted, or a privileged one, is
--   root on the host. From cron it is a way back in.
-- source: 1.3 D1 T4
SELECT f.scope AS scope, f.path AS path,
	f.entry || ' (' || excerpt(f.piece, 200) || ')' AS detail,
	f.evidence AS evidence,
	CASE WHEN f.weight = 'host' AND hostile THEN 'high'
	    WHEN hostile THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN hostile THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, EXISTS (SELECT 1 FROM persist_fact g
	    WHERE g.evidence = a.evidence AND g.tag IN ('chroot',
		'fetch-exec', 'decode-exec', 'reverse-shell', 'nsenter-host',
		'cron-write', 'key-write', 'miner')) AS hostile
	FROM persist_fact a
	WHERE tag = 'docker-mount' AND piece REGEXP '^/(etc|root|proc|usr|boot)?:'
	    OR tag = 'docker-mount' AND piece REGEXP '(source|src)=/(etc|root)?(,|$)'
	    OR tag = 'docker-privileged') f WHERE f.weight <> 'image'
