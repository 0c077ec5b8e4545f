-- id: monero-file
-- title: a file pays to an address of Monero
-- severity: medium
-- effect: investigate
-- attack: T1496
-- confidence: INF
-- why: A configuration, script or program names who is paid, and the checksum
--   is right. Many addresses in one file are a list, and a page of thanks has
--   one too: both are only noted. Programs of Monero itself ask for gifts to
--   its own address, which is left out.
-- source: 4.28
SELECT scope, path, 'holds the Monero address ' || min(address) ||
	CASE WHEN n > 1 THEN ' and ' || (n - 1) || ' more' ELSE '' END AS detail,
	group_concat(evidence, ' ') AS evidence,
	CASE WHEN n > 3 OR papers THEN 'info' ELSE 'medium' END AS severity,
	CASE WHEN n > 3 OR papers THEN 'note' ELSE 'investigate' END AS effect
    FROM (SELECT scope, path, address, 'match:' || min(id) AS evidence,
	count(*) OVER (PARTITION BY scope, path) AS n,
	path REGEXP '(?i)^/usr/(local/)?share/(doc|man|info|help|licenses)/|/(readme|authors|contributing|donat\w*|changelog|copying)[^/]*$|\.(md|rst|adoc|html?|tex|pdf|po)$'
	    AS papers
	FROM (SELECT id, scope, coalesce(path_raw, path) AS path,
	    monero(substr(coalesce(text_raw, text),
		CASE string WHEN '$option' THEN 4 ELSE 1 END)) AS address
	    FROM match WHERE namespace = 'cryptominer/monero'
		AND rule = 'monero_text')
	WHERE address IS NOT NULL AND address <> '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A'
	GROUP BY scope, path, address)
    GROUP BY scope, path
