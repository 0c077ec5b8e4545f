-- id: container-host-write
-- title: a container writes what the host runs by itself
-- severity: critical
-- effect: wipe
-- attack: T1611 T1053.003
-- confidence: C2
-- why: The command of the container writes, through a mount, where the host
--   looks for programs to start, keys, accounts or libraries. That is how
--   docker123321 and the ngrok campaign came out of their containers. If the
--   container never ran it has written nothing.
-- source: 1.3 4.10 4.13 K6 D2 D3 D1 B2
SELECT scope, NULL AS path,
	label || ' writes ' || host_path || ' of the host: ' || command
	AS detail, evidence,
	CASE WHEN ran AND starts THEN 'critical' WHEN starts OR system
	    THEN 'high' ELSE 'medium' END AS severity,
	CASE WHEN ran AND (starts OR system) THEN 'wipe' ELSE 'investigate'
	    END AS effect
    FROM (SELECT *,
	host_path REGEXP '^/(etc/(crontab|cron[^/]*/|anacrontab|ld\.so\.preload|rc\.local|rc\.d/|init\.d/|profile|bash\.bashrc|bashrc|environment|passwd|shadow|sudoers|systemd/|ssh/|pam\.d/|update-motd\.d/|udev/)|var/spool/(cron|at)/|(usr/)?lib/systemd/|proc/1/root/)'
	    OR host_path REGEXP '/\.ssh/|/\.(bashrc|profile|bash_profile|bash_login|zshrc)$|/crontabs/'
	    AS starts,
	host_path REGEXP '^/(etc|usr|bin|sbin|lib[0-9a-z]*|boot)/'
	    AND rtrim(source, '/') IN ('', '/etc', '/usr', '/bin', '/sbin',
		'/lib', '/lib64', '/boot', '/usr/bin', '/usr/sbin',
		'/usr/lib', '/usr/local', '/usr/local/bin') AS system
	FROM container_write)
    WHERE starts OR system OR (rtrim(source, '/') IN ('/root', '')
	AND host_path REGEXP '^/root/')
