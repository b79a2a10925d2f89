/* erase_test.c: a learner is erased at the hub, and real devices forget them: online, offline with unsent
 * work, cut off between any two steps, and long without a grant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/reconcile.h"
#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;
static struct arena arena;
static const char note_text[] = "Embouchure of her own", comment_text[] = "Quicksilverish comment";

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  pair_open(&pair, 11);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  arena_finish(&arena);
  return 0;
}

/* ---- what a device holds ---- */

static bool holds_learner(struct pair_device *d, const struct id *learner, const char *name) {
  return device_rows_with(&d->host, learner->b, id_bytes) || device_rows_with(&d->host, name, strlen(name)) ||
         device_rows_with(&d->host, note_text, strlen(note_text)) ||
         device_rows_with(&d->host, comment_text, strlen(comment_text));
}

/* Up to the last byte that is not zero: a log has room ahead of what is written in it. */
static size_t written_bytes(const char *path) {
  FILE *f = fopen(path, "rb");
  size_t at = 0, end = 0;
  if (!f) return 0;
  for (int c = fgetc(f); c != EOF; c = fgetc(f)) {
    at++;
    if (c) end = at;
  }
  (void)fclose(f);
  return end;
}

/* A file that was rewritten has no unused pages, and its log is empty: what no table shows is not in it. */
static void is_rewritten(struct pair_device *d) {
  char path[160];
  (void)snprintf(path, sizeof path, "%s-wal", d->host.db_path);
  assert_int_equal(device_number(&d->host, "PRAGMA freelist_count"), 0);
  assert_true(written_bytes(path) <= 65536); /* what was written since: the numbers of erasures */
}

/* ---- the hub ---- */

static void erase(const struct id *learner) {
  struct erase_result r;
  struct fault fault;
  struct erase_order order = {.learner = *learner, .by = pair.hub.hub.id, .reason = slice_text("asked for")};
  if (erase_learner(&r, &pair.hub.hub, pair.hub.store, &pair.hub.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
  struct session_event event = {.kind = SESSION_CHANGED, .now = pair.hub.now, .changes = &r.changes};
  for (size_t i = 0; i < pair.hub.line_count; i++) hub_line_changed(pair.hub.lines[i], &event);
  pair_run(&pair);
}

static size_t waited_for(uint64_t number) {
  struct store_device *list;
  size_t count;
  assert_int_equal(views_erasure_waiting(pair.hub.store, number, &arena, &list, &count), ERR_OK);
  return count;
}

static void seal(void) { pair_pass(&pair, seal_pause_ms + 1); }

/* A mark with a comment, and a note. */
static void write_about(struct pair_device *d, const struct id *learner) {
  assert_true(core_host_call(&d->host, "mark.set", "session:i learner:i code:w comment:t",
                             &pair.world.strings_today, learner, "P", comment_text));
  assert_true(core_host_call(&d->host, "note.add", "learner:i activity:i text:t", learner,
                             &pair.world.strings, note_text));
  assert_true(core_host_call(&d->host, "draft.keep", "learner:i text:t", learner, note_text));
}

static const char zoe[] = "Zo\xc3\xab";

static void every_device_forgets_the_learner_rewrites_its_file_and_confirms(void **state) {
  (void)state;
  struct pair_device *a = pair_add(&pair, &pair.world.ada), *b = pair_add(&pair, &pair.world.ben);
  write_about(a, &pair.world.zoe);
  seal();
  assert_true(holds_learner(a, &pair.world.zoe, zoe) && holds_learner(b, &pair.world.zoe, zoe));
  erase(&pair.world.zoe);
  assert_int_equal(waited_for(1), 2);
  assert_false(holds_learner(a, &pair.world.zoe, zoe));
  assert_false(holds_learner(b, &pair.world.zoe, zoe));
  is_rewritten(a);
  is_rewritten(b);
  seal();
  assert_int_equal(waited_for(1), 0);
  assert_false(core_host_call(&a->host, "learner.get", "learner:i", &pair.world.zoe));
  assert_true(core_host_call(&a->host, "sync.status", ""));
  assert_true(core_host_says(a->host.result, "badge", "sent"));
}

static void erasure_wins_over_what_was_written_offline_and_others_keep_their_marks(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_hold(&pair, d, true);
  write_about(d, &pair.world.zoe);
  assert_true(core_host_call(&d->host, "mark.rest", "session:i code:w", &pair.world.strings_today, "P"));
  erase(&pair.world.zoe);
  erase(&pair.world.li);
  assert_true(holds_learner(d, &pair.world.zoe, zoe));
  pair_hold(&pair, d, false);
  seal();
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(device_rows_with(&d->host, pair.world.li.b, id_bytes), 0);
  struct view_counts counts = hub_host_counts(&pair.hub);
  assert_int_equal(counts.marks, 1); /* Jo's, of the three that were marked at once */
  assert_int_equal(counts.notes, 0);
  assert_int_equal(counts.quarantined, 0);
  assert_int_equal(waited_for(1) + waited_for(2), 0);
  assert_true(core_host_call(&d->host, "sync.status", ""));
  assert_true(core_host_says(d->host.result, "badge", "sent"));
  pair_power_cut(&pair, d);
  assert_int_equal(device_pending(&d->host), 0);
}

static void the_words_of_undo_are_gone_too(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_mark(&pair, d, &pair.world.jo, "P");
  seal();
  assert_true(device_rows_with(&d->host, zoe, strlen(zoe)) > 1); /* the learner's row, and an undo text */
  erase(&pair.world.zoe);
  assert_int_equal(device_rows_with(&d->host, zoe, strlen(zoe)), 0);
  assert_true(core_host_call(&d->host, "undo", "session:i", &pair.world.strings_today)); /* Jo's */
  seal();
  assert_false(core_host_call(&d->host, "undo", "session:i", &pair.world.strings_today));
}

/* ---- cut off between two steps ---- */

static void a_device_cut_off_before_it_rewrote_its_file_finishes_later(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  write_about(d, &pair.world.zoe);
  seal();
  device_put_off_vacuum(&d->host); /* it does not come to that */
  erase(&pair.world.zoe);
  seal();
  assert_int_equal(waited_for(1), 1);
  assert_int_equal(device_acks(&d->host), 0);
  pair_power_cut(&pair, d);
  seal();
  is_rewritten(d);
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(waited_for(1), 0);
}

/* The hub is told again what it was told; that says nothing new. */
static void a_device_cut_off_before_it_forgot_the_number_tells_it_once(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  erase(&pair.world.zoe);
  seal();
  assert_int_equal(waited_for(1), 0);
  device_begin_erasing(&d->host, 1);
  size_t bundles = device_bundles(&d->host);
  pair_power_cut(&pair, d);
  seal();
  assert_int_equal(device_number(&d->host, "SELECT count(*) FROM erasing"), 0);
  assert_int_equal(device_bundles(&d->host), bundles);
}

/* The line has carried so many rounds when the power fails; the erasure may have come, or not yet. */
static void cut_off_after(int rounds) {
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  write_about(d, &pair.world.zoe);
  seal();
  pair_hold(&pair, d, true);
  erase(&pair.world.zoe);
  assert_true(holds_learner(d, &pair.world.zoe, zoe));
  if (!core_host_call(&d->host, "sync.hold", "hold:b", false)) fail_msg("sync.hold: %s", d->host.text);
  for (int i = 0; i < rounds; i++) (void)pair_round(&pair);
  pair_power_cut(&pair, d);
  seal();
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(waited_for(1), 0);
}

static void a_device_cut_off_after_any_round_of_the_line_still_finishes(void **state) {
  for (int rounds = 1; rounds <= 10; rounds++) {
    cut_off_after(rounds);
    (void)teardown(state);
    (void)setup(state);
  }
}

/* ---- what the office asked ---- */

static const struct id question = {{0x51}};
static const char question_text[] = "Quicksilverish question", answer_text[] = "Embouchure of an answer";

static void ask(const struct id *staff, const struct id *learner, const struct id *matter) {
  char matter_text[id_text_bytes];
  struct op op = {.table = schema_table(TABLE_question), .row = question, .units = 3};
  id_text(matter_text, matter);
  op.values[COL(question, staff)] = value_id(staff);
  op.values[COL(question, item)] = value_text(slice_text(matter_text));
  if (learner) op.values[COL(question, learner)] = value_id(learner);
  if (!learner) op.values[COL(question, session)] = value_id(&pair.world.strings_today);
  op.values[COL(question, text)] = value_text(slice_text(question_text));
  hub_world_put(&pair.hub, &op);
  pair_run(&pair);
}

static int64_t asked_on(struct pair_device *d) {
  return device_rows_with(&d->host, question_text, strlen(question_text)) +
         device_rows_with(&d->host, answer_text, strlen(answer_text));
}

static void answer_offline(struct pair_device *d) {
  pair_hold(&pair, d, true);
  assert_true(core_host_call(&d->host, "question.answer", "question:i text:t", &question, answer_text));
  assert_true(asked_on(d) > 1);
}

static void is_over_and_sent(struct pair_device *d) {
  size_t count;
  pair_hold(&pair, d, false);
  seal();
  seal();
  assert_int_equal(asked_on(d), 0);
  assert_true(core_host_call(&d->host, "question.list", ""));
  (void)core_host_list(d->host.result, "questions", &count);
  assert_int_equal(count, 0);
  assert_true(core_host_call(&d->host, "sync.status", ""));
  assert_true(core_host_says(d->host.result, "badge", "sent"));
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 0);
  assert_int_equal(waited_for(1), 0);
}

static void a_question_about_the_learner_is_forgotten_with_the_answer_that_waits(void **state) {
  (void)state;
  static const struct id matter = {{0x42}};
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  ask(&pair.world.ada, &pair.world.zoe, &matter);
  assert_int_equal(asked_on(d), 1);
  answer_offline(d);
  erase(&pair.world.zoe);
  is_over_and_sent(d);
}

/* It is kept under the other of the two: nothing on the device says that it is about this one. */
static void a_question_about_the_other_of_two_children_is_forgotten_with_the_answer_that_waits(void **state) {
  (void)state;
  const struct table *t = schema_table(TABLE_learner);
  struct store_item two = {.kind = ITEM_DUPLICATE,
                           .table = t,
                           .row = pair.world.jo,
                           .other = pair.world.zoe,
                           .unit = t->columns[COL(learner, merged_into)].unit};
  struct store *hub = pair.hub.store;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  work_item_id(&two.id, ITEM_DUPLICATE, t, &two.row, two.unit, &two.other);
  assert_int_equal(hub->ops->work_item_set(hub, &two, true, NULL, pair.hub.now.wall_ms), ERR_OK);
  ask(&pair.world.ada, &pair.world.jo, &two.id);
  answer_offline(d);
  erase(&pair.world.zoe);
  is_over_and_sent(d);
}

static void a_question_about_a_register_is_forgotten_with_what_was_answered(void **state) {
  (void)state;
  static const struct id matter = {{0x43}};
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  ask(&pair.world.ada, NULL, &matter);
  answer_offline(d);
  pair_hold(&pair, d, false);
  seal(); /* the answer was sent, and is in what the device keeps to take it back */
  pair_hold(&pair, d, true);
  erase(&pair.world.zoe);
  is_over_and_sent(d);
  is_rewritten(d);
}

/* ---- who may still hold something ---- */

static void a_device_that_lost_the_activity_while_it_was_away_hears_of_it_all_the_same(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ben);
  pair_hold(&pair, d, true);
  hub_world_grant(&pair.hub, &pair.world.ben, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 30, pair.world.today);
  erase(&pair.world.zoe);
  pair_hold(&pair, d, false);
  seal();
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(waited_for(1), 0);
}

static void a_device_nobody_was_signed_in_on_hears_of_it_when_somebody_is(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  assert_true(core_host_call(&d->host, "lock", ""));
  erase(&pair.world.zoe);
  seal();
  assert_int_equal(waited_for(1), 1);
  pair_unlock(d);
  pair_pass(&pair, 2000);
  seal();
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(waited_for(1), 0);
}

static void a_door_forgets_the_name(void **state) {
  (void)state;
  hub_world_grant(&pair.hub, &pair.world.cam, &pair.world.strings, ENUM_grant_role_door, pair.world.today - 1,
                  0);
  struct pair_device *d = pair_add(&pair, &pair.world.cam);
  assert_true(holds_learner(d, &pair.world.zoe, zoe));
  erase(&pair.world.zoe);
  seal();
  assert_false(holds_learner(d, &pair.world.zoe, zoe));
  assert_int_equal(waited_for(1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_device_forgets_the_learner_rewrites_its_file_and_confirms),
      TEST(erasure_wins_over_what_was_written_offline_and_others_keep_their_marks),
      TEST(the_words_of_undo_are_gone_too),
      TEST(a_device_cut_off_before_it_rewrote_its_file_finishes_later),
      TEST(a_device_cut_off_before_it_forgot_the_number_tells_it_once),
      TEST(a_device_cut_off_after_any_round_of_the_line_still_finishes),
      TEST(a_question_about_the_learner_is_forgotten_with_the_answer_that_waits),
      TEST(a_question_about_the_other_of_two_children_is_forgotten_with_the_answer_that_waits),
      TEST(a_question_about_a_register_is_forgotten_with_what_was_answered),
      TEST(a_device_that_lost_the_activity_while_it_was_away_hears_of_it_all_the_same),
      TEST(a_device_nobody_was_signed_in_on_hears_of_it_when_somebody_is),
      TEST(a_door_forgets_the_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
