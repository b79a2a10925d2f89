/* origin.c: the origin book: a list by number and an open-addressing index over it. */
#include <stdlib.h>

#include "shared/schema/row.h"

enum { origins_first = 32, slots_per_origin = 2 };

void origin_book_finish(struct origin_book *book) {
  free(book->list);
  free(book->slots);
  *book = (struct origin_book){0};
}

static uint64_t load_word(const uint8_t *p) {
  uint64_t word;
  bytes_copy(&word, p, sizeof word);
  return word;
}

/* Ids are random or hashes already; the multiplications spread what is left of a pattern. */
static size_t hash(const struct origin *o) {
  uint64_t h = load_word(o->device.b) ^ (uint64_t)o->incarnation;
  h = (h ^ h >> 32) * 0x9E3779B97F4A7C15U + load_word(o->device.b + 8);
  h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9U + load_word(o->author.b);
  h = (h ^ h >> 32) * 0x94D049BB133111EBU + load_word(o->author.b + 8);
  return (size_t)((h ^ h >> 31) * 0x9E3779B97F4A7C15U >> 32);
}

static bool same(const struct origin *a, const struct origin *b) {
  return a->incarnation == b->incarnation && id_equal(&a->device, &b->device) &&
         id_equal(&a->author, &b->author);
}

/* The slot that holds `o`, or the free one where it belongs. At least half of all slots are free, so this
 * ends. */
static size_t find_slot(const struct origin_book *book, const struct origin *o) {
  size_t slot = hash(o) & (book->slot_count - 1);
  while (book->slots[slot] && !same(&book->list[book->slots[slot] - 1], o))
    slot = (slot + 1) & (book->slot_count - 1);
  return slot;
}

static void index_all(struct origin_book *book) {
  bytes_zero(book->slots, book->slot_count * sizeof *book->slots);
  for (size_t i = 0; i < book->count; i++) book->slots[find_slot(book, &book->list[i])] = (uint32_t)i + 1;
}

static err grow(struct origin_book *book) {
  if (book->count >= origins_max) return ERR_TOO_BIG;
  size_t cap = book->cap ? 2 * book->cap : origins_first;
  struct origin *list = realloc(book->list, cap * sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  book->list = list;
  uint32_t *slots = realloc(book->slots, cap * slots_per_origin * sizeof *slots);
  if (!slots) return ERR_NO_MEMORY;
  book->slots = slots;
  book->slot_count = cap * slots_per_origin;
  book->cap = cap;
  index_all(book);
  return ERR_OK;
}

err origin_book_intern(struct origin_book *book, const struct origin *o, uint32_t *no_out) {
  if (book->count == book->cap) TRY(grow(book));
  size_t slot = find_slot(book, o);
  if (!book->slots[slot]) {
    book->list[book->count++] = *o;
    book->slots[slot] = (uint32_t)book->count;
  }
  *no_out = book->slots[slot] - 1;
  return ERR_OK;
}

void origin_book_truncate(struct origin_book *book, size_t count) {
  if (count >= book->count) return;
  book->count = count;
  index_all(book);
}

const struct origin *origin_book_get(const struct origin_book *book, uint64_t no) {
  return no < book->count ? &book->list[no] : NULL;
}
