/* register_test.c: taking a register: marks, undo, finishing, reopening, lessons of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static void everyone_starts_unmarked_in_score_order(void **state) {
  struct field_world *w = *state;
  static const char *const order[] = {"Flute",     "Flute",     "Trumpet", "Trumpet", "Violin I", "Violin I",
                                      "Violin II", "Violin II", "Cello",   "Cello",   "Basses",   "Basses"};
  size_t count = 0;
  const item *reg = field_get(w, &fake_strings_today);
  const item *rows = core_host_list(reg, "rows", &count);
  assert_int_equal(count, 12);
  for (size_t i = 0; i < count; i += 1) {
    assert_true(core_host_says(item_at(rows, i), "section", order[i]));
    assert_true(core_host_says(item_at(rows, i), "code", NULL));
  }
  assert_int_equal(field_total(reg, "unmarked"), 12);
  assert_int_equal(field_total(reg, "of"), 12);
  assert_true(core_host_says(item_get(reg, "session"), "state", NULL));
}

static void a_mark_counts_and_names_its_undo(void **state) {
  struct field_world *w = *state;
  const item *done = field_mark(w, &fake_zoe, "P");
  assert_int_equal(field_total(done, "here"), 1);
  assert_int_equal(field_total(done, "unmarked"), 11);
  assert_true(core_host_says(done, "state", "open"));
  assert_true(core_host_says(item_get(done, "undo"), "text", "Zo\xc3\xab Player000 marked here"));
  size_t count = 0;
  const item *rows = core_host_list(done, "rows", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(rows, 0), "code", "P"));
  assert_true(core_host_changed(&w->host, "register:", &fake_strings_today));
}

static void a_mark_survives_the_kill_right_after_it(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "AU");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  const item *reg = field_get(w, &fake_strings_today);
  assert_true(core_host_says(field_row_of(reg, &fake_zoe), "code", "AU"));
  assert_int_equal(field_total(reg, "away"), 1);
  assert_true(core_host_call(&w->host, "sync.status", ""));
  assert_int_equal(core_host_int(w->host.result, "changes"), 1);
  assert_int_equal(core_host_int(w->host.result, "registers"), 1);
}

static void late_without_a_time_gets_the_minute_of_the_tap(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  const item *rows = core_host_list(field_mark(w, &fake_zoe, "L"), "rows", &count);
  assert_int_equal(core_host_int(item_at(rows, 0), "arrived"), 720);
  assert_true(core_host_call(&w->host, "mark.set", "session:i learner:i code:w arrived:n",
                             &fake_strings_today, &fake_zoe, "L", 970));
  rows = core_host_list(w->host.result, "rows", &count);
  assert_int_equal(core_host_int(item_at(rows, 0), "arrived"), 970);
}

static void leaving_and_a_comment_do_not_touch_the_mark(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(core_host_call(&w->host, "mark.set", "session:i learner:i code:w departed:n comment:t",
                             &fake_strings_today, &fake_zoe, "P", 990, "dentist"));
  const item *row = field_row_of(field_get(w, &fake_strings_today), &fake_zoe);
  assert_true(core_host_says(row, "code", "P"));
  assert_int_equal(core_host_int(row, "departed"), 990);
  assert_true(core_host_says(row, "comment", "dentist"));
}

static void undo_goes_more_than_ten_steps_deep_also_after_a_restart(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < 12; i += 1) {
    struct id player = fake_player(i);
    (void)field_mark(w, &player, "P");
  }
  (void)field_mark(w, &fake_zoe, "AU");
  core_host_stop(&w->host);
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
  for (int left = 12; left >= 0; left -= 1) {
    assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
    const item *undo = item_get(w->host.result, "undo");
    if (left)
      assert_int_equal(core_host_int(undo, "steps"), left);
    else
      assert_int_equal(item_kind(undo), ITEM_NIL);
  }
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "unmarked"), 12);
  assert_false(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  field_refused(w, "CONFLICT");
}

static void finish_asks_about_the_unmarked_and_then_closes(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_false(core_host_call(&w->host, "register.finish", "session:i", &fake_strings_today));
  field_refused(w, "CONFLICT");
  assert_int_equal(w->host.unmarked, 11);
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "AU"));
  assert_true(core_host_says(w->host.result, "state", "closed"));
  assert_int_equal(field_total(w->host.result, "away"), 11);
  const item *reg = field_get(w, &fake_strings_today);
  assert_true(core_host_says(item_get(reg, "session"), "status", "delivered"));
  assert_true(core_host_says(item_get(reg, "session"), "state", "closed"));
}

static void a_closed_register_wants_a_reason_which_goes_with_what_is_changed(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_strings_today,
                              &fake_zoe, "AU"));
  field_refused(w, "CONFLICT");
  assert_false(core_host_call(&w->host, "register.reopen", "session:i reason:t", &fake_strings_today, "  "));
  field_refused(w, "INVALID");
  assert_true(
      core_host_call(&w->host, "register.reopen", "session:i reason:t", &fake_strings_today, "came back"));
  assert_true(core_host_says(w->host.result, "state", "reopened"));
  (void)field_mark(w, &fake_zoe, "AU");
  const item *reg = field_get(w, &fake_strings_today);
  assert_true(core_host_says(reg, "reason", "came back"));
  assert_true(core_host_says(field_row_of(reg, &fake_zoe), "amend_reason", "came back"));
  assert_true(core_host_call(&w->host, "register.finish", "session:i", &fake_strings_today));
  assert_true(core_host_says(w->host.result, "state", "closed"));
}

static void somebody_nobody_knows_walks_in_and_is_marked_here(void **state) {
  struct field_world *w = *state;
  int64_t before = field_total(field_get(w, &fake_strings_today), "of");
  assert_true(core_host_call(&w->host, "walk.in", "session:i first_name:t last_name:t", &fake_strings_today,
                             "  \xc5\x81ucja ", "Nowak"));
  const item *rows = item_get(w->host.result, "rows");
  const item *row = item_at(rows, 0);
  assert_true(core_host_says(row, "name", "\xc5\x81ucja Nowak"));
  assert_true(core_host_says(row, "code", "P"));
  assert_true(core_host_bool(row, "visitor"));
  struct id child = core_host_id(row, "learner");
  assert_int_equal(core_host_int(field_status(w), "changes"), 1);
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), before + 1);
  assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), before);
  /* The mark is taken back, and the child stays. */
  assert_true(core_host_says(field_row_of(field_mark(w, &child, "P"), &child), "name", "\xc5\x81ucja Nowak"));
}

/* Undone by mistake and written again, or taken for somebody else in between. */
static void a_visitor_who_was_taken_back_and_is_written_again_is_the_same_child(void **state) {
  struct field_world *w = *state;
  const char *const names[][2] = {{"Lucy", "Newsample"}, {" Lucy ", "Newsample"}, {"Lucy", ""}, {"Lucy", ""}};
  struct id children[4];
  for (size_t i = 0; i < 4; i += 1) {
    assert_true(core_host_call(&w->host, "walk.in", "session:i first_name:t last_name:t", &fake_strings_today,
                               names[i][0], names[i][1]));
    children[i] = core_host_id(item_at(item_get(w->host.result, "rows"), 0), "learner");
    assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  }
  assert_true(id_equal(&children[0], &children[1]));
  assert_false(id_equal(&children[0], &children[2]));
  assert_true(id_equal(&children[2], &children[3]));
  /* Two who stand there at once are two, whatever they are called. */
  for (size_t i = 0; i < 2; i += 1) {
    assert_true(core_host_call(&w->host, "walk.in", "session:i first_name:t last_name:t", &fake_strings_today,
                               "Lucy", "Newsample"));
    children[i] = core_host_id(item_at(item_get(w->host.result, "rows"), 0), "learner");
  }
  assert_false(id_equal(&children[0], &children[1]));
}

static void a_visitor_without_a_name_is_refused_and_changes_nothing(void **state) {
  struct field_world *w = *state;
  char endless[300];
  memset(endless, 'a', sizeof endless - 1);
  endless[sizeof endless - 1] = 0;
  int64_t before = field_total(field_get(w, &fake_strings_today), "of");
  assert_false(core_host_call(&w->host, "walk.in", "session:i first_name:t", &fake_strings_today, " \t "));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "walk.in", "session:i first_name:t", &fake_strings_today, endless));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "walk.in", "session:i first_name:t", &fake_brass_today, "Ada"));
  field_refused(w, "FORBIDDEN");
  assert_int_equal(field_total(field_get(w, &fake_strings_today), "of"), before);
}

static void a_session_moves_within_its_day_until_it_is_finished(void **state) {
  struct field_world *w = *state;
  assert_true(
      core_host_call(&w->host, "session.move", "session:i starts:n ends:n", &fake_strings_today, 615, 645));
  const item *session = item_get(field_get(w, &fake_strings_today), "session");
  assert_int_equal(core_host_int(session, "starts"), 615);
  assert_int_equal(core_host_int(session, "ends"), 645);
  assert_false(
      core_host_call(&w->host, "session.move", "session:i starts:n ends:n", &fake_strings_today, 645, 645));
  field_refused(w, "INVALID");
  assert_false(
      core_host_call(&w->host, "session.move", "session:i starts:n ends:n", &fake_brass_today, 615, 645));
  field_refused(w, "FORBIDDEN");
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
  assert_false(
      core_host_call(&w->host, "session.move", "session:i starts:n ends:n", &fake_strings_today, 700, 730));
  field_refused(w, "CONFLICT");
}

/* A whole class has no names on the device: a number is all there is, and it is kept as every tap is. */
static void a_whole_class_is_counted_without_names(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_says(item_get(field_get(w, &fake_strings_today), "session"), "headcount", NULL));
  assert_true(core_host_call(&w->host, "session.headcount", "session:i people:n", &fake_strings_today, 28));
  assert_true(core_host_changed(&w->host, "register:", &fake_strings_today));
  field_restart(w);
  assert_int_equal(core_host_int(item_get(field_get(w, &fake_strings_today), "session"), "headcount"), 28);
  assert_false(
      core_host_call(&w->host, "session.headcount", "session:i people:n", &fake_strings_today, 2001));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "session.headcount", "session:i people:n", &fake_brass_today, 28));
  field_refused(w, "FORBIDDEN");
  assert_true(
      core_host_call(&w->host, "session.cancel", "session:i cause:w", &fake_strings_today, "weather"));
  assert_false(core_host_call(&w->host, "session.headcount", "session:i people:n", &fake_strings_today, 27));
  field_refused(w, "CONFLICT");
  assert_true(core_host_call(&w->host, "session.cancel", "session:i", &fake_strings_today));
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
  assert_false(core_host_call(&w->host, "session.headcount", "session:i people:n", &fake_strings_today, 27));
  field_refused(w, "CONFLICT");
}

static void a_cancelled_session_says_why_and_may_take_place_after_all(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "session.cancel", "session:i", &fake_strings_today));
  field_refused(w, "CONFLICT");
  assert_true(
      core_host_call(&w->host, "session.cancel", "session:i cause:w", &fake_strings_today, "school_notice"));
  const item *session = item_get(field_get(w, &fake_strings_today), "session");
  assert_true(core_host_says(session, "status", "cancelled"));
  assert_true(core_host_says(session, "cause", "school_notice"));
  assert_true(core_host_changed(&w->host, "register:", &fake_strings_today));
  field_restart(w);
  assert_true(core_host_call(&w->host, "session.cancel", "session:i", &fake_strings_today));
  session = item_get(field_get(w, &fake_strings_today), "session");
  assert_true(core_host_says(session, "status", "scheduled"));
  assert_true(core_host_says(session, "cause", NULL));
}

static void what_took_place_is_not_cancelled(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
  assert_false(
      core_host_call(&w->host, "session.cancel", "session:i cause:w", &fake_strings_today, "weather"));
  field_refused(w, "CONFLICT");
}

static void the_rest_is_one_explicit_step(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "AU");
  assert_true(core_host_call(&w->host, "mark.rest", "session:i code:w", &fake_strings_today, "P"));
  assert_int_equal(field_total(w->host.result, "here"), 11);
  assert_int_equal(field_total(w->host.result, "away"), 1);
  assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  assert_int_equal(field_total(w->host.result, "unmarked"), 11);
  assert_int_equal(field_total(w->host.result, "away"), 1);
}

static void a_lesson_of_one_closes_itself_and_opens_again_by_undo(void **state) {
  struct field_world *w = *state;
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_ben, "P"));
  assert_true(core_host_says(w->host.result, "state", "closed"));
  assert_true(core_host_call(&w->host, "today", ""));
  size_t count = 0;
  const item *sessions = core_host_list(w->host.result, "sessions", &count);
  assert_int_equal(count, 2);
  for (size_t i = 0; i < count; i += 1) {
    const item *s = item_at(sessions, i);
    struct id id = core_host_id(s, "id");
    if (!id_equal(&id, &fake_solo_today)) continue;
    assert_true(core_host_says(s, "solo_name", "Ben Thorne"));
    assert_true(core_host_says(s, "solo_code", "P"));
    assert_true(core_host_says(s, "state", "closed"));
    assert_true(core_host_says(s, "status", "delivered"));
  }
  assert_true(core_host_call(&w->host, "undo", "session:i", &fake_solo_today));
  assert_true(core_host_says(w->host.result, "state", "open"));
  assert_int_equal(field_total(w->host.result, "unmarked"), 1);
}

static void a_visitor_joins_with_a_mark_and_leaves_with_its_undo(void **state) {
  struct field_world *w = *state;
  const item *done = field_mark(w, &fake_ben, "P");
  assert_int_equal(field_total(done, "of"), 13);
  const item *row = field_row_of(field_get(w, &fake_strings_today), &fake_ben);
  assert_true(core_host_bool(row, "visitor"));
  assert_true(core_host_call(&w->host, "undo", "session:i", &fake_strings_today));
  assert_int_equal(field_total(w->host.result, "of"), 12);
}

static void a_session_of_others_is_forbidden(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_brass_today));
  field_refused(w, "FORBIDDEN");
  assert_false(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_brass_today, &fake_zoe, "P"));
  field_refused(w, "FORBIDDEN");
  struct id nowhere = {{9}};
  assert_false(core_host_call(&w->host, "register.get", "session:i", &nowhere));
  field_refused(w, "NOT_FOUND");
}

/* What the office enters for somebody who stands in: this day, and no other. */
static void stand_in_until_tomorrow(struct field_world *w) {
  struct id id, keys[2] = {fake_ann, fake_strings};
  crypto_row_id(&id, TABLE_grant_, keys, 2);
  struct fake_row *grant = fake_hub_find(&w->hub, TABLE_grant_, &id);
  const struct fake_row *session = fake_hub_find(&w->hub, TABLE_session, &fake_strings_today);
  grant->row.values[COL(grant_, ends)] = value_int(session->row.values[COL(session, date)].i + 1);
  fake_hub_touch(&w->hub, grant);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  field_hold(w);
}

static void a_dated_grant_ends_offline_too_and_what_was_written_before_is_still_sent(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  stand_in_until_tomorrow(w);
  (void)field_mark(w, &fake_zoe, "P");
  core_host_pass(&w->host, 86400000);
  assert_true(core_host_call(&w->host, "today", ""));
  const item *before = core_host_list(w->host.result, "open_before", &count);
  assert_int_equal(count, 1); /* the lesson of one's own */
  assert_true(core_host_says(item_at(before, 0), "name", "Cello lesson"));
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  assert_true(core_host_call(&w->host, "learner.find", "text:t", "zoe"));
  (void)core_host_list(w->host.result, "learners", &count);
  assert_int_equal(count, 0);
  assert_false(core_host_call(&w->host, "learner.get", "learner:i", &fake_zoe));
  assert_int_equal(core_host_int(field_status(w), "registers"), 1);
  field_online(w);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

static void a_session_made_on_the_spot_is_on_today(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "session.adhoc", "activity:i starts:n ends:n place:t", &fake_strings,
                             1080, 1140, "Church"));
  struct id made = core_host_id(w->host.result, "session");
  const item *reg = field_get(w, &made);
  assert_true(core_host_says(item_get(reg, "session"), "place", "Church"));
  assert_true(core_host_bool(item_get(reg, "session"), "adhoc"));
  assert_int_equal(field_total(reg, "of"), 12);
  assert_false(
      core_host_call(&w->host, "session.adhoc", "activity:i starts:n ends:n", &fake_strings, 1080, 1080));
  field_refused(w, "INVALID");
  assert_false(
      core_host_call(&w->host, "session.adhoc", "activity:i starts:n ends:n", &fake_brass, 1080, 1140));
  field_refused(w, "FORBIDDEN");
}

static void today_names_place_school_and_term(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  assert_true(core_host_call(&w->host, "today", ""));
  assert_true(core_host_says(w->host.result, "term", "Autumn 2026"));
  assert_true(core_host_says(w->host.result, "staff_name", "Ann Bell"));
  assert_int_equal(core_host_int(w->host.result, "minute_now"), 720);
  (void)core_host_list(w->host.result, "sessions", &count);
  assert_int_equal(count, 2);
  assert_true(core_host_call(&w->host, "activities", ""));
  const item *list = core_host_list(w->host.result, "activities", &count);
  assert_int_equal(count, 2);
  assert_true(core_host_says(item_at(list, 1), "name", "County Strings"));
  assert_int_equal(core_host_int(item_at(list, 1), "learners"), 12);
  assert_true(core_host_says(item_at(list, 1), "school", "St Mary's"));
  assert_true(core_host_says(item_at(list, 1), "solo_name", NULL));
  assert_true(core_host_says(item_at(list, 0), "name", "Cello lesson"));
  assert_true(core_host_says(item_at(list, 0), "solo_name", "Ben Thorne"));
}

static void a_register_left_open_is_shown_on_the_days_after(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  core_host_pass(&w->host, 86400000);
  assert_true(core_host_call(&w->host, "today", ""));
  const item *before = core_host_list(w->host.result, "open_before", &count);
  assert_int_equal(count, 2);
  assert_true(core_host_says(item_at(before, 0), "date", "2026-11-21"));
}

static struct fake_row *close_today(struct field_world *w, const struct id *id, const struct id *school,
                                    const char *reason) {
  const struct fake_row *session = fake_hub_find(&w->hub, TABLE_session, &fake_strings_today);
  struct row *r = fake_hub_row(&w->hub, &stream_reference, TABLE_closure, id);
  if (school) r->values[COL(closure, school)] = value_id(school);
  r->values[COL(closure, starts)] = session->row.values[COL(session, date)];
  r->values[COL(closure, ends)] = r->values[COL(closure, starts)];
  r->values[COL(closure, reason)] = value_text(slice_text(reason));
  return fake_hub_find(&w->hub, TABLE_closure, id);
}

static const item *listed(struct field_world *w, const char *list, size_t expected) {
  size_t count = 0;
  assert_true(core_host_call(&w->host, "today", ""));
  const item *out = core_host_list(w->host.result, list, &count);
  assert_int_equal(count, expected);
  return out;
}

static void a_closed_day_is_said_and_a_register_nobody_began_is_not_open_after_it(void **state) {
  struct field_world *w = *state;
  const struct id own = {{0xc1, 1}}, other = {{0xc1, 2}}, everything = {{0xc1, 3}};
  (void)close_today(w, &other, &fake_zoe, "Fair"); /* of a school that is not theirs */
  (void)close_today(w, &everything, NULL, "Snow");
  struct fake_row *inset = close_today(w, &own, &fake_school, "INSET day");
  field_online(w);
  fake_hub_feed(&w->hub, false);
  field_hold(w);
  const item *sessions = listed(w, "sessions", 2);
  for (size_t i = 0; i < 2; i += 1) assert_true(core_host_says(item_at(sessions, i), "closure", "INSET day"));
  (void)field_mark(w, &fake_zoe, "P"); /* they met all the same */
  core_host_pass(&w->host, 86400000);
  const item *before = listed(w, "open_before", 1);
  assert_true(core_host_says(item_at(before, 0), "name", "County Strings"));
  inset->row.values[COL(closure, removed)] = value_int(1);
  fake_hub_touch(&w->hub, inset);
  fake_hub_find(&w->hub, TABLE_closure, &everything)->row.values[COL(closure, removed)] = value_int(1);
  fake_hub_touch(&w->hub, fake_hub_find(&w->hub, TABLE_closure, &everything));
  field_online(w);
  fake_hub_feed(&w->hub, false);
  before = listed(w, "open_before", 2); /* taken back: both are waited for */
  assert_true(core_host_says(item_at(before, 0), "closure", NULL));
}

static void a_term_that_the_office_took_back_is_named_no_more(void **state) {
  struct field_world *w = *state;
  const struct id autumn = {{0xe1}};
  struct fake_row *term = fake_hub_find(&w->hub, TABLE_term, &autumn);
  term->row.values[COL(term, removed)] = value_int(1);
  fake_hub_touch(&w->hub, term);
  field_online(w);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_call(&w->host, "today", ""));
  assert_true(core_host_says(w->host.result, "term", NULL));
  term->row.values[COL(term, removed)] = value_int(0); /* entered again */
  fake_hub_touch(&w->hub, term);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_call(&w->host, "today", ""));
  assert_true(core_host_says(w->host.result, "term", "Autumn 2026"));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(everyone_starts_unmarked_in_score_order),
      IN_WORLD(a_mark_counts_and_names_its_undo),
      IN_WORLD(a_closed_day_is_said_and_a_register_nobody_began_is_not_open_after_it),
      IN_WORLD(a_mark_survives_the_kill_right_after_it),
      IN_WORLD(late_without_a_time_gets_the_minute_of_the_tap),
      IN_WORLD(leaving_and_a_comment_do_not_touch_the_mark),
      IN_WORLD(undo_goes_more_than_ten_steps_deep_also_after_a_restart),
      IN_WORLD(finish_asks_about_the_unmarked_and_then_closes),
      IN_WORLD(a_closed_register_wants_a_reason_which_goes_with_what_is_changed),
      IN_WORLD(somebody_nobody_knows_walks_in_and_is_marked_here),
      IN_WORLD(a_visitor_who_was_taken_back_and_is_written_again_is_the_same_child),
      IN_WORLD(a_visitor_without_a_name_is_refused_and_changes_nothing),
      IN_WORLD(a_session_moves_within_its_day_until_it_is_finished),
      IN_WORLD(a_whole_class_is_counted_without_names),
      IN_WORLD(a_cancelled_session_says_why_and_may_take_place_after_all),
      IN_WORLD(what_took_place_is_not_cancelled),
      IN_WORLD(the_rest_is_one_explicit_step),
      IN_WORLD(a_lesson_of_one_closes_itself_and_opens_again_by_undo),
      IN_WORLD(a_visitor_joins_with_a_mark_and_leaves_with_its_undo),
      IN_WORLD(a_session_of_others_is_forbidden),
      IN_WORLD(a_dated_grant_ends_offline_too_and_what_was_written_before_is_still_sent),
      IN_WORLD(a_session_made_on_the_spot_is_on_today),
      IN_WORLD(today_names_place_school_and_term),
      IN_WORLD(a_term_that_the_office_took_back_is_named_no_more),
      IN_WORLD(a_register_left_open_is_shown_on_the_days_after),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
