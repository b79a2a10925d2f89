/* at_the_door_test.c: the device on a stand at the entrance: finding one's own name, signing in and out, and
 * who leads it away from there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const char ann_pin[] = "274951", bob_pin[] = "850266";

static void open_door(struct field_world *w) {
  assert_true(core_host_call(&w->host, "door.open", ""));
  assert_true(core_host_says(w->host.result, "door", "open"));
}

static const item *find(struct field_world *w, const char *text, size_t *count) {
  if (!core_host_call(&w->host, "door.find", "text:t", text)) fail_msg("%s", w->host.text);
  return core_host_list(w->host.result, "names", count);
}

static size_t found(struct field_world *w, const char *text) {
  size_t count = 0;
  (void)find(w, text, &count);
  return count;
}

static void rename_player(struct field_world *w, size_t n, const char *first, const char *last,
                          const char *instrument) {
  struct id id = fake_player(n), keys[2] = {id, fake_strings}, enrolment;
  struct fake_row *r = fake_hub_find(&w->hub, TABLE_learner, &id);
  r->row.values[COL(learner, first_name)] = value_text(slice_text(first));
  r->row.values[COL(learner, last_name)] = value_text(slice_text(last));
  fake_hub_touch(&w->hub, r);
  crypto_row_id(&enrolment, TABLE_enrolment, keys, 2);
  r = fake_hub_find(&w->hub, TABLE_enrolment, &enrolment);
  r->row.values[COL(enrolment, instrument)] = value_text(slice_text(instrument));
  fake_hub_touch(&w->hub, r);
}

static void feed(struct field_world *w) {
  field_online(w);
  fake_hub_feed(&w->hub, false);
}

static bool sign(struct field_world *w, const struct id *learner, const char *way) {
  return core_host_call(&w->host, "door.sign", "learner:i way:w", learner, way);
}

static void allow_own_way(struct field_world *w) {
  struct row *hub = fake_hub_row(&w->hub, &stream_reference, TABLE_hub, &w->hub.id);
  hub->values[COL(hub, name)] = value_text(slice_text("Sample Hub"));
  hub->values[COL(hub, collection)] = value_int(ENUM_collection_own_way);
  feed(w);
}

static void three_letters_or_a_whole_shorter_name_find_oneself(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  rename_player(w, 2, "Jo", "Ash", "Viola");
  rename_player(w, 3, "Joanna", "Birch", "Viola");
  feed(w);
  open_door(w);
  assert_int_equal(found(w, ""), 0);
  assert_int_equal(found(w, "z"), 0);
  assert_int_equal(found(w, "zo"), 0);
  assert_true(core_host_says(item_at(find(w, "zoe", &count), 0), "name", "Zo\xc3\xab P"));
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(find(w, "JO", &count), 0), "name", "Jo A"));
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(find(w, "joa", &count), 0), "name", "Joanna B"));
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(find(w, "jo a", &count), 0), "name", "Jo A"));
  assert_int_equal(count, 1);
  assert_int_equal(found(w, "player"), 0);
}

static void at_most_five_are_shown_and_an_initial_narrows_them(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  rename_player(w, 9, "Kim", "Young", "Cello");
  feed(w);
  open_door(w);
  (void)find(w, "kim", &count);
  assert_int_equal(count, 5);
  assert_true(core_host_bool(w->host.result, "more"));
  assert_true(core_host_says(item_at(find(w, "kim y", &count), 0), "name", "Kim Y"));
  assert_int_equal(count, 1);
  assert_false(core_host_bool(w->host.result, "more"));
}

static void an_instrument_tells_equal_names_apart_and_is_shown_for_nobody_else(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  rename_player(w, 2, "Sam", "Ash", "Viola");
  rename_player(w, 3, "Sam", "Archer", "Cello");
  feed(w);
  open_door(w);
  const item *names = find(w, "sam", &count);
  assert_int_equal(count, 2);
  for (size_t i = 0; i < count; i += 1) assert_true(core_host_text(item_at(names, i), "instrument").len > 0);
  assert_true(core_host_says(item_at(find(w, "zoe", &count), 0), "instrument", NULL));
}

static void an_arrival_is_a_row_of_its_own_and_no_mark(void **state) {
  struct field_world *w = *state;
  open_door(w);
  core_host_pass(&w->host, 240 * (int64_t)60000); /* 16:00 */
  assert_true(sign(w, &fake_zoe, "in"));
  assert_true(core_host_says(w->host.result, "session_name", "County Strings"));
  assert_int_equal(core_host_int(w->host.result, "at"), 960);
  assert_int_equal(core_host_int(field_status(w), "changes"), 1);
  field_online(w);
  field_pause(w);
  fake_hub_serve(&w->hub);
  assert_int_equal(w->hub.bundle_count, 1);
  const struct op *op = &w->hub.bundles[0].content.changesets[0].ops[0];
  assert_int_equal(op->table->id, TABLE_arrival);
  assert_int_equal(op->values[COL(arrival, way)].i, ENUM_arrival_way_in);
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_ann, ann_pin, 1));
  const item *row = field_row_of(field_get(w, &fake_strings_today), &fake_zoe);
  assert_true(core_host_says(row, "code", NULL));
  assert_int_equal(core_host_int(row, "door_in"), 960);
}

static void not_me_takes_the_last_one_back_and_nothing_else(void **state) {
  struct field_world *w = *state;
  struct id other = fake_player(1);
  open_door(w);
  assert_true(sign(w, &fake_zoe, "in"));
  struct id first = core_host_id(w->host.result, "arrival");
  assert_true(sign(w, &other, "in"));
  struct id second = core_host_id(w->host.result, "arrival");
  assert_false(core_host_call(&w->host, "door.undo", "arrival:i", &first));
  field_refused(w, "NOT_FOUND");
  assert_true(core_host_call(&w->host, "door.undo", "arrival:i", &second));
  assert_false(core_host_call(&w->host, "door.undo", "arrival:i", &second));
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_ann, ann_pin, 1));
  const item *reg = field_get(w, &fake_strings_today);
  assert_int_equal(core_host_int(field_row_of(reg, &fake_zoe), "door_in"), 720);
  assert_int_equal(item_kind(item_get(field_row_of(reg, &other), "door_in")), ITEM_NIL);
}

static void signing_out_needs_the_hubs_rule(void **state) {
  struct field_world *w = *state;
  open_door(w);
  assert_false(sign(w, &fake_zoe, "out"));
  field_refused(w, "FORBIDDEN");
  allow_own_way(w);
  size_t count = 0;
  (void)find(w, "zoe", &count);
  assert_true(core_host_bool(w->host.result, "own_way"));
  assert_true(sign(w, &fake_zoe, "out"));
}

static void whoever_is_not_on_todays_list_is_sent_to_a_member_of_staff(void **state) {
  struct field_world *w = *state;
  open_door(w);
  assert_false(sign(w, &fake_ann, "in"));
  field_refused(w, "NOT_FOUND");
}

static void nothing_but_the_door_works_at_the_door(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "door.find", "text:t", "zoe"));
  field_refused(w, "CONFLICT");
  open_door(w);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
  assert_false(core_host_call(&w->host, "today", ""));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "learner.find", "text:t", "zoe"));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "395172"));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "device.reset", ""));
  field_refused(w, "FORBIDDEN");
}

static void a_wrong_pin_leaves_the_door_open_and_counts(void **state) {
  struct field_world *w = *state;
  open_door(w);
  for (int i = 0; i < pin_attempts_free; i += 1) {
    assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_ann, "111222", 1));
    field_refused(w, "WRONG_SECRET");
    assert_int_equal(found(w, "zoe"), 1);
  }
  assert_int_equal(w->host.attempts_left, -1);
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_ann, ann_pin, 1));
  field_refused(w, "WAIT");
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_bob, bob_pin));
  field_refused(w, "CONFLICT");
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_bob, bob_pin, 1));
  assert_true(core_host_says(w->host.result, "door", NULL));
  struct id who = core_host_id(w->host.result, "unlocked");
  assert_true(id_equal(&who, &fake_bob));
}

static void a_power_cut_brings_the_door_back_after_a_pin(void **state) {
  struct field_world *w = *state;
  open_door(w);
  assert_true(sign(w, &fake_zoe, "in"));
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_says(w->host.result, "door", "locked"));
  assert_false(core_host_call(&w->host, "door.find", "text:t", "zoe"));
  field_refused(w, "NOT_UNLOCKED");
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_int_equal(found(w, "zoe"), 1);
  assert_int_equal(core_host_int(field_status(w), "changes"), 1);
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t leave_door:b", &fake_ann, ann_pin, 1));
  assert_true(core_host_says(w->host.result, "door", NULL));
  assert_true(core_host_call(&w->host, "today", ""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, field_world_open, field_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(three_letters_or_a_whole_shorter_name_find_oneself),
      TEST(at_most_five_are_shown_and_an_initial_narrows_them),
      TEST(an_instrument_tells_equal_names_apart_and_is_shown_for_nobody_else),
      TEST(an_arrival_is_a_row_of_its_own_and_no_mark),
      TEST(not_me_takes_the_last_one_back_and_nothing_else),
      TEST(signing_out_needs_the_hubs_rule),
      TEST(whoever_is_not_on_todays_list_is_sent_to_a_member_of_staff),
      TEST(nothing_but_the_door_works_at_the_door),
      TEST(a_wrong_pin_leaves_the_door_open_and_counts),
      TEST(a_power_cut_brings_the_door_back_after_a_pin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
