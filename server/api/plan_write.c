/* plan_write.c: entries of the Local Plan's registers: new ones, corrections, and taking one back. What was
 * there before stays in the history. */
#include "server/api/acts.h"
#include "server/api/input.h"
#include "server/api/plan.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
enum { entry_unit = 2, entry_fields_max = 16 };

struct writing {
  struct slice kind_name, version, reason;
  struct input_pairs pairs;
  struct plan_change change;
};
#define FIELD(member) offsetof(struct writing, member)
static const struct input_field entry_input[] = {
    {"kind", INPUT_TEXT, true, 40, FIELD(kind_name)},
    {"values", INPUT_PAIRS, true, entry_fields_max, FIELD(pairs)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};
enum { add_fields = COUNT(entry_input) - 1 }; /* what is new has no version */
static const struct input_field void_input[] = {
    {"kind", INPUT_TEXT, true, 40, FIELD(kind_name)},
    {"reason", INPUT_TEXT, true, reason_bytes_max, FIELD(reason)},
};

/* ---- reading ---- */

static const struct plan_field *field_of(uint8_t table, struct slice name) {
  for (size_t i = 0; i < plan_field_count; i++) {
    const struct plan_field *f = &plan_fields[i];
    if (f->table == table && slice_equal(name, slice_text(schema_table(table)->columns[f->column].name)))
      return f;
  }
  return NULL;
}

static err read_values(struct api_call *c, struct writing *in) {
  struct op *op = &in->change.op;
  uint32_t seen = 0;
  for (size_t i = 0; i < in->pairs.count; i++) {
    const struct input_pair *pair = &in->pairs.list[i];
    const struct plan_field *f = field_of(op->table->id, pair->name);
    if (!f)
      return fault_set(&c->fault, ERR_INVALID, "\"%.*s\" is no field of this register", (int)pair->name.len,
                       (const char *)pair->name.ptr);
    if (seen >> f->column & 1) return fault_set(&c->fault, ERR_INVALID, "a field is named twice");
    seen |= 1U << f->column;
    TRY(plan_value_read(c, f, pair->text, &op->values[f->column]));
  }
  return ERR_OK;
}

static err read_entry(struct api_call *c, size_t fields, struct writing **out) {
  struct writing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  TRY(input_read(c, entry_input, fields, in));
  TRY(plan_kind_find(c, in->kind_name, true, &in->change.kind));
  in->change.op.table = schema_table(in->change.kind->table);
  in->change.op.units = 1U << entry_unit;
  return read_values(c, in);
}

/* ---- checks of every register ---- */

/* Whom and what an entry is about stays: another one is another entry. */
static err keep_about(struct api_call *c, struct plan_change *change, const struct plan_field *f) {
  struct value *now = &change->op.values[f->column];
  const struct value *then = &change->before.values[f->column];
  if (now->kind == VALUE_NULL) *now = *then;
  if (value_equal(now, then)) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "\"%s\" stays as it is: take this entry back and write another one", f->label);
}

static err check_there(struct api_call *c, const struct plan_field *f, const struct column *column,
                       const struct value *v) {
  struct row row;
  if (v->kind != VALUE_ID) return ERR_OK;
  TRY(c->store->ops->load_row(c->store, schema_table_named(column->of), &v->id, &c->x->arena, &row));
  if (row.exists && !row_removed(&row)) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" names somebody or something that this hub does not have",
                   f->label);
}

static err check_field(struct api_call *c, struct plan_change *change, const struct plan_field *f) {
  const struct column *column = &change->op.table->columns[f->column];
  if (change->before.exists && column->unit == 0) TRY(keep_about(c, change, f));
  const struct value *v = &change->op.values[f->column];
  if (f->needed && v->kind == VALUE_NULL)
    return fault_set(&c->fault, ERR_INVALID, "\"%s\" is missing", f->label);
  return check_there(c, f, column, v);
}

static err check_all(struct api_call *c, struct plan_change *change) {
  const struct value *first = &change->op.values[change->kind->first],
                     *last = &change->op.values[change->kind->last];
  for (size_t i = 0; i < plan_field_count; i++)
    if (plan_fields[i].table == change->kind->table) TRY(check_field(c, change, &plan_fields[i]));
  if (last->kind == VALUE_INT && last->i < first->i)
    return fault_set(&c->fault, ERR_INVALID, "an entry cannot end before it begins");
  return plan_check(c, change);
}

/* ---- writing ---- */

static err answer_entry(struct api_call *c) {
  return plan_answer(c, ((const struct writing *)c->own)->change.kind);
}

static err write_ops(struct api_call *c, const struct plan_change *change, const char *action) {
  const struct op ops[] = {change->op, change->also};
  return acts_apply(c, ops, change->also.table ? 2 : 1, action, change->op.table->name, &change->op.row);
}

static err apply(struct api_call *c, struct plan_change *change, const char *action) {
  TRY(write_ops(c, change, action));
  return api_then(c, HTTP_READER, answer_entry);
}

static err add_step(struct api_call *c) {
  struct plan_change *change = &((struct writing *)c->own)->change;
  change->op.units |= 1;
  TRY(plan_new_id(c, change));
  c->id = change->op.row;
  TRY(check_all(c, change));
  return apply(c, change, "plan.add");
}

err api_plan_add(struct api_call *c) {
  struct writing *in;
  TRY(read_entry(c, add_fields, &in));
  return api_then(c, HTTP_WRITER, add_step);
}

static err correct_step(struct api_call *c) {
  struct plan_change *change = &((struct writing *)c->own)->change;
  TRY(plan_row_find(c, change->kind, &change->before));
  TRY(acts_unchanged(c, &change->before, ((const struct writing *)c->own)->version));
  change->op.row = c->id;
  TRY(check_all(c, change));
  return apply(c, change, "plan.correct");
}

err api_plan_correct(struct api_call *c) {
  struct writing *in;
  TRY(read_entry(c, COUNT(entry_input), &in));
  return api_then(c, HTTP_WRITER, correct_step);
}

/* ---- taking back ---- */

/* Every register's table begins with the two. */
enum { removed_at = COL(voice, removed), why_at = COL(voice, removed_why), removed_unit = 1 };

static err void_step(struct api_call *c) {
  const struct writing *in = c->own;
  struct plan_change *change = &((struct writing *)c->own)->change;
  struct op *op = &change->op;
  char id[id_text_bytes];
  TRY(plan_row_find(c, change->kind, &change->before));
  *op = (struct op){.table = schema_table(change->kind->table), .row = c->id, .units = 1U << removed_unit};
  op->values[removed_at] = value_int(1);
  op->values[why_at] = value_text(in->reason);
  TRY(plan_check_void(c, change));
  TRY(write_ops(c, change, "plan.void"));
  id_text(id, &c->id);
  return api_answer(c, json_pack("{s:s}", "id", id));
}

err api_plan_void(struct api_call *c) {
  struct writing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, void_input, COUNT(void_input), in));
  if (in->reason.len == 0) return fault_set(&c->fault, ERR_INVALID, "say why it is taken back");
  if (!utf8_valid(in->reason) || utf8_length(in->reason) > 300)
    return fault_set(&c->fault, ERR_INVALID, "\"reason\" is a text of at most 300 characters");
  TRY(plan_kind_find(c, in->kind_name, true, &in->change.kind));
  return api_then(c, HTTP_WRITER, void_step);
}
