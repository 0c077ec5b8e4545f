/*
 * worm - Graboid's scripts, and what spreads as it does
 */

/*
 * What nobody runs, by its form: documentation, sources, lists of rules,
 * records of what others were sent, archives of objects. A file with #! is
 * always a script.
 */
private rule document
{
	strings:
		$roff = /\n\.S[Hh] /
		$pod = "\n=head1 "
		$fence = "\n```"
		$table = "| --- |"
		$link = "](http"
		$link_md = /\]\([^\n)]{1,80}\.md(#[^\n)]{0,40})?\)/
		$rst = "\n.. "
		$title = "\n====="
		$html = /<\/(html|body|pre|code|para)>/
		$access = /HTTP\/[12](\.[01])?\\?" [1-5][0-9][0-9] /
		$rule = /\n[ \t]*condition:[ \t\r\n]/
		$source = /\n#(include|define) [<"A-Z]/
		$record = "{\"k\":\"run\""
	condition:
		uint16be(0) != 0x2321 and (
			(uint8(0) == 0x2e and (uint8(1) == 0x5c or uint8(1) >= 0x41)) or
			uint16be(0) == 0x275c or
			(uint8(0) == 0x3c and uint32be(0) != 0x3c3f7068) or
			uint16be(0) == 0x2f2a or uint16be(0) == 0x2f2f or
			uint16be(0) == 0x2d2d or uint16be(0) == 0x3b3b or
			uint16be(0) == 0x2220 or uint32be(0) == 0x25504446 or
			uint16be(0) == 0x7b22 or uint16be(0) == 0x7b0a or
			uint16be(0) == 0x5b7b or uint16be(0) == 0x5b22 or
			uint16be(0) == 0x5b0a or
			uint32be(0) == 0x23696e63 or uint32be(0) == 0x23646566 or
			uint32be(0) == 0x2369666e or uint32be(0) == 0x53514c69 or
			uint32be(0) == 0x213c6172 or uint16be(0) == 0x1f8b or
			any of them)
}

rule worm_script
{
	meta:
		id = "worm-script"
		title = "a script of Graboid"
		severity = "high"
		effect = "investigate"
		attack = "T1610 T1210"
		confidence = "S1"
		why = "live.sh, worm.sh, cleanxmr.sh and xmr.sh: they keep lists of addresses as .iplist_ADDRESS, pass the victim's own as localip=, report to port 10023, fetch from 10024, and start the worm's image on the next open daemon. Rivals' scripts name its images, but do none of this."
		source = "2 G2 G3 G6"
	strings:
		$list = /\.(v1)?iplist_/
		$localip = /\blocalip=/
		$e_localip = /[ \t](-e|--env)[ \t=]*["']?localip=/
		$s_live = /\blive\.sh\b/
		$s_worm = /\bworm\.sh\b/
		$s_clean = /\bcleanxmr\.sh\b/
		$s_xmr = /\bxmr\.sh\b/
		$entry = "/var/sbin/bash"
		$test = "/usr/local/test"
		$report = /[: ]10023\b/
		$fetch = /[: ]10024\b/
		$spread = /\bdocker[ \t]+([^\n]|\\\n){0,120}(-H|--host)([^\n]|\\\n){1,160}\b(run|create)[ \t]/
		$image = /\b(pocosow|gakeaws)\//
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 1MB and
		not document and (
		($list and ($localip or $test or $spread or $report or $fetch)) or
		3 of ($s_*) or ($e_localip and $spread) or
		($localip and $spread and ($image or $entry or any of ($s_*))) or
		(2 of ($s_*) and ($localip or $report or $fetch or $entry)) or
		($image and $spread and ($localip or $report or $fetch)))
}

rule spread_loop
{
	meta:
		id = "spread-loop"
		title = "a script that starts containers on many daemons"
		severity = "high"
		effect = "investigate"
		attack = "T1610 T1046 T1210"
		confidence = "C2"
		why = "Addresses from a scan or a list, and on each of them a container is started through an open port of the engine, without a certificate. How Graboid, TeamTNT and others spread; an administrator's tool has TLS or ssh."
		source = "2 3.2 G6 T2 T3 D1"
	strings:
		$run = /\bdocker["']?[ \t]+([^\n;|]|\\\n){0,100}(-H|--host)[ \t=]*["']?(tcp:\/\/)?["']?(\$|`|\{|[0-9]{1,3}\.)([^\n;|]|\\\n){1,160}[ \t"'](run|create)[ \t]/
		$env = /\bDOCKER_HOST=["']?(tcp:\/\/)?["']?(\$|`|\{|[0-9]{1,3}\.)[\t\n\x20-\x7e]{1,200}\bdocker["']?[ \t]+(container[ \t]+)?(run|create)[ \t]/
		$api = /\b(curl|wget)[ \t]([^\n;|]|\\\n){0,200}(\/\/|[ \t"'])\$\{?[a-zA-Z_0-9]+\}?:["']?(2375|2376|2377|4243|4244|\$\{?[a-zA-Z_]+\}?)\/(v[0-9.]+\/)?containers\/(create|[^\n]{1,40}\/start)/
		$loop = /\b(while[ \t]+(IFS=[^\n ]*[ \t]+)?read|for[ \t]+[a-zA-Z_]+[ \t]+in|xargs|parallel|while[ \t]+(true|:|\[))/
		$scan = /\b(masscan|zgrab2?|zmap|pnscan|rustscan|nmap)\b/
		$ports = /\b(2375|4243|4244)\b/
		$notls = /--tls(verify)?=(false|0)/
		$list = /\b(ips?|iplist|targets?|hosts?|out|result|scan)[a-z_]*\.(txt|list|log|lst)\b/
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 1MB and
		not document and ($run or $env or $api) and $loop and
		(($scan and $ports) or $notls or ($list and $ports) or
		    ($api and $ports))
}
