-- id: pam-secrets
-- title: a login goes by secrets of another place
-- severity: medium
-- effect: investigate
-- attack: T1556.003
-- confidence: INF
-- why: These modules hold names and passwords in a file of their own, or trust
--   an address. Servers of mail and files use them for accounts that are none
--   of the host's. In front of a login of the host they are a second door whose
--   key somebody chose.
-- source: PAM1
SELECT e.scope, e.path, e.words || ' (services: ' || excerpt(p.enabled, 200) || ')'
	AS detail, e.evidence,
	CASE e.weight WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE e.weight WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM temp.entry e JOIN persist p ON p.id = e.id
    WHERE e.place = 'pam' AND p.schedule = 'auth'
	AND e.file_state IN ('foreign', 'changed')
	AND e.command REGEXP
	    '^\S*pam_(userdb|pwdfile|sqlite3?|mysql|pgsql|http|ftp|rhosts|rhosts_auth)\.so(\s|$)'
	AND p.enabled REGEXP '(^| )(sshd|login|remote|su|su-l|sudo|sudo-i)( |$)'
