/* sync_test.c: the real field client and the real hub, joined: enrol, mark, seal, receipt, feed; and who gets
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/pair.h"

static struct pair pair;

static int setup(void **state) {
  (void)state;
  pair_open(&pair, 7);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

static const item *row_of(struct pair_device *d, const struct id *learner) {
  size_t count = 0;
  if (!core_host_call(&d->host, "register.get", "session:i", &pair.world.strings_today))
    fail_msg("register.get: %s", d->host.text);
  const item *rows = core_host_list(d->host.result, "rows", &count);
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (id_equal(&id, learner)) return item_at(rows, i);
  }
  return NULL;
}

static void must_say(struct pair_device *d, const struct id *learner, const char *code) {
  const item *row = row_of(d, learner);
  assert_non_null(row);
  if (!core_host_says(row, "code", code)) fail_msg("the mark is not %s", code ? code : "absent");
}

static void badge_is(struct pair_device *d, const char *badge) {
  assert_true(core_host_call(&d->host, "sync.status", ""));
  assert_true(core_host_says(d->host.result, "badge", badge));
}

static void seal(void) { pair_pass(&pair, seal_pause_ms + 1); }

static void a_device_is_enrolled_and_gets_its_register(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  must_say(d, &pair.world.zoe, NULL);
  must_say(d, &pair.world.jo, NULL);
  assert_null(row_of(d, &pair.world.kit));
}

static void a_mark_travels_to_the_hub_and_is_receipted(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  badge_is(d, "sent");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  must_say(d, &pair.world.zoe, "P");
}

static void a_mark_of_one_device_appears_on_another_without_reconnecting(void **state) {
  (void)state;
  struct pair_device *a = pair_add(&pair, &pair.world.ada), *b = pair_add(&pair, &pair.world.ben);
  pair_mark(&pair, a, &pair.world.zoe, "P");
  seal();
  must_say(b, &pair.world.zoe, "P");
  pair_mark(&pair, b, &pair.world.jo, "AU");
  seal();
  must_say(a, &pair.world.jo, "AU");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
  assert_int_equal(hub_host_counts(&pair.hub).conflicts, 0);
}

static void a_device_without_the_grant_receives_nothing(void **state) {
  (void)state;
  struct pair_device *a = pair_add(&pair, &pair.world.ada), *c = pair_add(&pair, &pair.world.cam);
  pair_mark(&pair, a, &pair.world.zoe, "P");
  seal();
  assert_false(core_host_call(&c->host, "register.get", "session:i", &pair.world.strings_today));
  assert_false(core_host_call(&c->host, "learner.get", "learner:i", &pair.world.zoe));
}

static void work_done_offline_is_sent_when_the_line_is_back(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  pair_mark(&pair, d, &pair.world.jo, "L");
  seal();
  badge_is(d, "saved");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  badge_is(d, "sent");
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
  assert_int_equal(hub_host_counts(&pair.hub).bundles, 2);
}

static void a_mark_survives_a_power_cut_before_it_was_sealed(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  pair_power_cut(&pair, d);
  must_say(d, &pair.world.zoe, "P");
  pair_pass(&pair, reconnect_max_ms);
  seal();
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  badge_is(d, "sent");
}

static void two_who_disagree_offline_both_see_the_conflict(void **state) {
  (void)state;
  struct pair_device *a = pair_add(&pair, &pair.world.ada), *b = pair_add(&pair, &pair.world.ben);
  pair_hold(&pair, a, true);
  pair_hold(&pair, b, true);
  pair_mark(&pair, a, &pair.world.li, "P");
  pair_mark(&pair, b, &pair.world.li, "AU");
  seal();
  pair_hold(&pair, a, false);
  pair_hold(&pair, b, false);
  pair_pass(&pair, reconnect_max_ms);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).conflicts, 1);
  assert_true(core_host_bool(row_of(a, &pair.world.li), "conflict"));
  assert_true(core_host_bool(row_of(b, &pair.world.li), "conflict"));
  badge_is(a, "sent");
  badge_is(b, "sent");
}

static void a_finished_register_closes_everywhere(void **state) {
  (void)state;
  struct pair_device *a = pair_add(&pair, &pair.world.ada), *b = pair_add(&pair, &pair.world.ben);
  pair_mark(&pair, a, &pair.world.zoe, "P");
  assert_true(
      core_host_call(&a->host, "register.finish", "session:i rest:w", &pair.world.strings_today, "P"));
  seal();
  assert_int_equal(hub_host_counts(&pair.hub).registers_closed, 1);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 3);
  assert_true(core_host_call(&b->host, "register.get", "session:i", &pair.world.strings_today));
  assert_true(core_host_says(item_get(b->host.result, "session"), "state", "closed"));
}

static void a_new_learner_of_the_office_appears_in_the_register(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  assert_null(row_of(d, &pair.world.kit));
  hub_world_enrol(&pair.hub, &pair.world.kit, &pair.world.strings, pair.world.today, 0);
  pair_run(&pair);
  must_say(d, &pair.world.kit, NULL);
  hub_world_enrol(&pair.hub, &pair.world.kit, &pair.world.strings, pair.world.today - 1, pair.world.today);
  pair_run(&pair);
  assert_null(row_of(d, &pair.world.kit));
}

static void a_grant_that_ends_takes_its_rows_away_but_not_the_unsent_work(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  hub_world_grant(&pair.hub, &pair.world.ada, &pair.world.strings, ENUM_grant_role_tutor,
                  pair.world.today - 30, pair.world.today + 1);
  pair_pass(&pair, 86400000);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 1);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 0);
  pair_pass(&pair, reconnect_max_ms);
  if (!core_host_call(&d->host, "unlock", "staff:i pin:t", &d->staff, "274951")) fail_msg("%s", d->host.text);
  assert_false(core_host_call(&d->host, "register.get", "session:i", &pair.world.strings_today));
}

/* Nobody may see the rows any more, though what was written about them waits for the office to decide. */
static void a_grant_that_ended_purges_its_rows_when_the_work_was_only_set_aside(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_hold(&pair, d, true);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  hub_world_grant(&pair.hub, &pair.world.ada, &pair.world.strings, ENUM_grant_role_tutor,
                  pair.world.today - 30, pair.world.today - 1);
  assert_true(device_rows_with(&d->host, "Zo\xc3\xab", 4) > 0);
  pair_hold(&pair, d, false);
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).quarantined, 1);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 0);
  badge_is(d, "help");
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(device_rows_with(&d->host, "Zo\xc3\xab", 4), 0);
  assert_false(core_host_call(&d->host, "register.get", "session:i", &pair.world.strings_today));
  assert_int_equal(device_number(&d->host, "PRAGMA secure_delete"), 1); /* nor in what the file has freed */
  assert_int_equal(device_bundles(&d->host), 1); /* kept until the office has decided */
}

static void a_hub_that_restarts_is_found_again(void **state) {
  (void)state;
  struct pair_device *d = pair_add(&pair, &pair.world.ada);
  pair_mark(&pair, d, &pair.world.zoe, "P");
  seal();
  hub_line_event(&d->line, SESSION_STOP);
  pair_run(&pair);
  hub_host_reopen(&pair.hub);
  pair_mark(&pair, d, &pair.world.jo, "P");
  seal();
  pair_pass(&pair, reconnect_max_ms);
  assert_int_equal(hub_host_counts(&pair.hub).marks, 2);
  badge_is(d, "sent");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_device_is_enrolled_and_gets_its_register),
      TEST(a_mark_travels_to_the_hub_and_is_receipted),
      TEST(a_mark_of_one_device_appears_on_another_without_reconnecting),
      TEST(a_device_without_the_grant_receives_nothing),
      TEST(work_done_offline_is_sent_when_the_line_is_back),
      TEST(a_mark_survives_a_power_cut_before_it_was_sealed),
      TEST(two_who_disagree_offline_both_see_the_conflict),
      TEST(a_finished_register_closes_everywhere),
      TEST(a_new_learner_of_the_office_appears_in_the_register),
      TEST(a_grant_that_ends_takes_its_rows_away_but_not_the_unsent_work),
      TEST(a_grant_that_ended_purges_its_rows_when_the_work_was_only_set_aside),
      TEST(a_hub_that_restarts_is_found_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
