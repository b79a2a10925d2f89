/* sample_rows.c: changesets and rows as they happen: a register of a few players, an ad-hoc session, a note.
 */
#include "proto/digest.h"
#include "tests/vectors/samples.h"

static const uint64_t stamp_first = 1795276800000; /* 2026-11-21T16:00:00Z */
enum { learners = 250, sessions = 40, ms_between_marks = 850, ms_between_sessions = 3600000 };

static void *take(struct arena *a, size_t count, size_t size) {
  void *p = arena_take(a, count, size);
  ASSERT(p != NULL);
  return p;
}

static void mark_op(struct op *op, const struct id *session, const struct id *learner, int64_t code) {
  *op = (struct op){.table = schema_table(TABLE_mark), .units = 1 | 1 << 1};
  op->values[COL(mark, session)] = value_id(session);
  op->values[COL(mark, learner)] = value_id(learner);
  op->values[COL(mark, code)] = value_int(code);
  struct id keys[] = {*session, *learner};
  crypto_row_id(&op->row, TABLE_mark, keys, 2);
}

static struct changeset changeset_of(const struct op *ops, size_t count, uint64_t counter, uint64_t stamp) {
  return (struct changeset){
      .counter = counter, .stamp = stamp, .author = fixture_id("tutor"), .ops = ops, .op_count = count};
}

const struct changeset *sample_mark(struct arena *a, uint64_t counter, uint64_t stamp) {
  struct op *op = take(a, 1, sizeof *op);
  struct changeset *cs = take(a, 1, sizeof *cs);
  struct id session = fixture_id("session"), learner = fixture_id("learner 1");
  mark_op(op, &session, &learner, ENUM_mark_code_P);
  *cs = changeset_of(op, 1, counter, stamp);
  return cs;
}

/* A late arrival over a mark this device and another one had written before. */
static void amended_mark(struct op *op, struct arena *a, const struct fixture *f) {
  struct id session = fixture_id("session"), learner = fixture_id("learner 2");
  struct base *bases = take(a, 3, sizeof *bases);
  mark_op(op, &session, &learner, ENUM_mark_code_L);
  op->units |= 1 << 3;
  op->values[COL(mark, arrived)] = value_int(16 * 60 + 5);
  op->values[COL(mark, amend_reason)] = value_text(slice_text("Came in during the second piece"));
  op->values[COL(mark, comment)] = value_text(slice_text("Bus from Ynys Môn 🎻"));
  bases[0] = (struct base){0, {f->device, 2, 40}};
  bases[1] = (struct base){1, {f->device, 2, 40}};
  bases[2] = (struct base){1, {f->other_device, 1, 977}};
  op->bases = bases;
  op->base_count = 3;
}

static void adhoc_session(struct op *op) {
  struct id activity = fixture_id("activity"), staff = fixture_id("tutor");
  *op = (struct op){.table = schema_table(TABLE_session), .row = fixture_id("new session"), .units = 0x3f};
  op->values[COL(session, activity)] = value_id(&activity);
  op->values[COL(session, date)] = value_int(20778);
  op->values[COL(session, starts)] = value_int(960);
  op->values[COL(session, ends)] = value_int(1020);
  op->values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  op->values[COL(session, headcount)] = value_int(14);
  op->values[COL(session, staff)] = value_id(&staff);
  op->values[COL(session, adhoc)] = value_int(1);
}

static void register_op(struct op *op, int64_t state, uint64_t stamp) {
  struct id session = fixture_id("session");
  *op = (struct op){.table = schema_table(TABLE_register), .units = 1 | 1 << 1};
  op->values[COL(register, session)] = value_id(&session);
  op->values[COL(register, state)] = value_int(state);
  op->values[COL(register, at)] = value_int((int64_t)stamp);
  crypto_row_id(&op->row, TABLE_register, &session, 1);
}

static void note_op(struct op *op) {
  struct id learner = fixture_id("learner 1"), activity = fixture_id("activity"), staff = fixture_id("tutor");
  *op = (struct op){.table = schema_table(TABLE_note), .row = fixture_id("note"), .units = 3};
  op->values[COL(note, learner)] = value_id(&learner);
  op->values[COL(note, activity)] = value_id(&activity);
  op->values[COL(note, staff)] = value_id(&staff);
  op->values[COL(note, date)] = value_int(20778);
  op->values[COL(note, areas)] = value_int(1 << (ENUM_area_playing - 1) | 1 << (ENUM_area_practice - 1));
  op->values[COL(note, text)] = value_text(slice_text("Shifts to third position are secure now."));
  op->values[COL(note, visibility)] = value_int(ENUM_visibility_office);
}

struct bundle_content sample_content(struct arena *a, const struct fixture *f) {
  struct op *ops = take(a, 6, sizeof *ops);
  struct changeset *cs = take(a, 4, sizeof *cs);
  struct clock_sample *clock = take(a, 1, sizeof *clock);
  struct id session = fixture_id("session"), first = fixture_id("learner 1"),
            second = fixture_id("learner 3");
  mark_op(&ops[0], &session, &first, ENUM_mark_code_P);
  register_op(&ops[1], ENUM_register_state_open, stamp_first);
  amended_mark(&ops[2], a, f);
  adhoc_session(&ops[3]);
  mark_op(&ops[4], &session, &second, ENUM_mark_code_AU);
  note_op(&ops[5]);
  cs[0] = changeset_of(&ops[0], 2, 41, stamp_first);
  cs[1] = changeset_of(&ops[2], 1, 43, stamp_first + 312000);
  cs[2] = changeset_of(&ops[3], 1, 44, stamp_first + 310000);
  cs[2].flags = OP_UNSURE;
  cs[3] = changeset_of(&ops[4], 2, 45, stamp_first + 400000);
  cs[3].author = fixture_id("leader");
  *clock =
      (struct clock_sample){fixture_id("boot"), 86400123, (int64_t)stamp_first + 1200, (int64_t)stamp_first};
  return (struct bundle_content){
      .schema = schema_version, .clocks = clock, .clock_count = 1, .changesets = cs, .changeset_count = 4};
}

static void head_set(struct unit_heads *u, struct arena *a, size_t count) {
  u->heads = take(a, count, sizeof *u->heads);
  u->count = count;
}

/* Two people said different things about one learner, and a third op is known only by name. */
static void contested_units(struct row *row, struct arena *a, const struct fixture *f) {
  struct head office = {{f->hub, 1, 12}, f->office, stamp_first - 5000, OP_OFFICE, NULL};
  struct head field = {{f->device, 2, 41}, fixture_id("tutor"), stamp_first, OP_UNSURE, NULL};
  struct unit_heads *unit = &row->units[1];
  head_set(&row->units[0], a, 1);
  row->units[0].heads[0] = office;
  head_set(unit, a, 2);
  unit->heads[0] = field;
  unit->heads[1] = office;
  for (size_t i = 0; i < 2; i++) unit->heads[i].values = take(a, 3, sizeof(struct value));
  unit->heads[0].values[0] = value_int(ENUM_mark_code_P);
  unit->heads[1].values[0] = value_int(ENUM_mark_code_AN);
  unit->ghosts = take(a, 1, sizeof *unit->ghosts);
  unit->ghosts[0] = (struct op_id){f->other_device, 1, 978};
  unit->ghost_count = 1;
}

static struct row *mark_row(struct arena *a, const char *learner, int64_t code) {
  struct row *row = take(a, 1, sizeof *row);
  struct id keys[] = {fixture_id("session"), fixture_id(learner)};
  *row = (struct row){.table = schema_table(TABLE_mark), .exists = true};
  crypto_row_id(&row->id, TABLE_mark, keys, 2);
  row->values[COL(mark, session)] = value_id(&keys[0]);
  row->values[COL(mark, learner)] = value_id(&keys[1]);
  row->values[COL(mark, code)] = value_int(code);
  return row;
}

static struct row *learner_row(struct arena *a, const struct fixture *f) {
  struct row *row = take(a, 1, sizeof *row);
  *row = (struct row){.table = schema_table(TABLE_learner), .id = fixture_id("learner 1"), .exists = true};
  row->values[COL(learner, first_name)] = value_text(slice_text("Siân"));
  row->values[COL(learner, last_name)] = value_text(slice_text("O’Brien"));
  row->values[COL(learner, dob)] = value_int(16000); /* the office's alone: does not travel */
  row->values[COL(learner, status)] = value_int(ENUM_learner_status_active);
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    head_set(&row->units[unit], a, 1);
    row->units[unit].heads[0] = (struct head){{f->hub, 1, 7}, f->office, stamp_first - 9000, OP_OFFICE, NULL};
  }
  return row;
}

/* Of the rows of the batch, as if they were all of the stream. */
static void sample_digest(struct feed_batch *b) {
  struct digest d = {.rows = 0};
  struct buf scratch = BUF_INIT(65536);
  for (size_t i = 0; i < b->count; i++) {
    uint8_t row[hash_bytes];
    if (b->items[i].kind != FEED_ROW) continue;
    err e = digest_row(row, b->items[i].row, b->audience, &scratch);
    ASSERT(e == ERR_OK);
    digest_add(&d, row);
  }
  digest_end(b->digest, &d, &b->stream, b->audience);
  b->has_digest = true;
  buf_finish(&scratch);
}

struct feed_batch sample_feed(struct arena *a, const struct fixture *f) {
  struct feed_item *items = take(a, 5, sizeof *items);
  struct row *sure = mark_row(a, "learner 1", ENUM_mark_code_P);
  struct row *contested = mark_row(a, "learner 2", ENUM_mark_code_P);
  struct row *learner = learner_row(a, f);
  for (size_t unit = 0; unit < 2; unit++) {
    head_set(&sure->units[unit], a, 1);
    sure->units[unit].heads[0] = (struct head){{f->device, 2, 40}, fixture_id("tutor"), stamp_first, 0, NULL};
  }
  contested_units(contested, a, f);
  items[0] = (struct feed_item){
      .kind = FEED_ROW, .table = learner->table, .id = learner->id, .version = 990, .row = learner};
  items[1] = (struct feed_item){
      .kind = FEED_ROW, .table = sure->table, .id = sure->id, .version = 1003, .row = sure};
  items[2] = (struct feed_item){
      .kind = FEED_ROW, .table = contested->table, .id = contested->id, .version = 1004, .row = contested};
  items[3] = (struct feed_item){.kind = FEED_LEAVE,
                                .table = schema_table(TABLE_session),
                                .id = fixture_id("new session"),
                                .version = 1005};
  items[4] = (struct feed_item){.kind = FEED_ERASE,
                                .table = schema_table(TABLE_learner),
                                .id = fixture_id("learner 9"),
                                .version = 1006,
                                .erasure = 12};
  learner->version = 990, sure->version = 1003, contested->version = 1004;
  struct feed_batch batch = (struct feed_batch){.stream = fixture_id("activity"),
                                                .audience = AUDIENCE_REGISTER,
                                                .from = 980,
                                                .to = 1006,
                                                .checkpoint = true,
                                                .items = items,
                                                .count = 5};
  sample_digest(&batch);
  return batch;
}

static struct id numbered_id(const char *what, size_t no) {
  char name[32];
  struct buf text = BUF_INIT(sizeof name);
  ASSERT(buf_printf(&text, "%s %zu", what, no) == ERR_OK && text.len < sizeof name);
  bytes_copy(name, text.ptr, text.len);
  name[text.len] = 0;
  buf_finish(&text);
  return fixture_id(name);
}

struct bundle_content sample_attendance(struct arena *a, bool one_each) {
  size_t count = one_each ? learners * sessions : sessions, per = one_each ? 1 : learners;
  struct op *ops = take(a, learners * sessions, sizeof *ops);
  struct changeset *cs = take(a, count, sizeof *cs);
  struct id pupils[learners];
  for (size_t l = 0; l < learners; l++) pupils[l] = numbered_id("learner", l);
  for (size_t s = 0; s < sessions; s++) {
    struct id session = numbered_id("session", s);
    for (size_t l = 0; l < learners; l++)
      mark_op(&ops[s * learners + l], &session, &pupils[l],
              l % 9 == 0 ? ENUM_mark_code_AU : ENUM_mark_code_P);
  }
  for (size_t c = 0; c < count; c++) {
    uint64_t stamp = stamp_first + c * ms_between_marks + c / learners * ms_between_sessions;
    cs[c] = changeset_of(&ops[c * per], per, 1 + c * per, stamp);
  }
  return (struct bundle_content){.schema = schema_version, .changesets = cs, .changeset_count = count};
}
