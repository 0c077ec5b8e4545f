-- id: changed-program
-- title: a file of a package is not what the package brought
-- severity: critical
-- effect: wipe
-- attack: T1554
-- confidence: C2
-- why: A program, library, module of PAM or of the kernel whose bytes are not
--   those of its package was replaced: no administrator edits one. A script may
--   be edited by hand, a library for graphics or of Python may come from an
--   installer that asks nobody; a prelinked host changes all of them.
-- source: PF5 PF6
SELECT scope, path, detail, evidence, CASE WHEN NOT host THEN CASE WHEN sev IN
	    ('critical', 'high') AND origin = 'container' THEN 'medium'
	    ELSE 'low' END ELSE sev END AS severity,
	CASE WHEN NOT host THEN CASE WHEN sev IN ('critical', 'high')
	    AND origin = 'container' THEN 'investigate' ELSE 'note' END
	WHEN sev = 'critical' THEN 'wipe' WHEN sev IN ('high', 'medium') THEN
	    'investigate' ELSE 'note' END AS effect
    FROM (SELECT p.scope AS scope, coalesce(p.path_raw, p.path) AS path,
	p.scope = 'host' AS host, p.origin AS origin,
	'package ' || p.package || coalesce(' ' || p.version, '') ||
	CASE p.state WHEN 'replaced' THEN ' has another kind of file here'
	    ELSE ' has other bytes here' END || CASE k.kind WHEN 'elf' THEN
	    ' (a program or library)' WHEN 'script' THEN ' (a script)'
	    ELSE '' END || coalesce('; ' || w.path || ' is of no package and '
	    || 'may be the original', '') AS detail,
	'package_file:' || p.id || coalesce(' ' || k.evidence, '') ||
	    coalesce(' file:' || w.id, '') AS evidence,
	CASE WHEN p.origin = 'image' THEN 'low'
	    WHEN k.kind = 'elf' AND p.state = 'changed' THEN CASE
		WHEN p.scope IN (SELECT f.scope FROM file f
		    WHERE f.path = '/etc/prelink.cache') THEN 'high'
		WHEN p.path REGEXP
		    '/(dist|site)-packages/|/node_modules/|/lib(GL|EGL|GLES|OpenGL|nvidia|cuda|OpenCL|vulkan|vdpau)[^/]*$|/dri/'
		    THEN 'high' ELSE 'critical' END
	    WHEN p.path REGEXP
		'^(/usr)?/(s?bin|libexec)/|^(/usr)?/lib[a-z0-9]*/.*[.](so([.0-9]*)?|ko([.](xz|gz|zst|bz2))?)$|^/boot/(vmlinu|initrd|grub/.*[.]mod)'
		OR k.kind IN ('elf', 'script', 'program') THEN CASE
		WHEN p.path REGEXP '[.]ko([.](xz|gz|zst|bz2))?$'
		    AND p.state = 'changed' THEN 'critical'
		WHEN p.path REGEXP '^/usr/(share|lib[a-z0-9]*/python|src|include)'
		    AND k.kind = 'script' AND p.path REGEXP '/(examples?|doc|tests?)/'
		    THEN 'low' ELSE 'high' END
	    WHEN p.path REGEXP '^(/usr)?/lib/(systemd|udev|modprobe[.]d|sysctl[.]d|tmpfiles[.]d|pam[.]d)|^/usr/share/(dbus-1|polkit-1)/'
		THEN 'medium'
	    ELSE 'low' END AS sev
	FROM package_file p LEFT JOIN file_kind k ON k.scope = p.scope
	    AND k.path = p.path
	LEFT JOIN power_file w ON w.scope = p.scope AND w.path IN (
		p.path || '.orig', p.path || '.real', p.path || '.REAL',
		p.path || '.old', p.path || '.bak', p.path || '-orig',
		p.path || '-real', p.path || '_orig', p.path || '.distrib')
	    AND w.state = 'foreign'
	WHERE p.state IN ('changed', 'replaced') AND coalesce(p.role, '') NOT IN
		('configuration', 'documentation', 'ghost')
	    AND NOT (p.state = 'replaced' AND p.path REGEXP
		'^/usr/share/(doc|man|info|locale)/'))
