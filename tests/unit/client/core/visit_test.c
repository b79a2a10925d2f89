/* visit_test.c: a school visit is kept at every tap, finished once, and its writer's alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static struct id made; /* the visit that the last answer was about */

static int open_world(void **state) {
  int failed = field_world_open(state);
  struct field_world *w = *state;
  struct fake_row *ann = fake_hub_find(&w->hub, TABLE_staff, &fake_ann);
  ann->row.values[COL(staff, roles)] = value_int(1 << (ENUM_role_office - 1));
  fake_hub_touch(&w->hub, ann);
  w->hub.streams[w->hub.stream_count++] = fake_ann; /* her own */
  field_online(w);
  fake_hub_grants(&w->hub);
  fake_hub_feed(&w->hub, false);
  field_hold(w);
  return failed;
}

static const item *answered(struct field_world *w) {
  const item *id = item_get(w->host.result, "id");
  assert_int_equal(item_id_hex(id, &made), ERR_OK);
  return w->host.result;
}

static const item *begin(struct field_world *w) {
  if (!core_host_call(&w->host, "visit.save", "school:i", &fake_school)) fail_msg("%s", w->host.text);
  return answered(w);
}

static const item *save(struct field_world *w, const char *name, const char *word) {
  char args[64];
  (void)snprintf(args, sizeof args, "visit:i %s:t", name);
  if (!core_host_call(&w->host, "visit.save", args, &made, word)) fail_msg("%s", w->host.text);
  return answered(w);
}

static const item *only_visit(struct field_world *w) {
  size_t count = 0;
  if (!core_host_call(&w->host, "visit.list", "")) fail_msg("%s", w->host.text);
  const item *list = core_host_list(w->host.result, "visits", &count);
  assert_int_equal(count, 1);
  return item_at(list, 0);
}

static void rate_all(struct field_world *w) {
  static const char *const items[] = {"curriculum", "tuition",   "ensembles",
                                      "performing", "inclusion", "leadership"};
  for (size_t i = 0; i < sizeof items / sizeof *items; i += 1) (void)save(w, items[i], "amber");
}

static bool finish(struct field_world *w, const char *how) {
  char args[64];
  (void)snprintf(args, sizeof args, "visit:i %s:b", how);
  return core_host_call(&w->host, "visit.finish", args, &made, 1);
}

static void every_tap_survives_a_power_cut(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  (void)save(w, "tuition", "green");
  (void)save(w, "priority_2", "A second string class");
  field_restart(w);
  const item *visit = only_visit(w);
  assert_true(core_host_says(visit, "school_name", "St Mary's"));
  assert_true(core_host_says(visit, "tuition", "green"));
  assert_true(core_host_says(visit, "priority_2", "A second string class"));
  assert_true(core_host_says(visit, "status", "draft"));
  assert_int_equal(item_kind(item_get(visit, "curriculum")), ITEM_NIL);
}

static void what_is_saved_leaves_the_rest_as_it_was_and_an_empty_text_takes_away(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  (void)save(w, "priority_1", "Singing in every class");
  (void)save(w, "summary", "A keen head");
  const item *visit = save(w, "priority_1", "");
  assert_int_equal(item_kind(item_get(visit, "priority_1")), ITEM_NIL);
  assert_true(core_host_says(visit, "summary", "A keen head"));
}

static void today_counts_drafts_for_those_whose_work_it_is_alone(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  assert_true(core_host_call(&w->host, "today", ""));
  assert_int_equal(core_host_int(w->host.result, "visit_drafts"), 1);
  assert_true(core_host_call(&w->host, "lock", ""));
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_true(core_host_call(&w->host, "today", ""));
  assert_int_equal(item_kind(item_get(w->host.result, "visit_drafts")), ITEM_NIL);
  assert_false(core_host_call(&w->host, "visit.list", ""));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "visit.save", "school:i", &fake_school));
  field_refused(w, "FORBIDDEN");
}

static void finishing_asks_about_items_without_a_colour_and_for_an_award(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  assert_false(finish(w, "anyway"));
  field_refused(w, "INVALID");
  (void)save(w, "award", "none");
  assert_false(core_host_call(&w->host, "visit.finish", "visit:i", &made));
  field_refused(w, "CONFLICT");
  assert_int_equal(w->host.unmarked, 6);
  rate_all(w);
  if (!core_host_call(&w->host, "visit.finish", "visit:i", &made)) fail_msg("%s", w->host.text);
  assert_true(core_host_says(w->host.result, "status", "final"));
}

static void what_is_finished_is_the_offices_to_change(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  (void)save(w, "award", "silver");
  assert_true(finish(w, "anyway"));
  assert_false(core_host_call(&w->host, "visit.save", "visit:i award:t", &made, "gold"));
  field_refused(w, "CONFLICT");
  assert_true(core_host_says(only_visit(w), "award", "silver"));
}

static void a_draft_that_is_taken_back_is_in_no_list(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  (void)begin(w);
  assert_true(finish(w, "drop"));
  assert_true(core_host_call(&w->host, "visit.list", ""));
  (void)core_host_list(w->host.result, "visits", &count);
  assert_int_equal(count, 0);
  assert_false(core_host_call(&w->host, "visit.save", "visit:i award:t", &made, "gold"));
  field_refused(w, "NOT_FOUND");
}

static void it_is_sent_when_the_hub_has_it_and_not_before(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  assert_false(core_host_bool(only_visit(w), "sent"));
  field_online(w);
  assert_true(core_host_bool(only_visit(w), "sent"));
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_says(only_visit(w), "school_name", "St Mary's"));
}

/* The hub's row with another colour beside this device's: as two devices of one visitor make it. */
static void a_colour_that_differs_elsewhere_is_said(void **state) {
  struct field_world *w = *state;
  (void)begin(w);
  (void)save(w, "inclusion", "red");
  field_online(w);
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_visit, &made);
  uint8_t unit = r->row.table->columns[COL(visit, inclusion)].unit;
  struct head *heads = arena_take(&w->hub.arena, 2, sizeof *heads);
  struct value *values = arena_take(&w->hub.arena, 2, sizeof *values);
  assert_true(heads && values);
  for (size_t i = 0; i < 2; i += 1) {
    values[i] = value_int(i == 0 ? ENUM_rag_green : ENUM_rag_red);
    heads[i] = r->row.units[unit].heads[0];
    heads[i].values = &values[i];
  }
  heads[0].op.device = fake_bob;
  heads[0].stamp += 1000;
  r->row.units[unit] = (struct unit_heads){.heads = heads, .count = 2};
  r->row.values[COL(visit, inclusion)] = values[0];
  fake_hub_touch(&w->hub, r);
  fake_hub_feed(&w->hub, false);
  const item *visit = only_visit(w);
  assert_true(core_host_says(visit, "inclusion", "green"));
  assert_true(core_host_bool(visit, "conflict"));
}

static void bad_input_is_refused_in_words_and_changes_nothing(void **state) {
  struct field_world *w = *state;
  static const struct id nowhere = {{0xee, 2}};
  static char endless[400];
  memset(endless, 'x', sizeof endless - 1);
  assert_false(core_host_call(&w->host, "visit.save", ""));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "visit.save", "school:i", &nowhere));
  field_refused(w, "NOT_FOUND");
  assert_false(core_host_call(&w->host, "visit.save", "visit:i", &nowhere));
  field_refused(w, "NOT_FOUND");
  assert_false(core_host_call(&w->host, "visit.save", "school:i date:t", &fake_school, "2099-01-01"));
  field_refused(w, "INVALID");
  (void)begin(w);
  assert_false(core_host_call(&w->host, "visit.save", "visit:i priority_3:t", &made, endless));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "visit.save", "visit:i tuition:t", &made, "mauve"));
  field_refused(w, "INVALID");
  assert_int_equal(item_kind(item_get(only_visit(w), "priority_3")), ITEM_NIL);
}

static void the_schools_are_listed_by_name(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  if (!core_host_call(&w->host, "school.list", "")) fail_msg("%s", w->host.text);
  const item *list = core_host_list(w->host.result, "schools", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "name", "St Mary's"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, field_world_close)
  const struct CMUnitTest tests[] = {
      TEST(every_tap_survives_a_power_cut),
      TEST(what_is_saved_leaves_the_rest_as_it_was_and_an_empty_text_takes_away),
      TEST(today_counts_drafts_for_those_whose_work_it_is_alone),
      TEST(finishing_asks_about_items_without_a_colour_and_for_an_award),
      TEST(what_is_finished_is_the_offices_to_change),
      TEST(a_draft_that_is_taken_back_is_in_no_list),
      TEST(it_is_sent_when_the_hub_has_it_and_not_before),
      TEST(a_colour_that_differs_elsewhere_is_said),
      TEST(bad_input_is_refused_in_words_and_changes_nothing),
      TEST(the_schools_are_listed_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
