-- id: persist-kill-list
-- title: something that starts by itself stops the miners of others
-- severity: medium
-- effect: investigate
-- attack: T1489 T1562.001
-- confidence: C2
-- why: Miners remove their rivals. Scripts of defenders do so too: this alone
--   proves nothing.
-- source: 4.32 G8 E5 E6
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence,
	CASE weight WHEN 'image' THEN 'low' ELSE 'medium' END AS severity,
	CASE weight WHEN 'image' THEN 'note' ELSE 'investigate' END AS effect
    FROM persist_fact WHERE tag = 'kill-list'
