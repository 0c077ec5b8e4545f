-- id: sudo-grant
-- title: somebody may act as root
-- severity: medium
-- effect: investigate
-- attack: T1548.003
-- confidence: INF
-- why: A line of sudoers or doas.conf that no package brought and that gives
--   root to somebody: all commands, or one by which all can be had. Root itself
--   and the distributions' own groups are as they come. An account of the
--   system with it is a service's way to root; a file in the place of the
--   grantee, or that others than root may change, is what he wants it to be.
-- source: SUDO1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, group_concat(evidence, ' ') AS evidence,
	CASE file_state WHEN 'foreign' THEN 'of no package: ' WHEN 'changed' THEN
	    'not as its package has it: ' ELSE '' END || words || why ||
	    CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) || ' more'
	    ELSE '' END AS detail,
	max(counts), CASE max(counts) WHEN 3 THEN 'high' WHEN 2 THEN 'medium'
	    ELSE 'low' END AS severity
	FROM (SELECT *, CASE
	    WHEN weight = 'container' THEN CASE WHEN level > 2 THEN 2 ELSE 1 END
	    WHEN weight <> 'host' OR file_state = 'unknown' THEN 1 ELSE level END
	    AS counts FROM (SELECT e.*, CASE
		WHEN whole AND (sysuser OR who = 'ALL') THEN
		    ' [an account of the system, or everybody]'
		WHEN e.program_state = 'foreign' AND loose THEN ' (' || e.program ||
		    ' is of no package' || coalesce(', ' || e.sign, '') || ')'
		WHEN e.program_state = 'foreign' THEN ' (' || e.program ||
		    ' is of no package)'
		WHEN loose THEN ' (others than root may change ' || e.program || ')'
		ELSE '' END AS why,
	    CASE WHEN NOT asroot THEN 0
		WHEN e.command REGEXP '^!' OR e.options GLOB 'deny*' THEN 0
		WHEN who IN ('root', '#0') THEN 0
		WHEN stock AND whole AND NOT nopass THEN 0
		WHEN whole AND (sysuser OR (who IN ('ALL', '%users', '%nogroup')
		    AND NOT EXISTS (SELECT 1 FROM temp.entry t
			WHERE t.scope = e.scope AND t.place = 'sudoers'
			AND t.name = 'targetpw' AND t.options = 'targetpw'
			AND t.defect IS NULL))) THEN 3
		WHEN whole THEN 2
		WHEN loose THEN 3
		WHEN e.program_state IN ('foreign', 'changed') THEN 2
		WHEN e.command REGEXP '^(\S*/)?((ba|da|z|k|c|tc|fi|a|mk)?sh|python[0-9.]*|perl|ruby|lua[0-9.]*|node|php[0-9.]*|tclsh|expect|gdb|strace|ltrace|g?awk|mawk|nawk|busybox|vim?|vim\.\S+|view|rvim|nano|pico|emacs\S*|ed|ex|less|more|most|pg|man|find|xargs|env|nice|nohup|timeout|setsid|stdbuf|script|screen|tmux|nmap|tar|zip|unzip|rsync|scp|sftp|ssh|git|cp|mv|tee|dd|install|ln|sed|patch|chmod|chown|chattr|setfacl|mount|docker|podman|nerdctl|ctr|kubectl|lxc|lxc-attach|incus|virsh|nsenter|unshare|chroot|su|sudo|doas|pkexec|runuser|visudo|vipw|passwd|chpasswd|useradd|usermod|adduser|addgroup|gpasswd|apt|apt-get|aptitude|dpkg|rpm|yum|dnf|zypper|apk|pacman|pip[0-9.]*|npm|gem|cpan|snap|flatpak|crontab|at|batch|systemd-run|insmod|modprobe|make|gcc|ld\.so|socat|nc|ncat|netcat|curl|wget|tcpdump|openssl|ip|mysql|psql|sqlite3|ansible\S*|salt-call|puppet|chef\S*)(\s|$)' THEN 2
		WHEN e.command REGEXP '/$|^sudoedit\s.*(/etc/(passwd|shadow|group|sudoers|pam\.d|ssh|cron|systemd|ld\.so|profile|environment)|\*)'
		    THEN 2
		ELSE 1 END AS level
	    FROM (SELECT t.*, replace(coalesce(t.name, ''), ':', '%') AS who,
		coalesce(t.owner, 'root') REGEXP '(^|,)(root|ALL|#0)(,|$)' AS asroot,
		t.command REGEXP '^ALL(\s|$)' AS whole,
		(t.place = 'sudoers' AND t.options REGEXP '\bNOPASSWD:')
		    OR (t.place = 'doas' AND t.options REGEXP '\bnopass\b') AS nopass,
		replace(coalesce(t.name, ''), ':', '%') IN
		    ('%sudo', '%admin', '%wheel', '%root') AS stock,
		coalesce(t.program_uid <> 0 OR (t.program_mode & 2) <> 0, 0)
		    OR coalesce(t.program, t.command, '') REGEXP
		    '^(/home|/tmp|/var/tmp|/dev/shm|/run/user|/srv|/var/www)/|^/.*/\.[^/]'
		    OR coalesce(t.sign, '') REGEXP 'only packages|temporary|hidden' AS loose,
		EXISTS (SELECT 1 FROM account a, persist p WHERE p.id = t.id
		    AND a.scope = t.scope AND a.uid BETWEEN 1 AND 999
		    AND instr(' ' || p.enabled || ' ', ' ' || a.name || ' ')
		    AND p.name NOT GLOB '[%:]*') AS sysuser
		FROM temp.entry t WHERE t.place IN ('sudoers', 'doas')
		    AND t.command IS NOT NULL AND t.name IS NOT NULL
		    AND t.owner IS NOT NULL AND t.file_state <> 'own') e)
	    ORDER BY id) WHERE level > 0
	GROUP BY scope, path, counts >= 2)
