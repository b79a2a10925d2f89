/* rows_test.c: rows of every table go into the database and come back; origins survive rollbacks and other
 * connections. */
#include "shared/crypto/crypto.h"
#include "tests/unit/shared/db/place.h"

static struct db *open_ensured(const struct place *p) {
  struct db *db = place_open(p, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure(db), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
  return db;
}

static struct db *open_rows(struct place *p, struct rows **out) {
  struct db *db = open_ensured(p);
  assert_int_equal(rows_create(out, db), ERR_OK);
  return db;
}

static void close_rows(struct rows *rows, struct db *db) {
  rows_destroy(rows);
  db_close(db);
}

static struct value sample(const struct column *c, int64_t salt) {
  struct id id = letter_id((char)('A' + salt % 26));
  if (c->type == TYPE_ID) return value_id(&id);
  return c->type == TYPE_TEXT ? value_text(slice_text("Zoë")) : value_int(salt - 3);
}

/* Every second optional value is left out, so that NULL travels too. */
static struct row filled_row(const struct table *t, struct head heads[op_units_max]) {
  struct row row = {.table = t, .id = letter_id((char)t->id), .exists = true, .version = 41};
  for (uint8_t i = 0; i < t->column_count; i++) {
    if (i % 2 == 0) row.values[i] = sample(&t->columns[i], i);
  }
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    heads[unit] =
        (struct head){.op = {.device = letter_id('d'), .incarnation = 2, .counter = 100U + unit / 2U},
                      .author = letter_id('p'),
                      .stamp = 1795276800000 + unit / 2U,
                      .flags = unit == 1 ? OP_OFFICE : 0};
    row.units[unit] = (struct unit_heads){.heads = &heads[unit], .count = 1};
  }
  return row;
}

static void assert_rows_equal(const struct row *a, const struct row *b) {
  assert_ptr_equal(a->table, b->table);
  assert_true(id_equal(&a->id, &b->id));
  assert_int_equal(a->exists, b->exists);
  assert_int_equal(a->version, b->version);
  for (size_t i = 0; i < op_columns_max; i++) assert_true(value_equal(&a->values[i], &b->values[i]));
  for (size_t u = 0; u < op_units_max; u++) {
    assert_int_equal(a->units[u].count, b->units[u].count);
    assert_int_equal(a->units[u].ghost_count, b->units[u].ghost_count);
    for (size_t i = 0; i < a->units[u].count; i++) {
      assert_int_equal(head_compare(&a->units[u].heads[i], &b->units[u].heads[i]), 0);
      assert_true(id_equal(&a->units[u].heads[i].author, &b->units[u].heads[i].author));
      assert_int_equal(a->units[u].heads[i].flags, b->units[u].heads[i].flags);
    }
  }
}

static void rows_of_every_table_come_back_as_they_went_in(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct arena a = ARENA_INIT(1 << 20);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    struct head heads[op_units_max];
    struct row in = filled_row(t, heads), out;
    assert_int_equal(rows_save(rows, &in), ERR_OK);
    assert_int_equal(rows_load(rows, in.table, &in.id, &a, &out), ERR_OK);
    assert_rows_equal(&in, &out);
    in.version = 42;
    if (in.table->key_count == 0) in.values[0] = value_null();
    assert_int_equal(rows_save(rows, &in), ERR_OK);
    assert_int_equal(rows_load(rows, in.table, &in.id, &a, &out), ERR_OK);
    assert_rows_equal(&in, &out);
    assert_int_equal(rows_delete(rows, in.table, &in.id), ERR_OK);
    assert_int_equal(rows_load(rows, in.table, &in.id, &a, &out), ERR_OK);
    assert_false(out.exists);
    assert_int_equal(out.values[0].kind, VALUE_NULL);
  }
  close_rows(rows, db);
  arena_finish(&a);
}

/* More than go in at once, and not a multiple of it. */
enum { many_rows = 19 };

static void rows_that_are_new_go_in_together_and_one_that_is_there_stops_them(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct arena a = ARENA_INIT(1 << 20);
  struct head heads[op_units_max];
  struct row in[many_rows], out;
  const struct row *list[many_rows];
  for (size_t i = 0; i < many_rows; i++) {
    in[i] = filled_row(schema_table(TABLE_learner), heads);
    in[i].id.b[0] = (uint8_t)(i + 1);
    list[i] = &in[i];
  }
  assert_int_equal(rows_add_all(rows, list + 1, many_rows - 1), ERR_OK);
  for (size_t i = 1; i < many_rows; i++) {
    assert_int_equal(rows_load(rows, in[i].table, &in[i].id, &a, &out), ERR_OK);
    assert_rows_equal(&in[i], &out);
  }
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_add_all(rows, list, many_rows), ERR_EXISTS);
  db_rollback(db);
  assert_int_equal(rows_load(rows, in[0].table, &in[0].id, &a, &out), ERR_OK);
  assert_false(out.exists);
  close_rows(rows, db);
  arena_finish(&a);
}

static void a_row_that_only_travels_again_keeps_all_but_its_version(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct arena a = ARENA_INIT(1 << 20);
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    struct head heads[op_units_max];
    struct row in = filled_row(t, heads), out;
    assert_int_equal(rows_save(rows, &in), ERR_OK);
    in.version += 5;
    const struct row again = {.table = t, .id = in.id, .version = in.version};
    assert_int_equal(rows_save_version(rows, &again), ERR_OK);
    assert_int_equal(rows_load(rows, t, &in.id, &a, &out), ERR_OK);
    assert_rows_equal(&in, &out);
  }
  close_rows(rows, db);
  arena_finish(&a);
}

static void a_query_reads_whole_rows(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct arena a = ARENA_INIT(1 << 20);
  const struct table *t = schema_table(TABLE_mark);
  struct head heads[op_units_max];
  struct row in = filled_row(t, heads), out = {0};
  assert_int_equal(rows_save(rows, &in), ERR_OK);
  char sql[512];
  const char *columns;
  assert_int_equal(rows_columns(rows, t, &columns), ERR_OK);
  (void)snprintf(sql, sizeof sql, "SELECT 5, %s FROM mark WHERE session=?1", columns);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  stmt_value(s, 1, &in.values[COL(mark, session)]);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_int_equal(rows_read(rows, s, 1, t, &a, &out), ERR_OK);
  assert_rows_equal(&in, &out);
  stmt_reset(s);
  close_rows(rows, db);
  arena_finish(&a);
}

static void a_device_finds_a_sessions_marks_in_the_order_of_the_table(void **state) {
  static const char sql[] =
      "EXPLAIN QUERY PLAN SELECT id FROM mark WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1");
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure_device(db, NULL, 0), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(
      slice_equal(stmt_column_text(s, 3), slice_text("SEARCH mark USING PRIMARY KEY (id>? AND id<?)")));
  stmt_reset(s);
  db_close(db);
}

static void put_mark(struct rows *rows, const struct id *session, uint8_t learner) {
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_mark), heads);
  const struct id keys[2] = {*session, {{learner}}};
  row.values[COL(mark, session)] = value_id(&keys[0]);
  row.values[COL(mark, learner)] = value_id(&keys[1]);
  crypto_row_id(&row.id, TABLE_mark, keys, 2);
  assert_int_equal(rows_save(rows, &row), ERR_OK);
}

static void neighbours_of_another_session_are_left_out(void **state) {
  static const char sql[] = "SELECT count(*) FROM mark WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1");
  const struct id sessions[] = {{{0, 0, 0, 1, 5}}, {{0, 0, 0, 1, 6}}, {{0, 0, 0, 2}}, {{255, 255, 255, 255}}};
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct stmt *s;
  for (uint8_t i = 0; i < 4; i++) {
    for (uint8_t learner = 0; learner <= i; learner++) put_mark(rows, &sessions[i], learner);
  }
  for (uint8_t i = 0; i < 4; i++) {
    assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
    stmt_id(s, 1, &sessions[i]);
    assert_int_equal(stmt_one(s), ERR_OK);
    assert_int_equal(stmt_column_int(s, 0), i + 1);
    stmt_reset(s);
  }
  close_rows(rows, db);
}

static size_t origins_known(struct rows *rows) {
  struct origin_book *book;
  assert_int_equal(rows_origins(rows, &book), ERR_OK);
  return book->count;
}

static void origins_of_a_rolled_back_transaction_are_forgotten(void **state) {
  struct place *p = *state;
  struct rows *rows;
  struct db *db = open_rows(p, &rows);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_term), heads);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  assert_int_equal(origins_known(rows), 1);
  db_rollback(db);
  rows_rolled_back(rows);
  assert_int_equal(origins_known(rows), 0);
  heads[0].author = heads[1].author = heads[2].author = letter_id('q');
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  close_rows(rows, db);
  db = place_open(p, NULL);
  struct arena a = ARENA_INIT(1 << 20);
  struct row out;
  assert_int_equal(rows_create(&rows, db), ERR_OK);
  assert_int_equal(rows_load(rows, row.table, &row.id, &a, &out), ERR_OK);
  assert_rows_equal(&row, &out);
  close_rows(rows, db);
  arena_finish(&a);
}

static void origins_saved_before_a_rolled_back_transaction_stay(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_term), heads);
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  assert_int_equal(db_begin(db), ERR_OK);
  heads[2].op.incarnation = 77;
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  assert_int_equal(origins_known(rows), 2);
  db_rollback(db);
  rows_rolled_back(rows);
  assert_int_equal(origins_known(rows), 1);
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  close_rows(rows, db);
}

static void a_reader_learns_new_origins_by_itself(void **state) {
  struct place *p = *state;
  struct db *db = open_ensured(p), *other;
  struct rows *writer, *reader;
  assert_int_equal(rows_create(&writer, db), ERR_OK);
  const struct db_config config = {.path = p->path, .read_only = true};
  assert_int_equal(db_open(&other, &config, NULL), ERR_OK);
  assert_int_equal(rows_create(&reader, other), ERR_OK);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_school), heads), out;
  assert_int_equal(rows_save(writer, &row), ERR_OK);
  struct arena a = ARENA_INIT(1 << 20);
  assert_int_equal(rows_load(reader, row.table, &row.id, &a, &out), ERR_OK);
  assert_rows_equal(&row, &out);
  arena_finish(&a);
  rows_destroy(reader);
  db_close(other);
  rows_destroy(writer);
  db_close(db);
}

static void damaged_heads_are_corrupt(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_school), heads), out;
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  assert_int_equal(db_exec(db, "UPDATE school SET heads=x'0063'"), ERR_OK);
  struct arena a = ARENA_INIT(1 << 20);
  assert_int_equal(rows_load(rows, row.table, &row.id, &a, &out), ERR_CORRUPT);
  assert_int_equal(db_exec(db, "DELETE FROM origin"), ERR_OK);
  arena_finish(&a);
  close_rows(rows, db);
}

static bool has_index(struct db *db, const char *name) {
  struct stmt *s;
  bool there = false;
  assert_int_equal(db_stmt(db, &s, "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1"), ERR_OK);
  stmt_text(s, 1, slice_text(name));
  assert_int_equal(stmt_step(s, &there), ERR_OK);
  stmt_reset(s);
  return there;
}

static void a_device_loses_the_indexes_that_only_the_hub_has(void **state) {
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure(db), ERR_OK);
  assert_true(has_index(db, "absence_notice_by_learner"));
  assert_int_equal(rows_ensure_device(db, NULL, 0), ERR_OK);
  assert_false(has_index(db, "absence_notice_by_learner"));
  assert_false(has_index(db, "contact_by_learner"));
  assert_true(has_index(db, "session_by_date"));
  assert_int_equal(db_commit(db), ERR_OK);
  db_close(db);
}

static bool index_is_partial(struct db *db, const char *name) {
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, "SELECT sql LIKE '% IS NOT NULL' FROM sqlite_schema WHERE name = ?1"),
                   ERR_OK);
  stmt_text(s, 1, slice_text(name));
  assert_int_equal(stmt_one(s), ERR_OK);
  bool partial = stmt_column_int(s, 0) != 0;
  stmt_reset(s);
  return partial;
}

static void an_index_leaves_out_what_has_no_value_where_most_have_none(void **state) {
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure(db), ERR_OK);
  assert_true(index_is_partial(db, "learner_by_merged_into"));
  assert_true(index_is_partial(db, "session_by_same_as"));
  assert_false(index_is_partial(db, "session_by_date")); /* a device may hold rows without one */
  assert_int_equal(db_commit(db), ERR_OK);
  db_close(db);
}

static void an_older_file_gets_the_columns_it_lacks(void **state) {
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_exec(db,
                           "CREATE TABLE term(id BLOB NOT NULL PRIMARY KEY, name TEXT, heads BLOB NOT NULL,"
                           " version INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
                   ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO term VALUES(zeroblob(16), 'Autumn', x'', 3)"), ERR_OK);
  for (int again = 0; again < 2; again++) {
    assert_int_equal(db_begin(db), ERR_OK);
    assert_int_equal(rows_ensure(db), ERR_OK);
    assert_int_equal(db_commit(db), ERR_OK);
  }
  struct rows *rows;
  struct arena a = ARENA_INIT(1 << 20);
  struct row out;
  struct id zero = {{0}};
  assert_int_equal(rows_create(&rows, db), ERR_OK);
  assert_int_equal(rows_load(rows, schema_table(TABLE_term), &zero, &a, &out), ERR_OK);
  assert_true(out.exists);
  assert_true(slice_equal(out.values[COL(term, name)].text, slice_text("Autumn")));
  assert_int_equal(out.values[COL(term, starts)].kind, VALUE_NULL);
  close_rows(rows, db);
  arena_finish(&a);
}

static bool has_table(struct db *db, const char *name) {
  struct stmt *s;
  bool there = false;
  assert_int_equal(db_stmt(db, &s, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"), ERR_OK);
  stmt_text(s, 1, slice_text(name));
  assert_int_equal(stmt_step(s, &there), ERR_OK);
  stmt_reset(s);
  return there;
}

static void ensure_device(struct db *db, const char *const *more, size_t count) {
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure_device(db, more, count), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
}

static void a_file_in_shape_is_looked_at_once_and_one_of_another_shape_is_completed(void **state) {
  static const char *const more[] = {"CREATE TABLE IF NOT EXISTS one(n INTEGER) STRICT",
                                     "CREATE TABLE IF NOT EXISTS two(n INTEGER) STRICT"};
  struct db *db = place_open(*state, NULL);
  ensure_device(db, more, 1);
  assert_true(has_table(db, "one"));
  assert_int_equal(db_exec(db, "DROP TABLE one"), ERR_OK);
  ensure_device(db, more, 1); /* it carries the number of this shape, so nothing is looked for */
  assert_false(has_table(db, "one"));
  ensure_device(db, more, 2);
  assert_true(has_table(db, "one"));
  assert_true(has_table(db, "two"));
  db_close(db);
}

/* The number is part of the transaction that earned it. */
static void a_file_whose_completion_was_rolled_back_is_completed_the_next_time(void **state) {
  struct db *db = place_open(*state, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure_device(db, NULL, 0), ERR_OK);
  db_rollback(db);
  assert_false(has_table(db, "mark"));
  ensure_device(db, NULL, 0);
  assert_true(has_table(db, "mark"));
  db_close(db);
}

static void a_file_ensured_by_us_carries_the_schema_version(void **state) {
  struct db *db = open_ensured(*state);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, "PRAGMA user_version"), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_int_equal(stmt_column_int(s, 0), schema_version);
  stmt_reset(s);
  db_close(db);
}

static void statements_may_outlive_their_connection(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_term), heads);
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  db_close(db);
  rows_destroy(rows);
  rows_destroy(NULL);
}

static void a_row_that_does_not_fit_the_arena_is_out_of_memory(void **state) {
  struct rows *rows;
  struct db *db = open_rows(*state, &rows);
  struct head heads[op_units_max];
  struct row row = filled_row(schema_table(TABLE_learner), heads), out;
  assert_int_equal(rows_save(rows, &row), ERR_OK);
  struct arena a = ARENA_INIT(16);
  assert_int_equal(rows_load(rows, row.table, &row.id, &a, &out), ERR_NO_MEMORY);
  arena_finish(&a);
  close_rows(rows, db);
}

int main(void) {
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
  const struct CMUnitTest tests[] = {
      WITH_PLACE(rows_of_every_table_come_back_as_they_went_in),
      WITH_PLACE(rows_that_are_new_go_in_together_and_one_that_is_there_stops_them),
      WITH_PLACE(a_row_that_only_travels_again_keeps_all_but_its_version),
      WITH_PLACE(a_query_reads_whole_rows),
      WITH_PLACE(a_device_finds_a_sessions_marks_in_the_order_of_the_table),
      WITH_PLACE(neighbours_of_another_session_are_left_out),
      WITH_PLACE(origins_of_a_rolled_back_transaction_are_forgotten),
      WITH_PLACE(origins_saved_before_a_rolled_back_transaction_stay),
      WITH_PLACE(a_reader_learns_new_origins_by_itself),
      WITH_PLACE(damaged_heads_are_corrupt),
      WITH_PLACE(an_older_file_gets_the_columns_it_lacks),
      WITH_PLACE(a_device_loses_the_indexes_that_only_the_hub_has),
      WITH_PLACE(an_index_leaves_out_what_has_no_value_where_most_have_none),
      WITH_PLACE(a_file_in_shape_is_looked_at_once_and_one_of_another_shape_is_completed),
      WITH_PLACE(a_file_whose_completion_was_rolled_back_is_completed_the_next_time),
      WITH_PLACE(a_file_ensured_by_us_carries_the_schema_version),
      WITH_PLACE(statements_may_outlive_their_connection),
      WITH_PLACE(a_row_that_does_not_fit_the_arena_is_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
