/* children.c: an index of every learner by likeness_keys and birthday, made for one transaction. */
#include "server/core/children.h"

#include <stdlib.h>

/* Keys of names are not negative, so birthdays stand below them. */
static int64_t birthday_key(int32_t born) { return INT64_MIN + (int64_t)(uint32_t)born; }

static size_t keys_of(int64_t out[likeness_keys_max + 1], const struct store_child *c) {
  size_t count = likeness_keys(out, &c->child);
  if (c->child.born) out[count++] = birthday_key(c->child.born);
  return count;
}

static int by_key(const void *a, const void *b) {
  const struct child_key *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

err children_index(struct children *all, struct arena *a) {
  all->keys = arena_take(a, all->count + 1, (likeness_keys_max + 1) * sizeof *all->keys);
  if (!all->keys) return ERR_NO_MEMORY;
  for (size_t i = 0; i < all->count; i++) {
    int64_t keys[likeness_keys_max + 1];
    size_t count = keys_of(keys, &all->list[i]);
    for (size_t k = 0; k < count; k++)
      all->keys[all->key_count++] = (struct child_key){.key = keys[k], .place = (uint32_t)i};
  }
  if (all->key_count) qsort(all->keys, all->key_count, sizeof *all->keys, by_key);
  return ERR_OK;
}

err children_read(struct children *out, struct work *w) {
  *out = (struct children){.count = 0};
  TRY(w->store->ops->child_list(w->store, &w->arena, &out->list, &out->count));
  return children_index(out, &w->arena);
}

static int by_id(const void *id, const void *child) {
  const struct store_child *c = child;
  return id_compare(id, &c->id);
}

const struct store_child *children_find(const struct children *all, const struct id *learner) {
  return all->count ? bsearch(learner, all->list, all->count, sizeof *all->list, by_id) : NULL;
}

static size_t first_of(const struct children *all, int64_t key) {
  size_t low = 0, high = all->key_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (all->keys[middle].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static size_t add_of_key(const struct store_child **list, const struct children *all, int64_t key,
                         const struct store_child *of) {
  size_t count = 0;
  for (size_t i = first_of(all, key); i < all->key_count && count < namesakes_max; i++) {
    const struct store_child *other = &all->list[all->keys[i].place];
    if (all->keys[i].key != key) break;
    if (!id_equal(&other->id, &of->id)) list[count++] = other;
  }
  return count;
}

static err ask_store(const struct store_child **list, size_t *count, struct work *w,
                     const struct store_child *of) {
  struct store_child *found;
  TRY(w->store->ops->child_candidates(w->store, of, &w->arena, &found, count));
  for (size_t i = 0; i < *count; i++) list[i] = &found[i];
  return ERR_OK;
}

err children_near(const struct store_child *out[children_near_max], size_t *count, struct work *w,
                  const struct children *all, const struct store_child *of) {
  int64_t keys[likeness_keys_max + 1];
  *count = 0;
  if (!all) return ask_store(out, count, w, of);
  size_t key_count = keys_of(keys, of);
  for (size_t i = 0; i < key_count; i++) *count += add_of_key(out + *count, all, keys[i], of);
  return ERR_OK;
}
