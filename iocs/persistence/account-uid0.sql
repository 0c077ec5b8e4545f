-- id: account-uid0
-- title: a second account with uid 0
-- severity: high
-- effect: investigate
-- attack: T1136.001
-- confidence: INF
-- why: Who has uid 0 is root under another name. Some administrators make
--   such accounts on purpose.
-- source: 4.17 4.18 X1
SELECT scope, coalesce(path_raw, path) AS path,
	'account ' || name || ' has uid 0, shell ' || coalesce(shell, '(none)')
	AS detail, 'account:' || id AS evidence,
	CASE scope WHEN 'host' THEN 'high' ELSE 'medium' END AS severity
    FROM account WHERE uid = 0 AND name NOT IN ('root')
	AND origin IS NOT 'image'
