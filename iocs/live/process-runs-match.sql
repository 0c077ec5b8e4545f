-- id: process-runs-match
-- title: a process runs a file that YARA knows
-- severity: high
-- effect: investigate
-- attack: T1059 T1204.002
-- confidence: INF
-- why: The file is hostile or looks like it, and it is running. A process
--   whose file was removed is not that file: its path may hold another one
--   by now. Of an interpreter the script counts, not the interpreter.
-- source: 4.1 N1 O1
SELECT scope, path, 'process ' || pid || ' of ' || coalesce(user, uid, '?') ||
	': ' || excerpt(coalesce(cmdline, name, '')) || ' (' || file || ', ' ||
	title || ': ' || strings || ')' AS detail, evidence, severity,
	CASE WHEN scope = 'host' AND effect = 'wipe' THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM (SELECT p.scope AS scope, coalesce(p.exe_raw, p.exe) AS path,
	p.pid AS pid, p.user AS user, p.uid AS uid, p.cmdline AS cmdline,
	p.name AS name, h.path AS file, h.title AS title,
	h.strings AS strings, h.effect AS effect, max(h.rank) AS rank,
	CASE WHEN max(h.rank) >= 4 THEN 'critical' ELSE 'high' END AS severity,
	'process:' || p.id || ' ' || h.evidence AS evidence
	FROM (SELECT id, path_key(coalesce(exe_raw, exe)) AS key FROM process
	    WHERE exe IS NOT NULL
	UNION SELECT q.id, path_key(CASE WHEN j.value GLOB '/*' THEN j.value
	    ELSE q.cwd || '/' || CASE WHEN j.value GLOB './*'
		THEN substr(j.value, 3) ELSE j.value END END)
	    FROM process q, json_each(CASE WHEN json_valid(q.argv)
		THEN q.argv ELSE '[]' END) j
	    WHERE q.exe REGEXP '/((ba|da|z|k|mk|a)?sh|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|node|lua[0-9.]*)$'
		AND j.key BETWEEN 1 AND 4 AND j.value NOT GLOB '-*') r
	JOIN process p ON p.id = r.id
	JOIN yara_hit h ON h.key = r.key AND h.scope = p.scope
	WHERE h.rank >= 2 AND h.pid IS NULL AND coalesce(p.kernel, 0) = 0
	    AND NOT coalesce(p.deleted, 0) AND NOT coalesce(p.memfd, 0)
	GROUP BY p.id, h.path)
