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
 * sent. */
static bool is_erased(const struct sim *s, const struct op *op) {
  struct id about = op->table->id == TABLE_learner ? op->row : (struct id){{0}};
  bool named = op->table->id == TABLE_learner;
  for (size_t i = 0; i < op->table->column_count && !named; i++) {
    named = strcmp(op->table->columns[i].name, "learner") == 0 && op->values[i].kind == VALUE_ID;
    if (named) about = op->values[i].id;
  }
  for (size_t i = 0; i < sim_learners && named; i++) {
    if (s->erased[i] && id_equal(&about, &s->learners[i])) return true;
  }
  return named && id_is_zero(&about);
}

static bool is_emptied(const struct sim *s, const struct changeset *cs) {
  size_t left = 0;
  for (size_t i = 0; i < cs->op_count; i++) left += !is_erased(s, &cs->ops[i]);
  return left == 0;
}

static void add(struct sim *s, struct model *m, const struct receipt *r, size_t index,
                const struct changeset *cs) {
  const struct op_id first = {r->device, r->incarnation, cs->counter};
  if (cs->op_count == 0 || holds(m, &first)) return; /* sealed anew: it counts once */
  if (is_set_aside(r, index)) {
    if (is_emptied(s, cs))
      m->emptied++;
    else
      m->set_aside++;
    return;
  }
  uint64_t stamp = stamp_of(s, r, index, cs->stamp);
  for (size_t i = 0; i < cs->op_count; i++) {
    const struct op_id id = {r->device, r->incarnation, cs->counter + i};
    if (is_erased(s, &cs->ops[i]) || holds(m, &id)) continue;
    ASSERT(m->count < model_ops_max);
    m->ops[m->count++] = (struct model_op){
        .id = id, .author = cs->author, .stamp = stamp, .flags = cs->flags, .op = &cs->ops[i]};
  }
}

static void read_bundle(struct model *m, struct sim *s, const struct sim_bundle *b) {
  struct receipt r;
  struct bundle_parts parts;
  struct bundle_content content;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  err *refused = NULL;
  if (!sim_receipt(s, b, &m->arena, &r)) sim_fail(s, "2 receipted", "a stored bundle has no receipt");
  if (r.status == RECEIPT_HELD) return;
  err e = bundle_parse(&parts, buf_slice(&b->bytes));
  if (e == ERR_OK) e = bundle_open(&plain, &parts, sim_intake(s, parts.header.intake_key));
  struct slice kept = arena_copy(&m->arena, buf_slice(&plain));
  if (e == ERR_OK) e = content_decode(&content, &refused, kept, &m->arena, NULL);
  if (e != ERR_OK) sim_fail(s, "2 receipted", "a stored bundle cannot be opened: %s", err_text(e));
  for (size_t i = 0; i < content.changeset_count; i++) add(s, m, &r, i, &content.changesets[i]);
  buf_finish(&plain);
}

void model_read(struct model *m, struct sim *s) {
  *m = (struct model){.ops = calloc(model_ops_max, sizeof *m->ops), .arena = ARENA_INIT(1 << 30)};
  if (!m->ops) abort();
  for (size_t i = 0; i < s->bundle_count; i++) {
    if (s->bundles[i].stored) read_bundle(m, s, &s->bundles[i]);
  }
}

void model_finish(struct model *m) {
  free(m->ops);
  arena_finish(&m->arena);
}

/* What the office wrote, or wrote again in another's name, the model has not seen. */
bool model_knows(struct sim *s, const struct table *t, const struct id *row, struct arena *a) {
  struct store_history *list = NULL;
  size_t count = 0;
  if (s->hub.store->ops->read_history(s->hub.store, t, row, a, &list, &count) != ERR_OK) return false;
  for (size_t i = 0; i < count; i++) {
    if (list[i].flags & (OP_OFFICE | OP_RESTORED)) return false;
  }
  return true;
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

/* Whoever saw the learner come in wins over whoever saw an empty chair. */
static bool settles(const struct table *t, uint8_t unit, const struct model_op *late,
                    const struct model_op *away) {
  if (t->id != TABLE_mark || unit != 1) return false;
  const struct value *l = &late->op->values[COL(mark, code)], *a = &away->op->values[COL(mark, code)];
  return l->kind == VALUE_INT && l->i == ENUM_mark_code_L &&
         late->op->values[COL(mark, arrived)].kind == VALUE_INT && a->kind == VALUE_INT &&
         (a->i == ENUM_mark_code_AU || a->i == ENUM_mark_code_AN);
}

static bool is_settled(const struct table *t, uint8_t unit, const struct model_unit *u,
                       const struct model_op *o) {
  for (size_t i = 0; i < u->count; i++) {
    if (settles(t, unit, u->heads[i], o)) return true;
  }
  return false;
}

static void find_heads(const struct model *m, const struct table *t, const struct id *row, uint8_t unit,
                       struct model_unit *out) {
  bool first_stays = rule_of(t, unit) == RULE_ONCE;
  for (size_t i = 0; i < m->count; i++) {
    const struct model_op *o = &m->ops[i];
    bool replaced = !writes(o, t, row, unit);
    for (size_t k = 0; k < m->count && !replaced && !first_stays; k++)
      replaced = writes(&m->ops[k], t, row, unit) && names(&m->ops[k], o, unit);
    if (replaced) continue;
    ASSERT(out->count < model_heads_max);
    out->heads[out->count++] = o;
  }
}

static bool collide(enum rule rule, const struct model_op *a, const struct model_op *b) {
  switch (rule) {
  case RULE_HUMAN:
  case RULE_ONCE:
  case RULE_OFFICE: return true;
  case RULE_HUMAN_AUTHORS: return !id_equal(&a->author, &b->author);
  default: return false;
  }
}

/* Somebody is asked when two that stand collide, when the field proposes, or when the clock that decided is a
 * guess. */
static void judge(const struct table *t, uint8_t unit, struct model_unit *u) {
  enum rule rule = rule_of(t, unit);
  bool unsure = (rule == RULE_LWW || rule == RULE_HUMAN_AUTHORS) && u->in_use->flags & OP_UNSURE;
  u->conflict = rule == RULE_OFFICE;
  for (size_t i = 0; i < u->count; i++) {
    if (is_settled(t, unit, u, u->heads[i])) continue;
    if (unsure && !same_values(t, unit, u->in_use, u->heads[i])) u->conflict = true;
    for (size_t k = 0; k < i; k++) {
      if (is_settled(t, unit, u, u->heads[k]) || same_values(t, unit, u->heads[i], u->heads[k])) continue;
      if (collide(rule, u->heads[i], u->heads[k])) u->conflict = true;
    }
  }
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
  bool lowest = rule_of(t, unit) == RULE_ONCE;
  for (size_t i = 0; i < out->count; i++) {
    if (is_settled(t, unit, out, out->heads[i])) continue;
    if (!out->in_use || is_higher(out->heads[i], out->in_use) != lowest) out->in_use = out->heads[i];
  }
  if (out->count) judge(t, unit, out);
}
