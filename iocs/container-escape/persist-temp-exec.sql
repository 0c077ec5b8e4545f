-- id: persist-temp-exec
-- title: something that starts by itself runs out of a directory for
--   temporary files
-- severity: high
-- effect: investigate
-- attack: T1053.003 T1564.001
-- confidence: C2
-- why: Nothing that is to last belongs into /tmp, /var/tmp or /dev/shm;
--   everybody may write there.
-- source: 4.5 O1 D2 K6
SELECT scope, path, entry || ' (runs ' || piece || ')' AS detail, evidence,
	CASE weight WHEN 'host' THEN 'high' WHEN 'container' THEN 'medium'
	    WHEN 'image' THEN 'info' ELSE 'medium' END AS severity,
	CASE weight WHEN 'image' THEN 'note' ELSE 'investigate' END AS effect
    FROM persist_fact WHERE tag = 'temp-exec'
	-- what is looked at is not run
	AND place NOT IN ('systemd-generator')
