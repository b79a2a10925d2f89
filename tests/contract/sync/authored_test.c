/* authored_test.c: what somebody wrote about a learner's playing stays in sight of whoever wrote it, a leader
 * too, on every device of theirs and in nobody else's; and it goes as everything else goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "tests/contract/sync/device_inside.h"
#include "tests/contract/sync/pair.h"

/* Ben leads Strings; Ada is its tutor. */
static struct pair pair;
static struct pair_device *ben, *ada;

static int setup(void **state) {
  (void)state;
  pair_open(&pair, 57);
  ben = pair_add(&pair, &pair.world.ben);
  ada = pair_add(&pair, &pair.world.ada);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

static void write_note(struct pair_device *d, const char *text) {
  if (!core_host_call(&d->host, "note.add", "learner:i activity:i text:t", &pair.world.zoe,
                      &pair.world.strings, text))
    fail_msg("note.add: %s", d->host.text);
  assert_true(core_host_call(&d->host, "progress.add", "learner:i activity:i kind:w pos:n", &pair.world.zoe,
                             &pair.world.strings, "pos", 2));
}

static void send(void) { pair_pass(&pair, seal_pause_ms + 1); }

/* On Zoe's sheet. */
static size_t shown(struct pair_device *d, const char *list) {
  size_t count = 0;
  if (!core_host_call(&d->host, "learner.get", "learner:i", &pair.world.zoe))
    fail_msg("learner.get: %s", d->host.text);
  (void)core_host_list(d->host.result, list, &count);
  return count;
}

static bool shows(struct pair_device *d, size_t count) {
  return shown(d, "notes") == count && shown(d, "progress") == count;
}

static bool holds(struct pair_device *d, const char *text) {
  return device_rows_with(&d->host, text, strlen(text)) > 0;
}

static void erase_zoe(void) {
  struct erase_result r;
  struct fault fault;
  struct erase_order order = {
      .learner = pair.world.zoe, .by = pair.hub.hub.id, .reason = slice_text("asked for")};
  if (erase_learner(&r, &pair.hub.hub, pair.hub.store, &pair.hub.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
  struct session_event event = {.kind = SESSION_CHANGED, .now = pair.hub.now, .changes = &r.changes};
  for (size_t i = 0; i < pair.hub.line_count; i++) hub_line_changed(pair.hub.lines[i], &event);
  send();
}

/* Digests are compared when all is quiet: nothing was to be repaired. */
static void agree(struct pair_device *d) {
  struct arena a = ARENA_INIT(1 << 22);
  struct view_device *list;
  size_t count;
  pair_hold(&pair, d, true);
  pair_hold(&pair, d, false);
  for (int i = 0; i < 12; i++) pair_pass(&pair, 1000);
  assert_int_equal(views_devices(pair.hub.store, &a, &list, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) assert_int_equal(list[i].repairs, 0);
  arena_finish(&a);
}

static void what_a_leader_wrote_stays_in_sight_after_the_receipt(void **state) {
  (void)state;
  write_note(ben, "Good bow hold.");
  assert_true(shows(ben, 1));
  send();
  assert_int_equal(device_pending(&ben->host), 0);
  assert_true(shows(ben, 1));
  assert_true(core_host_bool(item_at(core_host_list(ben->host.result, "progress", &(size_t){0}), 0), "sent"));
  pair_power_cut(&pair, ben);
  assert_true(shows(ben, 1));
  agree(ben);
  assert_true(shows(ben, 1));
}

static void it_comes_to_another_device_of_theirs(void **state) {
  (void)state;
  write_note(ben, "Good bow hold.");
  send();
  struct pair_device *other = pair_add(&pair, &pair.world.ben);
  assert_true(shows(other, 1));
  write_note(other, "Shifts well.");
  send();
  assert_true(shows(ben, 2));
  agree(other);
}

static void a_tutor_has_it_and_another_leader_has_not(void **state) {
  (void)state;
  hub_world_grant(&pair.hub, &pair.world.cam, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 30, 0);
  struct pair_device *cam = pair_add(&pair, &pair.world.cam);
  write_note(ben, "Good bow hold.");
  write_note(ada, "Sight reads.");
  send();
  assert_true(shows(ada, 2));
  assert_true(shows(ben, 1));
  assert_false(holds(ben, "Sight reads."));
  assert_true(shows(cam, 0));
  assert_false(holds(cam, "Good bow hold."));
}

/* Both find the rows on a shared device; the screens are the wall between them. */
static void who_shares_a_device_with_a_tutor_reads_their_own_alone(void **state) {
  (void)state;
  struct id device;
  device_id(&ada->host, &device);
  hub_world_assign(&pair.hub, &device, &pair.world.ben, pair.world.today, 0);
  pair_run(&pair);
  write_note(ada, "Sight reads.");
  write_note(ben, "Good bow hold.");
  send();
  assert_true(shows(ada, 2));
  if (!core_host_call(&ada->host, "pin.set", "staff:i pin:t", &pair.world.ben, "850266"))
    fail_msg("pin.set: %s", ada->host.text);
  assert_true(core_host_call(&ada->host, "lock", ""));
  assert_true(core_host_call(&ada->host, "unlock", "staff:i pin:t", &pair.world.ben, "850266"));
  pair_run(&pair);
  assert_true(holds(ada, "Sight reads."));
  assert_true(shows(ada, 1));
}

static void it_goes_when_the_grant_ends(void **state) {
  (void)state;
  write_note(ben, "Good bow hold.");
  send();
  hub_world_grant(&pair.hub, &pair.world.ben, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 30, pair.world.today);
  pair_run(&pair);
  assert_false(holds(ben, "Good bow hold."));
  assert_true(holds(ada, "Good bow hold."));
}

static void unsent_work_is_sent_before_it_goes(void **state) {
  (void)state;
  pair_hold(&pair, ben, true);
  write_note(ben, "Good bow hold.");
  hub_world_grant(&pair.hub, &pair.world.ben, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 30, pair.world.today + 1);
  pair_pass(&pair, 86400000);
  pair_hold(&pair, ben, false);
  send();
  assert_true(holds(ada, "Good bow hold."));
  assert_false(holds(ben, "Good bow hold."));
}

static void whoever_becomes_a_tutor_keeps_it_and_loses_it_to_nobody(void **state) {
  (void)state;
  write_note(ada, "Sight reads.");
  write_note(ben, "Good bow hold.");
  send();
  hub_world_grant(&pair.hub, &pair.world.ben, &pair.world.strings, ENUM_grant_role_tutor,
                  pair.world.today - 30, 0);
  pair_run(&pair);
  assert_true(shows(ben, 2));
  write_note(ben, "Shifts well.");
  send();
  assert_true(shows(ben, 3));
  hub_world_grant(&pair.hub, &pair.world.ben, &pair.world.strings, ENUM_grant_role_leader,
                  pair.world.today - 30, 0);
  pair_run(&pair);
  assert_true(shows(ben, 2));
  assert_false(holds(ben, "Sight reads."));
  agree(ben);
}

static void somebody_who_is_erased_goes_from_it(void **state) {
  (void)state;
  write_note(ben, "Good bow hold.");
  send();
  erase_zoe();
  assert_false(holds(ben, "Good bow hold."));
  assert_false(holds(ada, "Good bow hold."));
  agree(ben);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_a_leader_wrote_stays_in_sight_after_the_receipt),
      TEST(it_comes_to_another_device_of_theirs),
      TEST(a_tutor_has_it_and_another_leader_has_not),
      TEST(who_shares_a_device_with_a_tutor_reads_their_own_alone),
      TEST(it_goes_when_the_grant_ends),
      TEST(unsent_work_is_sent_before_it_goes),
      TEST(whoever_becomes_a_tutor_keeps_it_and_loses_it_to_nobody),
      TEST(somebody_who_is_erased_goes_from_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
