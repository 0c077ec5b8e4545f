#ifndef YAMLDOC_H
#define YAMLDOC_H

/*
 * yamldoc - YAML documents as JSON ones, for the getters of state.h
 *
 * What Kubernetes takes as YAML it takes as JSON just as well: it turns the
 * one into the other first (sigs.k8s.io/yaml). So do we, with libyaml. Plain
 * scalars that are null, a boolean or a whole number of YAML 1.1 become that;
 * all others are texts. References are followed, "<<" is merged.
 *
 * Calling:  yaml_each hands over one document after the other; each lasts for
 *           the call. fn returns 0 to go on.
 * Errors:   ERR_CORRUPT (is no YAML from some line on: the documents before it
 *           were handed over), ERR_LIMIT (CONF_YAML_MAX bytes,
 *           CONF_YAML_OPEN brackets open at once,
 *           STORE_JSON_VALUES values of one file, references followed
 *           included, STORE_JSON_DEPTH levels).
 * Trust:    hostile. Fuzzed by tests/fuzz/fuzz-pods.c.
 */

#include "state.h"

int yaml_each(const char *p, size_t n, int (*fn)(void *arg, struct state *d),
    void *arg, struct err *e);

#endif
