/* oracle_again.c: the same bundles once more change nothing (6), and in any other order give the same (5). */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/erase.h"
#include "tests/sim/sim.h"

/* The very bytes that the store keeps for it. */
static void check_receipt(struct sim *s, struct hub_host *h, const struct sim_bundle *b,
                          struct slice receipt) {
  struct arena a = ARENA_INIT(1 << 22);
  struct store_bundle kept;
  err e = h->store->ops->bundle_load(h->store, &b->device, b->incarnation, b->seq, &a, &kept);
  if (e == ERR_OK && !slice_equal(kept.receipt, receipt))
    sim_fail(s, "6 again", "bundle %llu is answered with another receipt than the hub keeps",
             (unsigned long long)b->seq);
  arena_finish(&a);
}

static void ingest_again(struct sim *s, struct hub_host *h, const struct sim_bundle *b, struct buf *receipt) {
  struct job job;
  s->build->hub->ingest(h, &job, buf_slice(&b->bytes));
  if (job.result != ERR_OK)
    sim_fail(s, "6 again", "bundle %llu is refused: %s", (unsigned long long)b->seq, err_text(job.result));
  check_receipt(s, h, b, job.receipt);
  if (buf_append(receipt, job.receipt) != ERR_OK) abort();
  job_finish(&job);
}

static void check_twice(struct sim *s) {
  uint8_t before[hash_bytes];
  sim_digest(s, &s->hub, before);
  for (size_t i = 0; i < s->bundle_count; i++) {
    struct buf first = BUF_INIT(1 << 20), second = BUF_INIT(1 << 20);
    if (!s->bundles[i].stored) continue;
    ingest_again(s, &s->hub, &s->bundles[i], &first);
    ingest_again(s, &s->hub, &s->bundles[i], &second);
    if (!slice_equal(buf_slice(&first), buf_slice(&second)))
      sim_fail(s, "6 again", "one bundle has two receipts");
    buf_finish(&first);
    buf_finish(&second);
  }
  sim_must_equal(s, "6 again", &s->hub, before);
}

/* Of the two sides of a fork the one that comes first is taken, so they are not a set. */
static bool forked(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 26);
  bool any = false;
  for (size_t i = 0; i < s->bundle_count && !any; i++) {
    struct sim_bundle *b = &s->bundles[i];
    struct receipt r;
    if (!b->stored || !sim_receipt(s, b, &a, &r)) continue;
    for (size_t k = 0; k < r.exception_count; k++) any = any || r.exceptions[k].reason == ERR_FORK;
  }
  arena_finish(&a);
  return any;
}

/* Before, between or after the bundles it comes to the same. */
static void erase_somewhere(struct sim *s, struct hub_host *h, size_t left) {
  for (size_t i = 0; i < sim_learners; i++) {
    const struct erase_order order = {
        .learner = s->learners[i], .by = s->world.ben, .reason = slice_text("again")};
    struct erase_result r;
    struct fault fault;
    if (!s->erased[i] || (left && sim_below(&s->random, left + 1))) continue;
    if (sim_end_cases(s, h, i) != ERR_OK) sim_fail(s, "5 any order", "a case of learner %zu does not end", i);
    if (erase_learner(&r, &h->hub, h->store, &h->now, &order, &fault) != ERR_OK)
      sim_fail(s, "5 any order", "learner %zu is not erased: %s", i, fault.text);
  }
}

static void check_order(struct sim *s) {
  uint8_t before[hash_bytes];
  size_t order[sim_bundles_max] = {0};
  if (s->office_wrote || forked(s)) return;
  sim_digest(s, &s->hub, before);
  struct hub_host other = s->hub;
  other.line_count = 0;
  (void)snprintf(other.path, sizeof other.path, "base/hub.db");
  sim_hub_store(s, &other, false);
  for (size_t i = 0; i < s->bundle_count; i++) {
    size_t k = sim_below(&s->random, i + 1);
    order[i] = order[k];
    order[k] = i;
  }
  for (size_t i = 0; i < s->bundle_count; i++) {
    const struct sim_bundle *b = &s->bundles[order[i]];
    struct buf receipt = BUF_INIT(1 << 20);
    if (!b->stored) continue;
    erase_somewhere(s, &other, s->bundle_count - i);
    other.now = b->stored_at;
    ingest_again(s, &other, b, &receipt);
    buf_finish(&receipt);
  }
  erase_somewhere(s, &other, 0);
  other.now = s->hub.now;
  s->build->hub->keep(&other); /* what waited there for a missing one was let go ahead here too */
  sim_must_equal(s, "5 any order", &other, before);
  other.store->ops->close(other.store);
}

static void check_both(struct sim *s) {
  check_twice(s);
  check_order(s);
}

const struct sim_oracle sim_oracle_again = {.number = 6, .name = "again", .end = check_both};
