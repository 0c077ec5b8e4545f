-- id: contradiction
-- title: two views of the running host do not agree
-- severity: critical
-- effect: wipe
-- attack: T1014 T1564.013
-- confidence: C2
-- why: What the kernel answers to one question it must answer to the other. A
--   process that has a number and is in no list, a socket or a module that
--   one list has and another has not, something mounted over a process:
--   after repeated looks nothing but a rootkit explains it. Of containers,
--   records that were removed, or a store that was not found, explain one that
--   runs; an engine that was killed explains a record of one that does not.
-- source: 4.21 4.37 P1
SELECT scope, coalesce(path_raw, path) AS path, subject || ' ' || name ||
	': ' || detail || '. Seen by: ' || sees || '. Not by: ' || blind ||
	CASE WHEN repeats > 0 THEN ' (looked ' || repeats || ' times)'
	    ELSE '' END AS detail,
	'contradiction:' || id AS evidence,
	CASE WHEN strong THEN 'critical' WHEN container = 2 THEN 'info'
	    WHEN container = 1 THEN 'medium' ELSE 'high' END AS severity,
	CASE WHEN strong THEN 'wipe' WHEN container = 2 THEN 'note'
	    ELSE 'investigate' END AS effect
    FROM (SELECT *, subject IN ('process', 'module', 'mount')
	OR (subject = 'socket' AND sees = 'sock_diag') AS strong,
	(subject = 'container') + (subject = 'container' AND
	    sees GLOB 'records*') AS container
	FROM contradiction)
