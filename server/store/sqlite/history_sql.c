/* history_sql.c: every accepted op, in chunks as they came. Nothing finds an op by its row: its row's heads
 * name the latest ops, each op names those it replaced, and so from head to head the history is reached. That
 * saves an entry in a tree, which costs more than the op itself. The few ops that no head leads to, because
 * they gave way to one that did not name them, stand in `loose`. */
#include <stdlib.h>

#include "server/store/sqlite/history_chunk.h"

enum { history_rows_max = 4096 };

/* ---- writing ---- */

/* Ops whose counters follow each other without a gap. */
struct chunk {
  int64_t chain;
  const struct write_history *first, *last;
  size_t count;
  uint64_t stamp;
};

err history_origin(struct sqlite_store *q, const struct write_history *h, uint32_t *no_out) {
  struct origin origin = {.device = h->op.device, .incarnation = h->op.incarnation, .author = h->author};
  struct origin_book *book;
  TRY(rows_origins(q->rows, &book));
  return origin_book_intern(book, &origin, no_out);
}

static err name_bases(struct sqlite_store *q, const struct write_history *h, struct chunk_base *out,
                      size_t *count) {
  *count = 0;
  for (size_t i = 0; i < h->base_count; i++) {
    const struct op_id *op = &h->bases[i].op;
    struct chunk_base base = {.counter = op->counter, .units = (uint32_t)1 << h->bases[i].unit};
    TRY(chain_number(q, &op->device, op->incarnation, &base.chain));
    size_t same = 0; /* for another unit */
    while (same < *count && !(out[same].counter == base.counter && out[same].chain == base.chain)) same++;
    if (same < *count)
      out[same].units |= base.units;
    else
      out[(*count)++] = base;
  }
  return ERR_OK;
}

static err put_op(struct sqlite_store *q, struct chunk *c, const struct write_history *h) {
  struct chunk_base bases[op_bases_max * op_units_max];
  uint32_t origin;
  struct chunk_op op = {.table = h->table,
                        .row = h->row,
                        .units = h->units,
                        .flags = h->flags,
                        .stamp = h->stamp,
                        .bases = bases};
  if (h->base_count > sizeof bases / sizeof *bases) return ERR_TOO_BIG;
  TRY(history_origin(q, h, &origin));
  op.origin = origin;
  TRY(name_bases(q, h, bases, &op.base_count));
  buf_clear(&q->folded);
  TRY(history_values_encode(&q->folded, h->table, h->units, h->values));
  op.values = buf_slice(&q->folded);
  return chunk_put(&q->blob, &op, &c->stamp);
}

static err save_chunk(struct sqlite_store *q, const struct chunk *c) {
  struct stmt *s;
  if (c->count == 0) return ERR_OK;
  TRY(db_stmt(q->db, &s, "INSERT INTO history(chain, first, last, bundle, ops) VALUES(?1, ?2, ?3, ?4, ?5)"));
  stmt_int(s, 1, c->chain);
  stmt_int(s, 2, (int64_t)c->first->op.counter);
  stmt_int(s, 3, (int64_t)c->last->op.counter);
  stmt_int(s, 4, (int64_t)c->first->bundle);
  stmt_blob(s, 5, buf_slice(&q->blob));
  return stmt_run(s);
}

static bool continues(const struct sqlite_store *q, const struct chunk *c, const struct write_history *h) {
  if (c->count == 0 || c->count == chunk_ops_max || q->blob.len > chunk_bytes_max) return false;
  const struct op_id *last = &c->last->op;
  return c->last->bundle == h->bundle && last->counter + 1 == h->op.counter &&
         last->incarnation == h->op.incarnation && id_equal(&last->device, &h->op.device);
}

err history_add(struct sqlite_store *q, const struct write_history *list, size_t count) {
  struct chunk c = {.count = 0};
  for (size_t i = 0; i < count; i++) {
    const struct write_history *h = &list[i];
    if (!continues(q, &c, h)) {
      TRY(save_chunk(q, &c));
      buf_clear(&q->blob);
      c = (struct chunk){.first = h};
      TRY(chain_number(q, &h->op.device, h->op.incarnation, &c.chain));
    }
    TRY(put_op(q, &c, h));
    c.last = h;
    c.count++;
  }
  return save_chunk(q, &c);
}

err history_loose_add(struct sqlite_store *q, const struct write_loose *l) {
  struct stmt *s;
  int64_t chain;
  TRY(chain_number(q, &l->op.device, l->op.incarnation, &chain));
  TRY(db_stmt(q->db, &s, "INSERT OR IGNORE INTO loose(row, tbl, chain, counter) VALUES(?1, ?2, ?3, ?4)"));
  stmt_id(s, 1, &l->row);
  stmt_int(s, 2, l->table->id);
  stmt_int(s, 3, chain);
  stmt_int(s, 4, (int64_t)l->op.counter);
  return stmt_run(s);
}

/* ---- reading ---- */

/* From the heads on: ops to look at, each once, and those that were found. */
struct walk {
  struct sqlite_store *q;
  struct arena *arena;
  const struct table *table;
  struct id row;
  struct chunk_base *ops;
  size_t op_count, op_cap;
  bool only_ops; /* nobody asks what they said, and all of them are asked for */
  struct store_history *found;
  size_t found_count, found_cap;
};

static err visit(struct walk *w, const struct chunk_base *op) {
  for (size_t i = 0; i < w->op_count; i++) {
    if (w->ops[i].chain == op->chain && w->ops[i].counter == op->counter) return ERR_OK;
  }
  if (w->op_count == history_rows_max && !w->only_ops) return ERR_OK; /* nobody reads further back */
  struct chunk_base *ops = arena_room(w->arena, w->ops, &w->op_cap, w->op_count, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  w->ops = ops;
  w->ops[w->op_count++] = *op;
  return ERR_OK;
}

static err visit_heads(struct walk *w) {
  struct row row;
  TRY(rows_load(w->q->rows, w->table, &w->row, w->arena, &row));
  for (uint8_t unit = 0; row.exists && unit < w->table->unit_count; unit++) {
    for (size_t i = 0; i < row.units[unit].count; i++) {
      const struct op_id *op = &row.units[unit].heads[i].op;
      struct chunk_base base = {.counter = op->counter};
      TRY(chain_find(w->q, &op->device, op->incarnation, &base.chain));
      TRY(visit(w, &base));
    }
  }
  return ERR_OK;
}

static err visit_loose(struct walk *w) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(w->q->db, &s, "SELECT chain, counter FROM loose WHERE row=?1 AND tbl=?2"));
  stmt_id(s, 1, &w->row);
  stmt_int(s, 2, w->table->id);
  TRY(stmt_step(s, &there));
  err e = ERR_OK;
  while (e == ERR_OK && there) {
    struct chunk_base base = {.chain = stmt_column_int(s, 0), .counter = (uint64_t)stmt_column_int(s, 1)};
    e = visit(w, &base);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static err chain_of(struct sqlite_store *q, int64_t no, struct op_id *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, "SELECT device, incarnation FROM chain WHERE no=?1"));
  stmt_int(s, 1, no);
  TRY(stmt_one(s));
  (void)stmt_column_id(s, 0, &out->device);
  out->incarnation = (uint32_t)stmt_column_int(s, 1);
  stmt_reset(s);
  return ERR_OK;
}

/* Bases are told by unit again. */
static err take_bases(struct walk *w, const struct chunk_op *op, struct store_history *out) {
  struct base *list = arena_take(w->arena, op->base_count * op_units_max + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < op->base_count; i++) {
    struct op_id id = {.counter = op->bases[i].counter};
    TRY(chain_of(w->q, op->bases[i].chain, &id));
    for (uint8_t unit = 0; unit < w->table->unit_count; unit++) {
      if (op->bases[i].units >> unit & 1) list[out->base_count++] = (struct base){.unit = unit, .op = id};
    }
  }
  out->bases = list;
  return ERR_OK;
}

static err find_origin(struct sqlite_store *q, uint64_t no, struct origin *out) {
  struct origin_book *book;
  TRY(rows_origins(q->rows, &book));
  const struct origin *o = origin_book_get(book, no);
  if (!o) TRY(rows_origins_reload(q->rows));
  if (!o) o = origin_book_get(book, no);
  if (!o) return ERR_CORRUPT;
  *out = *o;
  return ERR_OK;
}

static err keep(struct walk *w, const struct chunk_op *op, uint64_t counter, int64_t received_ms,
                uint64_t bundle_seq) {
  struct origin origin;
  struct store_history *found = arena_room(w->arena, w->found, &w->found_cap, w->found_count, sizeof *found);
  struct value *values = arena_take(w->arena, op_columns_max, sizeof *values);
  if (!found || !values) return ERR_NO_MEMORY;
  w->found = found;
  TRY(find_origin(w->q, op->origin, &origin));
  TRY(history_values_decode(values, w->table, op->values, w->arena));
  w->found[w->found_count++] = (struct store_history){
      .op = {.device = origin.device, .incarnation = origin.incarnation, .counter = counter},
      .author = origin.author,
      .stamp = op->stamp,
      .flags = op->flags,
      .units = op->units,
      .received_ms = received_ms ? received_ms : (int64_t)op->stamp,
      .bundle_seq = bundle_seq,
      .values = values};
  TRY(take_bases(w, op, &w->found[w->found_count - 1]));
  for (size_t i = 0; i < op->base_count; i++) TRY(visit(w, &op->bases[i]));
  return ERR_OK;
}

static err read_chunk(struct walk *w, struct stmt *s, uint64_t counter) {
  uint64_t first = (uint64_t)stmt_column_int(s, 0), stamp = 0;
  if (first > counter) return ERR_OK; /* named, but never accepted */
  struct chunk_op op = {.base_count = 0};
  struct cursor c = cursor_of(stmt_column_blob(s, 2));
  for (uint64_t i = first; i <= counter; i++) TRY(chunk_get(&c, &op, &stamp, w->arena));
  if (op.table != w->table || !id_equal(&op.row, &w->row))
    return ERR_OK; /* a base that names another row's op */
  for (size_t i = 0; w->only_ops && i < op.base_count; i++) TRY(visit(w, &op.bases[i]));
  if (w->only_ops) return ERR_OK;
  return keep(w, &op, counter, stmt_column_int(s, 1), (uint64_t)stmt_column_int(s, 3));
}

static err read_op(struct walk *w, struct chunk_base op) {
  struct stmt *s;
  bool there;
  if (op.counter > INT64_MAX) return ERR_OK;
  TRY(db_stmt(w->q->db, &s,
              "SELECT h.first, b.received, h.ops, coalesce(b.seq, 0) FROM history h LEFT JOIN bundle b ON "
              "b.no=h.bundle WHERE "
              "h.chain=?1 AND h.last>=?2"
              " ORDER BY h.last LIMIT 1"));
  stmt_int(s, 1, op.chain);
  stmt_int(s, 2, (int64_t)op.counter);
  TRY(stmt_step(s, &there));
  err e = there ? read_chunk(w, s, op.counter) : ERR_OK;
  stmt_reset(s);
  return e;
}

static int older_first(const void *a, const void *b) {
  const struct store_history *x = a, *y = b;
  if (x->stamp != y->stamp) return x->stamp < y->stamp ? -1 : 1;
  return op_id_compare(&x->op, &y->op);
}

static err walk(struct walk *w) {
  TRY(visit_heads(w));
  TRY(visit_loose(w));
  for (size_t i = 0; i < w->op_count; i++) TRY(read_op(w, w->ops[i]));
  return ERR_OK;
}

err history_ops(struct sqlite_store *q, const struct row_key *key, struct arena *a, struct chunk_base **out,
                size_t *count) {
  struct walk w = {.q = q, .arena = a, .table = key->table, .row = key->id, .only_ops = true};
  TRY(walk(&w));
  *out = w.ops;
  *count = w.op_count;
  return ERR_OK;
}

err history_read(struct store *store, const struct table *t, const struct id *row, struct arena *a,
                 struct store_history **out, size_t *count) {
  struct walk w = {.q = sqlite_of(store), .arena = a, .table = t, .row = *row};
  TRY(walk(&w));
  if (w.found_count) qsort(w.found, w.found_count, sizeof *w.found, older_first);
  *out = w.found;
  *count = w.found_count;
  return ERR_OK;
}

err history_received(struct sqlite_store *q, const struct op_id *op, int64_t *out) {
  struct stmt *s;
  bool there;
  int64_t chain;
  *out = 0;
  TRY(chain_find(q, &op->device, op->incarnation, &chain));
  TRY(db_stmt(q->db, &s,
              "SELECT h.first, b.received FROM history h LEFT JOIN bundle b ON b.no=h.bundle WHERE "
              "h.chain=?1 AND h.last>=?2"
              " ORDER BY h.last LIMIT 1"));
  stmt_int(s, 1, chain);
  stmt_int(s, 2, (int64_t)op->counter);
  TRY(stmt_step(s, &there));
  if (there && (uint64_t)stmt_column_int(s, 0) <= op->counter) *out = stmt_column_int(s, 1);
  stmt_reset(s);
  return ERR_OK;
}
