-- id: alternative
-- title: a common name leads to a program of no package
-- severity: medium
-- effect: investigate
-- attack: T1574
-- confidence: INF
-- why: A link in /etc/alternatives stands behind a command that everybody uses,
--   and belongs to nobody. Kits of developers are put there by hand, too: a list
--   of allowed files says which.
-- source: PF8 AT7
SELECT scope, coalesce(path_raw, path) AS path,
	'leads to ' || coalesce(target_raw, target) || ', of no package'
	    AS detail, 'file:' || id AS evidence,
	CASE scope WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE scope WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM file WHERE path REGEXP '^/etc/alternatives/[^/]+$'
	AND type = 'symlink' AND package_state = 'unpackaged'
	AND origin IS NOT 'image'
	AND target NOT REGEXP '[.][0-9][a-z]*([.]gz)?$|/share/(man|info|doc)/'
