-- id: container-drift
-- title: a container has programs that its image has not
-- severity: medium
-- effect: investigate
-- attack: T1105 T1036.005 T1554
-- confidence: C2
-- why: An image is made to be complete. What fetches code into a running
--   container leaves programs where an image has none: in folders for temporary
--   files, in hidden ones, among what a server shows, or in place of the
--   system's own. Programs that a package manager brought there, that an image
--   of this host has byte for byte, scripts, libraries, what lies where
--   administrators and their tools put things, and builds are only noted.
-- source: 4.5 4.13 F2 PF2
WITH container_of AS MATERIALIZED (
    SELECT scope, max(name) AS name, max(type) AS type FROM container
	GROUP BY scope),
managed AS MATERIALIZED (
    SELECT DISTINCT scope FROM change WHERE op <> 'deleted' AND path IN
	('/var/lib/dpkg/status', '/lib/apk/db/installed',
	'/usr/lib/apk/db/installed', '/var/lib/rpm/rpmdb.sqlite',
	'/var/lib/rpm/Packages', '/var/lib/rpm/Packages.db',
	'/usr/lib/sysimage/rpm/rpmdb.sqlite',
	'/usr/lib/sysimage/rpm/Packages.db', '/var/lib/pacman/local')),
program AS MATERIALIZED (
    SELECT id, scope, op, path, coalesce(path_raw, path) AS shown, filetype,
	size, filetype GLOB 'ELF *' AS elf,
	CASE WHEN path REGEXP '^/(dev|tmp|var/tmp|run|var/run)/' THEN CASE
		WHEN path REGEXP '^/(var/)?tmp/(go-build|pip-|npm-|yarn--|cargo-install|rustc|cc[A-Za-z0-9]{6}[.]|tmp[a-z0-9_]{8}/)'
		THEN 'build' ELSE 'temporary' END
	    WHEN path REGEXP '^/(root|home/[^/]+)/[.]' THEN 'home'
	    WHEN path REGEXP '/[.](venv|virtualenv|env|cargo|rustup|npm|nvm|cache|local|config|rbenv|pyenv|bundle|yarn|pnpm[a-z-]*|gradle|m2|node_modules|bin|vscode-server|github|dotnet|nuget|bazel|tox|build|git|next|output|asdf|sdkman)/'
		THEN 'home'
	    WHEN path GLOB '*/.*' THEN 'hidden'
	    WHEN path REGEXP '^/(var/www|srv/(www|http|htdocs)|usr/share/nginx/html|usr/local/apache2/htdocs)/'
		THEN 'web'
	    WHEN path REGEXP '^/(usr/)?s?bin/[^/]+$' THEN 'system'
	    WHEN path REGEXP '^/usr/local/s?bin/[^/]+$' THEN 'local' END
	AS place
    FROM change WHERE type = 'file' AND op IN ('added', 'modified')
	AND ((filetype GLOB 'ELF *'
		AND filetype REGEXP '; (executable|pie)(,|$)')
	    OR (filetype GLOB 'a * script, *' AND mode & 73))
	-- an image has the same bytes: copied, or only touched
	AND coalesce(sha256, '') NOT IN (SELECT f.sha256 FROM file f
	    WHERE f.origin = 'image' AND f.sha256 IS NOT NULL)),
graded AS MATERIALIZED (
    SELECT p.*, CASE WHEN c.type = 'working' OR NOT p.elf
	    OR p.place IN ('build', 'home', 'local') THEN 0
	WHEN p.place = 'system' AND m.scope IS NOT NULL THEN 0
	ELSE 1 END AS odd,
	regexp_find('^.*/', p.path, 0) AS dir, c.name AS name,
	row_number() OVER (PARTITION BY p.scope ORDER BY p.id) AS nr
    FROM program p LEFT JOIN container_of c ON c.scope = p.scope
	LEFT JOIN managed m ON m.scope = p.scope
    WHERE p.place IS NOT NULL
	-- a hundred scripts of a package manager say nothing
	AND NOT (p.place IN ('system', 'local') AND NOT p.elf
	    AND m.scope IS NOT NULL))
SELECT scope, CASE WHEN count(*) = 1 THEN max(shown) ELSE dir END AS path,
	CASE WHEN count(*) = 1
	    THEN max(op) || ' by ' || coalesce('''' || max(name) || '''',
		'the container') || ': ' || excerpt(max(filetype), 120)
	    ELSE count(*) || ' programs, by ' ||
		coalesce('''' || max(name) || '''', 'the container') || ': ' ||
		excerpt(group_concat(substr(path, length(dir) + 1), ' '), 200)
	    END AS detail,
	coalesce(group_concat('change:' || id, ' ') FILTER (WHERE nr <= 200),
	    'change:' || min(id)) AS evidence,
	CASE WHEN odd THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN odd THEN 'investigate' ELSE 'note' END AS effect
    FROM graded GROUP BY scope, dir, odd
UNION ALL
SELECT h.scope, coalesce(h.path_raw, h.path),
	'deleted in the container: a log or a history of commands',
	'change:' || h.id, 'low', 'note'
    FROM change h WHERE h.op = 'deleted' AND h.type = 'file'
	AND h.path REGEXP
	'^/var/log/([wb]tmp|lastlog|auth[.]log|secure|syslog|messages|audit/.*)$|/[.](bash_|ash_|zsh_|sh_|python_|mysql_)?history$'
