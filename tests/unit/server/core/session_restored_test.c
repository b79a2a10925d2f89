/* session_restored_test.c: what devices say when they open their line proves that a hub was restored, and
 * what the history has for numbers that begins then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/restored.h"
#include "tests/lib/line_world.h"

static struct line_world *const w = &line_world;

static uint32_t welcomed_with(const struct msg_hello *hello) {
  struct message m;
  test_line_open(&w->line, &w->device, hello);
  assert_true(test_line_find(&w->line, MSG_WELCOME, &m));
  const uint32_t epoch = m.welcome.epoch;
  test_line_close(&w->line);
  return epoch;
}

/* An epoch that a hub with the same clock may have begun. */
static uint32_t one_minute_ahead(void) {
  const uint64_t epoch = epoch_after(1, 1, &w->host.now) + 1;
  assert_true(epoch_is_likely(epoch, &w->host.now));
  return (uint32_t)epoch;
}

static void a_receipt_the_hub_forgot_proves_a_restore_once(void **state) {
  (void)state;
  const struct msg_hello hello = {.device = w->device.id,
                                  .incarnation = 1,
                                  .sealed_seq = 9,
                                  .epoch = 1,
                                  .receipt_seq = 9,
                                  .schema = 1,
                                  .manifest = 1};
  const uint32_t epoch = welcomed_with(&hello);
  assert_true(epoch > 1);
  assert_int_equal(welcomed_with(&hello), epoch);
}

/* Restored twice from one backup: the epoch between belongs to a history that is gone, and is never given
 * again. */
static void a_receipt_of_a_later_epoch_proves_a_second_restore(void **state) {
  (void)state;
  const uint32_t between = one_minute_ahead();
  const struct msg_hello hello = {
      .device = w->device.id, .incarnation = 1, .epoch = between, .schema = 1, .manifest = 1};
  assert_int_equal(welcomed_with(&hello), between + 1);
  assert_int_equal(welcomed_with(&hello), between + 1);
}

/* The device that tells of the second restore knows as little of the first one as the hub. */
static void two_histories_from_one_backup_share_no_epoch_and_no_number_of_the_office(void **state) {
  (void)state;
  const struct msg_hello hello = {
      .device = w->device.id, .incarnation = 1, .epoch = 1, .receipt_seq = 9, .schema = 1, .manifest = 1};
  const struct store_ops *ops = w->host.store->ops;
  uint64_t backup, first_counter, second_counter;
  assert_int_equal(ops->number_load(w->host.store, STORE_OFFICE_COUNTER, &backup), ERR_OK);
  const uint32_t first = welcomed_with(&hello);
  assert_int_equal(ops->number_load(w->host.store, STORE_OFFICE_COUNTER, &first_counter), ERR_OK);
  assert_int_equal(ops->number_save(w->host.store, STORE_EPOCH, 1), ERR_OK);
  assert_int_equal(ops->number_save(w->host.store, STORE_OFFICE_COUNTER, backup), ERR_OK);
  hub_host_pass(&w->host, 60000);
  assert_true(welcomed_with(&hello) > first);
  assert_int_equal(ops->number_load(w->host.store, STORE_OFFICE_COUNTER, &second_counter), ERR_OK);
  assert_true(second_counter >= first_counter + office_counter_leap);
}

/* It would leave the hub without numbers. */
static void an_epoch_of_far_ahead_proves_nothing(void **state) {
  (void)state;
  const struct msg_hello hello = {
      .device = w->device.id, .incarnation = 1, .epoch = UINT32_MAX, .schema = 1, .manifest = 1};
  assert_int_equal(welcomed_with(&hello), 1);
}

/* Of a new incarnation there is no receipt yet; the one before it has some. */
static void a_forgotten_receipt_of_an_earlier_incarnation_proves_a_restore_too(void **state) {
  (void)state;
  const uint32_t latest = one_minute_ahead();
  const struct chain_ref earlier[] = {{2, 1, 7}, {1, latest, 3}};
  const struct msg_hello hello = {.device = w->device.id,
                                  .incarnation = 3,
                                  .schema = 1,
                                  .manifest = 1,
                                  .earlier = earlier,
                                  .earlier_count = 2};
  for (int i = 0; i < 2; i++) assert_int_equal(welcomed_with(&hello), latest + 1); /* past the latest */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, line_world_open, line_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_receipt_the_hub_forgot_proves_a_restore_once),
      TEST(a_receipt_of_a_later_epoch_proves_a_second_restore),
      TEST(two_histories_from_one_backup_share_no_epoch_and_no_number_of_the_office),
      TEST(an_epoch_of_far_ahead_proves_nothing),
      TEST(a_forgotten_receipt_of_an_earlier_incarnation_proves_a_restore_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
