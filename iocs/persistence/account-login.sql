-- id: account-login
-- title: an account that somebody logs in to with a password
-- severity: medium
-- effect: investigate
-- attack: T1136.001
-- confidence: INF
-- why: Whose it is only the owner of the host can say: an allow list with name
--   and uid answers. An account without a password that can be used is nobody's
--   way in by itself; a key of it is a finding of its own.
-- source: ACC1
SELECT scope, coalesce(path_raw, path) AS path,
	'account ' || name || ' (uid ' || uid || ', shell ' ||
	coalesce(nullif(shell, ''), '/bin/sh') || ', password ' || password ||
	coalesce(' of ' || date(password_time / 1000000000, 'unixepoch'), '') || ')' ||
	coalesce(' (changed against passwd-: ' || nullif((SELECT
	    group_concat(j.value, ', ') FROM json_each(CASE WHEN json_valid(changes)
	    THEN changes ELSE '[]' END) j), '') || ')', '') AS detail,
	'account:' || id AS evidence,
	CASE scope WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE scope WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM account WHERE uid >= 1000 AND uid <> 65534 AND origin IS NOT 'image'
	AND password IN ('des', 'md5', 'sha256', 'sha512', 'yescrypt', 'other') AND path <> '/etc/shadow'
	AND coalesce(nullif(shell, ''), '/bin/sh') NOT REGEXP '(^|/)(nologin|false|true|sync|shutdown|halt|git-shell)\s*$'
