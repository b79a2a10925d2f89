/* journal_retire_test.c: what a run of the retention schedule removed does not come back with an older
 * backup: the journal says what it was, and devices that send it again are told so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/retention.h"
#include "tests/lib/journal_world.h"

static struct journal_world *const w = &journal_world;
static struct test_device device;

static bool is_there(const struct op *op) {
  struct arena a = ARENA_INIT(1048576);
  struct row row;
  journal_world_must(w->host.store->ops->load_row(w->host.store, op->table, &op->row, &a, &row));
  arena_finish(&a);
  return row.exists;
}

static struct op about(uint8_t table, uint8_t no) {
  return hub_world_about(&w->world, schema_table(table), &w->world.zoe, w->world.today - 500, no);
}

static struct op put(uint8_t table, uint8_t no) {
  struct op op = about(table, no);
  hub_world_put(&w->host, &op);
  return op;
}

static void zoe_has_left(void) {
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today - 900, w->world.today - 500);
}

static void run(enum retention_line line) {
  struct fault fault = {.code = ERR_OK};
  struct store_retention r = {.who = w->world.ben, .by = "Ben", .line = line, .months = 12};
  struct retention_piece piece = {.more = true};
  journal_world_must(retention_order(&r, &w->host.hub, w->host.store, &w->host.now, &fault));
  while (piece.more)
    journal_world_must(retention_step(&piece, &w->host.hub, w->host.store, &w->host.now, &fault));
}

static void what_was_removed_stays_so_after_an_old_backup(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  zoe_has_left();
  const struct op known[] = {put(TABLE_contact, 1), put(TABLE_inclusion, 2), put(TABLE_note, 3)};
  journal_world_back_up();
  struct op unknown = put(TABLE_contact, 4); /* to the backup; the journal has it */
  run(RETENTION_LINE_contacts);
  run(RETENTION_LINE_inclusion);
  run(RETENTION_LINE_teaching);
  hub_host_digest(&w->host, before);
  for (int rewritten = 0; rewritten < 2; rewritten++) {
    bool done;
    if (rewritten) journal_world_must(erase_scrub(&w->host.hub, w->host.store, &done));
    assert_int_equal(journal_world_start(w->backup_path), 4);
    for (size_t i = 0; i < 3; i++) assert_false(is_there(&known[i]));
    assert_false(is_there(&unknown));
    assert_int_equal(journal_world_number(STORE_RETIRED), 3);
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
    assert_int_equal(journal_world_start(NULL), 0);
  }
}

static void ingest(const struct buf *bundle) {
  struct job job;
  hub_host_ingest(&w->host, &job, buf_slice(bundle));
  journal_world_must(job.result);
  job_finish(&job);
}

/* The bundle came after the backup, so its device sends it again. */
static void a_device_that_sends_it_again_brings_nothing_back(void **state) {
  (void)state;
  struct buf bundle = BUF_INIT(bundle_bytes_max);
  struct op note = about(TABLE_note, 5);
  note.values[COL(note, staff)] = value_id(&w->world.ada);
  test_device_enrol(&device, &w->host, &w->world.ada, NULL);
  journal_world_back_up();
  (void)test_device_write(&device, &w->world.ada, &note);
  test_device_seal(&device, &bundle);
  ingest(&bundle);
  assert_true(is_there(&note));
  zoe_has_left();
  run(RETENTION_LINE_teaching);
  assert_false(is_there(&note));
  (void)journal_world_start(w->backup_path);
  ingest(&bundle);
  assert_false(is_there(&note));
  buf_finish(&bundle);
  test_device_finish(&device);
}

/* Said anew once the learner was back: the journal brings it, whether or not it was rewritten since. */
static void what_was_said_anew_is_there_after_an_old_backup(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  zoe_has_left();
  const struct op contact = put(TABLE_contact, 1);
  journal_world_back_up();
  run(RETENTION_LINE_contacts);
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today, 0);
  hub_world_put(&w->host, &contact);
  hub_host_digest(&w->host, before);
  for (int rewritten = 0; rewritten < 2; rewritten++) {
    bool done;
    if (rewritten) journal_world_must(erase_scrub(&w->host.hub, w->host.store, &done));
    (void)journal_world_start(w->backup_path);
    assert_true(is_there(&contact));
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
  }
}

/* Kept for longer than usual, since an inquiry asked for that: an older backup must not remove by the usual
 * period. */
static void a_period_stands_after_an_old_backup(void **state) {
  (void)state;
  struct fault fault = {.code = ERR_OK};
  struct retention_period all[RETENTION_LINES];
  journal_world_back_up();
  for (uint32_t months = 120; months >= 96; months -= 24)
    journal_world_must(retention_set(w->host.store, &w->host.hub, &w->host.now, &w->world.ben,
                                     RETENTION_LINE_register, months, &fault));
  (void)journal_world_start(w->backup_path);
  journal_world_must(retention_periods(w->host.store, 6, all));
  assert_int_equal(all[RETENTION_LINE_register].months, 96);
  assert_true(all[RETENTION_LINE_register].set);
  assert_true(id_equal(&all[RETENTION_LINE_register].who, &w->world.ben));
  assert_int_equal(all[RETENTION_LINE_register].at_ms, w->host.now.wall_ms);
  assert_false(all[RETENTION_LINE_needs].set);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_world_set_up, journal_world_tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_removed_stays_so_after_an_old_backup),
      TEST(what_was_said_anew_is_there_after_an_old_backup),
      TEST(a_period_stands_after_an_old_backup),
      TEST(a_device_that_sends_it_again_brings_nothing_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
