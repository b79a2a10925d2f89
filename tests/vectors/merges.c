/* merges.c: histories of one unit of a row, made up by a seed, and what the merge makes of them: for readers
 * who write their own. Those that were thought out stand in merge_cases.c. */
#include "tests/vectors/merges.h"

#include <stdio.h>

#include "shared/merge/merge.h"
#include "tests/vectors/describe.h"

enum { ops_made = 6, ops_applied = 5, histories_each = 4, bases_most = 3, arena_bytes_max = 1048576 };
static const uint64_t stamp_first = 1795276800000;

/* What is written: one unit, and the values its columns take. */
struct subject {
  uint8_t table, unit;
  size_t column, second; /* the same twice when there is one */
};
static const struct subject subjects[] = {
    {TABLE_mark, 1, COL(mark, code), COL(mark, arrived)},
    {TABLE_mark, 3, COL(mark, comment), COL(mark, comment)},
    {TABLE_session, 2, COL(session, status), COL(session, status)},
    {TABLE_session, 0, COL(session, adhoc), COL(session, adhoc)},
    {TABLE_learner, 1, COL(learner, first_name), COL(learner, first_name)},
    {TABLE_note, 1, COL(note, text), COL(note, text)},
};
static const char *const conflict_names[] = {
    [CONFLICT_NONE] = NULL,           [CONFLICT_HUMAN] = "human",   [CONFLICT_ONCE] = "once",
    [CONFLICT_PROPOSAL] = "proposal", [CONFLICT_UNSURE] = "unsure", [CONFLICT_REMOVED] = "removed",
    [CONFLICT_AWAY] = "away",
};

const char *merges_conflict(enum conflict_kind kind) { return conflict_names[kind]; }

struct history {
  const struct subject *subject;
  const struct fixture *fixture;
  uint64_t chance;
  int64_t low; /* numbers are this one and the next, so that ops often agree */
  struct op ops[ops_made];
  struct base bases[ops_made][bases_most];
  struct merge_op made[ops_made];
  size_t order[ops_made];
};

/* Knuth's multiplier; the high bits are good enough for a story. */
static uint64_t below(struct history *h, uint64_t limit) {
  h->chance = h->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (h->chance >> 33) % limit;
}

static struct value some_value(struct history *h, const struct column *c) {
  static const char *const texts[] = {"Nia", "Tom", "Siân"};
  if (c->type == TYPE_TEXT) return value_text(slice_text(texts[below(h, 3)]));
  if (c->type == TYPE_MINUTE) return below(h, 2) ? value_int(965) : value_null();
  return value_int((c->type == TYPE_BOOL ? 0 : h->low) + (int64_t)below(h, 2));
}

static void make_op(struct history *h, size_t k) {
  const struct subject *s = h->subject;
  const struct table *t = schema_table(s->table);
  struct op *op = &h->ops[k];
  struct merge_op *m = &h->made[k];
  bool office = below(h, 3) == 0;
  *op = (struct op){.table = t, .units = (uint32_t)1 << s->unit, .bases = h->bases[k]};
  op->values[s->column] = some_value(h, &t->columns[s->column]);
  if (s->second != s->column) op->values[s->second] = some_value(h, &t->columns[s->second]);
  *m = (struct merge_op){.op = op,
                         .id = {office        ? h->fixture->hub
                                : below(h, 2) ? h->fixture->device
                                              : h->fixture->other_device,
                                1, k + 1},
                         .author = office ? h->fixture->office : fixture_id(below(h, 2) ? "tutor" : "leader"),
                         .stamp = stamp_first + 1000 * below(h, 4)};
  m->flags = office ? OP_OFFICE : below(h, 3) == 0 ? OP_UNSURE : 0;
  if (office && below(h, 4) == 0) m->flags |= OP_RESTORED;
}

/* Bases among all that was made, the op itself and those that never come included. */
static void make_bases(struct history *h, size_t k) {
  for (size_t count = below(h, bases_most + 1); h->ops[k].base_count < count; h->ops[k].base_count++)
    h->bases[k][h->ops[k].base_count] = (struct base){h->subject->unit, h->made[below(h, ops_made)].id};
}

static void make(struct history *h) {
  h->low = 1 + (int64_t)below(h, 3);
  for (size_t k = 0; k < ops_made; k++) make_op(h, k), h->order[k] = k;
  for (size_t k = 0; k < ops_made; k++) make_bases(h, k);
  for (size_t k = ops_made; k > 1; k--) {
    size_t other = below(h, k), kept = h->order[other];
    h->order[other] = h->order[k - 1];
    h->order[k - 1] = kept;
  }
}

/* ---- as JSON ---- */

static json_t *op_id_json(const struct op_id *id) {
  char device[id_text_bytes];
  id_text(device, &id->device);
  return json_sprintf("%s/%u/%llu", device, (unsigned)id->incarnation, (unsigned long long)id->counter);
}

static json_t *value_json(const struct value *v) {
  if (v->kind == VALUE_ID) return describe_id(&v->id);
  return v->kind == VALUE_TEXT ? describe_text(v->text) : json_integer(v->i);
}

static json_t *values_json(const struct table *t, uint8_t unit, const struct value *values) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(t, unit, columns);
  json_t *out = json_object();
  for (size_t i = 0; i < count; i++) {
    const struct value *v = &values[columns[i]];
    if (v->kind != VALUE_NULL) json_object_set_new(out, t->columns[columns[i]].name, value_json(v));
  }
  return out;
}

static json_t *op_json(uint8_t unit, const struct merge_op *m) {
  json_t *bases = json_array();
  for (size_t i = 0; i < m->op->base_count; i++)
    json_array_append_new(bases, op_id_json(&m->op->bases[i].op));
  return json_pack("{s:o, s:o, s:I, s:i, s:o, s:o}", "op", op_id_json(&m->id), "author",
                   describe_id(&m->author), "stamp", (json_int_t)m->stamp, "flags", (int)m->flags, "values",
                   values_json(m->op->table, unit, m->op->values), "bases", bases);
}

static json_t *result_json(const struct row *row, uint8_t unit) {
  const struct unit_heads *u = &row->units[unit];
  json_t *heads = json_array(), *ghosts = json_array();
  for (size_t i = 0; i < u->count; i++) json_array_append_new(heads, op_id_json(&u->heads[i].op));
  for (size_t i = 0; i < u->ghost_count; i++) json_array_append_new(ghosts, op_id_json(&u->ghosts[i]));
  const char *conflict = merges_conflict(merge_conflict(row, unit));
  return json_pack("{s:o, s:o, s:o, s:o}", "heads", heads, "ghosts", ghosts, "values",
                   values_json(row->table, unit, row->values), "conflict",
                   conflict ? json_string(conflict) : json_null());
}

struct telling {
  const struct merge_op *ops;
  size_t applied;
};
static bool seen(void *ctx, const struct op_id *op) {
  const struct telling *t = ctx;
  for (size_t k = 0; k < t->applied; k++)
    if (op_id_equal(&t->ops[k].id, op)) return true;
  return false;
}

json_t *merges_told(json_t *name, uint8_t unit, const struct merge_op *ops, size_t count) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  struct row row = {.table = ops[0].op->table};
  struct merge_outcome outcome;
  struct telling t = {.ops = ops};
  json_t *list = json_array();
  for (; t.applied < count; t.applied++) {
    ASSERT(merge_apply(&row, &ops[t.applied], seen, &t, &a, &outcome) == ERR_OK);
    json_array_append_new(list, op_json(unit, &ops[t.applied]));
  }
  json_t *out = json_pack("{s:o, s:s, s:i, s:o, s:o}", "name", name, "table", row.table->name, "unit",
                          (int)unit, "ops", list, "gives", result_json(&row, unit));
  arena_finish(&a);
  return out;
}

static json_t *history_json(struct history *h, int number) {
  struct merge_op told[ops_applied];
  make(h);
  for (size_t k = 0; k < ops_applied; k++) told[k] = h->made[h->order[k]];
  json_t *name = json_sprintf("%s, unit %d, history %d", schema_table(h->subject->table)->name,
                              (int)h->subject->unit, number);
  return merges_told(name, h->subject->unit, told, ops_applied);
}

json_t *merges_document(const struct samples *s) {
  json_t *list = merge_cases(s);
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    for (int n = 1; n <= histories_each; n++) {
      struct history h = {
          .subject = &subjects[i], .fixture = &s->fixture, .chance = 10 + 1000 * i + (uint64_t)n};
      json_array_append_new(list, history_json(&h, n));
    }
  }
  return json_pack(
      "{s:s, s:o, s:o, s:o, s:o}", "about",
      "Ops on one unit, in the order they arrive, and what section 5 makes of them: heads, ghosts, the "
      "values "
      "in use, and what a person is asked: `away` only while no absence notice covers the date. An op is "
      "device/incarnation/counter. Then changesets on a row that somebody took out, each of incarnation 1, "
      "and "
      "what a person is asked about each unit; rows that point to one another, and who stands for each; and "
      "several marks of one child at one meeting: the place of the one that counts, and whether a person is "
      "asked.",
      "vectors", list, "removals", removals_list(s), "classes", classes_list(), "marks", marks_list());
}
