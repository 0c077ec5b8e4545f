-- id: immutable-file
-- title: a file that not even root can change
-- severity: high
-- effect: investigate
-- attack: T1222.002
-- confidence: C2
-- why: Intruders set the flag on what they planted, so that it cannot be removed,
--   and on accounts and keys. Administrators freeze resolv.conf, and let logs
--   only grow.
-- source: PF4 4.18 O1
SELECT scope, path, 'is ' || CASE WHEN flags LIKE '%"immutable"%' THEN
	'immutable' ELSE 'append-only' END || ', ' || words AS detail, evidence,
	CASE WHEN NOT host THEN CASE WHEN sensitive THEN 'medium' ELSE 'low' END
	    WHEN sensitive AND type = 'file' THEN 'high'
	    WHEN sensitive THEN 'medium'
	    WHEN program AND state <> 'own' THEN 'high'
	    WHEN program OR place IN ('temporary', 'hidden') AND type = 'file'
	    THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN sensitive OR program OR host AND type = 'file'
	    AND place IN ('temporary', 'hidden')
	    THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, path REGEXP
	'^/etc/(passwd|shadow|group|gshadow|sub[ug]id|sudoers|crontab|anacrontab|rc[.]local|inittab|ld[.]so[.]preload|ld[.]so[.]conf|environment|profile|hosts|nsswitch[.]conf|bash[.]bashrc|bashrc)$|^/etc/(cron|sudoers[.]d|pam[.]d|ssh|init[.]d|rc|systemd|profile[.]d|ld[.]so[.]conf[.]d|modprobe[.]d|modules-load[.]d|udev|apt|dpkg|NetworkManager/dispatcher)|^/var/spool/(cron|at|anacron)|^(/usr)?/lib/(systemd|udev)/|/[.]ssh(/|$)|/[.](bash(rc|_profile|_login|_logout)|profile|z(shrc|shenv|profile))$'
	    AS sensitive
	FROM power_file WHERE flags REGEXP '"(immutable|append)"'
	    AND place <> 'nested'
	    AND path NOT REGEXP
		'^/etc/(resolv[.]conf|resolvconf/.*|hostname|machine-id)$|^/var/log/|/[.](bash_|zsh_)?history$|^/var/lib/(mysql|postgresql)/|^/run/systemd/resolve/')
