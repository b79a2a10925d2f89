/* tally_owed_sql.c: lessons owed of one activity, for each period that can be asked for: a school year or a
 * term. Of an enrolment never less than none is owed over a period, so what the terms say does not add up to
 * the year, and each is added up for itself. */
#include "server/core/owed.h"
#include "server/store/sqlite/report_lines.h"
#include "server/store/sqlite/tally.h"

static const char forget_sql[] = "DELETE FROM tally_owed WHERE activity=?1";
static const char add_sql[] =
    "INSERT OR REPLACE INTO tally_owed(starts, ends, activity, kind, school, due, taught, makeup, waiting, "
    "cause0, "
    "cause1, cause2, cause3, cause4, cause5, charged, owed, disputed) SELECT ?2, ?3, ?1, ?4, ?5, sum(due), "
    "sum(taught), sum(makeup), sum(waiting), sum(cause0), sum(cause1), sum(cause2), sum(cause3), "
    "sum(cause4), sum(cause5), sum(charged), sum(owed), sum(disputed) FROM (SELECT " OWED_OF_ENROLMENT
    " FROM tally_learner WHERE activity=?1 AND span>=?2 AND span<=?3 AND due+taught+charged+disputed>0 GROUP "
    "BY learner) HAVING count(*)>0";
_Static_assert(owed_causes == 6, "as in SQL");

err tally_owed_forget(struct sqlite_store *q, const struct id *activity) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, forget_sql));
  stmt_id(s, 1, activity);
  return stmt_run(s);
}

static err add(struct sqlite_store *q, const struct tally_place *place, int32_t starts, int32_t ends) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, add_sql));
  stmt_id(s, 1, &place->activity);
  stmt_int(s, 2, starts);
  stmt_int(s, 3, ends);
  stmt_int(s, 4, place->kind);
  stmt_id(s, 5, &place->school);
  return stmt_run(s);
}

err tally_owed_add(struct sqlite_store *q, const struct tally_place *place, const struct tally_term *terms,
                   size_t count) {
  for (int year = report_school_year(place->first); year <= report_school_year(place->last); year++) {
    int32_t starts = date_to_days((struct date){(int16_t)year, 9, 1});
    TRY(add(q, place, starts, report_year_end(starts)));
  }
  for (size_t i = 0; i < count; i++)
    if (terms[i].starts <= place->last && terms[i].ends >= place->first)
      TRY(add(q, place, terms[i].starts, terms[i].ends));
  return ERR_OK;
}
