/* full_row_test.c: a row that holds all the heads or awaited bases it may: what finds no room is set aside
 * for the office, and never stops its device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/ingest_world.h"

static struct ingest_world *w = &ingest_world;

enum { MARK_UNIT = 1 };

/* `count` ops on one mark, each naming as many bases of a device that never comes. */
static void write_on_unseen(struct test_device *d, size_t count, size_t base_count, uint64_t *counter) {
  struct changeset *cs = ingest_mark(d, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  struct op *ops = arena_take(&d->arena, count, sizeof *ops);
  assert_non_null(ops);
  for (size_t i = 0; i < count; i++) {
    struct base *bases = arena_take(&d->arena, base_count, sizeof *bases);
    assert_non_null(bases);
    for (size_t k = 0; k < base_count; k++)
      bases[k] = (struct base){MARK_UNIT, {w->world.brass, 1, (*counter)++}};
    ops[i] = cs->ops[0];
    ops[i].bases = bases;
    ops[i].base_count = base_count;
  }
  cs->ops = ops;
  cs->op_count = count;
  d->counter += count - 1;
}

static void bases_that_never_came_are_remembered_up_to_the_limit(void **state) {
  (void)state;
  uint64_t counter = 1;
  for (size_t i = 0; i < ghosts_per_unit_max / op_bases_max; i++) {
    write_on_unseen(&w->device, 1, op_bases_max, &counter);
    assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  }
  write_on_unseen(&w->device, 1, 1, &counter);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exceptions[0].reason, ERR_TOO_BIG);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_L);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

static void many_ops_of_one_changeset_are_counted_together(void **state) {
  (void)state;
  uint64_t counter = 1;
  write_on_unseen(&w->device, ghosts_per_unit_max / op_bases_max + 1, op_bases_max, &counter);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exceptions[0].reason, ERR_TOO_BIG);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_L);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
}

/* Sixty-four heads and an op whose base is none of them: it makes no room. */
static void a_base_that_is_no_head_makes_no_room(void **state) {
  (void)state;
  uint64_t counter = 1;
  for (size_t i = 0; i < heads_per_unit_max; i++) {
    ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
    assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  }
  write_on_unseen(&w->device, 1, 1, &counter);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.status, RECEIPT_QUARANTINED);
  assert_int_equal(r.exceptions[0].reason, ERR_TOO_BIG);
  struct changeset *cs = ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_L);
  test_device_base(&w->device, cs, &(struct op_id){w->device.id, w->device.incarnation, 1});
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED); /* in the place of the first: fits */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(bases_that_never_came_are_remembered_up_to_the_limit),
      TEST(many_ops_of_one_changeset_are_counted_together),
      TEST(a_base_that_is_no_head_makes_no_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
