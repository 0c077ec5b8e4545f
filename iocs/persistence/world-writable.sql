-- id: world-writable
-- title: everybody may change what the system reads or runs
-- severity: medium
-- effect: investigate
-- attack: T1222.002
-- confidence: INF
-- why: Nothing of the system is to be written by everybody: who can, changes
--   what root runs. Vendors' own trees and the data of servers are often
--   careless.
-- source: PF2 F2
SELECT scope, path, CASE type WHEN 'directory' THEN 'a directory in which '
	|| 'everybody may replace files' ELSE 'everybody may write it' END ||
	', ' || words AS detail, evidence,
	CASE WHEN host AND heavy THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN host AND heavy THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, path REGEXP
	'^(/usr)?/(s?bin|lib[a-z0-9]*|libexec|share|etc|games)(/|$)|^/(etc|boot|efi|root)(/|$)|^/usr(/local(/(s?bin|lib[a-z0-9]*|etc))?)?(/|$)|^/var(/lib)?$|^/var/(spool/(cron|anacron|at)|lib/(dpkg|rpm|apt|pam|systemd|cloud)|backups)(/|$)'
	    AS heavy
	FROM power_file WHERE (mode & 2) <> 0 AND type IN ('file', 'directory')
	    AND place NOT IN ('temporary', 'nested', 'home')
	    AND why NOT IN ('temporary', 'home')
	    AND NOT (type = 'directory' AND (mode & 512) <> 0))
    WHERE host OR heavy
