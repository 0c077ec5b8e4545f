#ifndef SQLFUNC_H
#define SQLFUNC_H

/*
 * sqlfunc - SQL functions for rules (pack(5))
 *
 *   shcmd_facts(text [, form [, env]])     JSON array of "TAG: PIECE"
 *   shcmd_has(text, tag [, form [, env]])  1 or 0
 *   shcmd_plain(text [, form [, env]])     what runs, unquoted and decoded
 *   shcmd_runs(text [, form [, env]])      JSON array of "run PATH" and
 *                                          "argument PATH"; "opaque": runs
 *                                          what cannot be told
 *   X REGEXP pattern                       PCRE2 (bytes), with limits
 *   regexp_find(pattern, X [, group])      what matched, NULL: nothing
 *   list_has(list, text)                   is it an element?
 *   list_cat(list [, list])                one list (as COLUMN_raw, a BLOB)
 *   excerpt(text [, bytes])                masked, at most that long
 *   image_namespace(ref)                   docker.io/a/b:c gives a; one word: library
 *   image_repo(ref)                        a/b, without registry, tag, digest
 *   monero(text)                           first valid Monero address, or NULL
 *   mask(text)                             secrets masked (mask.h)
 *   path_under(path, dir)                  1 where path is dir or below it
 *   path_moved(path, from, to)             path of the same thing below to
 *   path_key(path)                         one form for /usr/bin/x and /bin/x,
 *                                          /var/run/x and /run/x
 *   path_command(path)                     x, where a shell would find it by
 *                                          that name; else NULL
 *
 * form is a name of enum shcmd_form ("argv": text is a JSON array). Texts may
 * be BLOBs (the exact bytes of COLUMN_raw); results are TEXT: bytes that are
 * no UTF-8 come out in readable form. NULL in, NULL out (shcmd_has: 0).
 *
 * Errors: wrong types and bad patterns are errors of the statement.
 * Trust: values are evidence, hostile.
 */

#include <sqlite3.h>

int sqlfunc_register(sqlite3 *db);

/* The parts that C uses too. */
#include "str.h"

/* Repository without registry, tag and digest, lower case: "library/nginx".
 * registry: receives the registry's host, "docker.io" for the default. */
void image_ref(const char *p, size_t n, struct str *repo, struct str *registry);

/* Is [p, p+n) a Monero address with a right checksum? */
bool monero_valid(const char *p, size_t n);

#endif
