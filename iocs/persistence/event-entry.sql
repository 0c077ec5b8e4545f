-- id: event-entry
-- title: an event runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1546
-- confidence: INF
-- why: Devices, networks, power, mail, log rotation, package managers and agents
--   run programs when something happens, mostly as root, and hardly anybody
--   looks there.
-- source: AT4
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'event'
