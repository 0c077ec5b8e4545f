-- id: file-capability
-- title: a program has capabilities of root
-- severity: medium
-- effect: investigate
-- attack: T1548
-- confidence: INF
-- why: A file with cap_setuid or its like is as good as setuid root, and hardly
--   anybody looks. A shell or interpreter with one of them opens the host to
--   every account; to look into processes or at hardware somebody may have
--   wanted. To bind a low port or send a ping is what servers and tools
--   of the network get by right.
-- source: PF3 PF2
SELECT scope, path, 'capabilities ' || capabilities || ', ' || words AS detail,
	evidence, CASE WHEN host OR sev = 'low' THEN sev ELSE 'medium' END
	AS severity, CASE WHEN sev = 'low' THEN 'note' WHEN sev = 'critical'
	AND host THEN 'wipe' ELSE 'investigate' END AS effect
    FROM (SELECT *, CASE WHEN NOT strong THEN CASE WHEN place IN ('temporary',
	    'hidden') THEN 'medium' ELSE 'low' END
	WHEN copy IS NOT NULL OR tool = 'shell' AND package IS NOT NULL
	    THEN CASE WHEN root THEN 'critical' ELSE 'high' END
	WHEN tool = 'writer' AND package IS NOT NULL
	    OR place IN ('temporary', 'hidden') THEN 'high'
	WHEN place = 'nested' THEN 'low'
	ELSE 'medium' END AS sev
	FROM (SELECT *, capabilities REGEXP
	    '(?i)^(=|all=)|cap_(setuid|setgid|setfcap|dac_override|dac_read_search|chown|fowner|sys_admin|sys_ptrace|sys_module|sys_rawio|sys_chroot|mknod|bpf|perfmon|setpcap)'
	    AND capabilities REGEXP '[=+][a-z]*[ip]' AS strong,
	    capabilities REGEXP
	    '(?i)^(=|all=)|cap_(setuid|setgid|setfcap|dac_override|dac_read_search|chown|fowner|sys_admin|sys_module)'
	    AS root
	    FROM power_file WHERE capabilities IS NOT NULL AND type = 'file'
		AND NOT known)
	WHERE NOT (package IS NOT NULL AND copy IS NULL AND tool IS NULL
	    AND (NOT strong OR name REGEXP
		'^(new[ug]idmap|suexec|systemd-detect-virt|dumpcap|gst-ptp-helper|snap-confine|bwrap|intel_gpu_top|perf[_0-9a-z.-]*|netdata[a-z.-]*|apps.plugin|debugfs.plugin|kwin_(x11|wayland)|gnome-keyring-daemon|wireshark|mtr-packet|fusermount3?|kismet_cap[a-z_0-9]*|sunshine|gamescope|iotop)$')))
