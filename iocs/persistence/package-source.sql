-- id: package-source
-- title: packages come from where nobody checks them
-- severity: medium
-- effect: investigate
-- attack: T1195.002
-- confidence: INF
-- why: What a package manager installs runs as root. A place whose signatures
--   do not count, or that is a bare address, can give anything; so can a
--   setting that takes the checks away.
-- source: AT9
SELECT scope, path, words || CASE WHEN unchecked
	    THEN ' (signatures do not count)' ELSE '' END AS detail, evidence,
	CASE weight WHEN 'host' THEN 'medium' ELSE 'low' END AS severity,
	CASE weight WHEN 'host' THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, coalesce(environment, '') REGEXP
	    '(?i)"(trusted=yes|allow-insecure=yes|gpgcheck=(0|no|false|off)|sslverify=(0|no|false|off))"'
	    OR name REGEXP '(?i)gpgcheck$' AND options REGEXP '(?i)^(0|no|false|off)$'
	    OR name REGEXP '(?i)SigLevel$' AND options REGEXP '(?i)\b(Never|TrustAll)\b'
	    OR place = 'apt-conf' AND name REGEXP
		'(?i)(AllowUnauthenticated|Allow(Insecure|Weak|DowngradeToInsecure)Repositories|TrustedSources)'
		AND options REGEXP '(?i)^"?(1|yes|true|on|with|enable)"?;?$'
	    OR place = 'apt-conf' AND name REGEXP '(?i)Verify-(Peer|Host)'
		AND options REGEXP '(?i)^"?(0|no|false|off|without|disable)"?;?$'
	    AS unchecked FROM entry
	WHERE file_state IN ('foreign', 'changed') AND defect IS NULL
	    AND place IN ('apt-sources', 'yum-repository', 'yum-conf',
		'pacman-conf', 'apt-conf', 'npm-conf'))
    WHERE unchecked OR (class = 'supply' AND options REGEXP
	'(?i)^(\w+\+)?(http|https|ftp)://([0-9]+\.){3}[0-9]+[:/]')
