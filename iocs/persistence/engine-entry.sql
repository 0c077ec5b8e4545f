-- id: engine-entry
-- title: an engine of containers runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1543.005
-- confidence: INF
-- why: Runtimes, hooks of OCI, plug-ins of networks and helpers run as root of
--   the host with each container, or with the engine itself.
-- source: AT10
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'engine'
