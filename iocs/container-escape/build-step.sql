-- id: build-step
-- title: a build on this host ran foreign code
-- severity: medium
-- effect: investigate
-- attack: T1612
-- confidence: INF
-- why: The engine remembers a step of a build here that fetched a program from
--   a bare address, or as what it is not, and ran it, or opened a shell. An
--   image that is built on the victim needs no registry and leaves no pull.
--   Installers over TLS from named hosts are only noted.
-- source: 4.13 K2 K9
SELECT 'host' AS scope, NULL AS path,
	f.label || ' (' || f.tag || '): ' || excerpt(f.piece, 200) AS detail,
	f.evidence AS evidence,
	CASE WHEN f.tag = 'reverse-shell' THEN 'high'
	    WHEN f.tag = 'fetch-exec-plain' AND odd THEN 'medium'
	    WHEN f.tag = 'decode-exec' THEN 'medium'
	    WHEN f.tag = 'fetch-exec-plain' THEN 'low' ELSE 'info' END
	AS severity,
	CASE WHEN f.tag IN ('reverse-shell', 'decode-exec')
	    OR (f.tag = 'fetch-exec-plain' AND odd) THEN 'investigate'
	    ELSE 'note' END AS effect
    FROM (SELECT *, piece REGEXP
	    '(?i)^([a-z]+://)?([0-9]{1,3}\.){3}[0-9]{1,3}[:/]|\.(jpe?g|png|gif|asp|ico)( |\?)|:8220/'
	    AS odd FROM fact_label) f
    WHERE f.tbl IN ('build', 'layer')
	AND (f.tag IN ('fetch-exec-plain', 'reverse-shell', 'decode-exec')
	OR (f.tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM fact g
	    WHERE g.tbl = f.tbl AND g.row = f.row
		AND g.tag = 'fetch-exec-plain')))
