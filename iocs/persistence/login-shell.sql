-- id: login-shell
-- title: a login shell of no package
-- severity: medium
-- effect: investigate
-- attack: T1546.004
-- confidence: INF
-- why: /etc/shells says what may be a login shell; chsh lets an account take
--   it, and some servers let only such accounts in. Shells come with packages.
-- source: ACC1
SELECT scope, path, words || ' (' || program || ' is of no package' ||
	coalesce(', ' || sign, '') || ')' AS detail, evidence,
	CASE WHEN weight <> 'host' THEN 'low'
	    WHEN sign REGEXP 'temporary files|it is hidden' THEN 'high'
	    ELSE 'medium' END AS severity,
	CASE weight WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM temp.entry WHERE place = 'shells' AND program_state = 'foreign'
