-- id: ssh-user-ca
-- title: an authority that may sign keys for any account
-- severity: medium
-- effect: investigate
-- attack: T1098.004
-- confidence: INF
-- why: A certificate of this authority opens every account that its principals
--   name, without a line in any authorized_keys. Sites that sign keys know
--   their authority.
-- source: SSH1
SELECT e.scope, e.path, coalesce(p.fingerprint, excerpt(e.command, 60)) ||
	coalesce(' ' || excerpt(e.name, 80), '') || ' (' || coalesce(p.enabled, '?') ||
	')' || coalesce(' [' || e.defect || ']', '') AS detail, e.evidence,
	CASE e.weight WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE e.weight WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM temp.entry e JOIN persist p ON p.id = e.id
    WHERE e.place = 'ssh-user-ca' AND e.command IS NOT NULL
