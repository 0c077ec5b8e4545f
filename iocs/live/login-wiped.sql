-- id: login-wiped
-- title: records of logins were wiped
-- severity: high
-- effect: investigate
-- attack: T1070.006 T1070
-- confidence: INF
-- why: Zeros stand among the records of wtmp or btmp. Programs only add to
--   these files; tools that remove a visit overwrite it.
-- source: 4.35
SELECT 'host' AS scope, coalesce(path_raw, path) AS path, 'record ' ||
	record || ' (' || type || coalesce(' of ' || user, '') || ') ' || defect
	AS detail, 'login:' || id AS evidence,
	CASE WHEN defect GLOB '*wiped*' THEN 'high' ELSE 'info' END AS severity,
	CASE WHEN defect GLOB '*wiped*' THEN 'investigate' ELSE 'note' END
	AS effect
    FROM login WHERE defect GLOB '*wiped*' OR defect GLOB 'earlier*'
