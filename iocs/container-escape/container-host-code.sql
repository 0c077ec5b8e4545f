-- id: container-host-code
-- title: a container with power over the host runs foreign code
-- severity: critical
-- effect: wipe
-- attack: T1610 T1611
-- confidence: INF
-- why: Privileged, with the root of the host or with the socket of the engine
--   a container is root on the host; what it fetched or decoded and ran
--   there, ran as root of the host. If it never ran, it did nothing yet.
-- source: 4.10 4.11 4.12 4.13 T4 T5 D2 K11
SELECT scope, NULL AS path,
	label || ' runs foreign code (' || tag || ': ' || excerpt(piece, 200)
	|| '): ' || command AS detail,
	evidence || coalesce((SELECT ' mount:' || m.id FROM container_mount m
	    WHERE m.scope = f.scope AND f.access NOT GLOB 'privileged*'
	    ORDER BY m.id LIMIT 1), '') AS evidence,
	CASE WHEN ran THEN 'critical' ELSE 'high' END AS severity,
	CASE WHEN ran THEN 'wipe' ELSE 'investigate' END AS effect
    FROM container_fact f WHERE access IS NOT NULL
	AND tag IN ('fetch-exec-plain', 'reverse-shell', 'decode-exec',
	    'escape', 'module')
UNION ALL
SELECT scope, NULL, label || ' mounts a disk of the host and writes there ('
	|| piece || '): ' || command, evidence,
	CASE WHEN ran THEN 'critical' ELSE 'high' END,
	CASE WHEN ran THEN 'wipe' ELSE 'investigate' END
    FROM container_fact f WHERE access IS NOT NULL AND tag = 'mount-device'
	AND EXISTS (SELECT 1 FROM container_fact g WHERE g.id = f.id
	    AND g.tag IN ('cron-write', 'key-write', 'preload-write',
		'startup-write', 'account-write', 'chroot'))
UNION ALL
SELECT scope, NULL, label || ' uses the engine to start another container '
	|| 'with the host inside (' || excerpt(piece, 200) || '): ' || command,
	evidence, CASE WHEN ran THEN 'critical' ELSE 'high' END,
	CASE WHEN ran THEN 'wipe' ELSE 'investigate' END
    FROM container_fact f WHERE tag = 'docker-mount'
	AND piece REGEXP '^/(etc|root)?:|(source|src)=/(etc|root)?(,|$)'
	AND EXISTS (SELECT 1 FROM container_fact g WHERE g.id = f.id
	    AND g.tag IN ('cron-write', 'key-write', 'chroot', 'fetch-exec',
		'decode-exec', 'reverse-shell', 'preload-write'))
