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
--   well; it is short, empty or filled with zeros, and that is less. Of the
--   files of a layer the engine keeps a list, which it never looks at again: an
--   owner or a mode that differs is less, too, where no set-id bit came with it.
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
	WHEN 'type' THEN m.engine || ': of a layer a ' || m.expected ||
	    ' was replaced by a ' || m.actual
	WHEN 'target' THEN m.engine || ': a link of a layer leads to ' ||
	    excerpt(m.actual, 200) || ', not to ' || excerpt(m.expected, 200)
	WHEN 'mode' THEN m.engine || ': mode of a file of a layer is ' ||
	    m.actual || ', not ' || m.expected
	WHEN 'owner' THEN m.engine || ': owner of a file of a layer is ' ||
	    m.actual || ', not ' || m.expected
	WHEN 'capabilities' THEN m.engine || ': a file of a layer has ' ||
	    'capabilities that it was not unpacked with: ' || m.actual ||
	    ', then ' || m.expected
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
	CASE WHEN m.damage IS NOT NULL OR m.what = 'owner' OR (m.what = 'mode'
	    AND CAST(substr(m.actual, 1, 2) AS INTEGER) & 6 &
		~CAST(substr(m.expected, 1, 2) AS INTEGER) = 0)
	    THEN 'medium' ELSE 'high' END AS severity
    FROM mismatch m LEFT JOIN image_of o ON o.id = m.id
