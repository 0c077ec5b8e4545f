-- id: setuid-file
-- title: a program has the rights of another account
-- severity: medium
-- effect: investigate
-- attack: T1548.001
-- confidence: INF
-- why: A setuid program of root that is or becomes a shell makes every account
--   root. No distribution gives that bit to a shell, interpreter, editor or
--   find. What no package brought may be the site's own. dpkg records no
--   modes: the names that Debian and Ubuntu ship with the bits are known here;
--   rpm and apk record them. Trees of engines and snaps have roots of their
--   own.
-- source: PF1 PF2 F2
SELECT scope, path, detail, evidence, CASE WHEN host THEN sev
	WHEN sev = 'critical' THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN sev = 'critical' AND host THEN 'wipe' WHEN sev = 'critical'
	    OR host AND sev <> 'low' THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, CASE WHEN (mode & 2048) <> 0 AND (mode & 9) <> 0
	    AND (copy IS NOT NULL OR tool = 'shell' AND package IS NOT NULL)
	    THEN CASE uid WHEN 0 THEN 'critical' ELSE 'high' END
	WHEN (mode & 2048) <> 0 AND (copy IS NOT NULL OR tool IS NOT NULL)
	    AND (package IS NOT NULL OR copy IS NOT NULL) THEN 'high'
	WHEN package IS NOT NULL THEN CASE WHEN (mode & 2048) = 0 THEN 'low'
	    ELSE 'medium' END
	WHEN place IN ('temporary', 'hidden') AND (mode & 2048) <> 0
	    AND uid = 0 THEN 'high'
	WHEN place = 'nested' THEN 'low'
	ELSE 'medium' END AS sev,
	CASE mode & 3072 WHEN 1024 THEN 'setgid' WHEN 2048 THEN 'setuid'
	    ELSE 'setuid and setgid' END || ', ' || words || CASE WHEN
	    tool = 'shell' AND package IS NOT NULL AND copy IS NULL THEN
	    ', it runs any command' WHEN tool = 'writer' AND package IS NOT NULL
	    THEN ', it runs commands, or reads or writes any file' ELSE '' END AS detail
	FROM power_file p WHERE (mode & 3072) <> 0 AND type = 'file' AND NOT known
	    AND (mode & 73) <> 0
	    AND NOT (place = 'nested' AND copy IS NULL AND name REGEXP
		'^(sudo|su|passwd|chsh|chfn|newgrp|gpasswd|u?mount|chage|expiry|unix_chkpwd|ssh-agent|ssh-keysign|wall|pkexec|fusermount3?|bbsuid|crontab|at|ping6?|dbus-daemon-launch-helper|polkit-agent-helper-1|pam_timestamp_check|write|utempter|userhelper|doas)$')
	    AND NOT (copy IS NULL AND tool IS NULL
		AND (package IS NOT NULL OR state = 'unknown' AND place = 'system')
/* what a database of modes says */
		AND CASE WHEN EXISTS (SELECT 1 FROM package_db d
		    WHERE d.scope = p.scope AND d.format <> 'dpkg')
		AND NOT EXISTS (SELECT 1 FROM package_db d
		    WHERE d.scope = p.scope AND d.format = 'dpkg')
		THEN NOT EXISTS (SELECT 1 FROM package_file f
		    WHERE f.scope = p.scope AND f.path = p.path
			AND f.differs LIKE '%"mode"%')
		ELSE name REGEXP '^(sudo|su|passwd|chsh|chfn|newgrp|gpasswd|chage|expiry|login|u?mount([.][a-z0-9_]+)?|fusermount3?|ntfs-3g|pkexec|polkit-agent-helper-1|dbus-daemon-launch-helper|ssh-keysign|ssh-agent|unix2?_chkpwd|crontab|at|batch|wall|bsd-write|write([.]ul)?|ping[46]?|traceroute6?([.][a-z]+)?|arping|mtr|mtr-packet|new[ug]idmap|Xorg([.]wrap)?|snap-confine|chrome-sandbox|exim4|postdrop|postqueue|procmail|lockfile|dotlockfile|mlock|mail-(un)?lock|mail-touchlock|camel-lock-helper-1[.]2|(lib)?utempter|gnome-pty-helper|ksu|pppd|lppasswd|cgexec|vmware-user-suid-wrapper|VBox[A-Za-z]*|VirtualBox(VM)?|qemu-bridge-helper|spice-client-glib-usb-acl-helper|lxc-user-nic|sg|sendmail(-msp)?|maildrop|bwrap|firejail|slock|physlock|xlock|xtrlock|xscreensaver(-auth)?|vlock-main|kcheckpass|fping6?|gpio|ot?piepasswd|screen([.]real)?|screen-[0-9.]+|xterm|u?rxvt[a-z0-9-]*|mlterm|[mp]?locate|slocate|dma(-mbox-create)?|nullmailer-queue|suexec[a-z0-9.-]*|cockpit-(session|polkit)|usernetctl|pam_timestamp_check|staprun|basic_(pam|ncsa)_auth|pinger|eject|ifrename|authenticate|starter-suid|doas|calife|super|mutt_dotlock|pu?mount|wodim|growisofs|readcd|rscsi|schroot|sudoedit|netkit-(rsh|rlogin|rcp)|rsh|rlogin|rcp|inndstart|innbind|rnews|inews|ecryptfs[a-z._-]*|singularity[a-z-]*|gvfsd-nfs|keybase-redirector|zfs[a-z-]*|dumpcap|kismet_cap[a-z_0-9]*|hwclock|uml_net|hostapd|batctl|glusterfs[a-z-]*|bbsuid|abuild-sudo|xl2tpd[a-z-]*|nagios[a-z_-]*|check_(dhcp|icmp|ide_smart)|isdn[a-z]*|xmonobut|mcelog|auth_pam_tool)$'
		    OR (mode & 2048) = 0 AND path GLOB '/usr/games/*' END))
