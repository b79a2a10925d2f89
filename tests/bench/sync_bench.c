/* sync_bench.c: the attendance workload on the real client core, the real hub core and its SQLite store, on
 * real files, joined by memory: W1 send 10,000 marks recorded offline, W2 fetch them to an empty device, W5
 * single durable marks; the floor beside each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/figure.h"
#include "tests/bench/floor.h"
#include "tests/contract/sync/pair.h"

enum {
  ensembles = 10,
  players = 30,
  sessions = 334,
  marks = sessions * players,
  singles = 1000,
  runs_max = 9
};

struct bench {
  struct pair pair;
  struct id activity[ensembles], learner[ensembles * players], session[sessions];
};
struct results {
  double floor_batch[runs_max], floor_single[runs_max], w1[runs_max], w2[runs_max], w5[runs_max];
  double up_bytes, down_bytes, hub_bytes, client_bytes;
};

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id named(struct bench *b, const char *kind, size_t n) {
  char ref[32];
  struct id id;
  snprintf(ref, sizeof ref, "bench %zu", n);
  crypto_import_id(&id, &b->pair.hub.hub.id, kind, slice_text(ref));
  return id;
}

/* ---- the music hub: ten ensembles of thirty, and their sessions ---- */

static struct op *learner_op(struct op *op, const struct id *id) {
  *op = (struct op){.table = schema_table(TABLE_learner), .row = *id, .units = 1 | 1U << 1 | 1U << 4};
  op->values[COL(learner, first_name)] = value_text(slice_text("Player"));
  op->values[COL(learner, last_name)] = value_text(slice_text("Sample"));
  op->values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  return op;
}

static struct op *activity_op(struct op *op, const struct id *id) {
  *op = (struct op){.table = schema_table(TABLE_activity), .row = *id, .units = 7};
  op->values[COL(activity, name)] = value_text(slice_text("Ensemble"));
  op->values[COL(activity, mode)] = value_int(ENUM_mode_ensemble);
  return op;
}

static struct op *pair_op(struct op *op, uint8_t table, const struct id *a, const struct id *b) {
  struct id keys[2] = {*a, *b};
  *op = (struct op){.table = schema_table(table), .units = 3};
  crypto_row_id(&op->row, table, keys, 2);
  op->values[op->table->key_columns[0]] = value_id(a);
  op->values[op->table->key_columns[1]] = value_id(b);
  return op;
}

static struct op *session_op(struct op *op, const struct id *id, const struct id *activity, int32_t date) {
  *op = (struct op){.table = schema_table(TABLE_session), .row = *id, .units = 7};
  op->values[COL(session, activity)] = value_id(activity);
  op->values[COL(session, date)] = value_int(date);
  op->values[COL(session, starts)] = value_int(16 * 60);
  op->values[COL(session, ends)] = value_int(17 * 60);
  op->values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  return op;
}

static void make_hub(struct bench *b) {
  enum { ops_max = ensembles * 2 + ensembles * players * 2 + sessions };
  struct op *ops = calloc(ops_max, sizeof *ops);
  size_t n = 0;
  ASSERT(ops != NULL);
  int32_t today = b->pair.world.today;
  for (size_t i = 0; i < ensembles; i++) {
    b->activity[i] = named(b, "activity", i);
    activity_op(&ops[n++], &b->activity[i]);
    struct op *grant = pair_op(&ops[n++], TABLE_grant_, &b->pair.world.ada, &b->activity[i]);
    grant->values[COL(grant_, role)] = value_int(ENUM_grant_role_leader);
    grant->values[COL(grant_, starts)] = value_int(today - 400);
  }
  for (size_t i = 0; i < ensembles * players; i++) {
    b->learner[i] = named(b, "learner", i);
    learner_op(&ops[n++], &b->learner[i]);
    struct op *enrolment = pair_op(&ops[n++], TABLE_enrolment, &b->learner[i], &b->activity[i / players]);
    enrolment->values[COL(enrolment, starts)] = value_int(today - 400);
  }
  for (size_t i = 0; i < sessions; i++) {
    b->session[i] = named(b, "session", i);
    session_op(&ops[n++], &b->session[i], &b->activity[i % ensembles], today - (int32_t)(i / ensembles));
  }
  struct arena a = ARENA_INIT(1U << 28);
  struct office_result result;
  must(office_apply(&result, &b->pair.hub.hub, b->pair.hub.store, &b->pair.hub.now, &b->pair.hub.hub.id, ops,
                    n, false, &a, NULL));
  arena_finish(&a);
  free(ops);
}

/* ---- workloads ---- */

static void call(struct pair_device *d, const char *command, const char *format, const struct id *session,
                 const char *code) {
  if (core_host_call(&d->host, command, format, session, code)) return;
  fprintf(stderr, "bench: %s: %s\n", command, d->host.text);
  exit(1);
}

static int64_t unsent(struct pair_device *d) {
  if (!core_host_call(&d->host, "sync.status", "")) exit(1);
  return core_host_int(d->host.result, "changes");
}

/* From the line coming up until every receipt is verified; what the feed brings back is not waited for. */
static double send_all(struct bench *b, struct pair_device *d, double *bytes) {
  size_t sent = d->sent_bytes;
  double start = bench_now_ms();
  if (!core_host_call(&d->host, "sync.hold", "hold:b", 0)) exit(1);
  while (unsent(d) > 0)
    if (!pair_round(&b->pair)) exit(1);
  double ms = bench_now_ms() - start;
  *bytes = (double)(d->sent_bytes - sent) / marks;
  return ms;
}

static double fetch_all(struct bench *b, const struct id *staff, double *bytes, struct pair_device **out) {
  double start = bench_now_ms();
  struct pair_device *d = pair_add(&b->pair, staff);
  pair_run(&b->pair);
  double ms = bench_now_ms() - start;
  *bytes = (double)d->got_bytes / marks;
  *out = d;
  return ms;
}

static double single_marks(struct bench *b, struct pair_device *d) {
  double start = bench_now_ms();
  for (size_t i = 0; i < singles; i++) {
    const struct id *learner = &b->learner[i / 30 % ensembles * players + i % 30];
    if (!core_host_call(&d->host, "mark.set", "session:i learner:i code:w", &b->session[i / 30], learner,
                        "P")) {
      fprintf(stderr, "bench: mark.set: %s\n", d->host.text);
      exit(1);
    }
  }
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

static void one_run(struct bench *b, struct results *r, size_t run) {
  struct pair_device *sender, *reader;
  pair_open(&b->pair, 1 + run);
  make_hub(b);
  double enrolling = bench_now_ms();
  sender = pair_add(&b->pair, &b->pair.world.ada);
  enrolling = bench_now_ms() - enrolling;
  pair_hold(&b->pair, sender, true);
  double before = file_bytes(b->pair.hub.path), client_before = file_bytes(sender->host.db_path);
  for (size_t i = 0; i < sessions; i++) call(sender, "mark.rest", "session:i code:w", &b->session[i], "P");
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

static void one_single_run(struct bench *b, struct results *r, size_t run) {
  pair_open(&b->pair, 100 + run);
  make_hub(b);
  struct pair_device *d = pair_add(&b->pair, &b->pair.world.ada);
  pair_hold(&b->pair, d, true);
  r->w5[run] = single_marks(b, d);
  pair_close(&b->pair);
}

static void print(struct results *r, size_t runs) {
  double floor_ms = median(r->floor_batch, runs), floor_rate = median(r->floor_single, runs);
  const struct figure figures[] = {
      {"floor.batch", "ms", floor_ms, 0, 0, 0, LOWER},
      {"floor.single", "rows/s", floor_rate, 0, 0, 0, HIGHER},
      {"W1.send", "ms", median(r->w1, runs), floor_ms, 3, 2, LOWER},
      {"W1.wire", "B/mark", r->up_bytes, 0, 50, 35, LOWER},
      {"W2.fetch", "ms", median(r->w2, runs), floor_ms, 2.5, 1.5, LOWER},
      {"W2.wire", "B/mark", r->down_bytes, 0, 50, 35, LOWER},
      {"W5.mark", "marks/s", median(r->w5, runs), floor_rate, 0.78, 0.9, HIGHER},
      {"hub.stored", "B/mark", r->hub_bytes, 0, 450, 300, LOWER},
      {"client.stored", "B/mark", r->client_bytes, 0, 250, 200, LOWER},
  };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
}

static void measure(struct bench *b, const char *dir, size_t runs) {
  struct results r = {.up_bytes = 0};
  for (size_t run = 0; run < runs; run++) {
    must(floor_batch(&r.floor_batch[run], dir, marks));
    must(floor_single(&r.floor_single[run], dir, singles));
    one_run(b, &r, run);
    one_single_run(b, &r, run);
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
  unsigned runs = 5;
  if (argc > 1 && (sscanf(argv[1], "%u", &runs) != 1 || runs < 1 || runs > runs_max)) {
    fprintf(stderr, "usage: sync_bench [RUNS: 1 to %d]\n", runs_max);
    return 2;
  }
  char dir[] = "/tmp/tutti-bench-XXXXXX";
  if (mkdtemp(dir) == NULL || crypto_init() != ERR_OK) return 1;
  struct bench *b = calloc(1, sizeof *b);
  ASSERT(b != NULL);
  measure(b, dir, runs);
  remove_folder(dir);
  free(b);
  return 0;
}
