#ifndef MASK_H
#define MASK_H

/*
 * mask - hide secrets of the evidence's owner on screens and in exports
 *
 * An environment value is evidence in the case, but a report is passed on.
 * In "NAME=VALUE", where NAME looks like that of a secret (PASSWORD, TOKEN,
 * API_KEY ...), VALUE is shown as "***". It ends at the quote that it began
 * behind, else at white space, a quote, a comma or one of ;&|. JSON lines stay
 * exact (case-query(1)).
 */

#include "str.h"

/* Append p with its secrets masked. Never longer than p by more than 3 bytes
 * a secret. */
void mask_add(struct str *out, const char *p, size_t n);

/* Does this name of a variable look like a secret's? */
bool mask_is_secret(const char *name, size_t n);

#endif
