/* sync_bench.c: the attendance workload on the real client core, the real hub core and its SQLite store, on
 * real files, joined by memory: W1 send 10,000 marks recorded offline, W2 fetch them to an empty device, W3
 * fifty devices at once, W4 two that disagree, W5 single durable marks; the floor beside each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/figure.h"
#include "tests/bench/floor.h"
#include "tests/bench/many.h"

enum { singles = 1000, runs_max = 9 };

struct results {
  double floor_batch[runs_max], floor_crowd[runs_max], floor_both[runs_max], floor_single[runs_max];
  double w1[runs_max], w2[runs_max], w3[runs_max], w3_all[runs_max], w3_hub[runs_max], w4[runs_max],
      w5[runs_max];
  double up_bytes, down_bytes, hub_bytes, client_bytes;
};

static void must(err e) { ASSERT(e == ERR_OK); }

/* From the line coming up until every receipt is verified; what the feed brings back is not waited for. */
static double send_all(struct music *b, struct pair_device *d, double *bytes) {
  size_t sent = d->sent_bytes;
  double start = bench_now_ms();
  music_hold(d, false);
  while (music_unsent(d) > 0)
    if (!pair_frame(&b->pair, d)) exit(1);
  double ms = bench_now_ms() - start;
  *bytes = (double)(d->sent_bytes - sent) / marks;
  return ms;
}

static double fetch_all(struct music *b, const struct id *staff, double *bytes, struct pair_device **out) {
  double start = bench_now_ms();
  struct pair_device *d = pair_add(&b->pair, staff);
  pair_run(&b->pair);
  pair_pass(&b->pair, feed_commit_ms); /* by then it is committed too */
  double ms = bench_now_ms() - start;
  *bytes = (double)d->got_bytes / marks;
  *out = d;
  return ms;
}

static double single_marks(struct music *b, struct pair_device *d) {
  double start = bench_now_ms();
  for (size_t i = 0; i < singles; i++) music_mark(b, d, i, "P");
  return singles * 1e3 / (bench_now_ms() - start);
}

static double file_bytes(const char *path) {
  static const char *const suffixes[] = {"", "-wal"};
  double total = 0;
  for (size_t i = 0; i < 2; i++) {
    char name[256];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    if (stat(name, &st) == 0) total += (double)st.st_size;
  }
  return total;
}

static void one_run(struct music *b, struct results *r, size_t run) {
  struct pair_device *sender, *reader;
  music_open(b, 1 + run);
  double enrolling = bench_now_ms();
  sender = pair_add(&b->pair, &b->pair.world.ada);
  pair_pass(&b->pair, feed_commit_ms);
  enrolling = bench_now_ms() - enrolling;
  pair_hold(&b->pair, sender, true);
  pair_hub_becomes(&b->pair, b->pair.door); /* closed once, so that no log stands beside its file */
  double before = file_bytes(b->pair.hub.path), client_before = file_bytes(sender->host.db_path);
  for (size_t i = 0; i < sessions; i++) music_rest(b, sender, i, "P");
  r->w1[run] = send_all(b, sender, &r->up_bytes);
  pair_run(&b->pair);
  /* Enrolling and the first sync of everything but marks is not what W2 asks about: it was measured on the
   * first device. */
  r->w2[run] = fetch_all(b, &b->pair.world.ada, &r->down_bytes, &reader) - enrolling;
  /* A clean close leaves no log behind: what stays is what is stored. */
  (void)core_host_call(&sender->host, "lock", ""); /* gives room back that sent work left behind */
  core_host_stop(&sender->host);
  core_host_stop(&reader->host);
  r->client_bytes = (file_bytes(sender->host.db_path) - client_before) / marks;
  hub_host_reopen(&b->pair.hub);
  r->hub_bytes = (file_bytes(b->pair.hub.path) - before) / marks;
  pair_close(&b->pair);
}

static void one_single_run(struct music *b, struct results *r, size_t run) {
  music_open(b, 100 + run);
  struct pair_device *d = pair_add(&b->pair, &b->pair.world.ada);
  pair_hold(&b->pair, d, true);
  d->host.unread = true;
  r->w5[run] = single_marks(b, d);
  pair_close(&b->pair);
}

static void print(struct results *r, size_t runs) {
  double floor_ms = median(r->floor_batch, runs), floor_rate = median(r->floor_single, runs);
  double floor_crowd = median(r->floor_crowd, runs), floor_both = median(r->floor_both, runs);
  const struct figure figures[] = {
      {"floor.batch", "ms", floor_ms, 0, 0, 0, LOWER},
      {"floor.crowd", "ms", floor_crowd, 0, 0, 0, LOWER},
      {"floor.both", "ms", floor_both, 0, 0, 0, LOWER},
      {"floor.single", "rows/s", floor_rate, 0, 0, 0, HIGHER},
      {"W1.send", "ms", median(r->w1, runs), floor_ms, 3, 2, LOWER},
      {"W1.wire", "B/mark", r->up_bytes, 0, 50, 35, LOWER},
      {"W2.fetch", "ms", median(r->w2, runs), floor_ms, 2.5, 1.5, LOWER},
      {"W2.wire", "B/mark", r->down_bytes, 0, 50, 35, LOWER},
      {"W3.send", "ms", median(r->w3, runs), floor_crowd, 3, 2, LOWER},
      {"W3.hub", "ms", median(r->w3_hub, runs), floor_crowd, 0, 0, LOWER},
      {"W3.all", "ms", median(r->w3_all, runs), floor_crowd, 0, 0, LOWER},
      {"W4.agree", "ms", median(r->w4, runs), floor_both, 15, 8, LOWER},
      {"W5.mark", "marks/s", median(r->w5, runs), floor_rate, 0.78, 0.9, HIGHER},
      {"hub.stored", "B/mark", r->hub_bytes, 0, 450, 300, LOWER},
      {"client.stored", "B/mark", r->client_bytes, 0, 250, 200, LOWER},
  };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
}

static void one_crowd_run(struct music *b, struct results *r, size_t run) {
  struct crowd_time crowd = many_send(b, 200 + run);
  r->w3[run] = crowd.ms;
  r->w3_all[run] = crowd.all;
  r->w3_hub[run] = crowd.hub;
}

/* `only`: 0 for all, or the number of one workload, so that a profiler sees that one alone. */
static void measure(struct music *b, const char *dir, size_t runs, unsigned only) {
  struct results r = {.up_bytes = 0};
  for (size_t run = 0; run < runs; run++) {
    must(floor_batches(&r.floor_batch[run], dir, 1, marks));
    must(floor_batches(&r.floor_crowd[run], dir, crowd_devices, crowd_marks));
    must(floor_batches(&r.floor_both[run], dir, 1, both_marks));
    must(floor_single(&r.floor_single[run], dir, singles));
    if (only == 0 || only == 1 || only == 2) one_run(b, &r, run);
    if (only == 0 || only == 5) one_single_run(b, &r, run);
    if (only == 0 || only == 3) one_crowd_run(b, &r, run);
    if (only == 0 || only == 4) r.w4[run] = many_agree(b, 300 + run);
  }
  print(&r, runs);
}

static void remove_folder(const char *dir) {
  static const char *const names[] = {"floor.db", "floor.db-wal", "floor.db-shm"};
  for (size_t i = 0; i < 3; i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    (void)remove(path);
  }
  (void)remove(dir);
}

int main(int argc, char **argv) {
  unsigned runs = 5, only = 0;
  bool good = argc < 2 || (sscanf(argv[1], "%u", &runs) == 1 && runs >= 1 && runs <= runs_max);
  if (argc > 2) good = good && sscanf(argv[2], "W%u", &only) == 1 && only >= 1 && only <= 5;
  if (!good) {
    fprintf(stderr, "usage: sync_bench [RUNS: 1 to %d] [W1 to W5, alone: the other figures are 0]\n",
            runs_max);
    return 2;
  }
  char dir[] = "/tmp/tutti-bench-XXXXXX";
  if (mkdtemp(dir) == NULL || crypto_init() != ERR_OK) return 1;
  struct music *b = calloc(1, sizeof *b);
  ASSERT(b != NULL);
  measure(b, dir, runs, only);
  remove_folder(dir);
  free(b);
  return 0;
}
