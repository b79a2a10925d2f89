/* strand_test.c: what revoking a device would strand, and what the hub notes of a device for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static struct view_strand strand(const struct test_device *d) {
  struct view_strand v;
  assert_int_equal(views_strand(w->host.store, &d->id, &w->host.now, &w->arena, &v), ERR_OK);
  return v;
}

static void contact(struct test_device *d, uint64_t sealed) {
  struct test_line line;
  struct msg_hello hello = {.device = d->id,
                            .incarnation = d->incarnation,
                            .sealed_seq = sealed,
                            .schema = schema_version,
                            .wall_ms = w->host.now.wall_ms,
                            .program = slice_text("test 1.0")};
  test_line_open(&line, d, &hello);
  test_line_close(&line);
  hub_host_tidy(&w->host);
}

static void bundles_that_were_sealed_and_never_came_are_counted(void **state) {
  (void)state;
  contact(&w->device, 5);
  assert_int_equal(strand(&w->device).unreceived, 5);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(strand(&w->device).unreceived, 4);
  w->device.seq++; /* the second was lost, the third is held */
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_HELD);
  struct view_strand v = strand(&w->device);
  assert_true(v.unreceived == 3 && v.held == 1 && v.quarantined == 0);
  contact(&w->device, 3); /* less than it said before: it does not unseal */
  assert_int_equal(strand(&w->device).unreceived, 3);
}

static void what_waits_for_the_office_and_erasures_are_counted(void **state) {
  (void)state;
  struct erase_result r;
  struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("asked for")};
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_P);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  assert_int_equal(erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, NULL), ERR_OK);
  struct view_strand v = strand(&w->device);
  assert_true(v.quarantined == 1 && v.erasures == 1);
  w->device.acks[w->device.ack_count++] = (struct ack){ACK_ERASED, 1};
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  assert_int_equal(strand(&w->device).erasures, 0);
}

/* Ada's device has Strings, as Ben's has; Ben's alone has Brass. */
static void activities_that_no_other_device_serves_are_named(void **state) {
  (void)state;
  assert_int_equal(strand(&w->device).alone_count, 0);
  struct view_strand v = strand(&w->other);
  assert_int_equal(v.alone_count, 1);
  assert_true(slice_equal(v.alone[0], slice_text("Brass")));
  hub_world_revoke(&w->host, &w->other.id);
  assert_int_equal(strand(&w->device).alone_count, 1);
}

static void days_since_contact_are_whole_days(void **state) {
  (void)state;
  struct id nobody = {{9}};
  struct view_strand v;
  contact(&w->device, 0);
  hub_host_pass(&w->host, 3 * 86400000 + 5000);
  assert_int_equal(strand(&w->device).days_away, 3);
  assert_int_equal(views_strand(w->host.store, &nobody, &w->host.now, &w->arena, &v), ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(bundles_that_were_sealed_and_never_came_are_counted),
      TEST(what_waits_for_the_office_and_erasures_are_counted),
      TEST(activities_that_no_other_device_serves_are_named),
      TEST(days_since_contact_are_whole_days),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
