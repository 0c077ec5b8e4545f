-- id: pam-module
-- title: a module of PAM that no package brought
-- severity: high
-- effect: investigate
-- attack: T1556.003
-- confidence: INF
-- why: A module is code in every login, as root, and sees every password.
--   Modules come with packages; one that an administrator built lies in
--   /usr/local or /opt and is known to him. A packaged module with another
--   content is for the rules on packages.
-- source: PAM1 AT7
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, program AS path, group_concat(evidence, ' ') AS evidence,
	'of no package, loaded by ' || path || ', ' || words ||
	CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) || ' more' ELSE '' END ||
	coalesce(' [' || sign || ']', '') AS detail,
	max(CASE WHEN weight = 'host' AND reached THEN 2 ELSE 1 END),
	CASE WHEN weight = 'container' THEN 'medium'
	    WHEN weight <> 'host' OR NOT reached THEN 'low'
	    WHEN sign REGEXP 'temporary files|it is hidden' THEN 'critical'
	    ELSE 'high' END AS severity
	FROM (SELECT e.*, p.enabled IS NOT NULL AS reached FROM temp.entry e
	    JOIN persist p ON p.id = e.id
	    WHERE e.place = 'pam' AND e.program_state = 'foreign'
		AND e.command NOT REGEXP
		    '^\S*pam_(exec|script|python|perl)\.so(\s|$)' ORDER BY e.id)
	GROUP BY scope, program)
