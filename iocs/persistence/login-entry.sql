-- id: login-entry
-- title: a login runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1546.004
-- confidence: INF
-- why: Start-up files of shells and of graphical sessions, and the message of the
--   day. What everybody has in them (aliases, variables, prompts) does not
--   count.
-- source: AT5
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'login'
