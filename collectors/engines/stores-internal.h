#ifndef STORES_INTERNAL_H
#define STORES_INTERNAL_H

/*
 * stores-internal - the parts of stores_find among themselves
 *
 * stores-places.c has the places, stores-try.c examines one, stores-config.c
 * reads what configurations name, stores.c goes through the host.
 */

#include "engine.h"

enum base { HOST, HOME, DATA };

struct place {
	const struct engine *engine; /* NULL: cannot be read */
	bool node;
	enum base base;
	const char *path;
	const char *pattern; /* below path; NULL for a store */
	const char *what;
};

extern const struct place places[];
extern const size_t places_n;

/* What a search knows so far. */
struct search {
	struct root *r;
	struct rec *rec;
	struct stores *out;
	struct strlist homes;
	struct strlist noted; /* places of which a note speaks already */
	struct strlist configs; /* daemon.json, config.toml: done */
	bool containerd;	/* read_service: its options, not dockerd's */
	const struct engine *as; /* that reads what is tried next; or NULL */
	/* device and inode of what was examined */
	struct seen {
		dev_t dev;
		ino_t ino;
	} *seen;
	size_t seen_n;
};

/* Add a note; nothing where nobody is told. */
void search_note(struct search *x, enum err_class class, const char *path,
    int sys, const char *fmt, ...) PRINTF(5, 6);
/* Where something is only looked for: not being there is no note. */
void search_trouble(void *arg, const char *path, const struct err *e);
/* Is s in the list: of places with a note, of configurations read? */
bool search_in_list(const struct strlist *l, const char *s);
/* Does the path end in nothing because of a link on the way? It is noted. */
bool search_dangling(struct search *x, const char *path);
/* For root_list: 1 at the first entry. */
int search_not_empty(void *arg, const struct root_entry *ent);

enum asked { BY_PLACE, BY_CONFIG, BY_USER };
/* Examine one directory. from: the configuration that names it. */
void search_store(struct search *x, const char *path, enum asked asked,
    const char *from);
/* One store for the host, at the first place of them that is there. */
void search_node(struct search *x, const struct place *p);
/* What cannot be read. above: what path stands under, in the evidence; r: root
 * of that. */
void search_foreign(struct search *x, struct root *r, const char *above,
    const char *path, const struct place *p);
/* The engine of that name; NULL: there is none. */
const struct engine *search_engine(const char *name);

/* All that configurations of the host name. */
void search_configured(struct search *x);
/* Where these lie, for -L. */
void search_print_configured(void);

#endif
