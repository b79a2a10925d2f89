/* views_who_sql.c: who wrote a value, on which device, and when it came; and small things that views share.
 */
#include "server/store/sqlite/views.h"

err view_texts(struct stmt *s, struct arena *a, size_t max, struct slice **out, size_t *count) {
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(stmt_step(s, &there));
  while (there && *count < max) {
    struct slice *list = arena_room(a, *out, &cap, *count, sizeof *list);
    err e = list ? column_text(s, 0, a, &list[*count]) : ERR_NO_MEMORY;
    if (e != ERR_OK) {
      stmt_reset(s);
      return e;
    }
    *out = list;
    (*count)++;
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}

static err name_by_id(struct stmt *s, const struct id *id, struct arena *a, struct slice *out) {
  bool there;
  *out = (struct slice){NULL, 0};
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  err e = column_text(s, 0, a, out);
  stmt_reset(s);
  return e;
}

err view_author(struct sqlite_store *q, const struct id *author, struct arena *a, struct slice *out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT name FROM staff WHERE id=?1 UNION ALL SELECT 'The hub itself' FROM hub WHERE id=?1 UNION ALL "
      "SELECT name FROM person WHERE id=?1 UNION ALL SELECT name FROM api_key WHERE id=?1"));
  return name_by_id(s, author, a, out);
}

err view_device_name(struct sqlite_store *q, const struct id *device, struct arena *a, struct slice *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT name FROM device WHERE id=?1 UNION ALL SELECT 'Office' FROM hub WHERE id=?1 UNION ALL "
              "SELECT name FROM device_key"
              " WHERE device=?1"));
  return name_by_id(s, device, a, out);
}

err view_received(struct sqlite_store *q, const struct head *h, int64_t *out) {
  TRY(history_received(q, &h->op, out));
  if (*out == 0) *out = (int64_t)h->stamp;
  return ERR_OK;
}

const struct head *view_head(const struct row *row, uint8_t unit) {
  return row->units[unit].count ? &row->units[unit].heads[merge_in_use(row, unit)] : NULL;
}

int32_t value_minute(const struct value *v) { return v->kind == VALUE_INT ? (int32_t)v->i : -1; }

struct slice value_words(const struct value *v) {
  return v->kind == VALUE_TEXT ? v->text : (struct slice){NULL, 0};
}

err view_conflict(struct sqlite_store *q, const struct table *t, const struct id *row, bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              "SELECT 1 FROM conflict WHERE row=?1 AND tbl=?2 AND " VIEW_OPEN_CONFLICT " LIMIT 1"));
  stmt_id(s, 1, row);
  stmt_int(s, 2, t->id);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

err view_explained(struct sqlite_store *q, const struct id *mark, uint8_t *code, struct id *out) {
  struct stmt *s;
  bool there;
  *out = (struct id){{0}};
  if (*code != ENUM_mark_code_AU && *code != ENUM_mark_code_AN) return ERR_OK;
  TRY(db_stmt(q->db, &s, "SELECT min(id) FROM " VIEW_EXPLAINED_1));
  stmt_id(s, 1, mark);
  TRY(stmt_step(s, &there));
  if (there && stmt_column_id(s, 0, out)) *code = ENUM_mark_code_AN;
  stmt_reset(s);
  return ERR_OK;
}

static err has_two_marks(struct sqlite_store *q, const struct id *session, const struct id *learner,
                         bool *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM item WHERE row=?1 AND other=?2 AND kind=3 AND state=1"));
  stmt_id(s, 1, session);
  stmt_id(s, 2, learner);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

err view_child_marks(struct sqlite_store *q, const struct id *session, const struct id *learner,
                     struct arena *a, struct id **out, size_t *count, bool *conflict) {
  struct stmt *s;
  const struct table *t = schema_table(TABLE_mark);
  TRY(db_stmt(q->db, &s,
              "SELECT m.id FROM " VIEW_MARKS_OF_1 " WHERE m.learner IN " VIEW_CLASS_2
              " ORDER BY m.code IS 6, " VIEW_MARK_ORDER_12));
  stmt_id(s, 1, session);
  stmt_id(s, 2, learner);
  TRY(read_ids(s, a, out, count));
  TRY(has_two_marks(q, session, learner, conflict));
  for (size_t i = 0; i < *count && !*conflict; i++) TRY(view_conflict(q, t, &(*out)[i], conflict));
  return ERR_OK;
}

err views_author_name(struct store *store, const struct id *author, struct arena *a, struct slice *out) {
  return view_author(sqlite_of(store), author, a, out);
}

err views_device_name(struct store *store, const struct id *device, struct arena *a, struct slice *out) {
  return view_device_name(sqlite_of(store), device, a, out);
}
