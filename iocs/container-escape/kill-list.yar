/*
 * kill-list - one script that stops the miners of others
 *
 * A name here proves that a cleaner was at hand, not that its victim was.
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

rule kill_list
{
	meta:
		id = "kill-list"
		title = "a script that stops the miners of others"
		severity = "medium"
		effect = "investigate"
		attack = "T1489 T1562.001"
		confidence = "C2"
		why = "Many kills, and names of miners: how a miner makes room for itself. Scripts of defenders look the same; a name in the list does not mean that the miner was here."
		source = "4.32 G8 E5 E6"
	strings:
		$k_pkill = /\bpkill[ \t]/
		$k_killall = /\bkillall[ \t]/
		$k_kill = /\bkill[ \t]+-(9|KILL|SIGKILL|s[ \t]*9)\b/
		$k_xargs = /\bxargs[ \t]+[^\n]{0,40}\bkill\b/
		$k_docker = /\bdocker[ \t]+(kill|stop|rm|rmi|container[ \t]+(rm|kill|stop)|image[ \t]+rm)[ \t]/
		$k_chattr = /\bchattr[ \t]+(-[RV]+[ \t]+)?-[aiu]+[ \t]/
		$n_kinsing = "kinsing" fullword
		$n_kdevtmpfsi = "kdevtmpfsi"
		$n_kerberods = "kerberods"
		$n_kthrotlds = "kthrotlds"
		$n_watchbog = "watchbog"
		$n_pamdicks = "pamdicks"
		$n_ddgs = /\bddgs?\.?[0-9]{0,4}\b/
		$n_qw3xt = "qW3xT"
		$n_minerd = "minerd" fullword
		$n_minergate = "minergate" nocase
		$n_xmrig = /xmrig/ nocase
		$n_xmrstak = /xmr-?stak/ nocase
		$n_cryptonight = "cryptonight" nocase
		$n_cpuminer = /cpuminer/ nocase
		$n_stratum = "stratum" fullword
		$n_ysj = "ysjswirmrm"
		$n_sustes = /\bsuste[sd]e?\b/
		$n_pscf = "pscf3"
		$n_pocosow = "pocosow"
		$n_gakeaws = "gakeaws"
		$n_azulu = /\b[a-z]zulu\b/
		$n_crypto_pool = "crypto-pool"
		$n_minexmr = "minexmr"
		$n_supportxmr = "supportxmr"
		$n_moneropool = /monero(hash|pool|ocean)/
		$n_sysguard = /\b(sysguard|sysupdate|networkservice|phpguard|phpupdate|zzh)\b/
		$n_watchdogs = /\b(watchdogs|kworkerds|kpsmouseds|kintegrityds|kthreaddi|kauditd0|kswapd00)\b/
		$n_bonn = /\b(bonn|conn|ldr|firewire|newinit|newdat|unk)\.sh\b/
		$n_dbused = /\b(dbused|givemexyz|pwnrig)\b/
		$n_sbin = "/var/sbin/bash"
		$n_slowhttp = "slowhttp"
		$n_nanopool = "nanopool"
		$n_3333 = /:(3333|14444|45700|5555|7777)\b/
		$n_sysrv = /\bsysrv[0-9]*\b/
		$n_kaiji = /\b(linux_kill|seeintlog|\.kswapd00|configrc[57]?)\b/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		(4 of ($n*) and #k_pkill + #k_killall + #k_kill + #k_xargs +
		    #k_docker + #k_chattr >= 5) or
		(6 of ($n*) and any of ($k*)))
}
