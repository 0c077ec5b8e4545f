-- id: process-kernel-name
-- title: a program under the name of a kernel thread
-- severity: high
-- effect: investigate
-- attack: T1036.005 T1036.011
-- confidence: C2
-- why: Kernel threads have no executable. A process with one that calls
--   itself [kworker] or kswapd0 wants to be taken for them.
-- source: 4.24 O1 T1 T5 L1
SELECT scope, coalesce(exe_raw, exe) AS path, 'process ' || pid || ' of ' ||
	coalesce(user, uid, '?') || ' calls itself ' ||
	excerpt(coalesce(cmdline, name)) || ' and is ' || exe AS detail,
	'process:' || id AS evidence,
	CASE WHEN scope = 'host' AND (coalesce(deleted, 0) OR exe REGEXP
	    '^(/tmp|/var/tmp|/dev/shm)/|/\.[^./]') THEN 'critical'
	    ELSE 'high' END AS severity,
	CASE WHEN scope = 'host' AND coalesce(euid, uid, 0) = 0
	    AND (coalesce(deleted, 0) OR exe REGEXP
	    '^(/tmp|/var/tmp|/dev/shm)/|/\.[^./]') THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM process WHERE coalesce(kernel, 0) = 0 AND exe IS NOT NULL
	AND coalesce(cmdline, name) IS NOT NULL AND (
	coalesce(cmdline, '') REGEXP '^\[(kworker|kthreadd?|kswapd|ksoftirqd|migration|rcu_|bioset|kauditd|kdevtmpfs|watchdog|khugepaged|kblockd|kintegrityd|scsi_eh|jbd2|cpuhp|netns|khungtaskd|oom_reaper|writeback|kcompactd|kdmflush|crypto|md|edac|ata_sff|devfreq|mm_percpu|ksmd|kmpath|slub|xfs|nfsd|loop|irq/)[^ ]*\]?'
	OR name REGEXP '^(kworker/|kthreadd$|kswapd[0-9]+$|ksoftirqd/|migration/|rcu_(sched|preempt|bh)|bioset$|kauditd[0-9]?$|kdevtmpfs$|watchdog/[0-9]|khugepaged$|kblockd$|kintegrityd|scsi_eh_|jbd2/|cpuhp/|khungtaskd|oom_reaper|kcompactd)')
