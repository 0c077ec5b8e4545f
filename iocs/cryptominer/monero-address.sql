-- id: monero-address
-- title: an address of Monero
-- severity: high
-- effect: investigate
-- attack: T1496
-- confidence: INF
-- why: Somebody is paid here. The checksum of the address is right, so it is
--   one.
-- source: 4.28
SELECT scope, path, what || ' holds the Monero address ' || address ||
	': ' || excerpt(text) AS detail, evidence,
	CASE WHEN weight = 'defect' OR what GLOB 'history*'
	    OR what = 'image-history' THEN 'medium'
	    ELSE 'high' END AS severity
    FROM (SELECT scope, path, place AS what, text, monero(text) AS address,
	tbl || ':' || row AS evidence, weight FROM plain
UNION ALL SELECT c.scope, NULL, 'environment of container ' || l.label,
	j.value, monero(j.value), 'container:' || c.id, 'container'
	FROM container c JOIN container_label l ON l.id = c.id, json_each(
	CASE WHEN json_valid(c.env) THEN c.env ELSE '[]' END) j
UNION ALL SELECT i.scope, NULL, 'environment of image ' || l.label,
	j.value, monero(j.value), 'image:' || i.id, 'image'
	FROM image i JOIN image_label l ON l.id = i.id, json_each(
	CASE WHEN json_valid(i.env) THEN i.env ELSE '[]' END) j
UNION ALL SELECT i.scope, NULL, 'history of image ' || l.label,
	h.created_by, monero(h.created_by), 'image_history:' || h.id, 'image'
	FROM image_history h JOIN image i ON i.image_id = h.image_id
	    AND i.run = h.run AND i.store IS h.store
	JOIN image_label l ON l.id = i.id
	WHERE monero(shcmd_plain(h.created_by, 'history')) IS NULL
UNION ALL SELECT p.scope, coalesce(p.exe_raw, p.exe),
	'environment of process ' || p.pid, j.value, monero(j.value),
	'process:' || p.id, 'host' FROM process p, json_each(
	CASE WHEN json_valid(p.env) THEN p.env ELSE '[]' END) j)
    WHERE address IS NOT NULL
