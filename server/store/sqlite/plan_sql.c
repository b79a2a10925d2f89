/* plan_sql.c: the entries of the Local Plan's registers, and the lines of its report: both made of plan.def.
 */
#include "server/core/plan.h"
#include "server/store/sqlite/report_lines.h"

/* ?1 and ?2: the first and last day asked for. An end that is not there is not before any day. */
#define IN_DAYS(first, last) "t." #first "<=?2 AND coalesce(t." #last ", ?2)>=?1 AND t.removed IS NOT 1"

/* ---- entries ---- */

/* ?3 and ?4: one partner, one school, or NULL; ?5 and ?6: the day and the id of the entry before, or NULL;
 * ?8: of whose own partners, or NULL.
 * The names are texts already: what is NULL here would be a pointer one macro further. */
#define WHERE_ENTRY(table, first, last, partner, school)                                                     \
  " FROM " table " t WHERE t." first "<=?2 AND coalesce(t." last                                             \
  ", ?2)>=?1 AND t.removed IS NOT 1 AND (?3 IS NULL OR " partner "=?3) AND (?4 IS NULL OR " school           \
  "=?4) AND (?8 IS NULL OR " partner                                                                         \
  " IN (SELECT o.activity FROM person_activity o JOIN partner p ON p.id=o.activity WHERE o.person=?8 AND "   \
  "p.removed IS NOT 1))"
#define AFTER(first)                                                                                         \
  " AND (?5 IS NULL OR t." first "<?5 OR (t." first "=?5 AND t.id>?6)) ORDER BY t." first                    \
  " DESC, t.id LIMIT ?7"
static const struct {
  const char *page, *count;
} entry_sql[PLAN_END] = {
#define KIND(table, function, first, last, partner, school, sees, writes, whose, title, one, says)           \
  {"SELECT t.id" WHERE_ENTRY(#table, #first, #last, #partner, #school) AFTER(#first),                        \
   "SELECT count(*)" WHERE_ENTRY(#table, #first, #last, #partner, #school)},
#include "server/core/plan.def"
};

static void bind_ask(struct stmt *s, const struct plan_ask *ask) {
  stmt_int(s, 1, ask->from);
  stmt_int(s, 2, ask->to);
  stmt_id(s, 3, id_is_zero(&ask->partner) ? NULL : &ask->partner);
  stmt_id(s, 4, id_is_zero(&ask->school) ? NULL : &ask->school);
  stmt_id(s, 8, id_is_zero(&ask->person) ? NULL : &ask->person);
}

static err load_all(struct store *store, const struct table *t, const struct id *ids, size_t count,
                    struct arena *a, struct row **out) {
  *out = arena_take(a, count + 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) TRY(store->ops->load_row(store, t, &ids[i], a, &(*out)[i]));
  return ERR_OK;
}

err plan_entries(struct store *store, const struct plan_ask *ask, struct arena *a, struct row **out,
                 size_t *count) {
  struct stmt *s;
  struct id *ids;
  TRY(db_stmt(sqlite_of(store)->db, &s, entry_sql[ask->kind - plan_kinds].page));
  bind_ask(s, ask);
  if (!id_is_zero(&ask->after)) {
    stmt_int(s, 5, ask->after_day);
    stmt_id(s, 6, &ask->after);
  }
  stmt_int(s, 7, (int64_t)ask->max);
  TRY(read_ids(s, a, &ids, count));
  return load_all(store, schema_table(ask->kind->table), ids, *count, a, out);
}

err plan_count(struct store *store, const struct plan_ask *ask, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, entry_sql[ask->kind - plan_kinds].count));
  bind_ask(s, ask);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

err plan_loans(struct store *store, const struct id *instrument, struct arena *a, struct row **out,
               size_t *count) {
  struct stmt *s;
  struct id *ids;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id FROM instrument_loan WHERE instrument=?1 AND removed IS NOT 1 ORDER BY starts DESC, "
              "id"));
  stmt_id(s, 1, instrument);
  TRY(read_ids(s, a, &ids, count));
  return load_all(store, schema_table(TABLE_instrument_loan), ids, *count, a, out);
}

err plan_instrument_with(struct store *store, struct slice serial, const struct id *beside, struct id *out) {
  struct stmt *s;
  bool there;
  *out = (struct id){{0}};
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id FROM instrument WHERE serial=?1 AND removed IS NOT 1 AND id<>?2 LIMIT 1"));
  stmt_text(s, 1, serial);
  stmt_id(s, 2, beside);
  TRY(stmt_step(s, &there));
  if (there) (void)stmt_column_id(s, 0, out);
  stmt_reset(s);
  return ERR_OK;
}

/* ---- the report ---- */

/* Whoever withdrew in any entry is in no figure of that register. */
#define WITHDREW(table)                                                                                      \
  VIEW_CANON("t.learner")                                                                                    \
  " IN (SELECT " VIEW_CANON("w.learner") " FROM " #table " w WHERE w.removed IS NOT 1 AND w.consent=2)"
_Static_assert(ENUM_consent_withdrawn == 2, "as in SQL");
#define CANON_learner                   VIEW_CANON("t.learner")
#define CANON_school                    "t.school"
#define MEASURE_ENTRIES(table, column)  "count(*)"
#define MEASURE_SUM(table, column)      "coalesce(sum(t." #column "), 0)"
#define MEASURE_DISTINCT(table, column) "count(DISTINCT " CANON_##column ")"
#define MEASURE_WILLING(table, column)  "count(DISTINCT iif(" WITHDREW(table) ", NULL, " CANON_##column "))"
/* ?3: the word that a condition compares with, 0 for none. */
#define COND_ANY                          "?3=0"
#define COND_GIVEN(column)                "?3=0 AND t." #column " IS NOT NULL"
#define COND_IS(column, vocabulary, word) "t." #column "=?3"
static const char *const line_sql[LINE_END] = {
#define LINE(name, table, measure, column, first, last, condition, whose, of, title)                         \
  "SELECT " MEASURE_##measure(table, column) " FROM " #table                                                 \
                                             " t WHERE " IN_DAYS(first, last) " AND " COND_##condition,
#include "server/core/plan.def"
};

static err count_line(struct sqlite_store *q, enum plan_line_id line, const struct report_ask *ask,
                      int64_t *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, line_sql[line]));
  stmt_int(s, 1, ask->year);
  stmt_int(s, 2, report_year_end(ask->year));
  stmt_int(s, 3, plan_lines[line].word);
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

err report_plan_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by, struct arena *a,
                     struct report_line **out, size_t *count) {
  int64_t numbers[LINE_END];
  *out = NULL;
  *count = 0;
  if (by != BY_LINE) return by == BY_SCHOOL ? ERR_OK : ERR_INVALID; /* there is no sum of lines */
  *out = arena_take(a, LINE_END, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < LINE_END; i++) TRY(count_line(q, (enum plan_line_id)i, ask, &numbers[i]));
  for (size_t i = 0; i < LINE_END; i++)
    if (numbers[i] || numbers[plan_lines[i].of])
      (*out)[(*count)++] = (struct report_line){
          .kind = (int32_t)i, .part = numbers[i], .whole = numbers[plan_lines[i].of], .people = 5};
  return ERR_OK;
}
