/* fork.c: when the hub holds bundles under this device's numbers that are not its own, it was cloned or
 * restored from a copy. It goes on under a new incarnation; whatever the hub has not receipted is numbered
 * anew, so that nothing is lost and nothing counts twice. */
#include "client/core/overlay.h"

static const struct outbox_bundle *fork_point(const struct core *c) {
  for (size_t i = c->outbox.count; i > 0; i -= 1) {
    const struct outbox_bundle *b = &c->outbox.list[i - 1];
    if (b->facts.incarnation == c->identity.incarnation && b->status != 0) return b;
  }
  return NULL;
}

err sync_fork(struct core *c) {
  struct identity next = c->identity;
  const struct outbox_bundle *point = fork_point(c);
  TRY(seal_now(c));
  next.incarnation += 1;
  bytes_zero(next.forked_from, hash_bytes);
  if (point) bytes_copy(next.forked_from, point->hash, hash_bytes);
  TRY(identity_put(&c->identity, &next, &c->config.files));
  TRY(sync_fork_finish(c));
  return seal_count(c);
}

/* An op of an earlier incarnation that the hub never receipted. */
static bool is_left_behind(const struct core *c, const struct pending_op *op) {
  if (op->incarnation == c->identity.incarnation) return false;
  const struct outbox_bundle *b = overlay_bundle(c, op);
  return !b || b->status == 0;
}

static bool was_renamed(struct core *c, const struct op_id *id) {
  const struct pending *p = &c->store->pending;
  if (!id_equal(&id->device, &c->identity.device) || id->incarnation == c->identity.incarnation) return false;
  for (size_t i = 0; i < p->count; i += 1) {
    if (p->list[i].counter == id->counter && p->list[i].incarnation == id->incarnation)
      return is_left_behind(c, &p->list[i]);
  }
  return false;
}

static void rename_id(struct core *c, struct op_id *id) {
  if (was_renamed(c, id)) id->incarnation = c->identity.incarnation;
}

static err rename_changeset(struct core *c, uint64_t counter) {
  struct kept k;
  struct changeset cs;
  struct buf bytes = BUF_INIT(bundle_plain_bytes_max);
  TRY(kept_load(c->store, counter, &c->arena, &k));
  TRY(changeset_decode(&cs, k.bytes, &c->arena));
  for (size_t i = 0; i < cs.op_count; i += 1) {
    struct base *bases = (struct base *)(uintptr_t)cs.ops[i].bases;
    for (size_t b = 0; b < cs.ops[i].base_count; b += 1) rename_id(c, &bases[b].op);
  }
  err e = changeset_encode(&bytes, &cs);
  if (e == ERR_OK) e = kept_replace(c->store, counter, c->identity.incarnation, buf_slice(&bytes));
  buf_finish(&bytes);
  return e;
}

static err rename_heads(struct core *c, const struct pending_op *op) {
  struct row row;
  TRY(rows_load(c->store->rows, schema_table(op->table), &op->row, &c->arena, &row));
  if (!row.exists) return ERR_OK;
  for (uint8_t unit = 0; unit < row.table->unit_count; unit += 1) {
    for (size_t i = 0; i < row.units[unit].count; i += 1) rename_id(c, &row.units[unit].heads[i].op);
  }
  return rows_save(c->store->rows, &row);
}

static err rename_all(struct core *c) {
  const struct pending *p = &c->store->pending;
  uint64_t last = 0;
  for (size_t i = 0; i < p->count; i += 1) {
    if (!is_left_behind(c, &p->list[i])) continue;
    if (p->list[i].changeset != last) TRY(rename_changeset(c, p->list[i].changeset));
    last = p->list[i].changeset;
    TRY(rename_heads(c, &p->list[i]));
  }
  return ERR_OK;
}

err sync_fork_finish(struct core *c) {
  const struct pending *p = &c->store->pending;
  bool any = false;
  for (size_t i = 0; i < p->count && !any; i += 1) any = is_left_behind(c, &p->list[i]);
  if (!any) return ERR_OK;
  TRY(store_begin(c->store));
  TRY(store_end(c->store, rename_all(c)));
  roster_forget(&c->roster);
  return store_reload(c->store);
}
