-- id: library-folder
-- title: libraries are looked for where others than the distribution put them
-- severity: medium
-- effect: investigate
-- attack: T1574.006
-- confidence: INF
-- why: A folder of ld.so.conf stands before the system's: a library there that
--   has the name of one of the system is loaded in its place, by every program.
--   A folder that others may write to, or that is hidden, is for anybody who
--   wants that.
-- source: LD1 AT7
SELECT scope, path, detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, group_concat(evidence, ' ') AS evidence,
	words || CASE WHEN overrides IS NOT NULL THEN ' (' || coalesce(command, name) ||
	    ' stands before ' || overrides || ')' ELSE '' END ||
	    coalesce(' [' || CASE WHEN overrides IS NULL THEN options END || ']', '') ||
	    CASE WHEN count(*) > 1 THEN ', and ' || (count(*) - 1) || ' more' ELSE ''
	    END AS detail, max(level),
	CASE WHEN weight = 'container' THEN CASE WHEN max(level) > 2 THEN 'medium'
		ELSE 'low' END
	    WHEN max(level) = 3 THEN 'high' WHEN max(level) = 2 THEN 'medium'
	    ELSE 'low' END AS severity
	FROM (SELECT scope, evidence, words, weight, overrides, command, name, options,
	    id, CASE WHEN overrides IS NOT NULL AND file_state NOT IN ('foreign',
		'changed') THEN program ELSE path END AS path, CASE
	    WHEN file_state = 'unknown' THEN 1
	    WHEN overrides IS NOT NULL THEN CASE
		WHEN program_state <> 'foreign' THEN 0
		WHEN weight = 'defect' THEN 1
		WHEN file_state IN ('foreign', 'changed') THEN 3
		WHEN sign IS NOT NULL AND sign NOT REGEXP '^the entry' THEN 3 ELSE 2 END
	    WHEN file_state = 'own' THEN 0
	    WHEN name = 'include' THEN CASE WHEN options REGEXP
		'^/etc/ld\.so\.conf\.d/|^[^/]' THEN 0 ELSE 2 END
	    WHEN name IS NULL THEN 0
	    WHEN name REGEXP '^(/usr)?/lib(32|64|x32)?(/[a-z0-9_]+-linux-[a-z0-9]+)?/?$|^/usr/local/lib(/[a-z0-9_]+-linux-[a-z0-9]+)?/?$'
		THEN 0
	    WHEN defect IS NOT NULL AND defect <> 'no such folder' THEN 1
	    WHEN name REGEXP '^(/tmp|/var/tmp|/dev/shm|/run)/|/\.[^/]' THEN 3
	    WHEN options IS NOT NULL THEN 3
	    WHEN defect IS NOT NULL THEN CASE WHEN name REGEXP '^/(home|srv|var/www)/'
		THEN 2 ELSE 1 END
	    ELSE 2 END AS level
	    FROM temp.entry WHERE place = 'ld-so-conf' ORDER BY id)
	WHERE level > 0 GROUP BY scope, path)
