-- id: web-entry
-- title: a web server runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1505.003
-- confidence: INF
-- why: A script in a web root that starts programs waits for a request; so do
--   settings that run a file before every script, load a module, or make
--   scripts of images. Applications of the site's own do the same.
-- source: AT8
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'web'
UNION ALL
SELECT scope, path, 'of no package: ' || words, evidence,
	CASE weight WHEN 'host' THEN 'medium' ELSE 'low' END,
	CASE weight WHEN 'host' THEN 'investigate' ELSE 'note' END, attack
    FROM entry e WHERE class = 'web' AND power = 0
	AND file_state IN ('foreign', 'changed')
	AND name REGEXP '(?i)^(AddType|AddHandler|SetHandler|ForceType)$'
	AND options REGEXP '(?i)php|cgi-script|server-parsed|python|perl'
	-- scripts by their usual names
	AND options NOT REGEXP
	    '(?i)^\S+(\s+\.?(php[0-9]?|phtml|phps|cgi|pl|py|shtml))+\s*$'
	AND NOT EXISTS (SELECT 1 FROM entry o WHERE o.scope = e.scope
	    AND o.path = e.path AND o.power > 0)
