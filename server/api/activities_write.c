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
                   struct slice reason, const struct id *about) {
  struct office_result result;
  char text[id_text_bytes], detail[128];
  const struct office_act act = {.action = action, .detail = detail, .words = reason, .about = *about};
  id_text(text, &c->id);
  int len = snprintf(detail, sizeof detail, "activity=%s", text);
  id_text(text, about);
  if (!id_equal(about, &c->id))
    (void)snprintf(detail + len, sizeof detail - (size_t)len, " learner=%s", text);
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
  return activity_write(c, &op, 1, "activity.add", slice_text(""), &c->id);
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
  return activity_write(c, &op, 1, "activity.edit", slice_text(""), &c->id);
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
  struct view_activity_detail detail;
  struct view_planned_list planned;
  struct op *ops;
  size_t used;
  uint32_t enrolments, grants;
};
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

static bool goes_on(int32_t ends, int32_t date) { return ends == 0 || ends > date; }
/* An end never comes before its beginning: what has not begun ends on the day it would have begun. */
static int32_t last_of(int32_t starts, int32_t date) { return starts > date ? starts : date; }

static struct op enrolment_ends(const struct id *activity, const struct view_activity_learner *e,
                                int32_t ends) {
  struct op op = enrolment_op(&e->learner, activity);
  op.units |= UNIT(enrolment, starts);
  op.values[COL(enrolment, starts)] = value_int(e->starts);
  if (ends) op.values[COL(enrolment, ends)] = value_int(ends);
  return op;
}

static struct op grant_ends(const struct id *activity, const struct view_activity_staff *g, int32_t ends) {
  struct id keys[2] = {g->staff, *activity};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 1U | UNIT(grant_, role)};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(&g->staff);
  op.values[COL(grant_, activity)] = value_id(activity);
  op.values[COL(grant_, role)] = value_int(g->role);
  op.values[COL(grant_, starts)] = value_int(g->starts);
  if (ends) op.values[COL(grant_, ends)] = value_int(ends);
  return op;
}

static err read_all(struct api_call *c, struct closing *in) {
  err e = views_activity(c->store, &c->id, acts_today(c), &c->x->arena, &in->detail);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no activity with that id");
  TRY(e);
  TRY(views_planned(c->store, &c->id, in->date, NULL, &c->x->arena, &in->planned));
  in->ops =
      arena_take(&c->x->arena, 1 + in->detail.staff_count + in->detail.learner_count + in->planned.count,
                 sizeof *in->ops);
  return in->ops ? ERR_OK : ERR_NO_MEMORY;
}

static err make_closing(struct api_call *c, struct closing *in) {
  const struct view_activity_detail *d = &in->detail;
  TRY(read_all(c, in));
  struct op *self = &in->ops[in->used++];
  *self = (struct op){.table = schema_table(TABLE_activity), .row = c->id, .units = UNIT(activity, ends)};
  self->values[COL(activity, ends)] = value_int(in->date);
  for (size_t i = 0; i < d->learner_count; i++) {
    const struct view_activity_learner *e = &d->learners[i];
    if (!goes_on(e->ends, last_of(e->starts, in->date))) continue;
    in->ops[in->used++] = enrolment_ends(&c->id, e, last_of(e->starts, in->date));
    in->enrolments++;
  }
  for (size_t i = 0; i < d->staff_count; i++) {
    const struct view_activity_staff *g = &d->staff[i];
    if (!goes_on(g->ends, last_of(g->starts, in->date))) continue;
    in->ops[in->used++] = grant_ends(&c->id, g, last_of(g->starts, in->date));
    in->grants++;
  }
  for (size_t i = 0; i < in->planned.count; i++) {
    struct op *op = &in->ops[in->used++];
    *op = (struct op){.table = schema_table(TABLE_session),
                      .row = in->planned.list[i].session,
                      .units = UNIT(session, removed)};
    op->values[COL(session, removed)] = value_int(1);
  }
  return ERR_OK;
}

static bool is_there(int32_t ends, int32_t date) { return ends == 0 || ends >= date; }

/* People are read in turn, whoever is there first: where the last of as many as one answer holds is there,
 * too, there may be more, and they would stay. */
static err check_all_read(struct api_call *c, const struct closing *in) {
  const struct view_activity_detail *d = &in->detail;
  size_t learners = d->learner_count, staff = d->staff_count;
  bool more = (learners == activity_people_max && is_there(d->learners[learners - 1].ends, in->date)) ||
              (staff == activity_people_max && is_there(d->staff[staff - 1].ends, in->date));
  if (!more) return ERR_OK;
  return fault_set(&c->fault, ERR_TOO_BIG,
                   "more than %d people come to it: end their places with a list of enrolments first",
                   (int)activity_people_max);
}

static err too_much(struct api_call *c, const struct closing *in) {
  if (in->planned.held)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "%u of its meetings from that day on were held: close it on a later day",
                     in->planned.held);
  if (in->planned.total > in->planned.count)
    return fault_set(&c->fault, ERR_TOO_BIG,
                     "%zu meetings are planned from that day on: take some off first, %d at a time",
                     in->planned.total, (int)meetings_at_once_max);
  return ERR_OK;
}

static err close_step(struct api_call *c) {
  struct closing *in = c->own;
  struct row row;
  TRY(activity_load(c, &c->id, &row));
  TRY(acts_unchanged(c, &row, in->version));
  if (row.values[COL(activity, ends)].kind == VALUE_INT)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "it is closed already: open it again first, then close it on another day");
  TRY(make_closing(c, in));
  TRY(check_all_read(c, in));
  TRY(too_much(c, in));
  return activity_write(c, in->ops, in->used, "activity.close", in->reason, &c->id);
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

static bool is_here(const struct view_activity_learner *e) {
  const char *left = schema_enum_word(schema_enum("learner_status"), ENUM_learner_status_left);
  return !slice_equal(e->status, slice_text(left));
}

/* Those who went because of the closing, on its day, come back with it; who has left the hub since does not.
 */
static err open_step(struct api_call *c) {
  struct closing *in = c->own;
  struct row row;
  TRY(activity_load(c, &c->id, &row));
  TRY(acts_unchanged(c, &row, in->version));
  const struct value *ends = &row.values[COL(activity, ends)];
  if (ends->kind != VALUE_INT) return fault_set(&c->fault, ERR_CONFLICT, "it is open already");
  in->date = (int32_t)ends->i;
  TRY(read_all(c, in));
  TRY(check_all_read(c, in));
  in->ops[in->used++] =
      (struct op){.table = schema_table(TABLE_activity), .row = c->id, .units = UNIT(activity, ends)};
  for (size_t i = 0; i < in->detail.learner_count; i++)
    if (in->detail.learners[i].ends == in->date && is_here(&in->detail.learners[i]))
      in->ops[in->used++] = enrolment_ends(&c->id, &in->detail.learners[i], 0);
  for (size_t i = 0; i < in->detail.staff_count; i++)
    if (in->detail.staff[i].ends == in->date && !in->detail.staff[i].left)
      in->ops[in->used++] = grant_ends(&c->id, &in->detail.staff[i], 0);
  return activity_write(c, in->ops, in->used, "activity.open", in->reason, &c->id);
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
  struct closing in = {.used = 0};
  TRY(acts_day(c, "date", c->parameters[0], &in.date));
  if (in.date == 0) in.date = acts_today(c);
  json_t *devices = json_array();
  err e = make_closing(c, &in);
  if (e == ERR_OK) e = devices_json(c, devices);
  if (e == ERR_OK)
    return api_answer(c, json_pack("{s:i, s:i, s:I, s:i, s:o}", "enrolments", (int)in.enrolments, "grants",
                                   (int)in.grants, "meetings", (json_int_t)in.planned.total, "held",
                                   (int)in.planned.held, "devices", devices));
  json_decref(devices);
  return e;
}
