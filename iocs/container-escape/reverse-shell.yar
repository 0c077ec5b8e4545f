/*
 * reverse-shell - a shell, or what runs commands, tied to the network
 *
 * What runs by itself is read by shcmd (pack(5), FACTS) and judged by the SQL
 * rules; here it is about scripts that lie anywhere.
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

rule reverse_shell
{
	meta:
		id = "reverse-shell"
		title = "a script gives a shell to the network"
		severity = "high"
		effect = "investigate"
		attack = "T1059.004"
		confidence = "C2"
		why = "A shell whose input is a socket: by /dev/tcp of bash, nc -e, a named pipe with nc, telnet or openssl, socat, ztcp of zsh. An administrator has ssh. Tests of a port by /dev/tcp are left alone: no shell reads from them."
		source = "4.8 K2 B2"
	strings:
		// sh -i >& /dev/tcp/HOST/PORT, and with the duplicate of stdin
		$tcp_i = /sh["']?[ \t]+(-[a-z]+[ \t]+)*-[a-z]*i\b([^\n]|\\\n){0,80}[<>&][ \t]*["']?\/dev\/(tcp|udp)\/[^\n]{3,80}/
		$tcp_0 = /\/dev\/(tcp|udp)\/[^\s|;()]{3,120}([ \t]|\\\n)+([^\n|;()]|\\\n){0,60}(\b0[<>]&[ \t]*[12]|[ \t]<&[ \t]*[12]|>&[ \t]*0\b)/
		$tcp_i0 = /sh["']?[ \t]+(-[a-z]+[ \t]+)*-[a-z]*i\b([^\n;|]|\\\n){1,120}[ \t]0>&[ \t]*1/
		$tcp_i1 = /sh["']?[ \t]+(-[a-z]+[ \t]+)*-[a-z]*i\b([^\n;|]|\\\n){1,120}[ \t]0<&[ \t]*1/
		// exec 5<>/dev/tcp/HOST/PORT, and a shell or a loop reads from 5
		$fd_shell = /[0-9}]<>[ \t]*["']?\/dev\/(tcp|udp)\/[\t\n\x20-\x7e]{3,200}sh["']?[ \t]*(-[a-z]+[ \t]*)*0?<&[ \t]*["']?[0-9$]/
		$fd_pipe = /[0-9}]<>[ \t]*["']?\/dev\/(tcp|udp)\/[\t\n\x20-\x7e]{3,200}<&[ \t]*["']?[0-9$][^\n]{0,20}\|[ \t]*(exec[ \t]+)?([\/a-z]*\/)?(ba|da|a|z|k|c)?sh\b[^\n]{0,30}>[ \t]*&/
		$fd_loop = /[0-9}]<>[ \t]*["']?\/dev\/(tcp|udp)\/[\t\n\x20-\x7e]{3,250}do[ \t\n;]+(eval[ \t]+|(ba)?sh[ \t]+-c[ \t]+)?["']?\$\(?\{?[a-zA-Z_]+[}"'\t\x20)]*[^\n]{0,20}[>|]&/
		// nc -e sh, whatever stands between; and a renamed nc
		$nc_e = /\b(nc|ncat|netcat|pnc|rcat|cryptcat|nc\.traditional|nc\.openbsd)["']?[ \t]([^\n|;]|\\\n){0,120}(-[a-zA-Z]*[ec]|--(sh-)?exec)[ \t=]*["']?([\/a-z]*\/bin\/)?(ba|da|a|z|k|c|tc)?sh["']?(\s|;|&|$)/
		$any_e = /[ \t]-[a-zA-Z]*e[ \t]+["']?(\/usr)?\/bin\/(ba|da|a|z|k)?sh["']?[ \t]+((\\\n)[ \t]*)?[0-9]{1,3}(\.[0-9]{1,3}){3}[ \t]+[0-9]{2,5}\b/
		$e_any = /\b[0-9]{1,3}(\.[0-9]{1,3}){3}[ \t]+[0-9]{2,5}[ \t]+-[a-zA-Z]*e[ \t]*["']?(\/usr)?\/bin\/(ba|da|a|z|k)?sh\b/
		// a named pipe closes the ring
		$fifo_out = /\b(mkfifo|mknod)[ \t][\t\n\x20-\x7e]{1,250}sh["']?([ \t]+-[a-z]+)*[ \t]*([0-2]?[<>]|\|)[\t\x20-\x7e]{0,80}\|[ \t]*((timeout|nohup|busybox|\S*\/busybox)[ \t]+)?([\/a-z.]*\/)?(nc|ncat|netcat|telnet|openssl|socat|nc\.[a-z]+)[ \t]/
		$fifo_in = /\b(mkfifo|mknod)[ \t][\t\n\x20-\x7e]{1,200}(nc|ncat|netcat|telnet|openssl|nc\.[a-z]+)[ \t][\t\x20-\x7e]{1,100}\|[ \t]*(exec[ \t]+)?([\/a-z]*\/)?(busybox[ \t]+)?(ba|da|a|z|k)?sh\b[^\n|]{0,40}>/
		// commands come by one connection, results go by another
		$two = /\b(telnet|ncat|netcat|openssl)[ \t][^\n|;]{3,80}\|[ \t]*(exec[ \t]+)?([\/a-z]*\/)?(busybox[ \t]+)?(ba|da|a|z|k)?sh\b[^\n|;]{0,30}\|[ \t]*([\/a-z]*\/)?(telnet|nc|ncat|netcat|openssl)[ \t]/
		$two_nc = /\bnc[ \t]+(-[a-z]+[ \t]+)*["']?[$a-z0-9][^\n|;]{3,80}\|[ \t]*(exec[ \t]+)?\/bin\/(ba|da|a|z|k)?sh\b[^\n|;]{0,30}\|[ \t]*([\/a-z]*\/)?(telnet|nc|ncat|netcat|openssl)[ \t]/
		$ssl = /\bopenssl[ \t]+s_client[ \t]([^\n|;]|\\\n){5,160}\|[ \t]*(exec[ \t]+)?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		$socat_a = /\bsocat\b([^\n]|\\\n){1,160}(exec|system)[:=]["'\\]*([\/a-z]*\/)?((env|busybox)[ \t]+)?(ba|da|a|z|k|c)?sh(["'\\]*[ \t]+-[a-z]+)*["'\\]*[ \t]*([ \t,]([^\n]|\\\n){0,80})?[ \t"'](tcp|udp|openssl|ssl|sctp|vsock)[46]?(-[a-z]+)?:/ nocase
		$socat_b = /\bsocat\b([^\n]|\\\n){0,120}[ \t"'](tcp|udp|openssl|ssl|sctp|vsock)[46]?(-[a-z]+)?:([^\n]|\\\n){1,120}[ \t"'](exec|system)[:=]["'\\]*([\/a-z]*\/)?((env|busybox)[ \t]+)?(ba|da|a|z|k|c)?sh(["'\\]*[ \t]+-[a-z]+)*["'\\]*[ \t]*([,\n;&|]|$)/ nocase
		$ztcp = /\bztcp[ \t][\t\n\x20-\x7e]{3,160}sh["']?[ \t]*(-[a-z]+[ \t]*)*[<>&0-2\t ]*[<>]&[ \t]*["']?\$\{?(REPLY|[a-z_]+)\b/
		// another language hands its socket to a shell of this form
		$fd3 = /\bsh[ \t]+-i[ \t]*<[ \t]*&[ \t]*(%d|[3-9]|\$[a-z]+|#\{?[a-z.]+\}?)[ \t]*[12]?>[ \t]*&/
		// a program that only starts such a shell
		$addr = /sh["']?[ \t]+(-[a-z]+[ \t]+)*-[a-z]*i\b[^\n]{0,40}[<>&][ \t]*["']?\/dev\/(tcp|udp)\/[0-9]{1,3}(\.[0-9]{1,3}){3}\/[0-9]{1,5}/
	condition:
		(uint32be(0) == 0x7f454c46 and $addr) or
		(uint32be(0) != 0x7f454c46 and any of them and not document)
}

rule reverse_shell_code
{
	meta:
		id = "reverse-shell-code"
		title = "a program gives a shell to the network"
		severity = "high"
		effect = "investigate"
		attack = "T1059.006 T1059.004"
		confidence = "C2"
		why = "Python, Perl, Ruby, PHP, Lua, awk, Node or Java: a connection is made, and a shell gets it as its input and output, or what comes from it is run and the result sent back."
		source = "4.9 K19"
	strings:
		$py_dup = /connect(ion)?[ \t]*\([\t\n\x20-\x7e]{3,300}dup2[ \t]*\([^\n]{0,40}(fileno|[, ][012])[\t\n\x20-\x7e]{5,300}(spawn|call|Popen|system|exec[lv][a-z]*|run|check_output)[ \t]*\([^\n]{0,60}sh\b/
		$py_std = /connect(ion)?[ \t]*\([\t\n\x20-\x7e]{3,300}(call|Popen|run)[ \t]*\([^\n]{0,60}sh\b[\t\n\x20-\x7e]{0,80}std(in|out)[ \t]*=[ \t]*[a-z][a-z_0-9]*(\.fileno[ \t]*\([ \t]*\))?[ \t\n]*[,)]/
		$py_loop = /\.connect[ \t]*\([\t\n\x20-\x7e]{3,400}\.recv[ \t]*\([\t\n\x20-\x7e]{3,300}(shell[ \t]*=[ \t]*True|popen[ \t]*\(|getoutput[ \t]*\(|check_output[ \t]*\()[\t\n\x20-\x7e]{3,300}\.send(all)?[ \t]*\(/
		$pl_dup = /(connect|INET)[\t\n\x20-\x7e]{3,300}\bSTDIN\b[^\n]{0,30}["'][+<>]*&=?[^\n]{0,20}[\t\n\x20-\x7e]{0,300}(exec|system)[ \t({]*["'\/]?[^\n]{0,30}sh\b/
		$pl_fdopen = /IO::Socket::INET[\t\n\x20-\x7e]{5,250}(STDIN|\$~)[ \t]*->[ \t]*fdopen[\t\n\x20-\x7e]{3,150}(system|exec|`)/
		$pl_loop = /IO::Socket::INET[\t\n\x20-\x7e]{5,300}while[ \t]*\([^\n]{0,30}<\$?[a-zA-Z]+>[\t\n\x20-\x7e]{1,100}(print|syswrite|send)[^\n]{0,40}`[^\n`]{0,10}\$[a-zA-Z_]/
		$rb_exec = /TCPSocket\.(open|new)[ \t(][\t\n\x20-\x7e]{3,300}(exec|spawn|system|popen)[ \t(]+[^\n]{0,60}sh\b[^\n]{0,60}(<&|%d|:?in[ \t]*=?[:>])/
		$rb_loop = /TCPSocket\.(open|new)[ \t(][\t\n\x20-\x7e]{3,250}(gets|recv|read)[\t\n\x20-\x7e]{1,100}(IO\.popen|`#\{|%x|Open3)[\t\n\x20-\x7e]{1,100}(print|puts|write|<<)/
		$rb_reopen = /TCPSocket\.(open|new)[ \t(][\t\n\x20-\x7e]{3,250}\$?(stdin|STDIN)\.reopen[\t\n\x20-\x7e]{1,250}(exec|system|spawn|`)/
		$php_fd = /(fsockopen|stream_socket_client|socket_connect)[ \t]*\([\t\n\x20-\x7e]{3,300}(exec|shell_exec|system|passthru|popen|proc_open|`)[ \t(]*["']?[^\n]{0,60}sh\b[^\n]{0,40}<&/
		$php_proc = /(fsockopen|stream_socket_client|socket_connect)[ \t]*\([\t\n\x20-\x7e]{3,1200}proc_open[ \t]*\(/
		$php_sh = /\$[a-z_]*(shell|cmd)[a-z_]*[ \t]*=[ \t]*["'][^\n"']{0,80}sh\b[ \t]+-i/ nocase
		$php_sock = /(fsockopen|stream_socket_client|socket_connect)[ \t]*\(/
		$lua = /require[ \t(]*["']socket["'][\t\n\x20-\x7e]{5,250}connect[ \t(][\t\n\x20-\x7e]{3,250}(os\.execute|io\.popen)[ \t(]/
		// what was read is what is run: the same name twice
		$awk = /\/inet[46]?\/(tcp|udp)\/[\t\n\x20-\x7e]{3,250}\|&[ \t]*getline[ \t]+(c\b[\t\n\x20-\x7e]{1,160}\([ \t]*c[ \t]*\||cmd\b[\t\n\x20-\x7e]{1,160}\([ \t]*cmd[ \t]*\||command\b[\t\n\x20-\x7e]{1,160}\([ \t]*command[ \t]*\||line\b[\t\n\x20-\x7e]{1,160}\([ \t]*line[ \t]*\||l\b[\t\n\x20-\x7e]{1,160}\([ \t]*l[ \t]*\||x\b[\t\n\x20-\x7e]{1,160}\([ \t]*x[ \t]*\||i\b[\t\n\x20-\x7e]{1,160}\([ \t]*i[ \t]*\||data\b[\t\n\x20-\x7e]{1,160}\([ \t]*data[ \t]*\||input\b[\t\n\x20-\x7e]{1,160}\([ \t]*input[ \t]*\||a\b[\t\n\x20-\x7e]{1,160}\([ \t]*a[ \t]*\||b\b[\t\n\x20-\x7e]{1,160}\([ \t]*b[ \t]*\|)&?[ \t]*getline[\t\n\x20-\x7e]{1,160}\|&/
		$node = /\bchild_process\b[\t\n\x20-\x7e]{1,250}(spawn|exec|execFile)[ \t]*\([^\n]{0,50}sh\b[\t\n\x20-\x7e]{1,400}connect[ \t]*\([\t\n\x20-\x7e]{1,250}\.pipe[ \t]*\([\t\n\x20-\x7e]{1,60}(stdin|std)/
		$node_b = /connect[ \t]*\([\t\n\x20-\x7e]{1,200}\bchild_process\b[\t\n\x20-\x7e]{1,100}(spawn|exec)[ \t]*\([^\n]{0,50}sh\b[\t\n\x20-\x7e]{1,200}\.pipe[ \t]*\(/
		$java = /(exec|ProcessBuilder)[ \t]*\([^\n]{0,60}[\t\n\x20-\x7e]{0,120}new[ \t]+(java\.net\.)?Socket[ \t]*\([\t\n\x20-\x7e]{10,400}get(Input|Output)Stream[\t\n\x20-\x7e]{3,400}\.(write|read)[ \t]*\(/
		$tcl = /\bsocket[ \t]+[$0-9a-z][^\n]{3,60}[\t\n\x20-\x7e]{1,160}gets[ \t]+\$[a-z]+[\t\n\x20-\x7e]{1,120}\bexec[ \t]+[^\n]{0,30}\$[a-z]+[\t\n\x20-\x7e]{1,80}puts[ \t]+\$/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		any of ($py*) or any of ($pl*) or any of ($rb*) or $php_fd or
		($php_proc and $php_sh) or ($php_sock and $php_sh) or $lua or
		$awk or any of ($node*) or $java or $tcl)
}
