-- id: name-taken
-- title: a program of no package takes the name of one of the system
-- severity: medium
-- effect: investigate
-- attack: T1574.007
-- confidence: INF
-- why: A shell looks in /usr/local/sbin and /usr/local/bin, and often in a
--   folder of the home, before it looks where packages put programs: scripts of
--   root then run that one, whatever its name. Newer versions of what developers
--   use are often there by right, which a list of allowed files says for good;
--   in a home other than root's they are only noted.
-- source: AT7 F2 PF7
SELECT f.scope AS scope, f.path AS path,
	coalesce('is found before ' || g.path || coalesce(' of package ' ||
	    g.package, ''), 'has the name of a tool of the system') ||
	CASE f.type WHEN 'symlink' THEN ', leads to ' ||
	    coalesce(f.target, '?') ELSE '' END AS detail,
	'file:' || f.id || coalesce(' file:' || g.id, '') AS evidence,
	CASE WHEN weak THEN 'low' ELSE 'medium' END AS severity,
	CASE WHEN weak THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *, scope <> 'host' OR home AND path NOT GLOB '/root/*'
	    AND name NOT REGEXP
		'^(sudo|su|doas|pkexec|passwd|ssh|scp|sftp|ssh-add|ssh-agent|gpg|gpg2|login|ls|ps|top|ss|netstat|w|who|lsof|cat|kill|mount|id|crontab|systemctl|mysql|psql)$'
	    AS weak
	FROM command_file WHERE origin IS NOT 'image'
	    AND (home OR path GLOB '/usr/local/*'
		AND package_state = 'unpackaged')) f
    LEFT JOIN command_file g ON g.name = f.name AND g.scope = f.scope
	AND g.type = 'file' AND NOT g.home AND g.path NOT GLOB '/usr/local/*'
	AND (g.package IS NOT NULL OR g.origin = 'image')
    WHERE g.id IS NOT NULL OR NOT f.home AND f.scope = 'host'
	AND f.name REGEXP
	'^(sudo|su|passwd|login|sshd?|ps|top|htop|ss|netstat|w|who|last|lsof|lsattr|chattr|kill|pkill|pgrep|mount|systemctl|crontab|cron|ls|find|df|du|id|ip|ifconfig|iptables|nft|tcpdump|rsyslogd|auditd|agetty|init)$'
