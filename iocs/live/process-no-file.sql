-- id: process-no-file
-- title: a program that has no file any more
-- severity: high
-- effect: investigate
-- attack: T1070.004 T1620
-- confidence: C2
-- why: It runs from memory only, or its file was removed from a place for
--   temporary files. Upgrades remove files as well, but not those. Programs
--   that protect themselves, runc first of all, run from memory by design:
--   without a connection and without much work they are only noted.
-- source: 4.22 4.23 P1 O1 L6 L8
SELECT scope, path, detail, evidence,
	CASE WHEN busy THEN 'high' ELSE 'low' END AS severity,
	CASE WHEN busy THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT scope, coalesce(exe_raw, exe) AS path,
	'process ' || pid || ' of ' || coalesce(user, uid, '?') || ': ' ||
	excerpt(coalesce(cmdline, name), 200) || ' runs ' ||
	coalesce(exe, '?') || CASE WHEN memfd THEN ' out of memory'
	    ELSE ', which was removed' END AS detail,
	'process:' || id AS evidence,
	NOT coalesce(memfd, 0) OR coalesce(cpu_ms, 0) > 600000
	    OR EXISTS (SELECT 1 FROM socket s WHERE s.pid = p.pid
		AND s.run = p.run AND s.protocol GLOB '[tu][cd]p*')
	    AS busy
	FROM process p WHERE coalesce(kernel, 0) = 0 AND (
	(memfd AND coalesce(exe, '') NOT REGEXP '^/?memfd:(runc|crun|youki|conmon|docker)'
	    AND coalesce(name, '') NOT REGEXP '^(runc|crun|youki)')
	OR (deleted AND NOT coalesce(memfd, 0) AND (
	    exe REGEXP '^(/dev/shm|/var/tmp|/run/shm)/|^/tmp/(.*/)?\.'
	    OR (exe GLOB '/tmp/*' AND (ppid = 1 OR EXISTS (SELECT 1
		FROM socket s WHERE s.pid = p.pid AND s.run = p.run
		AND s.protocol GLOB 'tcp*'))))))) q
