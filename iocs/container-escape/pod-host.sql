-- id: pod-host
-- title: a pod with power over its node
-- severity: high
-- effect: investigate
-- attack: T1610 T1611 T1053.003
-- confidence: C2
-- why: A pod that may write where the host looks for programs to start, keys,
--   accounts or libraries owns the node, and a static pod is started anew by
--   the kubelet, whatever the cluster says. What a cluster itself runs on its
--   nodes mounts its own directories, or those of the host read-only:
--   privileged, in the host's namespaces or with such mounts it is only named.
-- source: 1.3 4.10 N1 F1
SELECT 'host' AS scope, p.path AS path,
	'pod ' || coalesce(p.namespace || '/', '') || coalesce(p.name, p.uid, '?')
	|| ' (' || p.source || ') ' || CASE WHEN p.owns IS NOT NULL
	    THEN 'may write ' || p.owns || ' of the host' ELSE 'has power over '
	    || 'the host: ' || p.power END AS detail,
	'pod:' || p.id AS evidence,
	CASE WHEN p.owns IS NULL THEN 'low' ELSE 'high' END AS severity,
	CASE WHEN p.owns IS NULL THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT *,
	(SELECT group_concat(DISTINCT substr(j.value, 1,
		instr(j.value, ':') - 1)) FROM json_each(pod.host_paths) j
	    WHERE j.value REGEXP '^(/|/(etc|root|home|usr|usr/(local/)?s?bin|usr/lib|bin|sbin|lib|lib64|boot|var|var/spool|proc/1/root)|/home/[^/:]+|/(etc|usr/lib|lib)/(cron[^/:]*|systemd|ssh|pam\.d|sudoers\.d|profile\.d|init\.d|udev|ld\.so\.preload|crontab|passwd|shadow|sudoers)(/[^:]*)?|/var/spool/(cron|at)(/[^:]*)?|/(root|home/[^/:]+)/\.ssh(/[^:]*)?|/etc/kubernetes(/manifests)?|/var/lib/rancher/[^/:]+/(agent/pod-manifests|server/manifests))/?:[^:]+$')
	    AS owns,
	nullif(trim(CASE WHEN privileged THEN 'privileged, ' ELSE '' END ||
	    CASE WHEN host_pid THEN 'host pid, ' ELSE '' END ||
	    CASE WHEN host_ipc THEN 'host ipc, ' ELSE '' END ||
	    coalesce((SELECT 'mounts ' || group_concat(j.value, ' ')
		FROM json_each(pod.host_paths) j
		WHERE j.value NOT REGEXP ':ro$'), ''), ', '), '') AS power
	FROM pod WHERE json_valid(coalesce(host_paths, '[]'))) p
    WHERE p.owns IS NOT NULL OR p.power IS NOT NULL
