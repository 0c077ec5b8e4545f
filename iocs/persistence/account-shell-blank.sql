-- id: account-shell-blank
-- title: an account whose shell ends with a blank
-- severity: high
-- effect: investigate
-- attack: T1036.006 T1098
-- confidence: S1
-- why: Perfctl gave the account news the shell "/usr/sbin/nologin " with a
--   blank at its end: a copy of a shell that looks like none.
-- source: 4.18 P1
SELECT scope, coalesce(path_raw, path) AS path,
	'account ' || name || ' has the shell "' || shell || '"' AS detail,
	'account:' || id AS evidence,
	CASE scope WHEN 'host' THEN 'high' ELSE 'medium' END AS severity
    FROM account WHERE shell REGEXP '\S\s+$' AND origin IS NOT 'image'
