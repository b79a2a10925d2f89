/* door_test.c: a door and a leader, joined by the hub: what somebody signs at the one is shown to the other,
 * and the door keeps nothing of it. */
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
  pair_open(&pair, 77);
  hub_world_grant(&pair.hub, &pair.world.cam, &pair.world.strings, ENUM_grant_role_door, pair.world.today - 1,
                  0);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  pair_close(&pair);
  return 0;
}

static struct pair_device *open_door(void) {
  struct pair_device *door = pair_add(&pair, &pair.world.cam);
  assert_true(core_host_call(&door->host, "door.open", ""));
  return door;
}

static struct id sign_in(struct pair_device *door, const char *text) {
  size_t count = 0;
  assert_true(core_host_call(&door->host, "door.find", "text:t", text));
  const item *names = core_host_list(door->host.result, "names", &count);
  assert_int_equal(count, 1);
  struct id learner = core_host_id(item_at(names, 0), "learner");
  assert_true(core_host_call(&door->host, "door.sign", "learner:i way:w", &learner, "in"));
  return core_host_id(door->host.result, "arrival");
}

/* Minute of Zoe's sign-in in the leader's register; -1: none. */
static int64_t door_in(struct pair_device *leader) {
  size_t count = 0;
  assert_true(core_host_call(&leader->host, "register.get", "session:i", &pair.world.strings_today));
  const item *rows = core_host_list(leader->host.result, "rows", &count);
  for (size_t i = 0; i < count; i += 1) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (!id_equal(&id, &pair.world.zoe)) continue;
    const item *at = item_get(item_at(rows, i), "door_in");
    return item_kind(at) == ITEM_NIL ? -1 : core_host_int(item_at(rows, i), "door_in");
  }
  fail();
  return -1;
}

static void what_is_signed_at_the_door_reaches_the_leader_unconfirmed(void **state) {
  (void)state;
  struct pair_device *door = open_door(), *leader = pair_add(&pair, &pair.world.ben);
  assert_int_equal(door_in(leader), -1);
  (void)sign_in(door, "zoe");
  pair_pass(&pair, seal_pause_ms);
  pair_pass(&pair, 1000);
  assert_true(door_in(leader) >= 0);
  assert_true(core_host_call(&leader->host, "evacuation", "session:i", &pair.world.strings_today));
  assert_int_equal(core_host_int(leader->host.result, "total"), 0);
  pair_mark(&pair, leader, &pair.world.zoe, "P");
  assert_true(core_host_call(&leader->host, "evacuation", "session:i", &pair.world.strings_today));
  assert_int_equal(core_host_int(leader->host.result, "total"), 1);
}

static void the_door_keeps_nothing_of_who_came(void **state) {
  (void)state;
  struct pair_device *door = open_door();
  (void)sign_in(door, "zoe");
  assert_int_equal(device_number(&door->host, "SELECT count(*) FROM arrival"), 1);
  pair_pass(&pair, seal_pause_ms);
  pair_pass(&pair, 1000);
  assert_int_equal(device_pending(&door->host), 0);
  assert_int_equal(device_number(&door->host, "SELECT count(*) FROM arrival"), 0);
}

static void not_me_reaches_the_leader_though_the_first_had_gone_already(void **state) {
  (void)state;
  struct pair_device *door = open_door(), *leader = pair_add(&pair, &pair.world.ben);
  struct id arrival = sign_in(door, "zoe");
  pair_pass(&pair, seal_pause_ms);
  pair_pass(&pair, 1000);
  assert_true(door_in(leader) >= 0);
  assert_true(core_host_call(&door->host, "door.undo", "arrival:i", &arrival));
  pair_pass(&pair, seal_pause_ms);
  pair_pass(&pair, 1000);
  assert_int_equal(door_in(leader), -1);
}

static void a_door_without_a_line_keeps_what_was_signed_through_a_power_cut(void **state) {
  (void)state;
  struct pair_device *door = open_door(), *leader = pair_add(&pair, &pair.world.ben);
  pair_hold(&pair, door, true);
  (void)sign_in(door, "zoe");
  pair_pass(&pair, 4 * 3600000LL);
  pair_power_cut(&pair, door);
  assert_int_equal(door_in(leader), -1);
  pair_hold(&pair, door, false);
  pair_pass(&pair, seal_pause_ms);
  pair_pass(&pair, 1000);
  assert_true(door_in(leader) >= 0);
}

static void contact_of_zoe(void) {
  struct op op = {.table = schema_table(TABLE_contact), .row = {{41}}, .units = 3};
  op.values[COL(contact, learner)] = value_id(&pair.world.zoe);
  op.values[COL(contact, name)] = value_text(slice_text("Vera Sample"));
  op.values[COL(contact, phone)] = value_text(slice_text("01632 960001"));
  hub_world_put(&pair.hub, &op);
}

static int64_t contacts_on(struct pair_device *d) {
  return device_number(&d->host, "SELECT count(*) FROM contact");
}

static void whom_to_ring_travels_with_the_learner_to_staff_and_never_to_the_door(void **state) {
  (void)state;
  struct pair_device *door = open_door(), *leader = pair_add(&pair, &pair.world.ben);
  contact_of_zoe();
  pair_pass(&pair, 1000);
  assert_int_equal(contacts_on(leader), 1);
  assert_int_equal(contacts_on(door), 0);
  hub_world_enrol(&pair.hub, &pair.world.zoe, &pair.world.strings, pair.world.today - 30, pair.world.today);
  pair_pass(&pair, 1000);
  assert_int_equal(contacts_on(leader), 0);
  hub_world_enrol(&pair.hub, &pair.world.zoe, &pair.world.brass, pair.world.today - 1, 0);
  pair_pass(&pair, 1000);
  assert_int_equal(contacts_on(leader), 1);
}

static int64_t needs_on(struct pair_device *d) {
  return device_number(&d->host, "SELECT count(*) FROM need");
}

static void what_staff_must_know_travels_with_the_learner_to_staff_and_never_to_the_door(void **state) {
  (void)state;
  struct pair_device *door = open_door(), *leader = pair_add(&pair, &pair.world.ben);
  struct op op = {.table = schema_table(TABLE_need), .row = {{42}}, .units = 3};
  op.values[COL(need, learner)] = value_id(&pair.world.zoe);
  op.values[COL(need, kind)] = value_int(ENUM_need_kind_allergy);
  op.values[COL(need, text)] = value_text(slice_text("Peanuts. EpiPen in the red pouch."));
  hub_world_put(&pair.hub, &op);
  pair_pass(&pair, 1000);
  assert_int_equal(needs_on(leader), 1);
  assert_int_equal(needs_on(door), 0);
  hub_world_enrol(&pair.hub, &pair.world.zoe, &pair.world.strings, pair.world.today - 30, pair.world.today);
  pair_pass(&pair, 1000);
  assert_int_equal(needs_on(leader), 0);
  hub_world_enrol(&pair.hub, &pair.world.zoe, &pair.world.brass, pair.world.today - 1, 0);
  pair_pass(&pair, 1000);
  assert_int_equal(needs_on(leader), 1);
  assert_int_equal(needs_on(door), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_signed_at_the_door_reaches_the_leader_unconfirmed),
      TEST(the_door_keeps_nothing_of_who_came),
      TEST(whom_to_ring_travels_with_the_learner_to_staff_and_never_to_the_door),
      TEST(what_staff_must_know_travels_with_the_learner_to_staff_and_never_to_the_door),
      TEST(not_me_reaches_the_leader_though_the_first_had_gone_already),
      TEST(a_door_without_a_line_keeps_what_was_signed_through_a_power_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
