-- id: subid-overlap
-- title: subordinate ids that are somebody else's
-- severity: medium
-- effect: investigate
-- attack: T1098
-- confidence: INF
-- why: With such a range an account maps ids of other accounts, or root's, into
--   a container of its own and reads and writes their files. Two accounts with
--   the same range are a slip of an administrator, mostly.
-- source: ACC1
SELECT scope, path, words || ': ' || excerpt(overrides, 200) AS detail, evidence,
	CASE WHEN weight = 'host' AND overrides REGEXP '[ug]id of account'
	    THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN weight = 'host' AND overrides REGEXP '[ug]id of account'
	    THEN 'investigate' ELSE 'note' END AS effect
    FROM temp.entry WHERE place = 'subids' AND overrides IS NOT NULL
