-- id: engine-setting
-- title: an engine of containers is open, or takes images from elsewhere
-- severity: high
-- effect: investigate
-- attack: T1133
-- confidence: C2
-- why: Who reaches the daemon, or a kubelet that asks nobody, is root on the
--   host. Where images come from decides what runs. Neither is a package's
--   setting.
-- source: 4.14 K11 AT10
SELECT scope, path, group_concat(words, '; ') AS detail,
	group_concat(evidence, ' ') AS evidence,
	CASE WHEN scope <> 'host' OR weight <> 'host' THEN 'low'
	    WHEN max(open) THEN 'high' ELSE 'medium' END AS severity,
	CASE WHEN scope <> 'host' OR weight <> 'host' THEN 'note'
	    ELSE 'investigate' END AS effect,
	CASE WHEN max(open) THEN 'T1133' ELSE 'T1195.002' END AS attack
    FROM (SELECT *,
	-- the daemon's interface on a network, without certificates
	(place = 'docker-daemon' AND name GLOB 'hosts*'
		AND options REGEXP '^tcp://'
		AND options NOT REGEXP '^tcp://(127\.|localhost|\[::1\])'
		AND coalesce(environment, '') NOT REGEXP 'tlsverify=true')
	    OR (place = 'docker-options'
		AND options REGEXP '(-H[ =]?|--host[ =])tcp://'
		AND options NOT REGEXP
		    '(-H[ =]?|--host[ =])tcp://(127\.|localhost|\[::1\])'
		AND options NOT REGEXP '--tlsverify( |=true|$)')
	    OR (place = 'containerd-conf' AND name GLOB '*tcp_address'
		AND options NOT REGEXP '^(127\.|localhost|\[::1\]|$)')
	    OR (place = 'kubelet-conf' AND (
		name GLOB '*anonymous.enabled' AND options = 'true'
		OR name GLOB '*authorization.mode'
		    AND options = 'AlwaysAllow'))
	    OR (place = 'kubelet-flags' AND options REGEXP
		'--anonymous-auth(=true| |$)|--authorization-mode[= ]AlwaysAllow')
	    AS open FROM entry WHERE file_state IN ('foreign', 'changed')
	AND (class = 'engine' OR class = 'service' OR class = 'supply')
	AND defect IS NULL)
    WHERE open
	-- images from where nobody checks them
	OR (place IN ('docker-daemon', 'crio-conf') AND name REGEXP
	    '(?i)(insecure.registries|registry-mirrors|authorization-plugins)(\[|$)')
	OR (place = 'containerd-conf' AND (name REGEXP 'mirrors.*endpoint'
	    OR name REGEXP 'insecure_skip_verify$' AND options = 'true'))
	OR (place = 'container-registries' AND (name REGEXP 'insecure$'
	    AND options = 'true' OR name REGEXP 'mirror.*location'))
	-- pods and hooks from other places than the usual
	OR (place = 'kubelet-conf' AND (name GLOB '*staticPodURL*'
	    OR name GLOB '*staticPodPath'
	    AND rtrim(options, '/') <> '/etc/kubernetes/manifests'))
	OR (place = 'kubelet-flags' AND options REGEXP
	    '--(manifest-url|pod-manifest-path)[= ]'
	    AND options NOT REGEXP
		'--pod-manifest-path[= ]/etc/kubernetes/manifests')
	OR (name REGEXP '(?i)(hooks_dir|plugin_dirs?|bin_dir)(\[|$)'
	    AND rtrim(options, '/') NOT IN ('/usr/share/containers/oci/hooks.d',
		'/etc/containers/oci/hooks.d', '/run/containers/oci/hooks.d',
		'/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni'))
    GROUP BY scope, path
