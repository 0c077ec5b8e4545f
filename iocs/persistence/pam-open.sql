-- id: pam-open
-- title: a service lets in who knows no secret
-- severity: high
-- effect: investigate
-- attack: T1556.003
-- confidence: INF
-- why: The modules of the stack that ask for a secret hear a wrong one, and the
--   stack still says yes. Whoever wants to be root gets in (anybody), or
--   somebody whom a condition lets in: a group, a program, a list. The services
--   of graphical logins that have nobody to ask are their packages' own, and
--   stay so.
-- source: PAM1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT e.scope, e.path, e.evidence,
	CASE e.options WHEN 'anybody' THEN 'whoever asks is let in by '
	    ELSE 'without a secret are let in those of whom it is true: ' END ||
	    excerpt(p.text) || ' (line ' || e.line || '; services: ' ||
	    excerpt(p.enabled, 200) || ')' AS detail,
	CASE WHEN e.weight = 'container' THEN 'medium'
	    WHEN core AND e.options = 'anybody' AND e.file_state <> 'unknown'
		THEN 'critical'
	    WHEN core THEN 'high'
	    WHEN e.file_state = 'unknown' THEN 'low'
	    WHEN e.options = 'anybody' THEN 'high' ELSE 'medium' END AS severity
	FROM (SELECT *, (path REGEXP '/(common|system|password|base)-(auth|login)$'
	    OR id IN (SELECT id FROM persist WHERE artifact = 'pam' AND enabled REGEXP
	    '(^| )(sshd|login|remote|su|su-l|sudo|sudo-i|doas)( |$)')) AS core
	    FROM temp.entry WHERE place = 'pam' AND name = 'auth-open') e
	JOIN persist p ON p.id = e.id
	WHERE e.file_state <> 'own' AND p.command IS NULL)
