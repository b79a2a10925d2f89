/* detect_sql.c: which rows may be one, and which marks are of one child at one meeting. */
#include "server/store/sqlite/views.h"

enum { session_candidates_max = 64 };

static err one_bool(struct stmt *s, bool *out) {
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

/* Neither one class already, nor told apart by a person. */
err pair_is_free(struct store *store, const struct table *t, const struct id *a, const struct id *b,
                 const struct id *apart, bool *out) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              t->id == TABLE_learner
                  ? "SELECT 1 WHERE NOT EXISTS(SELECT 1 FROM alias x JOIN alias y ON y.canon=x.canon WHERE "
                    "x.id=?1 AND y.id=?2)"
                    " AND NOT EXISTS(SELECT 1 FROM learner_apart WHERE id=?3 AND apart=1)"
                  : "SELECT 1 WHERE NOT EXISTS(SELECT 1 FROM alias x JOIN alias y ON y.canon=x.canon WHERE "
                    "x.id=?1 AND y.id=?2)"
                    " AND NOT EXISTS(SELECT 1 FROM session_apart WHERE id=?3 AND apart=1)"));
  stmt_id(s, 1, a);
  stmt_id(s, 2, b);
  stmt_id(s, 3, apart);
  return one_bool(s, out);
}

err duplicate_items(struct store *store, const struct id *id, struct arena *a, struct id **out,
                    size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT other FROM item WHERE row=?1 AND kind=2 AND state=1 AND other IS NOT NULL"
              " UNION ALL SELECT row FROM item WHERE other=?1 AND kind=2 AND state=1"));
  stmt_id(s, 1, id);
  return read_ids(s, a, out, count);
}

err duplicate_list(struct store *store, struct arena *a, struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT row FROM item WHERE kind=2 AND state=1 AND other IS NOT NULL"
              " UNION SELECT other FROM item WHERE kind=2 AND state=1 AND other IS NOT NULL ORDER BY 1"));
  return read_ids(s, a, out, count);
}

#define SAME_DAY "o.activity=s.activity AND o.date=s.date AND o.id<>s.id"
#define ADHOC_ONES                                                                                           \
  "SELECT o.id FROM session s CROSS JOIN session o INDEXED BY session_adhoc ON " SAME_DAY                    \
  " AND o.adhoc=1 WHERE s.id=?1"

/* Of the same activity and day, one of the two ad hoc. */
err session_candidates(struct store *store, const struct id *session, bool adhoc, struct arena *a,
                       struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              adhoc ? "SELECT o.id FROM session s JOIN session o ON " SAME_DAY
                      " WHERE s.id=?1 AND s.adhoc=1 UNION " ADHOC_ONES " LIMIT ?2"
                    : ADHOC_ONES " LIMIT ?2"));
  stmt_id(s, 1, session);
  stmt_int(s, 2, session_candidates_max);
  return read_ids(s, a, out, count);
}

/* The first one counts: the canonical child's at the canonical meeting before others. Nothing for an id that
 * is not canonical any more. */
err marks_of_child(struct store *store, const struct id *session, const struct id *learner, bool all,
                   struct arena *a, struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT m.id FROM " VIEW_MARKS_OF(
          VIEW_CLASS_1,
          "m") " WHERE m.learner IN " VIEW_CLASS_2
               " AND (m.code<>6 OR ?3) AND NOT EXISTS(SELECT 1 FROM alias x WHERE x.id IN (?1, ?2) AND "
               "x.canon<>x.id) ORDER BY " VIEW_MARK_ORDER_12));
  stmt_id(s, 1, session);
  stmt_id(s, 2, learner);
  stmt_int(s, 3, all);
  return read_ids(s, a, out, count);
}

/* Pairs of canonical session and learner, one behind the other. */
#define CANON_MARKS        "SELECT " VIEW_CANON_SESSION ", " VIEW_CANON_LEARNER " "
#define MARKS_OF_LEARNER_1 VIEW_MARKS_OF(VIEW_SESSIONS_OF_1, "m")

err two_marks_candidates(struct store *store, const struct id *id, struct arena *a, struct id **out,
                         size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              CANON_MARKS "FROM " MARKS_OF_LEARNER_1 " WHERE m.learner IN " VIEW_CLASS_1 " UNION " CANON_MARKS
                          "FROM " VIEW_MARKS_OF_1
                          " UNION SELECT row, other FROM item WHERE kind=3 AND state=1 AND other IS NOT"
                          " NULL AND (row=?1 OR other=?1)"));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  while (there) {
    struct id *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (!list) {
      stmt_reset(s);
      return ERR_NO_MEMORY;
    }
    *out = list;
    (void)stmt_column_id(s, 0, &list[*count]);
    (void)stmt_column_id(s, 1, &list[*count + 1]);
    *count += 2;
    TRY(stmt_step(s, &there));
  }
  return ERR_OK;
}
