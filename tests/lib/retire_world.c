/* retire_world.c: runs of the retention schedule at the small hub, and what they left of it. */
#include "tests/lib/retire_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

static struct ingest_world *const w = &ingest_world;

struct store *retire_world_store(void) {
  return w->host.store;
}

void retire_world_must(err e, const struct fault *fault) {
  if (e != ERR_OK) fail_msg("%s", fault && fault->code != ERR_OK ? fault->text : err_text(e));
}

struct row retire_world_load(uint8_t table, const struct id *id) {
  struct row row;
  retire_world_must(
      retire_world_store()->ops->load_row(retire_world_store(), schema_table(table), id, &w->arena, &row),
      NULL);
  return row;
}

struct store_retention retire_world_order(enum retention_line line, uint32_t months) {
  struct fault fault = {.code = ERR_OK};
  struct store_retention run = {.who = w->world.ben, .by = "Ben", .line = line, .months = months};
  retire_world_must(retention_order(&run, &w->host.hub, retire_world_store(), &w->host.now, &fault), &fault);
  return run;
}

bool retire_world_piece(void) {
  struct fault fault = {.code = ERR_OK};
  struct retention_piece out;
  retire_world_must(retention_step(&out, &w->host.hub, retire_world_store(), &w->host.now, &fault), &fault);
  return out.more;
}

struct store_retention retire_world_run(enum retention_line line, uint32_t months) {
  struct store_retention r = retire_world_order(line, months);
  while (retire_world_piece()) continue;
  retire_world_must(retention_run_load(retire_world_store(), &r.id, &r), NULL);
  assert_true(r.ended_ms > 0);
  return r;
}

size_t retire_world_retained(const struct store_retention *r, struct store_retained **out) {
  size_t count;
  retire_world_must(retention_retained(retire_world_store(), &r->id, &w->arena, out, &count), NULL);
  return count;
}

/* Everything of a stream can be read, and this row is in it as this kind, or not at all. */
bool retire_world_travels(const struct id *stream, const struct id *row, enum feed_kind kind) {
  struct feed_batch b;
  struct stream_position from = {.stream = *stream, .audience = AUDIENCE_TEACHING | AUDIENCE_CARE};
  bool found = false;
  retire_world_must(retire_world_store()->ops->read_feed(retire_world_store(), &from, 2048, &w->arena, &b),
                    NULL);
  assert_true(b.checkpoint);
  for (size_t i = 0; i < b.count; i++)
    found = found || (id_equal(&b.items[i].id, row) && b.items[i].kind == kind);
  return found;
}

void retire_world_hold_zoe(void) {
  struct fault fault = {.code = ERR_OK};
  const struct store_hold hold = {
      .learner = w->world.zoe, .by = w->world.ben, .reason = slice_text("evidence"), .since_ms = 1};
  retire_world_must(erase_hold(&w->host.hub, retire_world_store(), &w->host.now, &hold, &fault), &fault);
}
