-- id: miner-command
-- title: a miner, by its arguments
-- severity: high
-- effect: investigate
-- attack: T1496.001 T1496
-- confidence: C2
-- why: An address of a pool by the stratum protocol, or options that only
--   miners have, whatever the program calls itself. Some people mine on
--   purpose on their own machines.
-- source: 4.25 4.26 F1 G5 T5 D2
SELECT f.scope AS scope, f.path AS path,
	CASE f.tbl WHEN 'container' THEN 'container ' || (SELECT label
		FROM container_label l WHERE l.id = f.row) || ': '
	    WHEN 'image' THEN 'image ' || (SELECT label FROM image_label l
		WHERE l.id = f.row) || ': '
	    WHEN 'image_history' THEN 'image ' || (SELECT label
		FROM image_label l WHERE l.scope = f.scope LIMIT 1) ||
		', built by: '
	    WHEN 'process' THEN 'process ' || (SELECT pid FROM process p
		WHERE p.id = f.row) || ': '
	    ELSE f.place || ': ' END || excerpt(f.piece) AS detail,
	f.evidence AS evidence,
	CASE WHEN f.weight = 'defect' THEN 'medium'
	    WHEN f.place = 'image-history' THEN 'medium'
	    ELSE 'high' END AS severity
    FROM fact f WHERE f.tag = 'miner'
