-- id: missing-tool
-- title: a tool that looks for intruders was removed
-- severity: low
-- effect: note
-- attack: T1562.001
-- confidence: INF
-- why: Its package is installed and the program is gone. Intruders take away
--   what would show them; small images leave it out.
-- source: PF5
SELECT scope, coalesce(path_raw, path) AS path, 'package ' || package ||
	' is installed, its program is not there' AS detail,
	'package_file:' || id AS evidence
    FROM package_file WHERE state = 'missing' AND scope = 'host'
	AND path REGEXP
	    '^(/usr)?/s?bin/(auditd|auditctl|ausearch|chkrootkit|rkhunter|lynis|aide|tripwire|clamd?scan|clamd|fail2ban-(client|server)|last|lastb|lastlog|who|w|ps|top|ss|netstat|lsof|lsattr|chattr|rsyslogd|tcpdump|iptables|nft|debsums|unhide|crontab|sudo|getcap|find)$'
