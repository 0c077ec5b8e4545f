#include "login.h"

#include "pam.h"
#include "sshd.h"
#include "sudo.h"

struct login *
login_of(struct art_tree *t)
{
	if (!t->login)
		t->login = xcalloc(1, sizeof(*t->login));
	return t->login;
}

const struct groups *
login_groups(struct art_tree *t)
{
	struct login *l = login_of(t);

	if (!l->groups_known)
		groups_read(t->root, &l->groups);
	l->groups_known = true;
	return &l->groups;
}

void
login_free(struct login *l)
{
	if (!l)
		return;
	if (l->groups_known)
		groups_release(&l->groups);
	sshd_free(l->sshd);
	pam_free(l->pam);
	sudo_free(l->sudo);
	free(l);
}
