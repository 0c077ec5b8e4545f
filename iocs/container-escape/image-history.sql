-- id: image-history
-- title: an image that was built with foreign code
-- severity: medium
-- effect: investigate
-- attack: T1525
-- confidence: INF
-- why: An instruction of the build fetched a program from a bare address, or
--   as what it is not, and ran it, or planted a reverse shell. Official
--   images fetch over TLS from named hosts, some pipe an installer into a
--   shell: that is only noted.
-- source: 4.13 K2 K9
SELECT f.scope AS scope, NULL AS path,
	'image ' || l.label || ', built by: ' || excerpt(h.created_by) ||
	' (' || f.tag || ': ' || excerpt(f.piece, 200) || ')' AS detail,
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
	    AS odd FROM fact) f
	JOIN image_history h ON h.id = f.row
	JOIN image_label l ON l.scope = f.scope AND l.run = h.run
    WHERE f.tbl = 'image_history'
	AND (f.tag IN ('fetch-exec-plain', 'reverse-shell', 'decode-exec')
	OR (f.tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM fact g
	    WHERE g.tbl = 'image_history' AND g.row = f.row
		AND g.tag = 'fetch-exec-plain')))
