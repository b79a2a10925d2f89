/* feed_test.c: a store's feed against a list of entries that knows nothing of how they are kept: what is put
 * among them, cut out of them, erased and taken back at random, every reader is told from every position. A
 * failure prints the seed; the program takes one as its argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "proto/digest.h"
#include "tests/contract/store/engine.h"
#include "tests/contract/store/store_row.h"
#include "tests/sim/sim_random.h"

enum {
  seeds = 12,
  steps = 24,
  streams = 3,
  rows = 90,
  schools = 60, /* of the rows; what is behind them no tutor sees */
  entries_max = 4096,
  written_max = 2 * streams * rows,
};

struct entry {
  uint64_t position;
  enum feed_kind kind;
  const struct table *table;
  struct id id;
  uint64_t erasure;
};
struct world {
  uint64_t seed, random, position, erasures;
  struct store *store;
  struct arena arena;
  struct id ids[rows], streams[streams];
  uint64_t versions[rows]; /* 0: there is no such row */
  bool in[streams][rows];
  struct entry entries[streams][entries_max]; /* in the order of their positions */
  size_t counts[streams];
};
static uint64_t only_seed;

static void check_at(const struct world *w, bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s with seed %llu; replay: contract_store_sqlite_feed %llu\n", what,
          (unsigned long long)w->seed, (unsigned long long)w->seed);
  fail();
}
#define check(w, cond) check_at(w, cond, #cond)

static uint64_t below(struct world *w, uint64_t n) { return sim_below(&w->random, n); }
static bool chance(struct world *w, uint64_t percent) { return below(w, 100) < percent; }
static uint8_t table_of(size_t row) { return row < schools ? TABLE_school : TABLE_partner; }

/* ---- the model ---- */

static void take_out(struct world *w, size_t stream, uint64_t position) {
  struct entry *list = w->entries[stream];
  size_t left = 0;
  for (size_t i = 0; i < w->counts[stream]; i++)
    if (list[i].position != position) list[left++] = list[i];
  w->counts[stream] = left;
}

static void put(struct world *w, size_t stream, const struct entry *e) {
  take_out(w, stream, e->position);
  ASSERT(w->counts[stream] < entries_max);
  struct entry *list = w->entries[stream];
  size_t at = w->counts[stream]++;
  for (; at > 0 && list[at - 1].position > e->position; at--) list[at] = list[at - 1];
  list[at] = *e;
}

static size_t count_until(const struct world *w, size_t stream, uint64_t position) {
  size_t n = 0;
  while (n < w->counts[stream] && w->entries[stream][n].position <= position) n++;
  return n;
}

/* ---- what a hub does ---- */

struct writing {
  struct row made[rows];
  const struct row *list[rows];
  size_t row_count;
  struct write_feed feed[written_max];
  size_t feed_count;
};

static void tell(struct world *w, struct writing *p, size_t stream, size_t row, enum feed_kind kind) {
  ASSERT(p->feed_count < written_max);
  p->feed[p->feed_count++] = (struct write_feed){.stream = w->streams[stream],
                                                 .table = schema_table(table_of(row)),
                                                 .row = w->ids[row],
                                                 .kind = kind,
                                                 .position = p->made[row].version,
                                                 .before = w->versions[row]};
}

/* A register anew, or a few rows here and there. */
static void choose_rows(struct world *w, struct writing *p, bool chosen[rows]) {
  size_t first = below(w, rows), last = first + below(w, rows - first);
  uint64_t percent = chance(w, 50) ? 100 : 1 + below(w, 60);
  for (size_t i = 0; i < rows; i++) {
    chosen[i] = i >= first && i <= last && chance(w, percent);
    if (!chosen[i]) continue;
    p->made[i] = store_row(table_of(i), &w->ids[i], ++w->position, &w->arena);
    p->made[i].values[i < schools ? COL(school, name) : COL(partner, name)] = value_text(slice_text("Hill"));
    p->list[p->row_count++] = &p->made[i];
  }
}

/* Leaving stands before everything else, as the hub writes it; who comes back at once has both. */
static void choose_entries(struct world *w, struct writing *p, const bool chosen[rows]) {
  bool comes[streams][rows];
  for (size_t s = 0; s < streams; s++) {
    for (size_t i = 0; i < rows; i++) {
      comes[s][i] = chosen[i] && (w->in[s][i] || chance(w, 40));
      if (!chosen[i] || !w->in[s][i] || !chance(w, 8)) continue;
      tell(w, p, s, i, FEED_LEAVE);
      comes[s][i] = chance(w, 40);
    }
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t s = 0; s < streams; s++)
      if (comes[s][i]) tell(w, p, s, i, FEED_ROW);
  }
}

static size_t stream_of(const struct world *w, const struct id *id) {
  size_t s = 0;
  while (!id_equal(&w->streams[s], id)) s++;
  return s;
}

static void note(struct world *w, const struct writing *p, const bool chosen[rows]) {
  for (size_t i = 0; i < p->feed_count; i++) take_out(w, stream_of(w, &p->feed[i].stream), p->feed[i].before);
  for (size_t i = 0; i < p->feed_count; i++) {
    const struct write_feed *f = &p->feed[i];
    size_t s = stream_of(w, &f->stream), row = 0;
    put(w, s, &(struct entry){.position = f->position, .kind = f->kind, .table = f->table, .id = f->row});
    while (!id_equal(&w->ids[row], &f->row)) row++;
    w->in[s][row] = f->kind == FEED_ROW;
  }
  for (size_t i = 0; i < rows; i++)
    if (chosen[i]) w->versions[i] = p->made[i].version;
}

static void write_some(struct world *w) {
  static struct writing p;
  bool chosen[rows];
  uint64_t position = w->position;
  p.row_count = p.feed_count = 0;
  choose_rows(w, &p, chosen);
  choose_entries(w, &p, chosen);
  struct write_set of_rows = {.rows = p.list, .row_count = p.row_count};
  struct write_set of_feed = {.feed = p.feed, .feed_count = p.feed_count};
  check(w, w->store->ops->begin(w->store) == ERR_OK);
  check(w, w->store->ops->save(w->store, &of_rows) == ERR_OK);
  check(w, w->store->ops->save(w->store, &of_feed) == ERR_OK);
  check(w, w->store->ops->number_save(w->store, STORE_POSITION, w->position) == ERR_OK);
  if (chance(w, 15)) {
    w->store->ops->rollback(w->store);
    w->position = position;
    return;
  }
  check(w, w->store->ops->commit(w->store) == ERR_OK);
  note(w, &p, chosen);
}

static void forget_row(struct world *w, size_t row) {
  w->versions[row] = 0;
  for (size_t s = 0; s < streams; s++) {
    w->in[s][row] = false;
    size_t left = 0;
    for (size_t i = 0; i < w->counts[s]; i++)
      if (!id_equal(&w->entries[s][i].id, &w->ids[row])) w->entries[s][left++] = w->entries[s][i];
    w->counts[s] = left;
  }
}

static void erase_some(struct world *w) {
  struct row_key keys[rows];
  struct erased_counts counts;
  struct write_erasure e = {.entry = {.number = ++w->erasures, .reason = slice_text("left")},
                            .learner = {{0xee, (uint8_t)w->erasures}},
                            .rows = keys,
                            .position = ++w->position,
                            .everywhere = true}; /* these rows are in no stream that follows from a learner */
  uint64_t percent = 1 + below(w, 30);
  for (size_t i = 0; i < rows; i++) {
    if (!w->versions[i] || !chance(w, percent)) continue;
    keys[e.row_count++] = (struct row_key){.table = schema_table(table_of(i)), .id = w->ids[i]};
    forget_row(w, i);
  }
  check(w, w->store->ops->begin(w->store) == ERR_OK);
  check(w, w->store->ops->erase(w->store, &e, &counts) == ERR_OK);
  check(w, w->store->ops->number_save(w->store, STORE_POSITION, w->position) == ERR_OK);
  check(w, w->store->ops->commit(w->store) == ERR_OK);
  put(w, 0,
      &(struct entry){.position = e.position,
                      .kind = FEED_ERASE,
                      .table = schema_table(TABLE_learner),
                      .id = e.learner,
                      .erasure = w->erasures});
}

/* ---- what readers are told ---- */

static void check_edges(struct world *w, size_t stream, uint64_t position) {
  struct stream_position at = {.stream = w->streams[stream], .position = position};
  struct feed_edges edges;
  size_t until = count_until(w, stream, position), all = w->counts[stream];
  check(w, w->store->ops->feed_edges(w->store, &at, &edges) == ERR_OK);
  check(w, edges.position == w->position);
  check(w, edges.before == (until ? w->entries[stream][until - 1].position : 0));
  check(w, edges.last == (all ? w->entries[stream][all - 1].position : 0));
}

static void check_count(struct world *w, size_t stream, uint64_t after) {
  uint64_t until = below(w, w->position + 2), found;
  size_t a = count_until(w, stream, after), b = count_until(w, stream, until);
  check(w, w->store->ops->feed_count(w->store, &w->streams[stream], after, until, &found) == ERR_OK);
  check(w, found == (b > a ? b - a : 0));
}

static void check_item(struct world *w, const struct feed_item *one, const struct entry *e) {
  check(w, one->kind == e->kind && one->table == e->table && id_equal(&one->id, &e->id));
  check(w, one->version == e->position && one->erasure == e->erasure);
  check(w, (one->row != NULL) == (e->kind == FEED_ROW));
  if (one->row) check(w, one->row->version == e->position && id_equal(&one->row->id, &e->id));
}

/* Batch for batch from a position to the end. */
static void check_read(struct world *w, size_t stream, uint64_t position, size_t rows_max) {
  struct stream_position at = {
      .stream = w->streams[stream], .position = position, .audience = AUDIENCE_TEACHING};
  const struct entry *list = w->entries[stream];
  size_t next = count_until(w, stream, position);
  struct feed_batch b = {.checkpoint = false};
  while (!b.checkpoint) {
    check(w, w->store->ops->read_feed(w->store, &at, rows_max, &w->arena, &b) == ERR_OK);
    check(w, !b.restart && b.from == at.position && b.count <= rows_max);
    for (size_t i = 0; i < b.count; i++) {
      while (next < w->counts[stream] && !(list[next].table->audience & at.audience)) next++;
      check(w, next < w->counts[stream]);
      check_item(w, &b.items[i], &list[next++]);
    }
    check(w, b.checkpoint ? b.to == w->position : b.to > at.position);
    at.position = b.to;
  }
  while (next < w->counts[stream] && !(list[next].table->audience & at.audience)) next++;
  check(w, next == w->counts[stream]);
}

/* What is read from the beginning on is what the digest is of. */
static void check_digest(struct world *w, size_t stream) {
  struct stream_position at = {.stream = w->streams[stream], .audience = AUDIENCE_TEACHING};
  struct digest sum = {.rows = 0};
  struct buf scratch = BUF_INIT(1 << 16);
  struct feed_batch b;
  uint8_t row[hash_bytes], mine[hash_bytes], its[hash_bytes];
  check(w, w->store->ops->read_feed(w->store, &at, entries_max, &w->arena, &b) == ERR_OK);
  for (size_t i = 0; i < b.count; i++) {
    if (!b.items[i].row) continue;
    check(w, digest_row(row, b.items[i].row, at.audience, &scratch) == ERR_OK);
    digest_add(&sum, row);
  }
  digest_end(mine, &sum, &at.stream, at.audience);
  check(w, w->store->ops->stream_digest(w->store, &at, its) == ERR_OK);
  check(w, slice_equal(slice_of(mine, hash_bytes), slice_of(its, hash_bytes)));
  buf_finish(&scratch);
}

static void check_all(struct world *w) {
  for (size_t s = 0; s < streams; s++) {
    for (uint64_t p = 0; p <= w->position; p += 1 + below(w, 3)) {
      check_edges(w, s, p);
      check_count(w, s, p);
      if (chance(w, 10)) check_read(w, s, p, 1 + below(w, chance(w, 50) ? 8 : 200));
      arena_clear(&w->arena);
    }
    check_read(w, s, 0, 1 + below(w, 40));
    check_digest(w, s);
    arena_clear(&w->arena);
  }
}

/* ---- a life of a hub ---- */

static void world_open(struct world *w, uint64_t seed) {
  *w = (struct world){.seed = seed, .random = seed, .arena = ARENA_INIT(1 << 26)};
  w->streams[0] = stream_reference;
  for (size_t s = 1; s < streams; s++) w->streams[s] = (struct id){{0xaa, (uint8_t)s}};
  for (size_t i = 0; i < rows; i++)
    w->ids[i] = (struct id){{1 + (uint8_t)(i / 20), 1, 1, 1, (uint8_t)i, (uint8_t)below(w, 256)}};
  w->store = engine_open();
}

static void live(uint64_t seed) {
  static struct world w;
  world_open(&w, seed);
  for (size_t i = 0; i < steps; i++) {
    if (chance(&w, 12))
      erase_some(&w);
    else
      write_some(&w);
    arena_clear(&w.arena);
    if (i % 6 == 5) check_all(&w);
  }
  w.store->ops->close(w.store);
  engine_remove();
  arena_finish(&w.arena);
}

static void readers_are_told_what_stands_in_a_stream_whatever_came_and_went(void **state) {
  (void)state;
  assert_int_equal(crypto_init(), ERR_OK);
  if (only_seed) return live(only_seed);
  for (uint64_t seed = 1; seed <= seeds; seed++) live(seed);
}

int main(int argc, char **argv) {
  if (argc > 1) only_seed = strtoull(argv[1], NULL, 10);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(readers_are_told_what_stands_in_a_stream_whatever_came_and_went),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
