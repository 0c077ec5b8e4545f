-- id: shell-on-socket
-- title: a shell whose input and output are a socket
-- severity: critical
-- effect: wipe
-- attack: T1059.004
-- confidence: C2
-- why: Its descriptors 0 and 1 are one connection of the network. A shell of an
--   administrator has a terminal or pipes of sshd. A server that starts a
--   script for each connection is like this, too: with a script or a command
--   it is only investigated.
-- source: 4.8 4.9 K19
SELECT scope, path, detail, evidence,
	CASE WHEN NOT asks THEN 'medium' WHEN root THEN 'critical'
	    ELSE 'high' END AS severity,
	CASE WHEN asks AND root THEN 'wipe' ELSE 'investigate' END AS effect
    FROM (SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path,
	'process ' || p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 200) || ' has ' || a.protocol ||
	coalesce(' to ' || a.remote_address || ':' || a.remote_port, '') ||
	' as its input and output' AS detail,
	'process:' || p.id || ' socket:' || a.id || ' socket:' || b.id
	AS evidence,
	p.scope = 'host' AND coalesce(p.euid, p.uid, 0) = 0 AS root,
	NOT EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(p.argv)
	    THEN p.argv ELSE '[]' END) j
	    WHERE j.key > 0 AND (j.value REGEXP '^[A-Za-z0-9_./~+]' OR j.value = '-c')
		AND NOT (j.key = 1 AND j.value REGEXP
		    '^(ba|da|a|z|k)?sh$')) AS asks
	FROM process p JOIN socket a ON a.run = p.run AND a.pid = p.pid
	    AND a.fd = 0
	JOIN socket b ON b.run = p.run AND b.pid = p.pid AND b.fd = 1
	    AND b.inode = a.inode
	WHERE a.protocol REGEXP '^(tcp|udp)' AND (
	    p.exe REGEXP '/(ba|da|a|z|k|c|tc|fi|mk|pdk)?sh$'
	    OR p.name REGEXP '^(ba|da|a|z|k|c|tc|fi|mk|pdk)?sh$'
	    OR (p.exe REGEXP '/(busybox|toybox)$' AND p.cmdline REGEXP
		'^([^ ]*/)?((ba|da|a)?sh|(busybox|toybox) (ba|da|a)?sh)( |$)')))
