/* rows.h: schema-driven storage of rows: one SQL table per schema table (id, its columns, heads, version),
 * and the origin numbering. */
#ifndef TUTTI_DB_ROWS_H
#define TUTTI_DB_ROWS_H

#include "shared/db/db.h"

/* Creates what is missing: tables (STRICT, WITHOUT ROWID), columns of a newer schema, declared indexes,
 * `origin`. Inside a transaction. A file that these same statements brought into shape carries their
 * fingerprint as its application_id, and is left as it is after one look. */
MUST_USE err rows_ensure(struct db *db);
/* The same for a device, without the indexes that only the hub has (an older file loses them), and with
 * `more` statements of its own, which do nothing the second time. */
MUST_USE err rows_ensure_device(struct db *db, const char *const *more, size_t count);

struct rows; /* the prepared statements per table, and the origin book in memory; one per connection */
MUST_USE err rows_create(struct rows **out, struct db *db);
void rows_destroy(struct rows *r); /* NULL is accepted; before or after db_close */
/* Valid until the next call of this file. */
MUST_USE err rows_origins(struct rows *r, struct origin_book **out);
/* New origins of other connections become known; numbers given but not yet saved are forgotten. Called by
 * itself when a heads blob names an unknown number.
 */
MUST_USE err rows_origins_reload(struct rows *r);
/* After a rollback the origins that its transaction numbered were never there. It cannot fail: what is there
 * is looked up before the next use.
 */
void rows_rolled_back(struct rows *r);

/* Loads a row; row->exists is false (and ERR_OK) when it is not there. Text and heads are copied into `a`. */
MUST_USE err rows_load(struct rows *r, const struct table *t, const struct id *id, struct arena *a,
                       struct row *out);
/* Inserts or replaces; saves new origins first. */
MUST_USE err rows_save(struct rows *r, const struct row *row);
/* Many, each once: those of one table stand beside each other. */
MUST_USE err rows_save_all(struct rows *r, const struct row *const *rows, size_t count);
/* The same of rows that are not there yet; ERR_EXISTS when one is, and then the transaction is to be rolled
 * back. */
MUST_USE err rows_add_all(struct rows *r, const struct row *const *rows, size_t count);
/* Nothing of a row that is there is new but its version. */
MUST_USE err rows_save_version(struct rows *r, const struct row *row);
MUST_USE err rows_delete(struct rows *r, const struct table *t, const struct id *id);
/* Every row about a learner (see schema_subject), in the order of row_key_compare. The list is the caller's
 * to free, and NULL after an error. It looks through tables without an index on a device: for erasure alone.
 */
MUST_USE err rows_about(struct rows *r, const struct id *learner, struct row_key **out, size_t *count_out);
/* The same without those of one table, which the caller knows a better way to. */
MUST_USE err rows_about_but(struct rows *r, const struct id *learner, uint8_t but, struct row_key **out,
                            size_t *count_out);
/* Reads the row at a statement that selects `rows_columns(t)` starting at `first_column`. */
MUST_USE err rows_read(struct rows *r, struct stmt *s, int first_column, const struct table *t,
                       struct arena *a, struct row *out);
/* "id, session, learner, …, heads, version": for SELECTs composed once. It lives as long as `r`. */
MUST_USE err rows_columns(struct rows *r, const struct table *t, const char **out);

/* SQL that finds rows by the first column of their natural key without an index: their ids begin with the
 * same four bytes as it does (see crypto_row_id). Others may begin so too, therefore the column is compared
 * as well. */
#define ROWS_BY_FIRST_KEY(id, column, key)                                                                   \
  id " BETWEEN substr(" key ", 1, 4) AND CAST(substr(" key                                                   \
     ", 1, 4) || x'ffffffffffffffffffffffff' AS BLOB) AND " column " = " key

#endif
