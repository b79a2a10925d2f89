/* children.c: an index of every learner by likeness_keys, birthday and UPN, made for one transaction. */
#include "server/core/children.h"

#include <stdlib.h>

/* Keys of names are not negative, so birthdays stand below them, and UPNs between the two. */
static int64_t birthday_key(int32_t born) { return INT64_MIN + (int64_t)(uint32_t)born; }

static int64_t upn_key(struct slice upn) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < upn.len; i++) hash = (hash ^ upn.ptr[i]) * UINT64_C(0x100000001b3);
  return -1 - (int64_t)(hash >> 2);
}

static size_t keys_of(int64_t out[child_keys_max], const struct likeness_words *words,
                      const struct store_child *c) {
  size_t count = likeness_keys(out, words, &c->child);
  if (c->child.born) out[count++] = birthday_key(c->child.born);
  if (c->child.upn.len) out[count++] = upn_key(c->child.upn);
  return count;
}

static int by_key(const void *a, const void *b) {
  const struct child_key *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static void gather_keys(struct children *all, const struct likeness_words *words) {
  for (size_t i = 0; i < all->count; i++) {
    all->list[i].child.words = words;
    int64_t keys[child_keys_max];
    size_t count = keys_of(keys, words, &all->list[i]);
    for (size_t k = 0; k < count; k++)
      all->keys[all->key_count++] = (struct child_key){.key = keys[k], .place = (uint32_t)i};
  }
  if (all->key_count) qsort(all->keys, all->key_count, sizeof *all->keys, by_key);
}

static void note_groups(struct children *all) {
  size_t first = 0;
  for (size_t i = 0; i < all->key_count; i++) {
    struct child_groups *g = &all->groups[all->keys[i].place];
    if (all->keys[i].key != all->keys[first].key) first = i;
    g->first[g->count++] = (uint32_t)first;
  }
}

err children_index(struct children *all, struct arena *a) {
  struct likeness_words *words = arena_take(a, 1, sizeof *words);
  all->keys = arena_take(a, all->count + 1, child_keys_max * sizeof *all->keys);
  all->groups = arena_take(a, all->count + 1, sizeof *all->groups);
  if (!words || !all->keys || !all->groups) return ERR_NO_MEMORY;
  likeness_words_make(words);
  gather_keys(all, words);
  note_groups(all);
  return ERR_OK;
}

err children_read(struct children *out, struct work *w) {
  *out = (struct children){.count = 0};
  TRY(w->store->ops->child_list(w->store, &w->arena, &out->list, &out->count));
  TRY(w->store->ops->duplicate_list(w->store, &w->arena, &out->paired, &out->paired_count));
  return children_index(out, &w->arena);
}

static int by_id(const void *id, const void *child) {
  const struct store_child *c = child;
  return id_compare(id, &c->id);
}

const struct store_child *children_find(const struct children *all, const struct id *learner) {
  return all->count ? bsearch(learner, all->list, all->count, sizeof *all->list, by_id) : NULL;
}

static int ids(const void *a, const void *b) { return id_compare(a, b); }

bool children_paired(const struct children *all, const struct id *learner) {
  return all->paired_count && bsearch(learner, all->paired, all->paired_count, sizeof *all->paired, ids);
}

static size_t add_group(const struct store_child **list, const struct children *all, size_t first,
                        const struct store_child *of) {
  size_t count = 0;
  for (size_t i = first; i < all->key_count && count < namesakes_max; i++) {
    const struct store_child *other = &all->list[all->keys[i].place];
    if (all->keys[i].key != all->keys[first].key) break;
    if (other != of) list[count++] = other;
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
  *count = 0;
  if (!all) return ask_store(out, count, w, of);
  ASSERT(of >= all->list && of < all->list + all->count);
  const struct child_groups *g = &all->groups[of - all->list];
  for (size_t i = 0; i < g->count; i++) *count += add_group(out + *count, all, g->first[i], of);
  return ERR_OK;
}
