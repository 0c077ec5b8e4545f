-- id: account-no-password
-- title: an account that needs no password
-- severity: high
-- effect: investigate
-- attack: T1078.003
-- confidence: INF
-- why: An empty password together with a shell lets anybody in at a console,
--   and over the network where sshd permits it.
-- source: 4.18
SELECT scope, coalesce(path_raw, path) AS path,
	'account ' || name || ' (uid ' || coalesce(uid, '?') ||
	') has an empty password and the shell ' ||
	coalesce(nullif(shell, ''), '/bin/sh') AS detail,
	'account:' || id AS evidence,
	CASE WHEN scope = 'host' THEN 'high' ELSE 'low' END AS severity,
	CASE WHEN scope = 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM account WHERE password = 'empty' AND origin IS NOT 'image'
	AND coalesce(shell, '/bin/sh') NOT REGEXP '(nologin|false|sync)\s*$'
