-- id: package-database
-- title: a package database that was edited
-- severity: high
-- effect: investigate
-- attack: T1565.001 T1036
-- confidence: INF
-- why: What tells foreign from packaged rests on the database. Lists and digests
--   that were written after the package manager's last action, that overlap or
--   have no package were written by somebody else.
-- source: PF5 PF6
SELECT d.scope AS scope, CASE WHEN d.format = 'dpkg' AND j.value REGEXP
	'^(info/[^ ]+|status|diversions|statoverride|available) ' THEN
	    d.path || '/' || substr(j.value, 1, instr(j.value, ' ') - 1)
	WHEN d.format = 'dpkg' AND j.value REGEXP
	    '^the inode of info/[^ ]+ ' THEN d.path || '/' ||
	    regexp_find('info/[^ ]+', j.value, 0)
	ELSE coalesce(d.path_raw, d.path) END AS path,
	d.format || ': ' || j.value AS detail, 'package_db:' || d.id AS evidence,
	CASE WHEN d.scope = 'host' THEN 'high' ELSE 'low' END AS severity,
	CASE WHEN d.scope = 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM package_db d, json_each(d.oddities) j
    WHERE d.scope NOT GLOB 'image:*'
