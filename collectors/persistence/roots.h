#ifndef ROOTS_H
#define ROOTS_H

/*
 * roots - repositories and web roots of a tree, and what lies in them
 *
 * Repositories: below homes and the folders where sites keep them. Web roots:
 * the usual ones, and those that the configuration of a web server names.
 * Links within them are not followed. Looked for once a tree.
 *
 * Limits:   GIT_DEPTH_MAX, GIT_DIRS_MAX, WEB_DIRS_MAX, WEB_FILES_MAX; the note
 *           goes to the tree's rec.
 * Trust:    hostile.
 */

#include "tree.h"

#include "places.h"

struct roots;
void roots_free(struct roots *r);

void git_config_places(struct art_tree *t, art_place_fn *fn, void *arg);
void git_hook_places(struct art_tree *t, art_place_fn *fn, void *arg);
void web_script_places(struct art_tree *t, art_place_fn *fn, void *arg);
void web_htaccess_places(struct art_tree *t, art_place_fn *fn, void *arg);
void web_ini_places(struct art_tree *t, art_place_fn *fn, void *arg);

#endif
