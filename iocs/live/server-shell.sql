-- id: server-shell
-- title: an interactive shell below a server
-- severity: medium
-- effect: investigate
-- attack: T1505.003 T1190
-- confidence: INF
-- why: A web server, an interpreter behind it, or a database is the ancestor of
--   a shell without any command. Servers run commands; they do not wait at a
--   prompt.
-- source: 4.8
WITH RECURSIVE up(id, pid, ppid, run, depth) AS (
	SELECT id, pid, ppid, run, 0 FROM process
	    WHERE (exe REGEXP '/(ba|da|a|z|k)?sh$' OR name REGEXP
		'^(ba|da|a|z|k)?sh$') AND coalesce(kernel, 0) = 0
		AND NOT EXISTS (SELECT 1 FROM json_each(CASE WHEN
		    json_valid(argv) THEN argv ELSE '[]' END) j WHERE j.key > 0
		    AND (j.value REGEXP '^[A-Za-z0-9_./~+]' OR j.value = '-c'))
	UNION ALL SELECT up.id, p.pid, p.ppid, p.run, depth + 1 FROM up
	    JOIN process p ON p.run = up.run AND p.pid = up.ppid
	    WHERE depth < 8 AND up.ppid > 1)
SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path, 'process ' ||
	p.pid || ' of ' || coalesce(p.user, p.uid, '?') || ': ' ||
	excerpt(coalesce(p.cmdline, p.name), 100) || ' below process ' ||
	s.pid || ' (' || s.name || ')' AS detail,
	'process:' || p.id || ' process:' || s.id AS evidence
    FROM up JOIN process p ON p.id = up.id
	JOIN process s ON s.run = up.run AND s.pid = up.pid
    WHERE up.depth > 0 AND s.name REGEXP
	'^(nginx|apache2?|httpd|lighttpd|caddy|php-?(fpm|cgi).*|tomcat.*|uwsgi|gunicorn|redis-server|mysqld|mariadbd|postgres|mongod|memcached|vsftpd|proftpd|smbd|exim4?|named)$'
    GROUP BY p.id
