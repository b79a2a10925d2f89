/* views_schools_sql.c: schools as the office sees them. */
#include "server/core/views_schools.h"
#include "server/store/sqlite/views.h"

_Static_assert(ENUM_visit_status_final == 2 && ENUM_visit_status_dropped == 3 &&
                   COL(visit, leadership) - COL(visit, curriculum) + 1 == visit_items,
               "as in SQL");

#define FINISHED "FROM visit v WHERE v.school=s.id AND v.status=2"
#define SCHOOL                                                                                               \
  "SELECT s.id, s.name, s.urn, s.la, s.area, s.phase, (SELECT count(*) FROM activity a WHERE a.school=s.id " \
  "AND (a.ends IS NULL OR a.ends>?1)), (SELECT count(*) " FINISHED "), (SELECT max(v.date) " FINISHED        \
  "), (SELECT v.award " FINISHED                                                                             \
  " AND v.award IS NOT NULL ORDER BY v.date DESC, v.id LIMIT 1) FROM school s "

static err read_school(struct stmt *s, struct arena *a, void *at) {
  struct view_school *out = at;
  *out = (struct view_school){.phase = (uint8_t)stmt_column_int(s, 5),
                              .activities = (uint32_t)stmt_column_int(s, 6),
                              .visits = (uint32_t)stmt_column_int(s, 7),
                              .last_visit = column_day(s, 8),
                              .award = (uint8_t)stmt_column_int(s, 9)};
  (void)stmt_column_id(s, 0, &out->id);
  TRY(column_text(s, 1, a, &out->name));
  TRY(column_text(s, 2, a, &out->urn));
  TRY(column_text(s, 3, a, &out->la));
  return column_text(s, 4, a, &out->area);
}

err views_schools(struct store *store, int32_t today, struct arena *a, struct view_school **out,
                  size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, SCHOOL "ORDER BY s.name, s.id LIMIT ?2"));
  stmt_int(s, 1, today);
  stmt_int(s, 2, schools_listed_max);
  *out = read_list(&e, s, sizeof **out, read_school, a, count);
  return e;
}

static int32_t number_or_none(struct stmt *s, int column) {
  return stmt_column_null(s, column) ? -1 : (int32_t)stmt_column_int(s, column);
}

static err read_contract(struct stmt *s, struct arena *a, void *at) {
  (void)a;
  struct view_contract *out = at;
  *out = (struct view_contract){.starts = column_day(s, 0),
                                .ends = column_day(s, 1),
                                .lessons_a_year = number_or_none(s, 2),
                                .notice_days = number_or_none(s, 3),
                                .version = (uint64_t)stmt_column_int(s, 5)};
  return stmt_column_id(s, 4, &out->id) ? ERR_OK : ERR_CORRUPT;
}

static err read_activity(struct stmt *s, struct arena *a, void *at) {
  struct view_school_activity *out = at;
  *out = (struct view_school_activity){.mode = (uint8_t)stmt_column_int(s, 2),
                                       .learners = (uint32_t)stmt_column_int(s, 3)};
  (void)stmt_column_id(s, 0, &out->id);
  return column_text(s, 1, a, &out->name);
}

static err read_visit(struct stmt *s, struct arena *a, void *at) {
  struct view_visit *out = at;
  *out = (struct view_visit){.date = column_day(s, 2),
                             .proposed = (uint8_t)stmt_column_int(s, 9),
                             .award = (uint8_t)stmt_column_int(s, 10),
                             .status = (uint8_t)stmt_column_int(s, 11)};
  (void)stmt_column_id(s, 0, &out->id);
  for (int i = 0; i < visit_items; i++) out->rag[i] = (uint8_t)stmt_column_int(s, 3 + i);
  TRY(column_text(s, 1, a, &out->staff_name));
  for (int i = 0; i < 3; i++) TRY(column_text(s, 12 + i, a, &out->priorities[i]));
  return column_text(s, 15, a, &out->summary);
}

static err list_of(struct sqlite_store *q, const char *sql, const struct id *school, int32_t today,
                   size_t size, row_reader *one, struct arena *a, void **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, school);
  stmt_int(s, 2, today);
  *out = read_list(&e, s, size, one, a, count);
  return e;
}

static err find_conflicts(struct sqlite_store *q, struct view_school_detail *d) {
  for (size_t i = 0; i < d->visit_count; i++)
    TRY(view_conflict(q, schema_table(TABLE_visit), &d->visits[i].id, &d->visits[i].conflict));
  return ERR_OK;
}

static err read_parts(struct sqlite_store *q, const struct id *school, int32_t today, struct arena *a,
                      struct view_school_detail *out) {
  void *contracts, *activities, *visits;
  TRY(list_of(
      q,
      "SELECT starts, ends, lessons_a_year, notice_days, id, version FROM contract WHERE school=?1 AND ?2>0 "
      "ORDER BY starts DESC, id",
      school, today, sizeof *out->contracts, read_contract, a, &contracts, &out->contract_count));
  TRY(list_of(
      q,
      "SELECT a.id, a.name, a.mode, (SELECT count(*) FROM enrolment e WHERE e.activity=a.id AND e.removed "
      "IS NOT 1 AND e.starts<=?2 AND (e.ends IS NULL OR e.ends>?2)) FROM activity a WHERE a.school=?1 AND "
      "(a.ends IS NULL OR a.ends>?2) ORDER BY a.name, a.id",
      school, today, sizeof *out->activities, read_activity, a, &activities, &out->activity_count));
  TRY(list_of(
      q,
      "SELECT v.id, t.name, v.date, v.curriculum, v.tuition, v.ensembles, v.performing, v.inclusion, "
      "v.leadership, v.proposed, v.award, v.status, v.priority_1, v.priority_2, v.priority_3, v.summary FROM "
      "visit v LEFT JOIN staff t ON t.id=v.staff WHERE v.school=?1 AND v.status IS NOT 3 AND ?2>0 ORDER BY "
      "v.date DESC, v.id",
      school, today, sizeof *out->visits, read_visit, a, &visits, &out->visit_count));
  out->contracts = contracts;
  out->activities = activities;
  out->visits = visits;
  return find_conflicts(q, out);
}

err views_school(struct store *store, const struct id *school, int32_t today, struct arena *a,
                 struct view_school_detail *out) {
  struct sqlite_store *q = sqlite_of(store);
  struct stmt *s;
  *out = (struct view_school_detail){.contract_count = 0};
  TRY(db_stmt(q->db, &s, SCHOOL "WHERE s.id=?2"));
  stmt_int(s, 1, today);
  stmt_id(s, 2, school);
  TRY(stmt_one(s));
  err e = read_school(s, a, &out->summary);
  stmt_reset(s);
  TRY(e);
  return read_parts(q, school, today, a, out);
}

static err read_closure(struct stmt *s, struct arena *a, void *at) {
  struct view_closure *out = at;
  *out = (struct view_closure){
      .starts = column_day(s, 2), .ends = column_day(s, 3), .version = (uint64_t)stmt_column_int(s, 5)};
  (void)stmt_column_id(s, 1, &out->school);
  TRY(column_text(s, 4, a, &out->reason));
  TRY(column_text(s, 6, a, &out->school_name));
  return stmt_column_id(s, 0, &out->id) ? ERR_OK : ERR_CORRUPT;
}

err views_closures(struct store *store, const struct closures_wanted *wanted, struct arena *a,
                   struct view_closure **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT c.id, c.school, c.starts, c.ends, c.reason, c.version, h.name FROM closure c LEFT JOIN "
              "school h ON h.id=c.school WHERE c.removed IS NOT 1 AND (?2=1 OR c.school IS NULL OR "
              "c.school=?1) AND c.starts<=?4 AND c.ends>=?3 ORDER BY c.starts DESC, h.name, c.id LIMIT ?5"));
  stmt_id(s, 1, &wanted->school);
  stmt_int(s, 2, wanted->all);
  stmt_int(s, 3, wanted->from);
  stmt_int(s, 4, wanted->to);
  stmt_int(s, 5, closures_listed_max);
  *out = read_list(&e, s, sizeof **out, read_closure, a, count);
  return e;
}

static err read_term(struct stmt *s, struct arena *a, void *at) {
  struct view_term *out = at;
  *out = (struct view_term){.starts = column_day(s, 2),
                            .ends = column_day(s, 3),
                            .version = (uint64_t)stmt_column_int(s, 4),
                            .surveys = (uint32_t)stmt_column_int(s, 5)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  return column_text(s, 1, a, &out->name);
}

err views_terms(struct store *store, struct arena *a, struct view_term **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT t.id, t.name, t.starts, t.ends, t.version, (SELECT count(*) FROM survey v WHERE v.term=t.id "
      "AND v.removed IS NOT 1) FROM term t WHERE t.removed IS NOT 1 ORDER BY t.starts, t.id LIMIT ?1"));
  stmt_int(s, 1, terms_listed_max);
  *out = read_list(&e, s, sizeof **out, read_term, a, count);
  return e;
}
