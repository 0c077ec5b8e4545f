-- id: dynamic-loader
-- title: the dynamic loader is not the one it should be
-- severity: critical
-- effect: wipe
-- attack: T1574.006
-- confidence: C2
-- why: The loader runs before every program. Rootkits change it to read another
--   file than /etc/ld.so.preload, so that their library is loaded and the file
--   that everybody looks at stays empty: the name is then missing in it. A
--   loader of no package is a program of somebody's in the same place.
-- source: L3 LD1
SELECT scope, path, words || CASE file_state WHEN 'foreign' THEN
	', of no package' WHEN 'changed' THEN ', not as its package has it' ELSE '' END ||
	coalesce(', ' || options, '') AS detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *, CASE WHEN weight = 'container' THEN 'medium'
	    WHEN options IS NOT NULL AND options <> 'no ELF file'
		AND file_state IN ('foreign', 'changed') THEN 'critical'
	    WHEN options IS NOT NULL AND options <> 'no ELF file' THEN 'high'
	    WHEN file_state = 'changed' THEN 'high'
	    WHEN options IS NULL THEN 'high' ELSE 'low' END AS severity
	FROM temp.entry WHERE place = 'dynamic-loader'
	    AND (file_state IN ('foreign', 'changed')
		OR (file_state = 'unknown' AND options GLOB 'lacks *')))
