-- id: persist-reverse-shell
-- title: something that starts by itself gives a shell to the network
-- severity: critical
-- effect: wipe
-- attack: T1059.004 T1053.003
-- confidence: C2
-- why: A shell whose input is a socket has no administrator at its other end:
--   he has ssh. bash with /dev/tcp, nc -e, a named pipe with nc, socat,
--   python, perl, php, ruby, awk: all the same.
-- source: 4.8 4.9 K2 K19 B2
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence,
	CASE weight WHEN 'host' THEN CASE WHEN root THEN 'critical'
		ELSE 'high' END
	    WHEN 'container' THEN 'high' WHEN 'image' THEN 'high'
	    ELSE 'medium' END AS severity,
	CASE WHEN weight = 'host' AND root THEN 'wipe'
	    ELSE 'investigate' END AS effect
    FROM persist_fact WHERE tag = 'reverse-shell'
