/* policytext - a decision as text: for the verdict row, and for a person */

#include "policy.h"

#include "limits.h"
#include "mask.h"

/* Masked and without control bytes. */
static void
add_shown(struct str *out, const struct str *s)
{
	struct str m cleanup_str = STR_INIT;

	mask_add(&m, s->s, s->n);
	str_add_visible(out, m.s, m.n);
}

/* Is this reason shown? 1 yes, 0 no, -1: the place to say how many are not. */
static int
shown(const struct reason *r)
{
	if (r->nth < VERDICT_SHOWN_MAX)
		return 1;
	return r->nth == VERDICT_SHOWN_MAX ? -1 : 0;
}

static const char keep_reason[] =
	"no line of the policy applies, and the required coverage is there";

void
decision_reasons(const struct decision *d, struct str *out)
{
	const struct reason *r;
	size_t i;
	int st;

	if (!d->reasons_n)
		str_addf(out, "keep: %s\n", keep_reason);
	for (i = 0; i < d->reasons_n; i++) {
		r = &d->reasons[i];
		st = shown(r);
		if (!st)
			continue;
		str_addf(out, "%s: %s: ", verdict_name(verdict_of(r->argues)),
		    sqlrule_get(r->line, "id"));
		if (st < 0) {
			str_addf(out, "and %zu more of this kind\n",
			    r->total - VERDICT_SHOWN_MAX);
			continue;
		}
		if (r->has_scope)
			add_shown(out, &r->scope);
		if (r->has_path) {
			str_adds(out, r->has_scope ? " " : "");
			add_shown(out, &r->path);
		}
		if (r->has_scope || r->has_path)
			str_adds(out, ": ");
		add_shown(out, &r->detail);
		if (r->has_evidence) {
			str_adds(out, " (");
			add_shown(out, &r->evidence);
			str_addc(out, ')');
		}
		str_addc(out, '\n');
	}
}

void
decision_coverage(const struct decision *d, struct str *out)
{
	const struct coverage *v;
	size_t i;

	for (i = 0; i < d->coverage_n; i++) {
		v = &d->coverage[i];
		add_shown(out, &v->area);
		str_adds(out, ": ");
		add_shown(out, &v->state);
		str_adds(out, v->required ? "" : " (not required)");
		str_adds(out, ": ");
		add_shown(out, &v->detail);
		str_addc(out, '\n');
	}
}

void
decision_change(const struct decision *d, struct str *out)
{
	size_t i;

	for (i = 0; i < d->change.n; i++) {
		add_shown(out, &d->change.v[i]);
		str_addc(out, '\n');
	}
}

/* Break at blanks so that lines stay below 80 columns; a long word (a path, a
 * digest) is never broken. */
static void
wrap(struct str *out, const char *indent, const char *first, const char *s,
    size_t n)
{
	size_t i = 0, from, col = strlen(first);

	str_adds(out, first);
	while (i < n) {
		while (i < n && s[i] == ' ')
			i++;
		for (from = i; i < n && s[i] != ' '; i++)
			;
		if (i == from)
			break;
		if (col > strlen(indent) && col + 1 + (i - from) > 79) {
			str_addc(out, '\n');
			str_adds(out, indent);
			col = strlen(indent);
		} else if (col > strlen(indent)) {
			str_addc(out, ' ');
			col++;
		}
		str_add(out, s + from, i - from);
		col += i - from;
	}
	str_addc(out, '\n');
}

static void
print_object(const struct reason *r, struct str *out)
{
	if (!r->has_scope && !r->has_path)
		return;
	str_adds(out, "  ");
	if (r->has_scope)
		add_shown(out, &r->scope);
	str_adds(out, r->has_scope && r->has_path ? " " : "");
	if (r->has_path)
		add_shown(out, &r->path);
	str_addc(out, '\n');
}

static void
print_reason(const struct reason *r, struct str *out)
{
	struct str s cleanup_str = STR_INIT;
	bool object = r->has_scope || r->has_path;

	add_shown(&s, &r->detail);
	if (r->has_evidence) {
		str_adds(&s, " (");
		add_shown(&s, &r->evidence);
		str_addc(&s, ')');
	}
	wrap(out, object ? "      " : "    ", object ? "    - " : "  - ", s.s,
	    s.n);
}

/* The reasons that argue for one thing, under the lines of the policy. */
static void
print_reasons(const struct decision *d, enum argues argues, struct str *out)
{
	const struct reason *r;
	size_t i;
	int st, group = -1;

	for (i = 0; i < d->reasons_n; i++) {
		r = &d->reasons[i];
		st = r->argues == argues ? shown(r) : 0;
		if (!st)
			continue;
		if (st < 0) {
			str_addf(out, "    - and %zu more of the line '%s'\n",
			    r->total - VERDICT_SHOWN_MAX,
			    sqlrule_get(r->line, "id"));
			continue;
		}
		if (r->group != group)
			print_object(r, out);
		group = r->group;
		print_reason(r, out);
	}
}

static void
print_lines(const struct decision *d, enum argues argues, const char *heading,
    struct str *out)
{
	struct str s cleanup_str = STR_INIT;
	const struct reason *r;
	const char *text;
	size_t i;

	for (i = 0; i < d->reasons_n; i++)
		if (d->reasons[i].argues == argues)
			break;
	if (i == d->reasons_n)
		return;
	str_addf(out, "\n%s\n", heading);
	/* what these lines of the policy say and how often: the short answer */
	for (i = 0; i < d->reasons_n; i++) {
		r = &d->reasons[i];
		text = sqlrule_get(r->line, "reason");
		if (r->argues != argues || !text || r->nth > 0)
			continue;
		str_clear(&s);
		str_addf(&s, "%s (%zu): %s", sqlrule_get(r->line, "id"),
		    r->total, text);
		wrap(out, "    ", "  ", s.s, s.n);
	}
	str_addc(out, '\n');
	print_reasons(d, argues, out);
}

static void
print_coverage(const struct decision *d, bool examined, const char *heading,
    struct str *out)
{
	struct str s cleanup_str = STR_INIT;
	const struct coverage *v;
	size_t i;
	bool any = false;

	for (i = 0; i < d->coverage_n; i++) {
		v = &d->coverage[i];
		if (str_eq(&v->state, "examined") != examined)
			continue;
		if (!any)
			str_addf(out, "\n%s\n", heading);
		any = true;
		str_clear(&s);
		add_shown(&s, &v->area);
		if (!examined) {
			str_adds(&s, " (");
			add_shown(&s, &v->state);
			str_adds(&s, v->required ? ")" : ", not required)");
		}
		str_adds(&s, ": ");
		add_shown(&s, &v->detail);
		wrap(out, "    ", "  - ", s.s, s.n);
	}
}

void
decision_print(const struct decision *d, const char *case_path,
    struct str *out)
{
	static const char *const words[] = {"KEEP", "INVESTIGATE", "WIPE"};
	struct str s cleanup_str = STR_INIT;
	size_t i;

	str_addf(out, "%s\n", words[d->verdict]);
	if (!d->reasons_n)
		str_addf(out, "\nWhy\n  - %s\n", keep_reason);
	print_lines(d, ARGUES_WIPE, "Why wipe", out);
	print_lines(d, ARGUES_INVESTIGATE,
	    d->verdict == VERDICT_WIPE ? "Also to investigate"
				       : "Why investigate", out);
	print_lines(d, ARGUES_KEEP_NEEDS, "What a keep needs and is missing",
	    out);
	print_coverage(d, true, "What was examined", out);
	print_coverage(d, false, "What was not examined, or not whole", out);
	if (d->change.n)
		str_adds(out, "\nWhat would change the decision\n");
	for (i = 0; i < d->change.n; i++) {
		str_clear(&s);
		add_shown(&s, &d->change.v[i]);
		wrap(out, "    ", "  - ", s.s, s.n);
	}
	str_adds(out, "\nCase: ");
	str_add_visible(out, case_path, strlen(case_path));
	str_addc(out, '\n');
}
