-- id: changed-configuration
-- title: a configuration file that is a script was changed
-- severity: medium
-- effect: investigate
-- attack: T1554 T1037
-- confidence: INF
-- why: Scripts below /etc are configuration to the package manager, so nobody
--   wonders about a change, and root runs them. What persistence collects there
--   is judged by its own rules; settings that scripts read count where they do
--   more than set something.
-- source: PF5 PF6
SELECT p.scope AS scope, coalesce(p.path_raw, p.path) AS path,
	'package ' || p.package || ' brought another script' ||
	coalesce(': ' || (SELECT group_concat(j.value, '; ')
	    FROM json_each(shcmd_facts(b.data)) j), '') AS detail,
	'package_file:' || p.id AS evidence,
	CASE WHEN p.scope <> 'host' THEN 'low' ELSE 'medium' END AS severity,
	CASE WHEN p.scope <> 'host' THEN 'note' ELSE 'investigate' END AS effect
    FROM package_file p LEFT JOIN blob b ON b.sha256 = p.sha256
    WHERE p.role = 'configuration' AND p.state = 'changed'
	AND p.origin IS NOT 'image'
	AND ((p.mode & 73) <> 0 AND substr(coalesce(b.data, '#!'), 1, 2)
		IN ('#!', x'2321')
	    OR p.path REGEXP '^/etc/(default|sysconfig|conf[.]d)/'
		AND b.data IS NOT NULL AND shcmd_facts(b.data) <> '[]')
	AND NOT EXISTS (SELECT 1 FROM persist e WHERE e.scope = p.scope
	    AND e.path = p.path)
