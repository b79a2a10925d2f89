/* absence_sql.c: SQL of contacts and of calls. */
#include "client/core/absence_sql.h"

static const char contacts_sql[] =
    "SELECT id, name, relation, phone, do_not_contact, may_not_collect FROM contact WHERE learner = ?1 AND "
    "removed IS NOT 1 ORDER BY coalesce(priority, 99), name, id LIMIT ?2";
/* The latest ones, in the order in which they were made. */
static const char calls_sql[] =
    "SELECT * FROM (SELECT c.contact, c.staff, k.name, c.said, c.outcome, c.at FROM absence_call c LEFT JOIN "
    "contact k ON k.id = c.contact WHERE c.session = ?1 AND c.learner = ?2 ORDER BY c.at DESC, c.id LIMIT "
    "?3) "
    "ORDER BY 6";

static err text_at(struct stmt *q, int column, struct arena *a, struct slice *out) {
  *out = arena_copy(a, stmt_column_text(q, column));
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err read_contact(struct stmt *q, struct arena *a, struct contact_info *out) {
  *out = (struct contact_info){.do_not_contact = stmt_column_int(q, 4) != 0,
                               .may_not_collect = stmt_column_int(q, 5) != 0};
  (void)stmt_column_id(q, 0, &out->id);
  TRY(text_at(q, 1, a, &out->name));
  TRY(text_at(q, 2, a, &out->relation));
  return text_at(q, 3, a, &out->phone);
}

err absence_contacts(struct store *s, const struct id *learner, struct arena *a,
                     struct contact_info out[ladder_max], size_t *count_out) {
  struct stmt *q = NULL;
  bool row = false;
  *count_out = 0;
  TRY(db_stmt(s->db, &q, contacts_sql));
  stmt_id(q, 1, learner);
  stmt_int(q, 2, ladder_max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    err e = read_contact(q, a, &out[*count_out]);
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    *count_out += 1;
  }
}

static err read_call(struct stmt *q, struct arena *a, struct call_info *out) {
  *out = (struct call_info){.outcome = stmt_column_int(q, 4), .at = stmt_column_int(q, 5)};
  (void)stmt_column_id(q, 0, &out->contact);
  (void)stmt_column_id(q, 1, &out->staff);
  TRY(text_at(q, 2, a, &out->contact_name));
  return text_at(q, 3, a, &out->said);
}

err absence_calls(struct store *s, const struct id *session, const struct id *learner, struct arena *a,
                  struct call_info out[ladder_max], size_t *count_out) {
  struct stmt *q = NULL;
  bool row = false;
  *count_out = 0;
  TRY(db_stmt(s->db, &q, calls_sql));
  stmt_id(q, 1, session);
  stmt_id(q, 2, learner);
  stmt_int(q, 3, ladder_max);
  for (;;) {
    TRY(stmt_step(q, &row));
    if (!row) return ERR_OK;
    err e = read_call(q, a, &out[*count_out]);
    if (e != ERR_OK) {
      stmt_reset(q);
      return e;
    }
    *count_out += 1;
  }
}
