-- id: preload-file
-- title: a library is loaded into every program
-- severity: high
-- effect: investigate
-- attack: T1574.006
-- confidence: C2
-- why: Hardly any system needs /etc/ld.so.preload; rootkits live there. A
--   library in a place for temporary files, or of a known name, is one.
--   (Raspberry Pi OS has its own libarmmem there.)
-- source: 4.19 N2 P1 R1 L2 L7
SELECT scope, path,
	'ld.so.preload names ' || lib || CASE WHEN defect IS NULL THEN ''
	    ELSE ' [' || defect || ']' END AS detail, evidence,
	CASE WHEN scope <> 'host' THEN CASE WHEN origin = 'image' THEN 'info'
		WHEN known THEN 'high' ELSE 'medium' END
	    WHEN defect IS NOT NULL THEN 'medium'
	    WHEN known THEN 'critical' ELSE 'high' END AS severity,
	CASE WHEN scope <> 'host' THEN CASE WHEN origin = 'image' THEN 'note'
		ELSE 'investigate' END
	    WHEN defect IS NULL AND known THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM (SELECT scope, coalesce(path_raw, path) AS path, command AS lib,
	defect, origin, 'persist:' || id AS evidence,
	command REGEXP '(?i)^(/tmp|/var/tmp|/dev/shm|/run)/|/\.|libprocesshider|lib_?system\.so|libgcwrap|beurk|jynx|azazel|bdvl|libioset|/(x86_64|xmrig)\.so|vlany|libfsnldev|libpprocps|libntpVnQE6mk|libcurl\.so\.2\.17'
	    AS known
	FROM persist WHERE artifact = 'ld-so-preload'
	    AND command IS NOT NULL
	    AND command NOT REGEXP '/libarmmem[^/]*\.so(\.\S*)?$') p
