-- id: preload-file
-- title: a library is loaded into every program
-- severity: high
-- effect: investigate
-- attack: T1574.006
-- confidence: C2
-- why: Hardly any system needs /etc/ld.so.preload; rootkits live there. A
--   library in a place for temporary files, hidden, among the distribution's
--   own without being of a package, or of a known name, is one. An
--   administrator who has a use for it keeps it in /usr/local or /opt.
--   (Raspberry Pi OS has its own libarmmem there.)
-- source: 4.19 N2 P1 R1 L2 L7 LD1 F2
SELECT scope, path, 'ld.so.preload names ' || lib || CASE state
	WHEN 'own' THEN ' (of a package)' WHEN 'foreign' THEN ' (of no package)'
	WHEN 'changed' THEN ' (not as its package has it)' ELSE '' END ||
	coalesce(' [' || defect || ']', '') AS detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *, CASE
	    WHEN weight = 'container' THEN CASE state WHEN 'own' THEN 'low'
		ELSE 'medium' END
	    WHEN state = 'own' THEN 'low'
	    WHEN weight = 'defect' OR state = 'missing' THEN 'medium'
	    WHEN lib REGEXP '^(/tmp|/var/tmp|/dev/shm|/run)/|/\.' OR file REGEXP '^(/tmp|/var/tmp|/dev/shm|/run)/|/\.' THEN 'critical'
	    WHEN lib REGEXP '(?i)libprocesshider|lib_?system\.so|libgcwrap|beurk|jynx|azazel|bdvl|libioset|/(x86_64|xmrig)\.so|vlany|libfsnldev|libpprocps|libntpVnQE6mk|libcurl\.so\.2\.17' THEN 'critical'
	    WHEN state = 'foreign' AND (lib REGEXP '^(/usr)?/(s?bin|lib[0-9a-z]*|libexec|share)/|^/(etc|boot|dev|sys|proc)/'
		OR file REGEXP '^(/usr)?/(s?bin|lib[0-9a-z]*|libexec|share)/|^/(etc|boot|dev|sys|proc)/') THEN 'critical'
	    ELSE 'high' END AS severity
	FROM (SELECT *, command AS lib, coalesce(program, '') AS file,
	    coalesce(program_state, 'unknown') AS state FROM temp.entry
	    WHERE place = 'ld-so-preload' AND command IS NOT NULL
		AND NOT (command REGEXP
		    '^/usr/lib/[^/]+/libarmmem[^/]*\.so(\.\S*)?$'
		AND coalesce(program_state, '') NOT IN ('foreign', 'changed'))))
