-- id: dbus-policy
-- title: the bus of the system is open to everybody
-- severity: medium
-- effect: investigate
-- attack: T1548
-- confidence: INF
-- why: Who may own any name takes the place of a service of the system; who may
--   send to all, or listen in, has what others keep for root. A site's own
--   service owns a name of its own.
-- source: DBUS1
SELECT scope, path, words || ': ' || coalesce(name, '') || CASE program_state
	WHEN 'foreign' THEN ' (runs ' || program || ', of no package)' ELSE '' END
	AS detail, evidence, severity,
	CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'
	WHEN 'info' THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *, CASE WHEN weight <> 'host' OR file_state = 'unknown' THEN 'low'
	    WHEN name = 'servicehelper' AND program_state = 'foreign' THEN 'high'
	    WHEN name REGEXP 'own any name|send to all|listen in|everything|connect without'
		THEN 'medium'
	    WHEN name REGEXP ': own a name$' AND words REGEXP
		'own(_prefix)?\s*=\s*["''](org\.freedesktop|org\.bluez|fi\.|com\.(redhat|ubuntu)|org\.(opensuse|debian))'
		THEN 'medium'
	    WHEN name IN ('servicedir', 'includedir', 'include') AND words REGEXP
		': *(/tmp|/var/tmp|/dev/shm|/home|/root|/run/user|/srv|/var/www)/|/\.[^/.]'
		THEN 'medium'
	    ELSE 'low' END AS severity
	FROM temp.entry WHERE place = 'dbus-policy' AND file_state <> 'own'
	    AND path NOT REGEXP '/session(-local)?\.(conf|d/)' AND name IS NOT NULL
	    AND name NOT IN ('user', 'auth', 'listen') AND name NOT REGEXP ': connect$')
