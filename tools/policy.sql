-- The policy of case-verdict: wipe, investigate or keep.
--
-- Each block is a header and one SELECT (policy(5) has the syntax). The
-- tables are those of the case, seen through the newest complete run of each
-- host, tool and root, and newer ones of a part (temp.run_part names them);
-- main.TABLE is all of it.
--
-- A block with "view" defines a view for the blocks below it. A block with
-- "decision" is a line of the policy; each row of its SELECT is a reason:
--
--   wipe         the host cannot be trusted any more
--   investigate  what no machine can judge alone
--   keep-needs   something that a keep rests on is missing: investigate
--   coverage     what was examined (area, state, required, detail); a
--                required area that is not "examined" is a reason of the
--                kind keep-needs
--
-- The weightiest decision wins; without any reason the decision is keep.

-- id: evidence-run
-- view: evidence_run
SELECT * FROM main.run WHERE tool GLOB 'collect-*' OR tool GLOB 'scan-*';

-- id: unit
-- view: unit
-- why: one piece of evidence: a host and the root that it was seen through
SELECT host, root, max(coalesce(live, 0)) AS live,
	max(taken_for IN ('live', 'host')) AS host_seen,
	CASE WHEN (SELECT count(*) FROM
		(SELECT DISTINCT host, root FROM evidence_run)) > 1
	    THEN coalesce('host ''' || host || '''', 'unnamed host')
		|| ' (' || coalesce(root, '?') || '): '
	    ELSE '' END AS label
    FROM evidence_run GROUP BY host, root
UNION ALL
SELECT NULL, NULL, 1, 1, '' WHERE NOT EXISTS (SELECT 1 FROM evidence_run);

-- id: whole
-- view: whole
-- why: the runs that were not asked for a part only
SELECT * FROM run r
    WHERE NOT EXISTS (SELECT 1 FROM temp.run_part p WHERE p.run = r.id);

-- id: loss
-- view: loss
-- why: what was there and could not be read, or was left out by request, if
--   no whole run has it; absent things never count
SELECT n.*, r.tool AS tool, r.host AS host, r.root AS root
    FROM note n JOIN main.run r ON r.id = n.run
    WHERE CASE WHEN n.op IS 'select' THEN NOT EXISTS
	    (SELECT 1 FROM whole w WHERE w.tool IS r.tool
		AND w.host IS r.host AND w.root IS r.root)
	ELSE coalesce(n.lost, 1) END
	AND n.class IS NOT 'absent'
	AND r.tool <> 'case-verdict';

-- id: done
-- view: done
-- why: the newest complete run of each tool, one of a part only where there
--   is no whole one; and how much was lost by it and by newer ones of a part
SELECT host, root, tool,
	coalesce(max(CASE WHEN id IN (SELECT w.id FROM whole w) THEN id END),
	    max(id)) AS run,
	(SELECT count(*) FROM loss l WHERE l.tool IS r.tool
	    AND l.host IS r.host AND l.root IS r.root) AS lost
    FROM run r GROUP BY host, root, tool;

-- id: evidence-item
-- view: evidence_item
-- why: the rows that a finding rests on, one by one
SELECT f.id AS finding,
	substr(j.value, 1, instr(j.value, ':') - 1) AS kind,
	CAST(substr(j.value, instr(j.value, ':') + 1) AS INTEGER) AS row
    FROM finding f,
	json_each('[' || replace(json_quote(f.evidence), ' ', '","') || ']') j
    WHERE f.evidence IS NOT NULL AND instr(j.value, ':') > 0;

-- id: file-finding
-- view: file_finding
-- why: findings that rest on bytes, names or digests of files and on nothing
--   that runs them
SELECT f.id AS id FROM finding f
    WHERE EXISTS (SELECT 1 FROM evidence_item e WHERE e.finding = f.id)
	AND NOT EXISTS (SELECT 1 FROM evidence_item e WHERE e.finding = f.id
	    AND e.kind NOT IN ('file', 'match', 'yara_rule'));

-- id: weighed
-- view: weighed
-- why: every finding with the line of this policy that it belongs to. A rule
--   says how bad a thing is if it is true; four things that a rule may not
--   decide alone are decided here: an entry that cron or systemd would refuse
--   never supports a wipe, a mount of a container that never ran did nothing,
--   an image in an archive lies on no host, and a file that lies in an image
--   or container, or in a layer that a store remembers of one that was
--   removed, did not leave it.
SELECT f.id, f.rule, f.title, f.severity, f.scope, f.path, f.path_raw,
	f.title || ': ' || f.detail AS detail,
	'finding:' || f.id || coalesce(' ' || f.evidence, '') AS evidence,
	CASE
	WHEN f.effect = 'note' THEN NULL
	WHEN f.effect = 'investigate' AND f.severity IN ('info', 'low')
	    THEN NULL
	WHEN f.effect = 'investigate' THEN 'suspicious'
	WHEN f.effect IS NOT 'wipe' THEN 'unknown-effect'
	WHEN (f.scope <> 'host' OR EXISTS (SELECT 1 FROM layer l
		WHERE l.host_path IS NOT NULL AND l.host_path || '/' =
		    substr(f.path, 1, length(l.host_path) + 1)))
	    AND f.id IN (SELECT d.id FROM file_finding d) THEN 'suspicious'
	WHEN f.scope GLOB 'image:archive/*' THEN 'in-archive'
	WHEN EXISTS (SELECT 1 FROM evidence_item e WHERE e.finding = f.id)
	    AND NOT EXISTS (SELECT 1 FROM evidence_item e
		WHERE e.finding = f.id AND NOT (e.kind = 'persist' AND
		    EXISTS (SELECT 1 FROM main.persist p
			WHERE p.id = e.row AND p.defect IS NOT NULL)))
	    THEN 'never-runs'
	WHEN f.scope GLOB 'container:*'
	    AND EXISTS (SELECT 1 FROM evidence_item e
		WHERE e.finding = f.id AND e.kind = 'mount')
	    AND EXISTS (SELECT 1 FROM container c WHERE c.scope = f.scope)
	    AND NOT EXISTS (SELECT 1 FROM container c
		WHERE c.scope = f.scope AND (c.started_time IS NOT NULL
		    OR c.finished_time IS NOT NULL OR c.pid > 0
		    OR coalesce(c.state, '') NOT IN ('created', '')))
	    AND NOT EXISTS (SELECT 1 FROM change h WHERE h.scope = f.scope)
	    THEN 'never-started'
	WHEN f.scope GLOB 'image:*'
	    OR (substr(f.rule, instr(f.rule, '/') + 1)
		IN ('image-namespace', 'image-name', 'digest')
		AND NOT EXISTS (SELECT 1 FROM evidence_item e
		    WHERE e.finding = f.id
			AND e.kind IN ('file', 'match', 'persist')))
	    THEN 'hostile-image'
	WHEN f.scope GLOB 'container:*' THEN 'container-wrote-host'
	WHEN ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1014*'
	    OR ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1574.006*'
	    OR ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1547.006*'
	    THEN 'rootkit'
	WHEN ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1098*'
	    OR ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1136*'
	    OR ' ' || coalesce(f.attack, '') || ' ' GLOB '* T1078*'
	    OR substr(f.rule, instr(f.rule, '/') + 1)
	    IN ('ssh-key', 'account')
	    THEN 'intruder-access'
	WHEN f.id IN (SELECT d.id FROM file_finding d) THEN 'hostile-file'
	ELSE 'host-code' END AS line
    FROM finding f;

-- ---- wipe ---------------------------------------------------------------

-- id: rootkit
-- decision: wipe
-- reason: a rootkit: nothing that this host says about itself can be trusted
-- change: Examine the disk from another machine. If the object is there and
--   its origin is proved to be legitimate, this reason falls.
-- source: Trend Micro 2019 on Skidmap; Intezer 2022 on OrBit and Symbiote:
--   live inspection can show nothing, removal while running is hard
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'rootkit';

-- id: intruder-access
-- decision: wipe
-- reason: an intruder's key or account lets somebody in on this host
-- change: If an administrator proves that the key or account is theirs, this
--   reason falls.
-- source: Kromtech 2018 on docker123321: shells and keys may remain after
--   the image is gone
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'intruder-access';

-- id: host-code
-- decision: wipe
-- reason: code of no legitimate origin that the host runs by itself
-- change: If a package, a configuration tool or an administrator is proved
--   to be the origin, this reason falls.
-- source: CISA CM0027, rebuild compromised hosts: rebuilding ends persistence
--   and control
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'host-code';

-- id: hostile-file
-- decision: wipe
-- reason: known hostile code lies on the host's own disk, outside of every
--   container
-- change: If its owner is proved to have put it there (a sample, a tool of
--   theirs), this reason falls. That nothing is seen to run it is no such
--   proof.
-- source: CISA CM0027, rebuild compromised hosts: how it came there is not
--   known, and what else came with it is not either
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'hostile-file';

-- id: container-wrote-host
-- decision: wipe
-- reason: a container that ran with write access to the host, and whose
--   command or changes write there
-- change: If the container is proved to be the owner's own, this reason
--   falls. That nothing is found on the host is no such proof: what was
--   written may have been removed again.
-- source: Docker documentation, attack surface of the daemon: who controls a
--   container with a host mount is root on the host
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'container-wrote-host';

-- id: hostile-image
-- decision: wipe
-- reason: a known hostile image or account reference in a store, started or
--   not (a container started with --rm leaves no trace)
-- change: If the reference is proved to be the owner's own (a mirror for
--   research, an analyst's sample), this reason falls.
-- source: Kromtech 2018: removing the image is not enough, a full wipe is
--   probably the safest course; Ars Technica 2018: servers can stay infected
--   after the images went from the hub
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'hostile-image';

-- ---- investigate --------------------------------------------------------

-- id: never-started
-- decision: investigate
-- reason: a container with access to the host that was created and, as its
--   state file says, never started
-- change: A start of it seen elsewhere (engine journal, other hosts) is a
--   reason to wipe; proof that it is the owner's own ends the question.
-- source: Docker documentation, docker create: nothing runs before docker
--   start
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'never-started';

-- id: never-runs
-- decision: investigate
-- reason: an entry that would be refused: somebody wrote it, but it did not
--   run by this way
-- change: The way by which it was written is the question: found, it decides.
-- source: Debian crontab(5): a file with a bad line is refused whole. The
--   line of docker123321 for /etc/crontab has no user field
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'never-runs';

-- id: in-archive
-- decision: investigate
-- reason: a known hostile image in an archive: no host was seen that holds it
-- change: Examine the host that the archive came from.
-- source: the evidence is a file, not a host
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'in-archive';

-- id: suspicious
-- decision: investigate
-- reason: what no machine can judge alone
-- change: Proof of a legitimate origin ends the question; proof that it
--   reached the host is a reason to wipe.
-- source: Palo Alto Unit 42 2019 on Graboid: no host persistence published,
--   but new scripts can be fetched at any time
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'suspicious';

-- id: unknown-effect
-- decision: investigate
-- reason: a finding whose effect this policy does not know
-- change: Correct the effect in the pack's rule (note, investigate, wipe) and
--   match again.
-- source: salvor's packs: an effect is note, investigate or wipe
SELECT scope, path, path_raw, detail, evidence, severity FROM weighed
    WHERE line = 'unknown-effect';

-- ---- what a keep needs --------------------------------------------------

-- id: nothing-examined
-- decision: keep-needs
-- reason: nothing was examined
-- change: Collect evidence into the case: salvor triage.
-- source: absence of evidence is no evidence of absence
SELECT NULL AS scope, NULL AS path,
	'the case holds no complete run of a collector' AS detail,
	NULL AS evidence
    WHERE NOT EXISTS (SELECT 1 FROM run
	WHERE tool GLOB 'collect-*' OR tool GLOB 'scan-*');

-- id: host-not-seen
-- decision: keep-needs
-- reason: the host was not seen: the evidence is a store, an image or an
--   archive
-- change: Examine the host that it belongs to.
-- source: what runs on the host lies outside of the store
SELECT NULL AS scope, NULL AS path,
	'''' || coalesce(root, '?') || ''' was taken for ' ||
	coalesce((SELECT group_concat(taken_for, ', ') FROM
	    (SELECT DISTINCT r.taken_for FROM evidence_run r
		WHERE r.host IS u.host AND r.root IS u.root
		ORDER BY r.taken_for)), 'nothing') AS detail,
	(SELECT 'run:' || min(r.id) FROM evidence_run r
	    WHERE r.host IS u.host AND r.root IS u.root) AS evidence
    FROM unit u WHERE NOT coalesce(host_seen, 0);

-- id: failed
-- decision: keep-needs
-- reason: a program of this triage failed
-- change: Run it again; its messages say what stopped it.
-- source: what it would have seen was not seen
SELECT NULL AS scope, NULL AS path,
	tool || ' failed' AS detail, NULL AS evidence
    FROM temp.failed;

-- id: unfinished
-- decision: keep-needs
-- reason: the newest run of a tool failed or its stream was cut
-- change: Run it again; its messages say what stopped it (case-query CASE
--   runs).
-- source: a cut stream may end before what matters
SELECT NULL AS scope, NULL AS path,
	u.label || r.tool || ' did not finish' AS detail,
	'run:' || r.id AS evidence
    FROM main.run r LEFT JOIN unit u ON u.host IS r.host AND u.root IS r.root
    WHERE NOT coalesce(r.complete, 0) AND r.tool <> 'case-verdict'
	AND NOT EXISTS (SELECT 1 FROM main.run s
		LEFT JOIN temp.run_part p ON p.run = s.id
	    WHERE s.id > r.id AND s.tool IS r.tool AND s.host IS r.host
		AND s.root IS r.root AND (p.what IS NULL OR p.what IS
		    (SELECT q.what FROM temp.run_part q WHERE q.run = r.id)));

-- id: mixed-boots
-- decision: keep-needs
-- reason: live runs of one host name come from different boots: the host
--   restarted in between, or two hosts share the name
-- change: Triage the host again, whole, into the case.
-- source: proc(5), random/boot_id: a new value with each boot
SELECT NULL AS scope, NULL AS path,
	'host ''' || coalesce(host, '?') || ''': ' ||
	count(DISTINCT boot_id) || ' boots' AS detail,
	'run:' || min(id) || ' run:' || max(id) AS evidence
    FROM run WHERE live AND (tool GLOB 'collect-*' OR tool GLOB 'scan-*')
    GROUP BY host, root HAVING count(DISTINCT boot_id) > 1;

-- id: unsupported
-- decision: keep-needs
-- reason: something is there that this version cannot read
-- change: Examine it by other means.
-- source: what lies in an unread store may be hostile
SELECT l.scope AS scope, l.path AS path, l.path_raw AS path_raw,
	l.tool || ': ' || coalesce(l.detail, l.op, '') AS detail,
	'note:' || l.id AS evidence
    FROM loss l WHERE l.class = 'unsupported';

-- id: lost
-- decision: keep-needs
-- reason: evidence was there and could not be read whole
-- change: Run it again with the rights or from the disk that it needs; what
--   stays unreadable has to be examined by other means.
-- source: what could not be read may be hostile
SELECT l.scope AS scope, l.path AS path, l.path_raw AS path_raw,
	l.tool || ': ' || coalesce(l.class, '?') || ': ' ||
	coalesce(l.detail, l.op, '') AS detail,
	'note:' || l.id AS evidence
    FROM loss l WHERE l.class IS NOT 'unsupported';

-- id: not-matched
-- decision: keep-needs
-- reason: the rules have not seen all of the evidence
-- change: Match again: salvor verdict CASE.
-- source: a finding that was not looked for is not absent
SELECT NULL AS scope, NULL AS path,
	CASE WHEN m.id IS NULL THEN 'there is no complete run of case-match'
	ELSE 'evidence came after the newest run of case-match' END AS detail,
	CASE WHEN m.id IS NOT NULL THEN 'run:' || m.id END AS evidence
    FROM (SELECT max(id) AS id FROM run WHERE tool = 'case-match') m
    WHERE EXISTS (SELECT 1 FROM run WHERE tool GLOB 'collect-*'
	    OR tool GLOB 'scan-*')
	AND (m.id IS NULL OR EXISTS (SELECT 1 FROM run r WHERE r.id > m.id
	    AND (r.tool GLOB 'collect-*' OR r.tool GLOB 'scan-*')));

-- ---- coverage -----------------------------------------------------------

-- id: processes
-- decision: coverage
-- change: A process that hides from the disk (deleted or anonymous
--   executable) would: examine the running host.
SELECT 'processes' AS area,
	CASE WHEN NOT u.live THEN 'not-in-evidence'
	    WHEN d.run IS NULL THEN 'not-examined'
	    WHEN d.lost THEN 'partial' ELSE 'examined' END AS state,
	u.live AS required,
	u.label || CASE WHEN NOT u.live
	    THEN 'the evidence is a disk or a store: memory was not seen'
	    WHEN d.run IS NULL THEN 'there is no complete run of collect-processes'
	    ELSE 'collect-processes: ' || (SELECT count(*) FROM process p
		    WHERE p.run = d.run) || ' processes, ' ||
		(SELECT count(*) FROM socket s WHERE s.run = d.run) ||
		' sockets' || CASE WHEN d.lost
		    THEN ', losses: ' || d.lost ELSE '' END
	    END AS detail
    FROM unit u LEFT JOIN done d ON d.tool = 'collect-processes'
	AND d.host IS u.host AND d.root IS u.root;

-- id: container-stores
-- decision: coverage
SELECT 'container-stores' AS area,
	CASE WHEN i.run IS NULL AND c.run IS NULL THEN 'not-examined'
	    WHEN i.run IS NULL OR c.run IS NULL OR i.lost OR c.lost
	    THEN 'partial' ELSE 'examined' END AS state,
	1 AS required,
	u.label ||
	CASE WHEN i.run IS NULL
	    THEN 'there is no complete run of collect-images'
	    ELSE 'collect-images: ' || (SELECT count(*) FROM image x
		WHERE x.run = i.run) || ' images' || CASE WHEN i.lost
		    THEN ', losses: ' || i.lost ELSE '' END END ||
	'; ' ||
	CASE WHEN c.run IS NULL
	    THEN 'there is no complete run of collect-containers'
	    ELSE 'collect-containers: ' || (SELECT count(*) FROM container x
		WHERE x.run = c.run) || ' containers' || CASE WHEN c.lost
		    THEN ', losses: ' || c.lost ELSE '' END END AS detail
    FROM unit u
	LEFT JOIN done i ON i.tool = 'collect-images'
	    AND i.host IS u.host AND i.root IS u.root
	LEFT JOIN done c ON c.tool = 'collect-containers'
	    AND c.host IS u.host AND c.root IS u.root;

-- id: accounts
-- decision: coverage
-- why: a host without a single account was not copied whole; a container
--   store that cannot be read hides no account of the host
WITH n AS (SELECT u.*, d.run AS run,
	(SELECT count(*) FROM loss l WHERE l.tool IS d.tool
	    AND l.host IS d.host AND l.root IS d.root
	    AND l.op IS NOT 'store') AS lost,
	(SELECT count(*) FROM account a WHERE a.run = d.run
	    AND a.scope = 'host') AS accounts
    FROM unit u LEFT JOIN done d ON d.tool = 'collect-persistence'
	AND d.host IS u.host AND d.root IS u.root)
SELECT 'accounts' AS area,
	CASE WHEN NOT host_seen THEN 'not-in-evidence'
	    WHEN run IS NULL THEN 'not-examined'
	    WHEN lost OR accounts = 0 THEN 'partial'
	    ELSE 'examined' END AS state,
	1 AS required,
	label || CASE
	    WHEN NOT host_seen THEN 'the host was not seen'
	    WHEN run IS NULL
	    THEN 'there is no complete run of collect-persistence'
	    ELSE 'collect-persistence: ' || accounts || ' accounts' ||
		CASE WHEN accounts = 0 THEN ' (no host is without)' ELSE ''
		END || CASE WHEN lost THEN ', losses: ' || lost
		ELSE '' END END AS detail
    FROM n;

-- id: persistence
-- decision: coverage
SELECT 'persistence' AS area,
	CASE WHEN d.run IS NULL AND NOT u.host_seen THEN 'not-in-evidence'
	    WHEN d.run IS NULL THEN 'not-examined'
	    WHEN d.lost OR NOT u.host_seen THEN 'partial'
	    ELSE 'examined' END AS state,
	1 AS required,
	u.label || CASE WHEN d.run IS NULL
	    THEN 'there is no complete run of collect-persistence'
	    ELSE 'collect-persistence: ' || (SELECT count(*) FROM persist p
		    WHERE p.run = d.run AND p.scope = 'host') ||
		' entries of the host, ' || (SELECT count(*) FROM persist p
		    WHERE p.run = d.run AND p.scope <> 'host') ||
		' of containers' || CASE WHEN NOT u.host_seen
		    THEN ' (the host was not seen)' ELSE '' END ||
		CASE WHEN d.lost THEN ', losses: ' || d.lost ELSE '' END
	    END AS detail
    FROM unit u LEFT JOIN done d ON d.tool = 'collect-persistence'
	AND d.host IS u.host AND d.root IS u.root;

-- id: packages
-- decision: coverage
-- change: Without it a program that was replaced in the place of a package's
--   is not told from the package's own: collect-packages.
-- why: entries are held against the package database as they are collected;
--   this is about what no entry names. No keep rests on it
SELECT 'packages' AS area,
	CASE WHEN NOT u.host_seen THEN 'not-in-evidence'
	    WHEN d.run IS NULL THEN 'not-examined'
	    WHEN d.lost THEN 'partial' ELSE 'examined' END AS state,
	0 AS required,
	u.label || CASE WHEN NOT u.host_seen THEN 'the host was not seen'
	    WHEN d.run IS NULL
	    THEN 'there is no complete run of collect-packages'
	    ELSE 'collect-packages: ' || (SELECT count(*) FROM package p
		    WHERE p.run = d.run AND p.scope = 'host') ||
		' packages of the host, ' || (SELECT count(*)
		    FROM package_file f WHERE f.run = d.run
		    AND f.scope = 'host') ||
		' files that are not as they were installed' ||
		CASE WHEN d.lost THEN ', losses: ' || d.lost ELSE '' END
	    END AS detail
    FROM unit u LEFT JOIN done d ON d.tool = 'collect-packages'
	AND d.host IS u.host AND d.root IS u.root;

-- id: loss-classes
-- view: loss_classes
-- why: how much of what kind a tool lost, in words
SELECT host, root, tool, group_concat(class || ' ' || n, ', ') AS text
    FROM (SELECT host, root, tool, coalesce(class, '?') AS class,
	    count(*) AS n FROM loss
	GROUP BY host, root, tool, class ORDER BY host, root, tool, class)
    GROUP BY host, root, tool;

-- id: files
-- decision: coverage
-- change: A hostile file that triage does not look into (data by its place,
--   its inode and its first bytes) would: scan with --all.
-- why: what is in the files, and what YARA says of it; each run of its own
--   walk. A scan without a list of files, or the other way round, is half
SELECT 'files' AS area,
	CASE WHEN f.run IS NULL OR y.run IS NULL THEN 'not-examined'
	    WHEN f.lost OR y.lost THEN 'partial' ELSE 'examined' END AS state,
	u.host_seen AS required,
	u.label ||
	CASE WHEN f.run IS NULL
	    THEN 'there is no complete run of collect-files'
	    ELSE 'collect-files: ' || coalesce((SELECT substr(j.value, 6)
		FROM main.run r, json_each(r.counts) j WHERE r.id = f.run
		    AND j.value GLOB 'file=*'), 0) ||
		' files' || CASE WHEN NOT u.host_seen
		    THEN ' (the host was not seen)' ELSE '' END ||
		CASE WHEN f.lost THEN ', losses: ' || f.lost || ' (' ||
		    (SELECT l.text FROM loss_classes l WHERE l.tool IS f.tool
			AND l.host IS f.host AND l.root IS f.root)
		    || ')' ELSE '' END END ||
	'; ' ||
	CASE WHEN y.run IS NULL
	    THEN 'there is no complete run of scan-yara: file contents were '
		|| 'not scanned'
	    ELSE 'scan-yara: ' || (SELECT count(*) FROM yara_rule x
		WHERE x.run = y.run) || ' rules matched' ||
		CASE WHEN y.lost THEN ', losses: ' || y.lost || ' (' ||
		    (SELECT l.text FROM loss_classes l WHERE l.tool IS y.tool
			AND l.host IS y.host AND l.root IS y.root)
		    || ')' ELSE '' END END AS detail
    FROM unit u
	LEFT JOIN done f ON f.tool = 'collect-files'
	    AND f.host IS u.host AND f.root IS u.root
	LEFT JOIN done y ON y.tool = 'scan-yara'
	    AND y.host IS u.host AND y.root IS u.root;

-- id: explanations
-- decision: coverage
-- change: A finding that is explained counts again without the list or the
--   baseline that explains it: salvor verdict CASE.
-- why: a decision that rests on what somebody answers for names it
SELECT 'explanations' AS area, 'examined' AS state, 0 AS required,
	explained || CASE explained WHEN 1 THEN ' finding' ELSE ' findings' END
	|| ' explained by ' ||
	CASE type WHEN 'allow' THEN 'the allow list ''' || path
	    || ''' (sha256 ' || sha256 || ', ' || entries || ' entries)'
	    ELSE 'the baseline ''' || path || ''' (case ' || case_id || ')' END
	|| coalesce(': ' || detail, '') AS detail
    FROM reference ORDER BY id;
