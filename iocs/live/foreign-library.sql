-- id: foreign-library
-- title: processes have a library mapped that no package brought
-- severity: medium
-- effect: investigate
-- attack: T1574.006
-- confidence: INF
-- why: It lies among the libraries of the system. What is compiled on the host
--   goes to /usr/local, /opt or a home.
-- source: 4.19
SELECT 'host' AS scope, coalesce(x.path_raw, x.path) AS path,
	'mapped by ' || coalesce(x.processes, '?') || ' processes' AS detail,
	'executable:' || x.id AS evidence
    FROM executable x WHERE x.type = 'library'
	AND x.package_state = 'unpackaged'
	AND x.path REGEXP '^(/usr)?/lib(32|64|x32)?/[^/]*/?[^/]*\.so([.0-9]*)$'
