-- id: account-shell
-- title: an account whose shell is of no package
-- severity: high
-- effect: investigate
-- attack: T1078.003 T1546
-- confidence: INF
-- why: The shell of an account runs whenever somebody logs in to it, and before
--   any check of who may run what. Shells come with packages.
-- source: ACC1 P1
SELECT scope, path, 'shell ' || excerpt(command, 120) || ' of ' ||
	excerpt(options, 200) || ' is of no package' ||
	coalesce(' [' || sign || ']', '') AS detail, evidence,
	CASE weight WHEN 'host' THEN 'high' WHEN 'container' THEN 'medium'
	    ELSE 'low' END AS severity,
	CASE weight WHEN 'defect' THEN 'note' ELSE 'investigate' END AS effect
    FROM temp.entry WHERE place = 'accounts' AND program_state = 'foreign'
