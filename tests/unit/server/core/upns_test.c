/* upns_test.c: two UPNs for one child: a matter as every other, open as the records say and not by the order
 * in which they were written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/upns.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;
static struct fault fault;

#define UPN_1 "P000000000001"
#define UPN_2 "D000000000002"
#define UPN_3 "C000000000003"
#define UPN_T "B99900000001A"

static struct reconcile office(void) {
  fault = (struct fault){.code = ERR_OK};
  return (struct reconcile){
      .hub = &w->host.hub, .store = w->host.store, .now = w->host.now, .by = w->world.ben, .fault = &fault};
}

static void say(const struct id *learner, const char *upn) {
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 1 | 1U << 1};
  crypto_row_id(&op.row, TABLE_learner_key, learner, 1);
  op.values[COL(learner_key, learner)] = value_id(learner);
  if (upn) op.values[COL(learner_key, upn)] = value_text(slice_text(upn));
  hub_world_put(&w->host, &op);
}

static void merge_into(const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

static struct id matter_of(const struct id *learner) {
  struct store_item matter;
  upns_matter(&matter, learner);
  return matter.id;
}

static bool is_open(const struct id *learner) {
  const struct id id = matter_of(learner);
  struct store_item matter;
  err e = w->host.store->ops->work_item_load(w->host.store, &id, &w->arena, &matter);
  return e == ERR_OK && matter.state == ITEM_OPEN;
}

static struct item_view show(const struct id *learner) {
  const struct id id = matter_of(learner);
  struct reconcile r = office();
  struct item_view v;
  assert_int_equal(reconcile_show(&v, &r, &id, &w->arena), ERR_OK);
  return v;
}

static bool chooses(const struct item_view *v, size_t i, const char *upn) {
  return slice_equal(v->choices[i].values[0].text, slice_text(upn));
}

static bool says(const struct id *learner, const char *upn) {
  struct row *row;
  assert_int_equal(upns_row(w->host.store, learner, &w->arena, &row), ERR_OK);
  const struct value *v = &row->values[COL(learner_key, upn)];
  return upn ? v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(upn)) : v->kind == VALUE_NULL;
}

static err decide(const struct id *matter, const struct item_view *v, size_t choice) {
  struct change_set changes;
  struct reconcile r = office();
  struct decision d = {.item = *matter, .choice = choice, .why = slice_text("the school says so")};
  bytes_copy(d.heads, v->heads, key_bytes);
  return reconcile_decide(&changes, &r, &d);
}

static err undo(const struct id *learner) {
  const struct id id = matter_of(learner);
  struct change_set changes;
  struct reconcile r = office();
  return reconcile_undo(&changes, &r, &id, slice_text("it was the other one"));
}

static void records_that_say_two_upns_ask_a_person_who_decides_and_takes_it_back(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  assert_false(is_open(zoe) || is_open(jo));
  merge_into(jo, zoe);
  assert_true(is_open(zoe));
  assert_false(is_open(jo));
  struct item_view v = show(zoe);
  assert_int_equal(v.choice_count, 2);
  assert_true(chooses(&v, 0, UPN_1) && v.choices[0].in_use);
  assert_true(chooses(&v, 1, UPN_2) && !v.choices[1].in_use);
  assert_false(item_is_safe(&v) || item_is_urgent(&v));
  assert_int_equal(decide(&v.item.id, &v, 1), ERR_OK);
  assert_true(says(zoe, NULL) && says(jo, UPN_2));
  v = show(zoe);
  assert_int_equal(v.item.state, ITEM_DECIDED);
  assert_true(chooses(&v, 0, UPN_2) && v.choices[0].in_use);
  assert_true(chooses(&v, 1, UPN_1) && !v.choices[1].in_use); /* what was not chosen is still on the card */
  assert_int_equal(undo(zoe), ERR_OK);
  assert_true(is_open(zoe));
  assert_true(says(zoe, UPN_1) && says(jo, UPN_2));
}

static void the_matter_goes_and_comes_with_the_merge(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  merge_into(jo, zoe);
  merge_into(jo, NULL);
  assert_false(is_open(zoe) || is_open(jo));
  assert_int_equal(show(zoe).item.state, ITEM_SETTLED);
  merge_into(zoe, jo); /* the other record stands now */
  assert_true(is_open(jo));
  assert_false(is_open(zoe));
  say(zoe, UPN_2); /* somebody put it right on the page */
  assert_false(is_open(jo));
}

/* Whatever the order in which the office says and merges. */
static void open_matters_follow_from_what_was_said_and_not_from_when(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *li = &w->world.li;
  (void)state;
  for (size_t order = 0; order < 6; order++) {
    for (size_t step = 0; step < 3; step++) {
      switch ((order / 2 + step * (1 + order % 2)) % 3) {
      case 0: say(zoe, UPN_1); break;
      case 1: say(li, UPN_2); break;
      default: merge_into(zoe, jo); merge_into(li, jo);
      }
    }
    assert_true(is_open(jo));
    assert_false(is_open(zoe) || is_open(li));
    merge_into(zoe, NULL);
    merge_into(li, NULL);
    say(zoe, NULL);
    say(li, NULL);
    assert_false(is_open(jo) || is_open(zoe) || is_open(li));
  }
}

/* A school's own number for the time being says nothing against one child. */
static void a_temporary_upn_beside_the_right_one_is_no_matter(void **state) {
  (void)state;
  say(&w->world.zoe, UPN_T);
  say(&w->world.jo, UPN_2);
  merge_into(&w->world.jo, &w->world.zoe);
  assert_false(is_open(&w->world.zoe));
}

static void two_records_that_say_the_same_are_one_choice_and_keep_it(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *li = &w->world.li;
  (void)state;
  merge_into(jo, zoe);
  merge_into(li, zoe);
  say(jo, UPN_2);
  say(li, UPN_2);
  assert_false(is_open(zoe));
  say(zoe, UPN_1);
  struct item_view v = show(zoe);
  assert_int_equal(v.choice_count, 2);
  assert_int_equal(decide(&v.item.id, &v, 0), ERR_OK);
  assert_true(says(zoe, UPN_1) && says(jo, NULL) && says(li, NULL));
  assert_int_equal(undo(zoe), ERR_OK);
  assert_true(says(jo, UPN_2) && says(li, UPN_2));
}

static void who_decides_must_have_seen_what_stands_now(void **state) {
  (void)state;
  say(&w->world.zoe, UPN_1);
  say(&w->world.jo, UPN_2);
  merge_into(&w->world.jo, &w->world.zoe);
  struct item_view v = show(&w->world.zoe);
  say(&w->world.jo, UPN_3);
  assert_int_equal(decide(&v.item.id, &v, 0), ERR_CONFLICT);
  assert_true(is_open(&w->world.zoe));
}

/* The office parts two records: both may have the number by then, for one child could. */
static void two_children_with_one_upn_are_proposed_and_not_told_apart_before_one_is_put_right(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  struct store_item *list;
  size_t count;
  (void)state;
  merge_into(jo, zoe);
  say(zoe, UPN_1);
  say(jo, UPN_1);
  merge_into(jo, NULL);
  assert_int_equal(w->host.store->ops->work_item_list(w->host.store, 10, &w->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_int_equal(list[0].kind, ITEM_DUPLICATE);
  struct reconcile r = office();
  struct item_view v;
  assert_int_equal(reconcile_show(&v, &r, &list[0].id, &w->arena), ERR_OK);
  assert_int_equal(decide(&list[0].id, &v, 2), ERR_CONFLICT);
  assert_non_null(strstr(fault.text, UPN_1));
  say(jo, UPN_2);
  err e = reconcile_show(&v, &r, &list[0].id, &w->arena);
  assert_int_equal(e, ERR_OK);
  assert_true(v.item.state != ITEM_OPEN || decide(&list[0].id, &v, 2) == ERR_OK);
}

/* ---- a number that went to somebody else meanwhile ---- */

static bool is_kept(const struct id *learner, const char *other) {
  return says(learner, other) && show(learner).item.state == ITEM_DECIDED;
}

static void what_another_child_has_by_now_does_not_come_back(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *kit = &w->world.kit;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  merge_into(jo, zoe);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v.item.id, &v, 1), ERR_OK);
  say(kit, UPN_1);
  assert_int_equal(undo(zoe), ERR_CONFLICT);
  assert_non_null(strstr(fault.text, UPN_1));
  assert_non_null(strstr(fault.text, "nothing was changed"));
  assert_true(is_kept(zoe, NULL) && says(jo, UPN_2) && says(kit, UPN_1));
  say(kit, NULL);
  assert_int_equal(undo(zoe), ERR_OK);
  assert_true(says(zoe, UPN_1));
}

/* ---- records that part ---- */

static struct id pair_of(const struct id *a, const struct id *b) {
  const struct table *t = schema_table(TABLE_learner);
  bool swap = id_compare(a, b) > 0;
  struct id id;
  work_item_id(&id, ITEM_DUPLICATE, t, swap ? b : a, t->columns[COL(learner, merged_into)].unit,
               swap ? a : b);
  return id;
}

static struct store_item load_item(const struct id *id) {
  struct store_item found;
  assert_int_equal(w->host.store->ops->work_item_load(w->host.store, id, &w->arena, &found), ERR_OK);
  return found;
}

/* Two records that were proposed as one, and are: `from` goes into `into`. */
static struct id put_together(const struct id *from, const struct id *into) {
  const struct table *t = schema_table(TABLE_learner);
  bool swap = id_compare(from, into) > 0;
  struct store_item pair = {.id = pair_of(from, into),
                            .kind = ITEM_DUPLICATE,
                            .table = t,
                            .row = swap ? *into : *from,
                            .other = swap ? *from : *into,
                            .unit = t->columns[COL(learner, merged_into)].unit};
  struct reconcile r = office();
  struct item_view v;
  assert_int_equal(w->host.store->ops->work_item_set(w->host.store, &pair, true, NULL, w->host.now.wall_ms),
                   ERR_OK);
  assert_int_equal(reconcile_show(&v, &r, &pair.id, &w->arena), ERR_OK);
  assert_int_equal(decide(&pair.id, &v, id_equal(&v.choices[0].row, into) ? 0 : 1), ERR_OK);
  return pair.id;
}

static err part(const struct id *pair) {
  struct change_set changes;
  struct reconcile r = office();
  return reconcile_undo(&changes, &r, pair, slice_text("they are cousins"));
}

static void three_are_one(struct id *with_jo, struct id *with_li) {
  *with_jo = put_together(&w->world.jo, &w->world.zoe);
  *with_li = put_together(&w->world.li, &w->world.zoe);
}

/* Li says no number, and what was decided between the other two is nothing to her. */
static void one_of_three_parts_and_the_other_two_stay_decided(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo;
  struct id with_jo, with_li;
  (void)state;
  for (size_t choice = 0; choice < 2; choice++) {
    say(zoe, UPN_1);
    say(jo, UPN_2);
    three_are_one(&with_jo, &with_li);
    struct item_view v = show(zoe);
    assert_int_equal(decide(&v.item.id, &v, choice), ERR_OK);
    assert_int_equal(part(&with_li), ERR_OK);
    assert_true(is_kept(zoe, choice == 0 ? UPN_1 : NULL));
    assert_true(says(jo, choice == 0 ? NULL : UPN_2));
    assert_int_equal(undo(zoe), ERR_OK); /* of those two it can still be taken back */
    assert_true(is_open(zoe) && says(zoe, UPN_1) && says(jo, UPN_2));
    assert_int_equal(part(&with_jo), ERR_OK);
  }
}

static void one_of_three_takes_its_own_number_along_and_the_others_stay_decided(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *li = &w->world.li;
  struct id with_jo, with_li;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  say(li, UPN_3);
  three_are_one(&with_jo, &with_li);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v.item.id, &v, 0), ERR_OK);
  assert_int_equal(part(&with_li), ERR_OK);
  assert_true(says(li, UPN_3) && says(jo, NULL) && is_kept(zoe, UPN_1));
  assert_int_equal(part(&with_jo), ERR_OK);
  assert_true(says(jo, UPN_2) && says(zoe, UPN_1) && show(zoe).item.state != ITEM_OPEN);
}

/* The number that was chosen goes with Li: of the two that stay nobody has said which is right. */
static void whoever_takes_the_chosen_number_along_leaves_a_question(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *li = &w->world.li;
  struct id with_jo, with_li;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  say(li, UPN_3);
  three_are_one(&with_jo, &with_li);
  struct item_view v = show(zoe);
  size_t third = 0;
  while (!chooses(&v, third, UPN_3)) third++;
  assert_int_equal(decide(&v.item.id, &v, third), ERR_OK);
  assert_int_equal(part(&with_li), ERR_OK);
  assert_true(says(zoe, UPN_1) && says(jo, UPN_2) && says(li, UPN_3));
  assert_true(is_open(zoe));
}

/* One number at two children is asked of a person; of two whom a person told apart already nobody would be,
 * and so they hear it now. */
static void records_that_part_leave_a_question_where_another_child_has_the_number(void **state) {
  const struct id *zoe = &w->world.zoe, *jo = &w->world.jo, *kit = &w->world.kit;
  (void)state;
  say(zoe, UPN_1);
  say(jo, UPN_2);
  struct id pair = put_together(jo, zoe);
  struct item_view v = show(zoe);
  assert_int_equal(decide(&v.item.id, &v, 1), ERR_OK);
  say(kit, UPN_1);
  struct op op = {.table = schema_table(TABLE_learner_apart), .units = 3};
  struct id both[] = {*zoe, *kit};
  if (id_compare(zoe, kit) > 0) both[0] = *kit, both[1] = *zoe;
  crypto_row_id(&op.row, TABLE_learner_apart, both, 2);
  op.values[op.table->key_columns[0]] = value_id(&both[0]);
  op.values[op.table->key_columns[1]] = value_id(&both[1]);
  op.values[COL(learner_apart, apart)] = value_int(1);
  hub_world_put(&w->host, &op);
  assert_int_equal(part(&pair), ERR_CONFLICT);
  assert_non_null(strstr(fault.text, UPN_1));
  assert_true(is_kept(zoe, NULL) && load_item(&pair).state == ITEM_DECIDED);
  op.values[COL(learner_apart, apart)] = value_int(0);
  hub_world_put(&w->host, &op);
  assert_int_equal(part(&pair), ERR_OK);
  assert_true(says(zoe, UPN_1) && says(jo, UPN_2));
  const struct id question = pair_of(zoe, kit);
  assert_int_equal(load_item(&question).state, ITEM_OPEN);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
  const struct CMUnitTest tests[] = {
      CASE(records_that_say_two_upns_ask_a_person_who_decides_and_takes_it_back),
      CASE(the_matter_goes_and_comes_with_the_merge),
      CASE(open_matters_follow_from_what_was_said_and_not_from_when),
      CASE(a_temporary_upn_beside_the_right_one_is_no_matter),
      CASE(two_records_that_say_the_same_are_one_choice_and_keep_it),
      CASE(who_decides_must_have_seen_what_stands_now),
      CASE(what_another_child_has_by_now_does_not_come_back),
      CASE(one_of_three_parts_and_the_other_two_stay_decided),
      CASE(one_of_three_takes_its_own_number_along_and_the_others_stay_decided),
      CASE(whoever_takes_the_chosen_number_along_leaves_a_question),
      CASE(records_that_part_leave_a_question_where_another_child_has_the_number),
      CASE(two_children_with_one_upn_are_proposed_and_not_told_apart_before_one_is_put_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
