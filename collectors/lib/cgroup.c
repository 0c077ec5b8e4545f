#include "cgroup.h"

#define ID_HEX 64 /* container ids of all engines but ctr's */
#define ID_MAX 76 /* longest identifier that containerd takes */
#define PARTS_MAX 64

struct part {
	const char *s;
	size_t n;
};

static bool
part_is(const struct part *p, const char *s)
{
	return p->n == strlen(s) && memcmp(p->s, s, p->n) == 0;
}

static bool
starts(const struct part *p, const char *s)
{
	return p->n >= strlen(s) && memcmp(p->s, s, strlen(s)) == 0;
}

static bool
is_hex(const char *s, size_t n)
{
	size_t i;

	if (n != ID_HEX)
		return false;
	for (i = 0; i < n; i++)
		if (!(s[i] >= '0' && s[i] <= '9') &&
		    !(s[i] >= 'a' && s[i] <= 'f'))
			return false;
	return true;
}

/* containerd's rule for names: letters and digits, joined by one of _ . - */
static bool
is_name(const char *s, size_t n)
{
	bool joint = true;
	size_t i;

	if (!n || n > ID_MAX)
		return false;
	for (i = 0; i < n; i++) {
		if (s[i] == '_' || s[i] == '.' || s[i] == '-') {
			if (joint)
				return false;
			joint = true;
			continue;
		}
		if (!(s[i] >= '0' && s[i] <= '9') &&
		    !(s[i] >= 'a' && s[i] <= 'z') &&
		    !(s[i] >= 'A' && s[i] <= 'Z'))
			return false;
		joint = false;
	}
	return !joint;
}

static void
fill(struct cgroup_container *c, const char *engine, const char *ns,
    size_t ns_n, const char *id, size_t id_n)
{
	c->engine = engine;
	c->ns = ns;
	c->ns_n = ns ? ns_n : 0;
	c->id = id;
	c->id_n = id_n;
}

/*
 * Names with the engine in them: PREFIX ID [".scope"]. systemd's driver makes
 * scopes; the plain driver makes the same without the ending (libpod, crio).
 */
static const struct {
	const char *prefix;
	const char *engine; /* NULL: a monitor beside a container */
	const char *ns;
} named[] = {
	{"docker-", "docker", NULL},
	{"cri-containerd-", "containerd", "k8s.io"},
	{"nerdctl-", "containerd", "default"},
	{"libpod-payload-", "podman", NULL},
	{"libpod-conmon-", NULL, NULL},
	{"libpod-", "podman", NULL},
	{"crio-conmon-", NULL, NULL},
	{"crio-", "crio", NULL},
};

/* systemd's form "SLICE:PREFIX:ID" where the plain driver is used by an
 * engine that was given a systemd path. */
static const struct {
	const char *infix;
	const char *engine;
	const char *ns;
} colons[] = {
	{":cri-containerd:", "containerd", "k8s.io"},
	{":docker:", "docker", NULL},
	{":libpod:", "podman", NULL},
	{":crio:", "crio", NULL},
	{":nerdctl:", "containerd", "default"},
};

static bool
by_name(const struct part *p, struct cgroup_container *c)
{
	size_t i, k, n = p->n;
	const char *at;

	if (n > 6 && memcmp(p->s + n - 6, ".scope", 6) == 0)
		n -= 6;
	for (i = 0; i < COUNT(named); i++) {
		k = strlen(named[i].prefix);
		if (!starts(p, named[i].prefix) || n <= k ||
		    !is_hex(p->s + k, n - k))
			continue;
		if (!named[i].engine)
			return false;
		fill(c, named[i].engine, named[i].ns,
		    named[i].ns ? strlen(named[i].ns) : 0, p->s + k, n - k);
		return true;
	}
	for (i = 0; i < COUNT(colons); i++) {
		k = strlen(colons[i].infix);
		at = memmem(p->s, n, colons[i].infix, k);
		if (!at)
			continue;
		at += k;
		if (!is_hex(at, (size_t)(p->s + n - at)))
			continue;
		fill(c, colons[i].engine, colons[i].ns,
		    colons[i].ns ? strlen(colons[i].ns) : 0, at,
		    (size_t)(p->s + n - at));
		return true;
	}
	return false;
}

/* A pod's own group, below which a bare id is a container of the CRI. */
static bool
is_pod(const struct part *p)
{
	return starts(p, "pod") || starts(p, "kubepods");
}

/* Namespaces of containerd by name: of ctr and nerdctl, the CRI, Docker's
 * own, BuildKit's. */
static bool
is_namespace(const struct part *p)
{
	return part_is(p, "default") || part_is(p, "k8s.io") ||
	    part_is(p, "moby") || part_is(p, "buildkit");
}

/* A bare id: its engine is known by the groups above it. */
static bool
by_place(const struct part *v, size_t at, struct cgroup_container *c)
{
	const struct part *p = &v[at], *up = at ? &v[at - 1] : NULL;
	bool hex = is_hex(p->s, p->n);
	size_t i;

	if (!up)
		return false;
	/* docker build: its steps have names of BuildKit's own */
	if (part_is(up, "buildkit") && at >= 2 && part_is(&v[at - 2], "docker") &&
	    is_name(p->s, p->n)) {
		fill(c, "docker", NULL, 0, p->s, p->n);
		return true;
	}
	if (hex && part_is(up, "docker")) {
		fill(c, "docker", NULL, 0, p->s, p->n);
		return true;
	}
	for (i = at; hex && i-- > 0;)
		if (is_pod(&v[i])) {
			fill(c, "containerd", "k8s.io", 6, p->s, p->n);
			return true;
		}
	/* ctr and nerdctl: NAMESPACE/ID from the top; an id of ctr is any name,
	 * which is believed only below a namespace that is known */
	if (at == 1 && is_namespace(up) && is_name(p->s, p->n)) {
		fill(c, "containerd", up->s, up->n, p->s, p->n);
		return true;
	}
	/* docker --cgroup-parent=ANY, as ECS and GitHub's runners use it: no
	 * other engine leaves its ids bare */
	if (hex) {
		fill(c, "docker", NULL, 0, p->s, p->n);
		return true;
	}
	return false;
}

int
cgroup_path(const char *path, size_t n, struct cgroup_container *c)
{
	static const char gone[] = " (deleted)";
	struct part v[PARTS_MAX];
	size_t i = 0, from, k = 0;

	if (n > sizeof(gone) - 1 &&
	    memcmp(path + n - (sizeof(gone) - 1), gone, sizeof(gone) - 1) == 0)
		n -= sizeof(gone) - 1;
	while (i < n) {
		while (i < n && path[i] == '/')
			i++;
		for (from = i; i < n && path[i] != '/'; i++)
			;
		if (i == from || (i - from == 2 && path[from] == '.' &&
				     path[from + 1] == '.'))
			continue; /* ".." where our namespace begins below */
		if (k == PARTS_MAX)
			break; /* the outermost ones count */
		v[k].s = path + from;
		v[k++].n = i - from;
	}
	for (i = 0; i < k; i++) {
		/* the plain driver's monitor, in a group below the container's */
		if (i + 1 < k && starts(&v[i], "libpod-") &&
		    part_is(&v[i + 1], "conmon"))
			continue;
		if (by_name(&v[i], c) || by_place(v, i, c))
			return 1;
	}
	return 0;
}

struct line {
	const char *controllers, *path;
	size_t controllers_n, path_n;
	int rank; /* 0 unified, 1 systemd's, 2 others */
};

/* The next line from *at; false at the end. Lines without two colons are
 * passed over. */
static bool
next_line(const char *text, size_t n, size_t *at, struct line *l)
{
	const char *s, *nl, *c1, *c2;
	size_t len;

	while (*at < n) {
		s = text + *at;
		nl = memchr(s, '\n', n - *at);
		len = nl ? (size_t)(nl - s) : n - *at;
		*at += len + 1;
		c1 = memchr(s, ':', len);
		if (!c1)
			continue;
		c2 = memchr(c1 + 1, ':', (size_t)(s + len - c1 - 1));
		if (!c2)
			continue;
		l->controllers = c1 + 1;
		l->controllers_n = (size_t)(c2 - c1 - 1);
		l->path = c2 + 1;
		l->path_n = (size_t)(s + len - c2 - 1);
		l->rank = l->controllers_n == 0 ? 0
		    : l->controllers_n == 12 &&
			memcmp(l->controllers, "name=systemd", 12) == 0
		    ? 1
		    : 2;
		return true;
	}
	return false;
}

static int
search(const char *text, size_t n, struct cgroup_container *c, struct line *l)
{
	size_t at;
	int rank;

	for (rank = 0; rank < 3; rank++)
		for (at = 0; next_line(text, n, &at, l);)
			if (l->rank == rank &&
			    cgroup_path(l->path, l->path_n, c))
				return 1;
	return 0;
}

int
cgroup_container(const char *text, size_t n, struct cgroup_container *c)
{
	struct line l;

	return search(text, n, c, &l);
}

const char *
cgroup_best(const char *text, size_t n, size_t *len)
{
	struct cgroup_container c;
	const char *best = NULL;
	struct line l;
	size_t at;
	int rank;

	if (search(text, n, &c, &l)) {
		*len = l.path_n;
		return l.path;
	}
	for (rank = 0; rank < 3; rank++)
		for (at = 0; next_line(text, n, &at, &l);) {
			if (l.rank != rank || !l.path_n)
				continue;
			if (!best) {
				best = l.path;
				*len = l.path_n;
			}
			if (l.path_n > 1) {
				*len = l.path_n;
				return l.path;
			}
		}
	return best;
}
