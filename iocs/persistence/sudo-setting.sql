-- id: sudo-setting
-- title: a setting of sudo that opens it
-- severity: medium
-- effect: investigate
-- attack: T1548.003
-- confidence: INF
-- why: Variables that load code and stay for root's command, no password, a
--   search path that others write to, programs and modules that sudo itself
--   runs, files read from elsewhere. What only changes how sudo talks or logs
--   does not count.
-- source: SUDO1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, words || CASE program_state WHEN 'foreign' THEN ' (runs ' ||
	program || ', of no package)' ELSE '' END AS detail, evidence,
	CASE WHEN weight = 'container' THEN 'low'
	    WHEN weight <> 'host' OR file_state = 'unknown' THEN 'low'
	    WHEN level = 3 THEN 'high' WHEN level = 2 THEN 'medium' ELSE 'low' END
	    AS severity
	FROM (SELECT *, CASE
	    WHEN program_state = 'foreign' THEN 3
	    WHEN name IN ('include', 'includedir') AND (options REGEXP
		    '[\s"](/tmp|/var/tmp|/dev/shm|/home|/run/user|/srv|/var/www)/|/\.[^/]')
		THEN 3
	    WHEN name IN ('include', 'includedir') AND options NOT REGEXP
		    '(^|\s)"?(/etc/|/usr/etc/|[^/\s]+$)' THEN 2
	    WHEN name = 'env_keep' AND options NOT GLOB '*-=*' AND options REGEXP
		'[\s"=](LD_\S*|\*|GCONV_PATH|BASH_ENV|BASH_FUNC\S*|ENV|SHELLOPTS|PERL5?(LIB|OPT|5DB|IO_DEBUG)\S*|PERL5\S*|PYTHON(PATH|HOME|STARTUP|INSPECT|USERBASE)|RUBY(LIB|OPT)|NODE_(OPTIONS|PATH)|JAVA_TOOL_OPTIONS|PATH|IFS|NIS_PATH|LOCPATH|MALLOC_\S*)([\s",]|$)'
		THEN 2
	    WHEN name = 'secure_path' AND (options REGEXP
		'[=:"](/tmp|/var/tmp|/dev/shm|/home|/run/user|/srv|/var/www)(/|[:"]|$)|/\.[^/]'
		OR options REGEXP '[=:"](\.|:|[^/":=!][^:"]*)([:"]|$)') THEN 3
	    WHEN name IN ('authenticate', 'env_reset') AND options GLOB '!*' THEN 2
	    WHEN name = 'secure_path' AND options GLOB '!*' THEN 2
	    WHEN name IN ('exempt_group', 'group_plugin', 'env_file',
		'restricted_env_file', 'env_delete') AND options NOT GLOB '!*'
		AND options NOT REGEXP '="?/etc/environment"?$' THEN 2
	    WHEN name = 'setenv' AND options = 'setenv' THEN 2
	    WHEN name = 'timestamp_timeout' AND options REGEXP '=\s*"?-' THEN 1
	    WHEN name IN ('tty_tickets', 'syslog', 'logfile', 'mail_badpass')
		AND options GLOB '!*' THEN 1
	    ELSE 0 END AS level
	    FROM temp.entry WHERE place = 'sudoers' AND owner IS NULL
		AND name IS NOT NULL AND file_state <> 'own')
	WHERE level > 0)
