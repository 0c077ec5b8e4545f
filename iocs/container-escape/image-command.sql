-- id: image-command
-- title: an image whose command attacks
-- severity: high
-- effect: investigate
-- attack: T1204.003 T1525
-- confidence: C2
-- why: Under whatever name: what the image starts by itself, checks its
--   health with or gives to builds upon it fetches a program and runs it,
--   opens a shell to the network, or writes where a host would be mounted.
-- source: 1.3 4.13 K2 K6 N1 S2
SELECT f.scope AS scope, NULL AS path,
	'image ' || l.label || ', ' || f.place || ' (' || f.tag || ': ' ||
	excerpt(f.piece, 200) || '): ' ||
	excerpt(coalesce(i.command, i.onbuild, i.healthcheck)) AS detail,
	f.evidence AS evidence,
	CASE WHEN f.tag = 'fetch-exec' THEN 'low' WHEN f.tag = 'decode-exec'
	    THEN 'medium' ELSE 'high' END AS severity,
	CASE WHEN f.tag = 'fetch-exec' THEN 'note' ELSE 'investigate' END
	AS effect
    FROM fact f JOIN image i ON i.id = f.row
	JOIN image_label l ON l.id = i.id
    WHERE f.tbl = 'image' AND (f.tag IN ('fetch-exec-plain',
	    'reverse-shell', 'decode-exec', 'nsenter-host', 'escape')
	OR (f.tag IN ('cron-write', 'key-write', 'preload-write',
		'account-write', 'startup-write')
	    AND f.piece REGEXP '^/[^/]+(/.*)?/(etc|var/spool|root|home|usr)/')
	OR (f.tag = 'fetch-exec' AND NOT EXISTS (SELECT 1 FROM fact g
	    WHERE g.tbl = 'image' AND g.row = f.row
		AND g.tag = 'fetch-exec-plain')))
