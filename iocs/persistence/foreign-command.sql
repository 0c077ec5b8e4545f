-- id: foreign-command
-- title: a command of no package lies where packages put theirs
-- severity: medium
-- effect: investigate
-- attack: T1036.005
-- confidence: INF
-- why: /usr/bin and its like are the distribution's; who installs by hand has
--   /usr/local and /opt. Scripts of Python's installer come there on some
--   systems. policy-rc.d is run as root with every package that is installed;
--   images of containers have one, and hosts mostly none.
-- source: F2 AT7
SELECT scope, path, words AS detail, evidence,
	CASE WHEN host AND NOT weak THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN host AND NOT weak THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, coalesce(interpreter, '') REGEXP 'python|ruby|node'
	    AND name <> 'policy-rc.d' AS weak
	FROM power_file WHERE state = 'foreign' AND type = 'file' AND program
	    AND (mode & 3072) = 0 AND capabilities IS NULL
	    AND path REGEXP '^(/usr)?/s?bin/[^/.][^/]*$')
