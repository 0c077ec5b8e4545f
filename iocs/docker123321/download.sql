-- id: download
-- title: a download as docker123321 made it
-- severity: high
-- effect: investigate
-- attack: T1105
-- confidence: S1
-- why: Port 8220 and a script that calls itself logo0.jpg to logo9.jpg: the
--   way of docker123321 and of the group called 8220, which are linked by sum
--   of a wallet, port and names of files.
-- source: 1.3 1.4 K6 E2 E3 E6
SELECT f.scope AS scope, f.path AS path, f.label || ': ' ||
	excerpt(f.piece) AS detail, f.evidence AS evidence,
	CASE WHEN f.weight = 'host' AND f.tbl = 'persist' THEN 'critical'
	    WHEN f.weight = 'defect' THEN 'medium' ELSE 'high' END AS severity,
	CASE WHEN f.weight = 'host' AND f.tbl = 'persist' THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM fact_label f WHERE f.tag = 'fetch-exec'
	AND f.piece REGEXP '(?i):8220/|/logo[0-9]\.jpg( |$)'
