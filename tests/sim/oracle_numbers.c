/* oracle_numbers.c: an op has its number for ever: of whatever the hub took, in this history or in one that a
 * restore lost, no two ops bear one, for other people's ops name them by it (26). */
#include <stdlib.h>

#include "tests/sim/sim.h"

struct numbered {
  struct op_id id;
  uint8_t table;
  struct id row;
  uint32_t units;
  uint64_t stamp;
};
struct numbers {
  struct numbered *list;
  size_t count, cap;
};

static void note_op(struct numbers *n, const struct numbered *one) {
  if (n->count == n->cap) {
    n->cap = n->cap ? 2 * n->cap : 512;
    n->list = realloc(n->list, n->cap * sizeof *n->list);
    if (!n->list) abort();
  }
  n->list[n->count++] = *one;
}

static void read_bundle(struct sim *s, struct numbers *n, const struct sim_bundle *b, struct arena *a) {
  struct bundle_content content;
  err e = sim_bundle_content(s, b, a, &content);
  if (e != ERR_OK) sim_fail(s, "26 numbers", "a bundle that was taken cannot be opened: %s", err_text(e));
  for (size_t i = 0; i < content.changeset_count; i++) {
    const struct changeset *cs = &content.changesets[i];
    for (size_t k = 0; k < cs->op_count; k++)
      note_op(n, &(struct numbered){.id = {b->device, b->incarnation, cs->counter + k},
                                    .table = cs->ops[k].table->id,
                                    .row = cs->ops[k].row,
                                    .units = cs->ops[k].units,
                                    .stamp = cs->stamp});
  }
}

static int in_order(const void *a, const void *b) {
  const struct numbered *x = a, *y = b;
  return op_id_compare(&x->id, &y->id);
}

static bool is_same(const struct numbered *a, const struct numbered *b) {
  return a->table == b->table && id_equal(&a->row, &b->row) && a->units == b->units && a->stamp == b->stamp;
}

static void check_all(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 30);
  struct numbers n = {.count = 0};
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].ever) read_bundle(s, &n, &s->bundles[i], &a);
  }
  if (n.count) qsort(n.list, n.count, sizeof *n.list, in_order);
  for (size_t i = 1; i < n.count; i++) {
    const struct numbered *one = &n.list[i - 1], *other = &n.list[i];
    if (op_id_equal(&one->id, &other->id) && !is_same(one, other))
      sim_fail(s, "26 numbers", "two ops of incarnation %u are number %llu", (unsigned)one->id.incarnation,
               (unsigned long long)one->id.counter);
  }
  free(n.list);
  arena_finish(&a);
}

const struct sim_oracle sim_oracle_numbers = {.number = 26, .name = "numbers", .end = check_all};
