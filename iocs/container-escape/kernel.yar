/*
 * kernel - modules that change what the kernel answers
 */

rule kernel_rootkit
{
	meta:
		id = "kernel-rootkit"
		title = "a rootkit's kernel module"
		severity = "critical"
		effect = "wipe"
		attack = "T1547.006 T1014"
		confidence = "C2"
		why = "Diamorphine, by the names of its functions, however the module is called: the kernel no longer tells the truth, and no program on this host can find out what it hides. TeamTNT and Kiss-a-dog bring it."
		source = "4.37 H5 T4 T7 S1a"
	strings:
		$modinfo = "vermagic="
		$a = "hacked_getdents64" fullword
		$b = "hacked_getdents" fullword
		$c = "hacked_kill" fullword
		$d = "get_syscall_table_bf" fullword
		$e = "diamorphine_init" fullword
		$f = "diamorphine_cleanup" fullword
		$g = "is_invisible" fullword
		$h = "give_root" fullword
		$i = "module_hide" fullword
		$author = "author=m0nad"
		$about = "description=LKM rootkit"
	condition:
		uint32be(0) == 0x7f454c46 and uint16(16) == 1 and $modinfo and (
		3 of ($a, $b, $c, $d, $e, $f, $g, $h, $i) or
		$author or $about)
}

rule kernel_hooks
{
	meta:
		id = "kernel-hooks"
		title = "a kernel module that takes over system calls"
		severity = "high"
		effect = "investigate"
		attack = "T1547.006 T1014"
		confidence = "INF"
		why = "It finds the table of system calls, or sets traps, and has its own answer for those that list directories or connections. No module of a distribution does. Some old scanners for viruses did."
		source = "4.37 B1 H5"
	strings:
		$modinfo = "vermagic="
		$table = "sys_call_table"
		$lookup = "kallsyms_lookup_name"
		$ftrace = "ftrace_set_filter_ip"
		$kprobe = "register_kprobe"
		$dents = /\b[a-z_0-9]*getdents(64)?\b/
		$fillonedir = "fillonedir"
		$filldir = "filldir64"
		$tcp = /\btcp[46]_seq_show\b/
		$hide_a = /\b(hide|hidden|unhide|invisible)_(pid|proc|process|module|file|dir|port|tcp|self|me)[a-z]*\b/
		$hide_b = /\b(pid|proc|process|module|file|dir|port)_(hide|hidden|invisible)\b/
		$root = /\b(give|get|set|grant|make)_root\b/
	condition:
		uint32be(0) == 0x7f454c46 and uint16(16) == 1 and
		filesize < 20MB and $modinfo and
		($table or $lookup or $ftrace or $kprobe) and
		(($dents or $fillonedir or $filldir or $tcp) and
		    ($table or $hide_a or $hide_b or $root or $ftrace) or
		    ($root and ($hide_a or $hide_b)))
}
