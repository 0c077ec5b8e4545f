#ifndef TABLE_H
#define TABLE_H

/*
 * table - print rows: aligned table, CSV (RFC 4180), JSON lines
 *
 * Nothing from evidence reaches a terminal or a CSV cell unescaped: both
 * show str_add_visible; CSV cells that a spreadsheet would take for a formula
 * (= + - @ TAB CR first) get a leading apostrophe. Tables and CSV show times
 * (columns that end in _time) as UTC and mask secrets (mask.h). JSON lines are
 * exact: integers as they are, a BLOB as base64, under KEY_b64 if the column
 * is KEY_raw.
 *
 * Calling:  table_new, then for each row one table_cell a column and
 *           table_row_end, at last table_free.
 * Widths:   a table holds its first TABLE_HOLD_ROWS rows (or TABLE_HOLD_BYTES)
 *           and takes its widths from them; no cell is ever cut. A cell that
 *           is wider than its column moves the rest of its row.
 * Errors:   those of the FILE; the caller checks it (cli_close_stdout).
 */

#include "str.h"

#include <stdio.h>

enum table_format { TABLE_TABLE, TABLE_CSV, TABLE_JSONL };

struct table;

/* columns: names, borrowed until table_free. The last column of a table is
 * not padded. */
struct table *table_new(FILE *out, enum table_format f,
    const char *const *columns, size_t n);

/* Show 64 hex digits as their first 12, as engines do, in all columns of a
 * table but the last. */
void table_short_ids(struct table *t);

/*
 * The next cell of the row. type: 'i' integer and 'r' real, as decimal text;
 * 's' text, 'b' blob; 0 absent. A CSV shows an absent cell as nothing and an
 * empty text as "", a table shows both as "-", a JSON line leaves the absent
 * one out.
 */
void table_cell(struct table *t, char type, const void *p, size_t n);
void table_row_end(struct table *t);
void table_free(struct table *t); /* prints what is still held */

/* Columns that a UTF-8 text takes on a terminal. */
size_t table_width(const char *p, size_t n);

#endif
