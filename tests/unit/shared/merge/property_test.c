/* property_test.c: simulated writers, random orders of delivery: the row is a function of the set of accepted
 * ops.
 *
 * The model below is written from the definition of heads and rules, over sets, and shares nothing with the
 * merge but the types. A failure prints one line that replays it: the program takes a seed as its argument.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/shared/merge/merge_case.h"

enum { cases_count = 2000, devices_count = 5, authors_count = 3, ops_max = 24, orders_count = 4, office = 0 };

/* A small generator (SplitMix64), so that a seed means the same everywhere. */
struct dice {
  uint64_t state;
};
static uint64_t roll(struct dice *d, uint64_t sides) {
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (z ^ z >> 31) % sides;
}
static bool chance(struct dice *d, uint64_t percent) { return roll(d, 100) < percent; }

/* Op sets are bits. */
typedef uint32_t op_set;
static bool has(op_set s, size_t i) { return s >> i & 1; }

struct world {
  const struct table *table;
  struct dice dice;
  uint64_t seed;
  struct test_op ops[ops_max];
  size_t count;
  op_set views[devices_count]; /* what each device has seen; closed under causes */
  uint64_t counters[devices_count], stamps[devices_count];
};

static void check(const struct world *w, bool ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "%s on table %s with seed %llu; replay: shared_merge_property_test %llu\n", what,
          w->table->name, (unsigned long long)w->seed, (unsigned long long)w->seed);
  fail();
}

/* The model */
static enum rule rule_of(const struct table *t, uint8_t unit) {
  uint8_t columns[op_columns_max];
  ASSERT(unit_columns(t, unit, columns) > 0);
  return t->columns[columns[0]].rule;
}

static bool writes(const struct test_op *o, uint8_t unit) { return o->op.units >> unit & 1; }

static bool by_office(const struct test_op *o) { return o->m.flags & OP_OFFICE; }

/* Brought back by an undo: the office's pen, another's word. */
static bool restored(const struct test_op *o) { return o->m.flags & OP_RESTORED; }

static bool is_the_office_s_word(const struct test_op *o) { return by_office(o) && !restored(o); }

static bool names(const struct test_op *by, uint8_t unit, const struct op_id *id) {
  bool same_sequence = id_equal(&by->m.id.device, &id->device) && by->m.id.incarnation == id->incarnation;
  if (same_sequence && id->counter >= by->m.id.counter) return false;
  for (size_t i = 0; i < by->op.base_count; i++) {
    if (by->bases[i].unit == unit && op_id_equal(&by->bases[i].op, id)) return true;
  }
  return false;
}

static bool higher(const struct test_op *a, const struct test_op *b) {
  if (a->m.stamp != b->m.stamp) return a->m.stamp > b->m.stamp;
  return op_id_compare(&a->m.id, &b->m.id) > 0;
}

static bool is_key_unit(const struct table *t, uint8_t unit) { return unit == 0 && t->key_count > 0; }

static bool model_replaced(const struct world *w, op_set accepted, uint8_t unit, size_t i) {
  const struct test_op *o = &w->ops[i];
  enum rule rule = rule_of(w->table, unit);
  for (size_t j = 0; j < w->count; j++) {
    const struct test_op *by = &w->ops[j];
    if (!has(accepted, j) || j == i || !writes(by, unit)) continue;
    if (is_key_unit(w->table, unit)) {
      if (higher(by, o)) return true;
    } else if (rule == RULE_OFFICE && by_office(o)) {
      if (by_office(by) && higher(by, o)) return true;
    } else if (names(by, unit, &o->m.id) && (rule != RULE_ONCE || by_office(by) || restored(by))) {
      return true;
    }
  }
  return false;
}

static op_set model_heads(const struct world *w, op_set accepted, uint8_t unit) {
  op_set heads = 0;
  for (size_t i = 0; i < w->count; i++) {
    if (has(accepted, i) && writes(&w->ops[i], unit) && !model_replaced(w, accepted, unit, i))
      heads |= (op_set)1 << i;
  }
  return heads;
}

static bool model_equal(const struct world *w, uint8_t unit, size_t a, size_t b) {
  for (uint8_t c = 0; c < w->table->column_count; c++) {
    if (w->table->columns[c].unit == unit && !value_equal(&w->ops[a].op.values[c], &w->ops[b].op.values[c]))
      return false;
  }
  return true;
}

/* Heads that are not away while another says late with a time. */
static op_set model_standing(const struct world *w, uint8_t unit, op_set heads) {
  bool late = false;
  if (w->table->id != TABLE_mark || unit != 1) return heads;
  for (size_t i = 0; i < w->count; i++) {
    const struct value *v = w->ops[i].op.values;
    late |=
        has(heads, i) && v[COL(mark, code)].i == ENUM_mark_code_L && v[COL(mark, arrived)].kind == VALUE_INT;
  }
  for (size_t i = 0; late && i < w->count; i++) {
    int64_t code = w->ops[i].op.values[COL(mark, code)].i;
    if (code == ENUM_mark_code_AU || code == ENUM_mark_code_AN) heads &= ~((op_set)1 << i);
  }
  return heads;
}

static size_t model_in_use(const struct world *w, uint8_t unit, op_set heads) {
  enum rule rule = rule_of(w->table, unit);
  op_set from = model_standing(w, unit, heads), best_of_office = 0;
  for (size_t i = 0; i < w->count; i++) {
    if (has(from, i) && is_the_office_s_word(&w->ops[i])) best_of_office |= (op_set)1 << i;
  }
  if (rule == RULE_OFFICE && best_of_office) from = best_of_office;
  size_t best = ops_max;
  for (size_t i = 0; i < w->count; i++) {
    if (!has(from, i)) continue;
    if (best == ops_max || higher(&w->ops[i], &w->ops[best]) == (rule != RULE_ONCE)) best = i;
  }
  return best;
}

static bool model_collides(const struct world *w, uint8_t unit, op_set from, bool authors) {
  for (size_t i = 0; i < w->count; i++) {
    for (size_t j = 0; j < i; j++) {
      if (!has(from, i) || !has(from, j) || model_equal(w, unit, i, j)) continue;
      if (!authors || !id_equal(&w->ops[i].m.author, &w->ops[j].m.author)) return true;
    }
  }
  return false;
}

static bool model_differs(const struct world *w, uint8_t unit, op_set from, size_t used, bool field_only) {
  for (size_t i = 0; i < w->count; i++) {
    if (has(from, i) && !(field_only && is_the_office_s_word(&w->ops[i])) && !model_equal(w, unit, i, used))
      return true;
  }
  return false;
}

static bool model_away(const struct world *w, op_set heads) {
  for (size_t i = 0; i < w->count; i++) {
    int64_t code = w->ops[i].op.values[COL(mark, code)].i;
    if (has(heads, i) && code != ENUM_mark_code_AU && code != ENUM_mark_code_AN) return false;
  }
  return true;
}

/* A removed row has one conflict: work that no removal knew of. */
static bool model_removed(const struct world *w, op_set accepted) {
  int column = row_removed_column(w->table);
  if (column < 0) return false;
  uint8_t unit = w->table->columns[column].unit;
  op_set heads = model_heads(w, accepted, unit);
  if (!heads) return false;
  const struct value *v = &w->ops[model_in_use(w, unit, heads)].op.values[column];
  return v->kind == VALUE_INT && v->i != 0;
}

static enum conflict_kind model_removal(const struct world *w, op_set accepted, uint8_t unit) {
  uint8_t removed = w->table->columns[row_removed_column(w->table)].unit;
  op_set removals = model_heads(w, accepted, removed);
  if (unit != removed) return CONFLICT_NONE;
  if (model_collides(w, unit, removals, false)) return CONFLICT_HUMAN;
  for (uint8_t other = 1; other < w->table->unit_count; other++) {
    op_set heads = other == removed ? 0 : model_heads(w, accepted, other);
    for (size_t i = 0; i < w->count; i++) {
      bool known = !has(heads, i) || has(removals, i);
      for (size_t k = 0; k < w->count && !known; k++)
        known = has(heads & removals, k) && model_equal(w, other, i, k);
      if (!known) return CONFLICT_REMOVED;
    }
  }
  return CONFLICT_NONE;
}

static enum conflict_kind model_unit_conflict(const struct world *w, uint8_t unit, op_set heads) {
  if (!heads) return CONFLICT_NONE;
  op_set from = model_standing(w, unit, heads);
  size_t used = model_in_use(w, unit, heads);
  bool guessed = w->ops[used].m.flags & OP_UNSURE && model_differs(w, unit, from, used, false);
  switch (rule_of(w->table, unit)) {
  case RULE_LWW: return guessed ? CONFLICT_UNSURE : CONFLICT_NONE;
  case RULE_ONCE: return model_collides(w, unit, from, false) ? CONFLICT_ONCE : CONFLICT_NONE;
  case RULE_ADD: return CONFLICT_NONE;
  case RULE_OFFICE:
    if (!is_the_office_s_word(&w->ops[used])) return CONFLICT_PROPOSAL;
    return model_differs(w, unit, from, used, true) ? CONFLICT_PROPOSAL : CONFLICT_NONE;
  case RULE_HUMAN: return model_collides(w, unit, from, false) ? CONFLICT_HUMAN : CONFLICT_NONE;
  case RULE_HUMAN_AUTHORS:
    if (model_collides(w, unit, from, true) || guessed) {
      if (w->table->id == TABLE_mark && model_away(w, heads)) return CONFLICT_AWAY;
      return model_collides(w, unit, from, true) ? CONFLICT_HUMAN : CONFLICT_UNSURE;
    }
  }
  return CONFLICT_NONE;
}

static enum conflict_kind model_conflict(const struct world *w, op_set accepted, uint8_t unit) {
  if (model_removed(w, accepted)) return model_removal(w, accepted, unit);
  return model_unit_conflict(w, unit, model_heads(w, accepted, unit));
}

/* Bases of accepted ops that were not accepted themselves. */
static op_set model_ghosts(const struct world *w, op_set accepted, uint8_t unit) {
  op_set ghosts = 0;
  if (is_key_unit(w->table, unit)) return 0;
  for (size_t i = 0; i < w->count; i++) {
    for (size_t j = 0; !has(accepted, i) && j < w->count; j++) {
      const struct test_op *by = &w->ops[j];
      if (!has(accepted, j) || !writes(by, unit) || !names(by, unit, &w->ops[i].m.id)) continue;
      if (rule_of(w->table, unit) != RULE_ONCE || by_office(by) || restored(by)) ghosts |= (op_set)1 << i;
    }
  }
  return ghosts;
}

/* The row against the model */
static size_t op_index(const struct world *w, const struct op_id *id) {
  size_t i = 0;
  while (i < w->count && !op_id_equal(&w->ops[i].m.id, id)) i++;
  return i;
}

static void check_heads(const struct world *w, const struct unit_heads *u, uint8_t unit, op_set heads) {
  op_set found = 0;
  for (size_t i = 0; i < u->count; i++) {
    size_t op = op_index(w, &u->heads[i].op);
    check(w, op < w->count && !has(found, op), "a head is no op, or stands twice");
    found |= (op_set)1 << op;
    check(w, i == 0 || higher(&w->ops[op_index(w, &u->heads[i - 1].op)], &w->ops[op]),
          "heads are out of order");
    check(w, u->heads[i].stamp == w->ops[op].m.stamp && u->heads[i].flags == w->ops[op].m.flags,
          "a head is spoilt");
    check(w, (u->heads[i].values != NULL) == (u->count > 1), "values stand where they should not");
    for (size_t c = 0, place = 0; u->count > 1 && c < w->table->column_count; c++) {
      if (w->table->columns[c].unit != unit) continue;
      check(w, value_equal(&u->heads[i].values[place++], &w->ops[op].op.values[c]),
            "a head has other values than its op");
    }
  }
  check(w, found == heads, "the heads are others");
}

static void check_values(const struct world *w, const struct row *row, uint8_t unit, op_set heads) {
  const struct value nothing = value_null();
  size_t used = heads ? model_in_use(w, unit, heads) : ops_max;
  for (uint8_t c = 0; c < w->table->column_count; c++) {
    if (w->table->columns[c].unit != unit) continue;
    const struct value *expected = heads ? &w->ops[used].op.values[c] : &nothing;
    check(w, value_equal(&row->values[c], expected), "another value is in use");
  }
  if (!heads) return;
  const struct head *h = &row->units[unit].heads[merge_in_use(row, unit)];
  check(w, op_id_equal(&h->op, &w->ops[used].m.id), "another head is in use");
}

static void check_row(const struct world *w, const struct test_row *r, op_set accepted) {
  for (uint8_t unit = 0; unit < w->table->unit_count; unit++) {
    const struct unit_heads *u = &r->row.units[unit];
    op_set heads = model_heads(w, accepted, unit), ghosts = 0;
    check_heads(w, u, unit, heads);
    check_values(w, &r->row, unit, heads);
    check(w, merge_conflict(&r->row, unit) == model_conflict(w, accepted, unit), "another conflict");
    for (size_t i = 0; i < u->ghost_count; i++) ghosts |= (op_set)1 << op_index(w, &u->ghosts[i]);
    check(w, ghosts == model_ghosts(w, accepted, unit), "the ghosts are others");
  }
}

/* Writers */
static struct value random_value(struct world *w, const struct column *c) {
  static const char *const words[] = {"", "a", "b"};
  if (c->rule == RULE_ONCE && w->table->key_count) {
    const struct id id = {{c->id}}; /* the natural key is the same for everybody */
    return value_id(&id);
  }
  if (c->type == TYPE_ENUM) return value_int(1 + (int64_t)roll(&w->dice, 6));
  if (chance(&w->dice, 30)) return value_null();
  if (c->type == TYPE_TEXT) return value_text(slice_text(words[roll(&w->dice, 3)]));
  if (c->type == TYPE_ID) {
    const struct id id = {{(uint8_t)(1 + roll(&w->dice, 3))}};
    return value_id(&id);
  }
  return value_int((int64_t)roll(&w->dice, c->type == TYPE_BOOL ? 2 : 3));
}

static void random_units(struct world *w, struct test_op *o) {
  bool natural = w->table->key_count > 0;
  uint32_t units = natural ? 1 : 0;
  while (units == (natural ? 1u : 0u)) units |= (uint32_t)roll(&w->dice, (uint64_t)1 << w->table->unit_count);
  for (uint8_t c = 0; c < w->table->column_count; c++) {
    if (units >> w->table->columns[c].unit & 1) test_op_set(o, c, random_value(w, &w->table->columns[c]));
  }
}

/* Mostly what the device sees; sometimes it forgets one, and sometimes it names what makes no sense. */
static void random_bases(struct world *w, struct test_op *o, size_t device) {
  for (uint8_t unit = 0; unit < w->table->unit_count; unit++) {
    op_set heads = writes(o, unit) ? model_heads(w, w->views[device], unit) : 0;
    for (size_t i = 0; i < w->count; i++) {
      if (has(heads, i) && !chance(&w->dice, 10)) test_op_base(o, unit, &w->ops[i]);
    }
    if (w->count && writes(o, unit) && chance(&w->dice, 5))
      test_op_base(o, unit, &w->ops[roll(&w->dice, w->count)]);
  }
}

static uint64_t random_stamp(struct world *w, size_t device) {
  uint64_t least = w->stamps[device];
  for (size_t i = 0; i < w->count; i++) {
    if (has(w->views[device], i) && w->ops[i].m.stamp > least) least = w->ops[i].m.stamp;
  }
  w->stamps[device] = least + 1 + roll(&w->dice, 4);
  return chance(&w->dice, 10) ? roll(&w->dice, 30) : w->stamps[device]; /* some were capped */
}

static void device_writes(struct world *w, size_t device) {
  uint8_t author = (uint8_t)(1 + roll(&w->dice, authors_count));
  struct test_op o =
      test_op(w->table, (uint8_t)(device + 1), ++w->counters[device], author, random_stamp(w, device));
  if (device == office) {
    o.m.flags = chance(&w->dice, 70) ? OP_OFFICE : OP_RESTORED | (uint8_t)(roll(&w->dice, 4));
  }
  if (device != office && chance(&w->dice, 20)) o.m.flags = OP_UNSURE;
  random_units(w, &o);
  random_bases(w, &o, device);
  w->views[device] |= (op_set)1 << w->count;
  w->ops[w->count++] = o;
}

static void world_begin(struct world *w, const struct table *t, uint64_t seed) {
  bytes_zero(w, sizeof *w);
  w->table = t;
  w->seed = w->dice.state = seed;
  size_t ops = 2 + roll(&w->dice, ops_max - 1);
  while (w->count < ops) {
    size_t a = roll(&w->dice, devices_count), b = roll(&w->dice, devices_count);
    if (chance(&w->dice, 40))
      w->views[a] |= w->views[b];
    else
      device_writes(w, a);
  }
}

/* Delivery */
static void check_outcome(const struct world *w, const struct row *before, const struct test_row *r,
                          const struct test_op *o) {
  uint32_t changed = 0, conflicts = 0;
  for (uint8_t c = 0; c < w->table->column_count; c++) {
    if (!value_equal(&before->values[c], &r->row.values[c]))
      changed |= (uint32_t)1 << w->table->columns[c].unit;
  }
  for (uint8_t unit = 0; unit < w->table->unit_count; unit++) {
    if (merge_conflict(&r->row, unit) != CONFLICT_NONE) conflicts |= (uint32_t)1 << unit;
    if (!writes(o, unit) || is_key_unit(w->table, unit)) continue;
    const struct unit_heads *u = &r->row.units[unit];
    enum merge_effect effect = MERGE_SUPERSEDED;
    for (size_t i = 0; i < u->count; i++) {
      if (op_id_equal(&u->heads[i].op, &o->m.id))
        effect = i == merge_in_use(&r->row, unit) ? MERGE_IN_USE : MERGE_NOT_IN_USE;
    }
    check(w, r->last.effect[unit] == effect, "another effect");
  }
  check(w, r->last.changed == changed, "other units changed");
  check(w, r->last.conflict_after == conflicts, "other conflicts were reported");
}

/* Stores the heads and loads them again, as a database does between two deliveries. */
static void store_and_load(const struct world *w, struct test_row *r) {
  struct buf blob = BUF_INIT(1 << 16);
  struct origin_book book = {0};
  check(w, row_heads_encode(&blob, &r->row, &book) == ERR_OK, "the heads cannot be stored");
  bytes_zero(r->row.units, sizeof r->row.units);
  check(w, row_heads_decode(&r->row, buf_slice(&blob), &book, &r->arena) == ERR_OK,
        "the heads cannot be loaded");
  origin_book_finish(&book);
  buf_finish(&blob);
}

/* What the hub notes of an op that no head will lead to. */
static op_set loose_after(const struct world *w, const struct test_row *r, const struct test_op *o) {
  op_set loose = 0;
  if (!merge_is_head(&r->row, &o->m.id)) loose |= (op_set)1 << op_index(w, &o->m.id);
  for (size_t i = 0; i < r->last.unnamed_count; i++) {
    if (!merge_is_head(&r->row, &r->last.unnamed[i])) loose |= (op_set)1 << op_index(w, &r->last.unnamed[i]);
  }
  return loose;
}

/* From the heads, and what was noted beside them, every accepted op is found through the bases each names. */
static void check_history(const struct world *w, const struct test_row *r, op_set accepted, op_set found) {
  for (size_t i = 0; i < w->count; i++) {
    if (merge_is_head(&r->row, &w->ops[i].m.id)) found |= (op_set)1 << i;
  }
  for (op_set before = 0; before != found;) {
    before = found;
    for (size_t i = 0; i < w->count; i++) {
      for (size_t k = 0; has(before, i) && k < w->ops[i].op.base_count; k++) {
        size_t base = op_index(w, &w->ops[i].bases[k].op);
        if (has(accepted, base)) found |= (op_set)1 << base;
      }
    }
  }
  check(w, (found & accepted) == accepted, "history would not find every op");
}

static void deliver(struct world *w, op_set which) {
  struct test_row r;
  size_t order[ops_max], count = 0;
  op_set loose = 0;
  uint32_t conflicts = 0;
  test_row_begin(&r, w->table);
  for (size_t i = 0; i < w->count; i++) {
    if (has(which, i)) order[count++] = i;
  }
  for (size_t i = 0; i < count; i++) {
    size_t j = i + roll(&w->dice, count - i), next = order[j];
    order[j] = order[i], order[i] = next;
    struct row before = r.row;
    test_row_apply(&r, &w->ops[next]);
    check(w, r.last.conflict_before == conflicts, "a conflict came from nowhere");
    conflicts = r.last.conflict_after;
    loose |= loose_after(w, &r, &w->ops[next]);
    check_outcome(w, &before, &r, &w->ops[next]);
    if (chance(&w->dice, 10)) store_and_load(w, &r);
  }
  check_row(w, &r, which);
  check_history(w, &r, which, loose);
  test_row_finish(&r);
}

static void run_case(const struct table *t, uint64_t seed) {
  static struct world w; /* large, and one test runs at a time */
  world_begin(&w, t, seed);
  op_set all = (op_set)(((uint64_t)1 << w.count) - 1);
  op_set some = all & (op_set)roll(&w.dice, (uint64_t)1 << 32); /* with gaps */
  for (int i = 0; i < orders_count; i++) {
    deliver(&w, all);
    deliver(&w, some);
  }
}

static uint64_t seed_first = 1, seed_count = cases_count;

static void every_order_gives_the_same_row_under_every_rule(void **state) {
  (void)state;
  for (uint64_t i = 0; i < seed_count; i++) run_case(&rules_table, seed_first + i);
}

static void every_order_gives_the_same_session_removed_or_not(void **state) {
  (void)state;
  for (uint64_t i = 0; i < seed_count; i++) run_case(schema_table(TABLE_session), seed_first + i);
}

static void every_order_gives_the_same_enrolment_removed_or_not(void **state) {
  (void)state;
  for (uint64_t i = 0; i < seed_count; i++) run_case(schema_table(TABLE_enrolment), seed_first + i);
}

static void every_order_gives_the_same_mark(void **state) {
  (void)state;
  for (uint64_t i = 0; i < seed_count; i++) run_case(schema_table(TABLE_mark), seed_first + i);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_order_gives_the_same_row_under_every_rule),
      cmocka_unit_test(every_order_gives_the_same_mark),
      cmocka_unit_test(every_order_gives_the_same_session_removed_or_not),
      cmocka_unit_test(every_order_gives_the_same_enrolment_removed_or_not),
  };
  if (argc > 1) seed_first = strtoull(argv[1], NULL, 10), seed_count = 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
