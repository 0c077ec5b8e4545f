-- id: crowded-container
-- title: a container with far more than its image explains
-- severity: low
-- effect: note
-- attack: T1496 T1610
-- confidence: INF
-- why: Hundreds of processes, or thousands of files that are not of its image.
--   Build servers are such; so is what a worm made its home.
-- source: 4.13
SELECT c.scope AS scope, NULL AS path, 'container ' || l.label || ' has ' ||
	n || ' processes' AS detail, 'container:' || c.id AS evidence
    FROM (SELECT scope, count(*) AS n FROM process
	WHERE scope GLOB 'container:*' GROUP BY scope) p
	JOIN container c ON c.scope = p.scope
	JOIN container_label l ON l.id = c.id WHERE n >= 200
UNION ALL
SELECT c.scope, NULL, 'container ' || l.label || ' has ' || n ||
	' files that are not of its image', 'container:' || c.id
    FROM (SELECT scope, count(*) AS n FROM change
	WHERE op = 'added' AND type = 'file' GROUP BY scope) h
	JOIN container c ON c.scope = h.scope
	JOIN container_label l ON l.id = c.id WHERE n >= 5000
