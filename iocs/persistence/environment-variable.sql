-- id: environment-variable
-- title: a variable loads or runs code
-- severity: medium
-- effect: investigate
-- attack: T1574.006 T1574.007
-- confidence: INF
-- why: LD_PRELOAD and its kin are read by the loader, others by shells,
--   interpreters, git and whatever starts an editor or a pager: in a file of
--   variables, a unit, a crontab, sshd's settings or a start-up file they run
--   code in every program below. What names a plain program of a package, or a
--   folder of the account's own, is nothing; a program of no package, options
--   that load a module, or a folder that others write to, is.
-- source: LD1 ENV1 AT7
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, CASE WHEN file_state IN ('foreign', 'changed')
	    OR program IS NULL THEN path ELSE program END AS path,
	words || CASE program_state WHEN 'foreign' THEN ' (' || program ||
	    ', of no package)' WHEN 'missing' THEN ' (' || program ||
	    ', which is not there)' ELSE '' END || coalesce(' [' || sign || ']', '')
	AS detail, evidence, CASE
	    WHEN weight = 'container' THEN CASE WHEN level > 2 THEN 'medium'
		ELSE 'low' END
	    WHEN weight IN ('defect', 'idle') OR file_state = 'unknown' THEN 'low'
	    WHEN level = 4 THEN 'critical' WHEN level = 3 THEN 'high'
	    WHEN level = 2 THEN 'medium' ELSE 'low' END AS severity
	FROM (SELECT *, CASE
	    WHEN lib AND program_state = 'own' THEN 0
	    WHEN lib AND value REGEXP '(^|[:\s])((/tmp|/var/tmp|/dev/shm|/run/shm)/|(?!(/root|/home/[^/]+)/)[^:\s]*/\.[^/])'
		THEN CASE WHEN file_state = 'unknown' THEN 3 WHEN program_state = 'foreign'
		    AND root THEN 4 ELSE 3 END
	    WHEN lib AND program_state = 'foreign' THEN 3
	    WHEN lib THEN 2
	    WHEN program_state = 'foreign' AND sign REGEXP
		'temporary files|it is hidden|only packages' THEN 3
	    WHEN name IN ('BASH_ENV', 'ENV', 'PYTHONSTARTUP', 'PERL5DB', 'OPENSSL_CONF',
		'GTK_MODULES', 'FAKE_SHELL', 'USERDEL_CMD', 'PROMPT_COMMAND', 'SHELL')
		AND program_state = 'foreign' THEN CASE WHEN mine THEN 1
		WHEN name IN ('BASH_ENV', 'ENV') THEN 3 ELSE 2 END
	    WHEN program_state = 'foreign' AND name NOT IN ('PERL5OPT', 'RUBYOPT',
		'NODE_OPTIONS') THEN CASE WHEN mine AND name NOT REGEXP '^GIT_|ASKPASS'
		THEN 1 ELSE 2 END
	    WHEN folders AND value REGEXP '(^|:)((/tmp|/var/tmp|/dev/shm|/run/shm|/var/www)(/|:|$)|(?!(/root|/home/[^/]+)/)/[^:]*/\.[^/.])'
		THEN 3
	    WHEN folders AND name <> 'NODE_PATH' AND value REGEXP '(^|:)(\.{0,2})(:|$)|(^|:)[^/$~:]' THEN 2
	    WHEN folders AND NOT mine AND value REGEXP '(^|:)(/home|/root|/srv)/' THEN 3
	    WHEN folders AND NOT mine AND value REGEXP '(^|:)(?!\$|/usr/(lib|share)|/lib)' THEN 2
	    WHEN name = 'PERL5OPT' AND value REGEXP '(^|\s|-?w)-?[MmId]' THEN 2
	    WHEN name = 'RUBYOPT' AND value REGEXP '(^|\s)-?([rI])' THEN 2
	    WHEN name = 'NODE_OPTIONS' AND value REGEXP '(^|\s)["'']?(--require|-r|--import|--loader|--experimental-loader|--eval|-e|--env-file)\b' THEN 2
	    WHEN name IN ('JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS')
		AND value REGEXP '-(javaagent|agentpath|agentlib|Xbootclasspath|Xrun)|XX:\+?(OnError|OnOutOfMemoryError)' THEN 2
	    WHEN name REGEXP '^(PROMPT_COMMAND|PS4|PERL5DB|BASH_ENV|ENV|LESSOPEN|GIT_.*|EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|USERDEL_CMD)$'
		AND place NOT GLOB 'shell-rc*' AND shcmd_facts(value) <> '[]' THEN 3
	    WHEN name IN ('BASH_ENV', 'PERL5DB', 'GCONV_PATH', 'FAKE_SHELL') AND NOT mine
		AND program_state IS NOT 'own' AND value <> '' THEN 2
	    ELSE 0 END AS level
	    FROM (SELECT *, name IN ('LD_PRELOAD', 'LD_PRELOAD_32', 'LD_PRELOAD_64',
		    'LD_AUDIT') AS lib,
		name IN ('LD_LIBRARY_PATH', 'GCONV_PATH', 'PYTHONPATH', 'PYTHONHOME',
		    'PERL5LIB', 'PERLLIB', 'RUBYLIB', 'NODE_PATH', 'ZDOTDIR',
		    'OPENSSL_ENGINES', 'OPENSSL_MODULES', 'QT_PLUGIN_PATH',
		    'GIT_EXEC_PATH', 'GIT_TEMPLATE_DIR') AS folders,
		path REGEXP '^(/root|/home/[^/]+)/' AS mine,
		CASE WHEN place GLOB 'shell-rc*' OR place GLOB 'x-session*' THEN
		    trim(coalesce(regexp_find('\b' || name || '(?:=|\s+)(?:"([^"]*)"|''([^'']*)''|(\S*))',
			command, 1), regexp_find('\b' || name || '(?:=|\s+)''([^'']*)''',
			command, 1), regexp_find('\b' || name || '(?:=|\s+)([^\s;"'']*)',
			command, 1), ''))
		    ELSE coalesce(options, command, '') END AS value
		FROM temp.entry WHERE (name IN ('LD_PRELOAD', 'LD_PRELOAD_32', 'LD_PRELOAD_64', 'LD_AUDIT', 'LD_LIBRARY_PATH',
	'GCONV_PATH', 'BASH_ENV', 'ENV', 'PROMPT_COMMAND', 'PYTHONSTARTUP', 'PYTHONPATH',
	'PYTHONHOME', 'PERL5OPT', 'PERL5LIB', 'PERLLIB', 'PERL5DB', 'RUBYOPT', 'RUBYLIB',
	'NODE_OPTIONS', 'NODE_PATH', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS',
	'JDK_JAVA_OPTIONS', 'ZDOTDIR', 'OPENSSL_CONF', 'OPENSSL_ENGINES',
	'OPENSSL_MODULES', 'GTK_MODULES', 'GTK3_MODULES', 'QT_PLUGIN_PATH', 'EDITOR',
	'VISUAL', 'PAGER', 'MANPAGER', 'LESSOPEN', 'LESSCLOSE', 'BROWSER', 'SHELL',
	'SUDO_EDITOR', 'SUDO_ASKPASS', 'SSH_ASKPASS', 'SYSTEMD_EDITOR', 'SYSTEMD_PAGER',
	'ENVIRON_FILE', 'USERDEL_CMD', 'FAKE_SHELL', 'MAILCHECK', 'PS4') OR name GLOB 'GIT_*'
		    OR name GLOB 'BASH_FUNC_*')
		AND (file_state <> 'own' OR program_state = 'foreign')
		AND place NOT IN ('sudoers', 'doas', 'git-config-system',
		    'git-config-user', 'git-config-repository', 'kernel-cmdline')))
	WHERE level > 0)
