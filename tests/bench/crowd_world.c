/* crowd_world.c: the activities, tutors and devices of a crowd, written before the hub starts. */
#include "tests/bench/crowd_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/stock_sql.h"

enum { group_ops = 1 + 2 * crowd_tutors + 2 * crowd_players + crowd_sessions };

static void must(err e) { ASSERT(e == ERR_OK); }

struct id crowd_id(const struct crowd *c, const char *kind, size_t n) {
  char ref[24];
  struct id id;
  (void)snprintf(ref, sizeof ref, "%zu", n);
  crypto_import_id(&id, &c->host.hub.id, kind, slice_text(ref));
  return id;
}

struct id crowd_tutor(const struct crowd *c, size_t device) {
  size_t ensemble = device % crowd_ensembles, tutor = device / crowd_ensembles % crowd_tutors;
  return crowd_id(c, "staff", ensemble * crowd_tutors + tutor);
}

static struct op *named_op(struct op *op, const struct crowd *c, uint8_t table, size_t n, uint32_t units) {
  *op = (struct op){.table = schema_table(table), .units = units};
  op->row = crowd_id(c, op->table->name, n);
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

/* Of namesakes in one ensemble the office would be asked. */
static const char *const first_names[crowd_players] = {"One", "Two",   "Three", "Four", "Five",
                                                       "Six", "Seven", "Eight", "Nine", "Ten"};

static struct op *add_people(struct op *op, const struct crowd *c, size_t group, const struct id *activity) {
  for (size_t i = 0; i < crowd_tutors; i++) {
    struct op *staff = named_op(op++, c, TABLE_staff, group * crowd_tutors + i, 1U << 1 | 1U << 3);
    staff->values[COL(staff, name)] = value_text(slice_text("Tutor Sample"));
    staff->values[COL(staff, status)] = value_int(ENUM_staff_status_active);
    struct op *grant = pair_op(op++, TABLE_grant_, &staff->row, activity);
    grant->values[COL(grant_, role)] = value_int(ENUM_grant_role_leader);
    grant->values[COL(grant_, starts)] = value_int(c->today - 400);
  }
  for (size_t i = 0; i < crowd_players; i++) {
    struct op *learner = named_op(op++, c, TABLE_learner, group * crowd_players + i, 1 | 1U << 1 | 1U << 4);
    learner->values[COL(learner, first_name)] = value_text(slice_text(first_names[i]));
    learner->values[COL(learner, last_name)] = value_text(slice_text("Sample"));
    learner->values[COL(learner, status)] = value_int(ENUM_learner_status_active);
    struct op *enrolment = pair_op(op++, TABLE_enrolment, &learner->row, activity);
    enrolment->values[COL(enrolment, starts)] = value_int(c->today - 400);
  }
  return op;
}

static struct op *add_group(struct op *op, const struct crowd *c, size_t group) {
  struct op *activity = named_op(op++, c, TABLE_activity, group, 7);
  activity->values[COL(activity, name)] = value_text(slice_text("Ensemble"));
  activity->values[COL(activity, mode)] = value_int(ENUM_mode_ensemble);
  for (size_t i = 0; i < crowd_sessions; i++) {
    struct op *session = named_op(op++, c, TABLE_session, group * crowd_sessions + i, 7);
    session->values[COL(session, activity)] = value_id(&activity->row);
    session->values[COL(session, date)] = value_int(c->today - (int32_t)i);
    session->values[COL(session, starts)] = value_int(16 * 60);
    session->values[COL(session, ends)] = value_int(17 * 60);
    session->values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  }
  return add_people(op, c, group, &activity->row);
}

static void write_ensembles(struct crowd *c) {
  struct op *ops = calloc((size_t)crowd_ensembles * group_ops, sizeof *ops), *end = ops;
  ASSERT(ops != NULL);
  for (size_t i = 0; i < crowd_ensembles; i++) end = add_group(end, c, i);
  struct arena a = ARENA_INIT(1U << 28);
  struct office_result result;
  must(office_apply(&result, &c->host.hub, c->host.store, &c->host.now, &c->host.hub.id, ops,
                    (size_t)(end - ops), false, &a, NULL));
  arena_finish(&a);
  free(ops);
}

/* Of those that only listen, the keys are all that is kept. */
static void enrol_all(struct crowd *c) {
  struct test_device *one = calloc(1, sizeof *one);
  ASSERT(one != NULL);
  for (size_t i = 0; i < c->count; i++) {
    bool writes = i < crowd_ensembles;
    struct test_device *d = writes ? &c->writers[i] : one;
    struct id staff = crowd_tutor(c, i);
    test_device_enrol(d, &c->host, &staff, NULL);
    c->members[i] = (struct crowd_member){.crowd = c, .device = {.id = d->id, .box = d->box}};
    if (!writes) test_device_finish(d);
  }
  free(one);
}

void crowd_world_make(struct crowd *c) {
  int32_t minute;
  uk_civil(c->host.now.wall_ms, &c->today, &minute);
  must(stock_sql_hurry(c->host.store));
  write_ensembles(c);
  enrol_all(c);
}
