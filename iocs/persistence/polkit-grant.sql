-- id: polkit-grant
-- title: polkit lets somebody act without asking
-- severity: medium
-- effect: investigate
-- attack: T1548
-- confidence: INF
-- why: A rule, a file of the older authority or an action that no package
--   brought and that says yes; a rule that starts a program; a rule whose text
--   hides what it returns. What asks for the administrator's password, or says
--   no, is noted.
-- source: POL1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, words || CASE program_state WHEN 'foreign' THEN ' (runs ' ||
	program || ', of no package)' ELSE '' END || coalesce(' [' || sign || ']', '') ||
	CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) || ' more' ELSE '' END
	AS detail, group_concat(evidence, ' ') AS evidence, max(level),
	CASE WHEN weight = 'container' THEN CASE WHEN max(level) > 2 THEN 'medium'
		ELSE 'low' END
	    WHEN weight <> 'host' OR file_state = 'unknown' THEN 'low'
	    WHEN max(level) = 4 THEN 'critical' WHEN max(level) = 3 THEN 'high'
	    WHEN max(level) = 2 THEN 'medium' ELSE 'low' END AS severity
	FROM (SELECT e.*, CASE
	    WHEN e.program_state = 'foreign' AND e.sign REGEXP
		'temporary files|it is hidden' THEN 4
	    WHEN e.program_state = 'foreign' THEN 3
	    WHEN e.name = 'spawn' AND shcmd_facts(regexp_find(
		'(?s)\[(.*?)\]', p.text, 1)) <> '[]' THEN 3
	    WHEN e.name IN ('spawn', 'admin rule') THEN 2
	    WHEN e.name = 'yes' THEN 2
	    WHEN e.place = 'polkit-action' AND e.options REGEXP
		'allow_(any|inactive)=yes' THEN 2
	    WHEN e.place = 'polkit-action' AND e.command IS NOT NULL THEN 2
	    WHEN e.place = 'polkit-rules' AND e.line IS NULL AND EXISTS (SELECT 1
		FROM blob b WHERE b.sha256 = p.sha256 AND CAST(b.data AS TEXT) REGEXP
		'fromCharCode|\beval\s*\(|Function\s*\(|\\x[0-9a-fA-F]{2}|\\u00|Result\s*\[|polkit\s*\[|atob|\.(reverse|join)\s*\(')
		THEN 2
	    ELSE 1 END AS level
	    FROM temp.entry e JOIN persist p ON p.id = e.id
	    WHERE e.place IN ('polkit-rules', 'polkit-pkla', 'polkit-action')
		AND e.file_state <> 'own' AND NOT (e.place = 'polkit-action'
		AND e.name IS NULL) AND NOT (e.place = 'polkit-pkla' AND e.line IS NULL)
	    ORDER BY e.id)
	GROUP BY scope, path)
