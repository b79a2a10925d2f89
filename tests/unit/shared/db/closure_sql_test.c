/* closure_sql_test.c: whose closed days are a session's, and that not all of them are read to find out. */
#include "shared/db/closure_sql.h"
#include "tests/unit/shared/db/place.h"

static const char sql[] = CLOSURE_REASON("s", "a");

static struct db *open_ensured(const struct place *p) {
  struct db *db = place_open(p, NULL);
  assert_int_equal(db_begin(db), ERR_OK);
  assert_int_equal(rows_ensure(db), ERR_OK);
  assert_int_equal(db_commit(db), ERR_OK);
  return db;
}

/* Two schools, an activity of each and one of none, a session of each on day 100. */
static void put_sessions(struct db *db) {
  assert_int_equal(
      db_exec(db,
              "INSERT INTO activity(id, school, heads, version) VALUES(x'01', x'51', x'', 1), (x'02', x'52', "
              "x'', 1), (x'03', NULL, x'', 1);"
              "INSERT INTO session(id, activity, date, heads, version) VALUES(x'11', x'01', 100, x'', 1), "
              "(x'12', x'02', 100, x'', 1), (x'13', x'03', 100, x'', 1)"),
      ERR_OK);
}

static void close_days(struct db *db, const char *values) {
  char text[512];
  (void)snprintf(text, sizeof text,
                 "INSERT INTO closure(id, school, starts, ends, reason, removed, heads, version) VALUES(%s, "
                 "x'', 1)",
                 values);
  assert_int_equal(db_exec(db, text), ERR_OK);
}

static void says(struct db *db, uint8_t session, const char *expected) {
  char text[1024];
  struct stmt *s;
  (void)snprintf(text, sizeof text,
                 "SELECT %s FROM session s LEFT JOIN activity a ON a.id=s.activity WHERE s.id=?1", sql);
  assert_int_equal(db_stmt(db, &s, text), ERR_OK);
  stmt_blob(s, 1, slice_of(&session, 1));
  assert_int_equal(stmt_one(s), ERR_OK);
  assert_true(slice_equal(stmt_column_text(s, 0), slice_text(expected)));
  stmt_reset(s);
}

static void a_schools_own_reason_is_said_before_everybodys(void **state) {
  struct db *db = open_ensured(*state);
  put_sessions(db);
  for (uint8_t session = 0x11; session <= 0x13; session++) says(db, session, "");
  close_days(db, "x'a1', NULL, 99, 103, 'Half term', NULL");
  close_days(db, "x'a2', x'51', 100, 100, 'INSET day', NULL");
  close_days(db, "x'a3', x'52', 100, 100, 'Snow', 1");
  close_days(db, "x'a4', x'52', 101, 101, 'The day after', NULL");
  close_days(db, "x'a5', NULL, 90, 99, 'Before', NULL");
  says(db, 0x11, "INSET day");
  says(db, 0x12, "Half term");
  says(db, 0x13, "Half term");
  db_close(db);
}

/* Five hundred schools have thousands of such days, and a term has thousands of sessions. */
static void no_closure_of_other_schools_is_read_for_a_session(void **state) {
  struct db *db = open_ensured(*state);
  char text[1024];
  struct stmt *s;
  bool there, found = false;
  (void)snprintf(text, sizeof text,
                 "EXPLAIN QUERY PLAN SELECT %s FROM session s LEFT JOIN activity a ON a.id=s.activity", sql);
  assert_int_equal(db_stmt(db, &s, text), ERR_OK);
  for (assert_int_equal(stmt_step(s, &there), ERR_OK); there;
       assert_int_equal(stmt_step(s, &there), ERR_OK)) {
    char line[128];
    struct slice step = stmt_column_text(s, 3);
    (void)snprintf(line, sizeof line, "%.*s", (int)step.len, (const char *)step.ptr);
    found = found || strncmp(line, "SEARCH x", 8) == 0;
    assert_null(strstr(line, "SCAN x"));
  }
  assert_true(found);
  db_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_schools_own_reason_is_said_before_everybodys, place_setup,
                                      place_teardown),
      cmocka_unit_test_setup_teardown(no_closure_of_other_schools_is_read_for_a_session, place_setup,
                                      place_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
