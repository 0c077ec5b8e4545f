/*
 * miner - configurations, starters and programs of miners
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

rule miner_config
{
	meta:
		id = "miner-config"
		title = "the configuration of a miner"
		severity = "high"
		effect = "investigate"
		attack = "T1496"
		confidence = "C2"
		why = "Keys that XMRig, xmr-stak, cpuminer and their like read: a pool's address, a user, and what only miners set. Where it lies and who pays for the power says whether it belongs there."
		source = "4.26 F1 G5 H8"
	strings:
		// a key in quotes, which may themselves be escaped
		$url = /\\?["'](url|pool|pool_address)\\?["'][ \t\r\n]*:[ \t\r\n]*\\?["'][^\n"']{1,200}/
		$stratum = /\\?["'](url|pool|pool_address|server|address)\\?["'][ \t\r\n]*:[ \t\r\n]*\\?["'](stratum[12]?(\+[a-z]+)?|daemon\+https?|zcash\+[a-z]+):\\?\/\\?\//
		$user = /\\?["'](user|wallet|wallet_address|username)\\?["'][ \t\r\n]*:[ \t\r\n]*\\?["']/
		$pass = /\\?["'](pass|password|pool_password|rig-id|rig_id|worker)\\?["'][ \t\r\n]*:[ \t\r\n]*/
		$pools = /\\?["'](pools|pool_list)\\?["'][ \t\r\n]*:[ \t\r\n]*\[/
		$algo = /\\?["'](algo|algorithm|coin|currency)\\?["'][ \t\r\n]*:[ \t\r\n]*\\?["'](rx\/|cn\/|cn-|cn_|cryptonight|randomx|argon2\/|astrobwt|ghostrider|kawpow|ethash|autolykos|monero|xmr|panthera|verushash|yespower|scrypt|progpow)/ nocase
		$m_donate = /\\?["']donate-level\\?["'][ \t\r\n]*:/
		$m_over = /\\?["']donate-over-proxy\\?["'][ \t\r\n]*:/
		$m_rig = /\\?["']rig[-_]id\\?["'][ \t\r\n]*:/
		$m_nice = /\\?["'](use_)?nicehash\\?["'][ \t\r\n]*:/
		$m_tls = /\\?["']tls[-_]fingerprint\\?["'][ \t\r\n]*:/
		$m_self = /\\?["'](self-select|daemon-poll-interval|submit-to-origin)\\?["'][ \t\r\n]*:/
		$m_hint = /\\?["']max-threads-hint\\?["'][ \t\r\n]*:/
		$m_huge = /\\?["']huge-pages(-jit)?\\?["'][ \t\r\n]*:/
		$m_randomx = /\\?["'](randomx|1gb-pages|cache_qos|scratchpad_prefetch_mode)\\?["'][ \t\r\n]*:/
		$m_print = /\\?["'](health-)?print-time\\?["'][ \t\r\n]*:/
		$m_retry = /\\?["']retry-pause\\?["'][ \t\r\n]*:/
		$m_affin = /\\?["'](cpu-affinity|cpu-priority|max-cpu-usage|argon2-impl|hw-aes)\\?["'][ \t\r\n]*:/
		$m_algos = /\\?["'](cn\/(0|1|2|r|fast|half|gpu)|cn-lite\/[01]|cn-heavy\/(0|xhv|tube)|cn-pico|rx\/(0|wow|arq)|argon2\/chukwa|cn_lite|cn_heavy)\\?["'][ \t\r\n]*:/
		$ini = /\n\[?(RandomX|Cryptonight|Ethash|KawPow|Autolykos)[^\n]{0,20}\]\r?\n[\t\r\n\x20-\x7e]{0,200}\bwallet[ \t]*=/
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 2MB and (
		($stratum and ($user or $pass)) or
		($url and $user and ($pass or $pools) and
		    (2 of ($m*) or any of ($m_donate, $m_over, $m_rig, $m_nice,
		    $m_hint, $m_huge, $m_randomx, $m_algos))) or
		($url and $user and $algo) or
		($pools and $url and 2 of ($m*)) or
		(4 of ($m*) and ($url or $pools)) or
		$ini)
}

rule miner_script
{
	meta:
		id = "miner-script"
		title = "a script that starts a miner"
		severity = "high"
		effect = "investigate"
		attack = "T1496 T1059.004"
		confidence = "C2"
		why = "The address of a pool by the stratum protocol, or options that only miners have, together with an address to be paid or a pool, whatever the program calls itself."
		source = "4.25 4.26 F1 G5 E2 T5"
	strings:
		$stratum = /\bstratum[12]?(\+(tcp|tls|ssl|udp|ws|wss|http|https))?:\/\/["']?([a-zA-Z0-9_.-]{3,100}@)?(\$\{?[a-zA-Z_]|[a-zA-Z0-9-]{1,60}\.[a-zA-Z0-9.-]{2,100}|\[[0-9a-f:]+\])[^\n"' ]{0,60}/
		$opt_s = /[ \t](-o|-P|--url|-url|--pool|--server|-uri)[ \t=]+["']?stratum[12]?(\+[a-z]+)?:\/\/["']?[$a-z0-9\[]/
		$half = /=["']?stratum[12]?\+(tcp|ssl|tls)["']?[;\n \t]/
		$named = /\bxmrig["']?[ \t]+([^\n;|&]{0,60}[ \t])?(-c|--config|-o|--url|-B|--background)[ \t=\n]/
		$user = /[ \t](-u|--user|--userpass|-O|--wallet|-p|--pass|--password|--worker)([ \t=]|$)/
		$opt_a = /[ \t]--?donate-(level|over-proxy)([ \t=]|\b)/
		$opt_b = /[ \t](--rig-id|--nicehash|--cpu-max-threads-hint|--max-cpu-usage|--randomx-(init|1gb-pages|mode|wrmsr|no-rdmsr|no-numa)|--huge-pages-jit|--cpu-no-yield|--no-huge-pages|--daemon-poll-interval|--tls-fingerprint|--health-print-time|--argon2-impl)\b/
		$opt_c = /[ \t](--coin[ =]?["']?(monero|xmr|arqma|wownero|dero|zephyr|ravencoin|XMR)|(-a|--algo|--algorithm)[ =]?["']?(rx\/|cn\/|cn-|cryptonight|randomx|argon2\/|ghostrider|gr\b|astrobwt|kawpow|ethash|yespower|verus|panthera|autolykos|RandomX))/
		$opt_o = /[ \t](-o|--url|--pool|--server)[ \t=]+["']?[^\n"' ]{3,120}:([0-9]{2,5}|\$)/
		$wallet = /[ \t](-u|--user|--wallet)[ \t=]*["']?[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
		$pool = /\b(minexmr\.com|supportxmr\.com|nanopool\.org|hashvault\.pro|moneroocean\.stream|crypto-pool\.fr|xmrpool\.(eu|net)|c3pool\.(com|org)|herominers\.com|2miners\.com|unmineable\.com|dwarfpool\.com|xmr\.pt|monerohash\.com|skypool\.org|nicehash\.com|kryptex\.network):[0-9]{2,5}\b/
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 5MB and
		not document and (
		$opt_s or $named or ($half and $opt_o) or ($opt_o and $opt_c) or
		($stratum and ($user or $opt_a or $opt_b or $opt_c or $wallet)) or
		($opt_o and $user and
		    ($opt_a or $opt_b or $opt_c or $pool or $wallet)) or
		($wallet and ($pool or $opt_a or $opt_b or $opt_c)) or
		(($opt_a or $opt_c) and $opt_b) or
		($pool and ($opt_a or $opt_b or $opt_c)))
}

rule miner_binary
{
	meta:
		id = "miner-binary"
		title = "a miner"
		severity = "high"
		effect = "investigate"
		attack = "T1496"
		confidence = "C2"
		why = "The program knows the options, algorithms and messages of miners, or the stratum protocol, whatever it is called. Programs of Monero itself are none. A packed miner shows nothing here; that it is packed is told by its file record."
		source = "4.25 4.26 F1 H8"
	strings:
		$x_donate = "donate-level"
		$x_over = "donate-over-proxy"
		$x_hint = "max-threads-hint"
		$x_init = "randomx-init"
		$x_numa = "randomx-no-numa"
		$x_1gb = "1gb-pages"
		$x_nice = "nicehash"
		$x_rig = "rig-id"
		$x_self = "self-select"
		$x_poll = "daemon-poll-interval"
		$x_jit = "huge-pages-jit"
		$x_speed = "10s/60s/15m"
		$x_health = "health-print-time"
		$x_algo_a = "cn-heavy/xhv"
		$x_algo_b = "cn-lite/1"
		$x_algo_c = "rx/wow"
		$x_algo_d = "rx/arq"
		$x_algo_e = "argon2/chukwa"
		$x_algo_f = "cryptonight-lite"
		$x_algo_g = "cryptonight-heavy"
		$x_algo_h = "astrobwt"
		$x_msr = "msr-mod"
		$x_donate_b = "donate.v2.xmrig.com"
		$x_donate_c = "donate.ssl.xmrig.com"
		$x_accepted = "new job from"
		$s_a = "stratum+tcp://"
		$s_b = "stratum+ssl://"
		$s_c = "stratum+tls://"
		$s_d = "stratum://"
		$s_e = "stratum2+tcp://"
		$s_f = "stratum1+tcp://"
		$p_sub = "mining.subscribe"
		$p_submit = "mining.submit"
		$p_notify = "mining.notify"
		$p_auth = "mining.authorize"
		$p_eth = "eth_submitWork"
		$p_login = "\"method\":\"login\""
		$p_login_b = "\"method\": \"login\""
		$p_keep = "keepalived"
		$p_job = "job_id"
		$p_rpc = "\"jsonrpc\""
		$p_nonce = "nonce"
		$p_rate = "hashrate" nocase
		$stak_a = "xmr-stak"
		$stak_b = "pool_list"
		$stak_c = "wallet_address"
		$stak_d = "currency"
	condition:
		uint32be(0) == 0x7f454c46 and filesize < 200MB and (
		// words of options alone are also those of a list for detection
		(5 of ($x_*) and 2 of ($p_*)) or
		(any of ($s_*) and 3 of ($p_*)) or
		($p_sub and $p_submit and $p_auth and ($p_notify or $p_rate)) or
		(($p_login or $p_login_b) and $p_keep and $p_job) or
		all of ($stak*))
}
