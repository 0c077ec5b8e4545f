-- id: worm-container
-- title: a container as Graboid starts it
-- severity: high
-- effect: investigate
-- attack: T1610 T1543.005
-- confidence: S1
-- why: The worm starts its image with the victim's address in localip and the
--   restart policy unless-stopped; its entry script is /var/sbin/bash; it
--   keeps lists of addresses as /usr/local/test/.iplist_ADDRESS.
-- source: 2 G6 G3
SELECT c.scope AS scope, NULL AS path, 'container ' || l.label ||
	' has ' || j.value || ' and restarts ' || c.restart_policy AS detail,
	'container:' || c.id AS evidence
    FROM container c JOIN container_label l ON l.id = c.id, json_each(
	CASE WHEN json_valid(c.env) THEN c.env ELSE '[]' END) j
    WHERE j.value REGEXP '^localip=[0-9]+(\.[0-9]+){3}$'
	AND c.restart_policy IN ('unless-stopped', 'always')
UNION ALL
SELECT h.scope, coalesce(h.path_raw, h.path), h.op || ' by container ' ||
	l.label || ': ' || h.path, 'change:' || h.id
    FROM change h JOIN container_label l ON l.scope = h.scope
    WHERE h.op <> 'deleted'
	AND h.path REGEXP '^/usr/local/test/\.(v1)?iplist_'
UNION ALL
SELECT c.scope, NULL, 'container ' || l.label || ' starts /var/sbin/bash: ' ||
	excerpt(c.command), 'container:' || c.id
    FROM container c JOIN container_label l ON l.id = c.id
    WHERE c.command REGEXP '(^| )/var/sbin/bash( |$)'
