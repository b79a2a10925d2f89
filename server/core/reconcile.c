/* reconcile.c: a work item looked at and decided. What a decision writes are ordinary ops of the office. */
#include "server/core/reconcile.h"

#include <stdio.h>

#include "server/core/questions.h"
#include "server/core/reconcile_state.h"
#include "server/core/release.h"
#include "server/core/school_numbers.h"
#include "server/core/upns.h"

/* Items about neighbours are neighbours, as rows are: a register's conflicts stand on a page or two. */
void work_item_id(struct id *out, enum work_item_kind kind, const struct table *t, const struct id *row,
                  uint8_t unit, const struct id *other) {
  const uint8_t kind_byte = (uint8_t)kind;
  const struct slice parts[] = {slice_of(&kind_byte, 1), slice_of(&t->id, 1), id_slice(row),
                                slice_of(&unit, 1), other ? id_slice(other) : slice_of(NULL, 0)};
  uint8_t hash[hash_bytes];
  crypto_hash(hash, "tutti.item", parts, sizeof parts / sizeof *parts);
  bytes_copy(out->b, row->b, row_id_near_bytes);
  bytes_copy(out->b + row_id_near_bytes, hash, id_bytes - row_id_near_bytes);
}

/* ---- what there is to choose from ---- */

err reconcile_add_choice(struct reconciling *r, struct item_view *out, const struct item_choice *c) {
  struct item_choice *list = arena_take(r->arena, out->choice_count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  if (out->choice_count) bytes_copy(list, out->choices, out->choice_count * sizeof *list);
  list[out->choice_count++] = *c;
  out->choices = list;
  return ERR_OK;
}

/* A single head's values are the row's. */
err reconcile_add_head(struct reconciling *r, struct item_view *out, const struct row *row, uint8_t unit,
                       size_t place) {
  const struct head *h = &row->units[unit].heads[place];
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(row->table, unit, columns);
  struct value *values = arena_take(r->arena, count + 1, sizeof *values);
  if (!values) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) values[i] = h->values ? h->values[i] : row->values[columns[i]];
  struct item_choice c = {
      .kind = CHOICE_HEAD, .table = row->table, .row = row->id, .head = *h, .values = values};
  c.in_use = place == merge_in_use(row, unit);
  return reconcile_add_choice(r, out, &c);
}

static err choices_of_unit(struct reconciling *r, struct item_view *out, const struct row *row,
                           uint8_t unit) {
  for (size_t i = 0; i < row->units[unit].count; i++) TRY(reconcile_add_head(r, out, row, unit, i));
  return ERR_OK;
}

static bool is_of_removal(const struct store_item *matter) {
  int column = row_removed_column(matter->table);
  return matter->kind == ITEM_CONFLICT && column >= 0 && matter->table->columns[column].unit == matter->unit;
}

static err choices_of_removal(struct reconciling *r, struct item_view *out, const struct row *row) {
  struct item_choice remove = {.kind = CHOICE_REMOVE, .row = row->id, .in_use = row_removed(row)};
  struct item_choice keep = {.kind = CHOICE_KEEP, .row = row->id, .in_use = !row_removed(row)};
  TRY(reconcile_add_choice(r, out, &remove));
  return reconcile_add_choice(r, out, &keep);
}

/* ---- the heads as a few bytes ---- */

static err put_heads(struct buf *out, const struct row *row, uint8_t unit) {
  for (size_t i = 0; i < row->units[unit].count; i++) {
    const struct op_id *op = &row->units[unit].heads[i].op;
    TRY(buf_put_u8(out, unit));
    TRY(buf_append(out, id_slice(&op->device)));
    TRY(buf_put_u32(out, op->incarnation));
    TRY(buf_put_u64(out, op->counter));
  }
  return ERR_OK;
}

static err put_row(struct buf *out, const struct store_item *matter, const struct row *row) {
  bool all = is_of_removal(matter);
  TRY(buf_append(out, id_slice(&row->id)));
  for (uint8_t unit = 0; unit < row->table->unit_count; unit++) {
    if (all || unit == matter->unit) TRY(put_heads(out, row, unit));
  }
  return ERR_OK;
}

err reconcile_token(uint8_t out[key_bytes], const struct store_item *matter, const struct row *const *rows,
                    size_t count) {
  struct buf bytes = BUF_INIT(1 << 20);
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = put_row(&bytes, matter, rows[i]);
  struct slice one = buf_slice(&bytes);
  crypto_hash(out, "tutti.heads", &one, 1);
  buf_finish(&bytes);
  return e;
}

/* ---- looking ---- */

err reconcile_add_row(struct reconciling *r, const struct table *t, const struct id *id) {
  struct row *row = arena_take(r->arena, 1, sizeof *row);
  const struct row **list = arena_take(r->arena, r->row_count + 1, sizeof(struct row *));
  if (!row || !list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < r->row_count; i++) list[i] = r->rows[i];
  r->rows = list;
  TRY(r->by->store->ops->load_row(r->by->store, t, id, r->arena, row));
  r->rows[r->row_count++] = row;
  return ERR_OK;
}

static err load_conflict(struct reconciling *r, struct item_view *out) {
  TRY(reconcile_add_row(r, out->item.table, &out->item.row));
  const struct row *row = r->rows[0];
  return is_of_removal(&out->item) ? choices_of_removal(r, out, row)
                                   : choices_of_unit(r, out, row, out->item.unit);
}

err reconcile_load(struct reconciling *r, struct item_view *out, const struct id *id) {
  *out = (struct item_view){.choice_count = 0};
  const struct store_ops *ops = r->by->store->ops;
  err e = ops->work_item_load(r->by->store, id, r->arena, &out->item);
  if (e == ERR_NOT_FOUND) return fault_set(r->by->fault, e, "There is no such matter.");
  TRY(e);
  switch (out->item.kind) {
  case ITEM_CONFLICT: TRY(load_conflict(r, out)); break;
  case ITEM_DUPLICATE: TRY(reconcile_load_pair(r, out)); break;
  case ITEM_TWO_MARKS: TRY(reconcile_load_marks(r, out)); break;
  case ITEM_TWO_UPNS: TRY(upns_load(r, out)); break;
  case ITEM_TWO_NUMBERS: TRY(school_numbers_load(r, out)); break;
  }
  return reconcile_token(out->heads, &out->item, r->rows, r->row_count);
}

static err load_life(struct reconciling *r, struct item_view *out, const struct id *matter) {
  return r->by->store->ops->work_item_events(r->by->store, matter, r->arena, &out->events, &out->event_count);
}

err reconcile_note_shown(const struct reconcile *r, const struct id *matter) {
  const struct store_item_event shown = {.kind = EVENT_SHOWN, .at_ms = r->now.wall_ms, .who = r->by};
  return r->store->ops->work_item_note(r->store, matter, &shown);
}

static err show(struct reconciling *r, struct item_view *out, const struct id *matter) {
  TRY(reconcile_load(r, out, matter));
  if (out->item.state == ITEM_OPEN) TRY(reconcile_note_shown(r->by, matter));
  return load_life(r, out, matter);
}

err reconcile_show(struct item_view *out, const struct reconcile *by, const struct id *matter,
                   struct arena *a) {
  struct reconciling r = {.by = by, .arena = a};
  TRY(by->store->ops->begin(by->store));
  err e = show(&r, out, matter);
  if (e == ERR_OK) return by->store->ops->commit(by->store);
  by->store->ops->rollback(by->store);
  return e;
}

err reconcile_look(struct item_view *out, const struct reconcile *by, const struct id *matter,
                   struct arena *a) {
  struct reconciling r = {.by = by, .arena = a};
  TRY(by->store->ops->begin_read(by->store));
  err e = reconcile_load(&r, out, matter);
  if (e == ERR_OK) e = load_life(&r, out, matter);
  by->store->ops->rollback(by->store);
  return e;
}

/* ---- deciding ---- */

static bool has_heads(const struct row *row, uint8_t unit) { return row->units[unit].count > 0; }

static uint32_t key_unit(const struct table *t) { return t->key_count ? 1 : 0; }

static void copy_unit(struct op *op, const struct row *row, uint8_t unit, const struct head *h) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(row->table, unit, columns);
  for (size_t i = 0; i < count; i++)
    op->values[columns[i]] = h && h->values ? h->values[i] : row->values[columns[i]];
  op->units |= (uint32_t)1 << unit;
}

struct op reconcile_op(const struct row *row) {
  struct op op = {.table = row->table, .row = row->id, .units = key_unit(row->table)};
  for (uint8_t i = 0; i < row->table->key_count; i++) {
    uint8_t column = row->table->key_columns[i];
    op.values[column] = row->values[column];
  }
  return op;
}

/* Every unit as the office sees it now, so that nothing is left that this removal did not know. */
static void make_removal(struct op *op, const struct row *row) {
  for (uint8_t unit = 1; unit < row->table->unit_count; unit++) {
    if (has_heads(row, unit)) copy_unit(op, row, unit, NULL);
  }
  op->values[row_removed_column(row->table)] = value_int(1);
}

/* What somebody wrote without knowing of the removal stands again. */
static void make_keeping(struct op *op, const struct row *row, uint8_t removed_unit) {
  for (uint8_t unit = 1; unit < row->table->unit_count; unit++) {
    const struct unit_heads *u = &row->units[unit];
    size_t other = 0;
    while (other < u->count && merge_removal_wrote(row, &u->heads[other].op)) other++;
    if (unit != removed_unit && u->count > 1 && other < u->count) copy_unit(op, row, unit, &u->heads[other]);
  }
  op->values[row_removed_column(row->table)] = value_int(0);
  op->units |= (uint32_t)1 << removed_unit;
}

static void take_values(struct op *op, const struct row *row, uint8_t unit, const struct value *values) {
  uint8_t columns[op_columns_max];
  size_t count = unit_columns(row->table, unit, columns);
  for (size_t i = 0; i < count; i++) op->values[columns[i]] = values[i];
  op->units |= (uint32_t)1 << unit;
}

static err decide_unit(struct reconciling *r, const struct item_view *v, const struct decision *d) {
  const struct row *row = r->rows[0];
  struct op op = reconcile_op(row);
  uint8_t unit = v->item.unit;
  if (d->other) {
    for (uint8_t i = 0; i < row->table->column_count; i++) {
      if (row->table->columns[i].unit == unit) op.values[i] = d->other->values[i];
    }
    op.units |= (uint32_t)1 << unit;
    return office_write(&r->office, &op, NULL, r->by->fault);
  }
  const struct item_choice *c = &v->choices[d->choice];
  switch (c->kind) {
  case CHOICE_HEAD: take_values(&op, row, unit, c->values); break;
  case CHOICE_REMOVE: make_removal(&op, row); break;
  case CHOICE_KEEP: make_keeping(&op, row, unit); break;
  case CHOICE_SAME:
  case CHOICE_APART: return ERR_INTERNAL;
  }
  return office_write(&r->office, &op, NULL, r->by->fault);
}

static err check(struct reconciling *r, const struct item_view *v, const struct decision *d) {
  struct fault *fault = r->by->fault;
  if (v->item.state != ITEM_OPEN)
    return fault_set(fault, ERR_CONFLICT, "That was %s already: nothing was changed.",
                     v->item.state == ITEM_DECIDED ? "decided" : "settled");
  if (!crypto_equal(v->heads, d->heads, key_bytes))
    return fault_set(fault, ERR_CONFLICT,
                     "Somebody has written something about it since you looked: look again, then decide.");
  if (!d->other && d->choice >= v->choice_count)
    return fault_set(fault, ERR_INVALID, "There are only %zu values to choose from.", v->choice_count);
  bool own = d->other && (v->item.kind != ITEM_CONFLICT || is_of_removal(&v->item));
  return own ? fault_set(fault, ERR_INVALID, "A value of your own decides only what one value can.") : ERR_OK;
}

err reconcile_note(struct reconciling *r, const struct id *matter, enum item_event_kind kind, uint64_t first,
                   struct slice why) {
  struct store *s = r->by->store;
  char text[id_text_bytes], detail[96];
  const struct store_item_event event = {.kind = kind,
                                         .at_ms = r->by->now.wall_ms,
                                         .who = r->by->by,
                                         .op = {.device = r->by->hub->id, .incarnation = 1, .counter = first},
                                         .ops = r->office.counter + 1 - first,
                                         .why = why};
  TRY(s->ops->work_item_note(s, matter, &event));
  id_text(text, matter);
  (void)snprintf(detail, sizeof detail, "item=%s op=%llu", text, (unsigned long long)first);
  return s->ops->audit(s, r->by->now.wall_ms, &r->by->by, kind == EVENT_DECIDED ? "item.decide" : "item.undo",
                       detail);
}

err reconcile_expect(struct reconciling *r, const struct id *matter, bool open) {
  struct store_item now;
  TRY(r->by->store->ops->work_item_load(r->by->store, matter, r->arena, &now));
  if ((now.state == ITEM_OPEN) == open) return ERR_OK;
  return fault_set(r->by->fault, ERR_CONFLICT,
                   open ? "Taking it back would not bring the disagreement back: nothing was changed."
                        : "That value does not settle it: nothing was changed.");
}

static err decide(struct reconciling *r, void *arg) {
  const struct decision *d = arg;
  struct item_view v;
  TRY(reconcile_load(r, &v, &d->item));
  TRY(check(r, &v, d));
  /* Not of the decision: who takes that back may ask anew. */
  TRY(questions_withdraw(&r->office, &d->item, r->by->fault));
  uint64_t first = r->office.counter + 1;
  switch (v.item.kind) {
  case ITEM_CONFLICT: TRY(decide_unit(r, &v, d)); break;
  case ITEM_DUPLICATE: TRY(reconcile_decide_pair(r, &v, d->choice)); break;
  case ITEM_TWO_MARKS: TRY(reconcile_decide_marks(r, &v, d->choice)); break;
  case ITEM_TWO_UPNS: TRY(upns_decide(r, &v, d->choice)); break;
  case ITEM_TWO_NUMBERS: TRY(school_numbers_decide(r, &v, d->choice)); break;
  }
  TRY(office_end(&r->office));
  TRY(reconcile_expect(r, &d->item, false));
  return reconcile_note(r, &d->item, EVENT_DECIDED, first, d->why);
}

/* ---- one transaction ---- */

err reconcile_run(struct change_set *changes_out, const struct reconcile *by, struct slice why,
                  err (*run)(struct reconciling *r, void *arg), void *arg) {
  struct arena arena = ARENA_INIT(1 << 26);
  struct reconciling r = {.by = by, .arena = &arena};
  bytes_zero(changes_out, sizeof *changes_out);
  TRY(reason_check(why, by->fault));
  TRY(by->store->ops->begin(by->store));
  err e = office_begin(&r.office, &r.result, by->hub, by->store, &by->now, &by->by);
  if (e == ERR_OK) e = run(&r, arg);
  if (e == ERR_OK) e = by->store->ops->commit(by->store);
  if (e == ERR_OK)
    *changes_out = r.result.changes;
  else
    by->store->ops->rollback(by->store);
  office_finish(&r.office);
  arena_finish(&arena);
  return e;
}

err reconcile_decide(struct change_set *changes_out, const struct reconcile *r, const struct decision *d) {
  struct decision copy = *d;
  return reconcile_run(changes_out, r, d->why, decide, &copy);
}
