-- id: authorized-key
-- title: a key that opens an account
-- severity: info
-- effect: note
-- attack: T1098.004
-- confidence: C2
-- why: Whose key it is only the owner of the host can say. Each is listed;
--   keys of accounts that nobody logs in to stand out.
-- source: 4.17 O3 P1 X1
SELECT p.scope AS scope, coalesce(p.path_raw, p.path) AS path,
	'opens ' || coalesce(p.owner, '?') || ': ' ||
	coalesce(p.fingerprint, excerpt(p.command, 60)) ||
	coalesce(' ' || p.name, '') || coalesce(' [' || p.defect || ']', '') ||
	CASE WHEN a.uid > 0 AND a.uid < 1000 THEN ' (an account of the system)'
	    ELSE '' END AS detail, 'persist:' || p.id AS evidence,
	CASE WHEN p.scope = 'host' AND p.defect IS NULL
	    AND (a.uid > 0 AND a.uid < 1000 OR p.path GLOB '*keys2')
	    THEN 'low' ELSE 'info' END AS severity
    FROM persist p LEFT JOIN account a ON a.scope = p.scope
	AND a.name = p.owner AND a.run = p.run
    WHERE p.artifact = 'ssh-authorized-keys' AND p.origin IS NOT 'image'
