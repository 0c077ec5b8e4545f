-- id: mapped-memory
-- title: a process runs code of a file that is gone, or of memory
-- severity: high
-- effect: investigate
-- attack: T1620 T1055.009
-- confidence: INF
-- why: A library that has no name any more and was in a place for temporary
--   files, or a memory file that is mapped to be executed. Compilers at run
--   time map memory without a file, some a memory file: those are not meant.
--   An upgraded library is gone, too, but from its own place.
-- source: 4.22 4.23
SELECT m.scope AS scope, coalesce(m.path_raw, m.path) AS path, 'process ' ||
	p.pid || ' (' || excerpt(coalesce(p.cmdline, p.name), 100) || ') has '
	|| m.path || ' mapped to be executed: ' || CASE m.type WHEN 'memfd'
	    THEN 'a memory file' ELSE 'it was removed' END AS detail,
	'process:' || p.id || ' mapping:' || m.id AS evidence,
	CASE WHEN m.type = 'memfd' THEN 'low' WHEN m.scope = 'host' THEN 'high'
	    ELSE 'medium' END AS severity,
	CASE WHEN m.type = 'memfd' THEN 'note' ELSE 'investigate' END AS effect
    FROM mapping m JOIN process p ON p.run = m.run AND p.pid = m.pid
    WHERE (m.type = 'deleted' AND m.path REGEXP
	    '^(/tmp|/var/tmp|/dev/shm|/run/shm)/|/\.[^./]')
	OR (m.type = 'memfd' AND m.path NOT REGEXP
	    '^/memfd:(doublemapper|v8|JIT|jit|pulseaudio|wayland|xshm|nvidia|\.glXXXX|shm|Pref|mozilla|chromium)')
