-- id: container-host-enter
-- title: a container enters its host
-- severity: medium
-- effect: investigate
-- attack: T1611
-- confidence: C2
-- why: The command changes its root to that of the host, or enters the
--   namespaces of its first process. Agents of nodes do so as well.
-- source: 4.13 T4 C1
SELECT scope, NULL AS path, label || ' enters the host (' || piece || '): '
	|| command AS detail, evidence
    FROM container_fact f WHERE tag = 'nsenter-host'
UNION ALL
SELECT f.scope, NULL, f.label || ' enters the host (chroot ' || f.piece ||
	'): ' || f.command, f.evidence || ' mount:' || m.id
    FROM container_fact f JOIN container_mount m ON m.scope = f.scope
    WHERE f.tag = 'chroot' AND m.source = '/'
	AND rtrim(m.destination, '/') = rtrim(f.piece, '/')
