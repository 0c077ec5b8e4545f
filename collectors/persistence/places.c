#include "places.h"

#include "login.h"
#include "pam.h"
#include "sshd.h"
#include "sudo.h"

static void
sshd_config(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	size_t i;

	for (i = 0; i < s->conf.files_n; i++)
		fn(arg, s->conf.files[i].via.s, NULL);
}

static void
sshd_keys(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	size_t i;

	for (i = 0; i < s->keys_n; i++)
		fn(arg, s->keys[i].via.s, s->keys[i].account
		    ? s->keys[i].account->name.s : NULL);
}

static void
sshd_ca(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sshd *s = sshd_of(t);
	const struct sshconf_line *l;
	size_t i;

	for (i = 0; i < s->conf.n; i++) {
		l = &s->conf.v[i];
		if (str_eq(&l->key, "trustedusercakeys") && l->args.n &&
		    l->args.v[0].s[0] == '/' &&
		    strlen(l->args.v[0].s) == l->args.v[0].n)
			fn(arg, l->args.v[0].s, NULL);
	}
}

/* Files that a stack includes by their whole path. */
static void
pam_files(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct pam *p = pam_of(t);
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->files[i].name.s[0] == '/')
			fn(arg, p->files[i].via.s, NULL);
}

static void
sudoers(struct art_tree *t, art_place_fn *fn, void *arg)
{
	const struct sudo *s = sudo_of(t);
	size_t i;

	for (i = 0; i < s->via.n; i++)
		fn(arg, s->via.v[i].s, NULL);
}

static const struct {
	const char *name;
	void (*each)(struct art_tree *t, art_place_fn *fn, void *arg);
} places[] = {
	{"@sshd-config", sshd_config},
	{"@sshd-keys", sshd_keys},
	{"@sshd-ca", sshd_ca},
	{"@pam", pam_files},
	{"@sudoers", sudoers},
};

void
art_places(struct art_tree *t, const char *name, size_t n, art_place_fn *fn,
    void *arg)
{
	size_t i;

	for (i = 0; i < COUNT(places); i++)
		if (strlen(places[i].name) == n &&
		    memcmp(places[i].name, name, n) == 0) {
			places[i].each(t, fn, arg);
			return;
		}
	die("no place '%.*s'", (int)n, name);
}
