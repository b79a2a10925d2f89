/* items_sql.c: work items and their lives. An item's row says how it stands, its events how it came about. */
#include "server/store/sqlite/views.h"

/* Numbers that stand in statements. */
_Static_assert(CONFLICT_AWAY == 6 && ITEM_OPEN == 1 && ITEM_DUPLICATE == 2 && ITEM_TWO_MARKS == 3,
               "as in SQL");

#define EVENT_SQL(no)                                                                                        \
  "INSERT INTO item_event(item, no, event, at, who, device, incarnation, counter, why) VALUES(?1, " no       \
  ", ?2, ?3, ?4, ?5, ?6, ?7, ?8)"

static err put_event(struct sqlite_store *q, const char *sql, const struct id *id,
                     const struct store_item_event *e) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, id);
  stmt_int(s, 2, (int64_t)e->kind);
  stmt_int(s, 3, e->at_ms);
  if (!id_is_zero(&e->who)) stmt_id(s, 4, &e->who);
  if (e->op.counter) {
    stmt_id(s, 5, &e->op.device);
    stmt_int(s, 6, e->op.incarnation);
    stmt_int(s, 7, (int64_t)e->op.counter);
  }
  stmt_text(s, 8, e->why);
  return stmt_run(s);
}

static err add_event(struct sqlite_store *q, const struct id *id, const struct store_item_event *e) {
  return put_event(q, EVENT_SQL("(SELECT coalesce(max(no), 0)+1 FROM item_event WHERE item=?1)"), id, e);
}

/* Of an item that was not there before. */
static err add_first_event(struct sqlite_store *q, const struct id *id, const struct store_item_event *e) {
  return put_event(q, EVENT_SQL("1"), id, e);
}

/* *out: 0 when there is no such item yet. */
static err state_of(struct sqlite_store *q, const struct id *id, int64_t *out) {
  struct stmt *s;
  bool there;
  *out = 0;
  TRY(db_stmt(q->db, &s, "SELECT state FROM item WHERE id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  if (there) *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

static err set_state(struct sqlite_store *q, const struct id *id, enum item_state state) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "UPDATE item SET state=?2 WHERE id=?1"));
  stmt_id(s, 1, id);
  stmt_int(s, 2, (int64_t)state);
  return stmt_run(s);
}

static err put_new(struct sqlite_store *q, const struct store_item *i, bool *new_out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "INSERT OR IGNORE INTO item(id, kind, conflict, tbl, row, unit, other, state) VALUES(?1, ?2, ?3, "
      "?4, ?5, ?6, ?7, 1)"));
  stmt_id(s, 1, &i->id);
  stmt_int(s, 2, (int64_t)i->kind);
  stmt_int(s, 3, i->conflict);
  stmt_int(s, 4, i->table->id);
  stmt_id(s, 5, &i->row);
  stmt_int(s, 6, i->unit);
  if (!id_is_zero(&i->other)) stmt_id(s, 7, &i->other);
  TRY(stmt_run(s));
  *new_out = db_changes(q->db) > 0;
  return ERR_OK;
}

static err open_again(struct sqlite_store *q, const struct store_item *i) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "UPDATE item SET conflict=?2, state=1 WHERE id=?1"));
  stmt_id(s, 1, &i->id);
  stmt_int(s, 2, i->conflict);
  return stmt_run(s);
}

/* Most are opened for the first time: one look tells. */
err work_item_set(struct store *store, const struct store_item *matter, bool open, const struct op_id *op,
                  int64_t now_ms) {
  struct sqlite_store *q = sqlite_of(store);
  struct store_item_event event = {.kind = open ? EVENT_OPENED : EVENT_SETTLED, .at_ms = now_ms};
  bool new = false;
  int64_t state;
  if (op) event.op = *op;
  if (open) TRY(put_new(q, matter, &new));
  if (new) return add_first_event(q, &matter->id, &event);
  TRY(state_of(q, &matter->id, &state));
  if (open) TRY(open_again(q, matter));
  bool was_open = state == ITEM_OPEN;
  if (open == was_open) return ERR_OK; /* open for another reason than before, or closed all along */
  if (!open) TRY(set_state(q, &matter->id, ITEM_SETTLED));
  return add_event(q, &matter->id, &event);
}

err work_item_note_conflict(struct sqlite_store *q, const struct write_conflict *c, int64_t now_ms) {
  const struct store_item matter = {.id = c->item,
                                    .kind = ITEM_CONFLICT,
                                    .conflict = c->kind,
                                    .table = c->table,
                                    .row = c->row,
                                    .unit = c->unit};
  return work_item_set(&q->base, &matter, c->kind != 0, &c->op, now_ms);
}

/* ---- reading ---- */

static err read_item(struct stmt *s, struct store_item *out) {
  *out = (struct store_item){.kind = (enum work_item_kind)stmt_column_int(s, 1),
                             .conflict = (uint8_t)stmt_column_int(s, 2),
                             .table = schema_table((uint8_t)stmt_column_int(s, 3)),
                             .unit = (uint8_t)stmt_column_int(s, 5),
                             .state = (enum item_state)stmt_column_int(s, 7),
                             .decision = (uint64_t)stmt_column_int(s, 8),
                             .ops = (uint64_t)stmt_column_int(s, 9),
                             .opened_ms = stmt_column_int(s, 10)};
  (void)stmt_column_id(s, 0, &out->id);
  (void)stmt_column_id(s, 4, &out->row);
  (void)stmt_column_id(s, 6, &out->other);
  return out->table && out->unit < out->table->unit_count ? ERR_OK : ERR_CORRUPT;
}

err work_item_load(struct store *store, const struct id *id, struct arena *a, struct store_item *out) {
  struct stmt *s;
  (void)a;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id, kind, conflict, tbl, row, unit, other, state, decision, ops,"
              " (SELECT max(at) FROM item_event WHERE item=id AND event=1) FROM item WHERE id=?1"));
  stmt_id(s, 1, id);
  TRY(stmt_one(s));
  err e = read_item(s, out);
  stmt_reset(s);
  return e;
}

err work_item_list(struct store *store, size_t max, struct arena *a, struct store_item **out, size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT id, kind, conflict, tbl, row, unit, other, state, decision, ops,"
              " (SELECT max(at) FROM item_event WHERE item=id AND event=1) AS opened"
              " FROM item WHERE state=1 AND (conflict<>6 OR NOT EXISTS " VIEW_EXPLAINED_ITEM
              ") ORDER BY opened, id LIMIT ?1"));
  stmt_int(s, 1, (int64_t)max);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    struct store_item *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (list) *out = list;
    e = list ? read_item(s, &list[(*count)++]) : ERR_NO_MEMORY;
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err read_event(struct stmt *s, struct arena *a, struct store_item_event *out) {
  *out = (struct store_item_event){
      .kind = (enum item_event_kind)stmt_column_int(s, 0),
      .at_ms = stmt_column_int(s, 1),
      .op = {.incarnation = (uint32_t)stmt_column_int(s, 4), .counter = (uint64_t)stmt_column_int(s, 5)}};
  (void)stmt_column_id(s, 2, &out->who);
  (void)stmt_column_id(s, 3, &out->op.device);
  return column_text(s, 6, a, &out->why);
}

err work_item_events(struct store *store, const struct id *id, struct arena *a, struct store_item_event **out,
                     size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  *out = NULL;
  *count = 0;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT event, at, who, device, incarnation, counter, why FROM item_event WHERE item=?1 ORDER BY "
      "no"));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    struct store_item_event *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (list) *out = list;
    e = list ? read_event(s, a, &list[(*count)++]) : ERR_NO_MEMORY;
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* ---- writing ---- */

static err was_shown(struct sqlite_store *q, const struct id *id, bool *out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT 1 FROM item_event WHERE item=?1 AND event=2 AND no>(SELECT max(no) FROM item_event WHERE "
      "item=?1 AND event IN (1, 4))"));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

static err keep_decision(struct sqlite_store *q, const struct id *id, const struct store_item_event *e) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "UPDATE item SET decision=?2, ops=?3 WHERE id=?1"));
  stmt_id(s, 1, id);
  stmt_int(s, 2, (int64_t)e->op.counter);
  stmt_int(s, 3, (int64_t)e->ops);
  return stmt_run(s);
}

err work_item_note(struct store *store, const struct id *id, const struct store_item_event *event) {
  struct sqlite_store *q = sqlite_of(store);
  bool shown = false;
  switch (event->kind) {
  case EVENT_SHOWN:
    TRY(was_shown(q, id, &shown));
    if (shown) return ERR_OK;
    break;
  case EVENT_DECIDED:
    TRY(set_state(q, id, ITEM_DECIDED));
    TRY(keep_decision(q, id, event));
    break;
  case EVENT_SETTLED: TRY(set_state(q, id, ITEM_SETTLED)); break;
  case EVENT_OPENED:
  case EVENT_UNDONE: TRY(set_state(q, id, ITEM_OPEN)); break;
  }
  return add_event(q, id, event);
}
