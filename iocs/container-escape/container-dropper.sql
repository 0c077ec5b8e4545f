-- id: container-dropper
-- title: the command of a container runs foreign code
-- severity: high
-- effect: investigate
-- attack: T1609 T1105 T1059.004
-- confidence: C2
-- why: What the container starts, its health check included, fetches or
--   decodes a program and runs it, or gives a shell to the network. An
--   installer over TLS from a named host is less.
-- source: 4.13 N1 T4 T5 S2
SELECT scope, NULL AS path,
	label || ' (' || tag || ': ' || excerpt(piece, 200) || '): ' || command
	AS detail, evidence,
	CASE WHEN tag = 'fetch-exec' OR tag = 'decode-exec' THEN 'medium'
	    ELSE 'high' END AS severity
    FROM container_fact f
    WHERE (tag IN ('fetch-exec-plain', 'reverse-shell', 'decode-exec')
	    AND access IS NULL) -- else container-host-code says more
	OR (tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM container_fact g
	    WHERE g.id = f.id AND g.tag = 'fetch-exec-plain'))
	OR (tag = 'kill-list')
