/* sample_tables.c: a row of every table that travels, in the stream and for the audience it travels with, and
 * an op on every table that a device writes: whoever reads the schema reads them all. */
#include <string.h>

#include "tests/vectors/samples.h"

static const uint64_t stamp_first = 1795276800000; /* 2026-11-21T16:00:00Z */
enum { tables_most = 16, version_first = 2000 };

static void *take(struct arena *a, size_t count, size_t size) {
  void *p = arena_take(a, count, size);
  ASSERT(p != NULL);
  return p;
}

/* A text is its column's name, as much of it as there is room for; an id is that of the table it points to.
 */
static struct value some_value(const struct column *c) {
  switch (c->type) {
  case TYPE_ID: {
    struct id id = fixture_id(c->of);
    return value_id(&id);
  }
  case TYPE_TEXT: {
    struct slice name = slice_text(c->name);
    return value_text(
        slice_of(name.ptr, name.len > (size_t)c->check.high ? (size_t)c->check.high : name.len));
  }
  case TYPE_DATE: return value_int(20778);
  case TYPE_MINUTE: return value_int(960);
  case TYPE_TIME: return value_int((int64_t)stamp_first);
  case TYPE_ENUM: return value_int(c->vocabulary->values[0].number);
  case TYPE_INT: return value_int(c->check.kind == CHECK_RANGE ? c->check.low : 0);
  case TYPE_BOOL:
  case TYPE_SET: break;
  }
  return value_int(1);
}

static struct id row_of(const struct table *t, const struct value *values) {
  struct id keys[sizeof t->key_columns], out;
  if (t->key_count == 0) return fixture_id(t->name);
  for (size_t k = 0; k < t->key_count; k++) keys[k] = values[t->key_columns[k]].id;
  crypto_row_id(&out, t->id, keys, t->key_count);
  return out;
}

/* Everything was written at once, at the office. */
static struct row *row_all(struct arena *a, const struct fixture *f, const struct table *t,
                           uint64_t version) {
  struct row *row = take(a, 1, sizeof *row);
  *row = (struct row){.table = t, .exists = true, .version = version};
  for (size_t i = 0; i < t->column_count; i++) row->values[i] = some_value(&t->columns[i]);
  row->id = row_of(t, row->values);
  for (uint8_t unit = 0; unit < t->unit_count; unit++) {
    row->units[unit].heads = take(a, 1, sizeof *row->units[unit].heads);
    row->units[unit].count = 1;
    row->units[unit].heads[0] = (struct head){{f->hub, 1, version}, f->office, stamp_first, OP_OFFICE, NULL};
  }
  return row;
}

static bool travels(const struct table *t, const enum scope_rule *scopes, uint8_t audience) {
  bool in = false;
  for (; *scopes != SCOPE_HUB; scopes++) in = in || t->scope == *scopes;
  return in && (t->audience & audience) != 0;
}

struct feed_batch sample_stream(struct arena *a, const struct fixture *f, const struct id *stream,
                                const enum scope_rule *scopes, uint8_t audience) {
  struct feed_item *items = take(a, tables_most, sizeof *items);
  struct feed_batch b = {.stream = *stream, .audience = audience, .from = version_first, .checkpoint = true};
  for (const struct table *t = schema_after(0); t != NULL; t = schema_after(t->id)) {
    if (!travels(t, scopes, audience)) continue;
    ASSERT(b.count < tables_most);
    b.to = version_first + ++b.count;
    struct row *row = row_all(a, f, t, b.to);
    items[b.count - 1] =
        (struct feed_item){.kind = FEED_ROW, .table = t, .id = row->id, .version = b.to, .row = row};
  }
  b.items = items;
  return b;
}

/* ---- what a device writes ---- */

static const uint8_t written_tables[] = {
    TABLE_learner,        TABLE_enrolment,    TABLE_session,  TABLE_register, TABLE_mark,
    TABLE_arrival,        TABLE_absence_call, TABLE_note,     TABLE_progress, TABLE_concern,
    TABLE_absence_notice, TABLE_visit,        TABLE_question,
};

/* Which row stands for this one is the office's to say, and of a question only the answer is the field's. */
static bool is_of_the_field(const struct table *t, const struct column *c) {
  int removed = row_removed_column(t);
  if (removed >= 0 && c->unit == t->columns[removed].unit) return false;
  if (t->id == TABLE_question) return c == &t->columns[COL(question, answer)];
  return c->unit == 0 || c->of == NULL || strcmp(c->of, t->name) != 0;
}

static void op_all(struct op *op, const struct table *t) {
  *op = (struct op){.table = t, .units = t->key_count > 0};
  for (size_t i = 0; i < t->column_count; i++) {
    const struct column *c = &t->columns[i];
    if (!is_of_the_field(t, c)) continue;
    op->values[i] = some_value(c);
    op->units |= UINT32_C(1) << c->unit;
  }
  op->row = row_of(t, op->values);
}

struct bundle_content sample_every_op(struct arena *a) {
  enum { count = sizeof written_tables / sizeof *written_tables };
  struct op *ops = take(a, count, sizeof *ops);
  struct changeset *cs = take(a, count, sizeof *cs);
  for (size_t i = 0; i < count; i++) {
    op_all(&ops[i], schema_table(written_tables[i]));
    cs[i] = (struct changeset){.counter = 1 + i,
                               .stamp = stamp_first + i,
                               .author = fixture_id("staff"),
                               .ops = &ops[i],
                               .op_count = 1};
  }
  return (struct bundle_content){.schema = schema_version, .changesets = cs, .changeset_count = count};
}

/* Three players were marked at once, and the second one was erased before it was sent. */
struct bundle_content sample_blanked(struct arena *a) {
  struct op *ops = take(a, 3, sizeof *ops);
  struct changeset *cs = take(a, 1, sizeof *cs);
  const char *const learners[] = {"learner 1", "learner 2", "learner 3"};
  for (size_t i = 0; i < 3; i++) {
    struct id session = fixture_id("session"), learner = fixture_id(learners[i]);
    ops[i] = (struct op){.table = schema_table(TABLE_mark), .units = 1 | 1 << 1};
    ops[i].values[COL(mark, session)] = value_id(&session);
    ops[i].values[COL(mark, learner)] = value_id(&learner);
    ops[i].values[COL(mark, code)] = value_int(ENUM_mark_code_P);
    ops[i].row = row_of(ops[i].table, ops[i].values);
  }
  op_blank(&ops[1]);
  *cs = (struct changeset){
      .counter = 41, .stamp = stamp_first, .author = fixture_id("tutor"), .ops = ops, .op_count = 3};
  return (struct bundle_content){.schema = schema_version, .changesets = cs, .changeset_count = 1};
}
