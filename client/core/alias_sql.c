/* alias_sql.c: pointers from one row to the one that stands for it, followed to their end. */
#include "client/core/alias.h"

static const char any_sql[] = "SELECT EXISTS(SELECT 1 FROM learner WHERE merged_into IS NOT NULL) OR "
                              "EXISTS(SELECT 1 FROM session WHERE same_as IS NOT NULL)";
static const char learner_sql[] = "SELECT merged_into FROM learner WHERE id = ?1";
static const char session_sql[] = "SELECT same_as FROM session WHERE id = ?1";
static const char learners_sql[] = "SELECT id FROM learner WHERE merged_into IS NOT NULL ORDER BY id";
static const char sessions_sql[] = "SELECT id FROM session WHERE same_as IS NOT NULL ORDER BY id";

err alias_any(struct store *s, bool *out) {
  struct stmt *q = NULL;
  TRY(db_stmt(s->db, &q, any_sql));
  TRY(stmt_one(q));
  *out = stmt_column_int(q, 0) != 0;
  stmt_reset(q);
  return ERR_OK;
}

static err pointer(struct store *s, const char *sql, const struct id *id, struct id *out, bool *there) {
  struct stmt *q = NULL;
  bool row = false;
  *there = false;
  TRY(db_stmt(s->db, &q, sql));
  stmt_id(q, 1, id);
  TRY(stmt_step(q, &row));
  if (row) *there = stmt_column_id(q, 0, out) && !id_equal(out, id);
  stmt_reset(q);
  return ERR_OK;
}

/* The end of the way; in a circle its lowest id. */
static err follow(struct store *s, const char *sql, const struct id *id, struct id *out) {
  struct id way[alias_members_max];
  size_t count = 0, again = alias_members_max;
  bool goes_on = true;
  *out = *id;
  while (goes_on && again == alias_members_max && count < alias_members_max) {
    struct id next;
    way[count++] = *out;
    TRY(pointer(s, sql, out, &next, &goes_on));
    for (size_t i = 0; goes_on && i < count; i += 1) {
      if (id_equal(&way[i], &next)) again = i;
    }
    if (goes_on) *out = next;
  }
  for (size_t i = again; i < count; i += 1) {
    if (id_compare(&way[i], out) < 0) *out = way[i];
  }
  return ERR_OK;
}

err alias_learner(struct store *s, const struct id *id, struct id *out) {
  return follow(s, learner_sql, id, out);
}

err alias_session(struct store *s, const struct id *id, struct id *out) {
  return follow(s, session_sql, id, out);
}

static err read_pointing(struct store *s, const char *sql, struct id *out, size_t max, size_t *count) {
  struct stmt *q = NULL;
  bool row = false;
  *count = 0;
  TRY(db_stmt(s->db, &q, sql));
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    if (*count == max) continue;
    (void)stmt_column_id(q, 0, &out[*count]);
    *count += 1;
  }
}

static err members(struct store *s, const char *list_sql, const char *pointer_sql, const struct id *id,
                   struct arena *a, struct id **out, size_t *count) {
  enum { pointing_max = 1024 };
  size_t pointing = 0;
  struct id *list = arena_take(a, (size_t)pointing_max + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  TRY(read_pointing(s, list_sql, list + 1, pointing_max, &pointing));
  list[0] = *id;
  *count = 1;
  for (size_t i = 1; i <= pointing; i += 1) {
    struct id to;
    TRY(follow(s, pointer_sql, &list[i], &to));
    if (!id_equal(&to, id) || id_equal(&list[i], id)) continue;
    list[*count] = list[i];
    *count += 1;
  }
  *out = list;
  return ERR_OK;
}

err alias_learners_of(struct store *s, const struct id *id, struct arena *a, struct id **out, size_t *count) {
  return members(s, learners_sql, learner_sql, id, a, out, count);
}

err alias_sessions_of(struct store *s, const struct id *id, struct arena *a, struct id **out, size_t *count) {
  return members(s, sessions_sql, session_sql, id, a, out, count);
}

int alias_compare_marks(const struct id *learner, const struct id *session, const struct id a[2],
                        const struct id b[2]) {
  bool a_child = id_equal(&a[0], learner), b_child = id_equal(&b[0], learner);
  bool a_meeting = id_equal(&a[1], session), b_meeting = id_equal(&b[1], session);
  if (a_child != b_child) return a_child ? -1 : 1;
  if (a_meeting != b_meeting) return a_meeting ? -1 : 1;
  int order = id_compare(&a[0], &b[0]);
  return order ? order : id_compare(&a[1], &b[1]);
}
