/* merge.c: one op into one row, unit by unit: its bases leave, it becomes a head, and the rule says what is
 * in use.
 *
 * The heads are a function of the set of accepted ops, never of their order: a head is an op that no accepted
 * op replaced. An op that names a base which is still on its way leaves a ghost, and the base, when it comes,
 * is history from the start. Two shortcuts are functions of the set as well, being a maximum: the one head of
 * a constant unit, and the office's one head under OFFICE. */
#include "shared/merge/rules.h"

/* One unit of one op on its way into the row. */
struct step {
  struct row *row;
  const struct merge_op *m;
  struct arena *arena;
  merge_seen *seen;
  void *seen_ctx;
  struct unit_heads *u;
  struct unit_view v;
  const struct rule_law *law;
  bool superseded; /* somebody named it as a base before it came */
  struct merge_outcome *out;
};

static size_t find_head(const struct unit_heads *u, const struct op_id *id) {
  size_t i = 0;
  while (i < u->count && !op_id_equal(&u->heads[i].op, id)) i++;
  return i;
}

static size_t find_ghost(const struct unit_heads *u, const struct op_id *id) {
  size_t i = 0;
  while (i < u->ghost_count && !op_id_equal(&u->ghosts[i], id)) i++;
  return i;
}

static void remove_head(struct unit_heads *u, size_t at) {
  u->count--;
  bytes_move(&u->heads[at], &u->heads[at + 1], (u->count - at) * sizeof u->heads[0]);
}

/* An op is no ghost any more, in whatever unit it was taken for one. Tells in which it was. */
static uint32_t forget_ghosts(struct row *row, const struct op_id *id) {
  uint32_t units = 0;
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    struct unit_heads *u = &row->units[unit];
    size_t at = u->ghost_count ? find_ghost(u, id) : 0;
    if (at == u->ghost_count) continue;
    u->ghost_count--;
    bytes_move(&u->ghosts[at], &u->ghosts[at + 1], (u->ghost_count - at) * sizeof u->ghosts[0]);
    units |= (uint32_t)1 << unit;
  }
  return units;
}

/* The array grows by doubling: a unit may await a thousand, and they come one by one. */
static err add_ghost(struct step *s, const struct op_id *id) {
  struct unit_heads *u = s->u;
  if (u->ghost_count >= u->ghost_room) {
    size_t room = 2 * u->ghost_count + 1;
    struct op_id *ghosts = arena_take(s->arena, room, sizeof *ghosts);
    if (!ghosts) return ERR_NO_MEMORY;
    if (u->ghost_count) bytes_copy(ghosts, u->ghosts, u->ghost_count * sizeof *ghosts);
    u->ghosts = ghosts;
    u->ghost_room = room;
  }
  u->ghosts[u->ghost_count++] = *id;
  return ERR_OK;
}

/* A device cannot have seen what it had not written yet. Such a base means nothing, and an op never replaces
 * itself. */
static bool base_is_possible(const struct step *s, const struct base *b) {
  const struct op_id *own = &s->m->id;
  return b->unit == s->v.unit && !(b->op.counter >= own->counter && b->op.incarnation == own->incarnation &&
                                   id_equal(&b->op.device, &own->device));
}

/* True when the base is to be remembered until it comes. */
static bool base_is_ghost(const struct step *s, const struct base *b) {
  return s->law->replaces(s->m->flags, 0) && find_ghost(s->u, &b->op) == s->u->ghost_count &&
         !s->seen(s->seen_ctx, &b->op);
}

static err drop_bases(struct step *s) {
  const struct op *op = s->m->op;
  for (size_t i = 0; i < op->base_count; i++) {
    const struct base *b = &op->bases[i];
    if (!base_is_possible(s, b)) continue;
    size_t at = find_head(s->u, &b->op);
    if (at < s->u->count) {
      if (s->law->replaces(s->m->flags, s->u->heads[at].flags)) remove_head(s->u, at);
    } else if (base_is_ghost(s, b)) {
      TRY(add_ghost(s, &b->op));
    }
  }
  return ERR_OK;
}

static struct head head_of(const struct merge_op *m) {
  return (struct head){.op = m->id, .author = m->author, .stamp = m->stamp, .flags = m->flags};
}

/* An op of the office in a unit of the office's: no base decides about it, and no ghost. */
static bool is_kept_by_height(const struct step *s) {
  return s->law->office_keeps_one && s->m->flags & OP_OFFICE;
}

/* Who tells history must know of it: nothing names the op that gave way. */
static void gives_way(struct step *s, const struct head *h) {
  struct merge_outcome *out = s->out;
  for (size_t i = 0; i < s->m->op->base_count; i++) {
    if (op_id_equal(&s->m->op->bases[i].op, &h->op)) return;
  }
  for (size_t i = 0; i < out->unnamed_count; i++) {
    if (op_id_equal(&out->unnamed[i], &h->op)) return;
  }
  out->unnamed[out->unnamed_count++] = h->op;
}

/* All of the office's ops are written at one place, each knowing the last, so the highest of them has
 * replaced the others. */
static bool office_has_higher(struct step *s, const struct head *h) {
  for (size_t i = 0; i < s->u->count; i++) {
    if (!(s->u->heads[i].flags & OP_OFFICE)) continue;
    if (head_compare(&s->u->heads[i], h) < 0) return true;
    gives_way(s, &s->u->heads[i]);
    remove_head(s->u, i);
    return false;
  }
  return false;
}

/* Values. A single head keeps its values in the row; when there are several each carries its own. */
static struct value *values_take(struct step *s) {
  return arena_take(s->arena, s->v.column_count ? s->v.column_count : 1, sizeof(struct value));
}

static err values_from_row(struct step *s, struct head *h) {
  h->values = values_take(s);
  if (!h->values) return ERR_NO_MEMORY;
  for (size_t i = 0; i < s->v.column_count; i++) h->values[i] = s->row->values[s->v.columns[i]];
  return ERR_OK;
}

static err values_from_op(struct step *s, struct head *h) {
  h->values = values_take(s);
  if (!h->values) return ERR_NO_MEMORY;
  for (size_t i = 0; i < s->v.column_count; i++) {
    TRY(value_copy(&h->values[i], s->arena, &s->m->op->values[s->v.columns[i]]));
  }
  return ERR_OK;
}

/* Text is copied only where it is new, for an op's bytes die before the row does. */
static err row_values_from_op(struct step *s, bool *changed) {
  for (size_t i = 0; i < s->v.column_count; i++) {
    struct value *to = &s->row->values[s->v.columns[i]];
    const struct value *from = &s->m->op->values[s->v.columns[i]];
    if (value_equal(to, from)) continue;
    TRY(value_copy(to, s->arena, from));
    *changed = true;
  }
  return ERR_OK;
}

/* NULL stands for no head at all, which only bases in a circle can bring about: then nothing is in use. */
static void row_values_from(struct step *s, const struct value *values, bool *changed) {
  for (size_t i = 0; i < s->v.column_count; i++) {
    struct value *to = &s->row->values[s->v.columns[i]];
    const struct value from = values ? values[i] : value_null();
    if (value_equal(to, &from)) continue;
    *to = from;
    *changed = true;
  }
}

static err insert_head(struct step *s, const struct head *h, size_t room) {
  struct unit_heads *u = s->u;
  if (u->count == room) {
    struct head *heads = arena_take(s->arena, u->count + 1, sizeof *heads);
    if (!heads) return ERR_NO_MEMORY;
    if (u->count) bytes_copy(heads, u->heads, u->count * sizeof *heads);
    u->heads = heads;
  }
  size_t at = 0;
  while (at < u->count && head_compare(&u->heads[at], h) < 0) at++;
  bytes_move(&u->heads[at + 1], &u->heads[at], (u->count - at) * sizeof *h);
  u->heads[at] = *h;
  u->count++;
  return ERR_OK;
}

/* `room` is how many heads the array certainly holds. */
static err add_head(struct step *s, struct head *h, size_t room, bool *changed) {
  if (s->u->count == 0) {
    TRY(row_values_from_op(s, changed));
  } else {
    if (!s->u->heads[0].values) TRY(values_from_row(s, &s->u->heads[0]));
    TRY(values_from_op(s, h));
  }
  return insert_head(s, h, room);
}

static void take_in_use(struct step *s, bool *changed) {
  struct unit_heads *u = s->u;
  if (u->count == 0) {
    row_values_from(s, NULL, changed);
  } else if (u->count > 1) {
    row_values_from(s, u->heads[s->law->in_use(&s->v)].values, changed);
  } else if (u->heads[0].values) {
    row_values_from(s, u->heads[0].values, changed);
    u->heads[0].values = NULL;
  }
}

static enum merge_effect effect_now(const struct step *s) {
  size_t at = find_head(s->u, &s->m->id);
  if (at == s->u->count) return MERGE_SUPERSEDED;
  return at == merge_in_use(s->row, s->v.unit) ? MERGE_IN_USE : MERGE_NOT_IN_USE;
}

/* Any head would do for values that are always equal. The highest is kept: it is most often the head of the
 * other units of the same op, so the row's heads stay short. Bases and ghosts have no meaning here. */
static err apply_constant(struct step *s, enum merge_effect *effect, bool *changed) {
  const struct head h = head_of(s->m);
  struct unit_heads *u = s->u;
  if (u->count && head_compare(&u->heads[0], &h) < 0) {
    bool agrees = true;
    for (size_t i = 0; i < s->v.column_count; i++) {
      agrees &= value_equal(&s->row->values[s->v.columns[i]], &s->m->op->values[s->v.columns[i]]);
    }
    *effect = agrees ? MERGE_IN_USE : MERGE_SUPERSEDED;
    return ERR_OK;
  }
  TRY(row_values_from_op(s, changed));
  *effect = MERGE_IN_USE;
  if (u->count == 0) return insert_head(s, &h, 0);
  if (!op_id_equal(&u->heads[0].op, &h.op)) gives_way(s, &u->heads[0]);
  u->heads[0] = h;
  return ERR_OK;
}

static err apply_unit(struct step *s, enum merge_effect *effect, bool *changed) {
  size_t room = s->u->count;
  if (unit_is_constant(&s->v)) return apply_constant(s, effect, changed);
  if (find_head(s->u, &s->m->id) == s->u->count) {
    struct head h = head_of(s->m);
    TRY(drop_bases(s));
    if (is_kept_by_height(s)) s->superseded = office_has_higher(s, &h);
    if (!s->superseded) TRY(add_head(s, &h, room, changed));
    take_in_use(s, changed);
  }
  *effect = effect_now(s);
  return ERR_OK;
}

static struct step step_begin(struct row *row, const struct merge_op *m, uint8_t unit) {
  struct step s = {.row = row, .m = m, .u = &row->units[unit], .v = unit_view(row, unit)};
  s.law = unit_law(&s.v);
  return s;
}

/* Whether the op takes this head's place. */
static bool is_replaced(const struct step *s, const struct head *h) {
  if (is_kept_by_height(s) && h->flags & OP_OFFICE) return true;
  for (size_t i = 0; i < s->m->op->base_count; i++) {
    const struct base *b = &s->m->op->bases[i];
    if (op_id_equal(&b->op, &h->op) && base_is_possible(s, b)) return s->law->replaces(s->m->flags, h->flags);
  }
  return false;
}

/* Counts what the unit would hold afterwards, before anything is changed. */
static bool unit_fits(const struct step *s) {
  const struct unit_heads *u = s->u;
  size_t heads = 1, ghosts = u->ghost_count;
  if (unit_is_constant(&s->v) || find_head(u, &s->m->id) < u->count) return true;
  for (size_t i = 0; i < u->count; i++) heads += !is_replaced(s, &u->heads[i]);
  for (size_t i = 0; i < s->m->op->base_count; i++) {
    const struct base *b = &s->m->op->bases[i];
    ghosts += base_is_possible(s, b) && find_head(u, &b->op) == u->count && base_is_ghost(s, b);
  }
  if (find_ghost(u, &s->m->id) < u->ghost_count) {
    ghosts--;
    heads -= !is_kept_by_height(s);
  }
  return heads <= heads_per_unit_max && ghosts <= ghosts_per_unit_max;
}

static uint32_t conflicts(const struct row *row) {
  uint32_t units = 0;
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    if (merge_conflict(row, unit) != CONFLICT_NONE) units |= (uint32_t)1 << unit;
  }
  return units;
}

static bool has_unit(const struct op *op, uint8_t unit) { return op->units >> unit & 1; }

/* Only a unit that could reach its limit is counted. */
err merge_room(struct row *row, const struct merge_op *m, merge_seen *seen, void *seen_ctx) {
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    const struct unit_heads *u = &row->units[unit];
    if (!has_unit(m->op, unit) || u->count + u->ghost_count + m->op->base_count < heads_per_unit_max)
      continue;
    struct step s = step_begin(row, m, unit);
    s.seen = seen, s.seen_ctx = seen_ctx;
    if (!unit_fits(&s)) return ERR_TOO_BIG;
  }
  return ERR_OK;
}

bool merge_is_head(const struct row *row, const struct op_id *op) {
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    if (find_head(&row->units[unit], op) < row->units[unit].count) return true;
  }
  return false;
}

err merge_apply(struct row *row, const struct merge_op *m, merge_seen *seen, void *seen_ctx, struct arena *a,
                struct merge_outcome *out) {
  ASSERT(row->table == m->op->table && m->op->units >> row->table->unit_count == 0);
  bytes_zero(out, sizeof *out);
  TRY(merge_room(row, m, seen, seen_ctx));
  out->conflict_before = conflicts(row);
  uint32_t ghosts = forget_ghosts(row, &m->id);
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    if (!has_unit(m->op, unit)) continue;
    struct step s = step_begin(row, m, unit);
    bool changed = false;
    s.seen = seen, s.seen_ctx = seen_ctx, s.arena = a, s.superseded = ghosts >> unit & 1, s.out = out;
    TRY(apply_unit(&s, &out->effect[unit], &changed));
    out->changed |= (uint32_t)changed << unit;
  }
  row->exists = true;
  out->conflict_after = conflicts(row);
  return ERR_OK;
}
