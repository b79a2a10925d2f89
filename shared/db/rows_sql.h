/* rows_sql.h: private to this folder: the statements of schema rows and of the origin numbering. */
#ifndef TUTTI_DB_ROWS_SQL_H
#define TUTTI_DB_ROWS_SQL_H

#include "shared/db/connection.h"

struct rows;
struct db *rows_db(const struct rows *r);
/* Each appends one statement with a closing zero, which buf_slice counts. */
MUST_USE err rows_sql_columns(struct buf *out, const struct table *t);
MUST_USE err rows_sql_load(struct buf *out, const struct table *t); /* ?1 id */
/* Of each of `rows` rows: id, columns, heads, version. */
MUST_USE err rows_sql_save(struct buf *out, const struct table *t, bool indexed, size_t rows);
/* The same of rows that are not there yet. */
MUST_USE err rows_sql_add(struct buf *out, const struct table *t, size_t rows);
MUST_USE err rows_sql_version(struct buf *out, const struct table *t); /* ?1 version, ?2 id */
MUST_USE err rows_sql_delete(struct buf *out, const struct table *t);  /* ?1 id */
/* Over which tables this database has indexes, beside their keys: by table id. */
MUST_USE err rows_sql_indexed(struct db *db, bool out[TABLE_END]);

MUST_USE err rows_sql_about(struct buf *out, const struct table *t, const char *column); /* ?1 its value */

MUST_USE err origins_sql_add(struct db *db, size_t no, const struct origin *o);
/* Reads those from no `book->count` on; ERR_CORRUPT when a number is left out. */
MUST_USE err origins_sql_read(struct db *db, struct origin_book *book);
MUST_USE err origins_sql_count(struct db *db, size_t *out);

#endif
