/* db.h: SQLite, opened the one safe way: WAL, synchronous=FULL, optional page encryption, statements prepared
 * once. The only user of <sqlite3.h>. */
#ifndef TUTTI_DB_DB_H
#define TUTTI_DB_DB_H

#include "shared/schema/row.h"

struct db;   /* one connection; one thread at a time */
struct stmt; /* a prepared statement, owned by the connection's cache */

struct db_config {
  const char *path;
  const char *vfs;             /* NULL for the platform's; "opfs", "sim" */
  const uint8_t *key;          /* 32 bytes for ChaCha20-Poly1305 pages, or NULL for a plain file */
  bool create;                 /* false: ERR_NOT_FOUND when it is not there */
  bool read_only;              /* a reading connection beside the writer */
  bool exclusive;              /* locking_mode=EXCLUSIVE: a device's database has one owner */
  bool gathered_log;           /* the log is written in one piece, and settled before it is believed: what
                                  everybody should say who is not sure to come after a writer (log_vfs.c) */
  uint32_t cache_kib;          /* 0: SQLite's default */
  uint32_t wal_autocheckpoint; /* pages; 0: SQLite's default */
  bool small_pages; /* a new file gets pages of 1 KiB: a single write ciphers and writes a quarter */
};
/* Pragmas as in ARCHITECTURE: WAL, FULL, trusted_schema OFF, DEFENSIVE, secure_delete ON, foreign_keys OFF,
 * temp_store MEMORY, mmap 0. ERR_CRYPTO with a wrong key, ERR_VERSION for a newer user_version (the file
 * stays as it is, byte for byte), ERR_BUSY with another owner, ERR_READ_ONLY, ERR_CORRUPT. */
/* A file's own triggers and views do not run: we use neither, so one that is there came from somebody else.
 */
MUST_USE err db_open(struct db **out, const struct db_config *config, struct fault *fault);
void db_close(struct db *db);   /* NULL is accepted; checkpoints and finalizes its statements */
void db_abandon(struct db *db); /* closes without a checkpoint, as a crash would; for the simulator and for a
                                   failing disk */
/* The last SQLite message: names tables and columns, never values. */
const char *db_message(const struct db *db);
MUST_USE err db_exec(struct db *db, const char *sql);
MUST_USE err db_begin(struct db *db); /* BEGIN IMMEDIATE; ERR_CONFLICT inside another */
MUST_USE err db_begin_read(struct db *db);
MUST_USE err db_commit(struct db *db); /* a commit that failed has been rolled back */
void db_rollback(struct db *db);       /* nothing outside a transaction */
bool db_in_transaction(const struct db *db);
/* A copy under another key, in a new file that is complete and durable when this returns; not inside a
 * transaction. Changing the key of a file in place is not offered: while that is under way its log holds
 * pages under both keys, and after a power cut neither opens it. */
MUST_USE err db_copy(struct db *db, const struct db_config *to, struct fault *fault);
/* A number that changes when another connection, of this process or another, commits; never by this one. */
MUST_USE err db_version_of_others(struct db *db, int64_t *out);
/* This connection's file takes no more pages, after some that it had were not kept (page_vfs.c): nothing is
 * lost, but the log grows until the file is opened anew. */
bool db_is_stuck(const struct db *db);
MUST_USE err db_check(struct db *db); /* PRAGMA integrity_check: ERR_CORRUPT unless "ok" */
MUST_USE err
db_vacuum(struct db *db); /* VACUUM, then checkpoint and truncate the WAL: ERR_BUSY when that must wait */
MUST_USE err db_backup(struct db *db, const char *path, struct fault *fault); /* VACUUM INTO a new file */

/* The cached statement for `sql`, reset and unbound. `sql` must be a string literal or live as long as the
 * connection: the cache is keyed by its address. */
MUST_USE err db_stmt(struct db *db, struct stmt **out, const char *sql);
/* Binding copies nothing: the bytes must live until the next reset. Indexes start at 1. Failures surface in
 * stmt_step. */
void stmt_int(struct stmt *s, int index, int64_t v);
void stmt_text(struct stmt *s, int index, struct slice v);
void stmt_blob(struct stmt *s, int index, struct slice v);
void stmt_id(struct stmt *s, int index, const struct id *v); /* NULL binds NULL */
void stmt_null(struct stmt *s, int index);
void stmt_value(struct stmt *s, int index, const struct value *v);
/* One step: *row_out tells whether a row is there. After the last row or an error the statement is reset. */
MUST_USE err stmt_step(struct stmt *s, bool *row_out);
/* For statements without rows: step to the end. */
MUST_USE err stmt_run(struct stmt *s);
/* Step that must give a row: ERR_NOT_FOUND otherwise. Read the columns, then stmt_reset. */
MUST_USE err stmt_one(struct stmt *s);
void stmt_reset(struct stmt *s);
/* Columns start at 0; bytes live until the next step or reset. */
int64_t stmt_column_int(struct stmt *s, int column);
struct slice stmt_column_text(struct stmt *s, int column); /* NULL and empty are both {NULL or any, 0} */
struct slice stmt_column_blob(struct stmt *s, int column);
bool stmt_column_null(struct stmt *s, int column);
bool stmt_column_id(struct stmt *s, int column, struct id *out); /* false (and zero) unless 16 bytes */
/* The value as the schema column has it, text copied into `a`. */
MUST_USE err stmt_column_value(struct stmt *s, int column, const struct column *c, struct arena *a,
                               struct value *out);
int stmt_column_count(struct stmt *s);
int64_t db_changes(const struct db *db);
/* The platform's VFS is registered by linking file db/vfs_*.c; sqlite3_initialize is called by the first
 * db_open. */

#endif
