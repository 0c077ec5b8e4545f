-- id: ssh-key-command
-- title: a key runs a program, or sets what is loaded
-- severity: high
-- effect: investigate
-- attack: T1098.004
-- confidence: INF
-- why: A key may bring a command that runs at its login, and variables. A
--   command that is of no package, or that does more than call a program, stays
--   when the key's owner is known and the line is not.
-- source: SSH1
SELECT e.scope, e.path, e.words || CASE e.program_state WHEN 'foreign'
	    THEN ' (runs ' || e.program || ', of no package)' ELSE '' END AS detail,
	e.evidence, CASE e.weight WHEN 'host' THEN 'high' WHEN 'container'
	    THEN 'medium' ELSE 'low' END AS severity,
	CASE e.weight WHEN 'defect' THEN 'note' ELSE 'investigate' END AS effect
    FROM temp.entry e
    WHERE e.place = 'ssh-authorized-keys' AND (e.program_state = 'foreign'
	OR e.options REGEXP
	    '(?i)environment="(LD_|GCONV_PATH|BASH_ENV|ENV=|PATH=|PYTHON|PERL|PROMPT_COMMAND)'
	OR shcmd_facts(replace(regexp_find('(?i)command="((?:[^"\\]|\\.)*)"',
	    e.options, 1), '\"', '"')) <> '[]')
