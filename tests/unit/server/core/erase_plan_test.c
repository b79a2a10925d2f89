/* erase_plan_test.c: what the Local Plan's registers hold of a learner goes with the learner: rows, history,
 * and the bytes of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/erase_world.h"

static struct ingest_world *const w = &ingest_world;
static const char secret[] = "Quicksilverish entry";

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
  assert_true(erase_world_hub_holds(secret));
  assert_int_equal(erase_world_erase(&w->world.zoe).rows, 2 + tables); /* the learner, the enrolment */
  assert_int_equal(w->host.store->ops->rows_about(w->host.store, &w->world.zoe, &w->arena, &keys, &count),
                   ERR_OK);
  assert_int_equal(count, 0);
  assert_false(erase_world_hub_holds(secret));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(entries_of_the_local_plan_go_with_the_learner, ingest_world_open,
                                      ingest_world_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
