/*
 * script - the scripts of docker123321 and of the group called 8220
 *
 * Lists of rivals hold some of these words: one alone says nothing.
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

rule script_marker
{
	meta:
		id = "script-marker"
		title = "the script of docker123321"
		severity = "high"
		effect = "investigate"
		attack = "T1059.004 T1496"
		confidence = "S1"
		why = "The program that a honeypot was given in 2017: it starts a miner named jaav from /var/tmp, spares a process ovpvwbvtat, removes one ysjswirmrm, and writes its own fetch into the crontab. It ran where it lies, or was at least left there."
		source = "1.3 K6"
	strings:
		$jaav = /\bjaav\b/
		$ovp = "ovpvwbvtat"
		$ysj = "ysjswirmrm"
		$run = "runing....."
		$logo = /\/logo[0-9]\.jpg\b/
		$port = /:8220\//
		$config = /\b(config_1|c1)\.json\b/
		$pages = /\bnr_hugepages\b/
		$cron = /\bcrontab\b/
		$vartmp = "/var/tmp"
		$act = /\b(nohup|curl|wget|pkill|kill|grep|chmod)\b/
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 1MB and
		not document and $act and (
		($ovp and ($ysj or $jaav or $run)) or
		($jaav and ($ysj or $run or $logo or $config or $port or
		    ($vartmp and ($pages or $cron)))) or
		($logo and $port and ($cron or $pages or $config or $vartmp)))
}

rule cr_script
{
	meta:
		id = "cr-script"
		title = "a script of the group called 8220"
		severity = "high"
		effect = "investigate"
		attack = "T1059.004 T1053.003 T1496"
		confidence = "C2"
		why = "cr.sh and its like, 2018: they remove crontab lines with logoN.jpg, accept a miner by its MD5, fetch w.conf or xm64, and connect to their own pools. The group is linked to docker123321 by port, names of files and the sum in a wallet."
		source = "1.4 E3 E5 E6"
	strings:
		$logo = /\blogo[0-9]\.jpg\b/
		$cr = /\/(x_wcr|cr|mr|2mr|pm|1mr)\.sh\b/
		$conf = /\bw[cqmt]?\.conf\b/
		$bin_a = /\bpscf3\b/
		$bin_b = /\bsustes\b/
		$bin_c = /\bxm64\b/
		$bin_d = /\/tmp\/java\b/
		$md5_a = "c8c1f2da51fbd0aea60e11a81236c9dc" nocase
		$md5_b = "183664ceb9c4d7179d5345249f1ee0c4" nocase
		$md5_c = "b00f4bbd82d2f5ec7c8152625684f853" nocase
		$md5_d = "7f4d9a672bb7ff27f641d29b99ecb08a" nocase
		$pool_a = "158.69.133.20"
		$pool_b = "192.99.142.249"
		$pool_c = "202.144.193.110"
		$pool_d = "46.30.43.159"
		$host_a = "192.99.142.226"
		$host_b = "192.99.142.232"
		$host_c = "192.99.142.248"
		$host_d = "45.77.86.208"
		$host_e = "144.202.8.151"
		$host_f = "46.249.38.186"
		$host_g = "185.222.210.59"
		$host_h = "104.225.147.196"
		$host_i = "98.142.140.13"
		$act = /\b(md5sum|crontab|chmod|nohup|curl|wget|pkill)\b/
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 1MB and
		not document and #act > 1 and (
		2 of ($md5*) or
		(any of ($md5*) and ($conf or $cr or any of ($bin*))) or
		(any of ($host*) and ($cr or $logo or $conf or any of ($bin*))) or
		(any of ($pool*) and ($conf or $cr or $logo or any of ($bin*))) or
		($cr and $conf and any of ($bin*)) or
		($logo and $cr and ($conf or any of ($bin*))))
}
