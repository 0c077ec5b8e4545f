#ifndef LOGIN_H
#define LOGIN_H

/*
 * login - what a tree's logins hang on, read once a tree
 *
 * Each of these is made when it is first asked for and lives as long as the
 * tree. Trouble with a file is noted by whoever reads it as an artifact.
 */

#include "groups.h"
#include "tree.h"

struct pam;
struct sshd;
struct sudo;

struct login {
	struct groups groups;
	bool groups_known;
	struct sshd *sshd;
	struct pam *pam;
	struct sudo *sudo;
};

struct login *login_of(struct art_tree *t);
const struct groups *login_groups(struct art_tree *t);
void login_free(struct login *l);

#endif
