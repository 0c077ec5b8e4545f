-- id: scheduled-entry
-- title: a schedule that no package brought
-- severity: medium
-- effect: investigate
-- attack: T1053
-- confidence: INF
-- why: Who plants a cron line, a job of at or an anacron entry comes back by the
--   clock. What it runs may look like anything; that no package brought the
--   line, or that the package's own file was changed, is what can be told.
--   Until somebody answers for it (--allow, --baseline) it is a question.
-- source: AT1
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'time'
