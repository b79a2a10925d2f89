/* erase.c: a learner, or a question whose words may name one, leaves this device for good. */
#include "client/core/erase.h"

#include <stdlib.h>

#include "client/core/draft.h"

enum { kept_arena_bytes_max = 16777216 };

struct erasing {
  struct core *core;
  struct id learner;
  const struct row_key *rows; /* that go, in order */
  size_t row_count;
  struct arena arena; /* of one changeset */
  uint64_t *touched;  /* counters of kept changesets that name the learner; in the step's arena */
  size_t touched_count, touched_cap;
};

static bool is_about(void *ctx, const struct op *op) {
  const struct erasing *e = ctx;
  struct id learner;
  if (op_subject(op, &learner) && id_equal(&learner, &e->learner)) return true;
  return row_key_in(e->rows, e->row_count, op->table, &op->row);
}

/* ---- what was written here ---- */

static err note_touched(struct erasing *e, uint64_t counter) {
  if (e->touched_count == e->touched_cap) {
    size_t cap = e->touched_cap ? 2 * e->touched_cap : 64;
    uint64_t *list = arena_take(&e->core->arena, cap, sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    if (e->touched_count) bytes_copy(list, e->touched, e->touched_count * sizeof *list);
    e->touched = list;
    e->touched_cap = cap;
  }
  e->touched[e->touched_count] = counter;
  e->touched_count += 1;
  return ERR_OK;
}

static err find_touched(void *ctx, const struct kept *k) {
  struct erasing *e = ctx;
  struct changeset cs;
  if (k->bytes.len == 0) return ERR_OK; /* of an activity that was purged, or a meeting */
  arena_clear(&e->arena);
  TRY(changeset_decode(&cs, k->bytes, &e->arena));
  for (size_t i = 0; i < cs.op_count; i += 1) {
    if (is_about(e, &cs.ops[i])) return note_touched(e, k->counter);
  }
  return ERR_OK;
}

static err rewrite(struct erasing *e, uint64_t counter) {
  struct store *s = e->core->store;
  struct kept k;
  struct changeset cs;
  struct changeset rest;
  size_t left = 0;
  struct buf bytes = BUF_INIT(bundle_plain_bytes_max);
  arena_clear(&e->arena);
  TRY(kept_load(s, counter, &e->arena, &k));
  TRY(changeset_decode(&cs, k.bytes, &e->arena));
  TRY(changeset_blank(&rest, &cs, is_about, e, &e->arena, &left));
  err result = left ? changeset_encode(&bytes, &rest) : ERR_OK;
  if (result == ERR_OK) result = kept_rewrite(s, counter, buf_slice(&bytes));
  buf_wipe(&bytes);
  return result;
}

/* Pending ops are read anew, without those that were blanked. */
static err erase_written(struct erasing *e) {
  struct store *s = e->core->store;
  TRY(kept_from(s, 0, 0, find_touched, e));
  for (size_t i = 0; i < e->touched_count; i += 1) TRY(rewrite(e, e->touched[i]));
  return e->touched_count ? store_reload_pending(s) : ERR_OK;
}

/* ---- what the hub brought ---- */

static err erase_rows(struct erasing *e) {
  struct store *s = e->core->store;
  for (size_t i = 0; i < e->row_count; i += 1) {
    const struct row_key *key = &e->rows[i];
    TRY(member_remove_all(s, key->table->id, &key->id));
    TRY(overlay_remove(s, key->table->id, &key->id));
    TRY(rows_delete(s->rows, key->table, &key->id));
  }
  return ERR_OK;
}

/* A learner takes along every row about them. */
static err erase_row(struct core *c, const struct feed_item *one) {
  struct row_key own = {.table = one->table, .id = one->id};
  struct row_key *about = NULL;
  struct erasing e = {
      .core = c, .learner = one->id, .rows = &own, .row_count = 1, .arena = ARENA_INIT(kept_arena_bytes_max)};
  err result = ERR_OK;
  if (one->table->id == TABLE_learner) {
    result = rows_about(c->store->rows, &one->id, &about, &e.row_count);
    e.rows = about;
  }
  if (result == ERR_OK) result = erase_written(&e);
  if (result == ERR_OK) result = erase_rows(&e);
  arena_finish(&e.arena);
  free(about);
  return result;
}

err erase_apply(struct core *c, const struct feed_item *one) {
  TRY(seal_now(c));
  TRY(erase_row(c, one));
  TRY(draft_tidy(c->store));
  TRY(erasing_put(c->store, one->erasure));
  if (c->roster.valid) core_topic(c, "register:", &c->roster.session.id);
  c->store->vacuum = true;
  return ERR_OK;
}

/* ---- rewriting the file, and telling the hub ---- */

static err tell(struct core *c) {
  uint64_t *numbers = NULL;
  size_t count = 0;
  TRY(erasing_list(c->store, &c->arena, &numbers, &count));
  if (count == 0) return ERR_OK;
  for (size_t i = 0; i < count; i += 1) TRY(ack_queue(c, ACK_ERASED, numbers[i]));
  TRY(store_begin(c->store));
  return store_end(c->store, erasing_forget(c->store));
}

err erase_finish(struct core *c) {
  struct store *s = c->store;
  if (!s->vacuum || c->now.mono_ms < s->vacuum_at) return ERR_OK;
  TRY(store_end_feed(s));
  err e = db_vacuum(s->db);
  if (e == ERR_OK) e = tell(c);
  if (e == ERR_FULL || e == ERR_BUSY) {
    s->vacuum_at = c->now.mono_ms + reconnect_max_ms;
    return ERR_OK;
  }
  s->vacuum = e != ERR_OK;
  return e;
}

err erase_resume(struct core *c) {
  uint64_t *numbers = NULL;
  size_t count = 0;
  TRY(erasing_list(c->store, &c->arena, &numbers, &count));
  c->store->vacuum = c->store->vacuum || count > 0;
  return ERR_OK;
}
