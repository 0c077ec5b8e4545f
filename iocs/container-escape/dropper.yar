/*
 * dropper - what fetches or decodes a program and runs it
 *
 * The same as dropper scripts leave them on a disk. An installer over TLS from
 * a named host ("curl https://get.example.org | sh") is no finding here.
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

rule dropper
{
	meta:
		id = "dropper"
		title = "a script fetches a program and runs it"
		severity = "high"
		effect = "investigate"
		attack = "T1105 T1059.004"
		confidence = "C2"
		why = "Without TLS or from an address without a name: piped into a shell, evaluated, or saved, made executable and started from a place for temporary files. Whoever sits at the address or on the way owns the host."
		source = "4.1 1.3 N1 N5 E6"
	strings:
		// ... http://HOST/x | sh, by whatever program, filters between
		$pipe = /(^|\n)[ \t]*([^#\n \t][^\n]{0,400})?\b(http|ftp|tftp):\/\/[^\n|;#<]{4,300}(\\\n[^\n|;#<]{0,120})?(\|[^\n|;#<]{0,80}){0,3}\|[ \t]*(\\?\n[ \t]*)?((sudo|exec|nohup|env|setsid|command|busybox|\/bin\/busybox)[ \t]+(-[a-zA-Z]+[ \t]+([a-z_]{2,12}[ \t]+)?)*)*(["']?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))|["']?\$\{?(SHELL|BASH|0)\b|b\\?a\\?s\\?h\b|\/[a-z?]{2,4}\/[a-z?]{0,3}\?[a-z?]{0,3}|at[ \t]+now\b|crontab[ \t]+-[\n;"' ]|xargs[ \t]+[^\n|;]{0,30}\bsh[ \t]+-c|((python[0-9.]*|perl|ruby|php)[ \t]*(-[ \t]*)?([\n;&)"'`]|[0-9]?>|$)))/
		$pipe_ip = /(^|\n)[ \t]*([^#\n \t][^\n]{0,400})?\bhttps:\/\/[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/][^\n|;#<]{0,300}(\\\n[^\n|;#<]{0,120})?(\|[^\n|;#<]{0,80}){0,3}\|[ \t]*(\\?\n[ \t]*)?((sudo|exec|nohup|env|setsid|command|busybox|\/bin\/busybox)[ \t]+(-[a-zA-Z]+[ \t]+([a-z_]{2,12}[ \t]+)?)*)*(["']?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))|["']?\$\{?(SHELL|BASH|0)\b|b\\?a\\?s\\?h\b|\/[a-z?]{2,4}\/[a-z?]{0,3}\?[a-z?]{0,3}|at[ \t]+now\b|crontab[ \t]+-[\n;"' ]|xargs[ \t]+[^\n|;]{0,30}\bsh[ \t]+-c|((python[0-9.]*|perl|ruby|php)[ \t]*(-[ \t]*)?([\n;&)"'`]|[0-9]?>|$)))/
		$pipe_paste = /\b(pastebin\.com\/raw|paste\.[a-z0-9.-]{2,30}|transfer\.sh|[a-z0-9-]{2,60}\.(anondns\.net|ngrok\.io|ngrok-free\.app|trycloudflare\.com|ddns\.net|tor2web\.[a-z]{2,4}|onion(\.[a-z]{2,4})?))(:[0-9]{2,5})?\/[^\n|;#<]{1,200}(\|[^\n|;#<]{0,80}){0,3}\|[ \t]*(\\?\n[ \t]*)?((sudo|exec|nohup|env|setsid|command|busybox|\/bin\/busybox)[ \t]+(-[a-zA-Z]+[ \t]+([a-z_]{2,12}[ \t]+)?)*)*(["']?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))|["']?\$\{?(SHELL|BASH|0)\b|b\\?a\\?s\\?h\b|\/[a-z?]{2,4}\/[a-z?]{0,3}\?[a-z?]{0,3}|at[ \t]+now\b|crontab[ \t]+-[\n;"' ]|xargs[ \t]+[^\n|;]{0,30}\bsh[ \t]+-c|((python[0-9.]*|perl|ruby|php)[ \t]*(-[ \t]*)?([\n;&)"'`]|[0-9]?>|$)))/
		$pipe_bare = /\b(curl|wget|cd1|wd1|cur|wge|lwp-download|fetch|lynx)["']?[ \t]+([^\n|;#:\/]|\\\n){0,60}[ \t"'][0-9]{1,3}(\.[0-9]{1,3}){3}[:\/]([^\n|;#]|\\\n){1,200}(\|[^\n|;#<]{0,80}){0,3}\|[ \t]*(\\?\n[ \t]*)?((sudo|exec|nohup|env|setsid|command|busybox|\/bin\/busybox)[ \t]+(-[a-zA-Z]+[ \t]+([a-z_]{2,12}[ \t]+)?)*)*(["']?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))|["']?\$\{?(SHELL|BASH|0)\b|b\\?a\\?s\\?h\b|\/[a-z?]{2,4}\/[a-z?]{0,3}\?[a-z?]{0,3}|at[ \t]+now\b|crontab[ \t]+-[\n;"' ]|xargs[ \t]+[^\n|;]{0,30}\bsh[ \t]+-c|((python[0-9.]*|perl|ruby|php)[ \t]*(-[ \t]*)?([\n;&)"'`]|[0-9]?>|$)))/
		$ifs = /\b(curl|wget)(\$\{?IFS\}?|\{,|[ \t]*\$@)[^\n]{3,200}\|(\$\{?IFS\}?)?([\/a-z]*\/)?(ba|da)?sh\b/
		// (curl ... || wget ...) | sh
		$either = /\([ \t]*["']?([\/a-z]*\/)?(curl|wget|cd1|wd1)[ \t]([^\n|)]{0,100}[ \t"'])?(http:\/\/|(https:\/\/)?[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/]|["']?\$)[^\n|)]{0,160}\|\|[ \t]*["']?([\/a-z]*\/)?(curl|wget|cd1|wd1|python[0-9.]*|lwp-download|fetch|busybox)[ \t][^\n]{5,300}\)[ \t]*\|[ \t]*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		// sh -c "$(curl ...)", bash <(wget ...), eval `...`, . <(...)
		$subst = /(\b(ba|da|a|z|k)?sh|\beval|\bsource|(^|[\n;&])[ \t]*\.)[ \t]+(-[a-z]+[ \t]+)*(<<<[ \t]*)?["']?(<\(|\$\(|`)[ \t]*["']?([\/a-z]*\/)?(curl|wget|cd1|wd1|lynx|fetch|GET|python|perl|busybox)[^\n)]{0,120}[ \t"'](http:\/\/|(https:\/\/)?[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/])/
		// another language fetches and evaluates
		$code = /\b(exec|eval|system|popen|passthru)[ \t]*\(?[^\n]{0,60}(urlopen|urlretrieve|requests\.get|file_get_contents|URI\.open|Net::HTTP|LWP::Simple|\bopen[ \t]*\(|\bget[ \t]*\(?["'])[^\n]{0,40}http:\/\/[^\n]{4,80}/
		// saved, made executable, started
		$run_ip = /\b(https?|ftp|tftp):\/\/([0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9a-f:]+\])[:\/][\t\n\x20-\x7e]{1,400}\bchmod[ \t]+(-[a-zA-Z]+[ \t]+)*["']?([ugoa]*\+[rws]*x|[0-7]?[1357][0-7]{2})[ \t][\t\n\x20-\x7e]{1,200}([\n;&|({]|\b(nohup|setsid|exec|sudo|sh|bash|then|do))[ \t]*["']?(\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/run\/|\/var\/run\/|\$\{?[A-Za-z_]+\}?(["' \t\n;&]|\/[a-zA-Z.$]))/
		$run_bare = /\b(curl|wget|cd1|wd1|tftp|ftpget)["']?[ \t]+([^\n|;#:\/]|\\\n){0,60}[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/ ][\t\n\x20-\x7e]{1,400}\bchmod[ \t]+(-[a-zA-Z]+[ \t]+)*["']?([ugoa]*\+[rws]*x|[0-7]?[1357][0-7]{2})[ \t][\t\n\x20-\x7e]{1,200}([\n;&|({]|\b(nohup|setsid|exec|sudo|sh|bash|then|do))[ \t]*["']?(\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/run\/|\/var\/run\/|\$\{?[A-Za-z_]+\}?(["' \t\n;&]|\/[a-zA-Z.$]))/
		$run_tmp = /[pP]:[\/]{2}[\t\n\x20-\x7e]{4,400}\bchmod[ \t]+(-[a-zA-Z]+[ \t]+)*["']?([ugoa]*\+[rws]*x|[0-7]?[1357][0-7]{2})[ \t]+["']?(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)[\t\n\x20-\x7e]{1,200}([\n;&|({]|\b(nohup|setsid|exec|sudo|sh|bash|then|do))[ \t]*["']?(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)/
		$run_sh = /\b(https?|ftp|tftp):\/\/[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/][\t\n\x20-\x7e]{1,250}[\n;&|({]+[ \t]*((nohup|setsid|exec|sudo)[ \t]+)*(([\/a-z]*\/)?((ba|da|a|z|k)?sh|perl|python[0-9.]*|php|ruby)|\.|source)[ \t]+["']?(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\.\/|[a-z0-9_.]+\.(sh|jpg|png|gif|txt)\b)/
		// by way of a variable
		$var_url = /\b[A-Za-z_][A-Za-z_0-9]*=["']?(http|ftp|tftp):\/\/[0-9$a-z]/
		$var_pipe = /\b(curl|wget|\$\{?[A-Za-z_]+\}?)["']?[ \t]+[^\n|;#]{0,60}\$\{?[A-Za-z_][^\n|;#]{0,80}\|[ \t]*(\\?\n[ \t]*)?((sudo|exec|nohup|env|setsid)[ \t]+)*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))/
		$var_text = /=["']?(\$\(|`)[ \t]*(curl|wget|cd1|wd1)[ \t][^\n)`]{0,100}[ \t"'](http:\/\/|(https:\/\/)?[0-9]{1,3}(\.[0-9]{1,3}){3}[:\/])[^\n)`]{1,200}[)`]["']?[\n;&][\t\n\x20-\x7e]{0,120}\b(eval|sh[ \t]+-c)[ \t]+["']?\$/
		// a picture that a shell reads, whatever the scheme
		$picture = /\b(curl|wget|cd1|wd1|cur|wge)["']?[ \t]+[^\n|;#]{4,250}\.(jpe?g|png|gif|asp|ico|bmp|css|pdf)["']?[ \t][^\n|;#]{0,60}\|[ \t]*((sudo|exec|nohup|env|setsid|command|busybox|\/bin\/busybox)[ \t]+(-[a-zA-Z]+[ \t]+([a-z_]{2,12}[ \t]+)?)*)*["']?([\/a-z]*\/)?(ba|da|a|z|k)?sh\b["']?([ \t]+-|[ \t]*([\n;&|)>"'`\\]|[0-9]>|$))/
	condition:
		uint32be(0) != 0x7f454c46 and not document and (
		any of ($pipe*) or $ifs or $either or $subst or $code or
		any of ($run*) or ($var_url and $var_pipe) or $var_text or
		$picture)
}

rule decode_exec
{
	meta:
		id = "decode-exec"
		title = "a script runs a text that it decodes"
		severity = "medium"
		effect = "investigate"
		attack = "T1140 T1027"
		confidence = "C2"
		why = "A literal text, base64 or hexadecimal, is decoded and given to a shell or evaluated: what it does is not to be read. Some installers carry a program this way."
		source = "4.7 T4 T5 S1a"
	strings:
		$echo = /\b(echo|printf|cat)\b[^\n|;]{0,20}[ \t"'][A-Za-z0-9+\/]{12,}={0,2}["']?[ \t]*(\\\n[ \t]*)?\|[ \t]*(sudo[ \t]+)?([\/a-z]*\/)?(base64[ \t]+(-[a-z]+[ \t]+)*(-d|-D|-di|-id|--decode)|rev\b|tr[ \t]+["']?[A-Za-z]-[A-Za-z][^\n|]{3,40}|openssl[ \t]+(enc[ \t]+)?-?(base64|a)[ \t][^\n|]{0,30}-d|openssl[ \t]+(enc[ \t]+)?-d[ \t][^\n|]{0,30}|xxd[ \t]+[^\n|]{0,10}-r|python[0-9.]*|perl|busybox[ \t]+base64)[^\n;]{0,120}\|[ \t]*((sudo|exec|nohup)[ \t]+)*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		$here = /base64[ \t]+(-d|-D|-di|-id|--decode)[ \t]*<<<[ \t]*["']?[A-Za-z0-9+\/]{12,}={0,2}["']?[ \t)]*[^\n|;]{0,20}\|[ \t]*((sudo|exec|nohup)[ \t]+)*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		$subst = /(\b(ba|da|a|z|k)?sh|\beval|\bsource|(^|[\n;&])[ \t]*\.)[ \t]+(-[a-z]+[ \t]+)*(<<<[ \t]*)?["']?(<\(|\$\(|`)[ \t]*(echo|printf)[^\n|)]{0,20}[A-Za-z0-9+\/]{12,}={0,2}["']?[ \t]*\|[ \t]*([\/a-z]*\/)?(base64|openssl|xxd)[ \t][^\n|)`]{0,40}-?-(d|D|r)/
		$subst_b = /(\b(ba|da|a|z|k)?sh|\beval|\bsource)[ \t]+(-[a-z]+[ \t]+)*(<<<[ \t]*)?["']?(<\(|\$\(|`)[ \t]*base64[ \t]+(-d|-D|--decode)[ \t]*<<<[ \t]*["']?[A-Za-z0-9+\/]{12,}/
		$turned = /\b(echo|printf)\b[^\n]{12,400}\|[ \t]*(rev|tr[ \t]+["']?[A-Za-z]-[A-Za-z][^\n|]{3,40})[ \t]*\|[ \t]*((sudo|exec|nohup)[ \t]+)*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		$crypt = /\bopenssl[ \t]+(enc[ \t]+)?[^\n|;]{0,80}-d\b[^\n|;]{0,120}\|[ \t]*((sudo|exec|nohup)[ \t]+)*([\/a-z]*\/)?(ba|da|a|z|k)?sh\b/
		$php = /\beval[ \t]*\([ \t]*((gzinflate|gzuncompress|str_rot13)[ \t]*\([ \t]*)*base64_decode[ \t]*\([ \t]*["'][A-Za-z0-9+\/]{12,}/
		$python = /\bexec[ \t]*\([^\n]{0,80}(b64decode|decodebytes|decodestring|a2b_base64|unhexlify|fromhex)[ \t]*\([ \t\n]*[bru]*["']+[A-Za-z0-9+\/\\\n]{12,}/
		$python_b = /__import__[ \t]*\([ \t]*["']base64["'][ \t]*\)[^\n]{0,40}(b64decode|decodebytes)[ \t]*\([^\n]{0,20}["'][A-Za-z0-9+\/]{12,}/
		$perl = /\beval[ \t({]*(unpack[ \t({]*["']?u|decode_base64|MIME::Base64|pack[ \t({]*["']H)[^\n]{0,40}["'][A-Za-z0-9+\/=]{12,}/
	condition:
		uint32be(0) != 0x7f454c46 and not document and any of them
}

rule encoded_command
{
	meta:
		id = "encoded-command"
		title = "an encoded text that attacks"
		severity = "high"
		effect = "investigate"
		attack = "T1027 T1140"
		confidence = "INF"
		why = "Base64 of /dev/tcp, of a pool's address by the stratum protocol, of the lines with which intruders stay. Nobody else hides these words."
		source = "4.7 4.8 4.26 T4"
	strings:
		$tcp = "/dev/tcp/" base64
		$stratum = "stratum+" base64
		$preload = "/etc/ld.so.preload" base64
		$crontab = "* * * * * " base64
		$pty = "pty.spawn" base64
		$donate = "--donate-level" base64
		$pipe_b = "|bash" base64
		$pipe_c = "| bash" base64
		$pipe_d = "| sh" base64
		$pipe_e = "|sh" base64
		$curl = "curl -" base64
		$wget = "wget -" base64
		$http = "http://" base64
		$chmod = "chmod +x" base64
		$chmod_b = "chmod 7" base64
		$key = ".ssh/authorized_keys" base64
	condition:
		uint32be(0) != 0x7f454c46 and filesize < 20MB and not document and (
		$tcp or $stratum or $donate or $pty or
		($preload and ($curl or $wget or $chmod or $chmod_b or $key)) or
		($crontab and ($curl or $wget or $http)) or
		(($curl or $wget) and $http and
		    (any of ($pipe*) or any of ($chmod*))) or
		($key and ($curl or $wget or any of ($chmod*))))
}
