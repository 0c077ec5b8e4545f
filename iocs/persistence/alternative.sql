-- id: alternative
-- title: a common name leads to a program of no package
-- severity: medium
-- effect: investigate
-- attack: T1574
-- confidence: INF
-- why: A link in /etc/alternatives stands behind a command that everybody uses,
--   and belongs to nobody. Kits of developers are put there by hand.
-- source: PF8 AT7
SELECT f.scope AS scope, coalesce(f.path_raw, f.path) AS path,
	'leads to ' || coalesce(f.target_raw, f.target) || ', of no package'
	    AS detail, 'file:' || f.id AS evidence,
	CASE WHEN f.scope <> 'host' OR weak THEN 'low' ELSE 'medium' END
	    AS severity,
	CASE WHEN f.scope <> 'host' OR weak THEN 'note' ELSE 'investigate' END
	    AS effect
    FROM (SELECT *, target REGEXP
	    '/(jdk|jre|java|jvm|graalvm|python|php|ruby|node|gcc|clang|llvm|cuda|go)[^/]*(/|$)|/(java[a-z]*|j[a-z]+|python[0-9.]*|pip[0-9.]*|node|npm|npx|php[0-9.]*|gcc|g[+][+]|clang)[0-9.-]*$'
	    AS weak
	FROM file WHERE path REGEXP '^/etc/alternatives/[^/]+$'
	    AND type = 'symlink' AND package_state = 'unpackaged'
	    AND origin IS NOT 'image'
	    AND target NOT REGEXP '[.][0-9][a-z]*([.]gz)?$|/share/(man|info|doc)/')
	f
