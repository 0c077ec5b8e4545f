/* test-files - which files, their content, what they are */

#include "content.h"
#include "digest.h"
#include "elffacts.h"
#include "err.h"
#include "filecaps.h"
#include "limits.h"
#include "magicdb.h"
#include "triage.h"

#include <elf.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tap.h"

static char top[3000];

/* ---- triage ------------------------------------------------------------- */

static void
place(const char *path, mode_t mode, enum triage want)
{
	static const char *const homes[] = {"/", "/usr/bin", "/var/lib/pg",
	    "/var/lib/with/slash/", NULL};
	struct stat st = {.st_mode = mode};
	enum triage got;

	if (S_ISCHR(mode) || S_ISBLK(mode))
		st.st_rdev = makedev(8, 1);
	got = triage_place(path, &st, homes);
	ok(got == want, "place: '%s' %o is %s, wanted %s", path, mode,
	    triage_name(got), triage_name(want));
}

static void
bytes(const char *path, const char *head, size_t n, enum triage want)
{
	enum triage got = triage_bytes(path, head, n);

	ok(got == want, "bytes: '%s' is %s, wanted %s", path,
	    triage_name(got), triage_name(want));
}

static void
places(void)
{
	static const struct {
		const char *path;
		mode_t mode;
		enum triage want;
	} v[] = {
		{"/etc/hosts", S_IFREG | 0644, TRIAGE_CONFIGURATION},
		{"/etc/hosts", S_IFLNK | 0777, TRIAGE_CONFIGURATION},
		{"/etc/cron.d/x", S_IFREG | 0644, TRIAGE_PERSISTENCE},
		{"/etc/cron.d/deep/x", S_IFREG | 0644, TRIAGE_PERSISTENCE},
		{"/etc/cron.dx", S_IFREG | 0644, TRIAGE_CONFIGURATION},
		{"/etc/crontab", S_IFREG | 0644, TRIAGE_PERSISTENCE},
		{"/etc/crontabs", S_IFREG | 0644, TRIAGE_CONFIGURATION},
		{"/etcetera/x", S_IFREG | 0644, TRIAGE_PLACE},
		{"/etc", S_IFDIR | 0755, TRIAGE_CONFIGURATION},
		{"/etc/cron.d", S_IFDIR | 0755, TRIAGE_PERSISTENCE},
		{"/etc/init", S_IFDIR | 0755, TRIAGE_PERSISTENCE},
		{"/et", S_IFDIR | 0755, TRIAGE_PLACE},
		{"/dev", S_IFDIR | 0755, TRIAGE_NO},
		{"/usr", S_IFDIR | 0755, TRIAGE_NO},
		{"/", S_IFDIR | 0755, TRIAGE_NO},
		{"/usr/lib/systemd/system/x.service", S_IFREG | 0644,
		    TRIAGE_PERSISTENCE},
		{"/var/spool/cron/crontabs/root", S_IFREG | 0600,
		    TRIAGE_PERSISTENCE},
		{"/tmp/a/b/c.dat", S_IFREG | 0644, TRIAGE_TEMPORARY},
		{"/tmp/a", S_IFDIR | 0755, TRIAGE_TEMPORARY},
		{"/dev/shm/x", S_IFREG | 0644, TRIAGE_TEMPORARY},
		{"/dev/x", S_IFREG | 0644, TRIAGE_PLACE},
		{"/dev/sda", S_IFBLK | 0660, TRIAGE_NO},
		{"/dev/null", S_IFCHR | 0666, TRIAGE_NO},
		{"/dev/.x", S_IFDIR | 0755, TRIAGE_PLACE},
		{"/dev/log", S_IFLNK | 0777, TRIAGE_NO},
		{"/usr/share/disk", S_IFBLK | 0660, TRIAGE_DEVICE},
		{"/root/notes", S_IFREG | 0644, TRIAGE_HOME},
		{"/home/u/.cache/x", S_IFREG | 0644, TRIAGE_HOME},
		{"/var/lib/pg/base/1", S_IFREG | 0600, TRIAGE_HOME},
		{"/var/lib/pgx", S_IFREG | 0600, TRIAGE_NO},
		{"/var/lib/with/slash/x", S_IFREG | 0600, TRIAGE_HOME},
		{"/usr/bin/readme", S_IFREG | 0644, TRIAGE_NO},
		{"/usr/bin/ls", S_IFREG | 0755, TRIAGE_EXECUTABLE},
		{"/usr/bin/su", S_IFREG | 04711, TRIAGE_EXECUTABLE},
		{"/usr/lib/suid", S_IFREG | 04644, TRIAGE_EXECUTABLE},
		{"/usr/lib/x", S_IFDIR | 0755, TRIAGE_NO},
		{"/usr/lib/x", S_IFLNK | 0777, TRIAGE_NO},
		{"/usr/lib/x", S_IFIFO | 0777, TRIAGE_NO},
		{"/usr/share/doc/x/readme", S_IFREG | 0644, TRIAGE_NO},
		{"/usr/share/doc/x/.hidden", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/.../readme", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/x /readme", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/ x", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/x ", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/a b", S_IFREG | 0644, TRIAGE_NO},
		{"/usr/share/doc/a\001b", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/a\177", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/doc/\xc3\xa4", S_IFREG | 0644, TRIAGE_NO},
		{"/usr/share/doc/.x", S_IFDIR | 0755, TRIAGE_PLACE},
		{"/usr/lib/.build-id/00/1", S_IFLNK | 0777, TRIAGE_NO},
		{"/usr/lib/.build-id/00/1", S_IFREG | 0755, TRIAGE_EXECUTABLE},
		{"/opt/x/readme", S_IFREG | 0644, TRIAGE_PLACE},
		{"/srv/data.bin", S_IFREG | 0644, TRIAGE_PLACE},
		{"/XxJynx/jynx2.so", S_IFREG | 0644, TRIAGE_PLACE},
		{"/x", S_IFREG | 0644, TRIAGE_PLACE},
		{"/swap.img", S_IFREG | 0600, TRIAGE_NO},
		{"/proc/x", S_IFREG | 0644, TRIAGE_PLACE},
		{"/var/lib/docker/volumes/v1/_data/a/b", S_IFREG | 0644,
		    TRIAGE_PLACE},
		{"/data/volumes/v1/x/_data/b", S_IFREG | 0644, TRIAGE_PLACE},
		{"/var/volumes/v1/x/_data/b", S_IFREG | 0644, TRIAGE_NO},
		{"/var/volumes/_data/b", S_IFREG | 0644, TRIAGE_NO},
		{"/var/x/_data/volumes/v/_data/b", S_IFREG | 0644,
		    TRIAGE_PLACE},
		{"/_data/b", S_IFREG | 0644, TRIAGE_PLACE},
		{"/usr/share/keys/authorized_keys", S_IFREG | 0644,
		    TRIAGE_PERSISTENCE},
		{"/var/log/syslog", S_IFREG | 0644, TRIAGE_NO},
		{"", S_IFREG | 0644, TRIAGE_PLACE},
	};
	struct stat whiteout = {.st_mode = S_IFCHR};
	size_t i;

	for (i = 0; i < COUNT(v); i++)
		place(v[i].path, v[i].mode, v[i].want);
	ok(triage_place("/etc/x", &whiteout, NULL) == TRIAGE_NO,
	    "place: a whiteout is no file");
	bytes("/usr/share/doc/x", "\177ELF", 4, TRIAGE_EXECUTABLE);
	bytes("/usr/share/doc/x", "\177EL", 3, TRIAGE_NO);
	bytes("/usr/share/doc/x", "#!", 2, TRIAGE_SCRIPT);
	bytes("/usr/share/doc/x", "#", 1, TRIAGE_NO);
	bytes("/usr/share/doc/x", "", 0, TRIAGE_NO);
	bytes("/usr/share/x.py", "import os", 9, TRIAGE_SCRIPT);
	bytes("/usr/share/x.PHP", "", 0, TRIAGE_SCRIPT);
	bytes("/usr/share/x.pyx", "import os", 9, TRIAGE_NO);
	bytes("/usr/share/x.sh", "\177ELF", 4, TRIAGE_EXECUTABLE);
	bytes("/lib/modules/1/x.ko.xz", "\3757zXZ", 5, TRIAGE_EXECUTABLE);
	bytes("/usr/share/x.service", "[Unit]", 6, TRIAGE_PERSISTENCE);
	bytes("sh", "", 0, TRIAGE_NO);
}

/* ---- content ------------------------------------------------------------ */

static char file[4096];

static void
make(const char *name, const void *p, size_t n, off_t size)
{
	int fd cleanup_fd = -1;

	snprintf(file, sizeof(file), "%s/%s", top, name);
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n ||
	    (size && ftruncate(fd, size)))
		die("cannot make '%s': %s", file, strerror(errno));
}

/* What happens to the file while it is read. */
enum deed { NOTHING, GROW, SHRINK, EMPTY, TOUCH, STOP };

struct seen {
	enum deed deed;
	uint64_t next;
	bool in_order;
};

static bool
first(void *arg, const unsigned char *head UNUSED, size_t n UNUSED)
{
	struct seen *s = arg;
	int fd cleanup_fd = open(file, O_WRONLY | O_APPEND);
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};

	if (s->deed == GROW && write(fd, "more", 4) != 4)
		die("cannot write");
	if (s->deed == SHRINK && ftruncate(fd, CONTENT_HEAD + 5))
		die("cannot cut");
	if (s->deed == EMPTY && ftruncate(fd, 0))
		die("cannot cut");
	if (s->deed == TOUCH && futimens(fd, t))
		die("cannot touch");
	return s->deed != STOP;
}

static void
more(void *arg, uint64_t at, const unsigned char *p UNUSED, size_t n)
{
	struct seen *s = arg;

	s->in_order = s->in_order && at == s->next;
	s->next = at + n;
}

static int
look(struct content_reader *c, struct root *r, const char *name,
    enum deed deed, struct content *out, struct seen *s, struct err *e)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct content_hooks h = {first, more, s};

	*s = (struct seen){.deed = deed, .in_order = true};
	e->class = ERR_NONE;
	if (root_find(r, name, 0, &f, e))
		die("%s", e->msg);
	return content_read(c, r, &f, &h, out, e);
}

static void
contents(void)
{
	static const size_t sizes[] = {0, 1, 4095, CONTENT_HEAD - 1,
	    CONTENT_HEAD, CONTENT_HEAD + 1, CONTENT_HEAD + CONTENT_BUFFER,
	    CONTENT_HEAD + CONTENT_BUFFER + 1, 3 * 1024 * 1024 + 7};
	static const struct {
		enum deed deed;
		uint64_t after, read;
	} deeds[] = {{GROW, 400004, 400004},
	    {SHRINK, CONTENT_HEAD + 5, CONTENT_HEAD + 5},
	    {EMPTY, 0, CONTENT_HEAD}, {TOUCH, 400000, 400000}};
	struct content_reader *c = content_new();
	unsigned char *p = xmalloc(4 * 1024 * 1024), want[32];
	struct root_file fifo cleanup_root_file = ROOT_FILE_INIT;
	struct content out;
	struct root *r;
	struct seen s;
	struct err e;
	size_t i;

	r = root_open_dir(top, &e);
	if (!r)
		die("%s", e.msg);
	for (i = 0; i < 4 * 1024 * 1024; i++)
		p[i] = (unsigned char)(i * 7 + i / 251);
	for (i = 0; i < COUNT(sizes); i++) {
		make("f", p, sizes[i], 0);
		digest_raw(p, sizes[i], want);
		ok(look(c, r, "/f", NOTHING, &out, &s, &e) == 0 && out.whole &&
		    memcmp(out.sha256, want, 32) == 0 &&
		    out.read == sizes[i] && out.size == sizes[i] &&
		    memcmp(out.head, p, out.head_n) == 0 &&
		    out.head_n == (sizes[i] < CONTENT_HEAD ? sizes[i] :
			CONTENT_HEAD), "content: %zu bytes", sizes[i]);
		ok(s.in_order && s.next == sizes[i],
		    "content: the hook sees each byte of them once");
	}
	for (i = 0; i < COUNT(deeds); i++) {
		make("f", p, 400000, 0);
		ok(look(c, r, "/f", deeds[i].deed, &out, &s, &e) == -1 &&
		    e.class == ERR_CHANGED && !out.whole &&
		    out.size == 400000 && out.size_after == deeds[i].after &&
		    out.read == deeds[i].read,
		    "content: changed (%d): %s", (int)deeds[i].deed, e.msg);
	}
	make("f", p, 400000, 0);
	ok(look(c, r, "/f", STOP, &out, &s, &e) == 0 && !out.whole &&
	    out.head_n == CONTENT_HEAD && s.next == 0,
	    "content: the first bytes were enough");
	make("f", "abc", 3, 0);
	digest_raw("abc", 3, want);
	ok(look(c, r, "/f", NOTHING, &out, &s, &e) == 0 &&
	    memcmp(out.sha256, want, 32) == 0,
	    "content: nothing is left of the file before");
	make("sparse", "\177ELF", 4, INT64_C(1) << 42);
	ok(look(c, r, "/sparse", NOTHING, &out, &s, &e) == -1 &&
	    e.class == ERR_LIMIT && strstr(e.msg, "CONTENT_READ_MAX") &&
	    out.head_n == CONTENT_HEAD && out.size == UINT64_C(1) << 42 &&
	    s.next == 0, "content: of a file of 4 TiB its head: %s", e.msg);
	ok(look(c, r, "/sparse", STOP, &out, &s, &e) == 0,
	    "content: that nobody wants the rest of it is no error");
	snprintf(file, sizeof(file), "%s/fifo", top);
	if (mkfifo(file, 0644))
		die("cannot make a FIFO");
	if (root_find(r, "/fifo", 0, &fifo, &e))
		die("%s", e.msg);
	ok(content_read(c, r, &fifo, NULL, &out, &e) == -1 &&
	    e.class == ERR_CORRUPT, "content: a FIFO is not opened: %s", e.msg);
	free(p);
	content_free(c);
	root_free(r);
}

/* ---- types -------------------------------------------------------------- */

static void
type(const char *p, size_t n, const char *want, bool text)
{
	struct str s cleanup_str = STR_INIT;

	magicdb_type(p, n, &s);
	ok(strncmp(s.s, want, strlen(want)) == 0, "type: '%s', wanted "
	    "'%s'", s.s, want);
	ok(magicdb_text(p, n) == text, "type: it is %stext", text ? "" : "no ");
}

static void
types(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *word;
	} words[] = {{"\177ELF\2\1\1", 7, "ELF"}, {"MZ\220", 3, "EXE"},
	    {"PK\3\4\24\0\6\0", 8, "Office"}, {"PK\3\4\24\0\0\0", 8, "ZIP"},
	    {"PK\3\4", 4, "ZIP"}, {"PK\3", 3, "UNKNOWN"}, {"GIF89a", 6, "GIF"},
	    {"#!/bin/sh", 9, "UNIX SCRIPT"}, {"#! /bin/sh", 10, "Script"},
	    {"\xff\xd8\xff", 3, "JPEG"}, {"\xff\xfe" "a", 3,
	    "Windows Registry File"}, {"<?php", 5, "PHP"}, {"<% ", 3, "JSP"},
	    {"hello", 5, "UNKNOWN"}, {"", 0, "UNKNOWN"}};
	struct str a cleanup_str = STR_INIT, b cleanup_str = STR_INIT;
	struct str big cleanup_str = STR_INIT;
	size_t i;

	magicdb_open();
	type("", 0, "empty", false);
	type("a", 1, "very short file", true);
	type("hello\n", 6, "ASCII text", true);
	type("h\303\244llo\n", 7, "Unicode text, UTF-8", true);
	type("#!/bin/sh\necho\n", 15, "ASCII text", true);
	type("\xff\xfeh\0i\0\n\0", 8, "Unicode text, UTF-16", true);
	type("\xfe\xff\0h\0i\0\n", 8, "Unicode text, UTF-16", true);
	type("\xff\xfe\0\0h\0\0\0", 8, "Unicode text, UTF-32", false);
	type("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0\1\0\0\0", 24,
	    "ELF 64-bit LSB executable, x86-64", false);
	type("\x1f\x8b\x08\0\x10\x20\x30\x40\0\3", 10,
	    "gzip compressed data, last modified: Mon Feb 16 01:42:40 2004", false);
	for (i = 0; i < COUNT(words); i++)
		ok(strcmp(magicdb_filetype(words[i].bytes, words[i].n),
		    words[i].word) == 0, "filetype: %s", words[i].word);
	/* bounded, one line, printable */
	str_adds(&big, "\211PNG");
	for (i = 0; i < 100000; i++)
		str_addc(&big, (char)(i * 31));
	magicdb_type(big.s, big.n, &a);
	for (i = 0; i < a.n && a.s[i] >= ' ' && a.s[i] < 0x7f; i++)
		;
	ok(i == a.n && a.n <= MAGIC_TYPE_MAX, "type: one printable line: %s",
	    a.s);
	magicdb_type("\177ELF\1\2\1", 7, &b);
	magicdb_type(big.s, big.n, &b);
	ok(a.n == b.n && memcmp(a.s, b.s, a.n) == 0,
	    "type: the same whatever was before it");
}

/* ---- ELF ---------------------------------------------------------------- */

/* A file of 64 bits under construction. */
static struct {
	Elf64_Ehdr h;
	Elf64_Phdr p[4];
	unsigned char rest[8192];
} image;

#define REST offsetof(__typeof__(image), rest)

static ssize_t
read_image(void *arg, void *p, size_t n, uint64_t at)
{
	size_t size = *(size_t *)arg;

	if (at > size || n > size - at)
		return -1;
	memcpy(p, (const char *)&image + at, n);
	return (ssize_t)n;
}

static void
start(uint16_t etype, uint16_t machine)
{
	memset(&image, 0, sizeof(image));
	memcpy(image.h.e_ident, "\177ELF\2\1\1", 7);
	image.h.e_type = etype;
	image.h.e_machine = machine;
	image.h.e_phoff = offsetof(__typeof__(image), p);
	image.h.e_phentsize = sizeof(Elf64_Phdr);
}

static Elf64_Phdr *
add(uint32_t ptype, uint32_t flags, uint64_t at, uint64_t n)
{
	Elf64_Phdr *p = &image.p[image.h.e_phnum++];

	p->p_type = ptype;
	p->p_flags = flags;
	p->p_offset = at;
	p->p_filesz = n;
	return p;
}

static void
tag(size_t i, int64_t t, uint64_t v)
{
	Elf64_Dyn d = {.d_tag = t, .d_un.d_val = v};

	memcpy(image.rest + i * sizeof(d), &d, sizeof(d));
}

static void
is_elf(const char *what, size_t size, const char *etype, const char *machine,
    const char *linkage, const char *packed, const char *interp)
{
	struct elf_facts f = ELF_FACTS_INIT;

	elf_facts(read_image, &size, size, &f);
	ok(f.elf && strcmp(f.type ? f.type : "", etype) == 0 &&
	    strcmp(f.machine, machine) == 0 &&
	    strcmp(f.linkage ? f.linkage : "", linkage) == 0 &&
	    strcmp(f.packed ? f.packed : "", packed) == 0 &&
	    strcmp(f.interpreter.s, interp) == 0,
	    "elf: %s: %s %s %s %s '%s'", what, f.type ? f.type : "-",
	    f.machine, f.linkage ? f.linkage : "-", f.packed ? f.packed : "-",
	    f.interpreter.s);
	elf_facts_release(&f);
}

static void
mark(const char *magic)
{
	unsigned char l[24] = {1, 2, 3, 4, 0, 0, 0, 0, 0, 7, 13, 22};

	memcpy(l + 4, magic, 4);
	l[17] = 0x40;
	l[21] = 0x40;
	image.h.e_phnum = 4; /* what is behind them is rest */
	memcpy(image.rest, l, sizeof(l));
}

static void
elves(void)
{
	static const char loader[] = "/lib64/ld-linux-x86-64.so.2";
	struct elf_facts f = ELF_FACTS_INIT;
	size_t all = sizeof(image), i, n = 3;
	uint32_t seed = 1;

	start(ET_EXEC, EM_X86_64);
	add(PT_LOAD, PF_R | PF_X, 0, 4096);
	is_elf("static", all, "executable", "x86-64", "static", "", "");
	image.h.e_machine = 4711;
	is_elf("a machine without a name", all, "executable", "4711", "static",
	    "", "");
	start(ET_EXEC, EM_X86_64);
	memcpy(image.rest, loader, sizeof(loader));
	add(PT_INTERP, PF_R, REST, sizeof(loader));
	is_elf("dynamic", all, "executable", "x86-64", "dynamic", "", loader);
	image.p[0].p_filesz = 6;
	is_elf("a loader without its NUL", all, "executable", "x86-64",
	    "dynamic", "", "/lib64");
	image.p[0].p_offset = UINT64_MAX - 3;
	is_elf("a loader outside the file", all, "executable", "x86-64",
	    "dynamic", "", "");
	start(ET_DYN, EM_AARCH64);
	add(PT_DYNAMIC, 0, REST, 64);
	tag(0, DT_FLAGS_1, DF_1_PIE);
	is_elf("static pie", all, "pie", "aarch64", "static", "", "");
	tag(1, DT_NEEDED, 1);
	is_elf("pie", all, "pie", "aarch64", "dynamic", "", "");
	tag(0, DT_SONAME, 1);
	is_elf("shared", all, "shared", "aarch64", "dynamic", "", "");
	tag(0, DT_NULL, 0);
	tag(1, DT_FLAGS_1, DF_1_PIE);
	is_elf("the section ends at DT_NULL", all, "shared", "aarch64",
	    "dynamic", "", "");
	start(ET_REL, EM_X86_64);
	is_elf("relocatable", all, "relocatable", "x86-64", "", "", "");
	start(ET_CORE, EM_X86_64);
	is_elf("core", all, "core", "x86-64", "", "", "");
	start(77, EM_X86_64);
	is_elf("of no type", all, "", "x86-64", "", "", "");
	/* what the kernel does not look at, and runs */
	start(ET_EXEC, EM_X86_64);
	add(PT_LOAD, PF_R | PF_X, 0, 4096);
	image.h.e_ident[EI_CLASS] = 1;
	image.h.e_ident[EI_DATA] = 2;
	is_elf("class and byte order are lies", all, "executable", "x86-64",
	    "static", "", "");
	/* nothing can be said of headers that were not seen */
	start(ET_EXEC, EM_X86_64);
	image.h.e_phnum = 65000;
	is_elf("too many program headers", all, "executable", "x86-64", "", "",
	    "");
	start(ET_EXEC, EM_X86_64);
	image.h.e_phnum = 1;
	image.h.e_phentsize = 1;
	is_elf("program headers of a wrong size", all, "executable", "x86-64",
	    "", "", "");
	start(ET_EXEC, EM_X86_64);
	is_elf("cut behind its mark", 4, "", "", "", "", "");
	is_elf("cut in its header", 63, "", "", "", "", "");
	/* packed */
	start(ET_EXEC, EM_X86_64);
	mark("UPX!");
	is_elf("UPX", all, "executable", "x86-64", "static", "upx", "");
	mark("LSD!");
	is_elf("UPX with another mark", all, "executable", "x86-64", "static",
	    "upx", "");
	image.rest[11] = 99;
	is_elf("no format of UPX", all, "executable", "x86-64", "static", "",
	    "");
	memcpy(image.rest + sizeof(image.rest) - 36, "UPX!", 4);
	is_elf("UPX's mark at the end", all, "executable", "x86-64", "static",
	    "upx", "");
	start(ET_EXEC, EM_X86_64);
	add(PT_LOAD, PF_R | PF_X, REST, sizeof(image.rest));
	for (i = 0; i < sizeof(image.rest); i++)
		image.rest[i] = (unsigned char)((seed = seed * 1103515245 +
		    12345) >> 16);
	is_elf("random code", all, "executable", "x86-64", "static", "entropy",
	    "");
	image.h.e_shoff = 64;
	image.h.e_shnum = 3;
	is_elf("random code, but section headers", all, "executable", "x86-64",
	    "static", "", "");
	image.h.e_shoff = 1 << 30;
	is_elf("section headers outside the file", all, "executable", "x86-64",
	    "static", "entropy", "");
	image.p[0].p_flags = PF_R;
	is_elf("random data is no code", all, "executable", "x86-64", "static",
	    "", "");
	image.p[0].p_flags = PF_X;
	for (i = 0; i < sizeof(image.rest); i++)
		image.rest[i] &= 0x3f;
	is_elf("code as compilers make it", all, "executable", "x86-64",
	    "static", "", "");
	memcpy(&image, "hello", 5);
	elf_facts(read_image, &n, n, &f);
	ok(!f.elf && !f.type && !f.machine[0], "elf: it is none");
	elf_facts_release(&f);
}

/* ---- capabilities ------------------------------------------------------- */

static void
caps(const char *hex, const char *want)
{
	struct str s cleanup_str = STR_INIT;
	unsigned char p[32];
	size_t n = 0;
	unsigned v;
	int k;

	for (; hex[2 * n] && sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
		p[n] = (unsigned char)v;
	k = filecaps_text(p, n, &s);
	ok(want ? k == 0 && str_eq(&s, want) : k == -1,
	    "capabilities: %s", k ? "none" : s.s);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	digest_init();
	snprintf(top, sizeof(top), "%s/test-files.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		die("cannot make a directory: %s", strerror(errno));
	places();
	contents();
	types();
	elves();
	/* as setcap(8) writes them and getcap(8) reads them */
	caps("0100000200200000000000000000000000000000", "cap_net_raw=ep");
	caps("0000000200300000000000000000000000000000",
	    "cap_net_admin,cap_net_raw=p");
	caps("0100000200200000002000000000000000000000", "cap_net_raw=eip");
	caps("0100000280000000000200000000000000000000",
	    "cap_setuid=ep cap_linux_immutable=ei");
	caps("01000002000000000000000000010000" "00000000",
	    "cap_checkpoint_restore=ep");
	caps("01000002ffffffff00000000ff01000000000000", "=ep");
	caps("0100000200000000000000000000008000000000", "63=ep");
	caps("0100000320000000000000000000000000000000e8030000",
	    "cap_kill=ep [rootid=1000]");
	caps("010000010020000000000000", "cap_net_raw=ep");
	caps("0000000200000000000000000000000000000000", "=");
	caps("01000002002000000000000000000000000000", NULL);
	caps("0100000900200000000000000000000000000000", NULL);
	caps("010000", NULL);
	{
		static const char *const names[] = {"f", "sparse", "fifo"};
		size_t i;

		for (i = 0; i < COUNT(names); i++) {
			snprintf(file, sizeof(file), "%s/%s", top, names[i]);
			unlink(file);
		}
	}
	rmdir(top);
	return done();
}
