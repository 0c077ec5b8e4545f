-- id: tool-entry
-- title: a tool that people use runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1546
-- confidence: INF
-- why: Interpreters, editors, git and clients of engines run code of their
--   start-up files and settings with the rights of who uses them. A setting
--   that names one plain program of a package does not count.
-- source: AT6
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'tool'
