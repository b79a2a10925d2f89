/* plans_sql.c: asks SQLite for the plan of every statement that a store has prepared. */
#include "tests/contract/api/plans.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include <sqlite3.h>

#include "server/store/sqlite/sqlite_store.h"
#include "shared/db/connection.h"

/* Tables that grow with every child, meeting, mark, bundle or act. Of all others a hub has some thousands at
 * the most: schools, staff, devices, partners, terms; what waits in quarantine, what is in conflict,
 * concerns, who was merged; and the sums by activity, which the reports are there to read. */
static const char *const grows[] = {
    "learner",        "enrolment",    "session",       "register",     "mark",
    "note",           "progress",     "arrival",       "contact",      "absence_call",
    "absence_notice", "need",         "learner_key",   "inclusion",    "history",
    "feed",           "item",         "item_event",    "absence_case", "absence_case_event",
    "bundle",         "seen",         "loose",         "touched",      "guest",
    "learner_name",   "likeness_key", "contract",      "run_row",      "audit",
    "audit_said",     "erased",       "tally_learner", "tally_owed",   "tally_due",
    "question",       "device_order", "device_ack",
};

/* Statements that look through one nevertheless, by words of theirs, and why they may. */
static const struct {
  const char *words, *reason;
} exceptions[] = {
    {"SELECT learner, folded FROM learner_name", "a search for a part of a name compares every name"},
    {"LEFT JOIN audit_said d ON d.no=a.no ORDER BY a.no", "the audit's chain is checked from its beginning"},
    {"SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1", "the last one"},
    {" WHERE version>?1", "a list is taken back: whatever came since may name one of its rows"},
    {"SELECT session, learner FROM guest", "the same: who came without being enrolled"},
    {", heads, version FROM ", "the digest of everything, for a check"},
    {"SELECT count(*) FROM bundle", "counted for the command line and for tests"},
    {"SELECT count(*) FROM learner", "the same"},
    {"SELECT count(*) FROM enrolment WHERE removed IS NOT 1", "the same"},
    {"SELECT count(*) FROM session WHERE removed IS NOT 1", "the same"},
    {"SELECT count(*) FROM register WHERE state=2", "the same"},
    {"SELECT count(*) FROM mark WHERE code<>6", "the same"},
    {"SELECT count(*) FROM note WHERE removed IS NOT 1", "the same"},
    {"SELECT count(*) FROM progress WHERE removed IS NOT 1", "the same"},
    {"SELECT activity, learner FROM enrolment WHERE removed=1", "all activities, as a file"},
    {"FROM learner_key k JOIN learner l", "a list of numbers is compared with all that are known"},
    {"FROM note WHERE staff IS NOT NULL AND activity IS NOT NULL UNION ALL", "an older hub, at its start"},
    {"progress p JOIN learner l", "a file of all facts between two days"},
    {" FROM item_event e LEFT JOIN item i ON i.id=e.item WHERE e.why IS NOT NULL",
     "an erasure looks through all words that somebody typed"},
    {" FROM audit_said WHERE ", "the same"},
    {"SELECT id, text, answer FROM question", "the same"},
    {"FROM question q JOIN item ON item.id=unhex(q.item) WHERE q.learner IS NOT ?1", "the same"},
    {"FROM arrival r WHERE (SELECT s.date FROM session s WHERE s.id=r.session)<?1",
     "what is past its period, for the dry run of the schedule"},
    {"SELECT id FROM question WHERE learner IS NULL AND", "the same"},
    {"SELECT l.id, n.parts, l.dob", "a list of learners is compared with everybody for likely duplicates"},
    {"SELECT DISTINCT learner FROM (SELECT e.learner, e.activity FROM", "who moved up, for a report"},
    {"AND w.activity=d.activity AND w.here+w.late>0", "who went on, for a report"},
    {"AS first_pos, last_value(p.pos) OVER w", "who made progress, for a report"},
    {"FROM school h LEFT JOIN", "lessons owed, a line for every school"},
    {"sum(e.remission=2)", "the yearly return, a line for every school of what is known of all who came"},
};

enum { checked_max = 4096, name_bytes = 64, plan_bytes = 8192 };
static uint64_t checked[checked_max];
static size_t checked_count;

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t word_of(const char *text, char *out) {
  size_t len = 0;
  while (is_word(text[len]) && len < name_bytes - 1) len++;
  (void)snprintf(out, name_bytes, "%.*s", (int)len, text);
  return len;
}

/* The table that a plan calls by its alias: the one that the alias stands behind in the statement. */
static void table_of(const char *sql, const char *alias, char *out) {
  (void)snprintf(out, name_bytes, "%s", alias);
  for (const char *at = sql; *at; at++) {
    char table[name_bytes], next[name_bytes];
    if (at > sql && is_word(at[-1])) continue;
    size_t len = word_of(at, table);
    if (len == 0 || at[len] != ' ') continue;
    const char *behind = at + len + 1;
    if (strncmp(behind, "AS ", 3) == 0) behind += 3;
    (void)word_of(behind, next);
    if (strcmp(next, alias) != 0) continue;
    for (size_t i = 0; i < sizeof grows / sizeof *grows; i++)
      if (strcmp(grows[i], table) == 0) (void)snprintf(out, name_bytes, "%s", table);
  }
}

static bool does_grow(const char *table) {
  for (size_t i = 0; i < sizeof grows / sizeof *grows; i++)
    if (strcmp(grows[i], table) == 0) return true;
  return false;
}

/* An index of a few of a table's rows is as short as they are few. */
static bool is_partial(sqlite3 *raw, const char *detail) {
  const char *at = strstr(detail, "INDEX ");
  char name[name_bytes];
  sqlite3_stmt *s = NULL;
  if (!at) return false;
  (void)word_of(at + 6, name);
  assert_int_equal(sqlite3_prepare_v2(raw,
                                      "SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1 AND sql "
                                      "LIKE '% WHERE %' AND sql NOT LIKE '% IS NOT NULL'",
                                      -1, &s, NULL),
                   SQLITE_OK);
  assert_int_equal(sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT), SQLITE_OK);
  bool partial = sqlite3_step(s) == SQLITE_ROW;
  (void)sqlite3_finalize(s);
  return partial;
}

static bool looks_through(sqlite3 *raw, const char *sql, const char *detail) {
  char alias[name_bytes], table[name_bytes];
  bool scan = strncmp(detail, "SCAN ", 5) == 0;
  bool automatic = strncmp(detail, "SEARCH ", 7) == 0 && strstr(detail, "AUTOMATIC");
  if (!scan && !automatic) return false;
  if (word_of(detail + (scan ? 5 : 7), alias) == 0) return false; /* "(subquery-4)" */
  table_of(sql, alias, table);
  return does_grow(table) && !is_partial(raw, detail);
}

/* The tables that a year fills: nobody looks through them for what came since. */
static const char *const filled[] = {" FROM mark WHERE version", " FROM session WHERE version",
                                     " FROM register WHERE version"};

static bool is_excepted(const char *sql) {
  for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
    if (strstr(sql, filled[i])) return false;
  for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
    if (strstr(sql, exceptions[i].words)) return true;
  return false;
}

static void check_one(sqlite3 *raw, const char *sql, struct buf *found) {
  char explain[16384];
  sqlite3_stmt *s = NULL;
  int len = snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
  assert_true(len > 0 && (size_t)len < sizeof explain);
  if (sqlite3_prepare_v2(raw, explain, -1, &s, NULL) != SQLITE_OK) fail_msg("no plan of: %s", sql);
  while (sqlite3_step(s) == SQLITE_ROW) {
    const char *detail = (const char *)sqlite3_column_text(s, 3);
    if (!detail || !looks_through(raw, sql, detail) || is_excepted(sql)) continue;
    assert_int_equal(buf_printf(found, "\n%s\n  in: %.1200s\n", detail, sql), ERR_OK);
  }
  (void)sqlite3_finalize(s);
}

static bool is_new(const char *sql) {
  uint64_t hash = 14695981039346656037U;
  for (const char *at = sql; *at; at++) hash = (hash ^ (uint8_t)*at) * 1099511628211U;
  for (size_t i = 0; i < checked_count; i++)
    if (checked[i] == hash) return false;
  assert_true(checked_count < checked_max);
  checked[checked_count++] = hash;
  return true;
}

void plans_check(struct store *store) {
  sqlite3 *raw = sqlite_of(store)->db->raw;
  struct buf found = BUF_INIT(1 << 20);
  for (sqlite3_stmt *s = sqlite3_next_stmt(raw, NULL); s; s = sqlite3_next_stmt(raw, s)) {
    const char *sql = sqlite3_sql(s);
    bool reads = sql && (strncmp(sql, "SELECT", 6) == 0 || strncmp(sql, "WITH", 4) == 0);
    if (reads && is_new(sql)) check_one(raw, sql, &found);
  }
  if (found.len) {
    print_error("These look through a table that grows:%.*s", (int)found.len, (const char *)found.ptr);
    buf_finish(&found);
    fail();
  }
  buf_finish(&found);
}
