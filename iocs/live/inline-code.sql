-- id: inline-code
-- title: an interpreter runs code of its command line and is connected
-- severity: medium
-- effect: investigate
-- attack: T1059.006 T1059
-- confidence: INF
-- why: Python, perl, ruby, php or node was given its program as an argument, it
--   has a connection to another host, and nobody at a terminal started it.
--   Tools for administration do so for moments.
-- source: 4.9 K19 L6
SELECT scope, path, detail, evidence,
	CASE WHEN odd THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN odd THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path,
	'process ' || p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 300) || ', connected to ' ||
	s.remote_address || ':' || s.remote_port AS detail,
	'process:' || p.id || ' socket:' || s.id AS evidence,
	p.cmdline REGEXP 'base64|b64decode|marshal|zlib|fromhex|chr\(|eval|exec|pack\(|socket' AS odd
	FROM process p JOIN socket s ON s.id = (SELECT min(t.id) FROM socket t
	    WHERE t.run = p.run AND t.pid = p.pid AND t.protocol GLOB 'tcp*'
		AND t.state = 'ESTABLISHED' AND t.remote_address NOT REGEXP
		'^(127\.|::1$)')
	WHERE p.tty IS NULL AND coalesce(p.kernel, 0) = 0
	    AND p.exe REGEXP '/(python|perl|ruby|php|node|nodejs|lua)[0-9.]*$'
	    AND EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(p.argv)
		THEN p.argv ELSE '[]' END) j WHERE j.key BETWEEN 1 AND 3
		AND j.value REGEXP '^(-c|-e|-E|-r|--eval|-[a-zA-Z]*[ce])$'))
