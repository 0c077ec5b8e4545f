-- id: pam-exec
-- title: a login runs a program through PAM
-- severity: medium
-- effect: investigate
-- attack: T1556.003
-- confidence: INF
-- why: pam_exec, pam_script and pam_python run a program at every login, mostly
--   as root, and hand it the password where they are told to. Few packages use
--   them. A program of no package, or a command that does more than call one,
--   is worse; so is one that is given the password.
-- source: PAM1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT e.scope, CASE WHEN e.file_state IN ('foreign', 'changed')
	    THEN e.path ELSE e.program END AS path, e.evidence,
	e.words || CASE e.program_state WHEN 'foreign' THEN ' (runs ' ||
	    e.program || ', of no package)' WHEN 'missing' THEN ' (runs ' ||
	    e.program || ', which is not there)' ELSE '' END ||
	    coalesce(' [' || e.sign || ']', '') AS detail,
	CASE WHEN e.weight = 'container' THEN
		CASE e.program_state WHEN 'foreign' THEN 'medium' ELSE 'low' END
	    WHEN e.weight <> 'host' OR p.enabled IS NULL
		OR e.file_state = 'unknown' THEN 'low'
	    WHEN e.program_state = 'foreign' AND e.sign REGEXP
		'temporary files|it is hidden' THEN 'critical'
	    WHEN e.program_state = 'foreign' OR e.command REGEXP
		'\bexpose_authtok\b' OR shcmd_facts(
		regexp_find('^\S+\s+(?:(?:debug|expose_authtok|seteuid|quiet|quiet_log|stdout|(?:log|type)=\S+)\s+)*(.*)$',
		e.command, 1)) <> '[]' THEN 'high'
	    ELSE 'medium' END AS severity
	FROM temp.entry e JOIN persist p ON p.id = e.id
	WHERE e.place = 'pam' AND e.command REGEXP
		'^\S*pam_(exec|script|python|perl)\.so(\s|$)'
	    AND (e.file_state <> 'own' OR e.program_state = 'foreign')
	UNION ALL
	SELECT scope, path, group_concat(evidence, ' '), 'run by pam_namespace: ' ||
	    words || CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) ||
	    ' more' ELSE '' END, CASE WHEN weight = 'container' THEN 'low'
	    WHEN weight <> 'host' THEN 'low' ELSE 'medium' END
	FROM (SELECT *, max(coalesce(power, 0)) OVER (PARTITION BY scope, path) AS most
	    FROM temp.entry WHERE place = 'pam-namespace'
		AND file_state IN ('foreign', 'changed') ORDER BY power DESC, id)
	GROUP BY scope, path)
