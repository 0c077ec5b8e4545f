-- id: spread
-- title: a command that spreads through other engines
-- severity: high
-- effect: investigate
-- attack: T1610 T1210
-- confidence: S1
-- why: A docker client told to start containers on another host's daemon,
--   without its own certificate: how Graboid spreads. Remote deployment looks
--   alike, but has TLS or ssh.
-- source: 2 3.2 G6 T3
SELECT f.scope AS scope, f.path AS path, f.label || ': ' || excerpt(f.piece)
	AS detail, f.evidence AS evidence,
	CASE WHEN f.piece REGEXP 'localip=|pocosow|gakeaws' THEN 'high'
	    ELSE 'low' END AS severity,
	CASE WHEN f.piece REGEXP 'localip=|pocosow|gakeaws' THEN 'investigate'
	    ELSE 'note' END AS effect
    FROM fact_label f WHERE f.tag = 'docker-api'
	AND f.piece REGEXP ' (run|create) ' AND f.piece NOT REGEXP 'ssh://|--tlsverify( |=true)'
