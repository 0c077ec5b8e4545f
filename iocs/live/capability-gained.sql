-- id: capability-gained
-- title: a process has rights that its container was not given
-- severity: high
-- effect: investigate
-- attack: T1611 T1068
-- confidence: INF
-- why: It is in the user namespace of the host, and a capability is effective
--   that is not among those of its container.
-- source: 4.12
WITH names(name, bit) AS (VALUES ('CAP_CHOWN', 0), ('CAP_DAC_OVERRIDE', 1),
	('CAP_DAC_READ_SEARCH', 2), ('CAP_FOWNER', 3), ('CAP_FSETID', 4),
	('CAP_KILL', 5), ('CAP_SETGID', 6), ('CAP_SETUID', 7),
	('CAP_SETPCAP', 8), ('CAP_LINUX_IMMUTABLE', 9),
	('CAP_NET_BIND_SERVICE', 10), ('CAP_NET_BROADCAST', 11),
	('CAP_NET_ADMIN', 12), ('CAP_NET_RAW', 13), ('CAP_IPC_LOCK', 14),
	('CAP_IPC_OWNER', 15), ('CAP_SYS_MODULE', 16), ('CAP_SYS_RAWIO', 17),
	('CAP_SYS_CHROOT', 18), ('CAP_SYS_PTRACE', 19), ('CAP_SYS_PACCT', 20),
	('CAP_SYS_ADMIN', 21), ('CAP_SYS_BOOT', 22), ('CAP_SYS_NICE', 23),
	('CAP_SYS_RESOURCE', 24), ('CAP_SYS_TIME', 25),
	('CAP_SYS_TTY_CONFIG', 26), ('CAP_MKNOD', 27), ('CAP_LEASE', 28),
	('CAP_AUDIT_WRITE', 29), ('CAP_AUDIT_CONTROL', 30),
	('CAP_SETFCAP', 31), ('CAP_MAC_OVERRIDE', 32), ('CAP_MAC_ADMIN', 33),
	('CAP_SYSLOG', 34), ('CAP_WAKE_ALARM', 35), ('CAP_BLOCK_SUSPEND', 36),
	('CAP_AUDIT_READ', 37), ('CAP_PERFMON', 38), ('CAP_BPF', 39),
	('CAP_CHECKPOINT_RESTORE', 40)),
digits(i) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11),
	(12), (13), (14), (15), (16)),
p AS (SELECT q.*, (SELECT sum((instr('0123456789abcdef', substr(
	q.capabilities, i, 1)) - 1) << (4 * (16 - i))) FROM digits) AS bits
	FROM process q WHERE q.scope GLOB 'container:*'
	    AND length(q.capabilities) = 16
	    AND q.capabilities > '0000000000000000'
	    AND coalesce(q.own_namespaces, '') NOT GLOB '*"user"*')
SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ': ' || excerpt(coalesce(p.cmdline, p.name), 200) || ' has ' ||
	(SELECT group_concat(n.name, ', ') FROM names n
	    WHERE p.bits >> n.bit & 1 AND NOT instr(c.capabilities, '"' ||
		n.name || '"')) AS detail,
	'process:' || p.id || ' container:' || c.id AS evidence
    FROM p JOIN container c ON c.scope = p.scope
    WHERE json_array_length(c.capabilities) >= 0
	AND coalesce(c.privileged, 0) = 0
	AND EXISTS (SELECT 1 FROM names n WHERE p.bits >> n.bit & 1
	    AND NOT instr(c.capabilities, '"' || n.name || '"'))
