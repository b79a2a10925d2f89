/* feed_test.c: what a batch of the feed brings and how far it brings the stream are one transaction, wherever
 * the power fails: never rows without their position, never a position without its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/state.h"
#include "tests/contract/power/power_world.h"

static struct slice first_name_of_zoe(struct arena *a) {
  struct row row;
  const struct table *t = schema_table(TABLE_learner);
  assert_int_equal(rows_load(world.host.core->store->rows, t, &fake_zoe, a, &row), ERR_OK);
  return row.values[COL(learner, first_name)].text;
}

static const struct stream *strings(void) {
  const struct stream *st = store_stream(world.host.core->store, &fake_strings);
  assert_non_null(st);
  return st;
}

static void is_all_or_nothing(uint64_t before, uint64_t after) {
  struct arena a = ARENA_INIT(65536);
  const struct stream *st = strings();
  bool came = slice_equal(first_name_of_zoe(&a), slice_text("Zora"));
  assert_true(st->position == (came ? after : before));
  assert_true(st->checkpoint == st->position);
  arena_finish(&a);
}

/* Zoë is called Zora from now on: a batch with a checkpoint for every stream. */
static uint64_t rename_zoe(void) {
  struct fake_row *r = fake_hub_find(&world.hub, TABLE_learner, &fake_zoe);
  r->row.values[COL(learner, first_name)] = value_text(slice_text("Zora"));
  fake_hub_touch(&world.hub, r);
  return world.hub.position;
}

/* False when the power outlasted it; *kept_out: the batch is there. */
static bool cut_at(size_t n, uint64_t seed, bool *kept_out) {
  power_begin(seed);
  field_online(&world);
  uint64_t before = strings()->position, after = rename_zoe();
  disk.trouble.io = disk.ios + n;
  fake_hub_feed(&world.hub, false);
  if (!power_has_failed()) core_host_pass(&world.host, feed_commit_ms);
  bool failed = power_has_failed();
  power_is_back();
  fake_hub_unlock(&world.hub, &fake_ann);
  is_all_or_nothing(before, after);
  *kept_out = strings()->position == after;
  field_online(&world);
  fake_hub_feed(&world.hub, false);
  is_all_or_nothing(after, after); /* and it comes again */
  power_end();
  return failed;
}

/* What survives of the last writes is a matter of chance, so each place is tried often. */
static void a_batch_and_its_checkpoint_are_one_transaction(void **state) {
  enum { tries = 16 };
  size_t count[2] = {0, 0};
  bool failed = true, kept;
  (void)state;
  for (size_t n = 1; failed; n++) {
    for (uint64_t i = 0; i < tries; i++) {
      failed = cut_at(n, 3000 + n * tries + i, &kept);
      count[kept]++;
    }
  }
  print_message("to be asked for again after %zu power cuts, there after %zu\n", count[0], count[1]);
  assert_true(count[0] > 0 && count[1] > tries); /* not only where nothing failed */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_batch_and_its_checkpoint_are_one_transaction)};
  return cmocka_run_group_tests(tests, power_open, power_close);
}
