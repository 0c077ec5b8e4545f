-- id: sshd-setting
-- title: a setting of sshd that opens a door
-- severity: medium
-- effect: investigate
-- attack: T1098.004
-- confidence: INF
-- why: Each of these lets somebody in, or lets who comes in decide what is
--   loaded: keys that lie elsewhere, authorities that sign keys, variables from
--   the client or the account, empty passwords, trust in hosts. They have their
--   uses; a packaged configuration has none of them. What makes sshd stricter
--   is nothing here.
-- source: SSH1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT e.scope, e.path, e.evidence, e.words ||
	coalesce(' (' || p.enabled || ')', '') AS detail,
	CASE WHEN e.weight <> 'host' OR e.file_state = 'unknown' OR level < 2
	    THEN 'low' WHEN level = 2 THEN 'medium' ELSE 'high' END AS severity
	FROM (SELECT *, CASE
	    WHEN name IN ('AuthorizedKeysFile', 'AuthorizedPrincipalsFile',
		    'TrustedUserCAKeys', 'Include') AND lower(options) <> 'none'
		AND options REGEXP
		'(^|["\s])(/tmp|/var/tmp|/dev/shm|/run/shm|/var/lock)/|/\.(?!ssh/)[^/.]'
		THEN 3
	    WHEN name = 'AuthorizedKeysFile' AND options REGEXP
		'(^|["\s])/[^%"\s]*("|\s|$)' THEN 3
	    WHEN name = 'AuthorizedKeysFile' AND options NOT REGEXP
		'^\s*("?(none|(%h/)?\.ssh/authorized_keys2?|/etc/ssh/[^."\s]*(\.d)?/?[^/"\s]*%[uU][^/"\s]*)"?(\s+|$))+$'
		THEN 2
	    WHEN name = 'TrustedUserCAKeys' AND lower(options) <> 'none' THEN 2
	    WHEN name = 'AuthorizedPrincipalsFile' AND lower(options) <> 'none'
		AND options NOT REGEXP '^"?/etc/ssh/' THEN 2
	    WHEN name = 'PermitUserEnvironment' AND options NOT REGEXP
		'(?i)^(no|((LANG|LC_[A-Z*]+|TZ|TERM)[,\s]*)+)$' THEN 2
	    WHEN name = 'AcceptEnv' AND options REGEXP
		'(^|\s)"?(\*|LD_\S*|L\*|P\*|PATH|BASH_\S*|B\*|ENV|E\*|GCONV_PATH|PROMPT_COMMAND|PERL\S*|PYTHON\S*|RUBY\S*|NODE_\S*|GIT_SSH\S*|IFS|SHELLOPTS)"?(\s|$)'
		THEN 2
	    WHEN name IN ('PermitEmptyPasswords', 'HostbasedAuthentication')
		AND options LIKE 'yes' THEN 2
	    WHEN name IN ('StrictModes', 'IgnoreRhosts') AND options LIKE 'no' THEN 2
	    WHEN name = 'Include' AND options REGEXP '(^|["\s])(?!/etc/ssh/)/' THEN 2
	    WHEN name = 'PermitRootLogin' AND options LIKE 'yes' THEN 1
	    WHEN name = 'UsePAM' AND options LIKE 'no' THEN 1
	    WHEN name = 'LogLevel' AND options LIKE 'quiet' THEN 1
	    WHEN name = 'HostKey' AND options REGEXP
		'^"?(/tmp|/var/tmp|/dev/shm|/home|/root)/' THEN 1
	    ELSE 0 END AS level
	    FROM temp.entry WHERE place = 'sshd-config' AND file_state <> 'own') e
	JOIN persist p ON p.id = e.id WHERE level > 0)
