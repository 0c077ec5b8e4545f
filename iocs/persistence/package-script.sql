-- id: package-script
-- title: the scripts of a package plant something
-- severity: high
-- effect: investigate
-- attack: T1546.016 T1053.003
-- confidence: INF
-- why: Maintainer scripts set up what their package brought. To write lines of
--   cron, keys or a list of libraries to load, to fetch and run, or to decode
--   and run, is none of that.
-- source: PF5 PF6 4.1
SELECT p.scope AS scope, CASE p.format WHEN 'dpkg' THEN p.path || '/info/' ||
	p.name || '.' || s.script ELSE p.path END AS path,
	'package ' || p.name || ', ' || s.script || ': ' ||
	group_concat(DISTINCT j.value) AS detail, 'package:' || p.id AS evidence,
	CASE WHEN p.scope = 'host' AND max(j.value NOT GLOB 'cron-write: *')
	    THEN 'high' ELSE 'medium' END AS severity
    FROM package p JOIN (SELECT t.id AS id, x.value AS script,
	regexp_find('(?s)(?:^|\n)== ' || x.value || '\n(.*?)(?=\n== [a-z]+\n|$)',
	    coalesce((SELECT b.data FROM blob b WHERE b.sha256 = t.text_sha256),
		t.text_raw, t.text) || char(10), 1) AS body
	FROM package t, json_each(t.scripts) x
	WHERE t.text IS NOT NULL AND x.value REGEXP '^[a-z0-9:-]+$') s
	ON s.id = p.id,
	json_each(shcmd_facts(s.body)) j
    WHERE p.scope NOT GLOB 'image:*' AND j.value REGEXP
	'^(cron-text|cron-write|key-write|preload-write|fetch-exec(-plain)?|fetch-chmod|decode-exec|reverse-shell|miner|kill-list): |^(temp|hidden)-exec: /'
	AND j.value NOT REGEXP '/atjobs/[.]SEQ$|/cron[.](allow|deny)$'
    GROUP BY p.id, s.script
