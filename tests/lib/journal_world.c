/* journal_world.c: a hub with a journal for tests: back up, go on, lose the database, start again. */
#include "tests/lib/journal_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

struct journal_world journal_world;
static struct journal_world *const w = &journal_world;

void journal_world_must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

void journal_world_open(void) {
  struct fault fault = {.code = ERR_OK};
  if (journal_open(&w->journal, &w->files, &w->host.hub.id, &fault) != ERR_OK) fail_msg("%s", fault.text);
  w->host.store->journal = w->journal;
}

int journal_world_set_up(void **state) {
  char id[id_text_bytes];
  (void)state;
  hub_host_open(&w->host, 5);
  journal_world_must(file_posix_init(&w->files, w->host.dir, NULL));
  id_text(id, &w->host.hub.id);
  (void)snprintf(w->journal_path, sizeof w->journal_path, "%s/%s.journal", w->host.dir, id);
  (void)snprintf(w->backup_path, sizeof w->backup_path, "%s/backup", w->host.dir);
  journal_world_open();
  hub_world_make(&w->world, &w->host);
  return 0;
}

int journal_world_tear_down(void **state) {
  (void)state;
  journal_close(w->journal);
  file_posix_finish(&w->files);
  (void)unlink(w->journal_path);
  (void)unlink(w->backup_path);
  hub_host_close(&w->host);
  return 0;
}

void journal_world_back_up(void) {
  struct fault fault;
  (void)unlink(w->backup_path); /* the one before */
  journal_world_must(store_sqlite_backup(w->host.store, w->backup_path, &fault));
}

void journal_world_put_back(const char *path) {
  w->host.store->ops->close(w->host.store);
  w->host.store = NULL;
  journal_close(w->journal);
  if (path) {
    struct buf bytes = BUF_INIT(268435456);
    char wal[128];
    (void)snprintf(wal, sizeof wal, "%s-wal", w->host.path);
    (void)unlink(wal);
    journal_world_must(file_posix_read_all(&bytes, path, 268435456, NULL));
    journal_world_must(file_posix_write_all(w->host.path, buf_slice(&bytes), NULL));
    buf_finish(&bytes);
  }
  hub_host_reopen(&w->host);
  journal_world_open();
}

size_t journal_world_start(const char *path) {
  size_t count = 0;
  journal_world_put_back(path);
  journal_world_must(journal_replay(&count, w->journal, &w->host.hub, w->host.store, &w->host.now));
  return count;
}

uint64_t journal_world_number(enum store_number n) {
  uint64_t v;
  journal_world_must(w->host.store->ops->number_load(w->host.store, n, &v));
  return v;
}

void journal_world_name_staff(const char *name) {
  struct op op = {.table = schema_table(TABLE_staff), .row = w->world.ada, .units = 1U << 1};
  op.values[COL(staff, name)] = value_text(slice_text(name));
  hub_world_put(&w->host, &op);
}
