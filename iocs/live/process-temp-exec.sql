-- id: process-temp-exec
-- title: a program that runs out of a hidden or shared place for temporary
--   files
-- severity: medium
-- effect: investigate
-- attack: T1564.001 T1036.005
-- confidence: C2
-- why: Shared memory and hidden directories below /tmp are where miners are
--   dropped. Plain /tmp is only noted: builds and tests run there.
-- source: 4.5 4.25 O1 N4 D1
SELECT scope, coalesce(exe_raw, exe) AS path, 'process ' || pid || ' of ' ||
	coalesce(user, uid, '?') || ': ' || excerpt(coalesce(cmdline, name)) ||
	' runs ' || exe AS detail, 'process:' || id AS evidence,
	CASE WHEN exe REGEXP '^/dev/shm/|^(/tmp|/var/tmp)/(.*/)?\.'
	    THEN 'medium' ELSE 'info' END AS severity,
	CASE WHEN exe REGEXP '^/dev/shm/|^(/tmp|/var/tmp)/(.*/)?\.'
	    THEN 'investigate' ELSE 'note' END AS effect
    FROM process WHERE coalesce(kernel, 0) = 0 AND NOT coalesce(deleted, 0)
	AND exe REGEXP '^(/tmp|/var/tmp|/dev/shm)/'
