-- id: cron-fetch-exec
-- title: cron fetches a program and runs it
-- severity: critical
-- effect: wipe
-- attack: T1053.003
-- confidence: C2
-- why: A cron entry that takes code from the network and runs it gives
--   whoever holds the address the rights of its owner, again and again.
--   Whether the tool is called curl, wget or anything else does not matter.
--   What an image brings along itself is its maker's.
-- source: 4.1 K6 N5 B2 E6
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence,
	CASE weight WHEN 'host' THEN CASE WHEN root AND (plain OR often)
		THEN 'critical' ELSE 'high' END
	    WHEN 'container' THEN 'high'
	    ELSE 'medium' END AS severity,
	CASE WHEN weight = 'host' AND root AND (plain OR often) THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM (SELECT *,
	EXISTS (SELECT 1 FROM persist_fact g WHERE g.evidence = f.evidence
	    AND g.tag = 'fetch-exec-plain') AS plain,
	-- an installer over TLS from a named host, now and then, is for a
	-- person to judge; every hour or more often it is a way in
	coalesce(schedule, '') REGEXP '^(\*|@reboot|@hourly)'
	    OR piece REGEXP '(?i)pastebin|/raw/|ngrok|anondns|transfer\.sh|trycloudflare|\.onion|\.(jpe?g|png|gif|asp|ico)( |$|\?)'
	    AS often
	FROM persist_fact f
	WHERE place GLOB 'cron-*' AND tag = 'fetch-exec') f
