/* evacuation_test.c: the list of who is in the building: explicit marks, less departures, and apart from them
 * whoever only signed in at the door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

enum { hours_ms = 3600000, rehearsal_minute = 970 };

/* Ten minutes into the rehearsal. */
static void go_to_rehearsal(struct field_world *w) {
  core_host_pass(&w->host, (rehearsal_minute - 720) * (int64_t)60000);
}

static const item *evacuation(struct field_world *w) {
  assert_true(core_host_call(&w->host, "evacuation", ""));
  return w->host.result;
}

static const item *hall_of(const item *list, const struct id *session) {
  size_t count = 0;
  const item *halls = core_host_list(list, "halls", &count);
  for (size_t i = 0; i < count; i += 1) {
    struct id id = core_host_id(item_get(item_at(halls, i), "session"), "id");
    if (id_equal(&id, session)) return item_at(halls, i);
  }
  return NULL;
}

static size_t listed(const item *hall, const char *name) {
  size_t count = 0;
  (void)core_host_list(hall, name, &count);
  return count;
}

static const item *strings(struct field_world *w) {
  const item *hall = hall_of(evacuation(w), &fake_strings_today);
  assert_non_null(hall);
  return hall;
}

/* What a learner did at the door, as the hub brings it. */
static struct id arrives(struct field_world *w, const struct id *learner, int way, int at,
                         const struct id *voids) {
  static uint8_t number;
  struct id id = {{0xf1, number++}};
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_arrival, &id);
  r->values[COL(arrival, session)] = value_id(&fake_strings_today);
  r->values[COL(arrival, learner)] = value_id(learner);
  r->values[COL(arrival, way)] = value_int(way);
  r->values[COL(arrival, at)] = value_int(at);
  if (voids) r->values[COL(arrival, voids)] = value_id(voids);
  return id;
}

static void an_unmarked_player_is_never_on_the_list(void **state) {
  struct field_world *w = *state;
  go_to_rehearsal(w);
  assert_int_equal(core_host_int(evacuation(w), "total"), 0);
  assert_int_equal(listed(strings(w), "here"), 0);
  (void)field_mark(w, &fake_zoe, "P");
  struct id other = fake_player(1), third = fake_player(2);
  (void)field_mark(w, &other, "L");
  (void)field_mark(w, &third, "AU");
  assert_int_equal(core_host_int(evacuation(w), "total"), 2);
  const item *hall = strings(w);
  assert_int_equal(listed(hall, "here"), 2);
  assert_int_equal(listed(hall, "door"), 0);
  assert_true(core_host_bool(hall, "on"));
}

static void the_total_is_that_of_the_halls_and_of_the_registers(void **state) {
  struct field_world *w = *state;
  go_to_rehearsal(w);
  assert_true(core_host_call(&w->host, "mark.rest", "session:i code:w", &fake_strings_today, "P"));
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_ben, "P"));
  const item *list = evacuation(w);
  const item *totals = item_get(item_get(hall_of(list, &fake_strings_today), "session"), "totals");
  assert_int_equal(core_host_int(totals, "here"), 12);
  assert_int_equal(listed(hall_of(list, &fake_strings_today), "here"), 12);
  assert_int_equal(listed(hall_of(list, &fake_solo_today), "here"), 1);
  assert_int_equal(core_host_int(list, "total"), 13);
}

static void whoever_left_is_off_the_list_and_whoever_will_leave_is_on_it(void **state) {
  struct field_world *w = *state;
  struct id other = fake_player(1);
  go_to_rehearsal(w);
  assert_true(core_host_call(&w->host, "mark.set", "session:i learner:i code:w departed:n",
                             &fake_strings_today, &fake_zoe, "P", rehearsal_minute));
  assert_true(core_host_call(&w->host, "mark.set", "session:i learner:i code:w departed:n",
                             &fake_strings_today, &other, "P", rehearsal_minute + 1));
  const item *hall = strings(w);
  assert_int_equal(listed(hall, "here"), 1);
  assert_int_equal(core_host_int(hall, "left"), 1);
  core_host_pass(&w->host, 60000);
  assert_int_equal(listed(strings(w), "here"), 0);
}

static void an_arrival_at_the_door_stands_apart_until_a_leader_marks_it(void **state) {
  struct field_world *w = *state;
  struct id other = fake_player(1), third = fake_player(2);
  (void)arrives(w, &fake_zoe, ENUM_arrival_way_in, 955, NULL);
  (void)arrives(w, &other, ENUM_arrival_way_in, 956, NULL);
  (void)arrives(w, &other, ENUM_arrival_way_out, 958, NULL);
  struct id wrong = arrives(w, &third, ENUM_arrival_way_in, 957, NULL);
  (void)arrives(w, &third, ENUM_arrival_way_in, 957, &wrong);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  go_to_rehearsal(w);
  const item *list = evacuation(w);
  const item *hall = hall_of(list, &fake_strings_today);
  assert_int_equal(core_host_int(list, "total"), 0);
  assert_int_equal(listed(hall, "door"), 1); /* neither who went again, nor who said "not me" */
  size_t count = 0;
  const item *row = item_at(core_host_list(hall, "door", &count), 0);
  assert_int_equal(core_host_int(row, "door_in"), 955);
  row = field_row_of(field_get(w, &fake_strings_today), &fake_zoe);
  assert_true(core_host_says(row, "code", NULL));
  assert_int_equal(core_host_int(row, "door_in"), 955);
  (void)field_mark(w, &fake_zoe, "P");
  list = evacuation(w);
  assert_int_equal(core_host_int(list, "total"), 1);
  assert_int_equal(listed(hall_of(list, &fake_strings_today), "door"), 0);
}

static void one_act_confirms_all_who_came_by_the_door_and_nobody_else(void **state) {
  struct field_world *w = *state;
  struct id other = fake_player(1), third = fake_player(2);
  (void)arrives(w, &fake_zoe, ENUM_arrival_way_in, 955, NULL);
  (void)arrives(w, &other, ENUM_arrival_way_in, 956, NULL);
  (void)arrives(w, &third, ENUM_arrival_way_in, 955, NULL);
  (void)arrives(w, &third, ENUM_arrival_way_out, 957, NULL);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  (void)field_mark(w, &other, "AU"); /* a leader looked, and they are not there */
  assert_true(core_host_call(&w->host, "mark.rest", "session:i code:w door:b", &fake_strings_today, "P", 1));
  assert_int_equal(field_total(w->host.result, "here"), 1);
  assert_int_equal(field_total(w->host.result, "away"), 1);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "code", "P"));
  assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  assert_int_equal(field_total(w->host.result, "here"), 0);
}

static void a_sign_out_at_the_door_is_shown_but_takes_nobody_off_the_list(void **state) {
  struct field_world *w = *state;
  go_to_rehearsal(w);
  (void)field_mark(w, &fake_zoe, "P");
  (void)arrives(w, &fake_zoe, ENUM_arrival_way_out, 965, NULL);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  size_t count = 0;
  const item *rows = core_host_list(strings(w), "here", &count);
  assert_int_equal(count, 1);
  assert_int_equal(core_host_int(item_at(rows, 0), "door_out"), 965);
}

static void a_session_of_another_hour_counts_only_when_asked_for(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P"); /* four hours before it begins */
  assert_int_equal(core_host_int(evacuation(w), "total"), 0);
  assert_false(core_host_bool(strings(w), "on"));
  assert_int_equal(listed(strings(w), "here"), 1);
  assert_true(core_host_call(&w->host, "evacuation", "session:i", &fake_strings_today));
  assert_int_equal(core_host_int(w->host.result, "total"), 1);
  core_host_pass(&w->host, 3 * (int64_t)hours_ms);
  assert_int_equal(core_host_int(evacuation(w), "total"), 1);
  core_host_pass(&w->host, 3 * (int64_t)hours_ms); /* an hour after its end */
  assert_int_equal(core_host_int(evacuation(w), "total"), 0);
}

/* Zoë has a lesson in the same hour: marked here in both she is one person. */
static void nobody_is_counted_twice(void **state) {
  struct field_world *w = *state;
  go_to_rehearsal(w);
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_zoe, "P"));
  const item *list = evacuation(w);
  size_t both =
      listed(hall_of(list, &fake_strings_today), "here") + listed(hall_of(list, &fake_solo_today), "here");
  assert_int_equal(both, 1);
  assert_int_equal(core_host_int(list, "total"), 1);
}

static void it_says_up_to_when_other_devices_are_in_it(void **state) {
  struct field_world *w = *state;
  field_restart(w);
  assert_int_equal(item_kind(item_get(evacuation(w), "combined_at")), ITEM_NIL);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  core_host_pass(&w->host, 60000);
  int64_t last = w->host.now.wall_ms;
  assert_int_equal(core_host_int(evacuation(w), "combined_at"), last);
  field_hold(w);
  core_host_pass(&w->host, 60000);
  assert_int_equal(core_host_int(evacuation(w), "combined_at"), last);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, field_world_open, field_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_unmarked_player_is_never_on_the_list),
      TEST(the_total_is_that_of_the_halls_and_of_the_registers),
      TEST(whoever_left_is_off_the_list_and_whoever_will_leave_is_on_it),
      TEST(an_arrival_at_the_door_stands_apart_until_a_leader_marks_it),
      TEST(one_act_confirms_all_who_came_by_the_door_and_nobody_else),
      TEST(a_sign_out_at_the_door_is_shown_but_takes_nobody_off_the_list),
      TEST(a_session_of_another_hour_counts_only_when_asked_for),
      TEST(nobody_is_counted_twice),
      TEST(it_says_up_to_when_other_devices_are_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
