/* change.c: from what a person did to durable rows. */
#include "client/core/change.h"

#include <string.h>

#include "client/core/change_undo.h"
#include "client/core/draft.h"
#include "shared/merge/merge.h"

err change_begin(struct change *ch, struct core *core, const struct id *stream, const struct id *session) {
  *ch = (struct change){.core = core, .stream = *stream};
  if (session) ch->session = *session;
  ch->rows = arena_take(&core->arena, changeset_ops_max, sizeof *ch->rows);
  return ch->rows ? ERR_OK : ERR_NO_MEMORY;
}

err change_row(struct change *ch, uint8_t table, const struct id *id, struct change_row **out) {
  for (size_t i = 0; i < ch->count; i += 1) {
    *out = ch->rows[i];
    if ((*out)->row.table->id == table && id_equal(&(*out)->row.id, id)) return ERR_OK;
  }
  if (ch->count == changeset_ops_max) return ERR_TOO_BIG;
  struct change_row *r = arena_take(&ch->core->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  TRY(rows_load(ch->core->store->rows, schema_table(table), id, &ch->core->arena, &r->row));
  r->row.id = *id;
  r->stamp_column = op_columns_max;
  ch->rows[ch->count] = r;
  ch->count += 1;
  *out = r;
  return ERR_OK;
}

void change_set(struct change_row *r, size_t column, struct value v) {
  const struct table *t = r->row.table;
  uint32_t unit = (uint32_t)1 << t->columns[column].unit;
  if (!(r->units & unit)) {
    for (size_t i = 0; i < t->column_count; i += 1) {
      if (t->columns[i].unit == t->columns[column].unit) r->values[i] = r->row.values[i];
    }
    r->units |= unit;
  }
  r->values[column] = v;
}

void change_remove(struct change_row *r) {
  const struct table *t = r->row.table;
  int removed = row_removed_column(t);
  ASSERT(removed >= 0);
  for (size_t i = 0; i < t->column_count; i += 1) {
    uint8_t unit = t->columns[i].unit;
    if (unit > 0 && r->row.units[unit].count) change_set(r, i, r->row.values[i]);
  }
  change_set(r, (size_t)removed, value_int(1));
}

/* ---- building the ops ---- */

/* Heads a person saw are the bases of what they wrote. Unit 0 of a natural key is the same for everybody and
 * needs none. */
static err take_bases(struct op *op, const struct row *row, struct arena *a, uint64_t *newest) {
  struct base *bases = arena_take(a, op_bases_max, sizeof *bases);
  if (!bases) return ERR_NO_MEMORY;
  op->bases = bases;
  for (uint8_t unit = row->table->key_count ? 1 : 0; unit < row->table->unit_count; unit += 1) {
    if (!(op->units >> unit & 1)) continue;
    for (size_t i = 0; i < row->units[unit].count; i += 1) {
      const struct head *h = &row->units[unit].heads[i];
      if (h->stamp > *newest) *newest = h->stamp;
      if (op->base_count == op_bases_max) continue;
      bases[op->base_count] = (struct base){unit, h->op};
      op->base_count += 1;
    }
  }
  return ERR_OK;
}

static err check_values(const struct op *op, struct fault *fault) {
  for (size_t i = 0; i < op->table->column_count; i += 1) {
    const struct column *c = &op->table->columns[i];
    if (op->units >> c->unit & 1) TRY(value_check(op->table, c, &op->values[i], fault));
  }
  return ERR_OK;
}

/* An op that creates a row, and every op of a natural-key row, carries unit 0. */
static err build_op(struct op *op, struct change_row *r, struct arena *a, uint64_t *newest) {
  const struct table *t = r->row.table;
  *op = (struct op){.table = t, .row = r->row.id, .units = r->units};
  if (!r->row.exists || t->key_count) op->units |= 1;
  for (size_t i = 0; i < t->column_count; i += 1) {
    if (!(op->units >> t->columns[i].unit & 1)) continue;
    op->values[i] = r->units >> t->columns[i].unit & 1 ? r->values[i] : r->row.values[i];
  }
  return take_bases(op, &r->row, a, newest);
}

static err build_ops(struct change *ch, struct changeset *cs, struct fault *fault) {
  struct core *c = ch->core;
  uint64_t newest = 0;
  struct op *ops = arena_take(&c->arena, ch->count, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  *cs = (struct changeset){.counter = c->store->counter_next, .author = c->who, .ops = ops};
  for (size_t i = 0; i < ch->count; i += 1) {
    if (!ch->rows[i]->units) continue;
    TRY(build_op(&ops[cs->op_count], ch->rows[i], &c->arena, &newest));
    ch->rows[cs->op_count] = ch->rows[i];
    cs->op_count += 1;
  }
  ch->count = cs->op_count;
  cs->stamp = clock_stamp(&c->clock, &c->now, newest);
  cs->flags = clock_unsure(&c->clock, &c->now) ? OP_UNSURE : 0;
  for (size_t i = 0; i < cs->op_count; i += 1) {
    size_t column = ch->rows[i]->stamp_column;
    if (column < op_columns_max) ops[i].values[column] = value_int((int64_t)cs->stamp);
    TRY(check_values(&ops[i], fault));
  }
  return ERR_OK;
}

/* ---- making them durable ---- */

static bool always_seen(void *ctx, const struct op_id *op) {
  (void)ctx, (void)op;
  return true;
}

static err save_rows(struct change *ch, const struct changeset *cs) {
  struct core *c = ch->core;
  for (size_t i = 0; i < cs->op_count; i += 1) {
    struct merge_outcome outcome;
    struct merge_op m = {.op = &cs->ops[i],
                         .id = {c->identity.device, c->identity.incarnation, cs->counter + i},
                         .author = cs->author,
                         .stamp = cs->stamp,
                         .flags = cs->flags};
    TRY(merge_apply(&ch->rows[i]->row, &m, always_seen, NULL, &c->arena, &outcome));
    TRY(rows_save(c->store->rows, &ch->rows[i]->row));
  }
  return ERR_OK;
}

static err save(struct change *ch, const struct changeset *cs, struct kept *k) {
  struct core *c = ch->core;
  TRY(save_rows(ch, cs));
  TRY(kept_insert(c->store, k));
  if (ch->undoes) TRY(kept_undone(c->store, ch->undoes));
  if (ch->drafted) TRY(draft_put(c->store, &c->who, ch->drafted, slice_of(NULL, 0)));
  return ERR_OK;
}

static err remember(struct change *ch, const struct changeset *cs) {
  struct core *c = ch->core;
  for (size_t i = 0; i < cs->op_count; i += 1) {
    struct pending_op op = {.table = cs->ops[i].table->id,
                            .incarnation = c->identity.incarnation,
                            .changeset = cs->counter,
                            .counter = cs->counter + i,
                            .row = cs->ops[i].row,
                            .stream = ch->stream};
    TRY(pending_add(&c->store->pending, &op));
  }
  c->store->counter_next += cs->op_count;
  c->store->stamp_last = cs->stamp;
  c->clock.stamp_last = cs->stamp;
  seal_note_change(c, id_is_zero(&ch->session) ? NULL : &ch->session, ch->notes);
  return ERR_OK;
}

static err encode(struct change *ch, const struct changeset *cs, struct buf *bytes, struct buf *inverse) {
  TRY(changeset_encode(bytes, cs));
  if (!ch->undo) return ERR_OK;
  return undo_encode(inverse, ch, cs);
}

static err commit(struct change *ch, const struct changeset *cs, struct slice bytes, struct slice inverse) {
  struct core *c = ch->core;
  struct kept k = {.counter = cs->counter,
                   .stamp = cs->stamp,
                   .incarnation = c->identity.incarnation,
                   .ops = (uint32_t)cs->op_count,
                   .stream = ch->stream,
                   .session = ch->session,
                   .notes = ch->notes,
                   .bytes = bytes,
                   .undo = slice_text(ch->undo),
                   .inverse = inverse};
  TRY(outbox_mark(&c->outbox, true));
  TRY(store_begin(c->store));
  err e = store_end(c->store, save(ch, cs, &k));
  if (e == ERR_OK) return remember(ch, cs);
  roster_forget(&c->roster);
  return e;
}

err change_unwritten(err e, struct fault *fault) {
  if (e == ERR_FULL)
    return fault_set(fault, e,
                     "the storage of this device is full; free some space, nothing that was saved is lost");
  if (e == ERR_READ_ONLY) return fault_set(fault, e, "the device's data folder cannot be written to");
  return e;
}

err change_commit(struct change *ch, struct fault *fault) {
  struct core *c = ch->core;
  struct changeset cs;
  struct buf bytes = BUF_INIT(bundle_plain_bytes_max);
  struct buf inverse = BUF_INIT(bundle_plain_bytes_max);
  if (c->store->pending.changesets >= changes_kept_max) {
    return fault_set(fault, ERR_FULL,
                     "this device holds more unsent work than it may; send or export it first");
  }
  TRY(build_ops(ch, &cs, fault));
  if (cs.op_count == 0) return ERR_OK;
  err e = encode(ch, &cs, &bytes, &inverse);
  if (e == ERR_OK) e = commit(ch, &cs, buf_slice(&bytes), buf_slice(&inverse));
  buf_finish(&bytes);
  buf_finish(&inverse);
  return change_unwritten(e, fault);
}
