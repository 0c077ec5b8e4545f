-- id: job-users
-- title: an account of the system may give jobs
-- severity: low
-- effect: note
-- attack: T1053
-- confidence: INF
-- why: cron.allow, at.allow and incron.allow say who may. A service's account
--   there is odd, and gives nothing by itself.
-- source: AT1
SELECT e.scope, e.path, e.words AS detail, e.evidence FROM temp.entry e
    JOIN account a ON a.scope = e.scope AND a.name = e.owner
	AND a.uid BETWEEN 1 AND 999
    WHERE e.place = 'job-users' AND e.path GLOB '*.allow' AND e.file_state <> 'own'
    GROUP BY e.id
