-- id: container-power
-- title: a container with power over its host
-- severity: low
-- effect: note
-- attack: T1610 T1611
-- confidence: C2
-- why: Privileged, with mounts of the host or with the socket of its engine:
--   managers, build servers and agents of nodes are such. By itself it says
--   only what the container could do.
-- source: 4.10 4.11 4.12 F1
SELECT scope, NULL AS path, 'container ' || label ||
	CASE WHEN ran THEN ' (ran)' ELSE ' (never started)' END ||
	' has power over the host: ' || access AS detail,
	'container:' || id AS evidence
    FROM container_access WHERE access IS NOT NULL
