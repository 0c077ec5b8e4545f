-- id: changed-image
-- title: a program or library that runs is not as its package has it
-- severity: high
-- effect: investigate
-- attack: T1554 T1574.006
-- confidence: C2
-- why: The file that processes run was changed in place since it was installed.
--   Software is upgraded by its package manager, which records the new
--   digest.
-- source: 4.37 P1
SELECT 'host' AS scope, coalesce(path_raw, path) AS path, type || ' of the '
	|| 'package ' || coalesce(package, '?') || ', run by ' || coalesce(processes, '?') ||
	' processes, was changed' AS detail, 'executable:' || id AS evidence
    FROM executable WHERE package_state = 'changed'
