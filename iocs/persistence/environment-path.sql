-- id: environment-path
-- title: programs are looked for where others can put them
-- severity: medium
-- effect: investigate
-- attack: T1574.007
-- confidence: INF
-- why: A folder of PATH that others may write to, a relative one, or one that
--   stands before the system's and has programs of the same names: who types a
--   name, as root perhaps, runs the other program.
-- source: ENV1 AT7
SELECT scope, path, words || ': ' || coalesce(options, '') || coalesce(' (' || program ||
	' stands before ' || overrides || ')', '') AS detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *, CASE WHEN weight <> 'host' OR file_state = 'unknown' THEN 'low'
	    WHEN overrides IS NOT NULL THEN CASE
		WHEN sign REGEXP 'temporary|hidden|only packages' AND NOT mine
		    THEN 'high' ELSE 'medium' END
	    WHEN options GLOB '*before the usual ones*' AND NOT mine THEN 'high'
	    WHEN options GLOB '*before the usual ones*' THEN 'medium'
	    WHEN mine THEN 'low' ELSE 'medium' END AS severity
	FROM (SELECT *, path REGEXP '^(/root|/home/[^/]+)/' AS mine FROM temp.entry
	    WHERE name = 'PATH' AND place NOT IN ('cron-system', 'cron-d', 'cron-user')
	    AND (options REGEXP ': (relative|the folder that|may be written|does not belong|hidden)'
		OR (overrides IS NOT NULL AND program_state = 'foreign'))
	    AND file_state <> 'own'))
