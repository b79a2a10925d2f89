/* horizon_sql.c: what leaves the streams when a term has turned: meetings by their days, and their rows. */
#include "server/core/horizon.h"

#include "server/store/sqlite/sqlite_store.h"
#include "shared/db/rows.h"

static err read_term(struct stmt *s, struct arena *a, void *into) {
  struct horizon_term *out = into;
  (void)a;
  *out = (struct horizon_term){.starts = column_day(s, 0), .ends = column_day(s, 1)};
  return ERR_OK;
}

static err terms(struct store *store, struct arena *a, struct horizon_term **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s, "SELECT starts, ends FROM term WHERE removed IS NOT 1"));
  *out = read_list(&e, s, sizeof **out, read_term, a, count);
  return e;
}

static err read_place(struct stmt *s, struct arena *a, void *into) {
  struct horizon_place *out = into;
  (void)a;
  out->date = column_day(s, 0);
  return stmt_column_id(s, 1, &out->id) ? ERR_OK : ERR_CORRUPT;
}

/* The index of days ends in the table's key, so either way it leads from one meeting to the next. */
static err meetings(struct store *store, const struct horizon_place *from, int32_t until, bool back,
                    size_t max, struct arena *a, struct horizon_place **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              back ? "SELECT date, id FROM session WHERE (date, id)<=(?1, ?2) AND date>=?3 ORDER BY date "
                     "DESC, id DESC LIMIT ?4"
                   : "SELECT date, id FROM session WHERE (date, id)>(?1, ?2) AND date<?3 ORDER BY date, id "
                     "LIMIT ?4"));
  stmt_int(s, 1, from->date);
  stmt_id(s, 2, &from->id);
  stmt_int(s, 3, until);
  stmt_int(s, 4, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_place, a, count);
  return e;
}

static const char *rows_of_sql(uint8_t table) {
  switch (table) {
  case TABLE_register: return "SELECT id FROM register WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1");
  case TABLE_mark: return "SELECT id FROM mark WHERE " ROWS_BY_FIRST_KEY("id", "session", "?1");
  case TABLE_arrival: return "SELECT id FROM arrival WHERE session=?1";
  default: return "SELECT id FROM absence_call WHERE session=?1";
  }
}

static err meeting_rows(struct store *store, uint8_t table, const struct id *session, struct arena *a,
                        struct id **out, size_t *count) {
  struct stmt *s;
  TRY(db_stmt(sqlite_of(store)->db, &s, rows_of_sql(table)));
  stmt_id(s, 1, session);
  return read_ids(s, a, out, count);
}

const struct horizon_ops horizon_ops = {terms, meetings, meeting_rows};
