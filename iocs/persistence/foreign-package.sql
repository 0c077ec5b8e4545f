-- id: foreign-package
-- title: a package that no archive knows
-- severity: medium
-- effect: investigate
-- attack: T1072
-- confidence: INF
-- why: It was installed from a file, or is signed with no key: its programs and
--   its scripts are as trusted as any, and came from anywhere. What an archive
--   has in another version was most likely upgraded or kept.
-- source: PF5 AT9
SELECT scope, CASE format WHEN 'dpkg' THEN path || '/info/' || name || '.list'
	ELSE path END AS path, 'package ' || name || ' ' ||
	coalesce(version, '') || CASE format WHEN 'rpm' THEN ' is not signed'
	ELSE ' is in no archive that this host uses' END ||
	coalesce(', of ' || vendor, '') || CASE WHEN scripts IS NOT NULL THEN
	', with scripts ' || scripts ELSE '' END AS detail,
	'package:' || id AS evidence,
	CASE WHEN scope = 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN scope = 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM package WHERE known = 0 AND archive IS NULL
	AND scope NOT GLOB 'image:*'
	AND status IN ('installed', 'half-configured', 'unpacked',
	    'triggers-pending', 'triggers-awaited', 'half-installed')
	AND NOT (format = 'rpm' AND name = 'gpg-pubkey')
