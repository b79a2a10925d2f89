/* arena.c: blocks in a chain, newest first; memory is cut off the newest. */
#include "shared/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum { block_first_bytes = 4096, block_growth_bytes_max = 1048576 };

struct arena_block {
  struct arena_block *next;
  size_t size, used; /* of data */
  alignas(max_align_t) uint8_t data[];
};

/* Blocks grow with use: few for a big batch, little waste for a small one. */
static struct arena_block *block_add(struct arena *a, size_t bytes) {
  size_t size = a->head ? 2 * a->head->size : block_first_bytes;
  if (size > block_growth_bytes_max) size = block_growth_bytes_max;
  if (size < bytes) size = bytes;
  if (size > SIZE_MAX - sizeof(struct arena_block)) return NULL;
  struct arena_block *block = malloc(sizeof *block + size);
  if (!block) return NULL;
  block->size = size;
  block->used = 0;
  block->next = a->head;
  a->head = block;
  return block;
}

/* What alignment costs counts too: a million takes of one byte must not pass a ceiling of two million. */
void *arena_take(struct arena *a, size_t count, size_t size) {
  const size_t align = alignof(max_align_t);
  if (size && count > (SIZE_MAX - align) / size) return NULL;
  size_t bytes = (count * size + align - 1) / align * align;
  if (bytes > a->max - a->used) return NULL;
  struct arena_block *block = a->head;
  if (!block || bytes > block->size - block->used) block = block_add(a, bytes);
  if (!block) return NULL;
  void *out = block->data + block->used;
  block->used += bytes;
  a->used += bytes;
  bytes_zero(out, count * size);
  return out;
}

struct slice arena_copy(struct arena *a, struct slice bytes) {
  if (bytes.len == SIZE_MAX) return slice_of(NULL, 0);
  uint8_t *copy = arena_take(a, bytes.len + 1, 1);
  if (!copy) return slice_of(NULL, 0);
  bytes_copy(copy, bytes.ptr, bytes.len);
  return slice_of(copy, bytes.len);
}

static void free_chain(struct arena_block *block) {
  while (block) {
    struct arena_block *next = block->next;
    free(block);
    block = next;
  }
}

void arena_clear(struct arena *a) {
  a->used = 0;
  if (!a->head) return;
  free_chain(a->head->next);
  a->head->next = NULL;
  a->head->used = 0;
}

/* The empty assembly claims to read the memory, so the compiler cannot leave out zeroing what is freed next.
 */
void arena_wipe(struct arena *a) {
  for (struct arena_block *block = a->head; block; block = block->next) {
    bytes_zero(block->data, block->used);
    __asm__ volatile("" : : "r"(block->data) : "memory");
  }
}

void arena_finish(struct arena *a) {
  free_chain(a->head);
  *a = (struct arena)ARENA_INIT(a->max);
}
