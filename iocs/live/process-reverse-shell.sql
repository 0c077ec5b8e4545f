-- id: process-reverse-shell
-- title: a process that gives a shell to the network
-- severity: critical
-- effect: wipe
-- attack: T1059.004
-- confidence: C2
-- why: The arguments of a running process say it, or a shell has a connection
--   of the network as its standard input. An administrator's shell has a
--   terminal.
-- source: 4.8 4.9 K19 B2
SELECT f.scope AS scope, f.path AS path, 'process ' || p.pid || ' of ' ||
	coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name)) || ' (' || excerpt(f.piece, 200)
	|| ')' AS detail, f.evidence AS evidence,
	CASE WHEN f.scope = 'host' AND coalesce(p.euid, p.uid, 0) = 0
	    THEN 'critical' ELSE 'high' END AS severity,
	CASE WHEN f.scope = 'host' AND coalesce(p.euid, p.uid, 0) = 0
	    THEN 'wipe' ELSE 'investigate' END AS effect
    FROM fact f JOIN process p ON p.id = f.row
    WHERE f.tbl = 'process' AND f.tag = 'reverse-shell'
UNION ALL
SELECT p.scope, coalesce(p.exe_raw, p.exe), 'process ' || p.pid || ' of ' ||
	coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name)) || ' with ' || s.protocol ||
	' to ' || s.remote_address || ':' || s.remote_port ||
	' as descriptor ' || s.fd,
	'process:' || p.id || ' socket:' || s.id,
	'high', 'investigate'
    FROM process p JOIN socket s ON s.pid = p.pid AND s.run = p.run
    WHERE p.name IN ('sh', 'bash', 'dash', 'ash', 'zsh', 'ksh')
	AND s.fd = 0 AND s.protocol GLOB 'tcp*' AND s.state = 'ESTABLISHED'
