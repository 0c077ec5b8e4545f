-- id: foreign-program
-- title: what a package starts runs a program of no package
-- severity: high
-- effect: investigate
-- attack: T1574
-- confidence: INF
-- why: The entry is as its package has it, and what it runs is of no package:
--   a program that was put where the entry looks for one, in a directory of
--   PATH before the right one, or in the place of an optional one.
-- source: AT7 F2
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_program
