/*
 * dpkg - the database of dpkg: /var/lib/dpkg
 *
 * status has a stanza for each package, with the digests of its configuration
 * files; info/NAME.list the paths that it owns, NAME.md5sums the digests of
 * most of them (NAME:ARCH for packages that several architectures may have).
 * Distroless images have status.d/NAME and NAME.md5sums instead. diversions
 * moves a path of one package out of the way of another's, statoverride sets
 * owner and mode. Modes, owners and targets of links are not recorded.
 *
 * dpkg writes a package's list at its installation; the other files of info/
 * come out of the package with their old times. So the list is the newest of
 * them, unless somebody was at the others.
 */

#include "packages-internal.h"

#include "accounts.h"
#include "limits.h"

#include <strings.h>

#define DIR "/var/lib/dpkg"
#define SLACK (PKG_SLACK_SECONDS * 1000000000LL)
#define HOUR 3600000000000LL
#define CONFFILES_MAX (16 * 1024 * 1024) /* names of one package, bytes */
#define LOOKS_MAX 1000 /* files looked at to judge the database */

struct info {
	uint32_t name; /* in the text */
	int64_t modified, changed;
	mode_t mode;
	uid_t uid;
	bool used; /* the list of a package */
};

struct dpkg {
	struct pkgdb *db;
	uint32_t base;
	struct root_file dir; /* info */
	bool have_info;
	struct info *info; /* sorted by name */
	size_t info_n, info_cap;
	struct stat status;
	/* the stanza at hand */
	struct str name, state, version, arch, multi, source, maintainer;
	struct str conffiles; /* lines */
	bool in_conffiles, some, cut;
	struct str key;
	/* the log */
	int64_t log;	  /* its last entry; CIVIL_NONE: there is none */
	int64_t log_slop; /* how far the clock's zone may be off */
};

static struct pkg_base *
base_of(struct dpkg *d)
{
	return &d->db->bases[d->base];
}

/* ---- info/ ------------------------------------------------------------- */

static int
info_entry(void *arg, const struct root_entry *ent)
{
	struct dpkg *d = arg;
	struct info *v;

	if (d->info_n >= 10 * (size_t)PKG_PACKAGES_MAX)
		return 1;
	if (d->info_n == d->info_cap) {
		d->info_cap = d->info_cap ? 2 * d->info_cap : 1024;
		d->info = xreallocarray(d->info, d->info_cap,
		    sizeof(*d->info));
	}
	v = &d->info[d->info_n];
	if (!pkg_text(d->db, ent->name, strlen(ent->name), &v->name))
		return 1;
	v->modified = pkg_ns(&ent->st->st_mtim);
	v->changed = pkg_ns(&ent->st->st_ctim);
	v->mode = ent->st->st_mode;
	v->uid = ent->st->st_uid;
	v->used = false;
	d->info_n++;
	pkg_base_file(base_of(d), ent->st);
	return 0;
}

static int
compare_info(const void *a, const void *b, void *text)
{
	const struct str *s = text;

	return strcmp(s->s + ((const struct info *)a)->name,
	    s->s + ((const struct info *)b)->name);
}

static struct info *
info_find(const struct dpkg *d, const char *name, size_t n, const char *type)
{
	struct str s cleanup_str = STR_INIT;
	size_t low = 0, high = d->info_n, mid;
	int c;

	str_add(&s, name, n);
	str_adds(&s, type);
	while (low < high) {
		mid = low + (high - low) / 2;
		c = strcmp(PKG_STR(d->db, d->info[mid].name), s.s);
		if (c == 0)
			return &d->info[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void
read_info(struct dpkg *d)
{
	struct err e;

	if (root_find(d->db->root, DIR "/info", 0, &d->dir, &e)) {
		if (e.class != ERR_ABSENT)
			pkg_note_err(d->db, DIR "/info", &e);
		return;
	}
	d->have_info = true;
	if (root_list(d->db->root, d->dir.path.s, info_entry, d, &e))
		pkg_note_err(d->db, DIR "/info", &e);
	if (d->info_n)
		qsort_r(d->info, d->info_n, sizeof(*d->info), compare_info,
		    &d->db->text);
}

/* ---- diversions and overrides ------------------------------------------ */

static bool
place(struct pkgdb *db, const char *path, size_t n, uint32_t *dir,
    uint32_t *name)
{
	size_t dir_n, at, name_n;

	if (!n || path[0] != '/' || !pkg_split(path, n, &dir_n, &at, &name_n))
		return false;
	*dir = pkg_dir(db, path, dir_n);
	return *dir != UINT32_MAX && pkg_text(db, path + at, name_n, name);
}

static void
read_diversions(struct dpkg *d)
{
	struct pkgdb *db = d->db;
	struct pkg_diversion v;
	struct pkg_lines l;
	bool good = true;
	const char *p;
	size_t n, k;

	memset(&v, 0, sizeof(v));
	if (pkg_lines_open(&l, db, NULL, DIR "/diversions"))
		return;
	pkg_base_file(base_of(d), &l.f.st);
	for (k = 0; pkg_lines_next(&l, &p, &n); k++) {
		switch (k % 3) {
		case 0:
			good = place(db, p, n, &v.from_dir, &v.from_name);
			continue;
		case 1:
			good &= place(db, p, n, &v.to_dir, &v.to_name);
			continue;
		}
		v.local = n == 1 && p[0] == ':';
		if (!good || !pkg_text(db, p, n, &v.package)) {
			pkg_note(db, ERR_CORRUPT, l.f.path.s, 0,
			    "line %lld: no diversion", (long long)l.number);
			continue;
		}
		if (db->diversions_n >= PKG_DIVERSIONS_MAX) {
			pkg_note(db, ERR_LIMIT, l.f.path.s, 0, "more than %d "
			    "diversions (PKG_DIVERSIONS_MAX)",
			    PKG_DIVERSIONS_MAX);
			break;
		}
		if (db->diversions_n == db->diversions_cap) {
			db->diversions_cap = 2 * db->diversions_cap + 16;
			db->diversions = xreallocarray(db->diversions,
			    db->diversions_cap, sizeof(v));
		}
		db->diversions[db->diversions_n++] = v;
		/* a list has the name from which it was moved */
		pkg_want(db, PKG_STR(db, v.from_name),
		    strlen(PKG_STR(db, v.from_name)));
		db->dirs[v.from_dir].diverted = true;
	}
	if (k % 3)
		pkg_note(db, ERR_CORRUPT, l.f.path.s, 0,
		    "ends within a diversion");
	pkg_lines_close(&l);
}

/* "root crontab 2755 /usr/bin/crontab" */
static void
read_overrides(struct dpkg *d)
{
	struct pkgdb *db = d->db;
	const char *p, *q[3], *end;
	struct pkg_more *m;
	struct pkg_lines l;
	uint32_t k, user, group;
	char mode[8];
	size_t n, len[3];
	int i;

	if (pkg_lines_open(&l, db, NULL, DIR "/statoverride"))
		return;
	pkg_base_file(base_of(d), &l.f.st);
	while (pkg_lines_next(&l, &p, &n)) {
		end = p + n;
		for (i = 0; i < 3; i++) {
			q[i] = p;
			p = memchr(p, ' ', (size_t)(end - p));
			if (!p)
				break;
			len[i] = (size_t)(p++ - q[i]);
		}
		if (i < 3 || !len[2] || len[2] >= sizeof(mode) ||
		    strspn(q[2], "01234567") < len[2]) {
			pkg_note(db, ERR_CORRUPT, l.f.path.s, 0,
			    "line %lld: no override", (long long)l.number);
			continue;
		}
		memcpy(mode, q[2], len[2]);
		mode[len[2]] = '\0';
		if (!pkg_text(db, q[0], len[0], &user) ||
		    !pkg_text(db, q[1], len[1], &group))
			break;
		for (k = pkg_lookup(db, p, (size_t)(end - p)); k != NO_ENTRY;
		    k = db->entries[k].next) {
			m = pkg_more_of(db, &db->entries[k]);
			m->mode = (int64_t)strtol(mode, NULL, 8) & 07777;
			m->uid = pkg_id(db, false, PKG_STR(db, user));
			m->gid = pkg_id(db, true, PKG_STR(db, group));
		}
	}
	pkg_lines_close(&l);
}

/* ---- a package --------------------------------------------------------- */

static enum pkg_role
role_of(const char *p, size_t n)
{
	static const char *const doc[] = {"doc/", "man/", "info/", "locale/",
	    "help/", "gtk-doc/", "lintian/", "doc-base/"};
	const char *share = "/usr/share/";
	size_t i, k = strlen(share);

	if (n < k || memcmp(p, share, k) != 0)
		return PKG_FILE;
	for (i = 0; i < COUNT(doc); i++)
		if (n - k >= strlen(doc[i]) &&
		    memcmp(p + k, doc[i], strlen(doc[i])) == 0)
			return PKG_DOCUMENTATION;
	return PKG_FILE;
}

/* An odd file in place of one of the database's. */
static void
check_type(struct dpkg *d, const struct info *v)
{
	if (v && !S_ISREG(v->mode))
		pkg_odd(base_of(d), "info/%s is no regular file",
		    PKG_STR(d->db, v->name));
}

static void
read_list(struct dpkg *d)
{
	struct pkg_lines l;
	size_t n, bad = 0;
	const char *p;

	if (pkg_lines_open(&l, d->db, &d->dir, d->key.s))
		return;
	while (pkg_lines_next(&l, &p, &n)) {
		if (!n || p[0] != '/' || n > PKG_PATH_MAX)
			bad++;
		else if (pkg_wanted(d->db, p, n))
			pkg_own(d->db, p, n, role_of(p, n));
	}
	if (bad)
		pkg_note(d->db, ERR_CORRUPT, l.f.path.s, 0,
		    "%zu lines are no paths", bad);
	pkg_lines_close(&l);
}

/* "HEX  path"; listed: what is not in the list is odd, else it is owned by
 * this line. */
static void
read_md5sums(struct dpkg *d, const struct root_file *dir, const char *name,
    bool listed)
{
	struct str path cleanup_str = STR_INIT;
	uint32_t pkg = (uint32_t)d->db->pkgs_n - 1;
	size_t n, bad = 0, odd = 0;
	struct pkg_entry *en;
	struct pkg_lines l;
	const char *p, *q;

	if (pkg_lines_open(&l, d->db, dir, name))
		return;
	while (pkg_lines_next(&l, &p, &n)) {
		str_sets(&path, "/");
		for (q = p + 32; n > 34 && q < p + n && (*q == ' ' ||
		    (*q == '*' && q == p + 33)); q++)
			;
		if (n <= 34 || q == p + 32) {
			bad += n > 0;
			continue;
		}
		while (q < p + n && (*q == '/' || (q[0] == '.' &&
		    q + 1 < p + n && q[1] == '/')))
			q++;
		str_add(&path, q, (size_t)(p + n - q));
		if (!pkg_wanted(d->db, path.s, path.n))
			continue;
		en = listed ? pkg_owned_by(d->db, pkg, path.s, path.n)
			    : pkg_own(d->db, path.s, path.n,
				  role_of(path.s, path.n));
		if (!en) {
			if (!odd++ && listed)
				pkg_odd(base_of(d), "%s has a digest of "
				    "'%.200s', which its list has not", name,
				    path.s);
		} else if (!pkg_digest_hex(d->db, en, p, 32)) {
			bad++;
		}
	}
	if (bad)
		pkg_note(d->db, ERR_CORRUPT, l.f.path.s, 0,
		    "%zu lines are no digests", bad);
	pkg_lines_close(&l);
}

/* " /etc/x HEX", with further words behind it. */
static void
conffile(struct dpkg *d, uint32_t pkg, const char *p, size_t n)
{
	static const char *const words[] = {" obsolete", " remove-on-upgrade"};
	struct pkg_entry *en;
	const char *q;
	size_t i;

	while (n && *p == ' ') {
		p++;
		n--;
	}
	for (i = 0; i < COUNT(words);)
		if (n > strlen(words[i]) && memcmp(p + n - strlen(words[i]),
			words[i], strlen(words[i])) == 0) {
			n -= strlen(words[i]);
			i = 0;
		} else {
			i++;
		}
	q = memrchr(p, ' ', n);
	if (!q || q == p || *p != '/')
		return;
	en = pkg_owned_by(d->db, pkg, p, (size_t)(q - p));
	if (!en && pkg_wanted(d->db, p, (size_t)(q - p)))
		en = pkg_own(d->db, p, (size_t)(q - p), PKG_CONFIGURATION);
	if (!en)
		return;
	en->flags = (en->flags & ~(unsigned)ENTRY_ROLE) | PKG_CONFIGURATION;
	pkg_digest_hex(d->db, en, q + 1, n - (size_t)(q + 1 - p));
}

static void
read_conffiles(struct dpkg *d, uint32_t pkg)
{
	const char *p = d->conffiles.s, *end = p + d->conffiles.n, *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		conffile(d, pkg, p, (size_t)(nl - p));
	}
}

static void
stanza_clear(struct dpkg *d)
{
	str_clear(&d->name);
	str_clear(&d->state);
	str_clear(&d->version);
	str_clear(&d->arch);
	str_clear(&d->multi);
	str_clear(&d->source);
	str_clear(&d->maintainer);
	str_clear(&d->conffiles);
	d->in_conffiles = d->some = d->cut = false;
}

/* A name that may stand in a path. */
static bool
good_name(const struct str *s)
{
	return s->n && s->n < 256 && s->s[0] != '.' && !memchr(s->s, '/', s->n);
}

static struct info *
info_of(struct dpkg *d, const char *type)
{
	struct info *v = NULL;

	str_set(&d->key, d->name.s, d->name.n);
	if (good_name(&d->arch)) {
		str_addc(&d->key, ':');
		str_add(&d->key, d->arch.s, d->arch.n);
		v = info_find(d, d->key.s, d->key.n, type);
	}
	if (!v) {
		str_cut(&d->key, d->name.n);
		v = info_find(d, d->key.s, d->key.n, type);
	}
	return v;
}

/* The stanza is complete. own: its file of status.d, or NULL. */
static void
stanza_end(struct dpkg *d, const char *path, const struct root_file *own)
{
	struct pkgdb *db = d->db;
	const struct info *sums;
	struct info *list;
	const char *state;
	uint32_t k, more;
	struct pkg *p;
	size_t entries;

	if (!d->some)
		return;
	state = strrchr(d->state.s, ' ');
	state = state ? state + 1 : d->state.s;
	if (!good_name(&d->name)) {
		pkg_note(db, ERR_CORRUPT, path, 0,
		    "a stanza without a package's name");
		return;
	}
	if (strcmp(state, "not-installed") == 0)
		return;
	p = pkg_add(db, d->name.s, d->name.n);
	if (!p)
		return;
	k = (uint32_t)(p - db->pkgs);
	pkg_text(db, d->version.s, d->version.n, &p->version);
	pkg_text(db, d->arch.s, d->arch.n, &p->arch);
	pkg_text(db, d->source.s, d->source.n, &p->source);
	pkg_text(db, d->maintainer.s, d->maintainer.n, &p->vendor);
	if (own)
		state = "installed";
	pkg_text(db, state, strlen(state), &p->status);
	p->removed = strcmp(state, "config-files") == 0;
	if (own) {
		read_conffiles(d, k);
		p->installed_time = pkg_ns(&own->st.st_mtim);
		str_set(&d->key, d->name.s, d->name.n);
		return;
	}
	list = info_of(d, ".list");
	if (!list) {
		if (!p->removed)
			pkg_odd(base_of(d), "package %s has no list of files",
			    d->name.s);
		read_conffiles(d, k);
		return;
	}
	check_type(d, list);
	list->used = true;
	pkg_text(db, d->key.s, d->key.n, &more);
	p = &db->pkgs[k];
	p->more = more;
	p->installed_time = list->modified;
	p->list_changed = list->changed;
	sums = info_find(d, d->key.s, d->key.n, ".md5sums");
	check_type(d, sums);
	str_adds(&d->key, ".list");
	entries = db->entries_n;
	read_list(d);
	read_conffiles(d, k);
	if (sums && (!db->wanted || db->entries_n > entries)) {
		str_cut(&d->key, d->key.n - 5);
		str_adds(&d->key, ".md5sums");
		read_md5sums(d, &d->dir, d->key.s, true);
	}
}

static bool
field(const char *p, size_t n, const char *name, struct str *out)
{
	size_t k = strlen(name);

	if (n <= k || p[k] != ':' || strncasecmp(p, name, k) != 0)
		return false;
	p += k + 1;
	n -= k + 1;
	while (n && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
		n--;
	if (out)
		str_set(out, p, n);
	return true;
}

static void
stanza_line(struct dpkg *d, const char *path, const char *p, size_t n)
{
	if (p[0] == ' ' || p[0] == '\t') {
		if (!d->in_conffiles)
			return;
		if (d->conffiles.n + n > CONFFILES_MAX) {
			if (!d->cut)
				pkg_note(d->db, ERR_LIMIT, path, 0, "more than "
				    "%d bytes of configuration files of one "
				    "package", CONFFILES_MAX);
			d->cut = true;
			return;
		}
		str_add(&d->conffiles, p, n);
		str_addc(&d->conffiles, '\n');
		return;
	}
	d->some = true;
	d->in_conffiles = false;
	switch (p[0] | 0x20) {
	case 'p':
		field(p, n, "Package", &d->name);
		break;
	case 's':
		if (!field(p, n, "Status", &d->state))
			field(p, n, "Source", &d->source);
		break;
	case 'v':
		field(p, n, "Version", &d->version);
		break;
	case 'a':
		field(p, n, "Architecture", &d->arch);
		break;
	case 'm':
		field(p, n, "Maintainer", &d->maintainer);
		break;
	case 'c':
		d->in_conffiles = field(p, n, "Conffiles", NULL);
		break;
	}
}

static bool
read_status(struct dpkg *d)
{
	struct pkg_lines l;
	const char *p;
	size_t n;

	if (pkg_lines_open(&l, d->db, NULL, DIR "/status"))
		return false;
	d->status = l.f.st;
	pkg_base_file(base_of(d), &l.f.st);
	stanza_clear(d);
	while (pkg_lines_next(&l, &p, &n)) {
		if (n) {
			stanza_line(d, l.f.path.s, p, n);
			continue;
		}
		stanza_end(d, l.f.path.s, NULL);
		stanza_clear(d);
	}
	stanza_end(d, l.f.path.s, NULL);
	pkg_lines_close(&l);
	return true;
}

static int
status_d_entry(void *arg, const struct root_entry *ent)
{
	struct dpkg *d = arg;
	const char *p = strrchr(ent->name, '.');
	struct str name cleanup_str = STR_INIT;
	struct pkg_lines l;
	size_t n;

	if (p && strcmp(p, ".md5sums") == 0)
		return 0;
	if (pkg_lines_open(&l, d->db, &d->dir, ent->name))
		return 0;
	pkg_base_file(base_of(d), &l.f.st);
	stanza_clear(d);
	while (pkg_lines_next(&l, &p, &n))
		if (n)
			stanza_line(d, l.f.path.s, p, n);
	n = d->db->pkgs_n;
	stanza_end(d, l.f.path.s, &l.f);
	pkg_lines_close(&l);
	if (d->db->pkgs_n > n) {
		str_adds(&name, ent->name);
		str_adds(&name, ".md5sums");
		read_md5sums(d, &d->dir, name.s, false);
	}
	return 0;
}

/* ---- can it be trusted? ------------------------------------------------ */

/* The time of the log's last entry. It is local time; the file was written at
 * that moment, so that its own time tells the zone. */
static void
read_log(struct dpkg *d)
{
	static const char *const names[] = {"/var/log/dpkg.log",
	    "/var/log/dpkg.log.1"};
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	char buf[4096], iso[21], *p, *end;
	int64_t local, written, off, zone;
	struct err e;
	ssize_t k;
	size_t i;

	d->log = CIVIL_NONE;
	for (i = 0; i < COUNT(names) && d->log == CIVIL_NONE; i++) {
		if (root_find(d->db->root, names[i], 0, &f, &e) ||
		    !S_ISREG(f.st.st_mode) ||
		    root_reopen(d->db->root, &f, &e))
			continue;
		off = f.st.st_size - (off_t)sizeof(buf) + 1;
		k = pread(f.fd, buf, sizeof(buf) - 1, off > 0 ? off : 0);
		if (k < 20)
			continue;
		buf[k] = '\0';
		for (end = buf + k; end > buf && end[-1] == '\n'; end--)
			;
		*end = '\0';
		p = memrchr(buf, '\n', (size_t)(end - buf));
		p = p ? p + 1 : buf;
		if (end - p < 20)
			continue;
		memcpy(iso, p, 19);
		iso[10] = 'T';
		iso[19] = 'Z';
		if (civil_parse(iso, 20, &local))
			continue;
		written = pkg_ns(&f.st.st_mtim);
		off = local - written;
		zone = (off + (off < 0 ? -HOUR / 8 : HOUR / 8)) / (HOUR / 4) *
		       (HOUR / 4);
		if (zone < -14 * HOUR || zone > 14 * HOUR ||
		    off - zone > HOUR / 30 || zone - off > HOUR / 30) {
			zone = 0;
			d->log_slop = 14 * HOUR;
		}
		d->log = local - zone;
	}
	base_of(d)->last_time = d->log;
}

static void
days(int64_t ns, char out[32])
{
	int64_t h = ns / HOUR;

	if (h >= 48)
		snprintf(out, 32, "%lld days", (long long)(h / 24));
	else if (h >= 2)
		snprintf(out, 32, "%lld hours", (long long)h);
	else
		snprintf(out, 32, "%lld minutes", (long long)(ns / HOUR * 60 +
		    ns % HOUR / (HOUR / 60)));
}

static void
after_log(struct dpkg *d, const char *name, int64_t t)
{
	char by[32], when[40];

	if (d->log == CIVIL_NONE || t == CIVIL_NONE ||
	    t - d->log <= SLACK + d->log_slop)
		return;
	days(t - d->log, by);
	civil_format(d->log, when);
	pkg_odd(base_of(d), "%s was written %s after the last action in "
	    "dpkg.log (%s)", name, by, when);
}

/* info/NAME.TYPE with the list of the same NAME. */
static const struct info *
its_list(const struct dpkg *d, const struct info *v, bool *is_list)
{
	const char *name = PKG_STR(d->db, v->name);
	const char *dot = strrchr(name, '.');

	*is_list = dot && strcmp(dot, ".list") == 0;
	if (!dot || *is_list)
		return NULL;
	return info_find(d, name, (size_t)(dot - name), ".list");
}

/* A copy that did not keep times says nothing by them. */
static void
look_at_times(struct dpkg *d)
{
	size_t i, both = 0, good = 0;
	const struct info *list;
	bool is_list;

	for (i = 0; i < d->info_n; i++) {
		list = its_list(d, &d->info[i], &is_list);
		if (list && strstr(PKG_STR(d->db, d->info[i].name),
			".md5sums")) {
			both++;
			good += d->info[i].modified + SLACK < list->modified;
		}
	}
	base_of(d)->preserved = both && 2 * good >= both;
}

static void
judge_times(struct dpkg *d)
{
	const struct info *v, *list;
	size_t i, lists = 0, late = 0;
	bool is_list;
	char by[32];

	for (i = 0; i < d->info_n; i++) {
		v = &d->info[i];
		list = its_list(d, v, &is_list);
		lists += is_list;
		if (is_list)
			late += d->log != CIVIL_NONE && v->modified - d->log >
			    SLACK + d->log_slop;
		if (!list)
			continue;
		if (base_of(d)->preserved && v->modified > list->modified +
		    SLACK) {
			days(v->modified - list->modified, by);
			pkg_odd(base_of(d), "info/%s was written %s after "
			    "its package was installed",
			    PKG_STR(d->db, v->name), by);
		} else if (v->changed > list->changed + SLACK) {
			days(v->changed - list->changed, by);
			pkg_odd(base_of(d), "the inode of info/%s was changed "
			    "%s after that of its package's list",
			    PKG_STR(d->db, v->name), by);
		}
	}
	if (!base_of(d)->preserved)
		return;
	after_log(d, "status", pkg_ns(&d->status.st_mtim));
	for (i = 0; 2 * late <= lists && i < d->info_n; i++) {
		struct str s cleanup_str = STR_INIT;

		its_list(d, &d->info[i], &is_list);
		if (!is_list)
			continue;
		str_addf(&s, "info/%s", PKG_STR(d->db, d->info[i].name));
		after_log(d, s.s, d->info[i].modified);
	}
}

static bool
immutable(struct pkgdb *db, struct root_file *f)
{
	struct statx st;
	struct err e;

	return root_statx(db->root, f, &st, &e) == 0 &&
	    st.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND);
}

static void
judge_files(struct dpkg *d)
{
	static const char *const own[] = {"status", "diversions",
	    "statoverride", "info"};
	struct pkgdb *db = d->db;
	const struct info *v;
	const char *name, *dot;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(own); i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct str path cleanup_str = STR_INIT;

		str_addf(&path, DIR "/%s", own[i]);
		if (root_find(db->root, path.s, ROOT_NOFOLLOW, &f, &e))
			continue;
		if (S_ISLNK(f.st.st_mode))
			pkg_odd(base_of(d), "%s is a symbolic link", own[i]);
		else if (immutable(db, &f))
			pkg_odd(base_of(d), "%s cannot be changed (immutable "
			    "or append-only)", own[i]);
		if (!S_ISLNK(f.st.st_mode) && f.st.st_mode & 022)
			pkg_odd(base_of(d), "%s may be written by others than "
			    "its owner", own[i]);
	}
	for (i = 0; i < d->info_n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;

		v = &d->info[i];
		name = PKG_STR(db, v->name);
		if (v->uid != d->status.st_uid)
			pkg_odd(base_of(d), "info/%s belongs to uid %u, not "
			    "to that of status", name, (unsigned)v->uid);
		if (!S_ISLNK(v->mode) && v->mode & 022)
			pkg_odd(base_of(d), "info/%s may be written by others "
			    "than its owner", name);
		dot = strrchr(name, '.');
		if (dot && (strcmp(dot, ".list") == 0 ||
			strcmp(dot, ".md5sums") == 0) && S_ISREG(v->mode) &&
		    root_find_in(db->root, &d->dir, name, &f, &e) == 0 &&
		    immutable(db, &f))
			pkg_odd(base_of(d), "info/%s cannot be changed "
			    "(immutable or append-only)", name);
	}
}

static const char *
key_of(struct pkgdb *db, const struct pkg *p)
{
	return PKG_STR(db, p->more ? p->more : p->name);
}

static void
judge_packages(struct dpkg *d)
{
	struct pkgdb *db = d->db;
	const char *name, *dot;
	size_t i;

	pkg_judge_twice(db, d->base);
	for (i = 0; i < d->info_n; i++) {
		name = PKG_STR(db, d->info[i].name);
		dot = strrchr(name, '.');
		if (dot && strcmp(dot, ".list") == 0 && !d->info[i].used)
			pkg_odd(base_of(d), "info/%s is of no package in "
			    "status", name);
	}
}

/* Has the package a file that should have a digest? */
static bool
wants_digest(struct pkgdb *db, const struct pkg_entry *en)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct str path cleanup_str = STR_INIT;

	if ((en->flags & ENTRY_ROLE) == PKG_CONFIGURATION)
		return false;
	return root_find(db->root, pkg_entry_path(db, en, &path),
	    ROOT_NOFOLLOW, &f, NULL) == 0 && S_ISREG(f.st.st_mode);
}

/* Packages without digests, and paths of several packages. */
static void
judge_entries(struct dpkg *d)
{
	struct pkgdb *db = d->db;
	struct str path cleanup_str = STR_INIT;
	unsigned char *told = xcalloc(db->pkgs_n + 1, 1);
	const struct pkg *p, *q;
	const struct pkg_entry *en, *o;
	size_t i, looks = 0, with = 0, without = 0;

	for (i = 0; i < db->pkgs_n; i++) {
		p = &db->pkgs[i];
		with += p->more && info_find(d, key_of(db, p),
		    strlen(key_of(db, p)), ".md5sums");
		without += p->more != 0;
	}
	for (i = 0; i < db->entries_n && looks < LOOKS_MAX; i++) {
		en = &db->entries[i];
		p = &db->pkgs[en->pkg];
		if (p->base != d->base || en->flags & ENTRY_DIRECTORY ||
		    p->removed)
			continue;
		if (!told[en->pkg] && p->more && 10 * with > 9 * without &&
		    !info_find(d, key_of(db, p), strlen(key_of(db, p)),
			".md5sums")) {
			looks++;
			if (wants_digest(db, en)) {
				told[en->pkg] = 1;
				pkg_odd(base_of(d), "package %s has no list "
				    "of digests, as others have",
				    PKG_STR(db, p->name));
			}
		}
		if (en->next == NO_ENTRY)
			continue;
		o = &db->entries[en->next];
		q = &db->pkgs[o->pkg];
		if (q->removed || p->name == q->name ||
		    strcmp(PKG_STR(db, p->name), PKG_STR(db, q->name)) == 0 ||
		    (en->flags & ENTRY_ROLE) == PKG_CONFIGURATION)
			continue;
		looks++;
		if (wants_digest(db, en))
			pkg_odd(base_of(d), "'%.200s' belongs to %s and to %s",
			    pkg_entry_name(db, en, &path),
			    PKG_STR(db, q->name), PKG_STR(db, p->name));
	}
	free(told);
}

/* A path that was moved away, with something else in its place. */
static void
judge_diversions(struct dpkg *d)
{
	struct pkgdb *db = d->db;
	const struct pkg_diversion *v;
	size_t i;

	for (i = 0; i < db->diversions_n; i++) {
		struct root_file f cleanup_root_file = ROOT_FILE_INIT;
		struct str from cleanup_str = STR_INIT;
		struct str to cleanup_str = STR_INIT;

		v = &db->diversions[i];
		str_addf(&from, "%s/%s", PKG_STR(db, db->dirs[v->from_dir].path),
		    PKG_STR(db, v->from_name));
		str_addf(&to, "%s/%s", PKG_STR(db, db->dirs[v->to_dir].path),
		    PKG_STR(db, v->to_name));
		if (pkg_lookup(db, from.s, from.n) != NO_ENTRY ||
		    root_find(db->root, from.s, ROOT_NOFOLLOW, &f, NULL))
			continue;
		pkg_odd(base_of(d), "'%.200s' is diverted to '%.200s' by %s, "
		    "and what lies there instead is of no package", from.s,
		    to.s, v->local ? "hand" : PKG_STR(db, v->package));
	}
}

/* ---- the whole --------------------------------------------------------- */

/* path-exclude and path-include of dpkg.cfg: what was left out. */
static void
read_config(struct dpkg *d, const char *path)
{
	struct pkgdb *db = d->db;
	struct str s cleanup_str = STR_INIT;
	struct pkg_lines l;
	const char *p;
	size_t n, k;
	bool out;

	if (pkg_lines_open(&l, db, NULL, path))
		return;
	while (pkg_lines_next(&l, &p, &n)) {
		for (; n && (*p == ' ' || *p == '\t' || *p == '-'); p++)
			n--;
		out = n > 12 && strncmp(p, "path-exclude", 12) == 0;
		if (!out && !(n > 12 && strncmp(p, "path-include", 12) == 0))
			continue;
		for (k = 12; k < n && (p[k] == ' ' || p[k] == '\t' ||
		    p[k] == '='); k++)
			;
		while (n > k && (p[n - 1] == ' ' || p[n - 1] == '\t'))
			n--;
		if (k == n || db->left_out.n >= PKG_DIVERSIONS_MAX)
			continue;
		str_sets(&s, out ? "-" : "+");
		str_add(&s, p + k, n - k);
		strlist_add(&db->left_out, s.s, s.n);
	}
	pkg_lines_close(&l);
}

static int
config_entry(void *arg, const struct root_entry *ent)
{
	struct str path cleanup_str = STR_INIT;

	if (!S_ISREG(ent->st->st_mode) ||
	    strspn(ent->name, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
		strlen(ent->name))
		return 0;
	str_addf(&path, "/etc/dpkg/dpkg.cfg.d/%s", ent->name);
	read_config(arg, path.s);
	return 0;
}

void
pkg_dpkg_open(struct pkgdb *db)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	struct dpkg d = {.db = db, .dir = ROOT_FILE_INIT, .name = STR_INIT,
	    .state = STR_INIT, .version = STR_INIT, .arch = STR_INIT,
	    .multi = STR_INIT, .source = STR_INIT, .maintainer = STR_INIT,
	    .conffiles = STR_INIT, .key = STR_INIT};
	bool split, status;
	struct err e;

	status = root_find(db->root, DIR "/status", 0, &f, &e) == 0;
	if (!status && e.class != ERR_ABSENT)
		pkg_note_err(db, DIR "/status", &e);
	root_file_close(&f);
	split = root_find(db->root, DIR "/status.d", 0, &f, &e) == 0 &&
	    S_ISDIR(f.st.st_mode);
	if (!status && !split)
		return;
	d.base = (uint32_t)db->bases_n;
	pkg_base_add(db, "dpkg", DIR);
	read_config(&d, "/etc/dpkg/dpkg.cfg");
	root_list(db->root, "/etc/dpkg/dpkg.cfg.d", config_entry, &d, NULL);
	if (status) {
		read_diversions(&d);
		read_info(&d);
		read_status(&d);
		read_overrides(&d);
	}
	read_log(&d);
	look_at_times(&d);
	if (db->judge && status) {
		judge_times(&d);
		judge_files(&d);
		judge_packages(&d);
		judge_entries(&d);
		judge_diversions(&d);
	}
	root_file_close(&d.dir);
	if (split && root_find(db->root, DIR "/status.d", 0, &d.dir, &e) == 0 &&
	    root_list(db->root, d.dir.path.s, status_d_entry, &d, &e))
		pkg_note_err(db, DIR "/status.d", &e);
	root_file_close(&d.dir);
	free(d.info);
	str_release(&d.name);
	str_release(&d.state);
	str_release(&d.version);
	str_release(&d.arch);
	str_release(&d.multi);
	str_release(&d.source);
	str_release(&d.maintainer);
	str_release(&d.conffiles);
	str_release(&d.key);
}

void
pkg_dpkg_scripts(struct pkgdb *db, const struct pkg *p, struct strlist *names,
    struct str *text)
{
	static const char *const types[] = {"config", "postinst", "postrm",
	    "preinst", "prerm"};
	struct str path cleanup_str = STR_INIT;
	struct str s cleanup_str = STR_INIT;
	size_t i;

	for (i = 0; p->more && i < COUNT(types); i++) {
		str_clear(&path);
		str_addf(&path, DIR "/info/%s.%s", PKG_STR(db, p->more),
		    types[i]);
		if (root_slurp(db->root, path.s, PKG_SCRIPTS_MAX, &s, NULL,
			NULL) < 0)
			continue;
		strlist_adds(names, types[i]);
		str_addf(text, "== %s\n", types[i]);
		str_add(text, s.s, s.n);
		if (s.n && s.s[s.n - 1] != '\n')
			str_addc(text, '\n');
	}
}
