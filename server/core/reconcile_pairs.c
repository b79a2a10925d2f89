/* reconcile_pairs.c: items about several rows: two that may be one, and the marks of one child at one
 * meeting. */
#include "server/core/detect.h"
#include "server/core/upns.h"

/* ---- two rows that may be one ---- */

static size_t pointer_column(const struct table *t) {
  return t->id == TABLE_learner ? COL(learner, merged_into) : COL(session, same_as);
}

/* Whether `from` points at `to`, so that the record of `to` stands for both. */
static bool stands_for(const struct row *to, const struct row *from) {
  const struct value *points = &from->values[pointer_column(from->table)];
  return points->kind == VALUE_ID && id_equal(&points->id, &to->id);
}

/* Also the row that tells them apart, so that it counts among what was seen. */
err reconcile_load_pair(struct reconciling *r, struct item_view *out) {
  const struct store_item *pair = &out->item;
  struct id apart;
  TRY(reconcile_add_row(r, pair->table, &pair->row));
  TRY(reconcile_add_row(r, pair->table, &pair->other));
  detect_apart_id(&apart, pair->table, &pair->row, &pair->other);
  TRY(reconcile_add_row(r, detect_apart_table(pair->table), &apart));
  bool one = false;
  for (size_t i = 0; i < 2; i++) {
    struct item_choice same = {.kind = CHOICE_SAME,
                               .table = pair->table,
                               .row = r->rows[i]->id,
                               .in_use = stands_for(r->rows[i], r->rows[1 - i])};
    one = one || same.in_use;
    TRY(reconcile_add_choice(r, out, &same));
  }
  struct item_choice different = {.kind = CHOICE_APART, .table = pair->table, .row = apart, .in_use = !one};
  return reconcile_add_choice(r, out, &different);
}

/* No list and no form gives two children one number, and neither does this. */
static err check_numbers(struct reconciling *r, const struct item_view *v) {
  struct row *one, *other;
  if (v->item.table->id != TABLE_learner) return ERR_OK;
  TRY(upns_row(r->by->store, &v->item.row, r->arena, &one));
  TRY(upns_row(r->by->store, &v->item.other, r->arena, &other));
  const struct value *upn = &one->values[COL(learner_key, upn)];
  bool same = one->exists && other->exists && upn->kind == VALUE_TEXT && upn->text.len &&
              value_equal(upn, &other->values[COL(learner_key, upn)]);
  if (!same) return ERR_OK;
  return fault_set(r->by->fault, ERR_CONFLICT,
                   "Both records say the UPN %.*s, and no two children have one: take it off the record that "
                   "has it by mistake, on that learner's page, then say that they are two.",
                   (int)upn->text.len, (const char *)upn->text.ptr);
}

static err tell_apart(struct reconciling *r, const struct item_view *v) {
  TRY(check_numbers(r, v));
  struct op op = {.table = detect_apart_table(v->item.table), .row = r->rows[2]->id, .units = 3};
  op.values[op.table->key_columns[0]] = value_id(&v->item.row);
  op.values[op.table->key_columns[1]] = value_id(&v->item.other);
  op.values[COL(learner_apart, apart)] = value_int(1);
  return office_write(&r->office, &op, NULL, r->by->fault);
}
_Static_assert(COL(learner_apart, apart) == COL(session_apart, apart), "both tables look alike");

/* The whole unit is written: of a learner also that it was merged. */
static err join(struct reconciling *r, const struct row *from, const struct id *into) {
  struct op op = reconcile_op(from);
  size_t column = pointer_column(from->table);
  uint8_t unit = from->table->columns[column].unit;
  op.units |= (uint32_t)1 << unit;
  op.values[column] = value_id(into);
  if (from->table->id == TABLE_learner)
    op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  return office_write(&r->office, &op, NULL, r->by->fault);
}

err reconcile_decide_pair(struct reconciling *r, const struct item_view *v, size_t choice) {
  if (v->choices[choice].kind == CHOICE_APART) return tell_apart(r, v);
  const struct row *kept = r->rows[choice], *gone = r->rows[1 - choice];
  return join(r, gone, &kept->id);
}

/* ---- two marks of one child ---- */

/* The first that says something: those that were decided against are unmarked. */
static bool counts(const struct row *mark, const struct item_view *v) {
  for (size_t i = 0; i < v->choice_count; i++) {
    if (v->choices[i].in_use) return false;
  }
  const struct value *code = &mark->values[COL(mark, code)];
  return code->kind == VALUE_INT && code->i != ENUM_mark_code_none;
}

err reconcile_load_marks(struct reconciling *r, struct item_view *out) {
  struct id *marks;
  size_t count;
  const struct table *t = schema_table(TABLE_mark);
  TRY(r->by->store->ops->marks_of_child(r->by->store, &out->item.row, &out->item.other,
                                        out->item.state != ITEM_OPEN, r->arena, &marks, &count));
  for (size_t i = 0; i < count; i++) {
    TRY(reconcile_add_row(r, t, &marks[i]));
    const struct row *row = r->rows[i];
    if (row->units[out->item.unit].count == 0) continue;
    bool in_use = counts(row, out);
    TRY(reconcile_add_head(r, out, row, out->item.unit, merge_in_use(row, out->item.unit)));
    out->choices[out->choice_count - 1].in_use = in_use;
  }
  return ERR_OK;
}

/* The others are taken back: unmarked again, as a person would. */
err reconcile_decide_marks(struct reconciling *r, const struct item_view *v, size_t choice) {
  for (size_t i = 0; i < r->row_count; i++) {
    if (i == choice) continue;
    struct op op = reconcile_op(r->rows[i]);
    op.units |= (uint32_t)1 << v->item.unit;
    op.values[COL(mark, code)] = value_int(ENUM_mark_code_none);
    TRY(office_write(&r->office, &op, NULL, r->by->fault));
  }
  return ERR_OK;
}
