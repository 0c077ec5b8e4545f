-- id: environment-generator
-- title: a program of no package sets the variables of services or logins
-- severity: medium
-- effect: investigate
-- attack: T1574.006 T1543
-- confidence: INF
-- why: systemd runs these programs, the system's as root at boot, the users' at
--   each login, and takes what they print for variables of all that it starts.
-- source: AT2
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, group_concat(evidence, ' ') AS evidence, words ||
	CASE WHEN program_state = 'foreign' AND program IS NOT path THEN ' (runs ' ||
	    program || ', of no package)' ELSE '' END ||
	coalesce(' [' || sign || ']', '') AS detail, max(power),
	CASE WHEN weight = 'container' THEN 'medium' WHEN weight <> 'host' THEN 'low'
	    WHEN root AND max(sign REGEXP 'temporary files|it is hidden') THEN 'critical'
	    WHEN max(sign IS NOT NULL) OR place = 'systemd-environment-generator'
		THEN 'high' ELSE 'medium' END AS severity
	FROM (SELECT * FROM temp.entry WHERE place IN ('systemd-environment-generator',
	    'systemd-user-environment-generator')
	    AND file_state IN ('foreign', 'changed') ORDER BY id)
	GROUP BY scope, path)
