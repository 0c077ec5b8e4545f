-- id: layer-remnant
-- title: layers that no image or container of the store has
-- severity: info
-- effect: note
-- attack: T1070
-- confidence: C2
-- why: What an image or a container left when it was removed. Their files are
--   still on the disk, are read like the host's, and may be all that is left of
--   what ran here. A build that was interrupted leaves them as well.
-- source: K17
WITH used AS MATERIALIZED (
    SELECT host_path AS path FROM image_layer WHERE host_path IS NOT NULL
    UNION SELECT host_path FROM layer
	WHERE type = 'cache' AND host_path IS NOT NULL),
chains AS MATERIALIZED (
    SELECT chain_id AS chain FROM image_layer WHERE chain_id IS NOT NULL)
SELECT 'host' AS scope, l.store AS path,
	l.engine || ': ' || count(*) || CASE WHEN count(*) = 1 THEN ' layer'
	    ELSE ' layers' END || coalesce(', ' || sum(l.size) || ' bytes', '')
	    || CASE WHEN sum(l.type = 'active') > 0 THEN ', ' ||
		sum(l.type = 'active') || ' of them writable' ELSE '' END
	    || ': ' ||
	    excerpt(group_concat(coalesce(l.host_path, l.name), ' '), 200)
	AS detail,
	'layer:' || min(l.id) || CASE WHEN count(*) > 1 THEN ' layer:' ||
	    max(l.id) ELSE '' END AS evidence
    FROM layer l
    WHERE l.type IN ('committed', 'active')
	AND l.container_id IS NULL
	AND coalesce(l.host_path, '') NOT IN (SELECT path FROM used)
	AND coalesce(l.chain_id, '') NOT IN (SELECT chain FROM chains)
	AND NOT EXISTS (SELECT 1 FROM container c
	    WHERE c.host_path = l.host_path)
    GROUP BY l.engine, l.store
