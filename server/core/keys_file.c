/* keys_file.c: the order in which new keys are written. */
#include "server/core/keys_file.h"

enum { keys_file_bytes_max = 65536 };

err hub_keys_keep(const struct hub *hub, struct store *store, const struct now *now, const char *action,
                  const char *detail, hub_keys_write *write, const void *ctx, struct fault *fault) {
  struct buf bytes = BUF_INIT(keys_file_bytes_max);
  err e = hub_keys_encode(&bytes, hub);
  if (e == ERR_OK) e = store->ops->begin(store);
  if (e == ERR_OK) e = journal_keys(store->journal, buf_slice(&bytes));
  if (e == ERR_OK) e = store->ops->audit(store, now->wall_ms, &hub->id, action, detail);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK)
    store->ops->rollback(store);
  else
    e = write(ctx, buf_slice(&bytes), fault);
  buf_wipe(&bytes);
  return e;
}

err hub_keys_settle(const struct file_ops *files, const char *name) {
  struct file *file = NULL;
  TRY(files->open(files->ctx, name, true, &file));
  files->close(file);
  return ERR_OK;
}

static err take(struct hub *hub, struct slice file, hub_keys_write *write, const void *ctx,
                struct fault *fault) {
  struct hub newer;
  TRY(hub_keys_decode(&newer, file, fault));
  if (newer.manifest_number <= hub->manifest_number) {
    hub_finish(&newer);
    return ERR_OK;
  }
  newer.entropy = hub->entropy;
  newer.backup_days = hub->backup_days;
  newer.retention_years = hub->retention_years;
  newer.overdue_days = hub->overdue_days;
  newer.log = hub->log;
  err e = write(ctx, file, fault);
  hub_finish(hub);
  *hub = newer;
  return e;
}

err hub_keys_take_newer(struct hub *hub, struct journal *journal, hub_keys_write *write, const void *ctx,
                        struct fault *fault) {
  struct buf bytes = BUF_INIT(keys_file_bytes_max);
  err e = journal_newest_keys(journal, &bytes);
  if (e == ERR_OK && bytes.len > 0) e = take(hub, buf_slice(&bytes), write, ctx, fault);
  buf_wipe(&bytes);
  return e;
}
