-- id: store-changed
-- title: something of a container store was changed behind its engine
-- severity: high
-- effect: investigate
-- attack: T1525 T1565.001
-- confidence: INF
-- why: A store names configurations, manifests and layers by their digests, and
--   no engine ever changes one. Most engines do not compare them again: what
--   somebody wrote into one runs with the next container, under the image's
--   name. A write that a power failure or a full disk cut leaves such a file as
--   well; it is short, empty or filled with zeros, and that is less.
-- source: OC1
WITH image_of AS MATERIALIZED (
    SELECT m.id AS id, group_concat(DISTINCT l.label) AS labels FROM mismatch m
	JOIN image i ON i.engine = m.engine AND i.store IS m.store
	JOIN image_label l ON l.id = i.id
	WHERE i.image_id = m.expected
	    OR instr(coalesce(i.digests, ''), m.expected) > 0
	    OR EXISTS (SELECT 1 FROM image_layer y
		WHERE y.image_id = i.image_id AND y.store IS i.store
		    AND (y.digest = m.expected OR y.diff_id = m.expected))
	GROUP BY m.id)
SELECT 'host' AS scope, coalesce(m.host_path_raw, m.host_path) AS path,
	CASE m.what WHEN 'added' THEN m.engine || ': a layer has a file that ' ||
	    'was not unpacked into it'
	WHEN 'missing' THEN m.engine || ': a file of a layer is gone'
	ELSE m.engine || ': ' || m.what || coalesce(' of image ' ||
	    excerpt(o.labels, 200), '') || CASE m.damage
	    WHEN 'empty' THEN ' is empty'
	    WHEN 'cut' THEN ' is cut off (' || m.size || ' bytes of ' ||
		m.expected_size || ')'
	    WHEN 'zeros' THEN ' ends in zeros'
	    WHEN 'broken' THEN ' is no document any more'
	    ELSE ' was changed' END ||
	': its digest is ' || m.actual || ', not ' || m.expected END AS detail,
	'mismatch:' || m.id AS evidence,
	CASE WHEN m.damage IS NULL THEN 'high' ELSE 'medium' END AS severity
    FROM mismatch m LEFT JOIN image_of o ON o.id = m.id
