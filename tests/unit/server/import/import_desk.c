/* import_desk.c: what tests of runs have in common. */
#include "tests/unit/server/import/import_desk.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

#include "server/import/import_map.h"

enum { today = 20778 }; /* 2026-11-21 */

int desk_open(void **state) {
  struct desk *d = calloc(1, sizeof *d);
  assert_non_null(d);
  hub_host_open(&d->host, 1);
  d->arena = (struct arena)ARENA_INIT(16000000);
  *state = d;
  return 0;
}

int desk_close(void **state) {
  struct desk *d = *state;
  import_finish(&d->im);
  arena_finish(&d->arena);
  hub_host_close(&d->host);
  free(d);
  return 0;
}

static void hear(void *ctx, size_t done, size_t of) {
  struct desk_told *told = ctx;
  assert_true(told->times == 0 || done > told->done);
  *told = (struct desk_told){told->times + 1, done, of};
}

size_t desk_read(struct desk *d, const char *name, const char *text) {
  char path[] = "/tmp/tutti-run-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  import_finish(&d->im);
  import_init(&d->im, &d->host.hub, d->host.store, today, false);
  d->read = (struct desk_told){.times = 0};
  d->im.told = hear;
  d->im.told_ctx = &d->read;
  assert_int_equal(import_read(&d->im, import_file_named(slice_text(name)), path, &d->fault), ERR_OK);
  unlink(path);
  return d->im.error_count;
}

struct import_look desk_look(struct desk *d, enum import_kind kind) {
  struct import_look out = {.page = {.kind = kind, .max = 10}};
  const struct import_list list = {.ops = d->im.ops,
                                   .sources = d->im.sources,
                                   .count = d->im.op_count,
                                   .present = &d->im.in_file,
                                   .table = schema_table(d->im.file->table),
                                   .told = hear,
                                   .told_ctx = &d->looked};
  d->looked = (struct desk_told){.times = 0};
  assert_int_equal(import_look(&out, &list, &d->host.hub, d->host.store, &d->host.now, &d->arena, &d->fault),
                   ERR_OK);
  return out;
}

void desk_apply(struct desk *d, const char *name, const char *text) {
  assert_int_equal(desk_read(d, name, text), 0);
  d->run = (struct store_run){.who = d->host.hub.id, .what = slice_text(name), .name = slice_text("a file")};
  d->run.id.b[0] = ++d->runs;
  d->host.now.wall_ms += 1000;
  const struct run_watch watch = {hear, &d->applied};
  d->applied = (struct desk_told){.times = 0};
  assert_int_equal(run_apply(&d->result, &d->host.hub, d->host.store, &d->host.now, &d->run, d->im.ops, NULL,
                             d->im.op_count, &watch, &d->fault),
                   ERR_OK);
}

err desk_undo(struct desk *d, uint8_t run, struct run_blocks *blocks) {
  struct id id = {{run}};
  size_t kept;
  d->host.now.wall_ms += 1000;
  return run_undo(&d->result, &kept, blocks, &d->host.hub, d->host.store, &d->host.now, &d->host.hub.id, &id,
                  &d->fault);
}

struct row desk_learner(struct desk *d, const char *ref) {
  struct id id;
  struct row row;
  crypto_import_id(&id, &d->host.hub.id, "learner", slice_text(ref));
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_learner), &id, &d->arena, &row), ERR_OK);
  return row;
}

int32_t desk_day(const char *text) {
  int32_t day;
  assert_int_equal(date_parse(&day, slice_text(text)), ERR_OK);
  return day;
}
