/* hub_world.c: the small hub, and devices that write and seal. */
#include "tests/lib/hub_world.h"

#include <stdio.h>
#include <string.h>

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id named(struct hub_host *h, const char *kind, const char *ref) {
  struct id id;
  crypto_import_id(&id, &h->hub.id, kind, slice_text(ref));
  return id;
}

void hub_world_put(struct hub_host *h, const struct op *op) {
  struct arena a = ARENA_INIT(1 << 20);
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  err e = office_apply(&result, &h->hub, h->store, &h->now, &h->hub.id, op, 1, false, &a, &fault);
  if (e != ERR_OK) (void)fprintf(stderr, "%s\n", fault.text);
  must(e);
  for (size_t i = 0; i < h->line_count; i++) {
    struct session_event event = {.kind = SESSION_CHANGED, .now = h->now, .changes = &result.changes};
    hub_line_changed(h->lines[i], &event);
  }
  arena_finish(&a);
}

static struct id put_named(struct hub_host *h, uint8_t table, const char *ref, size_t name_column,
                           const char *name, uint32_t units, struct op *op) {
  op->table = schema_table(table);
  op->row = named(h, op->table->name, ref);
  op->units = units;
  op->values[name_column] = value_text(slice_text(name));
  hub_world_put(h, op);
  return op->row;
}

static struct id put_staff(struct hub_host *h, const char *name) {
  struct op op = {.units = 0};
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  return put_named(h, TABLE_staff, name, COL(staff, name), name, 1U << 1 | 1U << 3, &op);
}

static struct id put_activity(struct hub_host *h, const char *name) {
  struct op op = {.units = 0};
  op.values[COL(activity, mode)] = value_int(ENUM_mode_ensemble);
  return put_named(h, TABLE_activity, name, COL(activity, name), name, 7, &op);
}

static struct id put_learner(struct hub_host *h, const char *name) {
  struct op op = {.units = 0};
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  return put_named(h, TABLE_learner, name, COL(learner, first_name), name, 1 | 1U << 1 | 1U << 4, &op);
}

static struct id put_session(struct hub_host *h, const char *ref, const struct id *activity, int32_t date) {
  struct op op = {.table = schema_table(TABLE_session), .row = named(h, "session", ref), .units = 7};
  op.values[COL(session, activity)] = value_id(activity);
  op.values[COL(session, date)] = value_int(date);
  op.values[COL(session, starts)] = value_int(16 * 60);
  op.values[COL(session, ends)] = value_int(17 * 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(h, &op);
  return op.row;
}

static void put_pair(struct hub_host *h, uint8_t table, const struct id *a, const struct id *b,
                     struct op *op) {
  struct id keys[2] = {*a, *b};
  op->table = schema_table(table);
  crypto_row_id(&op->row, table, keys, 2);
  op->values[op->table->key_columns[0]] = value_id(a);
  op->values[op->table->key_columns[1]] = value_id(b);
  hub_world_put(h, op);
}

void hub_world_grant(struct hub_host *h, const struct id *staff, const struct id *activity, int role,
                     int32_t starts, int32_t ends) {
  struct op op = {.units = 3};
  op.values[COL(grant_, role)] = value_int(role);
  op.values[COL(grant_, starts)] = value_int(starts);
  if (ends) op.values[COL(grant_, ends)] = value_int(ends);
  put_pair(h, TABLE_grant_, staff, activity, &op);
}

void hub_world_enrol(struct hub_host *h, const struct id *learner, const struct id *activity, int32_t starts,
                     int32_t ends) {
  struct op op = {.units = 3};
  op.values[COL(enrolment, starts)] = value_int(starts);
  if (ends) op.values[COL(enrolment, ends)] = value_int(ends);
  put_pair(h, TABLE_enrolment, learner, activity, &op);
}

void hub_world_assign(struct hub_host *h, const struct id *device, const struct id *staff, int32_t starts,
                      int32_t ends) {
  struct op op = {.units = 3};
  op.values[COL(device_staff, starts)] = value_int(starts);
  if (ends) op.values[COL(device_staff, ends)] = value_int(ends);
  put_pair(h, TABLE_device_staff, device, staff, &op);
}

static const struct id *one_of(const struct hub_world *w, const char *table, const struct id *learner) {
  if (strcmp(table, "learner") == 0) return learner;
  if (strcmp(table, "session") == 0) return &w->strings_today;
  return strcmp(table, "activity") == 0 ? &w->strings : &w->ada;
}

/* A loan that is not back is no old record, so that day is filled in too. */
static bool is_filled(const struct column *c) {
  return c->check.kind == CHECK_REQUIRED || c->check.kind == CHECK_LENGTH_REQUIRED ||
         strcmp(c->name, "learner") == 0 || strcmp(c->name, "returned") == 0;
}

struct op hub_world_about(const struct hub_world *w, const struct table *t, const struct id *learner,
                          int32_t day, uint8_t no) {
  struct op op = {.table = t, .row = {{0xAB, no}}, .units = 1};
  struct id keys[sizeof t->key_columns];
  for (uint8_t i = 0; i < t->column_count; i++) {
    const struct column *c = &t->columns[i];
    if (!is_filled(c)) continue;
    op.values[i] = c->type == TYPE_ID     ? value_id(one_of(w, c->of, learner))
                   : c->type == TYPE_DATE ? value_int(day)
                   : c->type == TYPE_TEXT ? value_text(slice_text("Quicksilverish"))
                                          : value_int(1);
    op.units |= 1U << c->unit;
  }
  for (uint8_t i = 0; i < t->key_count; i++) keys[i] = op.values[t->key_columns[i]].id;
  if (t->key_count) crypto_row_id(&op.row, t->id, keys, t->key_count);
  return op;
}

void hub_world_revoke(struct hub_host *h, const struct id *device) {
  struct op op = {.table = schema_table(TABLE_device), .row = *device, .units = 1U << 2};
  op.values[COL(device, status)] = value_int(ENUM_device_status_revoked);
  hub_world_put(h, &op);
}

void hub_world_make(struct hub_world *w, struct hub_host *h) {
  int32_t minute;
  uk_civil(h->now.wall_ms, &w->today, &minute);
  w->ada = put_staff(h, "Ada");
  w->ben = put_staff(h, "Ben");
  w->cam = put_staff(h, "Cam");
  w->strings = put_activity(h, "Strings");
  w->brass = put_activity(h, "Brass");
  w->zoe = put_learner(h, "Zo\xc3\xab");
  w->jo = put_learner(h, "Jo");
  w->li = put_learner(h, "Li");
  w->kit = put_learner(h, "Kit");
  const struct id *players[] = {&w->zoe, &w->jo, &w->li};
  for (size_t i = 0; i < 3; i++) hub_world_enrol(h, players[i], &w->strings, w->today - 30, 0);
  hub_world_enrol(h, &w->kit, &w->brass, w->today - 30, 0);
  hub_world_grant(h, &w->ada, &w->strings, ENUM_grant_role_tutor, w->today - 30, 0);
  hub_world_grant(h, &w->ben, &w->strings, ENUM_grant_role_leader, w->today - 30, 0);
  hub_world_grant(h, &w->ben, &w->brass, ENUM_grant_role_tutor, w->today - 30, 0);
  w->strings_today = put_session(h, "strings today", &w->strings, w->today);
  w->brass_today = put_session(h, "brass today", &w->brass, w->today);
}

/* ---- devices ---- */

static void save_token(struct hub_host *h, struct store_token *t, const struct id *staff,
                       const struct id *second) {
  struct entropy e = hub_host_entropy(h);
  *t = (struct store_token){
      .id = entropy_id(&e), .kind = ENUM_device_kind_kiosk, .staff_count = second ? 2 : 1};
  t->expires_ms = h->now.wall_ms + enrol_token_ms_max;
  t->staff[0] = *staff;
  if (second) t->staff[1] = *second;
  (void)snprintf(t->name, sizeof t->name, "Kiosk");
  entropy_fill(&e, t->psk, sizeof t->psk);
  must(h->store->ops->token_save(h->store, t));
}

void test_device_enrol(struct test_device *d, struct hub_host *h, const struct id *staff,
                       const struct id *second) {
  struct entropy e = hub_host_entropy(h);
  struct store_token token;
  *d = (struct test_device){.host = h, .incarnation = 1, .arena = ARENA_INIT(1 << 28)};
  crypto_sign_keys(&d->sign, &e);
  crypto_box_keys(&d->box, &e);
  save_token(h, &token, staff, second);
  struct job *job = job_create(JOB_ENROL);
  ASSERT(job);
  job->token = token.id;
  bytes_copy(job->noise_public, d->box.public_key, key_bytes);
  bytes_copy(job->enrol.sign_public, d->sign.public_key, key_bytes);
  job->enrol.kind = ENUM_device_kind_kiosk;
  job->enrol.program = slice_text("test 1");
  job_run(job, &h->hub, h->store, &h->now);
  must(job->result);
  d->id = job->found.id;
  job_destroy(job);
}

void test_device_finish(struct test_device *d) { arena_finish(&d->arena); }

struct changeset *test_device_write(struct test_device *d, const struct id *author, const struct op *op) {
  ASSERT(d->count < test_changesets_max);
  struct op *copy = arena_take(&d->arena, 1, sizeof *copy);
  struct changeset *cs = &d->list[d->count++];
  ASSERT(copy);
  *copy = *op;
  *cs = (struct changeset){.counter = ++d->counter,
                           .stamp = (uint64_t)d->host->now.wall_ms,
                           .author = *author,
                           .ops = copy,
                           .op_count = 1};
  return cs;
}

struct changeset *test_device_mark(struct test_device *d, const struct id *author, const struct id *session,
                                   const struct id *learner, int code, int arrived) {
  struct id keys[2] = {*session, *learner};
  struct op op = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op.row, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(session);
  op.values[COL(mark, learner)] = value_id(learner);
  op.values[COL(mark, code)] = value_int(code);
  if (arrived >= 0) op.values[COL(mark, arrived)] = value_int(arrived);
  return test_device_write(d, author, &op);
}

struct op_id test_device_op(const struct test_device *d, const struct changeset *cs) {
  return (struct op_id){.device = d->id, .incarnation = d->incarnation, .counter = cs->counter};
}

void test_device_base(struct test_device *d, struct changeset *cs, const struct op_id *base) {
  struct base *bases = arena_take(&d->arena, 2, sizeof *bases);
  struct op *op = arena_take(&d->arena, 1, sizeof *op);
  ASSERT(bases && op);
  bases[0] = (struct base){.unit = 0, .op = *base};
  bases[1] = (struct base){.unit = 1, .op = *base};
  *op = cs->ops[0];
  op->bases = bases;
  op->base_count = 2;
  cs->ops = op;
}

struct bundle_header test_device_header(const struct test_device *d) {
  struct bundle_header h = {.hub = d->host->hub.id,
                            .intake_key = d->host->hub.intake[0].number,
                            .device = d->id,
                            .incarnation = d->incarnation,
                            .seq = d->seq + 1};
  bytes_copy(h.previous, d->previous, hash_bytes);
  return h;
}

void test_device_plain(struct test_device *d, struct buf *out) {
  struct clock_sample clock = {
      .mono_ms = d->host->now.mono_ms, .wall_ms = d->host->now.wall_ms, .hub_ms = d->host->now.wall_ms};
  struct bundle_content content = {.schema = schema_version,
                                   .clocks = &clock,
                                   .clock_count = 1,
                                   .acks = d->acks,
                                   .ack_count = d->ack_count,
                                   .changesets = d->list,
                                   .changeset_count = d->count};
  *out = (struct buf)BUF_INIT(bundle_plain_bytes_max);
  must(content_encode(out, &content));
  d->count = d->ack_count = 0;
}

void test_device_seal_as(struct test_device *d, struct buf *out, const struct bundle_header *h,
                         struct slice plain) {
  struct entropy e = hub_host_entropy(d->host);
  *out = (struct buf)BUF_INIT(bundle_bytes_max);
  must(bundle_seal(out, h, plain, d->host->hub.intake[0].keys.public_key, d->sign.secret, &e));
}

void test_device_seal(struct test_device *d, struct buf *out) {
  struct buf plain;
  struct bundle_header h = test_device_header(d);
  test_device_plain(d, &plain);
  test_device_seal_as(d, out, &h, buf_slice(&plain));
  buf_finish(&plain);
  d->seq++;
  bundle_hash(d->previous, buf_slice(out));
}

struct receipt test_receipt(struct hub_host *h, struct slice bytes, struct arena *a) {
  struct receipt r;
  must(receipt_decode(&r, bytes, h->hub.sign.public_key, a));
  return r;
}
