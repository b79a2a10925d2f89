/* overlay.c: hub's row + pending ops = the row people see. The hub's form is kept beside it only while both
 * differ. */
#include "client/core/overlay.h"

#include "shared/merge/merge.h"

enum { overlay_ops_max = 4096 };

const struct outbox_bundle *overlay_bundle(const struct core *c, const struct pending_op *op) {
  for (size_t i = c->outbox.count; i > 0; i -= 1) {
    const struct outbox_facts *f = &c->outbox.list[i - 1].facts;
    if (f->incarnation == op->incarnation && f->counter_first <= op->counter &&
        op->counter <= f->counter_last)
      return &c->outbox.list[i - 1];
  }
  return NULL;
}

/* A receipt names changesets by their place in the bundle; when that cannot be found out the op stays where
 * it is. */
static bool is_withheld(const struct core *c, const struct outbox_bundle *b, const struct pending_op *op) {
  uint32_t index = 0;
  if (outbox_done(b)) return false;
  if (kept_place(c->store, op->incarnation, b->facts.counter_first, op->changeset, &index) != ERR_OK)
    return true;
  return outbox_withholds(b, index);
}

const struct outbox_bundle *overlay_delivered(const struct core *c, uint64_t changeset, bool *counts_out) {
  for (size_t i = c->outbox.count; i > 0; i -= 1) {
    const struct outbox_bundle *b = &c->outbox.list[i - 1];
    if (b->facts.counter_first > changeset || changeset > b->facts.counter_last) continue;
    struct pending_op op = {
        .incarnation = b->facts.incarnation, .changeset = changeset, .counter = changeset};
    *counts_out = b->status != 0 && !is_withheld(c, b, &op);
    return b;
  }
  return NULL;
}

bool overlay_contained(const struct core *c, const struct pending_op *op, uint64_t position) {
  const struct outbox_bundle *b = overlay_bundle(c, op);
  if (!b || b->status == 0 || is_withheld(c, b, op)) return false;
  if (b->epoch == c->store->feed_epoch) return b->position <= position;
  /* A restored hub still holds what its WELCOME counted. */
  const struct sync_chain *chain = sync_chain_of(c, b->facts.incarnation);
  return b->epoch < c->store->feed_epoch && chain && b->facts.seq <= chain->hub_seq;
}

static bool always_seen(void *ctx, const struct op_id *op) {
  (void)ctx, (void)op;
  return true;
}

static err lay_op(struct core *c, struct row *row, const struct pending_op *op) {
  struct kept k;
  struct changeset cs;
  struct merge_outcome outcome;
  TRY(kept_load(c->store, op->changeset, &c->arena, &k));
  TRY(changeset_decode(&cs, k.bytes, &c->arena));
  if (op->counter - op->changeset >= cs.op_count) return ERR_CORRUPT;
  struct merge_op m = {.op = &cs.ops[op->counter - op->changeset],
                       .id = {c->identity.device, op->incarnation, op->counter},
                       .author = cs.author,
                       .stamp = cs.stamp,
                       .flags = cs.flags};
  return merge_apply(row, &m, always_seen, NULL, &c->arena, &outcome);
}

/* The hub's row names the op as a head: it has merged it, whatever became of the op's other units. */
static bool is_head(const struct core *c, const struct row *hub, const struct pending_op *op) {
  const struct op_id id = {c->identity.device, op->incarnation, op->counter};
  for (uint8_t unit = 0; unit < hub->table->unit_count; unit += 1) {
    for (size_t i = 0; i < hub->units[unit].count; i += 1) {
      if (op_id_equal(&hub->units[unit].heads[i].op, &id)) return true;
    }
  }
  return false;
}

static bool is_missing(const struct core *c, const struct row *hub, const struct pending_op *op,
                       uint64_t position) {
  return !is_head(c, hub, op) && !overlay_contained(c, op, position);
}

/* Lays the row's pending ops over it, oldest first, without those the hub's form contains. */
static err lay_all(struct core *c, struct row *row, uint64_t position, size_t *laid_out) {
  const struct pending_op *ops[overlay_ops_max];
  size_t count = 0;
  const struct pending_op *op = pending_latest(&c->store->pending, row->table->id, &row->id);
  for (; op && count < overlay_ops_max; op = pending_earlier(&c->store->pending, op)) {
    if (is_missing(c, row, op, position)) ops[count++] = op;
  }
  *laid_out = count;
  for (; count > 0; count -= 1) TRY(lay_op(c, row, ops[count - 1]));
  return ERR_OK;
}

static err encode_item(const struct feed_batch *batch, const struct feed_item *i, const struct row *row,
                       struct buf *out) {
  struct packer p;
  struct feed_item one = *i;
  one.row = row;
  struct feed_batch alone = {.stream = batch->stream,
                             .audience = batch->audience,
                             .from = 0,
                             .to = batch->to,
                             .items = &one,
                             .count = 1};
  pack_init(&p, out);
  TRY(feed_encode(&p, &alone));
  return pack_end(&p);
}

static err remember(struct core *c, const struct feed_batch *batch, const struct feed_item *i,
                    const struct row *row) {
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  err e = encode_item(batch, i, row, &bytes);
  if (e == ERR_OK) e = overlay_put(c->store, row->table->id, &row->id, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

static bool lacks_any(const struct core *c, const struct row *hub, const struct pending_op *op,
                      uint64_t position) {
  for (; op; op = pending_earlier(&c->store->pending, op)) {
    if (is_missing(c, hub, op, position)) return true;
  }
  return false;
}

bool overlay_is_none(const struct core *c, const struct row *hub, uint64_t position) {
  const struct pending_op *latest = pending_latest(&c->store->pending, hub->table->id, &hub->id);
  return !latest || (!c->store->overlays && !lacks_any(c, hub, latest, position));
}

/* The hub's form is put away before merging, which changes heads in place. */
err overlay_save(struct core *c, const struct feed_batch *batch, const struct feed_item *i,
                 const struct row *hub) {
  struct row row = *hub;
  size_t laid = 0;
  const struct pending_op *latest = pending_latest(&c->store->pending, row.table->id, &row.id);
  if (!latest) return rows_save(c->store->rows, &row);
  if (!lacks_any(c, hub, latest, batch->to)) {
    TRY(overlay_remove(c->store, row.table->id, &row.id));
    return rows_save(c->store->rows, &row);
  }
  TRY(remember(c, batch, i, hub));
  TRY(lay_all(c, &row, batch->to, &laid));
  return rows_save(c->store->rows, &row);
}

err overlay_leave(struct core *c, uint8_t table, const struct id *row) {
  if (pending_latest(&c->store->pending, table, row))
    return overlay_put(c->store, table, row, slice_of("", 0));
  return rows_delete(c->store->rows, schema_table(table), row);
}

static err rebuild_from(struct core *c, struct slice bytes) {
  struct unpacked *u = NULL;
  struct feed_batch batch;
  size_t laid = 0;
  TRY(unpack(&u, bytes, codec_items_max));
  err e = feed_decode(&batch, unpack_root(u), &c->arena);
  if (e == ERR_OK && (batch.count != 1 || batch.items[0].kind != FEED_ROW)) e = ERR_CORRUPT;
  if (e == ERR_OK) {
    struct row row = *batch.items[0].row;
    e = lay_all(c, &row, 0, &laid);
    if (e == ERR_OK) e = rows_save(c->store->rows, &row);
    if (e == ERR_OK && laid == 0) e = overlay_remove(c->store, row.table->id, &row.id);
  }
  unpack_finish(u);
  return e;
}

err overlay_rebuild(struct core *c, uint8_t table, const struct id *row) {
  struct buf bytes = BUF_INIT(bundle_bytes_max);
  bool found = false;
  err e = overlay_get(c->store, table, row, &bytes, &found);
  if (e == ERR_OK && found && bytes.len) {
    e = rebuild_from(c, buf_slice(&bytes));
  } else if (e == ERR_OK && found && !pending_latest(&c->store->pending, table, row)) {
    e = overlay_remove(c->store, table, row);
    if (e == ERR_OK) e = rows_delete(c->store->rows, schema_table(table), row);
  }
  buf_finish(&bytes);
  return e;
}
