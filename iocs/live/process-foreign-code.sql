-- id: process-foreign-code
-- title: a process runs foreign code
-- severity: high
-- effect: investigate
-- attack: T1105 T1059.004
-- confidence: INF
-- why: The arguments of a running shell fetch or decode a program and run it.
--   Installers look the same for a moment.
-- source: 4.1 4.7
SELECT f.scope AS scope, f.path AS path, 'process ' || p.pid || ' of ' ||
	coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name)) || ' (' || f.tag || ': ' ||
	excerpt(f.piece, 200) || ')' AS detail, f.evidence AS evidence,
	CASE f.tag WHEN 'fetch-exec-plain' THEN 'high' WHEN 'decode-exec'
	    THEN 'medium' ELSE 'low' END AS severity,
	CASE f.tag WHEN 'fetch-exec' THEN 'note' ELSE 'investigate' END
	AS effect
    FROM fact f JOIN process p ON p.id = f.row
    WHERE f.tbl = 'process' AND (f.tag IN ('fetch-exec-plain', 'decode-exec')
	OR (f.tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM fact g
	    WHERE g.tbl = 'process' AND g.row = f.row
		AND g.tag = 'fetch-exec-plain')))
