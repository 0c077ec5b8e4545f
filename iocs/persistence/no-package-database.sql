-- id: no-package-database
-- title: nothing tells foreign from packaged
-- severity: medium
-- effect: investigate
-- attack: T1070
-- confidence: INF
-- why: The host has no package database, or one that this version cannot read:
--   its files can only be compared with a list of known digests or with a
--   sibling.
-- source: PF5
SELECT 'host' AS scope, NULL AS path, 'no database of dpkg, rpm or apk in ' ||
	coalesce(r.root, '?') AS detail, 'run:' || r.id AS evidence
    FROM run r WHERE r.tool = 'collect-packages'
	AND r.taken_for IN ('live', 'host')
	AND NOT EXISTS (SELECT 1 FROM package_db d WHERE d.run = r.id
	    AND d.scope = 'host')
	AND EXISTS (SELECT 1 FROM file f WHERE f.scope = 'host'
	    AND f.elf_type IS NOT NULL AND f.path REGEXP '^(/usr)?/s?bin/[^/]+$')
