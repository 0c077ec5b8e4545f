-- id: cron-impossible-date
-- title: a cron entry for a day that does not exist
-- severity: medium
-- effect: investigate
-- attack: T1053.003 T1027
-- confidence: S1
-- why: An entry for the 31st of February never runs: its text is the payload,
--   and something else reads it (CronRAT).
-- source: 4.4 L5
SELECT scope, coalesce(path_raw, path) AS path,
	artifact || coalesce(' line ' || line, '') || ': ' ||
	excerpt(coalesce(text, schedule || ' ' || command)) AS detail,
	'persist:' || id AS evidence,
	CASE WHEN origin = 'image' THEN 'low' ELSE 'medium' END AS severity,
	CASE WHEN origin = 'image' THEN 'note' ELSE 'investigate' END
	AS effect
    FROM persist WHERE artifact GLOB 'cron-*' AND schedule REGEXP
	'(?i)^\S+\s+\S+\s+(0?3[01]\s+(0?2|feb)|0?31\s+(0?[469]|11|apr|jun|sep|nov))\s+\S'
	-- a day of the week beside it makes it run all the same
	AND schedule REGEXP '\s\*\s*$'
