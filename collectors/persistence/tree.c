#include "tree.h"

#include "boot.h"

#include "runs.h"
#include "login.h"
#include "roots.h"
#include "when.h"

void
art_tree_init(struct art_tree *t, struct root *r, const struct accounts *a,
    const char *scope)
{
	memset(t, 0, sizeof(*t));
	t->root = r;
	t->accounts = a;
	t->scope = scope;
}

void
art_tree_release(struct art_tree *t)
{
	units_free(t->units[0]);
	units_free(t->units[1]);
	boot_free(t->boot);
	runs_cache_free(t->runs);
	login_free(t->login);
	roots_free(t->roots);
	if (t->zone)
		zone_release(t->zone);
	free(t->zone);
	memset(t, 0, sizeof(*t));
}

int64_t
art_tree_now(struct art_tree *t)
{
	if (!t->now && t->root)
		t->now = when_clock(t->root);
	return t->now;
}

const struct zone *
art_tree_zone(struct art_tree *t)
{
	if (!t->zone) {
		t->zone = xcalloc(1, sizeof(*t->zone));
		zone_of(t->root, NULL, 0, t->zone);
	}
	return t->zone;
}

static bool
is_program(struct root *r, const char *path, bool *busybox)
{
	struct root_file f cleanup_root_file = ROOT_FILE_INIT;
	const char *base;

	if (root_find(r, path, 0, &f, NULL) || !S_ISREG(f.st.st_mode))
		return false;
	base = strrchr(f.path.s, '/');
	*busybox = base && strcmp(base, "/busybox") == 0;
	return true;
}

/* EXTRA_OPTS of Debian's /etc/default/cron holds -l? */
static bool
lsb_names(struct root *r)
{
	struct str s cleanup_str = STR_INIT;
	const char *p, *end;

	if (root_slurp(r, "/etc/default/cron", 64 * 1024, &s, NULL, NULL) < 0)
		return false;
	for (p = s.s; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
		while (*p == ' ' || *p == '\t')
			p++;
		if (strncmp(p, "EXTRA_OPTS", 10) != 0)
			continue;
		end = p + strcspn(p, "\n");
		for (; p < end; p++)
			if (p[0] == '-' && strspn(p + 1, "fln") &&
			    memchr(p, 'l', strspn(p + 1, "fln") + 1))
				return true;
	}
	return false;
}

enum cron_kind
art_tree_cron(struct art_tree *t)
{
	bool busybox = false;

	if (t->cron_known)
		return t->cron;
	t->cron_known = true;
	t->cron = CRON_DEBIAN;
	if (!t->root)
		return t->cron;
	if (is_program(t->root, "/usr/sbin/cron", &busybox)) {
		t->cron_lsb = lsb_names(t->root);
		return t->cron;
	}
	if (is_program(t->root, "/usr/sbin/crond", &busybox) && !busybox)
		t->cron = CRON_CRONIE;
	return t->cron;
}

void
unit_state_release(struct unit_state *s)
{
	str_release(&s->by);
	str_release(&s->defect);
	str_release(&s->user);
	str_release(&s->overrides);
	str_release(&s->cwd);
	strlist_release(&s->reset);
	strlist_release(&s->environment);
}
