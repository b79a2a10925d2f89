/* authored_test.c: a hub that is older than the streams of grants has them when it was started anew, with
 * what people wrote before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/store/sqlite/sqlite_store.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct arena arena;

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 24);
  hub_host_open(&host, 8);
  hub_world_make(&world, &host);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_finish(&arena);
  hub_host_close(&host);
  return 0;
}

/* What the author wrote about Zoe in Strings; `no` tells rows of one table apart. */
static struct op write_about_zoe(uint8_t table, const struct id *author, uint8_t no) {
  struct op op = hub_world_about(&world, schema_table(table), &world.zoe, world.today, no);
  op.values[table == TABLE_note ? COL(note, staff) : COL(progress, staff)] = value_id(author);
  hub_world_put(&host, &op);
  return op;
}

static struct feed_batch read_of(const struct id *author) {
  struct feed_batch b;
  struct stream_position from = {.audience = AUDIENCE_TEACHING};
  stream_of_grant(&from.stream, author, &world.strings);
  assert_int_equal(host.store->ops->read_feed(host.store, &from, feed_batch_rows_max, &arena, &b), ERR_OK);
  return b;
}

/* As the program before left it: its feed knows activities alone, and its steps end one earlier. */
static void make_older(void) {
  struct db *db = sqlite_of(host.store)->db;
  assert_int_equal(
      db_exec(db, "DELETE FROM feed; DELETE FROM stream; DROP TABLE audit_said; DROP INDEX "
                  "hub_learner_year; DROP INDEX hub_inclusion_learner; DROP TABLE tally_home; DROP TABLE "
                  "tally_spell; DROP TABLE tally_owed; DROP TABLE "
                  "tally_home_due; DROP INDEX hub_learner_school; DROP INDEX hub_activity_school; DROP INDEX "
                  "hub_activity_partner; DROP INDEX "
                  "hub_progress_voids; DROP TABLE retention_period; DROP TABLE retention_run; DROP TABLE "
                  "retention_learner; DROP TABLE row_count; DROP INDEX hub_register_open; DROP INDEX "
                  "item_of_row; DROP INDEX item_of_other; DROP INDEX hub_contract_school; DROP INDEX "
                  "hub_learner_nowhere; DROP INDEX item_event_decided; DROP INDEX item_open; DROP INDEX "
                  "absence_case_over; DROP INDEX "
                  "hub_question_open; ALTER TABLE absence_case_event DROP COLUMN outcome; DROP TABLE "
                  "learner_key; ALTER TABLE "
                  "likeness_key RENAME TO learner_key; PRAGMA application_id=0; UPDATE number SET v=2 WHERE "
                  "n=0"),
      ERR_OK);
}

static void what_was_written_before_is_in_the_streams_of_grants_after_a_start(void **state) {
  (void)state;
  struct op first = write_about_zoe(TABLE_note, &world.ben, 1);
  struct op fact = write_about_zoe(TABLE_progress, &world.ben, 2);
  (void)write_about_zoe(TABLE_note, &world.ada, 3);
  struct op last = write_about_zoe(TABLE_note, &world.ben, 4);
  struct feed_batch before = read_of(&world.ben);
  assert_int_equal(before.count, 3);
  make_older();
  assert_int_equal(read_of(&world.ben).count, 0);
  hub_host_reopen(&host);
  struct feed_batch after = read_of(&world.ben);
  assert_int_equal(after.count, 3);
  const struct id *order[] = {&first.row, &fact.row, &last.row};
  for (size_t i = 0; i < 3; i++) {
    assert_true(id_equal(&after.items[i].id, order[i]));
    assert_int_equal(after.items[i].version, before.items[i].version);
  }
  assert_int_equal(read_of(&world.ada).count, 1);
}

static void what_is_written_then_comes_behind_it_and_another_start_adds_nothing(void **state) {
  (void)state;
  (void)write_about_zoe(TABLE_note, &world.ben, 1);
  make_older();
  hub_host_reopen(&host);
  struct op later = write_about_zoe(TABLE_note, &world.ben, 2);
  hub_host_reopen(&host);
  struct feed_batch b = read_of(&world.ben);
  assert_int_equal(b.count, 2);
  assert_true(id_equal(&b.items[1].id, &later.row));
}

/* The table by which likely duplicates are found had the name that learners' numbers have now. */
static void duplicates_are_found_and_numbers_kept_in_a_hub_that_had_neither_name(void **state) {
  (void)state;
  struct store_child zoe, *near = NULL;
  struct id key;
  struct row row;
  size_t count = 0;
  make_older();
  hub_host_reopen(&host);
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 7};
  crypto_row_id(&key, TABLE_learner_key, &world.zoe, 1);
  op.row = key;
  op.values[COL(learner_key, learner)] = value_id(&world.zoe);
  op.values[COL(learner_key, upn)] = value_text(slice_text("A012345678901"));
  op.values[COL(learner_key, mis_id)] = value_text(slice_text("00017"));
  hub_world_put(&host, &op);
  struct op twin = {.table = schema_table(TABLE_learner), .row = {{77}}, .units = 1 | 1U << 1 | 1U << 4};
  twin.values[COL(learner, first_name)] = value_text(slice_text("Zoe"));
  twin.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  twin.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  hub_world_put(&host, &twin);
  hub_host_reopen(&host);
  assert_int_equal(host.store->ops->load_row(host.store, op.table, &key, &arena, &row), ERR_OK);
  assert_true(slice_equal(row.values[COL(learner_key, mis_id)].text, slice_text("00017")));
  assert_int_equal(host.store->ops->child_load(host.store, &world.zoe, &arena, &zoe), ERR_OK);
  assert_int_equal(host.store->ops->child_candidates(host.store, &zoe, &arena, &near, &count), ERR_OK);
  bool found = false;
  for (size_t i = 0; i < count; i++) found = found || id_equal(&near[i].id, &twin.row);
  assert_true(found);
}

static void a_hub_without_any_starts_all_the_same(void **state) {
  (void)state;
  make_older();
  hub_host_reopen(&host);
  assert_int_equal(read_of(&world.ben).count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_written_before_is_in_the_streams_of_grants_after_a_start),
      TEST(what_is_written_then_comes_behind_it_and_another_start_adds_nothing),
      TEST(duplicates_are_found_and_numbers_kept_in_a_hub_that_had_neither_name),
      TEST(a_hub_without_any_starts_all_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
