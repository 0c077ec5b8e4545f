/*
 * escape - the ways out of a container, as tools and as scripts
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

rule escape_tool
{
	meta:
		id = "escape-tool"
		title = "a tool that attacks containers from within"
		severity = "high"
		effect = "investigate"
		attack = "T1611 T1613"
		confidence = "S1"
		why = "Peirates, CDK, botb, kubeletctl, deepce: they look for ways out of a container and take them. Testers use them too; they know when and where."
		source = "T7 H6 H7"
	strings:
		$go = "\xff Go buildinf:"
		$go_b = "go1."
		$peirates = "github.com/inguardians/peirates"
		$cdk = "github.com/cdk-team/CDK/"
		$botb = "github.com/brompwnie/botb"
		$kubeletctl = "/kubeletctl/cmd"
		$deepce_a = "DEEPCE" fullword
		$deepce_b = "deepce.sh"
		$deepce_c = "/var/run/docker.sock"
		$deepce_d = "release_agent"
	condition:
		(uint32be(0) == 0x7f454c46 and ($go or $go_b) and
		    ($peirates or $cdk or $botb or $kubeletctl)) or
		(uint16be(0) == 0x2321 and $deepce_a and $deepce_b and
		    ($deepce_c or $deepce_d))
}

rule escape_script
{
	meta:
		id = "escape-script"
		title = "a script that leaves its container"
		severity = "high"
		effect = "investigate"
		attack = "T1611"
		confidence = "C2"
		why = "The kernel is told to start a program of the container on the host: release_agent of a cgroup or core_pattern, with the path of the container's own layer looked up; or the host's disk is made by mknod and mounted. Nothing but an escape needs this."
		source = "4.10 4.12 T7 F1"
	strings:
		$agent = "release_agent"
		$notify = "notify_on_release"
		$upper = /\\?(upper)?(\.\*)?\\?perdir=/
		$upper_b = "upperdir="
		$proc_root = /\/proc\/(\$\{?[a-zA-Z_]+\}?|\$1)\/root\//
		$write = />[ \t]*["']?[^\n"' ]{0,60}\/(release_agent|notify_on_release|cgroup\.procs)\b/
		$core = />[ \t]*["']?[^\n"' \t]{0,40}\/?proc\/sys\/kernel\/core_pattern/
		$core_host = />[ \t]*["']?\/(mnt|host|hostfs|rootfs|hostproc|host-proc|proc_host)[^\n"' \t]{0,30}\/sys\/kernel\/core_pattern/
		$uevent = />[ \t]*["']?[^\n"' \t]{0,40}\/?sys\/kernel\/uevent_helper/
		$disk = /\bmknod[ \t]+[^\n;]{1,60}[ \t]b[ \t]+(8|252|253|254|259|202|\$)[\t\n\x20-\x7e]{1,250}\b(mount|debugfs)[ \t][\t\n\x20-\x7e]{1,250}(chroot|crontab|cron\.|authorized_keys|\/etc\/(passwd|shadow|sudoers))/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		($agent and $notify and $write and
		    ($upper or $upper_b or $proc_root)) or
		(($core or $uevent) and ($upper or $upper_b or $proc_root)) or
		$core_host or $disk)
}

rule host_write
{
	meta:
		id = "host-write"
		title = "a script writes into a mounted host what starts there"
		severity = "high"
		effect = "investigate"
		attack = "T1611 T1053.003 T1098.004"
		confidence = "C2"
		why = "A crontab, a key or a preload below /mnt, /host or another place where a host's tree is mounted: how docker123321, Doki and the ngrok campaign went from a container to its host."
		source = "1.3 4.13 K2 K6 D1 D3"
	strings:
		// below where a host is usually mounted
		$cron = /(>[ \t]*|\btee[ \t]+(-a[ \t]+)?)["']?\/?(mnt|host|hostfs|rootfs|hostroot|host-root|host_root|rootdir|hostos|node|media|realhost|tmp[a-zA-Z0-9.]{0,12}|tmp\/[a-zA-Z0-9._-]{1,30}|mnt\/[a-zA-Z0-9._-]{1,30})\/(etc\/(cron|anacron)|crontab|cron\.|var\/spool\/cron|spool\/cron)/
		$cron_cp = /\b(cp|mv|install|cat|sed|dd|ln|python[0-9.]*|perl)[ \t][^\n;|&]{1,140}[ \t>="']\/(mnt|host|hostfs|rootfs|hostroot|host-root|host_root|hostos|realhost)\/((etc\/)?cron(tab\b|tabs\b|\.d\/|\.hourly\/)|var\/spool\/cron\/)/
		$every = "* * * *"
		$every_t = "*\t*\t*\t*"
		$every_r = "@reboot"
		$every_h = "@hourly"
		$fetch = /\b(curl|wget|bash|sh|python[0-9.]*)\b/
		// the same below any directory: a line for cron stands beside it
		$any = /\*[ \t]+\*[ \t]+\*[ \t]+\*[ \t]+\*[^\n]{4,300}(>[ \t]*|\btee[ \t]+(-a[ \t]+)?)["']?(\/|\$\{?)[^\n"';&| ]{1,60}\/etc\/cron(tab\b|\.d\/)/
		$any_d = /\becho\b[^\n]{0,20}\*[ \t]+\*[ \t]+\*[ \t]+\*[ \t]+\*[^\n]{0,20}(curl|wget|\/tmp\/|\bsh\b)/
		$key = /\b(ssh-(rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9]+)[ \t]+AAAA[^\n]{20,900}>[ \t]*["']?\/?(mnt|host|hostfs|rootfs|hostroot|host-root|host_root|hostos|realhost|tmp[a-zA-Z0-9.]{0,12}|mnt\/[a-zA-Z0-9._-]{1,30})\/(root|home\/[^\n\/ ]{1,40}|\.ssh)[^\n"' ]{0,20}authorized_keys/
		$key_host = /(>[ \t]*|\btee[ \t]+(-a[ \t]+)?)["']?\/(host|hostfs|hostroot|host-root|host_root|hostos|realhost|mnt\/host|mnt\/root)(\/root)?\/(\.ssh\/)authorized_keys/
		$preload = /(>[ \t]*|\btee[ \t]+(-a[ \t]+)?|\b(cp|mv|ln|install)[ \t][^\n;|&]{1,100}[ \t])["']?\/(mnt|host|hostfs|rootfs|hostroot|host-root|host_root|hostos|realhost)(\/[a-zA-Z0-9._-]{1,30})?\/etc\/ld\.so\.preload/
		// chroot to the mounted host, and there
		$chroot = /\bchroot[ \t]+["']?\/?(host|mnt|hostfs|rootfs|hostroot|host-root|host_root|hostos|realhost|tmp[a-zA-Z0-9.]{0,12})[\/"']*[ \t]+([^\n;]|\\\n){0,60}(base64[ \t]+-|\b(curl|wget)\b[^\n]{0,200}\||crontab[ \t]|\/etc\/cron|\/spool\/cron|authorized_keys|\/dev\/tcp\/|\bcrond?\b[ \t]*(\|\||["';&\n]))/
		$nsenter = /\bnsenter[ \t]+[^\n;]{0,60}(-t|--target)[ =]?1\b([^\n;]|\\\n){0,100}(base64[ \t]+-|\b(curl|wget)\b[^\n]{0,200}\||authorized_keys|\/dev\/tcp\/)/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		(($cron or $cron_cp) and any of ($every*) and $fetch) or
		($any and $any_d) or
		$key or $key_host or $preload or $chroot or $nsenter)
}

rule engine_socket
{
	meta:
		id = "engine-socket"
		title = "a script makes a container that owns the host"
		severity = "high"
		effect = "investigate"
		attack = "T1610 T1611"
		confidence = "C2"
		why = "Through the engine's socket or an open port a container is made that sees the host's root, or is privileged, and enters it by chroot or nsenter, or writes there what starts by itself."
		source = "4.10 4.11 T3 T4 F1"
	strings:
		$create = /\/containers\/create\b/
		$client = /\b(curl|wget|nc|ncat|socat|python[0-9.]*|requests|http\.client)\b/
		$door = /(docker\.sock|containerd\.sock|:(2375|2376|2377|4243|4244)\b)/
		$root = /\\?"(Binds|Source|Mounts)\\?"[ \t\n]*:[ \t\n]*(\[[ \t\n]*)?\\?"\/(:|\\?")/
		$binds = /\\?"Binds\\?"[ \t\n]*:[ \t\n]*\[[ \t\n]*\\?"\/(etc|root|home|var\/spool\/cron|proc|boot)?:\//
		$power = /\\?"(Privileged|PidMode)\\?"[ \t\n]*:[ \t\n]*(true|\\?"host)/
		$cmd = /\\?"(Cmd|Entrypoint)\\?"[ \t\n]*:[^\n]{1,200}(chroot|nsenter|base64|crontab|cron\.d|authorized_keys|\/dev\/tcp|curl[^\n]{3,160}\||wget[^\n]{3,160}\|)/
		$run = /\b(docker|podman|nerdctl|ctr)[ \t]([^\n;|]|\\\n){0,160}\brun[ \t]([^\n;|]|\\\n){0,200}(-v|--volume|--mount)[ =]*["']?([a-z=,]*\b(src|source)=)?\/[:,]([^\n;|]|\\\n){1,250}(chroot[ \t]+["']?\/?[a-z]|nsenter[ \t])([^\n;]|\\\n){1,80}(\b(curl|wget)\b[^\n]{3,250}\||base64[ \t]+-|crontab|cron\.d|authorized_keys|\/dev\/tcp)/
		$run_etc = /\b(docker|podman|nerdctl)[ \t]([^\n;|]|\\\n){0,160}\brun[ \t]([^\n;|]|\\\n){0,200}(-v|--volume)[ =]*["']?\/(etc|root|var\/spool\/cron|home)?:\/([^\n]|\\\n){1,300}>[ \t]*["']?\/[^\n"' ]{1,40}(crontab|cron\.d\/|crontabs\/|authorized_keys)/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		($create and $client and $door and
		    (($root or $binds or $power) and $cmd)) or
		$run or $run_etc)
}

rule host_enter
{
	meta:
		id = "host-enter"
		title = "a script enters its host"
		severity = "low"
		effect = "note"
		attack = "T1611"
		confidence = "C2"
		why = "nsenter into the first process, or chroot into a mounted host: what agents of nodes do, and intruders."
		source = "4.12 T4 F1"
	strings:
		$nsenter = /\bnsenter[ \t]+[^\n;]{0,60}((-t|--target)[ =]?1\b|\/proc\/1\/ns\/)[^\n;]{0,100}\b(ba|da|a|z)?sh\b/
		$chroot = /\bchroot[ \t]+["']?\/(host|hostfs|rootfs|hostroot|host-root|host_root|hostos|mnt\/host)\b/
	condition:
		uint32be(0) != 0x7f454c46 and not document and any of them
}
