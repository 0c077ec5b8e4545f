-- id: service-entry
-- title: a service that no package brought
-- severity: medium
-- effect: investigate
-- attack: T1543
-- confidence: INF
-- why: Units, init scripts, generators, drop-ins and what other supervisors
--   start: a service of the site's own, or an intruder's. A unit that takes
--   the place of a packaged one, and a program where only packages put
--   files, weigh more.
-- source: AT2
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'service'
