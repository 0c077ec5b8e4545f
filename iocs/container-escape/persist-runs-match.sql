-- id: persist-runs-match
-- title: something that starts by itself runs a file that YARA knows
-- severity: high
-- effect: investigate
-- attack: T1053.003 T1543.002
-- confidence: INF
-- why: A file whose bytes are those of hostile code is one thing, that the
--   system starts it is another. Where root starts it, and the rule is one
--   for known hostile code (high or more), the host cannot be trusted; a rule
--   that only suspects, or a file that is only named, is for a person.
-- source: 4.1 K6 N1 O1
SELECT scope, path, entry || ' (' || CASE how WHEN 'run' THEN 'runs '
	ELSE 'names ' END || file || ', ' || title || ': ' || strings || ')'
	AS detail, evidence,
	CASE WHEN weight = 'host' AND root AND how = 'run' AND max(rank) >= 3
	    THEN 'critical' ELSE 'high' END AS severity,
	CASE WHEN weight = 'host' AND root AND how = 'run' AND max(rank) >= 3
	    THEN 'wipe' ELSE 'investigate' END AS effect
    FROM persist_run WHERE weight IN ('host', 'container')
    -- what is both run and named is run
    GROUP BY entry_evidence, file, how
    HAVING how = 'run' OR NOT EXISTS (SELECT 1 FROM persist_run o
	WHERE o.entry_evidence = persist_run.entry_evidence
	    AND o.file = persist_run.file AND o.how = 'run')
