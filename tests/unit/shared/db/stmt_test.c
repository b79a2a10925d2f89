/* stmt_test.c: prepared statements: one per text, reset and unbound, and values that come back as they went
 * in. */
#include "tests/unit/shared/db/place.h"

static struct db *with_table(const struct place *p) {
  struct db *db = place_open(p, NULL);
  assert_int_equal(db_exec(db, "CREATE TABLE t(n INTEGER PRIMARY KEY, s TEXT, b BLOB) STRICT"), ERR_OK);
  return db;
}

static void the_same_text_is_prepared_once(void **state) {
  struct db *db = with_table(*state);
  static const char sql[] = "SELECT n FROM t WHERE n=?1";
  struct stmt *first, *second;
  assert_int_equal(db_stmt(db, &first, sql), ERR_OK);
  assert_int_equal(db_stmt(db, &second, sql), ERR_OK);
  assert_ptr_equal(first, second);
  db_close(db);
}

static void hundreds_of_statements_are_kept_apart(void **state) {
  struct db *db = with_table(*state);
  static char sql[300][32];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 300; i++) {
      (void)snprintf(sql[i], sizeof sql[i], "SELECT %d", i);
      struct stmt *s;
      assert_int_equal(db_stmt(db, &s, sql[i]), ERR_OK);
      assert_int_equal(stmt_one(s), ERR_OK);
      assert_int_equal(stmt_column_int(s, 0), i);
      stmt_reset(s);
    }
  }
  db_close(db);
}

static void taking_a_statement_again_unbinds_it(void **state) {
  struct db *db = with_table(*state);
  static const char sql[] = "SELECT ?1";
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  stmt_int(s, 1, 5);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(stmt_column_null(s, 0));
  stmt_reset(s);
  db_close(db);
}

static void an_empty_text_is_not_null(void **state) {
  struct db *db = with_table(*state);
  struct stmt *s;
  assert_int_equal(db_stmt(db, &s, "SELECT ?1, ?2, typeof(?1), typeof(?2)"), ERR_OK);
  stmt_text(s, 1, slice_of(NULL, 0));
  stmt_blob(s, 2, slice_of(NULL, 0));
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(slice_equal(stmt_column_text(s, 2), slice_text("text")));
  assert_true(slice_equal(stmt_column_text(s, 3), slice_text("blob")));
  stmt_reset(s);
  db_close(db);
}

static void a_failed_binding_surfaces_when_stepping(void **state) {
  struct db *db = with_table(*state);
  static const char sql[] = "SELECT ?1";
  struct stmt *s;
  bool row;
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  stmt_int(s, 7, 1);
  assert_int_equal(stmt_step(s, &row), ERR_INTERNAL);
  assert_int_equal(db_stmt(db, &s, sql), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  stmt_reset(s);
  db_close(db);
}

static void breaking_a_rule_of_the_table_is_named(void **state) {
  struct db *db = with_table(*state);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(1)"), ERR_OK);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(1)"), ERR_EXISTS);
  assert_non_null(strstr(db_message(db), "t.n"));
  assert_int_equal(db_exec(db, "INSERT INTO t(n, b) VALUES(2, 'text in a blob')"), ERR_CONFLICT);
  assert_null(strstr(db_message(db), "text in a blob"));
  assert_int_equal(db_exec(db, "INSERT INTO nowhere(n) VALUES(1)"), ERR_INTERNAL);
  db_close(db);
}

static void nothing_found_and_end_of_rows_are_told_apart(void **state) {
  struct db *db = with_table(*state);
  struct stmt *s;
  bool row;
  assert_int_equal(db_stmt(db, &s, "SELECT n FROM t"), ERR_OK);
  assert_int_equal(stmt_one(s), ERR_NOT_FOUND);
  assert_int_equal(db_exec(db, "INSERT INTO t(n) VALUES(1), (2)"), ERR_OK);
  assert_int_equal(db_changes(db), 2);
  int count = 0;
  for (;;) {
    assert_int_equal(stmt_step(s, &row), ERR_OK);
    if (!row) break;
    assert_int_equal(stmt_column_int(s, 0), ++count);
  }
  assert_int_equal(count, 2);
  assert_int_equal(stmt_column_count(s), 1);
  db_close(db);
}

static void an_id_of_another_length_is_refused(void **state) {
  struct db *db = with_table(*state);
  struct stmt *s;
  struct id in = letter_id('a'), out = letter_id('z');
  assert_int_equal(db_stmt(db, &s, "SELECT ?1, x'0102', ?2"), ERR_OK);
  stmt_id(s, 1, &in);
  stmt_id(s, 2, NULL);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(stmt_column_id(s, 0, &out));
  assert_true(id_equal(&in, &out));
  assert_false(stmt_column_id(s, 1, &out));
  assert_true(id_is_zero(&out));
  assert_true(stmt_column_null(s, 2));
  stmt_reset(s);
  db_close(db);
}

/* A file written by somebody else may hold anything under any column. */
static void a_value_of_the_wrong_kind_is_corrupt(void **state) {
  struct db *db = with_table(*state);
  struct arena a = ARENA_INIT(65536);
  const struct column text = {.name = "t", .type = TYPE_TEXT}, number = {.name = "n", .type = TYPE_DATE};
  const struct column id = {.name = "i", .type = TYPE_ID};
  struct value v;
  struct stmt *s;
  assert_int_equal(
      db_stmt(db, &s, "SELECT 'text', 5, x'00', 1.5, cast(x'ff' AS TEXT), NULL, hex(zeroblob(9000))"),
      ERR_OK);
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_int_equal(stmt_column_value(s, 0, &text, &a, &v), ERR_OK);
  assert_true(slice_equal(v.text, slice_text("text")));
  assert_int_equal(stmt_column_value(s, 1, &number, &a, &v), ERR_OK);
  assert_int_equal(v.i, 5);
  assert_int_equal(stmt_column_value(s, 0, &number, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 1, &text, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 1, &id, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 2, &id, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 3, &number, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 4, &text, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 6, &text, &a, &v), ERR_CORRUPT);
  assert_int_equal(stmt_column_value(s, 5, &text, &a, &v), ERR_OK);
  assert_int_equal(v.kind, VALUE_NULL);
  stmt_reset(s);
  arena_finish(&a);
  db_close(db);
}

int main(void) {
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
  const struct CMUnitTest tests[] = {
      WITH_PLACE(the_same_text_is_prepared_once),
      WITH_PLACE(hundreds_of_statements_are_kept_apart),
      WITH_PLACE(taking_a_statement_again_unbinds_it),
      WITH_PLACE(an_empty_text_is_not_null),
      WITH_PLACE(a_failed_binding_surfaces_when_stepping),
      WITH_PLACE(breaking_a_rule_of_the_table_is_named),
      WITH_PLACE(nothing_found_and_end_of_rows_are_told_apart),
      WITH_PLACE(an_id_of_another_length_is_refused),
      WITH_PLACE(a_value_of_the_wrong_kind_is_corrupt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
