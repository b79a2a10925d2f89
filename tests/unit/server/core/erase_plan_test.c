/* erase_plan_test.c: what the Local Plan's registers hold of a learner goes with the learner: rows, history,
 * and the bytes of the file. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static const char secret[] = "Quicksilverish entry";

static bool file_holds(const char *suffix) {
  char path[128];
  struct buf bytes = BUF_INIT(1 << 28);
  uint8_t part[65536];
  bool found = false;
  (void)snprintf(path, sizeof path, "%s%s", w->host.path, suffix);
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
    assert_int_equal(buf_append(&bytes, slice_of(part, n)), ERR_OK);
  (void)fclose(f);
  found = memmem(bytes.ptr, bytes.len, secret, sizeof secret - 1) != NULL;
  buf_finish(&bytes);
  return found;
}
static bool hub_holds(void) { return file_holds("") || file_holds("-wal"); }

/* One entry with everything said, of one day. */
static void write_entry(const struct table *t, uint8_t learner, int32_t day) {
  struct op op = {.table = t, .row = {{0xAB, t->id}}, .units = (1U << t->unit_count) - 1};
  for (uint8_t i = 0; i < t->column_count; i++) {
    const struct column *c = &t->columns[i];
    if (c->type == TYPE_ID) op.values[i] = value_id(i == learner ? &w->world.zoe : &w->host.hub.id);
    if (c->type == TYPE_TEXT) op.values[i] = value_text(slice_text(secret));
    if (c->type == TYPE_DATE) op.values[i] = value_int(day);
    if (c->type == TYPE_ENUM) op.values[i] = value_int(1);
  }
  hub_world_put(&w->host, &op);
}

static size_t erase_zoe(void) {
  struct erase_result r;
  struct fault fault;
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  bool done;
  if (erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
  assert_int_equal(erase_scrub(&w->host.hub, w->host.store, &done), ERR_OK);
  assert_true(done);
  return r.rows;
}

/* Each is written twice, so that the history has it too. */
static void entries_of_the_local_plan_go_with_the_learner(void **state) {
  (void)state;
  struct row_key *keys;
  size_t count, tables = 0;
  for (const struct table *t = schema_after(TABLE_voice - 1); t && t->id <= TABLE_governance;
       t = schema_after(t->id)) {
    uint8_t learner;
    if (!schema_subject(t, &learner)) continue;
    write_entry(t, learner, w->world.today);
    write_entry(t, learner, w->world.today - 1);
    tables++;
  }
  assert_int_equal(tables, 6);
  assert_true(hub_holds());
  assert_int_equal(erase_zoe(), 2 + tables); /* the learner, the enrolment */
  assert_int_equal(w->host.store->ops->rows_about(w->host.store, &w->world.zoe, &w->arena, &keys, &count),
                   ERR_OK);
  assert_int_equal(count, 0);
  assert_false(hub_holds());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(entries_of_the_local_plan_go_with_the_learner, ingest_world_open,
                                      ingest_world_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
