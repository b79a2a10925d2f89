/* model.c: the set of accepted ops, and what follows from the set. */
#include "tests/sim/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading what was sent ---- */

static bool holds(const struct model *m, const struct op_id *id) {
  for (size_t i = 0; i < m->count; i++) {
    if (op_id_equal(&m->ops[i].id, id)) return true;
  }
  return false;
}

static bool is_set_aside(const struct receipt *r, size_t changeset) {
  for (size_t i = 0; i < r->exception_count; i++) {
    const struct receipt_exception *x = &r->exceptions[i];
    if (x->changeset == changeset && x->status >= RECEIPT_HELD) return true;
  }
  return false;
}

/* Five minutes ahead of the hub is too far: the stamp becomes the hub's time, and the receipt says so. */
static uint64_t stamp_of(struct sim *s, const struct receipt *r, size_t changeset, uint64_t stamp) {
  const uint64_t hub = (uint64_t)r->received_ms, pinned = stamp > hub + 300000 ? hub : 0;
  uint64_t said = 0;
  for (size_t i = 0; i < r->pin_count; i++) {
    if (r->pins[i].changeset == changeset) said = r->pins[i].stamp;
  }
  if (said != pinned)
    sim_fail(s, "5 pins", "changeset %zu of bundle %llu is stamped %llu, must be pinned to %llu, is to %llu",
             changeset, (unsigned long long)r->seq, (unsigned long long)stamp, (unsigned long long)pinned,
             (unsigned long long)said);
  return pinned ? pinned : stamp;
}

/* About somebody who was erased, or blank: a device that erased them sealed about nobody what it had not
 * sent. What a register is asked about may name anybody who is in it. */
static bool is_erased(const struct sim *s, const struct op *op) {
  struct id about = op->table->id == TABLE_learner ? op->row : (struct id){{0}};
  bool named = op->table->id == TABLE_learner;
  for (size_t i = 0; i < op->table->column_count && !named; i++) {
    named = strcmp(op->table->columns[i].name, "learner") == 0 && op->values[i].kind == VALUE_ID;
    if (named) about = op->values[i].id;
  }
  bool anybodys = op->table->id == TABLE_question && op->row.b[0] == sim_question_id;
  for (size_t i = 0; i < sim_learners && (named || anybodys); i++) {
    if (s->erased[i] && (anybodys || id_equal(&about, &s->learners[i]))) return true;
  }
  return named && id_is_zero(&about);
}

static bool is_emptied(const struct sim *s, const struct changeset *cs) {
  size_t left = 0;
  for (size_t i = 0; i < cs->op_count; i++) left += !is_erased(s, &cs->ops[i]);
  return left == 0;
}

static void keep(struct sim *s, const struct model *m, struct model_op *to, size_t *count,
                 const struct receipt *r, const struct changeset *cs, uint64_t stamp) {
  for (size_t i = 0; i < cs->op_count; i++) {
    const struct op_id id = {r->device, r->incarnation, cs->counter + i};
    if (is_erased(s, &cs->ops[i]) || holds(m, &id)) continue;
    ASSERT(*count < model_ops_max);
    to[(*count)++] = (struct model_op){
        .id = id, .author = cs->author, .stamp = stamp, .flags = cs->flags, .op = &cs->ops[i]};
  }
}

static void add(struct sim *s, struct model *m, const struct receipt *r, size_t index,
                const struct changeset *cs) {
  const struct op_id first = {r->device, r->incarnation, cs->counter};
  const bool held = r->status == RECEIPT_HELD;
  if (cs->op_count == 0 || holds(m, &first)) return; /* sealed anew: it counts once */
  if (held || is_set_aside(r, index)) {
    if (!held && is_emptied(s, cs)) m->emptied++;
    if (!held && !is_emptied(s, cs)) m->set_aside++;
    keep(s, m, m->apart, &m->apart_count, r, cs, cs->stamp);
    return;
  }
  keep(s, m, m->ops, &m->count, r, cs, stamp_of(s, r, index, cs->stamp));
}

static void read_bundle(struct model *m, struct sim *s, struct sim_bundle *b) {
  struct receipt r;
  struct bundle_content content;
  if (!sim_receipt(s, b, &m->arena, &r)) sim_fail(s, "2 receipted", "a stored bundle has no receipt");
  err e = sim_bundle_content(s, b, &m->arena, &content);
  if (e != ERR_OK) sim_fail(s, "2 receipted", "a stored bundle cannot be opened: %s", err_text(e));
  for (size_t i = 0; i < content.changeset_count; i++) add(s, m, &r, i, &content.changesets[i]);
}

/* ---- what the office wrote ---- */

bool model_is_office(const struct model_op *o) { return o->flags & (OP_OFFICE | OP_RESTORED); }

static void keep_office(struct model *m, const struct table *t, const struct id *row,
                        const struct store_history *h) {
  struct op *op = arena_take(&m->arena, 1, sizeof *op);
  if (!op) abort();
  *op =
      (struct op){.table = t, .row = *row, .units = h->units, .bases = h->bases, .base_count = h->base_count};
  for (size_t c = 0; c < t->column_count; c++) op->values[c] = h->values[c];
  ASSERT(m->count < model_ops_max);
  m->ops[m->count++] =
      (struct model_op){.id = h->op, .author = h->author, .stamp = h->stamp, .flags = h->flags, .op = op};
}

bool model_is_first_of_row(const struct model *m, size_t at) {
  for (size_t i = 0; i < at; i++) {
    if (m->ops[i].op->table == m->ops[at].op->table && id_equal(&m->ops[i].op->row, &m->ops[at].op->row))
      return false;
  }
  return true;
}

bool model_is_apart(const struct model *m, const struct table *t, const struct id *row) {
  for (size_t i = 0; i < m->apart_count; i++) {
    if (m->apart[i].op->table == t && id_equal(&m->apart[i].op->row, row)) return true;
  }
  return false;
}

/* They come in no bundle: of the hub's word nothing else is believed than that these were written. */
static void read_office(struct model *m, struct sim *s, const struct op *of) {
  struct store_history *list = NULL;
  size_t count = 0;
  if (s->hub.store->ops->read_history(s->hub.store, of->table, &of->row, &m->arena, &list, &count) != ERR_OK)
    sim_fail(s, "7 integrity", "a history cannot be read");
  for (size_t i = 0; i < count; i++) {
    if (list[i].flags & (OP_OFFICE | OP_RESTORED)) keep_office(m, of->table, &of->row, &list[i]);
  }
}

static void read_all(struct model *m, struct sim *s) {
  *m = (struct model){.ops = calloc(model_ops_max, sizeof *m->ops),
                      .apart = calloc(model_ops_max, sizeof *m->apart),
                      .arena = ARENA_INIT(1 << 30)};
  if (!m->ops || !m->apart) abort();
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored) read_bundle(m, s, &s->bundles[i]);
  }
  const size_t field = m->count;
  for (size_t i = 0; i < field; i++) {
    if (model_is_first_of_row(m, i)) read_office(m, s, m->ops[i].op);
  }
}

struct model *model_of(struct sim *s) {
  if (s->model) return s->model;
  s->model = calloc(1, sizeof *s->model);
  if (!s->model) abort();
  read_all(s->model, s);
  return s->model;
}

/* ---- section 5 ---- */

static bool writes(const struct model_op *o, const struct table *t, const struct id *row, uint8_t unit) {
  return o->op->table == t && id_equal(&o->op->row, row) && o->op->units >> unit & 1;
}

static enum rule rule_of(const struct table *t, uint8_t unit) {
  for (size_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == unit) return t->columns[i].rule;
  }
  return RULE_LWW;
}

static bool same_values(const struct table *t, uint8_t unit, const struct model_op *a,
                        const struct model_op *b) {
  for (size_t i = 0; i < t->column_count; i++) {
    if (t->columns[i].unit == unit && !value_equal(&a->op->values[i], &b->op->values[i])) return false;
  }
  return true;
}

static bool names(const struct model_op *later, const struct model_op *base, uint8_t unit) {
  if (id_equal(&later->id.device, &base->id.device) && later->id.incarnation == base->id.incarnation &&
      base->id.counter >= later->id.counter)
    return false; /* nobody has seen what was not written yet */
  for (size_t i = 0; i < later->op->base_count; i++) {
    if (later->op->bases[i].unit == unit && op_id_equal(&later->op->bases[i].op, &base->id)) return true;
  }
  return false;
}

static bool is_higher(const struct model_op *a, const struct model_op *b) {
  if (a->stamp != b->stamp) return a->stamp > b->stamp;
  return op_id_compare(&a->id, &b->id) > 0;
}

static bool is_away(const struct model_op *o) {
  const struct value *code = &o->op->values[COL(mark, code)];
  return code->kind == VALUE_INT && (code->i == ENUM_mark_code_AU || code->i == ENUM_mark_code_AN);
}

/* Whoever saw the learner come in wins over whoever saw an empty chair. */
static bool settles(const struct table *t, uint8_t unit, const struct model_op *late,
                    const struct model_op *away) {
  if (t->id != TABLE_mark || unit != 1) return false;
  const struct value *l = &late->op->values[COL(mark, code)];
  return l->kind == VALUE_INT && l->i == ENUM_mark_code_L &&
         late->op->values[COL(mark, arrived)].kind == VALUE_INT && is_away(away);
}

static bool is_settled(const struct table *t, uint8_t unit, const struct model_unit *u,
                       const struct model_op *o) {
  for (size_t i = 0; i < u->count; i++) {
    if (settles(t, unit, u->heads[i], o)) return true;
  }
  return false;
}

/* May `by` take the place of `old` when it names it? Under ONCE the office alone may; under OFFICE what the
 * office wrote gives way to its own later word alone, named or not. */
static bool replaces(enum rule rule, const struct model_op *by, const struct model_op *old, uint8_t unit) {
  bool theirs = by->flags & OP_OFFICE, its = old->flags & OP_OFFICE;
  if (rule == RULE_OFFICE && its) return theirs && is_higher(by, old);
  return names(by, old, unit) && (rule != RULE_ONCE || model_is_office(by));
}

static void find_heads(const struct model *m, const struct table *t, const struct id *row, uint8_t unit,
                       struct model_unit *out) {
  const enum rule rule = rule_of(t, unit);
  for (size_t i = 0; i < m->count; i++) {
    const struct model_op *o = &m->ops[i];
    bool replaced = !writes(o, t, row, unit);
    for (size_t k = 0; k < m->count && !replaced; k++)
      replaced = writes(&m->ops[k], t, row, unit) && replaces(rule, &m->ops[k], o, unit);
    if (replaced) continue;
    ASSERT(out->count < model_heads_max);
    out->heads[out->count++] = o;
  }
}

static bool collide(enum rule rule, const struct model_op *a, const struct model_op *b) {
  switch (rule) {
  case RULE_HUMAN:
  case RULE_ONCE: return true;
  case RULE_HUMAN_AUTHORS: return !id_equal(&a->author, &b->author);
  default: return false;
  }
}

static bool is_the_offices(const struct model_op *o) {
  return (o->flags & (OP_OFFICE | OP_RESTORED)) == OP_OFFICE;
}

/* What the field wrote there is a proposal, until the office says the same. */
static bool is_proposed(const struct table *t, uint8_t unit, const struct model_unit *u) {
  bool proposed = !is_the_offices(u->in_use);
  for (size_t i = 0; i < u->count; i++) proposed = proposed || !same_values(t, unit, u->in_use, u->heads[i]);
  return proposed;
}

/* Somebody is asked when two that stand collide, or when the clock that decided is a guess. */
static bool is_asked(const struct table *t, uint8_t unit, const struct model_unit *u) {
  const enum rule rule = rule_of(t, unit);
  bool asked = false,
       unsure = (rule == RULE_LWW || rule == RULE_HUMAN_AUTHORS) && u->in_use->flags & OP_UNSURE;
  for (size_t i = 0; i < u->count; i++) {
    if (is_settled(t, unit, u, u->heads[i])) continue;
    asked = asked || (unsure && !same_values(t, unit, u->in_use, u->heads[i]));
    for (size_t k = 0; k < i; k++) {
      if (is_settled(t, unit, u, u->heads[k]) || same_values(t, unit, u->heads[i], u->heads[k])) continue;
      asked = asked || collide(rule, u->heads[i], u->heads[k]);
    }
  }
  return asked;
}

static void judge(const struct table *t, uint8_t unit, struct model_unit *u) {
  u->conflict = rule_of(t, unit) == RULE_OFFICE ? is_proposed(t, unit, u) : is_asked(t, unit, u);
  u->away = t->id == TABLE_mark && unit == 1;
  for (size_t i = 0; i < u->count; i++) u->away = u->away && is_away(u->heads[i]);
}

/* The office's before the field's where it is the office's; the first where the first stays; else the last.
 */
static bool is_before(enum rule rule, const struct model_op *a, const struct model_op *b) {
  if (rule == RULE_OFFICE && is_the_offices(a) != is_the_offices(b)) return is_the_offices(a);
  return is_higher(a, b) != (rule == RULE_ONCE);
}

/* Unit 0 that is the natural key and nothing else is the same in every op. */
static bool is_constant(const struct table *t, uint8_t unit) {
  size_t columns = 0;
  for (size_t i = 0; i < t->column_count; i++) columns += t->columns[i].unit == unit;
  return unit == 0 && columns == t->key_count;
}

void model_unit(const struct model *m, const struct table *t, const struct id *row, uint8_t unit,
                struct model_unit *out) {
  *out = (struct model_unit){.count = 0};
  if (is_constant(t, unit)) return;
  find_heads(m, t, row, unit, out);
  for (size_t i = 0; i < out->count; i++) {
    if (is_settled(t, unit, out, out->heads[i])) continue;
    if (!out->in_use || is_before(rule_of(t, unit), out->heads[i], out->in_use)) out->in_use = out->heads[i];
  }
  if (out->count) judge(t, unit, out);
}
