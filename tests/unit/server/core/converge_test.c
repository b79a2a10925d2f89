/* converge_test.c: the same bundles in any order, with repeats, give the hub the same rows, the same classes
 * and the same open items. A failure prints the seed; the program takes one as its argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/ingest_world.h"

enum { bundles_count = 16, orders_count = 3, seeds_count = 12, items_max = 64 };

static struct ingest_world *const w = &ingest_world;
static uint64_t seed_first = 1, seed_count = seeds_count;

struct dice {
  uint64_t state;
};
static uint64_t roll(struct dice *d, uint64_t sides) {
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (z ^ z >> 31) % sides;
}

/* What a hub looks like from outside. */
struct outcome {
  uint8_t digest[hash_bytes];
  struct id items[items_max];
  size_t item_count;
  struct id canonical[3];
  struct view_totals totals;
};

static const struct id spot = {{0x5e, 1}};

static void put_spot(void) {
  struct op op = {.table = schema_table(TABLE_session), .row = spot, .units = 7};
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, adhoc)] = value_int(1);
  op.values[COL(session, date)] = value_int(w->world.today);
  op.values[COL(session, starts)] = value_int(600);
  op.values[COL(session, ends)] = value_int(660);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&w->host, &op);
}

static void merge_jo(struct dice *d) {
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.jo, .units = 1U << 4};
  if (roll(d, 3) == 0) return;
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
}

/* ---- what devices write ---- */

static void write_mark(struct test_device *d, const struct id *author, struct dice *dice) {
  const struct id *learners[] = {&w->world.zoe, &w->world.jo, &w->world.li};
  const struct id *session = roll(dice, 2) ? &spot : &w->world.strings_today;
  struct changeset *cs = test_device_mark(d, author, session, learners[roll(dice, 3)], 1 + (int)roll(dice, 5),
                                          roll(dice, 3) ? -1 : 610);
  struct op_id base = {.device = d->id, .incarnation = 1, .counter = 1 + roll(dice, cs->counter)};
  if (roll(dice, 2)) test_device_base(d, cs, &base);
}

static void write_session(struct test_device *d, const struct id *author, struct dice *dice) {
  struct op op = {.table = schema_table(TABLE_session), .row = spot, .units = 1U << 4};
  op.values[COL(session, place)] = value_text(slice_text(roll(dice, 2) ? "Hall A" : "Hall B"));
  if (roll(dice, 2)) {
    op.values[COL(session, removed)] = value_int(1);
    op.units |= 1U << 6;
  }
  test_device_write(d, author, &op);
}

static void write_new_session(struct test_device *d, const struct id *author, struct dice *dice) {
  struct op op = {
      .table = schema_table(TABLE_session), .row = {{(uint8_t)(1 + roll(dice, 200)), 7}}, .units = 7};
  int64_t starts = 600 + 20 * (int64_t)roll(dice, 5);
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, adhoc)] = value_int(1);
  op.values[COL(session, date)] = value_int(w->world.today);
  op.values[COL(session, starts)] = value_int(starts);
  op.values[COL(session, ends)] = value_int(starts + 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  test_device_write(d, author, &op);
}

static void write_learner(struct test_device *d, const struct id *author, struct dice *dice) {
  struct op op = {.table = schema_table(TABLE_learner), .row = {{(uint8_t)(1 + roll(dice, 200)), 8}}};
  op.units = 1U << 1 | 1U << 4;
  op.values[COL(learner, first_name)] = value_text(slice_text(roll(dice, 2) ? "Zoe" : "Jo"));
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_provisional);
  test_device_write(d, author, &op);
}

static void write_something(struct test_device *d, const struct id *author, struct dice *dice) {
  switch (roll(dice, 6)) {
  case 0: write_session(d, author, dice); return;
  case 1: write_new_session(d, author, dice); return;
  case 2: write_learner(d, author, dice); return;
  default: write_mark(d, author, dice); return;
  }
}

/* ---- one hub, one order ---- */

static void deliver(struct buf *bundles, struct dice *order) {
  size_t place[bundles_count];
  struct job job;
  for (size_t i = 0; i < bundles_count; i++) place[i] = i;
  for (size_t i = 0; i < bundles_count; i++) {
    size_t j = i + roll(order, bundles_count - i), next = place[j];
    place[j] = place[i], place[i] = next;
    for (uint64_t again = 0; again <= roll(order, 2); again++) {
      hub_host_ingest(&w->host, &job, buf_slice(&bundles[next]));
      assert_int_equal(job.result, ERR_OK);
      job_finish(&job);
    }
  }
}

static int compare_ids(const void *a, const void *b) { return id_compare(a, b); }

static struct outcome look(void) {
  struct outcome out = {.item_count = 0};
  struct store_item *list;
  struct view_register_detail d;
  const struct store_ops *ops = w->host.store->ops;
  const struct id *learners[] = {&w->world.zoe, &w->world.jo, &w->world.li};
  hub_host_digest(&w->host, out.digest);
  assert_int_equal(ops->work_item_list(w->host.store, items_max, &w->arena, &list, &out.item_count), ERR_OK);
  for (size_t i = 0; i < out.item_count; i++) out.items[i] = list[i].id;
  qsort(out.items, out.item_count, sizeof out.items[0], compare_ids);
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(ops->alias_canonical(w->host.store, learners[i], &out.canonical[i]), ERR_OK);
  assert_int_equal(views_register(w->host.store, &w->world.strings_today, &w->host.now, &w->arena, &d),
                   ERR_OK);
  out.totals = d.summary.totals;
  return out;
}

static struct outcome run(uint64_t seed, uint64_t order_seed) {
  struct dice dice = {seed}, order = {order_seed};
  struct buf bundles[bundles_count];
  struct outcome out;
  void *state = NULL;
  (void)ingest_world_open(&state);
  put_spot();
  merge_jo(&dice);
  for (size_t i = 0; i < bundles_count; i++) {
    bool first = roll(&dice, 2);
    write_something(first ? &w->device : &w->other, first ? &w->world.ada : &w->world.ben, &dice);
    test_device_seal(first ? &w->device : &w->other, &bundles[i]);
    w->host.now.wall_ms += 1000;
  }
  deliver(bundles, &order);
  out = look();
  for (size_t i = 0; i < bundles_count; i++) buf_finish(&bundles[i]);
  (void)ingest_world_close(&state);
  return out;
}

static void any_order_of_bundles_gives_the_same_rows_classes_and_items(void **state) {
  (void)state;
  size_t items = 0;
  for (uint64_t seed = seed_first; seed < seed_first + seed_count; seed++) {
    struct outcome expected = run(seed, 1);
    items += expected.item_count;
    for (uint64_t i = 2; i < 2 + orders_count; i++) {
      struct outcome other = run(seed, i);
      if (memcmp(&expected, &other, sizeof other) != 0)
        fail_msg("seed %llu, order %llu; replay: server_core_converge_test %llu", (unsigned long long)seed,
                 (unsigned long long)i, (unsigned long long)seed);
    }
  }
  assert_true(items > 0); /* or nothing was tried */
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_order_of_bundles_gives_the_same_rows_classes_and_items),
  };
  if (argc > 1) seed_first = strtoull(argv[1], NULL, 10), seed_count = 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
