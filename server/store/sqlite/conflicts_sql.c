/* conflicts_sql.c: units in conflict, and the work items that stand for them. Two people who marked a whole
 * register otherwise bring a run of them, all new: such a run is written by the dozen, for starting a
 * statement costs as much as a row. */
#include "server/store/sqlite/sqlite_store.h"

static err save_one(struct sqlite_store *q, const struct write_conflict *c, int64_t now_ms) {
  struct stmt *s;
  if (c->kind == 0) {
    TRY(db_stmt(q->db, &s, "DELETE FROM conflict WHERE row=?1 AND tbl=?2 AND unit=?3"));
  } else {
    TRY(db_stmt(q->db, &s,
                "INSERT INTO conflict(row, tbl, unit, kind, opened) VALUES(?1, ?2, ?3, ?4, ?5)"
                " ON CONFLICT(row, tbl, unit) DO UPDATE SET kind=excluded.kind"));
    stmt_int(s, 4, c->kind);
    stmt_int(s, 5, now_ms);
  }
  stmt_id(s, 1, &c->row);
  stmt_int(s, 2, c->table->id);
  stmt_int(s, 3, c->unit);
  TRY(stmt_run(s));
  return work_item_note_conflict(q, c, now_ms);
}

/* ---- runs ---- */

/* What FAIL leaves behind is rolled back by whoever fails here. */
#define ROWS_6(row)          row ", " row ", " row ", " row ", " row ", " row
#define INSERT_12(into, row) "INSERT OR FAIL INTO " into " VALUES " ROWS_6(row) ", " ROWS_6(row)
enum { at_once = 12, run_min = at_once };

static err put_conflicts(struct sqlite_store *q, const struct write_conflict *list, int64_t now_ms) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, INSERT_12("conflict(row, tbl, unit, kind, opened)", "(?, ?, ?, ?, ?)")));
  for (int i = 0, at = 1; i < at_once; i++) {
    stmt_id(s, at++, &list[i].row);
    stmt_int(s, at++, list[i].table->id);
    stmt_int(s, at++, list[i].unit);
    stmt_int(s, at++, list[i].kind);
    stmt_int(s, at++, now_ms);
  }
  return stmt_run(s);
}

_Static_assert(ITEM_CONFLICT == 1 && ITEM_OPEN == 1 && EVENT_OPENED == 1, "as in SQL");

static err put_items(struct sqlite_store *q, const struct write_conflict *list) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      INSERT_12("item(id, kind, conflict, tbl, row, unit, other, state)", "(?, 1, ?, ?, ?, ?, NULL, 1)")));
  for (int i = 0, at = 1; i < at_once; i++) {
    stmt_id(s, at++, &list[i].item);
    stmt_int(s, at++, list[i].kind);
    stmt_int(s, at++, list[i].table->id);
    stmt_id(s, at++, &list[i].row);
    stmt_int(s, at++, list[i].unit);
  }
  return stmt_run(s);
}

static err put_events(struct sqlite_store *q, const struct write_conflict *list, int64_t now_ms) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s,
              INSERT_12("item_event(item, no, event, at, device, incarnation, counter, why)",
                        "(?, 1, 1, ?, ?, ?, ?, '')")));
  for (int i = 0, at = 1; i < at_once; i++) {
    stmt_id(s, at++, &list[i].item);
    stmt_int(s, at++, now_ms);
    stmt_id(s, at++, &list[i].op.device);
    stmt_int(s, at++, list[i].op.incarnation);
    stmt_int(s, at++, (int64_t)list[i].op.counter);
  }
  return stmt_run(s);
}

static bool is_near(const struct id *a, const struct id *b) {
  return slice_equal(slice_of(a->b, row_id_near_bytes), slice_of(b->b, row_id_near_bytes));
}

/* Items about neighbours are neighbours (see work_item_id), so one look tells of a whole register. */
static err any_near(struct sqlite_store *q, const struct id *row, bool *out) {
  struct stmt *s;
  struct id lowest = {{0}}, highest;
  for (size_t i = 0; i < id_bytes; i++) highest.b[i] = i < row_id_near_bytes ? row->b[i] : 0xff;
  bytes_copy(lowest.b, row->b, row_id_near_bytes);
  TRY(db_stmt(q->db, &s, "SELECT 1 FROM item WHERE id BETWEEN ?1 AND ?2 LIMIT 1"));
  stmt_id(s, 1, &lowest);
  stmt_id(s, 2, &highest);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

static size_t run_of(const struct write_conflict *list, size_t count) {
  size_t n = 0;
  while (n < count && list[n].kind && list[n].op.counter && is_near(&list[n].row, &list[0].row)) n++;
  return n;
}

err conflicts_save(struct sqlite_store *q, const struct write_conflict *list, size_t count, int64_t now_ms) {
  for (size_t done = 0; done < count;) {
    size_t n = run_of(list + done, count - done), end = done + (n ? n : 1);
    bool some = true;
    if (n >= run_min) TRY(any_near(q, &list[done].row, &some));
    for (; !some && done + at_once <= end; done += at_once) {
      TRY(put_conflicts(q, list + done, now_ms));
      TRY(put_items(q, list + done));
      TRY(put_events(q, list + done, now_ms));
    }
    for (; done < end; done++) TRY(save_one(q, &list[done], now_ms));
  }
  return ERR_OK;
}
