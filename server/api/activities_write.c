/* activities_write.c: an activity entered or changed by the office, closed on a day with all that goes on in
 * it, and opened again; what closing would do is told first. */
#include <stdio.h>

#include "server/api/activities.h"
#include "server/api/input.h"
#include "server/api/partners.h"
#include "server/api/shape.h"
#include "server/core/ingest.h"
#include "server/core/release.h"

#define COUNT(list)     (sizeof(list) / sizeof *(list))
#define UNIT(t, column) (1U << schema_table(TABLE_##t)->columns[COL(t, column)].unit)

err activity_write(struct api_call *c, const struct op *ops, size_t count, const char *action,
                   struct slice reason, const struct id *about, const struct id *into) {
  struct office_result result;
  char text[id_text_bytes], detail[160];
  const struct office_act act = {.action = action, .detail = detail, .words = reason, .about = *about};
  id_text(text, &c->id);
  int len = snprintf(detail, sizeof detail, "activity=%s", text);
  id_text(text, about);
  if (!id_equal(about, &c->id))
    len += snprintf(detail + len, sizeof detail - (size_t)len, " learner=%s", text);
  if (into) id_text(text, into);
  if (into) (void)snprintf(detail + len, sizeof detail - (size_t)len, " into=%s", text);
  TRY(office_do(&result, c->api->config.hub, c->store, &c->x->now, &c->login.user, ops, count, &act,
                &c->fault));
  c->x->changes = result.changes;
  c->x->changes.devices = true; /* whoever looks at staff sees other grants */
  return api_then(c, HTTP_READER, activity_answer);
}

/* ---- what it is ---- */

struct activity_input {
  struct slice name, ref, mode_word, setting_word, family_word, level_word, genre, school_id, place,
      partner_id, version;
  uint8_t mode, setting, family, level;
  struct id school, partner; /* zero: none */
};
#define FIELD(member) offsetof(struct activity_input, member)
static const struct input_field activity_fields[] = {
    {"name", INPUT_TEXT, true, INPUT_CHARACTERS(200), FIELD(name)},
    {"mode", INPUT_TEXT, true, 20, FIELD(mode_word)},
    {"setting", INPUT_TEXT, false, 20, FIELD(setting_word)},
    {"family", INPUT_TEXT, false, 20, FIELD(family_word)},
    {"level", INPUT_TEXT, false, 20, FIELD(level_word)},
    {"genre", INPUT_TEXT, false, INPUT_CHARACTERS(60), FIELD(genre)},
    {"school", INPUT_TEXT, false, 32, FIELD(school_id)},
    {"place", INPUT_TEXT, false, INPUT_CHARACTERS(120), FIELD(place)},
    {"partner", INPUT_TEXT, false, 32, FIELD(partner_id)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
    {"ref", INPUT_TEXT, false, 64, FIELD(ref)},
};

static err read_id(struct api_call *c, const char *name, struct slice text, struct id *out) {
  if (text.len == 0 || id_parse(out, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be an id of 32 hexadecimal digits", name);
}

static err read_activity(struct api_call *c) {
  struct activity_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, activity_fields, COUNT(activity_fields), in));
  if (in->name.len == 0) return fault_set(&c->fault, ERR_INVALID, "an activity needs a name");
  TRY(acts_word(c, "mode", "mode", in->mode_word, &in->mode));
  if (in->mode == 0)
    return fault_set(&c->fault, ERR_INVALID,
                     "say how it meets: individual, small, large, whole_class or ensemble");
  TRY(acts_word(c, "setting", "setting", in->setting_word, &in->setting));
  TRY(acts_word(c, "family", "family", in->family_word, &in->family));
  TRY(acts_word(c, "level", "level", in->level_word, &in->level));
  TRY(read_id(c, "school", in->school_id, &in->school));
  return read_id(c, "partner", in->partner_id, &in->partner);
}

static void set_text(struct op *op, size_t column, struct slice text) {
  if (text.len) op->values[column] = value_text(text);
}
static void set_number(struct op *op, size_t column, int64_t n) {
  if (n) op->values[column] = value_int(n);
}

static err fill(struct api_call *c, struct op *op) {
  const struct activity_input *in = c->own;
  op->units |= UNIT(activity, name) | UNIT(activity, mode) | UNIT(activity, school) | UNIT(activity, partner);
  set_text(op, COL(activity, name), in->name);
  set_number(op, COL(activity, mode), in->mode);
  set_number(op, COL(activity, setting), in->setting);
  set_number(op, COL(activity, family), in->family);
  set_number(op, COL(activity, level), in->level);
  set_text(op, COL(activity, genre), in->genre);
  set_text(op, COL(activity, place), in->place);
  if (!id_is_zero(&in->school)) {
    TRY(school_there(c, &in->school));
    op->values[COL(activity, school)] = value_id(&in->school);
  }
  if (!id_is_zero(&in->partner)) {
    TRY(partner_there(c, &in->partner));
    op->values[COL(activity, partner)] = value_id(&in->partner);
  }
  return ERR_OK;
}

/* What the office gives no number gets one: lists of enrolments and meetings name an activity by it. */
static err make_ref(struct api_call *c, struct slice *out) {
  enum { digits = 8 };
  char text[id_text_bytes], ref[2 + digits + 1];
  const struct id id = entropy_id(&c->api->config.hub->entropy);
  id_text(text, &id);
  (void)snprintf(ref, sizeof ref, "T-%.*s", digits, text);
  *out = arena_copy(&c->x->arena, slice_text(ref));
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err add_step(struct api_call *c) {
  struct activity_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_activity), .units = 1};
  struct row there = {.exists = false};
  if (in->ref.len == 0) TRY(make_ref(c, &in->ref));
  /* A list that brings it in later finds it; two of one number would be one to every list. */
  crypto_import_id(&op.row, &c->api->config.hub->id, "activity", in->ref);
  TRY(c->store->ops->load_row(c->store, op.table, &op.row, &c->x->arena, &there));
  if (there.exists)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "there is an activity with that number already: give it another one");
  op.values[COL(activity, ref)] = value_text(in->ref);
  TRY(fill(c, &op));
  c->id = op.row;
  return activity_write(c, &op, 1, "activity.add", slice_text(""), &c->id, NULL);
}

err api_activity_add(struct api_call *c) {
  TRY(read_activity(c));
  return api_then(c, HTTP_WRITER, add_step);
}

static err edit_step(struct api_call *c) {
  const struct activity_input *in = c->own;
  struct op op = {.table = schema_table(TABLE_activity), .row = c->id};
  struct row row;
  TRY(activity_load(c, &c->id, &row));
  TRY(acts_unchanged(c, &row, in->version));
  TRY(fill(c, &op));
  return activity_write(c, &op, 1, "activity.edit", slice_text(""), &c->id, NULL);
}

err api_activity_edit(struct api_call *c) {
  TRY(read_activity(c));
  const struct activity_input *in = c->own;
  if (in->ref.len)
    return fault_set(&c->fault, ERR_INVALID, "its number stays: lists and other systems know it by that");
  return api_then(c, HTTP_WRITER, edit_step);
}

/* ---- closing: it, its enrolments and its grants end, and what was planned after that day is taken off ----
 */

struct closing {
  struct slice date_day, reason, version;
  int32_t date;
  struct op_id closed_by; /* the op that closed it; of one that is opened again */
  struct view_endings endings;
  struct arena arena; /* of the ops, which may be tens of thousands */
  struct op *ops;
  size_t used;
};
enum { closing_arena_bytes_max = 1 << 26 };
#undef FIELD
#define FIELD(member) offsetof(struct closing, member)
static const struct input_field closing_fields[] = {
    {"date", INPUT_TEXT, true, 10, FIELD(date_day)},
    {"reason", INPUT_TEXT, true, reason_bytes_max, FIELD(reason)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

struct op enrolment_op(const struct id *learner, const struct id *activity) {
  struct id keys[2] = {*learner, *activity};
  struct op op = {.table = schema_table(TABLE_enrolment), .units = 1};
  crypto_row_id(&op.row, TABLE_enrolment, keys, 2);
  op.values[COL(enrolment, learner)] = value_id(learner);
  op.values[COL(enrolment, activity)] = value_id(activity);
  return op;
}

/* An end never comes before its beginning: what has not begun ends on the day it would have begun. */
static int32_t last_of(int32_t starts, int32_t date) { return starts > date ? starts : date; }

static struct op enrolment_ends(const struct id *activity, const struct view_ending *e, int32_t ends) {
  struct op op = enrolment_op(&e->who, activity);
  op.units |= UNIT(enrolment, starts);
  op.values[COL(enrolment, starts)] = value_int(e->starts);
  if (ends) op.values[COL(enrolment, ends)] = value_int(ends);
  return op;
}

static struct op grant_ends(const struct id *activity, const struct view_ending *g, int32_t ends) {
  struct id keys[2] = {g->who, *activity};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 1U | UNIT(grant_, role)};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(&g->who);
  op.values[COL(grant_, activity)] = value_id(activity);
  op.values[COL(grant_, role)] = value_int(g->role);
  op.values[COL(grant_, starts)] = value_int(g->starts);
  if (ends) op.values[COL(grant_, ends)] = value_int(ends);
  return op;
}

static struct op session_off(const struct id *session) {
  struct op op = {.table = schema_table(TABLE_session), .row = *session, .units = UNIT(session, removed)};
  op.values[COL(session, removed)] = value_int(1);
  return op;
}

static struct op activity_ends(const struct id *activity, int32_t ends) {
  struct op op = {.table = schema_table(TABLE_activity), .row = *activity, .units = UNIT(activity, ends)};
  if (ends) op.values[COL(activity, ends)] = value_int(ends);
  return op;
}

/* `back`: opened again. */
static err make_ops(struct api_call *c, struct closing *in, bool back) {
  const struct view_endings *e = &in->endings;
  in->arena = (struct arena)ARENA_INIT(closing_arena_bytes_max);
  in->ops =
      arena_take(&in->arena, 1 + e->enrolment_count + e->grant_count + e->session_count, sizeof *in->ops);
  if (!in->ops) return ERR_NO_MEMORY;
  in->ops[in->used++] = activity_ends(&c->id, back ? 0 : in->date);
  for (size_t i = 0; i < e->enrolment_count; i++)
    in->ops[in->used++] =
        enrolment_ends(&c->id, &e->enrolments[i], back ? 0 : last_of(e->enrolments[i].starts, in->date));
  for (size_t i = 0; i < e->grant_count; i++)
    in->ops[in->used++] =
        grant_ends(&c->id, &e->grants[i], back ? 0 : last_of(e->grants[i].starts, in->date));
  for (size_t i = 0; i < e->session_count; i++) in->ops[in->used++] = session_off(&e->sessions[i]);
  return ERR_OK;
}

/* The ops of a closing are counted on from the activity's own: whoever had ended on that day by themselves,
 * as the office or a device said before, was not ended by it. */
static err ended_by(struct api_call *c, const struct closing *in, uint8_t table, const struct id *row,
                    size_t column, bool *out) {
  enum { row_arena_bytes_max = 1 << 20 };
  const struct table *t = schema_table(table);
  struct arena a = ARENA_INIT(row_arena_bytes_max);
  struct row r;
  err e = c->store->ops->load_row(c->store, t, row, &a, &r);
  const struct unit_heads *unit = &r.units[t->columns[column].unit];
  if (e == ERR_OK) {
    const struct op_id *by = unit->count ? &unit->heads[0].op : NULL;
    *out = by && id_equal(&by->device, &in->closed_by.device) &&
           by->incarnation == in->closed_by.incarnation && by->counter > in->closed_by.counter;
  }
  arena_finish(&a);
  return e;
}

/* Leaves of a list those whom the closing ended. */
static err keep_ended(struct api_call *c, const struct closing *in, uint8_t table, size_t column,
                      struct view_ending *list, size_t *count) {
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++) {
    struct id keys[2] = {list[i].who, c->id}, row;
    bool ended;
    crypto_row_id(&row, table, keys, 2);
    TRY(ended_by(c, in, table, &row, column, &ended));
    if (ended) list[kept++] = list[i];
  }
  *count = kept;
  return ERR_OK;
}

static err keep_closed(struct api_call *c, struct closing *in) {
  struct view_endings *e = &in->endings;
  TRY(keep_ended(c, in, TABLE_enrolment, COL(enrolment, ends), e->enrolments, &e->enrolment_count));
  return keep_ended(c, in, TABLE_grant_, COL(grant_, ends), e->grants, &e->grant_count);
}

/* All of it in one transaction, as a list of that length is: nobody is closed by halves. */
static err write_all(struct api_call *c, struct closing *in, bool back) {
  TRY(views_endings(c->store, &c->id, in->date, back, &c->x->arena, &in->endings));
  if (back) TRY(keep_closed(c, in));
  if (in->endings.held)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "%u of its meetings from that day on were held: close it on a later day",
                     in->endings.held);
  if (in->endings.too_many)
    return fault_set(&c->fault, ERR_TOO_BIG,
                     "more than %d places and meetings would change together: end places with lists of "
                     "enrolments first",
                     (int)closing_rows_max);
  err e = make_ops(c, in, back);
  const char *action = back ? "activity.open" : "activity.close";
  if (e == ERR_OK) e = activity_write(c, in->ops, in->used, action, in->reason, &c->id, NULL);
  arena_finish(&in->arena);
  return e;
}

static err close_step(struct api_call *c) {
  struct closing *in = c->own;
  struct row row;
  TRY(activity_load(c, &c->id, &row));
  TRY(acts_unchanged(c, &row, in->version));
  if (row.values[COL(activity, ends)].kind == VALUE_INT)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "it is closed already: open it again first, then close it on another day");
  return write_all(c, in, false);
}

err api_activity_close(struct api_call *c) {
  struct closing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, closing_fields, COUNT(closing_fields), in));
  TRY(acts_day(c, "date", in->date_day, &in->date));
  if (in->date == 0) return fault_set(&c->fault, ERR_INVALID, "say on which day it is over");
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, close_step);
}

/* Those who went because of the closing come back with it; who had ended on its day by themselves does not,
 * nor who has left the hub since. */
static err open_step(struct api_call *c) {
  struct closing *in = c->own;
  struct row row;
  TRY(activity_load(c, &c->id, &row));
  TRY(acts_unchanged(c, &row, in->version));
  const struct value *ends = &row.values[COL(activity, ends)];
  if (ends->kind != VALUE_INT) return fault_set(&c->fault, ERR_CONFLICT, "it is open already");
  in->date = (int32_t)ends->i;
  in->closed_by = row.units[schema_table(TABLE_activity)->columns[COL(activity, ends)].unit].heads[0].op;
  return write_all(c, in, true);
}

err api_activity_open(struct api_call *c) {
  static const struct input_field fields[] = {
      {"reason", INPUT_TEXT, true, reason_bytes_max, FIELD(reason)},
      {"version", INPUT_TEXT, false, 20, FIELD(version)},
  };
  struct closing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, COUNT(fields), in));
  TRY(reason_check(in->reason, &c->fault));
  return api_then(c, HTTP_WRITER, open_step);
}

/* ---- what closing would do, and what it would strand ---- */

static json_t *device_json(const struct view_strand *s) {
  char id[id_text_bytes];
  id_text(id, &s->device.id);
  return json_pack("{s:s, s:s, s:o, s:I, s:i, s:i}", "id", id, "name", s->device.name, "last_contact_at",
                   s->device.last_contact_ms ? json_integer(s->device.last_contact_ms) : json_null(),
                   "unreceived", (json_int_t)s->unreceived, "held", (int)s->held, "quarantined",
                   (int)s->quarantined);
}

enum { closing_devices_max = 32 };

static err devices_json(struct api_call *c, json_t *list) {
  struct view_server *servers = NULL;
  size_t count = 0;
  TRY(views_servers(c->store, &c->id, acts_today(c), &c->x->arena, &servers, &count));
  for (size_t i = 0; i < count && i < closing_devices_max; i++) {
    struct view_strand strand;
    TRY(views_strand(c->store, &servers[i].device, &c->x->now, &c->x->arena, &strand));
    if (json_array_append_new(list, device_json(&strand)) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

err api_activity_closing(struct api_call *c) {
  struct view_endings e;
  struct row row;
  int32_t date;
  TRY(acts_day(c, "date", c->parameters[0], &date));
  if (date == 0) date = acts_today(c);
  json_t *devices = json_array();
  err failed = activity_load(c, &c->id, &row);
  if (failed == ERR_OK) failed = views_endings(c->store, &c->id, date, false, &c->x->arena, &e);
  if (failed == ERR_OK) failed = devices_json(c, devices);
  if (failed == ERR_OK)
    return api_answer(c, json_pack("{s:i, s:i, s:i, s:i, s:o}", "enrolments", (int)e.enrolment_count,
                                   "grants", (int)e.grant_count, "meetings", (int)e.session_count, "held",
                                   (int)e.held, "devices", devices));
  json_decref(devices);
  return failed;
}
