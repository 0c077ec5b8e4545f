#ifndef TABLE_H
#define TABLE_H

/*
 * table - print rows: aligned table, CSV (RFC 4180), JSON lines
 *
 * Nothing from evidence reaches a terminal or a CSV cell unescaped: tables
 * show str_add_visible; CSV cells that a spreadsheet would take for a formula
 * (= + - @ TAB CR first) get a leading apostrophe. Secret-looking environment
 * values are masked in tables (case(5)); JSON lines are exact.
 */

#include "str.h"

#include <stdio.h>

enum table_format { TABLE_TABLE, TABLE_CSV, TABLE_JSONL };

struct table;

/* columns: names; the last column of a table is not padded nor cut. */
struct table *table_new(FILE *out, enum table_format f, const char *const *columns,
    size_t n);
/* NULL cell: absent. type: 'i' integer, 's' text, 'b' blob (hex). */
void table_cell(struct table *t, char type, const void *p, size_t n);
void table_row_end(struct table *t);
void table_free(struct table *t); /* prints what is still held */

#endif
