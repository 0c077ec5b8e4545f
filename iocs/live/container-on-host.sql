-- id: container-on-host
-- title: a process of a container works in the namespaces of the host
-- severity: medium
-- effect: investigate
-- attack: T1611
-- confidence: INF
-- why: Its control group is that of a container, and it sees the files of the
--   host. Runtimes are like that for a moment while they start one; later it
--   is what came out of the container.
-- source: 4.12 4.13
SELECT 'host' AS scope, coalesce(exe_raw, exe) AS path, 'process ' || pid ||
	' of ' || coalesce(user, uid, '?') || ': ' ||
	excerpt(coalesce(cmdline, name), 200) || ' in the control group of the'
	|| ' container ' || substr(container_id, 1, 12) AS detail,
	'process:' || id AS evidence
    FROM process WHERE scope = 'host' AND container_id IS NOT NULL
	AND coalesce(kernel, 0) = 0
	AND coalesce(name, '') NOT REGEXP
	    '^(runc|crun|youki|conmon|containerd-shim|docker|podman|systemd|\(sd-)'
	AND coalesce(exe, '') NOT REGEXP
	    '/(runc|crun|youki|conmon|containerd-shim[^/]*|dockerd|podman|kubelet)$'
