-- id: group-power
-- title: a member of a group that is as good as root
-- severity: medium
-- effect: investigate
-- attack: T1098.007
-- confidence: INF
-- why: Who is in sudo or wheel becomes root by sudo, in docker, lxd or libvirt
--   through a container or machine, in disk, shadow or kmem by reading what
--   only root reads. Whether the account should be, the owner of the host
--   knows: an allow list with name and uid answers. Members that a package puts
--   there do not count.
-- source: ACC1 DOC1
SELECT a.scope, CASE WHEN a."group" = g.value AND NOT list_has(coalesce(a.groups, '[]'),
	    g.value) THEN coalesce(a.path_raw, a.path) ELSE '/etc/group' END AS path,
	'account ' || a.name || ' (uid ' || a.uid || ') is in ' || g.value AS detail,
	'account:' || a.id AS evidence,
	CASE a.scope WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE a.scope WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM account a, json_each('["sudo","wheel","admin","root","docker","lxd","incus",
	"incus-admin","disk","shadow","kmem","mem","libvirt","microk8s","gshadow"]') g
    WHERE a.uid > 0 AND a.origin IS NOT 'image' AND a.path <> '/etc/shadow'
	AND (list_has(CASE WHEN json_valid(a.groups) THEN a.groups ELSE '[]' END, g.value)
	    OR a."group" = g.value)
	AND a.name || ' ' || g.value NOT IN ('sync root', 'shutdown root', 'halt root',
	    'operator root', 'backup disk', 'amandabackup disk', 'freerad shadow',
	    'nova libvirt', 'nova-compute libvirt', 'libvirt-qemu libvirt', 'bin root',
	    'adm root', 'qemu disk')
UNION ALL
SELECT e.scope, e.path, 'group ' || e.name || ' is another name of one that is as'
	|| ' good as root (' || e.overrides || '), members ' ||
	coalesce(excerpt(e.options, 200), 'none'), e.evidence,
	CASE e.weight WHEN 'host' THEN 'medium' ELSE 'low' END,
	CASE e.weight WHEN 'host' THEN 'investigate' ELSE 'note' END
    FROM temp.entry e WHERE e.place = 'groups' AND e.overrides REGEXP
	'gid of (sudo|wheel|admin|root|docker|lxd|incus(-admin)?|disk|shadow|kmem|libvirt)($|;)'
