/* small_sql_test.c: the SQLite of a browser refuses what was left out of it, by name, and says everything
 * else as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

static int open_it(void **state) {
  sqlite3 *db = NULL;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return -1;
  *state = db;
  return sqlite3_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT) STRICT", NULL, NULL, NULL);
}

static int close_it(void **state) { return sqlite3_close(*state); }

static void refused(sqlite3 *db, const char *sql, const char *why) {
  sqlite3_stmt *s = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK) fail_msg("taken: %s", sql);
  assert_null(s);
  if (!strstr(sqlite3_errmsg(db), why)) fail_msg("\"%s\" says: %s", sql, sqlite3_errmsg(db));
}

static void what_begins_a_statement_left_out_is_no_word(void **state) {
  refused(*state, "CREATE VIEW v AS SELECT a FROM t", "unrecognized token: \"VIEW\"");
  refused(*state, "DROP VIEW v", "unrecognized token: \"VIEW\"");
  refused(*state, "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END",
          "unrecognized token: \"TRIGGER\"");
  refused(*state, "CREATE TEMP TRIGGER r UPDATE OF b ON t WHEN new.a > 1 BEGIN SELECT 1; END",
          "unrecognized token: \"TRIGGER\"");
  refused(*state, "DROP TRIGGER IF EXISTS r", "unrecognized token: \"TRIGGER\"");
}

/* Passed over in silence they would give another answer. */
static void a_clause_about_windows_is_no_word_either(void **state) {
  refused(*state, "SELECT count(*) FILTER (WHERE a > 1) FROM t", "unrecognized token: \"FILTER\"");
  refused(*state, "SELECT sum(a) OVER (ORDER BY b ROWS 1 PRECEDING) FROM t", "unrecognized token: \"OVER\"");
  refused(*state, "SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY b)", "unrecognized token: \"OVER\"");
  refused(*state, "SELECT a FROM t WINDOW w AS (ORDER BY a), x AS (w)", "unrecognized token: \"WINDOW\"");
}

static void in_quotes_every_word_is_a_name(void **state) {
  assert_int_equal(sqlite3_exec(*state,
                                "CREATE TABLE \"view\"(\"trigger\" TEXT, \"over\" TEXT, \"filter\" TEXT);"
                                "INSERT INTO \"view\" VALUES('window', 'virtual', 'view');"
                                "SELECT \"over\" FROM \"view\" WHERE \"trigger\" = 'window'",
                                NULL, NULL, NULL),
                   SQLITE_OK);
}

static void what_the_field_says_is_said_as_before(void **state) {
  assert_int_equal(
      sqlite3_exec(*state,
                   "INSERT INTO t(a, b) VALUES(1, 'x') ON CONFLICT(a) DO UPDATE SET b = excluded.b;"
                   "ALTER TABLE t ADD COLUMN c TEXT; UPDATE t SET c = 'y' WHERE a = 1;"
                   "CREATE INDEX i ON t(b); VACUUM; PRAGMA table_info(t);"
                   "SELECT b, count(*) FROM t WHERE EXISTS (SELECT 1 FROM t u WHERE u.a = t.a)"
                   " GROUP BY b UNION ALL SELECT c, 1 FROM t ORDER BY 1 LIMIT 3 OFFSET 0",
                   NULL, NULL, NULL),
      SQLITE_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_begins_a_statement_left_out_is_no_word, open_it, close_it),
      cmocka_unit_test_setup_teardown(a_clause_about_windows_is_no_word_either, open_it, close_it),
      cmocka_unit_test_setup_teardown(in_quotes_every_word_is_a_name, open_it, close_it),
      cmocka_unit_test_setup_teardown(what_the_field_says_is_said_as_before, open_it, close_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
