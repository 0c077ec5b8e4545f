#ifndef SSHD_H
#define SSHD_H

/*
 * sshd - what an ssh server would do here, by its configuration
 *
 * sshd_config(5) with all that it includes: the first value of a keyword wins,
 * a Match block that holds for a login wins over what stands outside of any.
 * Which conditions hold is known for an account (User, Group, All), not for
 * an address: then both outcomes are kept.
 *
 * Built once a tree, by sshd_of. Where there is no configuration, OpenSSH's
 * defaults are in force.
 *
 * Trust: hostile. Fuzzed by tests/fuzz/fuzz-sshconf.c.
 */

#include "places.h"
#include "sshconf.h"

/* A file that holds keys of an account, and is there. */
struct sshd_key {
	struct str via, real;
	const struct account *account; /* NULL: of every account */
	struct str why; /* the setting that points at it */
};

struct sshd {
	struct sshconf conf;
	struct art_tree *tree;
	struct sshd_key *keys;
	size_t keys_n;
	bool over; /* SSHD_ACCOUNTS_MAX */
};

struct sshd *sshd_of(struct art_tree *t);
void sshd_free(struct sshd *s);

/* How a Match block fares for an account; NULL: for any. */
enum sshd_holds { SSHD_NO, SSHD_PERHAPS, SSHD_YES };
enum sshd_holds sshd_block(const struct sshd *s, size_t block,
    const struct account *a);

/*
 * Value of a keyword (lower case) for an account: at most max lines that may
 * decide, the last of which is certain unless *open: then the default may be
 * in force, too.
 */
size_t sshd_values(const struct sshd *s, const char *key,
    const struct account *a, const struct sshconf_line **v, size_t max,
    bool *open);

/* Is the value for that account certainly this one? */
bool sshd_is(const struct sshd *s, const char *key, const struct account *a,
    const char *value, bool is_default);

/*
 * Why that account cannot log in with a key, in *why; empty: it can. forced:
 * the key has a command of its own.
 */
void sshd_login(const struct sshd *s, const struct account *a, bool forced,
    struct str *why);

/* "AuthorizedKeysFile is VALUE (FILE:LINE)" */
void sshd_key_setting(const struct sshd *s, const struct account *a,
    struct str *out);

/* StrictModes: would sshd refuse this file for that account? */
void sshd_strict(const struct sshd *s, const struct account *a,
    const char *real, struct str *why);

/* "FILE:LINE" */
void sshd_where(const struct sshd *s, const struct sshconf_line *l,
    struct str *out);

#endif
