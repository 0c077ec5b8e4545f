/*
 * Commands that change the shell: variables, aliases, options, directory.
 */

#include "shrun.h"

#include "limits.h"

static void
run_read(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str *var;
	size_t i, eol = 0;
	const struct str *in = io->in;

	(void)name;
	if (in)
		for (eol = 0; eol < in->n && in->s[eol] != '\n'; eol++)
			;
	for (i = 1; i < n; i++) {
		if (v[i].s[0] == '-') {
			if (v[i].n == 2 && strchr("adinNptu", v[i].s[1])) {
				if (v[i].s[1] == 'u' && i + 1 < n) {
					int fd = atoi(v[i + 1].s);

					if (fd > 0 && fd < SHFDS && e->net[fd])
						in = NULL, eol = 0;
				}
				i++;
			}
			continue;
		}
		var = shmap_put(&e->vars, v[i].s, v[i].n);
		str_clear(var);
		if (in)
			str_add(var, in->s, eol);
		else
			str_addc(var, SHMARK_UNKNOWN);
	}
}

static void
run_export(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i, k;

	(void)io;
	for (i = 1; i < n; i++) {
		eq = memchr(v[i].s, '=', v[i].n);
		if (strcmp(name, "unset") == 0 &&
		    strcmp(v[i].s, "HISTFILE") == 0)
			sheval_fact(e, "history-wipe", "unset HISTFILE", 14);
		if (!eq)
			continue;
		k = (size_t)(eq - v[i].s);
		if (eq[1])
			str_set(shmap_put(&e->vars, v[i].s, k), eq + 1,
			    v[i].n - k - 1);
		else /* nothing, or what a command gave */
			shmap_drop(&e->vars, v[i].s, k);
		if ((strncmp(v[i].s, "HISTFILE=", 9) == 0 &&
			(!eq[1] || strcmp(eq + 1, "/dev/null") == 0)) ||
		    strcmp(v[i].s, "HISTSIZE=0") == 0)
			sheval_fact(e, "history-wipe", v[i].s, v[i].n);
		if (strncmp(v[i].s, "DOCKER_HOST=tcp://", 18) == 0)
			sheval_fact(e, "docker-api", v[i].s, v[i].n);
		if (strncmp(v[i].s, "LD_PRELOAD=", 11) == 0 && eq[1])
			sheval_fact(e, "preload-env", eq + 1, v[i].n - k - 1);
	}
}

void
shrun_alias(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	const char *eq;
	size_t i;

	(void)name;
	(void)io;
	for (i = 1; i < n; i++) {
		eq = memchr(v[i].s, '=', v[i].n);
		if (!eq)
			continue;
		/* what it stands for may run at any time */
		sheval_text(e, eq + 1, v[i].n - (size_t)(eq + 1 - v[i].s),
		    NULL, NULL);
	}
}

/* What loads code into the shell, or has it run at a key or for a name. */
static void
run_loading(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	static const struct {
		const char *name;
		char letter;
		const char *with; /* letters that have an argument */
	} loads[] = {{"enable", 'f', "f"}, {"hash", 'p', "p"},
	    {"bind", 'x', "mfqurx"}, {"complete", 'C', "oAGWFCXPS"},
	    {"compgen", 'C', "oAGWFCXPS"}};
	const char *a, *text;
	size_t i, k, at;

	(void)io;
	for (k = 0; strcmp(loads[k].name, name) != 0;)
		k++;
	for (i = 1; i < n && v[i].s[0] == '-'; i++) {
		a = v[i].s + 1;
		at = strcspn(a, loads[k].with);
		if (!strchr(a, loads[k].letter)) {
			i += a[at] && !a[at + 1];
			continue;
		}
		sheval_opaque(e);
		at = strcspn(a, (char[]){loads[k].letter, '\0'}) + 1;
		text = a[at] ? a + at : i + 1 < n ? v[++i].s : "";
		if (loads[k].letter == 'f' || loads[k].letter == 'p') {
			sheval_run(e, "run", text);
			continue;
		}
		if (loads[k].letter == 'x' && strchr(text, ':'))
			text = strchr(text, ':') + 1;
		sheval_text(e, text, strlen(text), NULL, NULL);
	}
}

static void
run_set(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	size_t i = 1;

	(void)name;
	(void)io;
	while (i < n && (v[i].s[0] == '-' || v[i].s[0] == '+')) {
		if (strcmp(v[i].s, "--") == 0) {
			i++;
			break;
		}
		i += v[i].s[v[i].n - 1] == 'o' ? 2 : 1;
	}
	if (i >= n)
		return;
	strlist_clear(&e->pos);
	strlist_adds(&e->pos, "sh");
	for (; i < n && e->pos.n < 100; i++)
		strlist_add(&e->pos, v[i].s, v[i].n);
}

static void
run_cd(struct sheval *e, const char *name, struct str *v, size_t n,
    const struct shio *io)
{
	struct str abs cleanup_str = STR_INIT;

	(void)name;
	(void)io;
	if (n < 2 || v[n - 1].s[0] == '-')
		return;
	if (!e->cwd.n && v[n - 1].s[0] != '/')
		str_sets(&e->cwd, "/");
	sheval_path(e, v[n - 1].s, &abs);
	str_set(&e->cwd, abs.s, abs.n);
}

const struct shcommand shrun_state[] = {
	{"read mapfile readarray", run_read},
	{"export declare local typeset readonly unset", run_export},
	{"alias", shrun_alias},
	{"enable hash bind complete compgen", run_loading},
	{"set", run_set},
	{"cd pushd", run_cd},
	{NULL, NULL},
};
