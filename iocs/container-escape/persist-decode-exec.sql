-- id: persist-decode-exec
-- title: something that starts by itself decodes a program and runs it
-- severity: high
-- effect: investigate
-- attack: T1140 T1027
-- confidence: C2
-- why: Who encodes a command hides it from a reader. Some installers do so as
--   well; in what root runs again and again, and no package brought, nobody
--   has a reason to.
-- source: 4.7 T4 T5 S1a
SELECT scope, path, entry || ' (runs: ' || excerpt(piece, 200) || ')'
	AS detail, evidence,
	CASE weight WHEN 'host' THEN CASE WHEN again THEN 'critical'
		ELSE 'high' END
	    WHEN 'container' THEN 'medium' WHEN 'image' THEN 'low'
	    ELSE 'medium' END AS severity,
	CASE weight WHEN 'image' THEN 'note' WHEN 'host' THEN CASE
		WHEN again THEN 'wipe' ELSE 'investigate' END
	    ELSE 'investigate' END AS effect
    FROM (SELECT *, root AND foreign_file AS again FROM persist_fact
	WHERE tag = 'decode-exec')
