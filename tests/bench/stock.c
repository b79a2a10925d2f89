/* stock.c: rows, history and feed entries made here, handed to the store in batches. */
#include "tests/bench/stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/figure.h"
#include "tests/bench/stock_sql.h"

enum {
  batch_rows_max = 8192,
  shared_by = 10, /* activities whose marks one device wrote */
  year_weeks = 34 /* of lessons in a school year */
};

static void must(err e) { ASSERT(e == ERR_OK); }

static void *take(size_t count, size_t size) {
  void *p = calloc(count, size);
  ASSERT(p != NULL);
  return p;
}

static struct id named(const struct stock *s, const char *kind, size_t n) {
  char ref[24];
  struct id id;
  (void)snprintf(ref, sizeof ref, "%zu", n);
  crypto_import_id(&id, &s->host->hub.id, kind, slice_text(ref));
  return id;
}
static struct id activity_of(const struct stock *s, size_t a) { return named(s, "activity", a); }
static struct id player_of(const struct stock *s, size_t a, size_t i) {
  return named(s, "learner", a * stock_players + i);
}
static struct id school_of(const struct stock *s, size_t a) { return named(s, "school", a); }
static struct id taken(const struct stock *s, size_t n) { return named(s, "taken", n); }
static struct id to_take(const struct stock *s, size_t device, size_t round) {
  return named(s, "to take", device * stock_rounds + round);
}
/* Those that bring more lead activities from one end of the table to the other. */
static size_t place_of(const struct stock *s, size_t device) {
  return device * s->activities / stock_devices;
}

/* ---- a batch on its way to the store ---- */

struct batch {
  struct stock *stock;
  struct row rows[batch_rows_max];
  const struct row *list[batch_rows_max];
  struct head heads[batch_rows_max];
  struct write_history history[batch_rows_max];
  struct write_feed feed[batch_rows_max];
  struct op_range seen[batch_rows_max];
  size_t count, seen_count;
};
struct author {
  struct id device, person;
  uint64_t counter, bundle;
  uint8_t flags;
};

static int by_key(const void *a, const void *b) {
  const struct row *const *x = a, *const *y = b;
  if ((*x)->table->id != (*y)->table->id) return (*x)->table->id < (*y)->table->id ? -1 : 1;
  return id_compare(&(*x)->id, &(*y)->id);
}

static void flush(struct batch *b) {
  struct store *store = b->stock->host->store;
  if (b->count == 0) return;
  qsort(b->list, b->count, sizeof b->list[0], by_key);
  struct write_set w = {.rows = b->list,
                        .row_count = b->count,
                        .history = b->history,
                        .history_count = b->count,
                        .feed = b->feed,
                        .feed_count = b->count,
                        .seen = b->seen,
                        .seen_count = b->seen_count,
                        .now_ms = b->stock->host->now.wall_ms};
  must(store->ops->save(store, &w));
  must(store->ops->number_save(store, STORE_POSITION, b->stock->position));
  must(store->ops->number_save(store, STORE_OFFICE_COUNTER, b->stock->counter));
  must(store->ops->commit(store));
  must(store->ops->begin(store));
  b->count = b->seen_count = 0;
}

/* An empty row; the caller fills in its values. */
static struct row *add(struct batch *b, const struct author *by, uint8_t table, const struct id *id,
                       const struct id *stream, uint32_t units) {
  struct stock *s = b->stock;
  ASSERT(b->count < batch_rows_max);
  size_t i = b->count++;
  struct row *row = &b->rows[i];
  *row = (struct row){.table = schema_table(table), .id = *id, .exists = true, .version = ++s->position};
  b->list[i] = row;
  b->heads[i] = (struct head){.op = {.device = by->device, .incarnation = 1, .counter = by->counter},
                              .author = by->person,
                              .stamp = (uint64_t)s->host->now.wall_ms + s->position,
                              .flags = by->flags};
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++)
    if (units >> unit & 1) row->units[unit] = (struct unit_heads){.heads = &b->heads[i], .count = 1};
  b->history[i] = (struct write_history){.table = row->table,
                                         .row = *id,
                                         .op = b->heads[i].op,
                                         .author = by->person,
                                         .stamp = b->heads[i].stamp,
                                         .flags = by->flags,
                                         .units = units,
                                         .values = row->values,
                                         .bundle = by->bundle};
  b->feed[i] = (struct write_feed){
      .stream = *stream, .table = row->table, .row = *id, .kind = FEED_ROW, .position = row->version};
  return row;
}

static struct row *add_office(struct batch *b, uint8_t table, const struct id *id, const struct id *stream,
                              uint32_t units) {
  if (b->count == batch_rows_max) flush(b);
  const struct id *hub = &b->stock->host->hub.id;
  const struct author office = {*hub, *hub, ++b->stock->counter, 0, OP_OFFICE};
  return add(b, &office, table, id, stream, units);
}

static struct row *add_pair(struct batch *b, uint8_t table, const struct id *first, const struct id *second,
                            const struct id *stream) {
  struct id keys[2] = {*first, *second}, id;
  crypto_row_id(&id, table, keys, 2);
  struct row *row = add_office(b, table, &id, stream, 3);
  row->values[row->table->key_columns[0]] = value_id(first);
  row->values[row->table->key_columns[1]] = value_id(second);
  return row;
}

/* ---- what the office entered ---- */

static void add_session(struct batch *b, const struct id *id, const struct id *activity, int32_t date) {
  struct row *row = add_office(b, TABLE_session, id, activity, 7);
  row->values[COL(session, activity)] = value_id(activity);
  row->values[COL(session, date)] = value_int(date);
  row->values[COL(session, starts)] = value_int(16 * 60);
  row->values[COL(session, ends)] = value_int(17 * 60);
  row->values[COL(session, status)] =
      value_int(b->stock->schools ? ENUM_session_status_delivered : ENUM_session_status_scheduled);
}

/* Forty-three hubs' areas; some schools are of no phase that counts. */
static void add_school(struct batch *b, const struct id *school, size_t a) {
  static char names[batch_rows_max][40], areas[43][32];
  if (b->count == batch_rows_max) flush(b);
  char *name = names[b->count], *area = areas[a % 43];
  struct row *row = add_office(b, TABLE_school, school, school, 7);
  (void)snprintf(name, sizeof names[0], "Sample School %zu", a);
  (void)snprintf(area, sizeof areas[0], "Area %zu", a % 43);
  row->values[COL(school, name)] = value_text(slice_text(name));
  row->values[COL(school, phase)] = value_int(1 + (int64_t)(a % 3));
  row->values[COL(school, area)] = value_text(slice_text(area));
}

/* Week by week; of a year of schools fewer registers are spread over as many weeks, so that whatever their
 * number each term has some. */
static int32_t day_of(const struct stock *s, size_t no) {
  size_t weeks = s->schools ? no * year_weeks / s->registers : no;
  return s->last - 7 * (int32_t)weeks;
}

/* As the made-up county has them: a child's sums of a year are as many as there are terms. */
static void add_terms(struct batch *b) {
  static const char *const names[] = {"Autumn", "Spring", "Summer"};
  const int16_t year = (int16_t)(date_from_days(b->stock->last).year - 1);
  const struct date days[][2] = {{{year, 9, 1}, {year, 12, 20}},
                                 {{(int16_t)(year + 1), 1, 4}, {(int16_t)(year + 1), 4, 1}},
                                 {{(int16_t)(year + 1), 4, 14}, {(int16_t)(year + 1), 7, 24}}};
  for (size_t i = 0; i < 3; i++) {
    struct id id = named(b->stock, "term", i);
    struct row *row = add_office(b, TABLE_term, &id, &id, 7);
    row->values[COL(term, name)] = value_text(slice_text(names[i]));
    row->values[COL(term, starts)] = value_int(date_to_days(days[i][0]));
    row->values[COL(term, ends)] = value_int(date_to_days(days[i][1]));
  }
}

/* What the school bought. */
static void add_contract(struct batch *b, const struct id *school, size_t a) {
  struct id id = named(b->stock, "contract", a);
  struct row *row = add_office(b, TABLE_contract, &id, school, 7);
  row->values[COL(contract, school)] = value_id(school);
  row->values[COL(contract, lessons_a_year)] = value_int(30);
  row->values[COL(contract, notice_days)] = value_int(7);
  row->values[COL(contract, starts)] = value_int(b->stock->last - 300);
}

static void add_known(struct batch *b, const struct id *player, const struct id *activity, size_t n) {
  struct id id;
  crypto_row_id(&id, TABLE_inclusion, player, 1);
  struct row *row = add_office(b, TABLE_inclusion, &id, activity, 3);
  row->values[COL(inclusion, learner)] = value_id(player);
  row->values[COL(inclusion, as_at)] = value_int(b->stock->last - 300);
  row->values[COL(inclusion, fsm)] = value_int(1 + (int64_t)(n % 3));
  row->values[COL(inclusion, pupil_premium)] = value_int(1 + (int64_t)(n % 4 % 3));
  row->values[COL(inclusion, sex)] = value_int(1 + (int64_t)(n % 2));
}

static void add_activity(struct batch *b, size_t a) {
  const struct stock *s = b->stock;
  struct id activity = activity_of(s, a), school = school_of(s, a);
  if (s->schools) add_school(b, &school, a);
  if (s->schools) add_contract(b, &school, a);
  struct row *row = add_office(b, TABLE_activity, &activity, &activity, s->schools ? 0x1F : 7);
  row->values[COL(activity, name)] = value_text(slice_text("Ensemble"));
  row->values[COL(activity, mode)] = value_int(s->schools ? 1 + (int64_t)(a % 5) : ENUM_mode_ensemble);
  if (s->schools) row->values[COL(activity, school)] = value_id(&school);
  if (s->schools) row->values[COL(activity, setting)] = value_int(1 + (int64_t)(a % 7 == 0));
  for (size_t i = 0; i < stock_players; i++) {
    struct id player = player_of(s, a, i);
    row = add_office(b, TABLE_learner, &player, &activity, 1 | 1U << 1 | 1U << 4);
    row->values[COL(learner, first_name)] = value_text(slice_text("Player"));
    row->values[COL(learner, last_name)] = value_text(slice_text("Sample"));
    row->values[COL(learner, status)] = value_int(ENUM_learner_status_active);
    if (s->schools) row->values[COL(learner, school)] = value_id(&school);
    if (s->schools) row->values[COL(learner, dob)] = value_int(s->last - 365 * (5 + (int32_t)((a + i) % 14)));
    if (s->schools) add_known(b, &player, &activity, a + i);
    row = add_pair(b, TABLE_enrolment, &player, &activity, &activity);
    row->values[COL(enrolment, starts)] = value_int(s->last - 400);
  }
  for (size_t i = 0; i < s->registers; i++) {
    struct id session = taken(s, a * s->registers + i);
    add_session(b, &session, &activity, day_of(s, i));
  }
}

static void add_leader(struct batch *b, size_t device) {
  struct stock *s = b->stock;
  struct id activity = activity_of(s, place_of(s, device)), *staff = &s->staff[device];
  *staff = named(s, "staff", device);
  struct row *row = add_office(b, TABLE_staff, staff, &activity, 1U << 1 | 1U << 3);
  row->values[COL(staff, name)] = value_text(slice_text("Tutor Sample"));
  row->values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  row = add_pair(b, TABLE_grant_, staff, &activity, &activity);
  row->values[COL(grant_, role)] = value_int(ENUM_grant_role_leader);
  row->values[COL(grant_, starts)] = value_int(s->last - 400);
  for (size_t round = 0; round < stock_rounds; round++) {
    struct id session = to_take(s, device, round);
    add_session(b, &session, &activity, s->today - (int32_t)round);
  }
}

/* ---- what devices brought ---- */

struct register_taken {
  struct id session;
  size_t no;
};

static int by_session(const void *a, const void *b) {
  const struct register_taken *x = a, *y = b;
  return id_compare(&x->session, &y->session);
}

static uint64_t add_bundle(struct stock *s, const struct author *by, size_t device) {
  static const uint8_t receipt[160] = {1};
  uint64_t number = 0;
  struct store_bundle bundle = {.device = by->device,
                                .incarnation = 1,
                                .seq = ++s->seqs[device],
                                .status = RECEIPT_APPLIED,
                                .received_ms = s->host->now.wall_ms,
                                .receipt = slice_of(receipt, sizeof receipt)};
  entropy_fill(&s->host->hub.entropy, bundle.hash, sizeof bundle.hash);
  must(s->host->store->ops->bundle_save(s->host->store, &bundle, &number));
  return number;
}

static void add_finished(struct batch *b, const struct register_taken *r, const struct id *activity) {
  const struct stock *s = b->stock;
  struct id id;
  crypto_row_id(&id, TABLE_register, &r->session, 1);
  struct row *row = add_office(b, TABLE_register, &id, activity, 3);
  row->values[COL(register, session)] = value_id(&r->session);
  row->values[COL(register, state)] = value_int(ENUM_register_state_closed);
  row->values[COL(register, at)] = value_int(uk_instant(day_of(s, r->no % s->registers), 17 * 60));
}

static void add_marks(struct batch *b, const struct register_taken *r) {
  struct stock *s = b->stock;
  size_t a = r->no / s->registers, device = a / shared_by;
  struct id activity = activity_of(s, a);
  struct author by = {.device = named(s, "device", device), .person = named(s, "past staff", device)};
  if (b->count + stock_players + 1 > batch_rows_max) flush(b);
  by.bundle = add_bundle(s, &by, device);
  b->seen[b->seen_count++] =
      (struct op_range){by.device, 1, s->counters[device] + 1, s->counters[device] + stock_players};
  for (size_t i = 0; i < stock_players; i++) {
    struct id keys[2] = {r->session, player_of(s, a, i)}, id;
    crypto_row_id(&id, TABLE_mark, keys, 2);
    by.counter = ++s->counters[device];
    struct row *row = add(b, &by, TABLE_mark, &id, &activity, 3);
    row->values[COL(mark, session)] = value_id(&keys[0]);
    row->values[COL(mark, learner)] = value_id(&keys[1]);
    row->values[COL(mark, code)] =
        value_int(s->schools && (r->no + i) % 9 == 0 ? ENUM_mark_code_AN : ENUM_mark_code_P);
  }
  if (s->schools) add_finished(b, r, &activity);
}

/* In the order of their ids, so that the largest table is written from one end to the other. */
static void fill(struct batch *b) {
  struct stock *s = b->stock;
  size_t count = s->activities * s->registers;
  struct register_taken *list = take(count, sizeof *list);
  for (size_t i = 0; i < count; i++) list[i] = (struct register_taken){taken(s, i), i};
  qsort(list, count, sizeof *list, by_session);
  for (size_t i = 0; i < count; i++) add_marks(b, &list[i]);
  flush(b);
  free(list);
}

/* ---- the whole ---- */

static void make_devices(struct stock *s) {
  s->devices = take(stock_devices, sizeof *s->devices);
  for (size_t i = 0; i < stock_devices; i++) test_device_enrol(&s->devices[i], s->host, &s->staff[i], NULL);
}

/* Everything but those who bring more later; they have sessions to take. */
static void write_all(struct stock *s, size_t leaders) {
  s->seqs = take(s->activities / shared_by + 1, sizeof *s->seqs);
  s->counters = take(s->activities / shared_by + 1, sizeof *s->counters);
  must(stock_sql_hurry(s->host->store));
  struct batch *b = take(1, sizeof *b);
  b->stock = s;
  must(s->host->store->ops->begin(s->host->store));
  if (s->schools) add_terms(b);
  for (size_t a = 0; a < s->activities; a++) add_activity(b, a);
  for (size_t i = 0; i < leaders; i++) add_leader(b, i);
  flush(b);
  if (s->registers) fill(b);
  must(s->host->store->ops->commit(s->host->store));
  free(b);
  hub_host_reopen(s->host); /* writes ahead and durably from here on, like any hub */
  sync();                   /* what it took in over years is on the disk */
}

void stock_open(struct stock *s, size_t activities, bool filled) {
  int32_t minute;
  ASSERT(activities >= stock_devices);
  *s = (struct stock){.activities = activities, .registers = filled ? stock_registers : 0};
  s->host = &s->own;
  hub_host_open(s->host, 7);
  uk_civil(s->host->now.wall_ms, &s->today, &minute);
  s->last = s->today - 7;
  write_all(s, stock_devices);
  make_devices(s);
}

void stock_schools(struct hub_host *host, size_t schools, size_t registers, int32_t last) {
  int32_t minute;
  struct stock *s = take(1, sizeof *s);
  *s = (struct stock){
      .host = host, .activities = schools, .registers = registers, .schools = true, .last = last};
  uk_civil(host->now.wall_ms, &s->today, &minute);
  must(host->store->ops->number_load(host->store, STORE_POSITION, &s->position));
  must(host->store->ops->number_load(host->store, STORE_OFFICE_COUNTER, &s->counter));
  write_all(s, 0);
  free(s->seqs);
  free(s->counters);
  free(s);
}

void stock_close(struct stock *s) {
  for (size_t i = 0; i < stock_devices; i++) test_device_finish(&s->devices[i]);
  hub_host_close(s->host);
  free(s->devices);
  free(s->seqs);
  free(s->counters);
}

/* As a leader does it: a few taps, and the rest at once. */
static void write_register(struct stock *s, size_t device, size_t round) {
  enum { taps = 4 };
  struct test_device *d = &s->devices[device];
  struct id session = to_take(s, device, round);
  size_t a = place_of(s, device);
  struct op *ops = arena_take(&d->arena, stock_players, sizeof *ops);
  ASSERT(ops != NULL);
  struct changeset *cs = NULL;
  for (size_t i = 0; i < stock_players; i++) {
    struct id player = player_of(s, a, i);
    cs = test_device_mark(d, &s->staff[device], &session, &player, ENUM_mark_code_P, -1);
    if (i < taps) continue;
    ops[i - taps] = cs->ops[0];
    if (i > taps) d->count--;
  }
  cs = &d->list[d->count - 1];
  cs->ops = ops;
  cs->op_count = stock_players - taps;
}

double stock_take(struct stock *s, size_t round) {
  struct job *jobs[stock_devices];
  s->host->now.wall_ms += 1000;
  for (size_t i = 0; i < stock_devices; i++) {
    struct buf bundle;
    write_register(s, i, round);
    test_device_seal(&s->devices[i], &bundle);
    jobs[i] = job_create(JOB_INGEST);
    ASSERT(jobs[i] != NULL);
    must(buf_append(&jobs[i]->bytes, buf_slice(&bundle)));
    buf_finish(&bundle);
  }
  double start = bench_now_ms();
  ingest_group(jobs, stock_devices, &s->host->hub, s->host->store, &s->host->now);
  double us = (bench_now_ms() - start) * 1e3 / (stock_devices * stock_players);
  for (size_t i = 0; i < stock_devices; i++) {
    must(jobs[i]->result);
    job_destroy(jobs[i]);
  }
  return us;
}
