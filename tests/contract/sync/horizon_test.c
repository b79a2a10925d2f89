/* horizon_test.c: the term turns: what was before it leaves every device, a new one gets nothing of it, and
 * whatever somebody had not sent is lost to nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/release.h"
#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;
static struct id old; /* a meeting of Strings in the last week of the term before */
static struct pair_device *ada;

enum { days_ago = 20 };
static const int64_t day_ms = INT64_C(86400000);

static void put_term(uint8_t no, int32_t starts, int32_t ends) {
  struct op op = {.table = schema_table(TABLE_term), .row = {{0x7E, no}}, .units = 1U << 1 | 1U << 2};
  op.values[COL(term, name)] = value_text(slice_text("A term"));
  op.values[COL(term, starts)] = value_int(starts);
  op.values[COL(term, ends)] = value_int(ends);
  hub_world_put(&pair.hub, &op);
}

static void put_meeting(int32_t date) {
  struct op op = {.table = schema_table(TABLE_session), .row = old, .units = 7};
  op.values[COL(session, activity)] = value_id(&pair.world.strings);
  op.values[COL(session, date)] = value_int(date);
  op.values[COL(session, starts)] = value_int(16 * 60);
  op.values[COL(session, ends)] = value_int(17 * 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&pair.hub, &op);
}

/* The new term begins so late that it is the current one the day after tomorrow. */
static int setup(void **state) {
  (void)state;
  pair_open(&pair, 7);
  old = (struct id){{0x5E}};
  put_term(1, pair.world.today - 90, pair.world.today - 16);
  put_term(2, pair.world.today - 12, pair.world.today + 60);
  put_meeting(pair.world.today - days_ago);
  hub_host_keep(&pair.hub);
  ada = pair_add(&pair, &pair.world.ada);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

static bool mark(struct pair_device *d, const struct id *session, const struct id *learner,
                 const char *code) {
  return core_host_call(&d->host, "mark.set", "session:i learner:i code:w", session, learner, code);
}

static void must_mark(struct pair_device *d, const struct id *session, const struct id *learner,
                      const char *code) {
  if (!mark(d, session, learner, code)) fail_msg("mark.set: %s", d->host.text);
}

static void seal(void) { pair_pass(&pair, seal_pause_ms + 1); }

static void turn(void) {
  pair_pass(&pair, 2 * day_ms);
  hub_host_keep(&pair.hub);
  pair_pass(&pair, reconnect_max_ms);
}

static void come_back(struct pair_device *d) {
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  pair_pass(&pair, reconnect_max_ms);
}

static bool has_register(struct pair_device *d, const struct id *session) {
  if (core_host_call(&d->host, "register.get", "session:i", session)) return true;
  assert_string_equal(d->host.code, "NOT_FOUND");
  return false;
}

static void must_have_nothing_of_it(struct pair_device *d) {
  static const char *const counts[] = {
      "SELECT count(*) FROM session WHERE hex(id) LIKE '5E0000%'",
      "SELECT count(*) FROM register WHERE hex(session) LIKE '5E0000%'",
      "SELECT count(*) FROM mark WHERE hex(session) LIKE '5E0000%'",
      "SELECT count(*) FROM member WHERE hex(row) LIKE '5E0000%'",
      "SELECT count(*) FROM overlay",
      "SELECT count(*) FROM changeset WHERE hex(session) LIKE '5E0000%' AND bytes <> x''",
  };
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    int64_t there = device_number(&d->host, counts[i]);
    if (there) fail_msg("%s: %d", counts[i], (int)there);
  }
}

static void badge_is(struct pair_device *d, const char *badge) {
  assert_true(core_host_call(&d->host, "sync.status", ""));
  assert_true(core_host_says(d->host.result, "badge", badge));
  if (strcmp(badge, "sent") == 0) assert_int_equal(core_host_int(d->host.result, "changes"), 0);
}

static void a_device_on_the_line_loses_the_meetings_of_the_term_before(void **state) {
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  pair_mark(&pair, ada, &pair.world.zoe, "P");
  seal();
  assert_true(has_register(ada, &old));
  turn();
  assert_false(has_register(ada, &old));
  assert_true(has_register(ada, &pair.world.strings_today));
  must_have_nothing_of_it(ada);
  badge_is(ada, "sent");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
}

static void a_new_device_gets_nothing_of_them(void **state) {
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  seal();
  turn();
  struct pair_device *ben = pair_add(&pair, &pair.world.ben);
  assert_true(has_register(ben, &pair.world.strings_today));
  assert_false(has_register(ben, &old));
  must_have_nothing_of_it(ben);
}

static void what_was_not_sent_when_the_term_turned_is_there_until_the_hub_has_it(void **state) {
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  seal();
  pair_hold(&pair, ada, true);
  must_mark(ada, &old, &pair.world.zoe, "AU"); /* one that the hub has in another form, */
  must_mark(ada, &old, &pair.world.jo, "P");   /* and one that it has never heard of */
  assert_true(core_host_call(&ada->host, "register.finish", "session:i rest:w", &old, "P"));
  turn();
  badge_is(ada, "saved");
  assert_true(has_register(ada, &old));
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  come_back(ada);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 3);
  assert_int_equal(hub_host_counts(&pair.hub).registers_closed, 1);
  badge_is(ada, "sent");
  assert_false(has_register(ada, &old));
  must_have_nothing_of_it(ada);
}

static void office_lets_in(void) {
  struct quarantine_ref ref = {.incarnation = 1, .seq = 1, .changeset = quarantine_all};
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  device_id(&ada->host, &ref.device);
  err e = quarantine_decide_by(&changes, &pair.hub.hub, pair.hub.store, &pair.hub.now, &pair.world.cam, &ref,
                               QUARANTINE_RELEASED, slice_text("it is right"), &fault);
  if (e != ERR_OK) fail_msg("%s", fault.text);
  for (size_t i = 0; i < pair.hub.line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = pair.hub.now, .changes = &changes};
    hub_line_changed(pair.hub.lines[i], &event);
  }
}

/* While the office has not decided, the device keeps it in sight, though the meeting itself has left it. */
static void what_waits_for_the_office_stays_laid_over(void **state) {
  (void)state;
  pair_hold(&pair, ada, true);
  must_mark(ada, &old, &pair.world.zoe, "P");
  hub_world_grant(&pair.hub, &pair.world.ada, &pair.world.strings, ENUM_grant_role_tutor,
                  pair.world.today + 1, 0); /* it was written before that */
  turn();
  come_back(ada);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 1);
  badge_is(ada, "help");
  assert_int_equal(device_number(&ada->host, "SELECT count(*) FROM mark"), 1);
  assert_int_equal(device_number(&ada->host, "SELECT count(*) FROM session WHERE hex(id) LIKE '5E0000%'"), 0);
  office_lets_in();
  come_back(ada);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  badge_is(ada, "sent");
  must_have_nothing_of_it(ada);
}

/* Recorded late, on a day that was: it reaches the hub, and then it is the hub's. */
static void a_meeting_of_that_time_that_is_made_up_late_goes_to_the_hub_and_from_the_device(void **state) {
  (void)state;
  turn();
  pair_hold(&pair, ada, true);
  bool made = core_host_call(&ada->host, "session.adhoc", "activity:i date:d starts:n ends:n",
                             &pair.world.strings, pair.world.today - days_ago, 600, 660);
  if (!made) fail_msg("session.adhoc: %s", ada->host.text);
  struct id session = core_host_id(ada->host.result, "session");
  must_mark(ada, &session, &pair.world.zoe, "P");
  assert_true(has_register(ada, &session));
  come_back(ada);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  assert_false(has_register(ada, &session));
  assert_int_equal(device_number(&ada->host, "SELECT count(*) FROM mark"), 0);
  badge_is(ada, "sent");
}

static void what_two_said_of_an_old_meeting_is_merged_and_comes_back_to_neither(void **state) {
  (void)state;
  struct pair_device *ben = pair_add(&pair, &pair.world.ben);
  pair_hold(&pair, ada, true);
  pair_hold(&pair, ben, true);
  must_mark(ada, &old, &pair.world.li, "P");
  must_mark(ben, &old, &pair.world.li, "AU");
  turn();
  come_back(ada);
  come_back(ben);
  assert_int_equal(hub_host_counts(&pair.hub).conflicts, 1);
  must_have_nothing_of_it(ada);
  must_have_nothing_of_it(ben);
  badge_is(ada, "sent");
  badge_is(ben, "sent");
}

static void a_device_that_was_away_all_the_time_loses_them_when_it_is_back(void **state) {
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  seal();
  pair_hold(&pair, ada, true);
  turn();
  put_term(3, pair.world.today - 300, pair.world.today - 200);
  come_back(ada);
  must_have_nothing_of_it(ada);
  assert_true(has_register(ada, &pair.world.strings_today));
}

static void nothing_has_to_be_put_right_afterwards(void **state) {
  struct store_device_note note;
  struct id device;
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  seal();
  pair_hold(&pair, ada, true);
  must_mark(ada, &old, &pair.world.jo, "P");
  turn();
  for (int i = 0; i < 3; i++) { /* a digest is compared with what was held before the session */
    come_back(ada);
    pair_hold(&pair, ada, true);
  }
  device_id(&ada->host, &device);
  assert_int_equal(pair.hub.store->ops->device_note_load(pair.hub.store, &device, &note), ERR_OK);
  assert_int_equal(note.repairs, 0);
  assert_int_equal(note.restarts, 0);
}

static void terms_that_are_corrected_bring_them_back(void **state) {
  (void)state;
  must_mark(ada, &old, &pair.world.zoe, "P");
  seal();
  turn();
  assert_false(has_register(ada, &old));
  put_term(2, pair.world.today - days_ago, pair.world.today + 60);
  hub_host_keep(&pair.hub);
  pair_run(&pair);
  assert_true(has_register(ada, &old));
  assert_int_equal(device_number(&ada->host, "SELECT count(*) FROM mark"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_device_on_the_line_loses_the_meetings_of_the_term_before),
      TEST(a_new_device_gets_nothing_of_them),
      TEST(what_was_not_sent_when_the_term_turned_is_there_until_the_hub_has_it),
      TEST(what_waits_for_the_office_stays_laid_over),
      TEST(a_meeting_of_that_time_that_is_made_up_late_goes_to_the_hub_and_from_the_device),
      TEST(what_two_said_of_an_old_meeting_is_merged_and_comes_back_to_neither),
      TEST(a_device_that_was_away_all_the_time_loses_them_when_it_is_back),
      TEST(nothing_has_to_be_put_right_afterwards),
      TEST(terms_that_are_corrected_bring_them_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
