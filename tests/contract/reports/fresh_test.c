/* fresh_test.c: after everything that happens, the sums that the reports read are those of a count from the
 * start: whatever changes a sum says so, and nothing waits for the next change of somebody else to be right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>
#include <stdio.h>

#include "server/core/erase.h"
#include "server/core/reports.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/contract/reports/made_up.h"

enum { kinds = 5, happenings = 120, sums_bytes_max = 1 << 24 };
static struct made_up made;
static const char *const sums[kinds] = {
    "SELECT * FROM tally_activity ORDER BY 1, 2", "SELECT * FROM tally_learner ORDER BY 1, 2, 3",
    "SELECT * FROM tally_home ORDER BY 1, 2, 3", "SELECT * FROM tally_spell ORDER BY 1, 2",
    "SELECT * FROM tally_owed ORDER BY 1, 2, 3"};

static void refresh(void) {
  bool more = true;
  while (more) assert_int_equal(reports_refresh(made.host.store, &made.host.now, 7, &more), ERR_OK);
}

static void append_sums(struct buf *out, const char *sql) {
  struct stmt *s;
  bool there;
  assert_int_equal(db_stmt(sqlite_of(made.host.store)->db, &s, sql), ERR_OK);
  for (assert_int_equal(stmt_step(s, &there), ERR_OK); there;
       assert_int_equal(stmt_step(s, &there), ERR_OK)) {
    for (int i = 0; i < stmt_column_count(s); i++) {
      assert_int_equal(buf_append(out, stmt_column_blob(s, i)), ERR_OK);
      assert_int_equal(buf_append(out, slice_text(i + 1 < stmt_column_count(s) ? " " : "\n")), ERR_OK);
    }
  }
}

static void count_from_the_start(void) {
  static const char all[] =
      "INSERT OR REPLACE INTO tally_due(activity, at) SELECT id, 0 FROM activity; INSERT OR IGNORE INTO "
      "tally_home_due(home) SELECT id FROM school; WITH RECURSIVE share(n) AS (VALUES(0) UNION ALL SELECT "
      "n+1 "
      "FROM share WHERE n<255) INSERT OR IGNORE INTO tally_home_due(home) SELECT unhex(printf('%02x', n)) "
      "FROM "
      "share;";
  assert_int_equal(db_exec(sqlite_of(made.host.store)->db, all), ERR_OK);
  refresh();
}

static void compare(const char *when, int no) {
  struct buf kept[kinds], fresh[kinds];
  refresh();
  for (int i = 0; i < kinds; i++)
    kept[i] = (struct buf)BUF_INIT(sums_bytes_max), append_sums(&kept[i], sums[i]);
  count_from_the_start();
  for (int i = 0; i < kinds; i++) {
    fresh[i] = (struct buf)BUF_INIT(sums_bytes_max);
    append_sums(&fresh[i], sums[i]);
    if (!slice_equal(buf_slice(&kept[i]), buf_slice(&fresh[i])))
      fail_msg("%s %d: not as a count from the start has it: %s", when, no, sums[i]);
    buf_finish(&kept[i]);
    buf_finish(&fresh[i]);
  }
}

static void erase(size_t which) {
  struct erase_result result;
  struct fault fault = {.code = ERR_OK};
  const struct erase_order order = {
      .learner = made.learners[which], .by = made.host.hub.id, .reason = slice_text("The family asked")};
  err e = erase_learner(&result, &made.host.hub, made.host.store, &made.host.now, &order, &fault);
  if (e != ERR_OK && e != ERR_FORBIDDEN && e != ERR_NOT_FOUND) fail_msg("%s", fault.text);
}

static void the_sums_are_those_of_a_count_from_the_start(void **state) {
  (void)state;
  for (uint64_t seed = 11; seed <= 12; seed++) {
    made_up_open(&made, seed);
    refresh();
    for (int i = 0; i < happenings; i++) {
      made_up_happen(&made);
      compare("happening", i);
    }
    for (size_t i = 0; i < made_learners; i += 3) {
      erase(i);
      compare("erasure of", (int)i);
    }
    made_up_close(&made);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_sums_are_those_of_a_count_from_the_start)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
