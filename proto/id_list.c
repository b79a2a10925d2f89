/* id_list.c: numbers ids in order of first use, with an open-addressing index beside the list. */
#include "proto/changeset.h"

#include <stdlib.h>

enum { slots_first = 64 };

/* Ids are hashes or random, so their bytes need little mixing. Writers alone use this, over their own ids. */
static size_t id_slot(const struct id_list *l, const struct id *id) {
  uint64_t h = 0;
  for (size_t i = 0; i < id_bytes; i++) h = (h ^ id->b[i]) * UINT64_C(0x9e3779b97f4a7c15);
  size_t mask = l->slot_count - 1, slot = (size_t)(h >> 32) & mask;
  while (l->slots[slot] != 0 && !id_equal(&l->list[l->slots[slot] - 1], id)) slot = (slot + 1) & mask;
  return slot;
}

static err grow_slots(struct id_list *l) {
  size_t count = l->slot_count == 0 ? slots_first : 2 * l->slot_count;
  uint32_t *slots = calloc(count, sizeof *slots);
  if (slots == NULL) return ERR_NO_MEMORY;
  free(l->slots);
  l->slots = slots;
  l->slot_count = count;
  for (size_t i = 0; i < l->count; i++) l->slots[id_slot(l, &l->list[i])] = (uint32_t)(i + 1);
  return ERR_OK;
}

static err grow_list(struct id_list *l) {
  size_t cap = l->cap == 0 ? slots_first : 2 * l->cap;
  struct id *list = realloc(l->list, cap * sizeof *list);
  if (list == NULL) return ERR_NO_MEMORY;
  l->list = list;
  l->cap = cap;
  return ERR_OK;
}

err id_list_intern(struct id_list *l, const struct id *id, uint64_t *no_out) {
  if (2 * (l->count + 1) > l->slot_count) TRY(grow_slots(l));
  size_t slot = id_slot(l, id);
  if (l->slots[slot] == 0) {
    if (l->count == bundle_ids_max) return ERR_TOO_BIG;
    if (l->count == l->cap) TRY(grow_list(l));
    l->list[l->count++] = *id;
    l->slots[slot] = (uint32_t)l->count;
  }
  *no_out = l->slots[slot] - 1;
  return ERR_OK;
}

void id_list_finish(struct id_list *l) {
  free(l->list);
  free(l->slots);
  *l = (struct id_list){0};
}
