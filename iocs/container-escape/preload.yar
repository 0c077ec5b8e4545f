/*
 * preload - libraries that hide things from programs
 *
 * A loader patched to read another file than /etc/ld.so.preload lacks that
 * text, which is a matter of comparing files, not of this.
 */

rule preload_rootkit
{
	meta:
		id = "preload-rootkit"
		title = "a rootkit's library"
		severity = "critical"
		effect = "wipe"
		attack = "T1574.006 T1014"
		confidence = "C2"
		why = "Loaded into every program it hides files, processes and connections from all that ask. What the host says of itself, ps, ls, netstat, is then not true. The names of its functions stay when an intruder changes the rest: libprocesshider, beurk and Kinsing's, Jynx2, bdvl, Perfctl's, Symbiote, OrBit; also a pam_unix.so with Skidmap's password."
		source = "4.19 H1 H2 H3 H4 N2 N4 P1 L1 L2 L3 B1 T2 X1"
	strings:
		$hider_a = "/proc/self/fd/%d"
		$hider_b = "/proc/%s/stat"
		$hider_c = "%d (%[^)]s"
		$readdir = "readdir"
		$beurk_a = "drop_shell_backdoor" fullword
		$beurk_b = "cleanup_login_records" fullword
		$beurk_c = "hide_tcp_ports" fullword
		$beurk_d = "is_hidden_file" fullword
		$beurk_e = "is_attacker" fullword
		$beurk_f = "__hidden_literals"
		$beurk_x = "BEURK_ATTACKER" xor(0x01-0xff)
		$kinsing_x = "kdevtmpfsi" xor(0x01-0xff)
		$kinsing = "kdevtmpfsi"
		$dlsym = "\x00dlsym\x00"
		$jynx_a = "forge_proc_net_tcp" fullword
		$jynx_b = "drop_suid_shell_if_env_set" fullword
		$jynx_c = "drop_dup_shell" fullword
		$jynx_e = "XxJynx"
		$bdvl_a = "is_bdusr" fullword
		$bdvl_b = "unset_bad_vars" fullword
		$bdvl_c = "is_bduname" fullword
		$bdvl_d = "hidden_path" fullword
		$bdvl_e = "scary_path" fullword
		$bdvl_f = "get_process_cmdline" fullword
		$bdvl_g = "forge_maps" fullword
		$perf_a = "wizlmsh"
		$perf_b = "libfsnldev"
		$perf_c = "libpprocps"
		$perf_d = "libgcwrap"
		$perf_e = ".perf.c"
		$perf_f = "AAZHDE"
		$perf_xa = "wizlmsh" xor(0xac)
		$perf_xb = "libfsnldev" xor(0xac)
		$perf_xc = "libpprocps" xor(0xac)
		$perf_xd = "libgcwrap" xor(0xac)
		$symb_a = "certbotx64"
		$symb_b = "certbotx86"
		$symb_c = "javaserverx64"
		$symb_d = "javaclientex64"
		$symb_e = "javanodex86"
		$symb_f = "kerneldev.so.bkp"
		$orbit_a = "libntpVnQE6mk"
		$orbit_b = "sshpass2.txt"
		$orbit_c = "/dev/shm/ldx/"
		$orbit_d = ".logpam"
		$skidmap = "Mtm$%889*G*S3%G"
		$pam = "pam_sm_authenticate"
		$preload = "ld.so.preload"
	condition:
		uint32be(0) == 0x7f454c46 and filesize < 20MB and (
		// e_type: a shared object
		(uint16(16) == 3 and (
		    (all of ($hider*) and $readdir) or
		    3 of ($beurk*) or $beurk_x or
		    ($kinsing_x and $readdir) or
		    ($kinsing and $readdir and $dlsym) or
		    2 of ($jynx*) or ($jynx_e and $preload) or
		    (3 of ($bdvl*) and
			any of ($bdvl_a, $bdvl_b, $bdvl_c, $bdvl_e)) or
		    ($dlsym and (3 of ($perf*) or 3 of ($symb*))) or
		    ($skidmap and $pam))) or
		2 of ($perf_x*) or
		($orbit_a and 1 of ($orbit_b, $orbit_c, $orbit_d)))
		// a program that knows several families looks for them
		and not ($perf_a and $orbit_a) and
		not ($jynx_e and ($perf_a or $orbit_a)) and
		not ($symb_a and ($perf_a or $orbit_a or $jynx_e))
}

rule preload_hooks
{
	meta:
		id = "preload-hooks"
		title = "a library that speaks for the C library about directories"
		severity = "low"
		effect = "note"
		attack = "T1574.006"
		confidence = "INF"
		why = "It has functions of its own for what lists a directory, and looks up the true ones: a rootkit does so, and so do fakechroot, sanitizers and the like. What matters is who loads it."
		source = "4.19 H1"
	strings:
		$dlsym = "\x00dlsym\x00"
		// once among the symbols, once as the text given to dlsym
		$readdir = "\x00readdir\x00"
		$readdir64 = "\x00readdir64\x00"
		$fopen = "\x00fopen\x00"
		$open = "\x00open64\x00"
		$stat = "\x00__xstat64\x00"
		$stat_b = "\x00__lxstat\x00"
		$preload = "ld.so.preload"
		$net = "/proc/net/tcp"
	condition:
		uint32be(0) == 0x7f454c46 and uint16(16) == 3 and
		filesize < 1MB and $dlsym and
		(#readdir > 1 or #readdir64 > 1) and
		(($preload or $net) or not (
		    $fopen and $open and ($stat or $stat_b)) or
		    filesize < 200KB)
}
