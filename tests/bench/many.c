/* many.c: fifty devices at once, and two that disagree. */
#include "tests/bench/many.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/figure.h"

/* What is timed is a function of its own, which a profiler can be told to look at alone. */
#define TIMED static __attribute__((noinline))

static void give_up(const char *why) {
  fprintf(stderr, "bench: %s\n", why);
  exit(1);
}

/* ---- W3 ---- */

enum { tutors = crowd_devices / ensembles };

/* A tutor of one ensemble; five lead each. */
static struct id hire(struct music *b, size_t no) {
  struct pair *p = &b->pair;
  struct op op = {.table = schema_table(TABLE_staff), .units = 1U << 1 | 1U << 3};
  struct id id = {{0}};
  struct entropy e = hub_host_entropy(&p->hub);
  entropy_fill(&e, id.b, sizeof id.b);
  op.row = id;
  op.values[COL(staff, name)] = value_text(slice_text("Tutor Sample"));
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  hub_world_put(&p->hub, &op);
  hub_world_grant(&p->hub, &id, &b->activity[no % ensembles], ENUM_grant_role_leader, p->world.today - 400,
                  0);
  return id;
}

/* Six whole registers of the tutor's ensemble, and twenty marks of one that another tutor marks too. */
static void record(struct music *b, struct pair_device *d, size_t no) {
  enum { whole = crowd_marks / players, single = crowd_marks % players, shared = 3 };
  size_t ensemble = no % ensembles, tutor = no / ensembles;
  size_t common = tutors * whole + tutor % shared, from = tutor < shared ? 0 : players - single;
  for (size_t i = 0; i < whole; i++) music_rest(b, d, (tutor * whole + i) * ensembles + ensemble, "P");
  for (size_t i = 0; i < single; i++)
    music_mark(b, d, (common * ensembles + ensemble) * players + from + i, "P");
}

static bool all_sent(struct pair *p) {
  for (size_t i = 0; i < p->count; i++)
    if (music_unsent(p->devices[i]) > 0) return false;
  return true;
}

/* Sealing happens when the line comes up, and is the device's own time too. */
static double bring_up(struct pair *p) {
  double all = 0;
  for (size_t i = 0; i < p->count; i++) {
    double start = bench_now_ms();
    music_hold(p->devices[i], false);
    p->devices[i]->core_ms = bench_now_ms() - start;
    all += p->devices[i]->core_ms;
  }
  return all;
}

static double timed_round(struct pair *p) {
  double start = bench_now_ms();
  if (!pair_round(p)) give_up("W3: work is unsent and nobody says anything");
  return bench_now_ms() - start;
}

static struct crowd_time time_of(const struct pair *p, double all) {
  struct crowd_time t = {.all = all, .hub = all};
  double slowest = 0;
  for (size_t i = 0; i < p->count; i++) {
    t.hub -= p->devices[i]->core_ms;
    if (p->devices[i]->core_ms > slowest) slowest = p->devices[i]->core_ms;
  }
  t.ms = t.hub + slowest;
  return t;
}

TIMED struct crowd_time send_crowd(struct pair *p) {
  double all = bring_up(p);
  while (!all_sent(p)) all += timed_round(p);
  return time_of(p, all);
}

struct crowd_time many_send(struct music *b, uint64_t seed) {
  music_open(b, seed);
  struct pair *p = &b->pair;
  for (size_t i = 0; i < crowd_devices; i++) {
    struct id staff = hire(b, i);
    music_hold(pair_add(p, &staff), true);
  }
  for (size_t i = 0; i < crowd_devices; i++) record(b, p->devices[i], i);
  pair_run(p);
  struct crowd_time t = send_crowd(p);
  pair_close(p);
  return t;
}

/* ---- W4 ---- */

static struct id code_of(const item *row) {
  struct id id = core_host_id(row, "learner");
  struct slice code = core_host_text(row, "code");
  for (size_t i = 0; i < code.len && i < id_bytes; i++) id.b[i] ^= code.ptr[i];
  return id;
}

/* What a device shows, as one number: the marks of the registers both changed. */
static uint64_t shown(struct music *b, struct pair_device *d) {
  uint64_t sum = 0;
  for (size_t s = 0; s <= both_marks / players; s++) {
    size_t count;
    if (!core_host_call(&d->host, "register.get", "session:i", &b->session[s])) give_up(d->host.text);
    const item *rows = core_host_list(d->host.result, "rows", &count);
    for (size_t i = 0; i < count; i++) {
      struct id id = code_of(item_at(rows, i));
      for (size_t k = 0; k < id_bytes; k++) sum = sum * 31 + id.b[k];
    }
  }
  return sum;
}

/* Both lines come up, and everything is carried until nobody has anything to say. */
TIMED double agree(struct pair *p, struct pair_device *ada, struct pair_device *ben) {
  double start = bench_now_ms();
  music_hold(ada, false);
  music_hold(ben, false);
  pair_run(p);
  pair_pass(p, feed_commit_ms); /* by then what the devices heard is committed too */
  return bench_now_ms() - start;
}

double many_agree(struct music *b, uint64_t seed) {
  music_open(b, seed);
  struct pair *p = &b->pair;
  struct pair_device *ada = pair_add(p, &p->world.ada), *ben = pair_add(p, &p->world.ben);
  for (size_t s = 0; s <= both_marks / players; s++) music_rest(b, ada, s, "P");
  pair_hold(p, ada, true); /* holding seals, and what is sealed is sent when the line is up again */
  pair_hold(p, ada, false);
  if (shown(b, ada) != shown(b, ben)) give_up("W4: the devices do not begin alike");
  pair_pass(p, lease_keep_ms); /* nothing of what came before is still to be made durable */
  pair_hold(p, ada, true);
  pair_hold(p, ben, true);
  for (size_t i = 0; i < both_marks; i++) music_mark(b, ada, i, "AN");
  for (size_t i = 0; i < both_marks; i++) music_mark(b, ben, i, "AU");
  if (shown(b, ada) == shown(b, ben)) give_up("W4: the devices do not disagree");
  double ms = agree(p, ada, ben);
  if (music_unsent(ada) + music_unsent(ben) > 0) give_up("W4: work is unsent and nobody says anything");
  if (shown(b, ada) != shown(b, ben)) give_up("W4: the devices do not agree");
  pair_close(p);
  return ms;
}
