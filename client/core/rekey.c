/* rekey.c: see rekey.h. */
#include "client/core/rekey.h"

#include <stdio.h>
#include <string.h>

#include "client/core/state.h"

static const char *const endings[] = {"", ".2"}; /* of the two files */

err database_path(char out[database_path_bytes_max], const char *db_path, unsigned which) {
  ASSERT(which < 2);
  int len = snprintf(out, database_path_bytes_max, "%s%s", db_path, endings[which]);
  return len < 0 || len >= database_path_bytes_max ? ERR_TOO_BIG : ERR_OK;
}

err database_remove(const struct file_ops *ops, const char *db_path, unsigned which) {
  static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
  const char *slash = strrchr(db_path, '/');
  ASSERT(which < 2);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i += 1) {
    char file[256];
    int len = snprintf(file, sizeof file, "%s%s%s", slash ? slash + 1 : db_path, endings[which], parts[i]);
    if (len < 0 || (size_t)len >= sizeof file) return ERR_INTERNAL;
    TRY(ops->remove(ops->ctx, file));
  }
  return ERR_OK;
}

static err remove_other(struct core *c) {
  return database_remove(&c->config.files, c->config.db_path, !c->roll.database);
}

/* A disk that takes nothing now is no reason not to start. */
static err unless_full(err e) { return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e; }

/* Not while the database is open: closing a second handle would let go of the first one's lock. */
static err is_there(struct core *c, bool *out) {
  char path[database_path_bytes_max];
  struct file *file = NULL;
  TRY(database_path(path, c->config.db_path, c->roll.database));
  const char *slash = strrchr(path, '/');
  err e = c->config.files.open(c->config.files.ctx, slash ? slash + 1 : path, false, &file);
  *out = e == ERR_OK;
  if (*out) c->config.files.close(file);
  return e == ERR_IO || e == ERR_NO_MEMORY ? e : ERR_OK;
}

/* A staff file alone that came out of a backup names what is not there any more: then nothing is thrown away.
 */
err rekey_tidy(struct core *c) {
  bool there = false;
  TRY(is_there(c, &there));
  return there ? unless_full(remove_other(c)) : ERR_OK;
}

static err copy_under(struct core *c, const uint8_t key[key_bytes]) {
  char path[database_path_bytes_max];
  TRY(remove_other(c)); /* of a try that failed */
  TRY(database_path(path, c->config.db_path, !c->roll.database));
  const struct store_config to = {.path = path, .vfs = c->config.db_vfs, .key = key, .create = true};
  return store_copy(c->store, &to, NULL);
}

err rekey_run(struct core *c, bool *done_out) {
  uint8_t key[key_bytes];
  *done_out = false;
  /* Boxed to nobody, the new key would be lost; the old one is boxed to nobody either. */
  if (!c->store || !c->roll.rekey || !roll_has_pins(&c->roll)) return ERR_OK;
  entropy_fill(&c->config.entropy, key, sizeof key);
  err e = copy_under(c, key);
  if (e == ERR_OK) e = roll_rekey(&c->roll, key, &c->config.entropy);
  if (e == ERR_OK) {
    bytes_copy(c->db_key, key, key_bytes);
    *done_out = true;
  }
  crypto_wipe(key, sizeof key);
  log_write(c->config.log, e == ERR_OK ? LOG_INFO : LOG_WARN, "rekey", "a new key for the database code=%s",
            err_name(e));
  return unless_full(e);
}
