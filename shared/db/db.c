/* db.c: opening and closing a connection, and SQLite's results as ours. */
#include "shared/db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/crypto/crypto.h"
#include "shared/db/connection.h"
#include "shared/db/log_vfs.h"
#include "shared/db/page_cipher.h"

enum { vfs_name_bytes_max = 64, path_bytes_max = 4096 };
static const char cipher_prefix[] = "multipleciphers-";

/* What the operating system said last, where a platform tells. */
static err error_of_system(const struct db *db, err otherwise) {
  switch (sqlite3_system_errno(db->raw)) {
  case ENOSPC:
  case EFBIG:
  case EDQUOT: return ERR_FULL;
  case EACCES:
  case EPERM:
  case EROFS: return ERR_READ_ONLY;
  case ENOENT: return ERR_NOT_FOUND;
  default: return otherwise;
  }
}

/* Page 1 that is no database is a wrong key where there is a key. */
err db_error(const struct db *db, int result) {
  if (result == SQLITE_IOERR_NOMEM) return ERR_NO_MEMORY;
  if (result == SQLITE_CONSTRAINT_PRIMARYKEY || result == SQLITE_CONSTRAINT_UNIQUE) return ERR_EXISTS;
  switch (result & 0xFF) {
  case SQLITE_OK:
  case SQLITE_ROW:
  case SQLITE_DONE: return ERR_OK;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_INTERRUPT: return ERR_BUSY;
  case SQLITE_NOMEM: return ERR_NO_MEMORY;
  case SQLITE_FULL: return ERR_FULL;
  case SQLITE_READONLY:
  case SQLITE_PERM: return ERR_READ_ONLY;
  case SQLITE_CORRUPT: return ERR_CORRUPT;
  case SQLITE_NOTADB: return db->keyed ? ERR_CRYPTO : ERR_CORRUPT;
  case SQLITE_CANTOPEN:
  case SQLITE_IOERR: return error_of_system(db, ERR_IO);
  case SQLITE_CONSTRAINT: return ERR_CONFLICT;
  case SQLITE_TOOBIG: return ERR_TOO_BIG;
  default: return ERR_INTERNAL;
  }
}

/* SQLite's own default may be encryption over the platform's layer already. */
static const char *platform_vfs(void) {
  const char *name = sqlite3_vfs_find(NULL)->zName;
  return strncmp(name, cipher_prefix, sizeof cipher_prefix - 1) ? name : name + sizeof cipher_prefix - 1;
}

/* Encryption is a layer too, over the one that gathers. */
static err stack_vfs(char out[vfs_name_bytes_max], const struct db_config *config) {
  char gathering[log_vfs_name_bytes_max];
  const char *name = config->vfs ? config->vfs : platform_vfs();
  TRY(page_cipher_register());
  if (config->gathered_log) {
    TRY(log_vfs_over(gathering, name));
    name = gathering;
  }
  (void)snprintf(out, vfs_name_bytes_max, "%s%s", config->key ? cipher_prefix : "", name);
  if (sqlite3_vfs_find(out)) return ERR_OK;
  return config->key && sqlite3mc_vfs_create(name, 0) == SQLITE_OK ? ERR_OK : ERR_NOT_FOUND;
}

/* SQLite keeps its lists of layers and of ciphers for the whole process. */
static err find_vfs(char out[vfs_name_bytes_max], const struct db_config *config) {
  sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
  sqlite3_mutex_enter(mutex);
  err e = stack_vfs(out, config);
  sqlite3_mutex_leave(mutex);
  return e;
}

static bool file_exists(const char *vfs_name, const char *path) {
  sqlite3_vfs *vfs = sqlite3_vfs_find(vfs_name);
  int exists = 0;
  return vfs && vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists;
}

/* After refusing to create a file SQLite tries to read one that is not there, and remembers only that. */
static err open_error(const struct db *db, const struct db_config *config, const char *vfs_name, int result) {
  err e = db_error(db, result);
  const char *slash = strrchr(config->path, '/');
  if (e != ERR_NOT_FOUND || !config->create) return e;
  char dir[path_bytes_max] = ".";
  if (slash) (void)sqlite3_snprintf(sizeof dir, dir, "%.*s", (int)(slash - config->path) + 1, config->path);
  return file_exists(vfs_name, dir) ? ERR_READ_ONLY : ERR_NOT_FOUND;
}

/* The key goes in as it is, without a derivation: it is random already. */
static err give_key(struct db *db, const uint8_t *key) {
  int result = sqlite3_key_v2(db->raw, "main", key, key_bytes);
  if (result == SQLITE_OK) db->keyed = true;
  return db_error(db, result);
}

/* A file is a guest: it may not run code of its own when we read it. */
static void harden(sqlite3 *raw) {
  /* Plans hold for every value: otherwise each new LIMIT that is bound has its statement prepared anew. */
  (void)sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)NULL);
  (void)sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
  (void)sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
  (void)sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
  (void)sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
}

static err connect_to(struct db *db, const struct db_config *config) {
  char vfs_name[vfs_name_bytes_max];
  TRY(find_vfs(vfs_name, config));
  if (!config->create && !file_exists(vfs_name, config->path)) return ERR_NOT_FOUND;
  int flags = config->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (config->create && !config->read_only) flags |= SQLITE_OPEN_CREATE;
  int result = sqlite3_open_v2(config->path, &db->raw, flags | SQLITE_OPEN_EXRESCODE, vfs_name);
  if (result != SQLITE_OK) return open_error(db, config, vfs_name, result);
  bool writable = sqlite3_db_readonly(db->raw, "main") == 0; /* SQLite falls back to reading without a word */
  if (!writable && !config->read_only) return ERR_READ_ONLY;
  harden(db->raw);
  if (config->key) TRY(give_key(db, config->key));
  return db_settle(db, config);
}

static const char *advice(err e) {
  switch (e) {
  case ERR_NOT_FOUND: return "check the path";
  case ERR_CRYPTO: return "the key is not this file's";
  case ERR_VERSION: return "a newer program wrote it: update this one";
  case ERR_BUSY: return "another program has it open: close that first";
  case ERR_READ_ONLY: return "give this program the right to write to it and to its directory";
  case ERR_FULL: return "make room on the disk";
  case ERR_CORRUPT: return "restore it from a backup";
  default: return "look at the disk and the system's log";
  }
}

err db_open(struct db **out, const struct db_config *config, struct fault *fault) {
  ASSERT(config->path && config->path[0]);
  struct db *db = calloc(1, sizeof *db);
  err e = db ? ERR_OK : ERR_NO_MEMORY;
  if (e == ERR_OK && sqlite3_initialize() != SQLITE_OK) e = ERR_NO_MEMORY;
  if (e == ERR_OK) e = connect_to(db, config);
  if (e == ERR_OK) {
    *out = db;
    return ERR_OK;
  }
  if (e == ERR_VERSION)
    db_abandon(db); /* not a byte of a newer program's file is touched, not even to tidy its journal */
  else
    db_close(db);
  return fault_set(fault, e, "The database %s could not be opened: %s; %s.", config->path, err_text(e),
                   advice(e));
}

/* close_v2: a statement outside the cache may still wait for its owner to destroy it. */
void db_close(struct db *db) {
  if (!db) return;
  stmt_cache_finish(db);
  (void)sqlite3_close_v2(db->raw);
  free(db);
}

void db_abandon(struct db *db) {
  if (!db) return;
  (void)sqlite3_db_config(db->raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
  db_close(db);
}

/* Page by page: each is opened with the one key and sealed with the other, so the pages must be of one size.
 */
static err copy_pages(struct db *to, struct db *from) {
  sqlite3_backup *b = sqlite3_backup_init(to->raw, "main", from->raw, "main");
  if (!b) return db_error(to, sqlite3_extended_errcode(to->raw));
  int step = sqlite3_backup_step(b, -1), result = sqlite3_backup_finish(b);
  if (step == SQLITE_BUSY || step == SQLITE_LOCKED) return ERR_BUSY;
  return db_error(to, result);
}

err db_copy(struct db *db, const struct db_config *to, struct fault *fault) {
  struct db *copy = NULL;
  if (db_in_transaction(db))
    return fault_set(fault, ERR_CONFLICT, "A copy cannot start inside a transaction.");
  TRY(db_open(&copy, to, fault));
  ASSERT(copy);
  err e = copy_pages(copy, db);
  if (e == ERR_OK) e = db_empty_log(copy);
  if (e == ERR_OK)
    db_close(copy);
  else
    db_abandon(copy);
  return e == ERR_OK ? e
                     : fault_set(fault, e, "The copy %s could not be written: %s.", to->path, err_text(e));
}

const char *db_message(const struct db *db) { return sqlite3_errmsg(db->raw); }

bool db_in_transaction(const struct db *db) { return !sqlite3_get_autocommit(db->raw); }

int64_t db_changes(const struct db *db) { return sqlite3_changes64(db->raw); }

err db_exec(struct db *db, const char *sql) {
  if (db->lost != ERR_OK) return db->lost;
  err e = db_error(db, sqlite3_exec(db->raw, sql, NULL, NULL, NULL));
  db_note_lost(db, e);
  return e;
}
