/* reconcile_undo.c: a decision taken back. What it replaced stands again, head by head: each as a new op that
 * names the decision as its base and speaks with the voice of who wrote it first (merge.h says why so). */
#include "server/core/reconcile_state.h"
#include "server/core/school_numbers.h"
#include "server/core/upns.h"

/* One op of the decision, and what history knows of its row. */
struct undoing {
  struct reconciling *r;
  const struct table *table;
  struct id row;
  size_t place; /* of the row among the item's */
  const struct store_history *history, *decision;
  size_t history_count;
};

static err refuse(const struct undoing *u, const char *text) {
  return fault_set(u->r->by->fault, ERR_CONFLICT, "%s: nothing was changed.", text);
}

static const struct store_history *find(const struct undoing *u, const struct op_id *op) {
  for (size_t i = 0; i < u->history_count; i++) {
    if (op_id_equal(&u->history[i].op, op)) return &u->history[i];
  }
  return NULL;
}

/* Only what stands as the decision left it can be taken back. */
static err check_unit(const struct undoing *u, const struct row *row, uint8_t unit) {
  const struct unit_heads *h = &row->units[unit];
  bool stands = h->count == 1 && op_id_equal(&h->heads[0].op, &u->decision->op);
  return stands ? ERR_OK : refuse(u, "Somebody has written something about it since it was decided");
}

/* The ops the decision replaced in one unit, the lowest first, so that they stand in the same order again. */
static err replaced(const struct undoing *u, uint8_t unit, const struct store_history **out, size_t *count) {
  *count = 0;
  for (size_t i = 0; i < u->history_count; i++) { /* history is in the order of stamps */
    for (size_t k = 0; k < u->decision->base_count; k++) {
      const struct base *b = &u->decision->bases[k];
      if (b->unit == unit && op_id_equal(&b->op, &u->history[i].op)) out[(*count)++] = &u->history[i];
    }
  }
  for (size_t k = 0; k < u->decision->base_count; k++) {
    const struct base *b = &u->decision->bases[k];
    if (b->unit == unit && !find(u, &b->op))
      return refuse(u, "Its earlier values are not in the history any more");
  }
  return ERR_OK;
}

static bool of_the_office(const struct store_history *h) {
  return (h->flags & (OP_OFFICE | OP_RESTORED)) == OP_OFFICE;
}

/* Under OFFICE the highest of the office's ops counts: its earlier value is said again, or, when it had said
 * nothing, the highest head takes the decision's place and still counts as the field's. */
static uint8_t flags_of(enum rule rule, const struct store_history *h, bool highest, bool office_spoke) {
  uint8_t flags = h->flags | OP_RESTORED;
  if (rule != RULE_OFFICE) return flags;
  if (of_the_office(h)) return h->flags;
  flags &= (uint8_t)~OP_OFFICE;
  return highest && !office_spoke ? flags | OP_OFFICE : flags;
}

static err bring_back(const struct undoing *u, uint8_t unit, const struct store_history *h, uint8_t flags) {
  struct op op = {.table = u->table, .row = u->row, .units = (uint32_t)1 << unit};
  const struct row *row = u->r->rows[u->place];
  if (u->table->key_count) op.units |= 1;
  for (uint8_t i = 0; i < u->table->key_count; i++)
    op.values[u->table->key_columns[i]] = row->values[u->table->key_columns[i]];
  for (uint8_t i = 0; i < u->table->column_count; i++) {
    if (u->table->columns[i].unit == unit) op.values[i] = h->values[i];
  }
  struct base *base = arena_take(u->r->arena, 1, sizeof *base);
  if (!base) return ERR_NO_MEMORY;
  *base = (struct base){.unit = unit, .op = u->decision->op};
  const struct office_voice voice = {.author = h->author, .flags = flags, .bases = base, .base_count = 1};
  return office_write(&u->r->office, &op, &voice, u->r->by->fault);
}

/* The unit had no value before: the office says "nothing" in place of what it decided. */
static err empty(const struct undoing *u, uint8_t unit) {
  struct op op = reconcile_op(u->r->rows[u->place]);
  op.units |= (uint32_t)1 << unit;
  return office_write(&u->r->office, &op, NULL, u->r->by->fault);
}

static err undo_unit(const struct undoing *u, uint8_t unit) {
  uint8_t columns[op_columns_max];
  const struct store_history **list = arena_take(u->r->arena, u->history_count + 1, sizeof(void *));
  size_t count;
  bool office_spoke = false;
  if (!list) return ERR_NO_MEMORY;
  if (unit_columns(u->table, unit, columns) == 0) return ERR_OK;
  enum rule rule = u->table->columns[columns[0]].rule;
  TRY(replaced(u, unit, list, &count));
  if (count == 0) return empty(u, unit);
  for (size_t i = 0; i < count; i++) office_spoke |= of_the_office(list[i]);
  for (size_t i = 0; i < count; i++)
    TRY(bring_back(u, unit, list[i], flags_of(rule, list[i], i + 1 == count, office_spoke)));
  return ERR_OK;
}

static bool is_key(const struct table *t, uint8_t unit) { return unit == 0 && t->key_count; }

/* u->decision stays NULL where the op is another row's. */
static err find_decision(struct undoing *u, struct reconciling *r, size_t place, const struct op_id *op) {
  const struct row *row = r->rows[place];
  struct store_history *list;
  *u = (struct undoing){.r = r, .table = row->table, .row = row->id, .place = place};
  TRY(r->by->store->ops->read_history(r->by->store, row->table, &row->id, r->arena, &list,
                                      &u->history_count));
  u->history = list;
  u->decision = find(u, op);
  return ERR_OK;
}

static err undo_found(const struct undoing *u) {
  const struct row *row = u->r->rows[u->place];
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    bool decided = u->decision->units >> unit & 1 && !is_key(row->table, unit);
    if (decided) TRY(check_unit(u, row, unit));
  }
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    bool decided = u->decision->units >> unit & 1 && !is_key(row->table, unit);
    if (decided) TRY(undo_unit(u, unit));
  }
  return ERR_OK;
}

static struct op_id op_of(const struct reconciling *r, const struct store_item *decided, uint64_t i) {
  return (struct op_id){.device = r->by->hub->id, .incarnation = 1, .counter = decided->decision + i};
}

static err undo_ops(struct reconciling *r, const struct store_item *decided) {
  for (uint64_t i = 0; i < decided->ops; i++) {
    const struct op_id op = op_of(r, decided, i);
    for (size_t k = 0; k < r->row_count; k++) {
      struct undoing u;
      TRY(find_decision(&u, r, k, &op));
      if (u.decision) TRY(undo_found(&u));
    }
  }
  return ERR_OK;
}

/* ---- records that part ---- */

/* One thing that was decided between the numbers of a child whose records part, as it was before they did. */
struct parting {
  struct store_item decided;
  const struct row **rows;
  size_t row_count;
  bool stands; /* it still holds for those that stay */
};
struct partings {
  struct parting *list;
  size_t count;
};

static void forget_rows(struct reconciling *r) {
  r->rows = NULL;
  r->row_count = 0;
}

static err add_parting(struct reconciling *r, struct partings *out, const struct store_item *matter) {
  struct item_view v;
  struct store_item now;
  err e = r->by->store->ops->work_item_load(r->by->store, &matter->id, r->arena, &now);
  if (e == ERR_NOT_FOUND || (e == ERR_OK && now.state != ITEM_DECIDED)) return ERR_OK;
  TRY(e);
  forget_rows(r);
  TRY(reconcile_load(r, &v, &now.id));
  out->list[out->count++] = (struct parting){.decided = now, .rows = r->rows, .row_count = r->row_count};
  return ERR_OK;
}

/* Nothing of two that are not one child: they part by that decision already. */
static err before_parting(struct reconciling *r, struct partings *out, const struct store_item *pair) {
  struct store *s = r->by->store;
  struct item_view v;
  struct store_item matter;
  struct id one, other, *schools;
  size_t school_count;
  *out = (struct partings){.count = 0};
  TRY(s->ops->alias_canonical(s, &pair->row, &one));
  TRY(s->ops->alias_canonical(s, &pair->other, &other));
  if (pair->table->id != TABLE_learner || !id_equal(&one, &other)) return ERR_OK;
  TRY(school_numbers_schools(s, &one, r->arena, &schools, &school_count));
  out->list = arena_take(r->arena, school_count + 1, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  upns_matter(&matter, &one);
  TRY(add_parting(r, out, &matter));
  for (size_t i = 0; i < school_count; i++) {
    school_numbers_matter(&matter, &one, &schools[i]);
    TRY(add_parting(r, out, &matter));
  }
  forget_rows(r);
  return reconcile_load(r, &v, &pair->id);
}

static bool is_of_upns(const struct parting *p) { return p->decided.kind == ITEM_TWO_UPNS; }

/* A number of the record was decided against. */
static bool was_not_chosen(const struct parting *p, const struct row *row) {
  return is_of_upns(p) ? row->exists && upns_lasting(row).len == 0 : school_numbers_aside(row);
}

/* What somebody has written upon since stays as they wrote it. */
static err undo_untouched(const struct undoing *u) {
  err e = undo_found(u);
  if (e != ERR_CONFLICT) return e;
  if (u->r->by->fault) bytes_zero(u->r->by->fault, sizeof *u->r->by->fault);
  return ERR_OK;
}

/* One record of whom its number was taken: those that stay one child with it may have a number still, and
 * then what was decided holds for them. */
static err part_record(struct reconciling *r, struct parting *p, size_t place) {
  const struct id *learner = &r->rows[place]->values[COL(learner_key, learner)].id;
  struct store *s = r->by->store;
  struct id canonical;
  bool said;
  if (!was_not_chosen(p, r->rows[place])) return ERR_OK;
  TRY(s->ops->alias_canonical(s, learner, &canonical));
  TRY(is_of_upns(p) ? upns_said(s, &canonical, r->arena, &said)
                    : school_numbers_said(s, &canonical, &p->decided.other, r->arena, &said));
  for (uint64_t i = 0; i < p->decided.ops; i++) {
    struct undoing u;
    const struct op_id op = op_of(r, &p->decided, i);
    TRY(find_decision(&u, r, place, &op));
    if (!u.decision) continue;
    p->stands = p->stands || (said && id_equal(&canonical, &p->decided.row));
    if (!said) TRY(undo_untouched(&u));
  }
  return ERR_OK;
}

static err judge(struct reconciling *r, const struct parting *p) {
  const struct id *learner = &p->decided.row;
  return is_of_upns(p) ? upns_judge(r->by->store, learner, r->arena, r->by->now.wall_ms)
                       : school_numbers_judge(r->by->store, learner, r->arena, r->by->now.wall_ms);
}

static err part_one(struct reconciling *r, struct parting *p, struct slice why) {
  uint64_t first = r->office.counter + 1;
  r->rows = p->rows;
  r->row_count = p->row_count;
  for (size_t k = 0; k < r->row_count; k++) TRY(part_record(r, p, k));
  if (r->office.counter < first) return ERR_OK;
  if (!p->stands) TRY(reconcile_note(r, &p->decided.id, EVENT_UNDONE, first, why));
  TRY(office_end(&r->office));
  if (is_of_upns(p)) TRY(upns_check_free(r, true));
  return p->stands ? ERR_OK : judge(r, p);
}

/* Records that have parted have each its own numbers again where one was chosen for all, but for those whose
 * child has one by that choice still. */
static err part_numbers(struct reconciling *r, struct partings *all, struct slice why) {
  for (size_t i = 0; i < all->count; i++) TRY(part_one(r, &all->list[i], why));
  return ERR_OK;
}

/* ---- one decision ---- */

struct undo {
  const struct id *item;
  struct slice why;
};

/* Two records part whether or not they are still alike: what shows that they are two may have come since. Of
 * those that are not alike any more nobody is asked. */
static err undo_pair(struct reconciling *r, const struct undo *what, uint64_t first) {
  const struct store_ops *ops = r->by->store->ops;
  struct store_item now;
  TRY(ops->work_item_load(r->by->store, what->item, r->arena, &now));
  bool alike = now.state == ITEM_OPEN;
  TRY(reconcile_note(r, what->item, EVENT_UNDONE, first, what->why));
  return alike ? ERR_OK : ops->work_item_set(r->by->store, &now, false, NULL, r->by->now.wall_ms);
}

static err undo(struct reconciling *r, void *arg) {
  const struct undo *what = arg;
  struct item_view v;
  TRY(reconcile_load(r, &v, what->item));
  if (v.item.state != ITEM_DECIDED)
    return fault_set(r->by->fault, ERR_CONFLICT, "That is %s: there is no decision to take back.",
                     v.item.state == ITEM_OPEN ? "open" : "settled by itself");
  struct partings p = {.count = 0};
  if (v.item.kind == ITEM_DUPLICATE) TRY(before_parting(r, &p, &v.item));
  uint64_t first = r->office.counter + 1;
  TRY(undo_ops(r, &v.item));
  TRY(office_end(&r->office));
  if (v.item.kind == ITEM_DUPLICATE) {
    TRY(part_numbers(r, &p, what->why));
    return undo_pair(r, what, first);
  }
  if (v.item.kind == ITEM_TWO_UPNS) TRY(upns_check_free(r, false));
  TRY(reconcile_expect(r, what->item, true));
  return reconcile_note(r, what->item, EVENT_UNDONE, first, what->why);
}

err reconcile_undo(struct change_set *changes_out, const struct reconcile *r, const struct id *matter,
                   struct slice why) {
  struct undo what = {matter, why};
  return reconcile_run(changes_out, r, why, undo, &what);
}
