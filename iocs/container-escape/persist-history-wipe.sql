-- id: persist-history-wipe
-- title: something that starts by itself hides what was typed
-- severity: low
-- effect: note
-- attack: T1070.003
-- confidence: C2
-- why: Emptying histories and logs is what intruders do, and some
--   administrators.
-- source: 4.35 T7 L8
SELECT scope, path, entry || ' (' || piece || ')' AS detail, evidence
    FROM persist_fact WHERE tag = 'history-wipe' AND weight <> 'image'
