#include "packdir.h"

#include "limits.h"
#include "self.h"

#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>

int
packdir_read(const char *path, size_t max, struct str *out, struct err *e)
{
	int fd cleanup_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char buf[65536];
	ssize_t k;

	if (fd < 0)
		return err_sys(e, errno, "cannot open '%s'", path);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(e, ERR_CORRUPT, 0, "'%s' is no regular file",
		    path);
	str_clear(out);
	while ((k = read(fd, buf, sizeof(buf))) != 0) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, errno, "cannot read '%s'", path);
		if (out->n + (size_t)k > max)
			return err_set(e, ERR_LIMIT, 0, "'%s' is longer than "
			    "%zu bytes", path, max);
		str_add(out, buf, (size_t)k);
	}
	return 0;
}

static bool
exists(const char *dir, const char *name)
{
	struct str path cleanup_str = STR_INIT;
	struct stat st;

	str_addf(&path, "%s/%s", dir, name);
	return stat(path.s, &st) == 0;
}

int
packdir_names(const char *dir, struct strlist *out, struct err *e)
{
	DIR *d cleanup_dir = opendir(dir);
	struct dirent *ent;

	if (!d)
		return err_sys(e, errno, "cannot open '%s'", dir);
	while ((ent = readdir(d))) {
		if (ent->d_name[0] == '.')
			continue;
		if (out->n >= PACK_FILES_MAX)
			return err_set(e, ERR_LIMIT, 0, "'%s' has more than "
			    "PACK_FILES_MAX entries", dir);
		strlist_adds(out, ent->d_name);
	}
	strlist_sort(out);
	return 0;
}

void
packdirs_free(struct packdirs *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		str_release(&p->v[i].id);
		str_release(&p->v[i].title);
		str_release(&p->v[i].dir);
	}
	free(p->v);
	memset(p, 0, sizeof(*p));
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int
add(struct packdirs *p, const char *dir, struct err *e)
{
	struct str path cleanup_str = STR_INIT, s cleanup_str = STR_INIT;
	json_auto_t *o = NULL;
	struct packdir *d;
	json_error_t je;
	const char *id;

	str_addf(&path, "%s/pack.json", dir);
	if (packdir_read(path.s, PACK_FILE_MAX, &s, e))
		return -1;
	o = json_loadb(s.s, s.n, JSON_REJECT_DUPLICATES, &je);
	if (!o)
		return err_set(e, ERR_CORRUPT, 0, "'%s' line %d: %s", path.s,
		    je.line, je.text);
	id = text(o, "id");
	if (!*id || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
			strlen(id))
		return err_set(e, ERR_CORRUPT, 0,
		    "'%s' has no id of letters, digits and dashes", path.s);
	p->v = xreallocarray(p->v, p->n + 1, sizeof(*p->v));
	d = &p->v[p->n++];
	str_init(&d->id);
	str_init(&d->title);
	str_init(&d->dir);
	str_sets(&d->id, id);
	str_sets(&d->title, text(o, "title"));
	str_sets(&d->dir, dir);
	return 0;
}

int
packdirs_find(struct packdirs *p, const char *dir, struct err *e)
{
	struct strlist names cleanup_strlist = STRLIST_INIT;
	size_t i, before = p->n;

	if (exists(dir, "pack.json"))
		return add(p, dir, e);
	if (packdir_names(dir, &names, e))
		return -1;
	for (i = 0; i < names.n; i++) {
		struct str sub cleanup_str = STR_INIT;

		str_addf(&sub, "%s/%s", dir, names.v[i].s);
		if (exists(sub.s, "pack.json") && add(p, sub.s, e))
			return -1;
	}
	if (p->n == before)
		return err_set(e, ERR_ABSENT, 0, "'%s' is no pack and holds "
		    "none (no pack.json)", dir);
	return 0;
}

int
packs_default(struct str *dir, struct err *e)
{
	/* beside the program; of the tree, whose programs lie in .build/bin
	 * or .build/NAME/bin; installed */
	static const char *const places[] = {"iocs", "../../iocs",
	    "../../../iocs", "../share/salvor/iocs"};
	struct str exe cleanup_str = STR_INIT;
	const char *slash;
	size_t i;

	if (self_path(&exe, e))
		return err_wrap(e, "no packs (use --iocs)");
	slash = strrchr(exe.s, '/');
	str_cut(&exe, (size_t)(slash - exe.s));
	for (i = 0; i < COUNT(places); i++) {
		struct strlist names cleanup_strlist = STRLIST_INIT;
		struct err ignored;
		size_t k;

		str_clear(dir);
		str_addf(dir, "%s/%s", exe.s, places[i]);
		if (packdir_names(dir->s, &names, &ignored))
			continue;
		for (k = 0; k < names.n; k++) {
			struct str sub cleanup_str = STR_INIT;

			str_addf(&sub, "%s/%s", dir->s, names.v[k].s);
			if (exists(sub.s, "pack.json"))
				return 0;
		}
	}
	return err_set(e, ERR_ABSENT, 0, "there are no packs beside '%s', in "
	    "its tree or installed (use --iocs)", exe.s);
}
