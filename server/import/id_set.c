/* id_set.c: open addressing on the id's own bytes, which are hashes or random already. */
#include "server/import/id_set.h"

#include <stdlib.h>

static size_t slot_of(const struct id_entry *slots, size_t slot_count, const struct id *id) {
  struct cursor c = cursor_of(id_slice(id));
  uint64_t hash = 0;
  err whole = cursor_u64(&c, &hash);
  ASSERT(whole == ERR_OK);
  size_t i = (size_t)hash & (slot_count - 1);
  while (slots[i].number != 0 && !id_equal(&slots[i].id, id)) i = (i + 1) & (slot_count - 1);
  return i;
}

static err grow(struct id_set *s) {
  size_t slot_count = s->slot_count == 0 ? 1024 : s->slot_count * 2;
  struct id_entry *slots = calloc(slot_count, sizeof *slots);
  if (slots == NULL) return ERR_NO_MEMORY;
  for (size_t i = 0; i < s->slot_count; i++)
    if (s->slots[i].number != 0) slots[slot_of(slots, slot_count, &s->slots[i].id)] = s->slots[i];
  free(s->slots);
  s->slots = slots;
  s->slot_count = slot_count;
  return ERR_OK;
}

err id_set_add(struct id_set *s, const struct id *id, size_t number, size_t *earlier) {
  ASSERT(number > 0);
  if ((s->count + 1) * 2 > s->slot_count) TRY(grow(s));
  struct id_entry *slot = &s->slots[slot_of(s->slots, s->slot_count, id)];
  *earlier = slot->number;
  if (slot->number != 0) return ERR_OK;
  *slot = (struct id_entry){*id, number};
  s->count++;
  return ERR_OK;
}

size_t id_set_number(const struct id_set *s, const struct id *id) {
  return s->count > 0 ? s->slots[slot_of(s->slots, s->slot_count, id)].number : 0;
}

bool id_set_has(const struct id_set *s, const struct id *id) { return id_set_number(s, id) != 0; }

void id_set_clear(struct id_set *s) {
  for (size_t i = 0; i < s->slot_count; i++) s->slots[i].number = 0;
  s->count = 0;
}

void id_set_finish(struct id_set *s) {
  free(s->slots);
  *s = (struct id_set){0};
}
