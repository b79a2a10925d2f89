/* absence_test.c: away, and nobody was told: whom to ring, whom never, and what was said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const struct id mother = {{0xf2, 1}}, father = {{0xf2, 2}}, stranger = {{0xf2, 3}};

static struct row *contact(struct field_world *w, const struct id *id, const struct id *learner,
                           const char *name, int priority) {
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_contact, id);
  r->values[COL(contact, learner)] = value_id(learner);
  r->values[COL(contact, name)] = value_text(slice_text(name));
  r->values[COL(contact, phone)] = value_text(slice_text("01632 960001"));
  r->values[COL(contact, priority)] = value_int(priority);
  return r;
}

/* Zoë is away and nobody was told; her father must not be contacted, her mother is rung first. */
static void zoe_is_away(struct field_world *w) {
  struct id other = fake_player(1);
  contact(w, &father, &fake_zoe, "Wim Sample", 2)->values[COL(contact, do_not_contact)] = value_int(1);
  contact(w, &mother, &fake_zoe, "Vera Sample", 1)->values[COL(contact, may_not_collect)] = value_int(1);
  (void)contact(w, &stranger, &other, "Udo Other", 1);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  (void)field_mark(w, &fake_zoe, "AU");
  (void)field_mark(w, &other, "AN");
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
}

static const item *absences(struct field_world *w, size_t *count) {
  if (!core_host_call(&w->host, "absences", "session:i", &fake_strings_today)) fail_msg("%s", w->host.text);
  return core_host_list(w->host.result, "absences", count);
}

static bool ring(struct field_world *w, const struct id *who, const char *outcome, const char *said) {
  return core_host_call(&w->host, "absence.call", "session:i learner:i contact:i outcome:w said:t",
                        &fake_strings_today, &fake_zoe, who, outcome, said);
}

static void only_an_absence_that_nobody_explained_is_asked_about(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  zoe_is_away(w);
  const item *list = absences(w, &count);
  assert_int_equal(count, 1);
  struct id who = core_host_id(item_at(list, 0), "learner");
  assert_true(id_equal(&who, &fake_zoe));
}

static void the_ladder_is_in_order_and_hides_the_number_of_whom_not_to_ring(void **state) {
  struct field_world *w = *state;
  size_t count = 0, contacts = 0;
  zoe_is_away(w);
  const item *list = core_host_list(item_at(absences(w, &count), 0), "contacts", &contacts);
  assert_int_equal(contacts, 2);
  assert_true(core_host_says(item_at(list, 0), "name", "Vera Sample"));
  assert_true(core_host_bool(item_at(list, 0), "may_not_collect"));
  assert_true(core_host_says(item_at(list, 0), "phone", "01632 960001"));
  assert_true(core_host_bool(item_at(list, 1), "do_not_contact"));
  assert_true(core_host_says(item_at(list, 1), "phone", NULL));
}

static void what_was_said_is_kept_with_who_said_it(void **state) {
  struct field_world *w = *state;
  size_t count = 0, calls = 0;
  zoe_is_away(w);
  assert_true(ring(w, &mother, "unaware", "She left home at three"));
  field_restart(w);
  const item *list = core_host_list(item_at(absences(w, &count), 0), "calls", &calls);
  assert_int_equal(calls, 1);
  assert_true(core_host_says(item_at(list, 0), "contact_name", "Vera Sample"));
  assert_true(core_host_says(item_at(list, 0), "outcome", "unaware"));
  assert_true(core_host_says(item_at(list, 0), "said", "She left home at three"));
  assert_true(core_host_says(item_at(list, 0), "author_name", "Ann Bell"));
}

static void nobody_is_rung_who_must_not_be_or_is_not_theirs(void **state) {
  struct field_world *w = *state;
  zoe_is_away(w);
  assert_false(ring(w, &father, "no_answer", ""));
  field_refused(w, "FORBIDDEN");
  assert_false(ring(w, &stranger, "no_answer", ""));
  field_refused(w, "NOT_FOUND");
  assert_false(core_host_call(&w->host, "absence.call", "session:i learner:i outcome:w", &fake_strings_today,
                              &fake_zoe, "explained"));
  field_refused(w, "INVALID");
  assert_true(core_host_call(&w->host, "absence.call", "session:i learner:i outcome:w said:t",
                             &fake_strings_today, &fake_zoe, "explained", "The school: ill since noon"));
}

static void before_finish_nobody_is_missing(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "AU");
  assert_false(core_host_call(&w->host, "absences", "session:i", &fake_strings_today));
  field_refused(w, "CONFLICT");
}

static void the_next_day_tells_nobodys_number(void **state) {
  struct field_world *w = *state;
  zoe_is_away(w);
  core_host_pass(&w->host, 24 * (int64_t)3600000);
  assert_false(core_host_call(&w->host, "absences", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  assert_false(ring(w, &mother, "no_answer", ""));
  field_refused(w, "FORBIDDEN");
}

static void a_notice_that_arrives_takes_the_absence_off_the_list(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  struct id notice = {{0xf3}};
  zoe_is_away(w);
  struct row *r = fake_hub_row(&w->hub, &fake_strings, TABLE_absence_notice, &notice);
  r->values[COL(absence_notice, learner)] = value_id(&fake_zoe);
  r->values[COL(absence_notice, starts)] = value_int(20000);
  r->values[COL(absence_notice, ends)] = value_int(30000);
  fake_hub_feed(&w->hub, false);
  (void)absences(w, &count);
  assert_int_equal(count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, field_world_open, field_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(only_an_absence_that_nobody_explained_is_asked_about),
      TEST(the_ladder_is_in_order_and_hides_the_number_of_whom_not_to_ring),
      TEST(what_was_said_is_kept_with_who_said_it),
      TEST(nobody_is_rung_who_must_not_be_or_is_not_theirs),
      TEST(before_finish_nobody_is_missing),
      TEST(the_next_day_tells_nobodys_number),
      TEST(a_notice_that_arrives_takes_the_absence_off_the_list),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
