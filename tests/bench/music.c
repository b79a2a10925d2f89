/* music.c: the made-up music hub of the figures, as office ops, and the calls every workload makes. */
#include "tests/bench/music.h"

#include <stdio.h>
#include <stdlib.h>

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id named(struct music *b, const char *kind, size_t n) {
  char ref[32];
  struct id id;
  snprintf(ref, sizeof ref, "bench %zu", n);
  crypto_import_id(&id, &b->pair.hub.hub.id, kind, slice_text(ref));
  return id;
}

/* Everybody has a name of their own: of namesakes in one ensemble the office would be asked, 30,000 times. */
static struct op *learner_op(struct op *op, const struct id *id, const char *last_name) {
  *op = (struct op){.table = schema_table(TABLE_learner), .row = *id, .units = 1 | 1U << 1 | 1U << 4};
  op->values[COL(learner, first_name)] = value_text(slice_text("Player"));
  op->values[COL(learner, last_name)] = value_text(slice_text(last_name));
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

static void grant_op(struct op *op, const struct id *staff, const struct id *activity, int32_t today) {
  pair_op(op, TABLE_grant_, staff, activity);
  op->values[COL(grant_, role)] = value_int(ENUM_grant_role_leader);
  op->values[COL(grant_, starts)] = value_int(today - 400);
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

static void make_hub(struct music *b) {
  enum { ops_max = ensembles * 3 + ensembles * players * 2 + sessions };
  struct op *ops = calloc(ops_max, sizeof *ops);
  size_t n = 0;
  ASSERT(ops != NULL);
  int32_t today = b->pair.world.today;
  for (size_t i = 0; i < ensembles; i++) {
    b->activity[i] = named(b, "activity", i);
    activity_op(&ops[n++], &b->activity[i]);
    grant_op(&ops[n++], &b->pair.world.ada, &b->activity[i], today);
    grant_op(&ops[n++], &b->pair.world.ben, &b->activity[i], today);
  }
  for (size_t i = 0; i < ensembles * players; i++) {
    b->learner[i] = named(b, "learner", i);
    snprintf(b->last_name[i], sizeof b->last_name[i], "Sample %zu", i);
    learner_op(&ops[n++], &b->learner[i], b->last_name[i]);
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

void music_open(struct music *b, uint64_t seed) {
  pair_open(&b->pair, seed);
  make_hub(b);
}

static void check(struct pair_device *d, bool ok) {
  if (ok) return;
  fprintf(stderr, "bench: a call failed: %s\n", d->host.text);
  exit(1);
}

void music_mark(struct music *b, struct pair_device *d, size_t i, const char *code) {
  const struct id *learner = &b->learner[i / players % ensembles * players + i % players];
  check(d, core_host_call(&d->host, "mark.set", "session:i learner:i code:w", &b->session[i / players],
                          learner, code));
}

void music_rest(struct music *b, struct pair_device *d, size_t session, const char *code) {
  check(d, core_host_call(&d->host, "mark.rest", "session:i code:w", &b->session[session], code));
}

void music_hold(struct pair_device *d, bool hold) {
  check(d, core_host_call(&d->host, "sync.hold", "hold:b", hold));
}

size_t music_unsent(struct pair_device *d) {
  check(d, core_host_call(&d->host, "sync.status", ""));
  return (size_t)core_host_int(d->host.result, "changes");
}
