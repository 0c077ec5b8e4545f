#ifndef YAMLGUARD_H
#define YAMLGUARD_H

/*
 * yamlguard - what is not given to libyaml
 *
 * Its time grows with the square of the depth of brackets: a megabyte of them
 * keeps it busy for hours. So a text that opens many more than it closes,
 * quotes or not, is not parsed: CONF_YAML_OPEN of limits.h.
 */

#include <stdbool.h>
#include <stddef.h>

bool yaml_too_deep(const char *p, size_t n);

#endif
