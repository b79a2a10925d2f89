/* erased.c: ops that come about somebody who was erased. A hub where nobody was erased asks one number a
 * transaction; otherwise the ledger is asked once for each learner, and what it said is remembered. What the
 * retention schedule removed row by row is known by the row's own id, until the office says it anew, and
 * register entries by their day. */
#include "server/core/erase.h"
#include "server/core/retention.h"
#include "server/core/work.h"

static err look(struct work *w) {
  struct work_erased *e = &w->erased;
  if (e->looked) return ERR_OK;
  TRY(w->store->ops->number_load(w->store, STORE_ERASURES, &e->last));
  if (e->last == 0) TRY(w->store->ops->number_load(w->store, STORE_RETIRED, &e->last));
  uint64_t entries;
  TRY(w->store->ops->number_load(w->store, STORE_ENTRIES, &entries));
  e->entries = (int32_t)entries;
  e->looked = true;
  return ERR_OK;
}

/* A place for each of the latest learners that the ledger does not know; a later one takes an earlier one's.
 */
static struct id *place(struct work_erased *e, const struct id *id) {
  uint32_t h;
  bytes_copy(&h, id->b + 2, sizeof h);
  return &e->clean[h % work_erased_slots];
}

static err is_erased(struct work *w, const struct id *id, bool *out) {
  struct work_erased *e = &w->erased;
  uint8_t hash[hash_bytes];
  uint64_t number;
  if (!e->clean) e->clean = arena_take(&w->arena, work_erased_slots, sizeof *e->clean);
  if (!e->clean) return ERR_NO_MEMORY;
  struct id *slot = place(e, id);
  *out = false;
  if (id_equal(slot, id)) return ERR_OK;
  erase_hash(hash, &w->hub->id, id);
  TRY(w->store->ops->erased(w->store, hash, &number));
  *out = number != 0;
  if (!*out) *slot = *id;
  return ERR_OK;
}

/* A mark of a meeting whose entries the schedule has removed, unless it was kept: the meeting's day says so,
 * where the ledger would have to know each of them. A run that somebody stopped had not come to everybody. */
static err is_past(struct work *w, const struct op *op, bool *out) {
  const struct value *session = &op->values[COL(mark, session)];
  struct work_row *meeting, *mark;
  *out = false;
  if (w->erased.entries == 0 || op->table->id != TABLE_mark || session->kind != VALUE_ID) return ERR_OK;
  TRY(work_row(&meeting, w, schema_table(TABLE_session), &session->id));
  const struct value *day = &meeting->row.values[COL(session, date)];
  if (!meeting->row.exists || day->kind != VALUE_INT || day->i >= w->erased.entries) return ERR_OK;
  const struct value *learner = &op->values[COL(mark, learner)];
  int32_t before = w->erased.entries;
  if (learner->kind == VALUE_ID)
    TRY(w->store->ops->retention->entries_before(w->store, &learner->id, &before));
  TRY(work_row(&mark, w, op->table, &op->row));
  *out = day->i < before && !mark->row.exists;
  return ERR_OK;
}

/* An op that names no learner may be on a row of one: rows without a natural key stand in the ledger too. */
err erased_op(struct work *w, const struct op *op, bool *out) {
  struct id learner;
  uint8_t column;
  *out = op_is_blank(op);
  if (*out) return ERR_OK;
  TRY(look(w));
  TRY(is_past(w, op, out));
  if (*out) return ERR_OK;
  if (w->erased.last == 0) return ERR_OK;
  if (!schema_subject(op->table, &column) && !retention_removes(op->table)) return ERR_OK;
  bool named = op_subject(op, &learner);
  if (named) TRY(is_erased(w, &learner, out));
  if (!*out && op->table->key_count == 0 && op->table->id != TABLE_learner) TRY(is_erased(w, &op->row, out));
  return ERR_OK;
}

/* A list that comes again, or the same words in a form, make the id that the row had. */
err erased_anew(struct work *w, const struct op *op, bool *out) {
  const struct row_key key = {.table = op->table, .id = op->row};
  struct id learner;
  bool gone = true;
  *out = false;
  if (!erase_lists(&key) || !retention_removes(op->table) || !op_subject(op, &learner)) return ERR_OK;
  TRY(is_erased(w, &learner, &gone));
  *out = !gone;
  return ERR_OK;
}

err erased_forget(struct work *w, const struct op *op) {
  uint8_t hash[hash_bytes];
  bool listed = false;
  TRY(look(w));
  if (w->erased.last == 0 || !retention_removes(op->table)) return ERR_OK;
  TRY(is_erased(w, &op->row, &listed));
  if (!listed) return ERR_OK;
  erase_hash(hash, &w->hub->id, &op->row);
  return w->store->ops->retention->forget(w->store, hash);
}

err erased_strip(struct work *w, const struct changeset *cs, struct arena *a, struct changeset *out,
                 const uint32_t **places) {
  struct op *ops = NULL;
  uint32_t *kept = NULL;
  *out = *cs;
  *places = NULL;
  for (uint32_t i = 0; i < cs->op_count; i++) {
    bool erased;
    TRY(erased_op(w, &cs->ops[i], &erased));
    if (erased && !ops) {
      ops = arena_take(a, cs->op_count, sizeof *ops);
      kept = arena_take(a, cs->op_count, sizeof *kept);
      if (!ops || !kept) return ERR_NO_MEMORY;
      bytes_copy(ops, cs->ops, i * sizeof *ops);
      for (uint32_t k = 0; k < i; k++) kept[k] = k;
      *out = (struct changeset){.counter = cs->counter,
                                .stamp = cs->stamp,
                                .author = cs->author,
                                .flags = cs->flags,
                                .ops = ops,
                                .op_count = i};
      *places = kept;
    }
    if (erased || !ops) continue;
    ops[out->op_count] = cs->ops[i];
    kept[out->op_count++] = i;
  }
  return ERR_OK;
}
