/* retention_sql.c: learners whose latest record is old. It reads every mark once: there is no index by
 * learner, and nobody asks for it more often than once a term. */
#include "server/core/retention.h"
#include "server/store/sqlite/views.h"

/* An instrument that is still with somebody is a record that goes on. */
#define NEVER "2147483647"
static const char expired_sql[] =
    "WITH said(learner, day) AS ("
    "SELECT m.learner, max(s.date) FROM mark m JOIN session s ON s.id=m.session GROUP BY m.learner"
    " UNION ALL SELECT learner, max(date) FROM note GROUP BY learner"
    " UNION ALL SELECT learner, max(date) FROM progress GROUP BY learner"
    " UNION ALL SELECT learner, max(ends) FROM absence_notice GROUP BY learner"
    " UNION ALL SELECT learner, max(ends) FROM enrolment WHERE ends IS NOT NULL GROUP BY learner"
    " UNION ALL SELECT learner, max(coalesce(ends, starts)) FROM mentor GROUP BY learner"
    " UNION ALL SELECT learner, max(coalesce(returned, " NEVER ")) FROM instrument_loan WHERE removed IS NOT "
    "1 GROUP BY learner"
    " UNION ALL SELECT learner, max(date) FROM purchase GROUP BY learner"
    " UNION ALL SELECT learner, max(date) FROM case_study WHERE learner IS NOT NULL GROUP BY learner"
    " UNION ALL SELECT learner, max(date) FROM transition GROUP BY learner"
    " UNION ALL SELECT learner, max(date) FROM destination GROUP BY learner)"
    " SELECT l.id, max(d.day), EXISTS(SELECT 1 FROM hold h WHERE h.learner=l.id AND h.lifted IS NULL) OR "
    "EXISTS(SELECT 1 FROM absence_case c WHERE c.learner=l.id AND c.state=1) FROM learner l JOIN said d ON "
    "d.learner=l.id WHERE NOT EXISTS(SELECT 1 FROM enrolment e WHERE e.learner=l.id AND e.removed IS NOT 1 "
    "AND "
    "(e.ends IS NULL OR e.ends>=?1)) GROUP BY l.id HAVING max(d.day)<?1 ORDER BY l.id";

static err read_expired(struct stmt *s, struct arena *a, void *into) {
  struct view_expired *out = into;
  (void)a;
  *out = (struct view_expired){.last = column_day(s, 1), .held = stmt_column_int(s, 2) != 0};
  (void)stmt_column_id(s, 0, &out->learner);
  return ERR_OK;
}

static err read_all(struct sqlite_store *q, int32_t before, struct arena *a, struct view_expired **out,
                    size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, expired_sql));
  stmt_int(s, 1, before);
  *out = read_list(&e, s, sizeof **out, read_expired, a, count);
  return e;
}

err views_expired(struct store *store, int32_t before, struct arena *a, struct view_expired **out,
                  size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_all(sqlite_of(store), before, a, out, count);
  store->ops->rollback(store);
  return e;
}
