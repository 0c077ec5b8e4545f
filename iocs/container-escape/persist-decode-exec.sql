-- id: persist-decode-exec
-- title: something that starts by itself decodes a program and runs it
-- severity: high
-- effect: investigate
-- attack: T1140 T1027
-- confidence: C2
-- why: Who encodes a command hides it from a reader. Some installers do so as
--   well.
-- source: 4.7 T4 T5 S1a
SELECT scope, path, entry || ' (runs: ' || excerpt(piece, 200) || ')'
	AS detail, evidence,
	CASE weight WHEN 'host' THEN 'high' WHEN 'container' THEN 'medium'
	    WHEN 'image' THEN 'low' ELSE 'medium' END AS severity,
	CASE weight WHEN 'image' THEN 'note' ELSE 'investigate' END AS effect
    FROM persist_fact WHERE tag = 'decode-exec'
