/* erased_test.c: an erasure finds rows, history and feed entries from the learner on; all that there is,
 * looked through from one end to the other, knows of no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/reconcile.h"
#include "server/store/sqlite/feed_run.h"
#include "server/store/sqlite/history_chunk.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static struct sqlite_store *store(void) { return sqlite_of(w->host.store); }

static void must(err e) {
  if (e != ERR_OK) fail_msg("%s", err_text(e));
}

/* A row of every table that can be about a learner; and a mark, an arrival and a note where they were never
 * enrolled. */
static void live(const struct id *learner) {
  uint8_t no = 0;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    uint8_t column;
    if (!schema_subject(t, &column) || t->id == TABLE_learner || t->id == TABLE_enrolment) continue;
    struct op op = hub_world_about(&w->world, t, learner, w->world.today, ++no);
    op.row.b[0] ^= learner->b[0];
    if (t->key_count) op = hub_world_about(&w->world, t, learner, w->world.today, no);
    hub_world_put(&w->host, &op);
  }
  struct op note = hub_world_about(&w->world, schema_table(TABLE_note), learner, w->world.today, ++no);
  note.values[COL(note, activity)] = value_id(&w->world.brass);
  note.values[COL(note, staff)] = value_id(&w->world.ben);
  note.row.b[2] = learner->b[1];
  hub_world_put(&w->host, &note);
  (void)test_device_mark(&w->other, &w->world.ben, &w->world.brass_today, learner, ENUM_mark_code_P, 0);
  ingest_mark(&w->device, &w->world.ada, learner, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, learner, ENUM_mark_code_L);
  (void)ingest_bring(&w->device);
  (void)ingest_bring(&w->other);
}

static size_t entries_about(const struct row_key *rows, size_t count) {
  struct stmt *s;
  bool there;
  size_t found = 0;
  must(db_stmt(store()->db, &s, "SELECT place, rows FROM feed"));
  must(stmt_step(s, &there));
  while (there) {
    struct feed_entry list[feed_run_entries_max];
    size_t entries;
    must(feed_run_decode(list, &entries, stmt_column_int(s, 0), stmt_column_blob(s, 1)));
    for (size_t i = 0; i < entries; i++)
      found += feed_entry_kind(&list[i]) != FEED_ERASE &&
               row_key_in(rows, count, feed_entry_table(&list[i]), &list[i].row);
    must(stmt_step(s, &there));
  }
  return found;
}

static size_t ops_about(const struct row_key *rows, size_t count) {
  struct stmt *s;
  bool there;
  size_t found = 0;
  must(db_stmt(store()->db, &s, "SELECT ops FROM history"));
  must(stmt_step(s, &there));
  while (there) {
    struct cursor c = cursor_of(stmt_column_blob(s, 0));
    uint64_t stamp = 0;
    while (cursor_left(&c)) {
      struct chunk_op op = {.base_count = 0};
      must(chunk_get(&c, &op, &stamp, &w->arena));
      found += row_key_in(rows, count, op.table, &op.row);
    }
    must(stmt_step(s, &there));
  }
  return found;
}

static void erase(const struct id *learner) {
  struct erase_result r;
  struct fault fault = {.code = ERR_OK};
  const struct erase_order order = {
      .learner = *learner, .by = w->host.hub.id, .reason = slice_text("the family asked")};
  if (erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
}

static void all_that_there_is_knows_of_nothing_more(void **state) {
  (void)state;
  struct row_key *whole, *found, *after;
  size_t whole_count, found_count, after_count;
  live(&w->world.zoe);
  live(&w->world.jo);
  must(rows_about(store()->rows, &w->world.zoe, &whole, &whole_count));
  must(store_rows_about(w->host.store, &w->world.zoe, &w->arena, &found, &found_count));
  assert_int_equal(found_count, whole_count);
  for (size_t i = 0; i < whole_count; i++) assert_int_equal(row_key_compare(&whole[i], &found[i]), 0);
  assert_true(entries_about(whole, whole_count) > 0);
  assert_true(ops_about(whole, whole_count) > whole_count);
  erase(&w->world.zoe);
  assert_int_equal(entries_about(whole, whole_count), 0);
  assert_int_equal(ops_about(whole, whole_count), 0);
  must(rows_about(store()->rows, &w->world.zoe, &after, &after_count));
  assert_int_equal(after_count, 0);
  free(after);
  must(rows_about(store()->rows, &w->world.jo, &after, &after_count));
  assert_int_equal(after_count, whole_count);
  assert_true(ops_about(after, after_count) > after_count);
  free(after);
  free(whole);
}

static void say_zoe_is(uint8_t status, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(status);
  op.values[COL(learner, merged_into)] = into ? value_id(into) : value_null();
  hub_world_put(&w->host, &op);
}

/* The matter of the two, as it is when somebody has decided it. */
static void decide(const struct id *a, const struct id *b) {
  const struct table *t = schema_table(TABLE_learner);
  bool swap = id_compare(a, b) > 0;
  struct store_item matter = {
      .kind = ITEM_DUPLICATE, .table = t, .row = swap ? *b : *a, .other = swap ? *a : *b, .unit = 4};
  work_item_id(&matter.id, ITEM_DUPLICATE, t, &matter.row, matter.unit, &matter.other);
  must(w->host.store->ops->begin(w->host.store));
  must(w->host.store->ops->work_item_set(w->host.store, &matter, true, NULL, 1));
  must(w->host.store->ops->work_item_set(w->host.store, &matter, false, NULL, 2));
  must(w->host.store->ops->commit(w->host.store));
}

/* While they stood for one child, what is of the one travelled where the other plays. */
static void erase_once_taken_for(const struct id *erased, const struct id *other) {
  struct row_key *rows;
  size_t count;
  struct op need = hub_world_about(&w->world, schema_table(TABLE_need), erased, w->world.today, 1);
  hub_world_put(&w->host, &need);
  hub_world_enrol(&w->host, other, &w->world.brass, w->world.today, 0);
  must(rows_about(store()->rows, erased, &rows, &count));
  size_t before = entries_about(rows, count);
  say_zoe_is(ENUM_learner_status_merged, &w->world.jo);
  decide(erased, other);
  say_zoe_is(ENUM_learner_status_active, NULL);
  assert_true(entries_about(rows, count) > before);
  erase(erased);
  assert_int_equal(entries_about(rows, count), 0);
  free(rows);
}

static void whoever_was_taken_for_somebody_else_for_a_while_is_in_no_stream_of_theirs(void **state) {
  (void)state;
  erase_once_taken_for(&w->world.zoe, &w->world.jo);
}

static void whoever_somebody_else_was_taken_for_is_in_no_stream_of_theirs(void **state) {
  (void)state;
  erase_once_taken_for(&w->world.jo, &w->world.zoe);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(all_that_there_is_knows_of_nothing_more),
      TEST(whoever_was_taken_for_somebody_else_for_a_while_is_in_no_stream_of_theirs),
      TEST(whoever_somebody_else_was_taken_for_is_in_no_stream_of_theirs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
