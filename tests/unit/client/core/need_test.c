/* need_test.c: what staff must know of a learner on the day: of whom, when, and no longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

enum { today = 20778 }; /* 2026-11-21, on which the host's clock begins */
static const int64_t a_day = 24 * (int64_t)3600000;
static const struct id asthma = {{0xf4, 1}}, nuts = {{0xf4, 2}}, over = {{0xf4, 3}}, ended = {{0xf4, 4}},
                       of_ben = {{0xf4, 5}};

static struct row *need(struct field_world *w, const struct id *activity, const struct id *id,
                        const struct id *learner, int64_t kind, const char *text) {
  struct row *r = fake_hub_row(&w->hub, activity, TABLE_need, id);
  r->values[COL(need, learner)] = value_id(learner);
  r->values[COL(need, kind)] = value_int(kind);
  r->values[COL(need, text)] = value_text(slice_text(text));
  return r;
}

/* Zoë has two that stand until today and for good, one that was until yesterday, and one that was ended; Ben,
 * of another activity, has one. */
static void feed_needs(struct field_world *w) {
  need(w, &fake_strings, &nuts, &fake_zoe, ENUM_need_kind_allergy, "EpiPen")->values[COL(need, expires)] =
      value_int(today);
  (void)need(w, &fake_strings, &asthma, &fake_zoe, ENUM_need_kind_medical, "Blue inhaler");
  need(w, &fake_strings, &over, &fake_zoe, ENUM_need_kind_access, "A broken leg")
      ->values[COL(need, expires)] = value_int(today - 1);
  need(w, &fake_strings, &ended, &fake_zoe, ENUM_need_kind_access, "By mistake")->values[COL(need, removed)] =
      value_int(1);
  (void)need(w, &fake_solo, &of_ben, &fake_ben, ENUM_need_kind_access, "Hearing aids");
  field_online(w);
  fake_hub_feed(&w->hub, false);
}

static const item *needs_of(struct field_world *w, const struct id *session, size_t *count) {
  bool there = session ? core_host_call(&w->host, "needs", "session:i", session)
                       : core_host_call(&w->host, "needs", "");
  if (!there) fail_msg("%s", w->host.text);
  return core_host_list(w->host.result, "needs", count);
}

static void a_register_of_today_has_those_of_its_players_that_are_in_force(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  feed_needs(w);
  const item *list = needs_of(w, &fake_strings_today, &count);
  assert_int_equal(count, 2);
  assert_true(core_host_says(item_at(list, 0), "kind", "medical"));
  assert_true(core_host_says(item_at(list, 0), "text", "Blue inhaler"));
  assert_true(core_host_says(item_at(list, 0), "expires", NULL));
  assert_true(core_host_says(item_at(list, 1), "kind", "allergy"));
  struct id who = core_host_id(item_at(list, 1), "learner");
  assert_true(id_equal(&who, &fake_zoe));
}

static void without_a_register_whoever_has_a_session_of_the_day_is_asked_about(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  feed_needs(w);
  (void)needs_of(w, NULL, &count);
  assert_int_equal(count, 3);
}

static void the_next_day_tells_nothing_of_it(void **state) {
  struct field_world *w = *state;
  size_t count = 1;
  feed_needs(w);
  core_host_pass(&w->host, a_day);
  assert_false(core_host_call(&w->host, "needs", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  (void)needs_of(w, NULL, &count); /* nothing meets */
  assert_int_equal(count, 0);
}

static void a_cancelled_session_tells_nothing(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  feed_needs(w);
  assert_true(
      core_host_call(&w->host, "session.cancel", "session:i cause:w", &fake_strings_today, "weather"));
  const item *list = needs_of(w, NULL, &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "text", "Hearing aids"));
}

static void of_a_child_under_two_ids_both_stand_under_the_one_that_counts(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  struct id other = fake_player(1);
  feed_needs(w);
  struct fake_row *row = fake_hub_find(&w->hub, TABLE_learner, &other);
  row->row.values[COL(learner, merged_into)] = value_id(&fake_zoe);
  fake_hub_touch(&w->hub, row);
  (void)need(w, &fake_strings, &(struct id){{0xf4, 6}}, &other, ENUM_need_kind_medical, "Blue inhaler, too");
  fake_hub_feed(&w->hub, false);
  const item *list = needs_of(w, &fake_strings_today, &count);
  assert_int_equal(count, 3);
  for (size_t i = 0; i < count; i++) {
    struct id who = core_host_id(item_at(list, i), "learner");
    assert_true(id_equal(&who, &fake_zoe));
  }
}

static void a_need_that_the_office_ends_is_gone(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  feed_needs(w);
  struct fake_row *row = fake_hub_find(&w->hub, TABLE_need, &asthma);
  row->row.values[COL(need, removed)] = value_int(1);
  fake_hub_touch(&w->hub, row);
  fake_hub_feed(&w->hub, false);
  const item *list = needs_of(w, &fake_strings_today, &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "text", "EpiPen"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, field_world_open, field_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_register_of_today_has_those_of_its_players_that_are_in_force),
      TEST(without_a_register_whoever_has_a_session_of_the_day_is_asked_about),
      TEST(the_next_day_tells_nothing_of_it),
      TEST(a_cancelled_session_tells_nothing),
      TEST(of_a_child_under_two_ids_both_stand_under_the_one_that_counts),
      TEST(a_need_that_the_office_ends_is_gone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
