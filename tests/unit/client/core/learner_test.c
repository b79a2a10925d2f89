/* learner_test.c: finding learners, their sheet, notes and progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const item *find(struct field_world *w, const char *text, size_t *count) {
  if (!core_host_call(&w->host, "learner.find", "text:t", text)) fail_msg("%s", w->host.text);
  return core_host_list(w->host.result, "learners", count);
}

static const item *sheet(struct field_world *w, const struct id *learner) {
  if (!core_host_call(&w->host, "learner.get", "learner:i", learner)) fail_msg("%s", w->host.text);
  return w->host.result;
}

static void zoe_finds_zoe_with_two_dots(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  const item *list = find(w, "zoe", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "name", "Zo\xc3\xab Player000"));
  list = find(w, "ORJAN", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(list, 0), "name", "\xc3\x98rjan Player001"));
}

static void every_word_must_begin_some_name(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  (void)find(w, "kim pl", &count);
  assert_int_equal(count, 10);
  (void)find(w, "player003 ki", &count);
  assert_int_equal(count, 1);
  (void)find(w, "kim zebra", &count);
  assert_int_equal(count, 0);
  (void)find(w, "layer", &count);
  assert_int_equal(count, 0);
  (void)find(w, " '- ", &count);
  assert_int_equal(count, 0);
}

static void only_learners_of_ones_own_activities_are_found(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  (void)find(w, "ben thorne", &count);
  assert_int_equal(count, 1);
  fake_hub_unlock(&w->hub, &fake_bob);
  (void)find(w, "ben", &count);
  assert_int_equal(count, 0);
  assert_false(core_host_call(&w->host, "learner.get", "learner:i", &fake_ben));
  field_refused(w, "FORBIDDEN");
}

static void the_last_note_is_in_view_and_says_whether_it_was_sent(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i text:t next_step:t areas:s",
                             &fake_ben, &fake_solo, "First", "Scales", "playing reading"));
  core_host_pass(&w->host, 60000);
  assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i learner_words:t", &fake_ben,
                             &fake_solo, "I like it"));
  const item *s = sheet(w, &fake_ben);
  size_t count = 0;
  const item *notes = core_host_list(s, "notes", &count);
  assert_int_equal(count, 2);
  assert_true(core_host_says(item_at(notes, 0), "learner_words", "I like it"));
  assert_true(core_host_says(item_at(notes, 1), "text", "First"));
  assert_true(core_host_says(item_at(notes, 1), "author_name", "Ann Bell"));
  assert_true(core_host_says(s, "next_step", "Scales"));
  assert_false(core_host_bool(item_at(notes, 0), "sent"));
  assert_int_equal(core_host_int(field_status(w), "notes"), 2);
  field_online(w);
  notes = core_host_list(sheet(w, &fake_ben), "notes", &count);
  assert_true(core_host_bool(item_at(notes, 0), "sent"));
}

static void a_revised_note_hides_the_one_before(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  assert_true(
      core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo, "Frist"));
  struct id first = core_host_id(w->host.result, "note");
  assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i text:t revises:i", &fake_ben,
                             &fake_solo, "First", &first));
  const item *notes = core_host_list(sheet(w, &fake_ben), "notes", &count);
  assert_int_equal(count, 1);
  assert_true(core_host_says(item_at(notes, 0), "text", "First"));
}

static void progress_shows_the_latest_of_each_kind(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w stage:w", &fake_ben,
                             &fake_solo, "stage", "beginner"));
  core_host_pass(&w->host, 86400000);
  assert_true(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w stage:w", &fake_ben,
                             &fake_solo, "stage", "developing"));
  assert_true(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w board:t grade:t result:t",
                             &fake_ben, &fake_solo, "grade", "ABRSM", "4", "Merit"));
  struct id grade = core_host_id(w->host.result, "progress");
  assert_true(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w pos:n", &fake_ben,
                             &fake_solo, "pos", 2));
  const item *s = sheet(w, &fake_ben);
  assert_true(core_host_says(s, "stage", "developing"));
  assert_true(core_host_says(s, "grade", "ABRSM 4, Merit"));
  assert_int_equal(core_host_int(s, "pos"), 2);
  assert_true(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w voids:i", &fake_ben,
                             &fake_solo, "grade", &grade));
  assert_true(core_host_says(sheet(w, &fake_ben), "grade", NULL));
}

static void what_makes_no_sense_is_refused_with_a_sentence(void **state) {
  struct field_world *w = *state;
  char text[2100];
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = 0;
  assert_false(core_host_call(&w->host, "note.add", "learner:i activity:i", &fake_ben, &fake_solo));
  field_refused(w, "INVALID");
  assert_false(
      core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo, text));
  field_refused(w, "INVALID");
  assert_false(
      core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_zoe, &fake_solo, "x"));
  field_refused(w, "NOT_FOUND");
  assert_false(
      core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_brass, "x"));
  field_refused(w, "FORBIDDEN");
  assert_false(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w pos:n", &fake_ben,
                              &fake_solo, "pos", 6));
  field_refused(w, "INVALID");
  assert_false(core_host_call(&w->host, "progress.add", "learner:i activity:i kind:w", &fake_ben, &fake_solo,
                              "grade"));
  field_refused(w, "INVALID");
  assert_int_equal(core_host_int(field_status(w), "changes"), 0);
}

static void begin_note(struct field_world *w, const char *text) {
  if (!core_host_call(&w->host, "draft.keep", "learner:i text:t", &fake_ben, text))
    fail_msg("%s", w->host.text);
}

static void a_note_that_was_begun_outlives_a_lock_and_a_power_cut(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", NULL));
  begin_note(w, "Half a sent");
  begin_note(w, "Half a sentence");
  assert_true(core_host_call(&w->host, "lock", ""));
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", "Half a sentence"));
  field_restart(w);
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", "Half a sentence"));
  assert_int_equal(core_host_int(field_status(w), "changes"), 0);
  begin_note(w, "");
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", NULL));
}

static void what_a_colleague_began_is_theirs(void **state) {
  struct field_world *w = *state;
  begin_note(w, "Ann's");
  fake_hub_unlock(&w->hub, &fake_bob);
  begin_note(w, "Bob's");
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", "Ann's"));
}

static void a_saved_note_is_not_begun_any_more(void **state) {
  struct field_world *w = *state;
  begin_note(w, "Half a sentence");
  assert_false(core_host_call(&w->host, "note.add", "learner:i activity:i", &fake_ben, &fake_solo));
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", "Half a sentence"));
  assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo,
                             "Half a sentence, and the rest"));
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", NULL));
}

static void a_note_on_nobody_here_is_not_begun(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "draft.keep", "learner:i text:t", &fake_school, "x"));
  field_refused(w, "NOT_FOUND");
}

/* As the page keeps it: as much of a script of three bytes as its fields take, in JSON. */
static void as_much_as_a_note_may_hold_may_be_begun(void **state) {
  struct field_world *w = *state;
  static const char sign[] = "\xe0\xb8\x81";
  enum { letters = 2000 + 500 + 500, sign_bytes = sizeof sign - 1 };
  static char text[letters * sign_bytes + 1], endless[draft_bytes_max + 2];
  for (size_t i = 0; i < letters; i++) memcpy(text + i * sign_bytes, sign, sign_bytes);
  begin_note(w, text);
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", text));
  memset(endless, 'a', sizeof endless - 1);
  assert_false(core_host_call(&w->host, "draft.keep", "learner:i text:t", &fake_ben, endless));
  field_refused(w, "INVALID");
  assert_true(core_host_says(sheet(w, &fake_ben), "draft", text));
}

static void attendance_of_the_term_is_counted(void **state) {
  struct field_world *w = *state;
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_ben, "P"));
  const item *s = sheet(w, &fake_ben);
  assert_int_equal(core_host_int(s, "here"), 1);
  assert_int_equal(core_host_int(s, "away"), 0);
  assert_true(core_host_says(s, "school", "St Mary's"));
}

static int64_t here_with(struct field_world *w, int32_t starts, int32_t ends) {
  static const struct id term = {{0xe1}};
  struct fake_row *t = fake_hub_find(&w->hub, TABLE_term, &term);
  t->row.values[COL(term, starts)] = value_int(starts);
  t->row.values[COL(term, ends)] = value_int(ends);
  fake_hub_touch(&w->hub, t);
  fake_hub_feed(&w->hub, false);
  return core_host_int(sheet(w, &fake_ben), "here");
}

/* As far back as the device has meetings, and no further: forty days ago here is another term, or this one.
 */
static void in_the_holidays_attendance_is_of_the_term_that_is_over(void **state) {
  struct field_world *w = *state;
  int32_t today, minute;
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_ben, "P"));
  struct fake_row *lesson = fake_hub_find(&w->hub, TABLE_session, &fake_solo_today);
  uk_civil(w->host.now.wall_ms, &today, &minute);
  lesson->row.values[COL(session, date)] = value_int(today - 40);
  fake_hub_touch(&w->hub, lesson);
  field_online(w);
  assert_int_equal(here_with(w, today - 30, today + 30), 0);
  assert_int_equal(here_with(w, today - 30, today - 5), 0);
  assert_int_equal(here_with(w, today - 45, today - 5), 1);
  assert_int_equal(here_with(w, today - 400, today - 300), 1);    /* of last year: the last sixty days */
  lesson->row.values[COL(session, date)] = value_int(today - 90); /* in August */
  fake_hub_touch(&w->hub, lesson);
  assert_int_equal(here_with(w, today - 400, today - 300), 0);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(zoe_finds_zoe_with_two_dots),
      IN_WORLD(every_word_must_begin_some_name),
      IN_WORLD(only_learners_of_ones_own_activities_are_found),
      IN_WORLD(the_last_note_is_in_view_and_says_whether_it_was_sent),
      IN_WORLD(a_revised_note_hides_the_one_before),
      IN_WORLD(progress_shows_the_latest_of_each_kind),
      IN_WORLD(what_makes_no_sense_is_refused_with_a_sentence),
      IN_WORLD(a_note_that_was_begun_outlives_a_lock_and_a_power_cut),
      IN_WORLD(what_a_colleague_began_is_theirs),
      IN_WORLD(a_saved_note_is_not_begun_any_more),
      IN_WORLD(a_note_on_nobody_here_is_not_begun),
      IN_WORLD(as_much_as_a_note_may_hold_may_be_begun),
      IN_WORLD(attendance_of_the_term_is_counted),
      IN_WORLD(in_the_holidays_attendance_is_of_the_term_that_is_over),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
