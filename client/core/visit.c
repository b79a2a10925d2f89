/* visit.c: what somebody sees at a school, kept at every tap; finished once, and then the office's to change.
 */
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/visit_sql.h"
#include "shared/merge/merge.h"

/* Arguments of visit.save from the date on are columns in the same order, so that one loop takes them all. */
enum {
  first_arg = ARG_OF(visit_save, date),
  last_arg = ARG_OF(visit_save, summary),
  first_item = COL(visit, curriculum),
  last_item = COL(visit, leadership)
};
_Static_assert(COL(visit, summary) - COL(visit, date) ==
                       ARG_OF(visit_save, summary) - ARG_OF(visit_save, date) &&
                   COL(visit, proposed) - COL(visit, date) ==
                       ARG_OF(visit_save, award) - ARG_OF(visit_save, date),
               "columns and arguments in one order");

static int64_t number_of(const struct value *v) { return v->kind == VALUE_INT ? v->i : 0; }

err visit_allowed(struct core *c, bool *out) {
  struct row row;
  TRY(rows_load(c->store->rows, schema_table(TABLE_staff), &c->who, &c->arena, &row));
  *out = row.exists && roles_visit(number_of(&row.values[COL(staff, roles)]));
  return ERR_OK;
}

static err check_visitor(struct core *c, struct call *call) {
  bool allowed = false;
  TRY(visit_allowed(c, &allowed));
  if (allowed) return ERR_OK;
  return fault_set(&call->fault, ERR_FORBIDDEN, "school visits are written by the office and the hub lead");
}

/* ---- answers ---- */

static size_t unrated(const struct row *row) {
  size_t count = 0;
  for (size_t i = first_item; i <= last_item; i += 1) count += row->values[i].kind == VALUE_NULL;
  return count;
}

static bool contested(const struct row *row) {
  for (uint8_t unit = 0; unit < row->table->unit_count; unit += 1) {
    if (merge_conflict(row, unit) != CONFLICT_NONE) return true;
  }
  return false;
}

static err pack_visit(struct core *c, struct packer *p, const struct row *row) {
  const struct column *columns = row->table->columns;
  const struct value *v = row->values;
  struct row school;
  TRY(rows_load(c->store->rows, schema_table(TABLE_school), &v[COL(visit, school)].id, &c->arena, &school));
  bool given = v[COL(visit, award)].kind == VALUE_INT;
  pack_map(p, FIELDS_Visit);
  answer_id(p, "id", &row->id);
  answer_text_or_nil(p, "school_name", text_of(&school.values[COL(school, name)]));
  answer_date(p, "date", number_of(&v[COL(visit, date)]));
  for (size_t i = first_item; i <= last_item; i += 1)
    answer_word(p, columns[i].name, "rag", number_of(&v[i]));
  answer_word(p, "award", "award", number_of(&v[given ? COL(visit, award) : COL(visit, proposed)]));
  for (size_t i = COL(visit, priority_1); i <= COL(visit, summary); i += 1)
    answer_text_or_nil(p, columns[i].name, text_of(&v[i]));
  answer_word(p, "status", "visit_status", number_of(&v[COL(visit, status)]));
  answer_bool(p, "conflict", contested(row));
  answer_bool(p, "sent", row_is_sent(c, row));
  return ERR_OK;
}

err call_visit_list(struct core *c, struct call *call) {
  struct id ids[list_items_max];
  size_t count = 0;
  TRY(check_visitor(c, call));
  TRY(visit_ids(c->store, &c->who, ids, &count));
  pack_map(call->out, FIELDS_Visits);
  pack_word(call->out, "visits");
  pack_array(call->out, count);
  for (size_t i = 0; i < count; i += 1) {
    struct row row;
    TRY(rows_load(c->store->rows, schema_table(TABLE_visit), &ids[i], &c->arena, &row));
    TRY(pack_visit(c, call->out, &row));
  }
  return ERR_OK;
}

err call_school_list(struct core *c, struct call *call) {
  struct school_info *list = NULL;
  size_t count = 0;
  TRY(check_visitor(c, call));
  TRY(school_list(c->store, &c->arena, &list, &count));
  pack_map(call->out, FIELDS_Schools);
  pack_word(call->out, "schools");
  pack_array(call->out, count);
  for (size_t i = 0; i < count; i += 1) {
    pack_map(call->out, FIELDS_SchoolItem);
    answer_id(call->out, "id", &list[i].id);
    answer_text(call->out, "name", list[i].name);
    answer_text_or_nil(call->out, "area", list[i].area);
  }
  return ERR_OK;
}

/* ---- changes ---- */

static err begin(struct core *c, struct change *ch, const struct id *id, struct change_row **r) {
  TRY(change_begin(ch, c, &c->who, NULL));
  return change_row(ch, TABLE_visit, id, r);
}

/* One's own draft; what is finished is the office's to change. */
static err open_draft(struct core *c, struct call *call, const struct id *id, struct change *ch,
                      struct change_row **r) {
  TRY(begin(c, ch, id, r));
  const struct value *v = (*r)->row.values;
  int64_t status = number_of(&v[COL(visit, status)]);
  bool own = (*r)->row.exists && id_equal(&v[COL(visit, staff)].id, &c->who);
  if (!own || status == ENUM_visit_status_dropped)
    return fault_set(&call->fault, ERR_NOT_FOUND, "there is no such visit on this device");
  if (status == ENUM_visit_status_draft) return ERR_OK;
  return fault_set(&call->fault, ERR_CONFLICT,
                   "this visit is finished: the office can still correct it, tell them");
}

static err begin_draft(struct core *c, struct call *call, struct change *ch, struct change_row **r) {
  const struct arg *school = &call->args[ARG_OF(visit_save, school)];
  struct id id = entropy_id(&c->config.entropy);
  struct row row;
  if (!school->given) return fault_set(&call->fault, ERR_INVALID, "say which school the visit was to");
  TRY(rows_load(c->store->rows, schema_table(TABLE_school), &school->id, &c->arena, &row));
  if (!row.exists) return fault_set(&call->fault, ERR_NOT_FOUND, "that school is not on this device");
  TRY(begin(c, ch, &id, r));
  change_set(*r, COL(visit, school), value_id(&school->id));
  change_set(*r, COL(visit, staff), value_id(&c->who));
  change_set(*r, COL(visit, date), value_int(core_today(c)));
  change_set(*r, COL(visit, status), value_int(ENUM_visit_status_draft));
  return ERR_OK;
}

/* An empty text takes away what stood there. */
static void take_args(struct change_row *r, const struct arg *args) {
  for (size_t i = first_arg; i <= last_arg; i += 1) {
    size_t column = COL(visit, date) + i - first_arg;
    if (!args[i].given) continue;
    bool text = r->row.table->columns[column].type == TYPE_TEXT;
    struct value v = text ? value_text(args[i].text) : value_int(args[i].i);
    change_set(r, column, text && args[i].text.len == 0 ? value_null() : v);
  }
}

static err finish(struct core *c, struct call *call, struct change *ch, const struct change_row *r) {
  TRY(change_commit(ch, &call->fault));
  core_topic(c, "visits", NULL);
  core_topic(c, "today", NULL);
  return pack_visit(c, call->out, &r->row);
}

err call_visit_save(struct core *c, struct call *call) {
  const struct arg *visit = &call->args[ARG_OF(visit_save, visit)], *date = &call->args[first_arg];
  struct change ch;
  struct change_row *r = NULL;
  TRY(check_visitor(c, call));
  if (date->given && date->i > core_today(c))
    return fault_set(&call->fault, ERR_INVALID, "a visit is written down when it has taken place");
  TRY(visit->given ? open_draft(c, call, &visit->id, &ch, &r) : begin_draft(c, call, &ch, &r));
  take_args(r, call->args);
  return finish(c, call, &ch, r);
}

static err check_whole(struct call *call, const struct row *row) {
  size_t open = unrated(row);
  if (row->values[COL(visit, proposed)].kind != VALUE_INT)
    return fault_set(&call->fault, ERR_INVALID, "choose an award first, or say that there is none");
  if (open == 0 || call->args[ARG_OF(visit_finish, anyway)].i) return ERR_OK;
  call->unmarked = (int64_t)open;
  return fault_set(&call->fault, ERR_CONFLICT, "%d items have no colour yet", (int)open);
}

/* What was proposed is given now, and once. */
err call_visit_finish(struct core *c, struct call *call) {
  bool drops = call->args[ARG_OF(visit_finish, drop)].i != 0;
  struct change ch;
  struct change_row *r = NULL;
  TRY(check_visitor(c, call));
  TRY(open_draft(c, call, &call->args[ARG_OF(visit_finish, visit)].id, &ch, &r));
  if (!drops) {
    TRY(check_whole(call, &r->row));
    change_set(r, COL(visit, award), r->row.values[COL(visit, proposed)]);
  }
  change_set(r, COL(visit, status), value_int(drops ? ENUM_visit_status_dropped : ENUM_visit_status_final));
  return finish(c, call, &ch, r);
}
