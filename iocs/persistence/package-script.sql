-- id: package-script
-- title: the scripts of a package plant something
-- severity: high
-- effect: investigate
-- attack: T1546.016 T1053.003
-- confidence: INF
-- why: Maintainer scripts set up what their package brought. To write lines of
--   cron, keys or a list of libraries to load, to fetch and run, or to decode
--   and run, is none of that. One too long to be read to its end is only noted.
-- source: PF5 PF6 4.1
WITH kept(id, scripts, text) AS (SELECT id, scripts,
	char(10) || coalesce(text_raw, text) || char(10)
	FROM package WHERE text IS NOT NULL AND json_valid(scripts)
	    AND scope NOT GLOB 'image:*'),
    mark(id, script, line) AS (SELECT k.id, x.value,
	char(10) || '== ' || x.value || char(10)
	FROM kept k, json_each(k.scripts) x),
    tail(id, script, text) AS (SELECT m.id, m.script,
	substr(k.text, instr(k.text, m.line)) FROM mark m JOIN kept k
	    ON k.id = m.id WHERE instr(k.text, m.line) > 0),
/* a script up to the next, and all of them: a line that looks like the head of
 * another hides nothing */
    part(id, script, text, whole) AS (SELECT t.id, t.script,
	substr(t.text, 1, coalesce((SELECT min(instr(t.text, m.line))
	    FROM mark m WHERE m.id = t.id AND m.script <> t.script
		AND instr(t.text, m.line) > 0), length(t.text))), 0 FROM tail t
	UNION ALL SELECT id, json_extract(scripts, '$[0]'), text, 1 FROM kept),
    found(id, script, value, whole) AS MATERIALIZED (SELECT q.id, q.script,
	j.value, q.whole FROM part q, json_each(shcmd_facts(q.text)) j
	WHERE j.value REGEXP
	    '^(cron-text|cron-write|key-write|preload-write|fetch-exec(-plain)?|fetch-chmod|decode-exec|reverse-shell|miner|kill-list|limited): |^(temp|hidden)-exec: /'
	    AND j.value NOT REGEXP '/atjobs/[.]SEQ$|/cron[.](allow|deny)$')
SELECT p.scope AS scope, CASE p.format WHEN 'dpkg' THEN p.path || '/info/' ||
	p.name || '.' || f.script ELSE p.path END AS path,
	'package ' || p.name || ', ' || f.script || ': ' ||
	excerpt(group_concat(DISTINCT f.value), 400) AS detail,
	'package:' || p.id AS evidence,
	CASE WHEN min(f.value GLOB 'limited: *') THEN 'low'
	    WHEN p.scope = 'host' AND max(f.value NOT REGEXP
		'^(cron-write|limited): ') THEN 'high' ELSE 'medium' END
	    AS severity,
	CASE WHEN min(f.value GLOB 'limited: *') THEN 'note'
	    ELSE 'investigate' END AS effect
    FROM found f JOIN package p ON p.id = f.id
    WHERE NOT (f.whole AND EXISTS (SELECT 1 FROM found g WHERE g.id = f.id
	AND NOT g.whole AND g.value = f.value))
    GROUP BY p.id, f.script
