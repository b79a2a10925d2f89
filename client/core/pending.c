/* pending.c: a list by counter, and an index by row into it. */
#include "client/core/pending.h"

#include <stdlib.h>

enum { slots_first = 64 };

void pending_finish(struct pending *p) {
  free(p->list);
  free(p->slots);
  bytes_zero(p, sizeof *p);
}

/* Row ids are random or hashes already, so their bytes serve as the hash. */
static size_t slot_of(const struct pending *p, uint8_t table, const struct id *row) {
  uint64_t h = 0;
  bytes_copy(&h, row->b + 4, sizeof h);
  h = (h ^ table) * 0x9e3779b97f4a7c15u;
  size_t slot = (size_t)(h >> 32) & (p->slot_count - 1);
  while (p->slots[slot]) {
    const struct pending_op *op = &p->list[p->slots[slot] - 1];
    if (op->table == table && id_equal(&op->row, row)) break;
    slot = (slot + 1) & (p->slot_count - 1);
  }
  return slot;
}

static void index_op(struct pending *p, size_t i) {
  size_t slot = slot_of(p, p->list[i].table, &p->list[i].row);
  p->list[i].earlier = p->slots[slot];
  p->slots[slot] = i + 1;
  if (i == 0 || p->list[i - 1].changeset != p->list[i].changeset) p->changesets += 1;
}

static err rebuild(struct pending *p, size_t slot_count) {
  size_t *slots = calloc(slot_count, sizeof *slots);
  if (!slots) return ERR_NO_MEMORY;
  free(p->slots);
  p->slots = slots;
  p->slot_count = slot_count;
  p->changesets = 0;
  for (size_t i = 0; i < p->count; i += 1) index_op(p, i);
  return ERR_OK;
}

static err reserve(struct pending *p) {
  if (p->count == p->cap) {
    size_t cap = p->cap ? 2 * p->cap : slots_first;
    struct pending_op *list = realloc(p->list, cap * sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    p->list = list;
    p->cap = cap;
  }
  if (p->slot_count >= 2 * (p->count + 1)) return ERR_OK;
  return rebuild(p, p->slot_count ? 2 * p->slot_count : slots_first);
}

err pending_add(struct pending *p, const struct pending_op *op) {
  if (p->changesets >= changes_kept_max) return ERR_FULL;
  ASSERT(p->count == 0 || p->list[p->count - 1].counter < op->counter ||
         p->list[p->count - 1].incarnation < op->incarnation);
  TRY(reserve(p));
  p->list[p->count] = *op;
  p->count += 1;
  index_op(p, p->count - 1);
  return ERR_OK;
}

const struct pending_op *pending_latest(const struct pending *p, uint8_t table, const struct id *row) {
  if (p->count == 0) return NULL;
  size_t found = p->slots[slot_of(p, table, row)];
  return found ? &p->list[found - 1] : NULL;
}

const struct pending_op *pending_earlier(const struct pending *p, const struct pending_op *op) {
  return op->earlier ? &p->list[op->earlier - 1] : NULL;
}

err pending_remove(struct pending *p, pending_gone *gone, void *ctx) {
  size_t kept = 0;
  for (size_t i = 0; i < p->count; i += 1) {
    if (gone(ctx, &p->list[i])) continue;
    p->list[kept] = p->list[i];
    kept += 1;
  }
  if (kept == p->count) return ERR_OK;
  p->count = kept;
  return rebuild(p, p->slot_count);
}
