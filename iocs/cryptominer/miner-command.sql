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
	f.label || ': ' || excerpt(f.piece) AS detail,
	f.evidence AS evidence,
	CASE WHEN f.weight = 'defect' THEN 'medium'
	    WHEN f.place = 'image-history' THEN 'medium'
	    ELSE 'high' END AS severity
    FROM fact_label f WHERE f.tag = 'miner'
