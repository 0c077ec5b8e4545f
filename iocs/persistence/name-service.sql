-- id: name-service
-- title: a library of no package answers for names and accounts
-- severity: high
-- effect: investigate
-- attack: T1556
-- confidence: INF
-- why: Every program that asks for an account or a host loads the libraries
--   that nsswitch.conf names, root's too. They come with packages.
-- source: NSS1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, CASE WHEN file_state IN ('foreign', 'changed') THEN path
	    ELSE program END AS path, group_concat(evidence, ' ') AS evidence,
	words || ' (' || program || ', of no package' || coalesce(', ' || sign, '') ||
	    ')' || CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) || ' more'
	    ELSE '' END AS detail, CASE weight WHEN 'host' THEN 'high'
	    WHEN 'container' THEN 'medium' ELSE 'low' END AS severity
	FROM (SELECT * FROM temp.entry WHERE place = 'nsswitch'
	    AND program_state = 'foreign' ORDER BY id) GROUP BY scope, program)
