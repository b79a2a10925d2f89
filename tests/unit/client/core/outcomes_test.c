/* outcomes_test.c: what became of each change the office did not simply take, in words, for those who may see
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

static const item *outcomes(struct field_world *w, size_t *count) {
  if (!core_host_call(&w->host, "sync.outcomes", "")) fail_msg("%s", w->host.text);
  return core_host_list(w->host.result, "outcomes", count);
}

static const item *only_outcome(struct field_world *w) {
  size_t count = 0;
  const item *list = outcomes(w, &count);
  assert_int_equal(count, 1);
  return item_at(list, 0);
}

/* Ann marks Zoe; the hub answers with this. */
static void answered(struct field_world *w, enum receipt_status status, err reason) {
  (void)field_mark(w, &fake_zoe, "AU");
  w->hub.status = status;
  if (reason != ERR_OK) w->hub.exception = (struct receipt_exception){0, status, reason};
  field_online(w);
  fake_hub_feed(&w->hub, false);
}

static void nothing_to_tell_while_everything_was_taken(void **state) {
  struct field_world *w = *state;
  size_t count = 1;
  (void)field_mark(w, &fake_zoe, "P");
  field_online(w);
  (void)outcomes(w, &count);
  assert_int_equal(count, 0);
}

static void every_outcome_has_its_reason_and_advice(void **state) {
  struct field_world *w = *state;
  static const struct {
    enum receipt_status status;
    err reason;
    const char *word, *why, *advice;
  } rows[] = {
      {RECEIPT_HELD, ERR_OK, "held", "earlier bundle", "Send now"},
      {RECEIPT_QUARANTINED, ERR_FORBIDDEN, "quarantined", "not assigned", "Ring them"},
      {RECEIPT_QUARANTINED, ERR_REVOKED, "quarantined", "revoked", "Ring them"},
      {RECEIPT_QUARANTINED, ERR_NOT_FOUND, "quarantined", "does not know", "Ring them"},
      {RECEIPT_QUARANTINED, ERR_TOO_BIG, "quarantined", "too many versions", "Ring them"},
      {RECEIPT_QUARANTINED, ERR_FORK, "quarantined", "another copy", "Ring them"},
      {RECEIPT_QUARANTINED, ERR_BUSY, "quarantined", "wants to look", "Ring them"},
      {RECEIPT_REFUSED, ERR_INVALID, "refused", "value", "Record it again"},
      {RECEIPT_REFUSED, ERR_CRYPTO, "refused", "could not read", "Ring them"},
  };
  (void)field_mark(w, &fake_zoe, "AU");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
    w->hub.status = rows[i].status;
    w->hub.exception =
        (struct receipt_exception){0, rows[i].reason == ERR_OK ? 0 : rows[i].status, rows[i].reason};
    if (i == 0) field_online(w);
    if (i > 0) {
      struct buf receipt = BUF_INIT(65536);
      struct slice list[1];
      w->hub.position += 1;
      w->hub.bundles[0].position = w->hub.position;
      fake_hub_receipt(&w->hub, &w->hub.bundles[0], rows[i].status, &receipt);
      list[0] = buf_slice(&receipt);
      struct message m = {.type = MSG_RECEIPTS, .receipts = {list, 1}};
      fake_hub_send(&w->hub, &m);
      buf_finish(&receipt);
    }
    const item *o = only_outcome(w);
    assert_true(core_host_says(o, "status", rows[i].word));
    assert_non_null(strstr((const char *)core_host_text(o, "reason").ptr, rows[i].why));
    assert_non_null(strstr((const char *)core_host_text(o, "advice").ptr, rows[i].advice));
    assert_true(core_host_says(o, "text", "Zo\xc3\xab Player000 marked away"));
    assert_true(core_host_says(field_status(w), "badge", "help"));
  }
}

static void a_locked_device_tells_numbers_only(void **state) {
  struct field_world *w = *state;
  answered(w, RECEIPT_QUARANTINED, ERR_FORBIDDEN);
  assert_int_equal(core_host_int(only_outcome(w), "seq"), 1);
  int64_t written = core_host_int(only_outcome(w), "at");
  assert_true(core_host_call(&w->host, "lock", ""));
  const item *o = only_outcome(w);
  assert_true(core_host_says(o, "text", NULL));
  assert_true(core_host_says(o, "status", "quarantined"));
  assert_int_equal(core_host_int(o, "place"), 1);
  assert_int_equal(core_host_int(o, "of"), 1);
  assert_true(core_host_int(o, "at") >= written);
}

static void somebody_without_the_grant_reads_no_names(void **state) {
  struct field_world *w = *state;
  answered(w, RECEIPT_QUARANTINED, ERR_FORBIDDEN);
  assert_true(core_host_call(&w->host, "lock", ""));
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_true(core_host_says(only_outcome(w), "text", NULL));
}

/* A child's name does not stay behind in what waits for the office. */
static void the_words_go_with_the_grant(void **state) {
  struct field_world *w = *state;
  answered(w, RECEIPT_QUARANTINED, ERR_FORBIDDEN);
  struct id last = w->hub.streams[w->hub.stream_count - 1];
  for (size_t i = 0; i < w->hub.stream_count; i += 1) {
    if (id_equal(&w->hub.streams[i], &fake_strings)) w->hub.streams[i] = last;
  }
  w->hub.stream_count -= 1;
  fake_hub_grants(&w->hub);
  assert_true(core_host_says(only_outcome(w), "text", NULL));
  w->hub.streams[w->hub.stream_count] = fake_strings;
  w->hub.stream_count += 1;
  fake_hub_grants(&w->hub);
  fake_hub_feed(&w->hub, true);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "code", NULL));
  assert_true(core_host_says(only_outcome(w), "text", NULL));
}

static void only_the_changeset_in_question_is_told_by_name(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "P");
  (void)field_mark(w, &fake_zoe, "AU");
  w->hub.status = RECEIPT_REFUSED;
  w->hub.exception = (struct receipt_exception){1, RECEIPT_REFUSED, ERR_INVALID};
  field_online(w);
  const item *o = only_outcome(w);
  assert_true(core_host_says(o, "text", "Zo\xc3\xab Player000 marked away"));
  assert_int_equal(core_host_int(o, "place"), 2);
  assert_int_equal(core_host_int(o, "of"), 2);
}

static void a_note_is_told_by_whom_it_is_about(void **state) {
  struct field_world *w = *state;
  assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo,
                             "Well done"));
  w->hub.status = RECEIPT_QUARANTINED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_QUARANTINED, ERR_NOT_FOUND};
  field_online(w);
  assert_true(core_host_says(only_outcome(w), "text", "Note about Ben Thorne"));
}

/* The hub's row says whether the two are still apart. */
static void a_conflict_is_told_until_it_is_decided(void **state) {
  struct field_world *w = *state;
  size_t count = 1;
  answered(w, RECEIPT_CONFLICT, ERR_CONFLICT);
  (void)outcomes(w, &count);
  assert_int_equal(count, 0);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_true(core_host_says(only_outcome(w), "status", "conflict"));
}

static void one_answer_for_a_whole_bundle_is_told_of_each_change(void **state) {
  struct field_world *w = *state;
  struct id one = fake_player(1);
  size_t count = 0;
  (void)field_mark(w, &one, "P");
  (void)field_mark(w, &fake_zoe, "AU");
  w->hub.status = RECEIPT_REFUSED;
  w->hub.exception = (struct receipt_exception){0, RECEIPT_REFUSED, ERR_MALFORMED};
  field_online(w);
  const item *list = outcomes(w, &count);
  assert_int_equal(count, 2);
  assert_true(core_host_says(item_at(list, 1), "text", "Zo\xc3\xab Player000 marked away"));
}

static void more_than_a_page_are_counted(void **state) {
  struct field_world *w = *state;
  size_t count = 0;
  for (int i = 0; i < list_items_max + 3; i += 1) (void)field_mark(w, &fake_zoe, i % 2 ? "P" : "AU");
  w->hub.status = RECEIPT_HELD;
  field_online(w);
  (void)outcomes(w, &count);
  assert_int_equal(count, list_items_max);
  assert_int_equal(core_host_int(w->host.result, "more"), 3);
}

/* However much is recorded after it, what waits for the office keeps its words; what was taken goes. */
static void the_words_outlive_what_was_recorded_since(void **state) {
  struct field_world *w = *state;
  answered(w, RECEIPT_QUARANTINED, ERR_FORBIDDEN);
  w->hub.status = RECEIPT_APPLIED;
  w->hub.exception.status = 0;
  for (int i = 0; i < changes_undo_max + 10; i += 1) {
    struct id player = fake_player(1 + (size_t)i % 5);
    (void)field_mark(w, &player, i / 5 % 2 ? "P" : "AU");
  }
  field_pause(w);
  fake_hub_serve(&w->hub);
  fake_hub_feed(&w->hub, false);
  assert_true(core_host_says(only_outcome(w), "text", "Zo\xc3\xab Player000 marked away"));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(nothing_to_tell_while_everything_was_taken),
      IN_WORLD(every_outcome_has_its_reason_and_advice),
      IN_WORLD(a_locked_device_tells_numbers_only),
      IN_WORLD(somebody_without_the_grant_reads_no_names),
      IN_WORLD(the_words_go_with_the_grant),
      IN_WORLD(only_the_changeset_in_question_is_told_by_name),
      IN_WORLD(a_note_is_told_by_whom_it_is_about),
      IN_WORLD(a_conflict_is_told_until_it_is_decided),
      IN_WORLD(one_answer_for_a_whole_bundle_is_told_of_each_change),
      IN_WORLD(more_than_a_page_are_counted),
      IN_WORLD(the_words_outlive_what_was_recorded_since),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
