# opens.awk - what a traced program opened, ran, made or asked for
#
# Input: strace -f -y -o FILE. Output, one a line, tab separated:
#     CALL MODE PATH
# MODE: "write" if the call could change something, "path" for O_PATH, else
# "read". PATH: the name with the directory it was relative to in front; for
# openat2 with RESOLVE_IN_ROOT, "DIR//NAME": it cannot leave DIR.
# Calls that strace shows as resumed were printed when they began.

function quoted(s,   i, c, out) { # the first C string of s
	i = index(s, "\"")
	if (!i)
		return ""
	out = ""
	for (i++; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\"")
			break
		if (c == "\\") {
			out = out c
			c = substr(s, ++i, 1)
		}
		out = out c
	}
	return out
}

function dir(s,   a) { # of "5</x>, ..." or "AT_FDCWD</x>, ..."
	a = index(s, "<")
	if (!a || a > index(s, "\""))
		return ""
	s = substr(s, a + 1)
	# of a process that has ended meanwhile: </proc/1>(deleted)
	return substr(s, 1, match(s, />(\(deleted\))?,/) - 1)
}

{
	sub(/^[0-9]+ +/, "")
	if ($0 !~ /^[a-z_0-9]+\(/)
		next
	p = index($0, "(")
	call = substr($0, 1, p - 1)
	args = substr($0, p + 1)
	if (call ~ /^(open|openat|openat2|creat)$/) {
		mode = "read"
		if (args ~ /O_PATH/)
			mode = "path"
		if (call == "creat" ||
		    args ~ /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/)
			mode = "write"
	} else if (call ~ /^(execve|execveat)$/)
		mode = "run"
	else if (call ~ /^(mkdir|mkdirat|mknod|mknodat|unlink|unlinkat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|truncate|ftruncate|chmod|fchmod|fchmodat|chown|lchown|fchown|fchownat|utimensat|utimes|utime|futimesat|setxattr|lsetxattr|fsetxattr|removexattr|lremovexattr|mount|umount2|fallocate)$/)
		mode = "write"
	else if (call ~ /^(socket|socketpair|connect|bind)$/)
		mode = "socket"
	else if (call ~ /^(stat|lstat|newfstatat|statx|access|faccessat|faccessat2|readlink|readlinkat|chdir|statfs|getxattr|lgetxattr)$/)
		mode = "look"
	else
		next
	if (mode == "socket") {
		print call "\t" mode "\t" args
		next
	}
	name = quoted(args)
	d = dir(args)
	if (call ~ /^f[a-z]+$/ && call !~ /at$/) { # of a descriptor
		d = substr(args, index(args, "<") + 1)
		d = substr(d, 1, match(d, />(\(deleted\))?[,)]/) - 1)
		name = ""
	}
	if (name == "" && d == "")
		next # a call to see whether it exists
	if (args ~ /RESOLVE_IN_ROOT/)
		name = d "//" name
	else if (name !~ /^\//)
		name = d (name == "" ? "" : "/" name)
	print call "\t" mode "\t" name
}
