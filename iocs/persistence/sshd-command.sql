-- id: sshd-command
-- title: sshd runs a program
-- severity: medium
-- effect: investigate
-- attack: T1098.004
-- confidence: INF
-- why: Who lists keys (AuthorizedKeysCommand) says who gets in; a forced
--   command and a subsystem run in the place of what was asked for; a provider
--   of keys is a library in sshd itself. Programs that exist for this, and
--   those that do nothing, are noted only.
-- source: SSH1
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT e.scope, CASE WHEN e.file_state IN ('foreign', 'changed')
	    OR e.program IS NULL THEN e.path ELSE e.program END AS path, e.evidence,
	e.words || CASE e.program_state WHEN 'foreign' THEN ' (runs ' ||
	    e.program || ', of no package)' ELSE '' END ||
	    coalesce(' [' || e.sign || ']', '') AS detail,
	CASE WHEN e.weight = 'container' THEN
		CASE e.program_state WHEN 'foreign' THEN 'medium' ELSE 'low' END
	    WHEN e.weight <> 'host' OR e.file_state = 'unknown' THEN 'low'
	    WHEN e.program_state = 'foreign' AND e.sign REGEXP
		'temporary files|it is hidden' AND coalesce(e.owner, 'root') = 'root'
		AND e.name <> 'ForceCommand' THEN 'critical'
	    WHEN e.program_state = 'foreign' OR shcmd_facts(e.command) <> '[]'
		THEN 'high'
	    WHEN e.name REGEXP '^Authorized.*Command$' AND e.command REGEXP
		'^\S*/(sss_ssh_authorizedkeys|sss_ssh_knownhostsproxy|google_authorized_(keys|principals)(_sk)?|eic_run_authorized_keys|userdbctl|gitlab-shell-authorized-keys-check|teleport|kanidm_ssh_authorizedkeys(_direct)?|step|authd|aad_certhandler)\b'
		THEN 'low'
	    WHEN e.name REGEXP '^Authorized.*Command$' AND e.command REGEXP
		'^\S*/(cat|echo|printf|curl|wget|head|tail|cp|tee|env|nc|netcat|socat|openssl|(ba|da|z|k)?sh|python[0-9.]*|perl|ruby|awk|sed|base64)\b'
		THEN 'high'
	    WHEN e.name IN ('ForceCommand', 'Subsystem') AND e.command NOT REGEXP
		'[;&|`$<>]' AND e.command REGEXP
		'^(\S*/)?(internal-sftp|sftp-server|nologin|false|true|git-shell|gitolite-shell|rrsync|rsync|borg|restic|scponly|rssh|svnserve|hg-ssh|passwd|echo|cat|date|uptime|netconf-subsystem\S*|zfs|rdiff-backup|bzr|cvs|tmux|screen|duplicity|kubectl|virsh|byobu\S*)(\s|$)'
		THEN 'low'
	    ELSE 'medium' END AS severity
	FROM temp.entry e
	WHERE e.place = 'sshd-config' AND e.command IS NOT NULL
	    AND e.name IN ('AuthorizedKeysCommand', 'AuthorizedPrincipalsCommand',
		'ForceCommand', 'Subsystem', 'SecurityKeyProvider', 'XAuthLocation')
	    AND (e.file_state <> 'own' OR e.program_state = 'foreign'))
