-- id: temporary-program
-- title: a program in a place for temporary files
-- severity: medium
-- effect: investigate
-- attack: T1036.005 T1059
-- confidence: C2
-- why: What is to last is not kept there, and everybody may write there: it is
--   where droppers put what they fetch. Whoever compiles there leaves many,
--   which are told of as one; a library that a program unpacked is only noted.
-- source: 4.5 PF2 F2
SELECT scope, CASE WHEN n > 12 THEN top ELSE path END AS path,
	CASE WHEN n > 12 THEN n || ' programs lie in it' ELSE words ||
	    coalesce(', run by ' || interpreter, ', ELF ' || elf_type, '') END
	    AS detail,
	group_concat(evidence, ' ') AS evidence,
	CASE WHEN host THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN host THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, count(*) OVER (PARTITION BY scope, top) AS n
	FROM (SELECT *, CASE WHEN path REGEXP
		'^/(dev/shm|run/shm|var/tmp|tmp)/[^/]+/' THEN
		regexp_find('^/(?:dev/shm|run/shm|var/tmp|tmp)/[^/]+', path, 0)
		ELSE path END AS top
	    FROM power_file WHERE place = 'temporary' AND program
		AND state <> 'own'))
    GROUP BY scope, CASE WHEN n > 12 THEN top ELSE path END
