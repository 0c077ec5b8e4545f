-- id: clock-back
-- title: the clock of the host was put back
-- severity: low
-- effect: note
-- attack: T1070.006
-- confidence: INF
-- why: Files were changed later than it says that it is now. Times of the
--   evidence have to be read with that in mind.
-- source: 4.35
SELECT 'host' AS scope, coalesce(newest_path_raw, newest_path) AS path,
	'changed ' || ahead_ms / 1000 || ' seconds ahead of the clock'
	AS detail, 'clock:' || id AS evidence
    FROM clock WHERE ahead_ms > 120000
