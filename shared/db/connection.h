/* connection.h: private to this folder: what a connection and a statement are made of. */
#ifndef TUTTI_DB_CONNECTION_H
#define TUTTI_DB_CONNECTION_H

#include <sqlite3.h>

#include "shared/db/db.h"

struct db {
  sqlite3 *raw;
  bool keyed;
  bool begun; /* by us, and neither committed nor rolled back by us */
  err lost;   /* why SQLite rolled back what was begun; every statement fails with it until we do so too */
  struct stmt **slots; /* open addressing by the address of the SQL; NULL is free */
  size_t slot_count, stmt_count;
};
struct stmt {
  struct db *db;
  sqlite3_stmt *raw;
  const char *sql;
  int bind_result; /* the first failed binding since the last reset, or SQLITE_OK */
};

/* Some failures, of the disk or for want of memory, end a transaction by themselves: what would follow in it
 * must not be kept one by one. */
void db_note_lost(struct db *db, err e);
/* SQLite's result as ours. */
err db_error(const struct db *db, int result);
/* A statement outside the cache, for SQL that lives shorter than the connection. stmt_destroy accepts NULL.
 */
MUST_USE err stmt_create(struct stmt **out, struct db *db, const char *sql);
void stmt_destroy(struct stmt *s);
/* Finalizes the cached statements. */
void stmt_cache_finish(struct db *db);
/* Everything into the file, durably, and the log cut to nothing; ERR_BUSY when that must wait (db_sql.c). */
MUST_USE err db_empty_log(struct db *db);
/* The pragmas of an open connection; ERR_VERSION when its schema is newer than ours (db_sql.c). */
MUST_USE err db_settle(struct db *db, const struct db_config *config);

#endif
