/* db_sql.c: pragmas, transactions, and the care of a whole database file. */
#include "shared/db/connection.h"
#include "shared/db/page_vfs.h"

/* One row of text, compared with what it should be. */
static err expect_text(struct db *db, const char *sql, const char *expected, bool *as_expected_out) {
  struct stmt *s;
  TRY(db_stmt(db, &s, sql));
  TRY(stmt_one(s));
  *as_expected_out = slice_equal(stmt_column_text(s, 0), slice_text(expected));
  stmt_reset(s);
  return ERR_OK;
}

/* A database in memory keeps its journal there too; everything else must be able to write ahead. */
static err use_wal(struct db *db) {
  bool wal, memory;
  TRY(expect_text(db, "PRAGMA journal_mode=WAL", "wal", &wal));
  if (wal) return ERR_OK;
  TRY(expect_text(db, "PRAGMA journal_mode", "memory", &memory));
  return memory ? ERR_OK : ERR_READ_ONLY;
}

static err check_version(struct db *db) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "PRAGMA user_version"));
  TRY(stmt_one(s));
  int64_t version = stmt_column_int(s, 0);
  stmt_reset(s);
  return version > schema_version ? ERR_VERSION : ERR_OK;
}

/* locking_mode comes before everything that reads, because a VFS without shared memory can only write ahead
 * alone. The version is the first read: it shows a wrong key, another owner and a damaged file. */
err db_settle(struct db *db, const struct db_config *config) {
  if (config->exclusive) TRY(db_exec(db, "PRAGMA locking_mode=EXCLUSIVE"));
  if (config->small_pages && !config->read_only) TRY(db_exec(db, "PRAGMA page_size=1024"));
  if (!config->exclusive) (void)sqlite3_busy_timeout(db->raw, database_busy_ms_max);
  TRY(check_version(db));
  if (!config->read_only) TRY(use_wal(db));
  TRY(db_exec(db,
              "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=OFF; PRAGMA mmap_size=0;"
              "PRAGMA cell_size_check=ON"));
  (void)sqlite3_limit(db->raw, SQLITE_LIMIT_LENGTH, database_value_bytes_max);
  if (config->cache_kib) {
    char sql[64];
    (void)sqlite3_snprintf(sizeof sql, sql, "PRAGMA cache_size=-%u", config->cache_kib);
    TRY(db_exec(db, sql));
  }
  if (config->wal_autocheckpoint == 0) return ERR_OK;
  return db_error(db, sqlite3_wal_autocheckpoint(db->raw, (int)config->wal_autocheckpoint));
}

static err run(struct db *db, const char *sql) {
  struct stmt *s;
  TRY(db_stmt(db, &s, sql));
  return stmt_run(s);
}

static err begin(struct db *db, const char *sql) {
  if (db->begun || db_in_transaction(db)) return ERR_CONFLICT;
  TRY(run(db, sql));
  db->begun = true;
  return ERR_OK;
}

static void end(struct db *db) {
  db->begun = false;
  db->lost = ERR_OK;
}

err db_begin(struct db *db) { return begin(db, "BEGIN IMMEDIATE"); }

/* BEGIN alone promises nothing: the first read fixes what the transaction sees. */
err db_begin_read(struct db *db) {
  TRY(begin(db, "BEGIN"));
  err e = run(db, "SELECT 1 FROM sqlite_schema LIMIT 1");
  if (e != ERR_OK) db_rollback(db);
  return e;
}

err db_commit(struct db *db) {
  err e = run(db, "COMMIT");
  if (e == ERR_OK)
    end(db);
  else
    db_rollback(db);
  return e;
}

void db_rollback(struct db *db) {
  end(db);
  if (!db_in_transaction(db)) return;
  err e = run(db, "ROLLBACK");
  (void)e; /* when even this fails, SQLite has rolled back by itself or the next open does */
}

err db_version_of_others(struct db *db, int64_t *out) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "PRAGMA data_version"));
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

/* A file of another layer has not heard of the question. */
bool db_is_stuck(const struct db *db) {
  int lost = 0;
  return sqlite3_file_control(db->raw, "main", page_lost_control, &lost) == SQLITE_OK && lost;
}

err db_check(struct db *db) {
  bool ok = false;
  err e = expect_text(db, "PRAGMA integrity_check(1)", "ok", &ok);
  if (e != ERR_OK) return e;
  return ok ? ERR_OK : ERR_CORRUPT;
}

/* Somebody who still reads the old pages keeps the log from being emptied. */
err db_empty_log(struct db *db) {
  struct stmt *s;
  TRY(db_stmt(db, &s, "PRAGMA wal_checkpoint(TRUNCATE)"));
  TRY(stmt_one(s));
  bool busy = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return busy ? ERR_BUSY : ERR_OK;
}

err db_vacuum(struct db *db) {
  if (db_in_transaction(db)) return ERR_CONFLICT;
  TRY(run(db, "VACUUM"));
  return db_empty_log(db);
}

static bool is_there(const struct db *db, const char *path) {
  sqlite3_vfs *vfs = NULL;
  int there = 0;
  (void)sqlite3_file_control(db->raw, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  return vfs && vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && there;
}

err db_backup(struct db *db, const char *path, struct fault *fault) {
  if (db_in_transaction(db))
    return fault_set(fault, ERR_CONFLICT, "A backup cannot start inside a transaction.");
  if (is_there(db, path))
    return fault_set(fault, ERR_EXISTS, "%s is there already: choose a new name.", path);
  struct stmt *s;
  err e = db_stmt(db, &s, "VACUUM INTO ?1");
  if (e == ERR_OK) {
    stmt_text(s, 1, slice_text(path));
    e = stmt_run(s);
  }
  if (e == ERR_OK) return ERR_OK;
  return fault_set(fault, e, "The backup %s could not be written: %s.", path, err_text(e));
}
