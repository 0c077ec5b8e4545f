-- id: persist-hidden-exec
-- title: something that starts by itself runs out of a hidden directory
-- severity: medium
-- effect: investigate
-- attack: T1564.001
-- confidence: C2
-- why: Directories whose name begins with a dot, outside of a home, are there
--   to be overlooked. In homes they are where many programs live: that is a
--   note.
-- source: 4.5 O1 P1
SELECT scope, path, entry || ' (runs ' || piece || ')' AS detail, evidence,
	CASE WHEN weight = 'host'
	    AND piece NOT REGEXP '^(/root|/home/[^/]+)/'
	    THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN weight = 'host'
	    AND piece NOT REGEXP '^(/root|/home/[^/]+)/'
	    THEN 'investigate' ELSE 'note' END AS effect
    FROM persist_fact WHERE tag = 'hidden-exec'
	AND weight NOT IN ('image', 'defect')
	-- a start-up file that reads another one of the same home
	AND NOT (place GLOB 'shell-rc-*'
	    AND piece REGEXP '^(/root|/home/[^/]+)/\.[^/]+$')
