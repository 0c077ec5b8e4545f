-- id: exposed-api
-- title: the engine's interface is open to the network
-- severity: high
-- effect: investigate
-- attack: T1133 T1190
-- confidence: C2
-- why: Who reaches the daemon of Docker is root on the host. With --tlsverify
--   it asks for a certificate.
-- source: 4.14 K11 G1 N1 T3
SELECT 'host' AS scope, coalesce(p.exe_raw, p.exe) AS path,
	'process ' || p.pid || ' listens without TLS: ' || excerpt(p.cmdline)
	AS detail, 'process:' || p.id AS evidence
    FROM process p WHERE p.scope = 'host'
	AND p.name REGEXP '^(dockerd|docker|dockerd-ce|docker-current)'
	AND p.cmdline REGEXP '(-H[ =]?|--host[ =])tcp://'
	AND p.cmdline NOT REGEXP '(-H[ =]?|--host[ =])tcp://(127\.|localhost|\[::1\])'
	AND p.cmdline NOT REGEXP '--tlsverify( |=true|$)'
UNION ALL
SELECT 'host', coalesce(u.path_raw, u.path),
	'unit ' || coalesce(u.name, '') || ' starts it without TLS: ' ||
	excerpt(u.command), 'persist:' || u.id
    FROM persist u WHERE u.scope = 'host' AND u.artifact GLOB 'systemd-unit-*'
	AND u.defect IS NULL
	AND u.command REGEXP 'docker' AND u.command REGEXP '(-H[ =]?|--host[ =])tcp://'
	AND u.command NOT REGEXP '(-H[ =]?|--host[ =])tcp://(127\.|localhost|\[::1\])'
	AND u.command NOT REGEXP '--tlsverify( |=true|$)'
UNION ALL
SELECT 'host', coalesce(p.exe_raw, p.exe), p.name || ' listens on ' ||
	s.local_address || ':' || s.local_port,
	'socket:' || min(s.id) || ' process:' || p.id
    FROM socket s JOIN process p ON p.pid = s.pid AND p.run = s.run
    WHERE s.state = 'LISTEN' AND s.protocol GLOB 'tcp*'
	AND p.scope = 'host' AND p.name REGEXP '^(dockerd|docker)'
	AND p.name NOT REGEXP '^docker-(proxy|containerd|init)'
	AND s.local_port NOT IN (2377, 7946)
	AND s.local_address NOT REGEXP '^(127\.|::1$|::ffff:127\.)'
	AND coalesce(p.cmdline, '') NOT REGEXP '--tlsverify( |=true|$)'
    GROUP BY p.id, s.local_address, s.local_port
