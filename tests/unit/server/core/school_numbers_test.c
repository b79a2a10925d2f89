/* school_numbers_test.c: two numbers for one child at one school: a matter as every other, open as the
 * records say and not by the order in which they were written; what is not chosen stays on its record, set
 * aside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reconcile.h"
#include "server/core/school_numbers.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static struct fault fault;
static const struct id riverside = {{0x5C, 1}}, hill_top = {{0x5C, 2}};

static struct reconcile office(void) {
  fault = (struct fault){.code = ERR_OK};
  return (struct reconcile){
      .hub = &w->host.hub, .store = w->host.store, .now = w->host.now, .by = w->world.ben, .fault = &fault};
}

static void say(const struct id *learner, const char *number) {
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 1 | 1U << 2};
  crypto_row_id(&op.row, TABLE_learner_key, learner, 1);
  op.values[COL(learner_key, learner)] = value_id(learner);
  if (number) op.values[COL(learner_key, mis_id)] = value_text(slice_text(number));
  hub_world_put(&w->host, &op);
}

static void goes_to(const struct id *learner, const struct id *school) {
  const struct table *t = schema_table(TABLE_learner);
  struct op op = {.table = t, .row = *learner, .units = 1U << t->columns[COL(learner, school)].unit};
  if (school) op.values[COL(learner, school)] = value_id(school);
  hub_world_put(&w->host, &op);
}

static void merge_into(const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

/* 0: nobody was ever asked. */
static enum item_state state_at(const struct id *learner, const struct id *school) {
  struct store_item matter;
  school_numbers_matter(&matter, learner, school);
  const struct id id = matter.id;
  err e = w->host.store->ops->work_item_load(w->host.store, &id, &w->arena, &matter);
  return e == ERR_OK ? matter.state : 0;
}

static bool is_open(const struct id *learner) { return state_at(learner, &riverside) == ITEM_OPEN; }

static struct item_view show(const struct id *learner) {
  struct store_item matter;
  struct reconcile r = office();
  struct item_view v;
  school_numbers_matter(&matter, learner, &riverside);
  assert_int_equal(reconcile_show(&v, &r, &matter.id, &w->arena), ERR_OK);
  return v;
}

static bool chooses(const struct item_view *v, size_t i, const char *number) {
  return slice_equal(v->choices[i].values[0].text, slice_text(number));
}

static struct row numbers_of(const struct id *learner) {
  struct id id;
  struct row row;
  crypto_row_id(&id, TABLE_learner_key, learner, 1);
  assert_int_equal(
      w->host.store->ops->load_row(w->host.store, schema_table(TABLE_learner_key), &id, &w->arena, &row),
      ERR_OK);
  return row;
}

/* Whether the record has this number, in use or set aside. */
static bool has(const struct id *learner, const char *number, bool aside) {
  struct row row = numbers_of(learner);
  const struct value *v = &row.values[COL(learner_key, mis_id)];
  return v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(number)) &&
         school_numbers_aside(&row) == aside;
}

static err decide(const struct item_view *v, size_t choice) {
  struct change_set changes;
  struct reconcile r = office();
  struct decision d = {.item = v->item.id, .choice = choice, .why = slice_text("the school says so")};
  bytes_copy(d.heads, v->heads, key_bytes);
  return reconcile_decide(&changes, &r, &d);
}

static err undo(const struct id *matter) {
  struct change_set changes;
  struct reconcile r = office();
  return reconcile_undo(&changes, &r, matter, slice_text("it was the other one"));
}

/* Zoë and Jo, both of Riverside, each with a number of its own. */
static void two_at_riverside(void) {
  goes_to(&w->world.zoe, &riverside);
  goes_to(&w->world.jo, &riverside);
  say(&w->world.zoe, "00017");
  say(&w->world.jo, "00018");
}

static void two_numbers_at_one_school_ask_a_person_who_decides_and_takes_it_back(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  two_at_riverside();
  assert_int_equal(state_at(zoe, &riverside), 0);
  merge_into(jo, zoe);
  assert_true(is_open(zoe));
  assert_false(is_open(jo));
  struct item_view v = show(zoe);
  assert_int_equal(v.choice_count, 2);
  assert_true(chooses(&v, 0, "00017") && v.choices[0].in_use);
  assert_true(chooses(&v, 1, "00018") && !v.choices[1].in_use);
  assert_false(item_is_safe(&v) || item_is_urgent(&v));
  assert_int_equal(decide(&v, 1), ERR_OK);
  assert_true(has(zoe, "00017", true) && has(jo, "00018", false));
  v = show(zoe);
  assert_int_equal(v.item.state, ITEM_DECIDED);
  assert_true(chooses(&v, 0, "00018") && v.choices[0].in_use);
  assert_true(chooses(&v, 1, "00017") && !v.choices[1].in_use);
  assert_int_equal(undo(&v.item.id), ERR_OK);
  assert_true(is_open(zoe));
  assert_true(has(zoe, "00017", false) && has(jo, "00018", false));
}

static void what_is_no_second_number_asks_nobody(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  two_at_riverside();
  say(jo, "17"); /* a spreadsheet dropped its zeros */
  merge_into(jo, zoe);
  assert_int_equal(state_at(zoe, &riverside), 0);
  say(jo, "00018");
  assert_true(is_open(zoe));
  goes_to(jo, &hill_top); /* each school has its own */
  assert_int_equal(state_at(zoe, &riverside), ITEM_SETTLED);
  assert_int_equal(state_at(zoe, &hill_top), 0);
  goes_to(zoe, &hill_top);
  assert_int_equal(state_at(zoe, &hill_top), ITEM_OPEN);
  goes_to(zoe, NULL); /* of no school nobody can say what it means */
  assert_int_equal(state_at(zoe, &hill_top), ITEM_SETTLED);
}

static void the_matter_goes_and_comes_with_the_merge(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  two_at_riverside();
  merge_into(jo, zoe);
  merge_into(jo, NULL);
  assert_int_equal(state_at(zoe, &riverside), ITEM_SETTLED);
  merge_into(zoe, jo); /* the other record stands now */
  assert_true(is_open(jo));
  assert_false(is_open(zoe));
  say(zoe, NULL); /* somebody put it right on the page */
  assert_false(is_open(jo));
}

/* Both went to another school at once, in one list. */
static void a_school_that_both_records_have_left_asks_nobody(void **state) {
  const struct id *both[] = {&w->world.zoe, &w->world.jo};
  struct office_result result;
  struct op ops[2];
  (void)state;
  two_at_riverside();
  merge_into(&w->world.jo, &w->world.zoe);
  const struct table *t = schema_table(TABLE_learner);
  for (size_t i = 0; i < 2; i++) {
    ops[i] = (struct op){.table = t, .row = *both[i], .units = 1U << t->columns[COL(learner, school)].unit};
    ops[i].values[COL(learner, school)] = value_id(&hill_top);
  }
  assert_int_equal(office_apply(&result, &w->host.hub, w->host.store, &w->host.now, &w->world.ben, ops, 2,
                                false, NULL, &fault),
                   ERR_OK);
  assert_int_equal(state_at(&w->world.zoe, &riverside), ITEM_SETTLED);
  assert_int_equal(state_at(&w->world.zoe, &hill_top), ITEM_OPEN);
}

/* What was set aside was that number and no other. */
static void a_third_number_asks_anew(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  two_at_riverside();
  merge_into(jo, zoe);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v, 0), ERR_OK);
  assert_true(has(jo, "00018", true));
  say(jo, "00019");
  assert_true(is_open(zoe) && has(jo, "00019", false));
  assert_int_equal(undo(&v.item.id), ERR_CONFLICT); /* it is open: there is nothing to take back */
}

/* ---- records that part ---- */

static struct id put_together(const struct id *from, const struct id *into) {
  const struct table *t = schema_table(TABLE_learner);
  bool swap = id_compare(from, into) > 0;
  struct store_item pair = {.kind = ITEM_DUPLICATE,
                            .table = t,
                            .row = swap ? *into : *from,
                            .other = swap ? *from : *into,
                            .unit = t->columns[COL(learner, merged_into)].unit};
  struct reconcile r = office();
  struct item_view v;
  work_item_id(&pair.id, pair.kind, t, &pair.row, pair.unit, &pair.other);
  assert_int_equal(w->host.store->ops->work_item_set(w->host.store, &pair, true, NULL, w->host.now.wall_ms),
                   ERR_OK);
  assert_int_equal(reconcile_show(&v, &r, &pair.id, &w->arena), ERR_OK);
  assert_int_equal(decide(&v, id_equal(&v.choices[0].row, into) ? 0 : 1), ERR_OK);
  return pair.id;
}

static void records_that_part_have_each_their_number_in_use_again(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  two_at_riverside();
  struct id pair = put_together(jo, zoe);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v, 1), ERR_OK);
  assert_int_equal(undo(&pair), ERR_OK);
  assert_true(has(zoe, "00017", false) && has(jo, "00018", false));
  assert_int_equal(state_at(zoe, &riverside), ITEM_SETTLED);
}

/* Li says no number, and what was decided between the other two is nothing to her. */
static void one_of_three_parts_and_the_other_two_stay_decided(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *li = &w->world.li;
  (void)state;
  two_at_riverside();
  struct id with_jo = put_together(jo, zoe), with_li = put_together(li, zoe);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v, 1), ERR_OK);
  assert_int_equal(undo(&with_li), ERR_OK);
  assert_true(has(zoe, "00017", true) && state_at(zoe, &riverside) == ITEM_DECIDED);
  assert_int_equal(undo(&with_jo), ERR_OK);
  assert_true(has(zoe, "00017", false) && has(jo, "00018", false));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
  const struct CMUnitTest tests[] = {
      CASE(two_numbers_at_one_school_ask_a_person_who_decides_and_takes_it_back),
      CASE(what_is_no_second_number_asks_nobody),
      CASE(the_matter_goes_and_comes_with_the_merge),
      CASE(a_school_that_both_records_have_left_asks_nobody),
      CASE(a_third_number_asks_anew),
      CASE(records_that_part_have_each_their_number_in_use_again),
      CASE(one_of_three_parts_and_the_other_two_stay_decided),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
