/* staff.c: who works for the hub, what they are granted and until when, and cover tutors with their dates. */
#include "server/api/access.h"
#include "server/api/acts.h"
#include "server/api/lists.h"
#include "server/api/shape.h"
#include "server/core/fleet.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
/* What staff do in the field: the office and the lead visit schools. */
enum {
  field_roles = ACCESS_ROLE(tutor) | ACCESS_ROLE(leader) | ACCESS_ROLE(office) | ACCESS_ROLE(lead),
  email_bytes_max = 254
};

#define AT(member) offsetof(struct view_staff, member)
static const struct shape_field staff_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"email", SHAPE_TEXT, AT(email), 0, NULL, NULL},
    {"roles", SHAPE_SET, AT(roles), 0, "role", NULL},
    {"status", SHAPE_ENUM, AT(status), 0, "staff_status", NULL},
    {"grants", SHAPE_COUNT, AT(grants), 0, NULL, NULL},
    {"devices", SHAPE_COUNT, AT(devices), 0, NULL, NULL},
    {"version", SHAPE_LONG, AT(version), 0, NULL, NULL},
};
#undef AT
static const struct shape staff_shape = SHAPE_OF(view_staff, staff_fields);

err api_staff(struct api_call *c) {
  struct view_staff *list = NULL;
  size_t count = 0;
  TRY(views_staff(c->store, acts_today(c), &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o}", "staff", shape_list(&staff_shape, list, count)));
}

err api_activities(struct api_call *c) {
  struct view_activity *list = NULL;
  size_t count = 0;
  TRY(views_activities(c->store, acts_today(c), &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o, s:i}", "activities", shape_list(&lists_activity_shape, list, count),
                                 "most", (int)activities_listed_max));
}

static json_t *day_json(int32_t day) {
  char text[date_text_bytes];
  if (day == 0) return json_null();
  date_text(text, day);
  return json_string(text);
}

static json_t *grant_json(const struct view_grant *g) {
  char id[id_text_bytes];
  id_text(id, &g->activity);
  return json_pack("{s:s, s:o, s:o, s:s?, s:o, s:o}", "activity", id, "name", shape_text(g->activity_name),
                   "school", g->school_name.len ? shape_text(g->school_name) : json_null(), "role",
                   schema_enum_word(schema_enum("grant_role"), g->role), "starts", day_json(g->starts),
                   "ends", day_json(g->ends));
}

static err no_staff(struct api_call *c, err e) {
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "this hub has no member of staff with that id") : e;
}

/* The answer to every change, too: read by a reader, so that it is what was committed. */
static err answer_member(struct api_call *c) {
  struct view_staff member = {.roles = 0};
  struct view_grant *grants = NULL;
  size_t count = 0;
  TRY(no_staff(c, views_staff_member(c->store, &c->id, acts_today(c), &c->x->arena, &member)));
  TRY(views_grants(c->store, &c->id, &c->x->arena, &grants, &count));
  json_t *body = shape_object(&staff_shape, &member), *list = json_array();
  for (size_t i = 0; i < count; i++) (void)json_array_append_new(list, grant_json(&grants[i]));
  if (body && json_object_set_new(body, "granted", list) == 0) return api_answer(c, body);
  json_decref(body);
  return ERR_NO_MEMORY;
}

err api_staff_member(struct api_call *c) { return answer_member(c); }

/* ---- changes: ops of the office ---- */

struct member_input {
  struct slice name, email, version, activity, role, starts, ends;
  struct input_texts role_texts;
  uint32_t roles;
  struct id granted;
  int32_t from, to;
};
#define FIELD(member) offsetof(struct member_input, member)

static err apply(struct api_call *c, const struct op *ops, size_t count, const char *action) {
  TRY(acts_apply(c, ops, count, action, "staff", &c->id));
  c->x->changes.devices = true;
  return api_then(c, HTTP_READER, answer_member);
}

static const struct input_field member_fields[] = {
    {"name", INPUT_TEXT, true, INPUT_CHARACTERS(200), FIELD(name)},
    {"email", INPUT_TEXT, false, email_bytes_max, FIELD(email)},
    {"roles", INPUT_TEXTS, true, 8, FIELD(role_texts)},
    {"version", INPUT_TEXT, false, 20, FIELD(version)},
};

static err read_member(struct api_call *c) {
  struct member_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, member_fields, COUNT(member_fields), in));
  TRY(lists_roles(c, &in->role_texts, field_roles, &in->roles));
  if (in->name.len == 0) return fault_set(&c->fault, ERR_INVALID, "a member of staff needs a name");
  return in->roles ? ERR_OK
                   : fault_set(&c->fault, ERR_INVALID, "choose a role: tutor, leader, office or lead");
}

static err write_member(struct api_call *c) {
  const struct member_input *in = c->own;
  bool fresh = id_is_zero(&c->id);
  struct op op = {.table = schema_table(TABLE_staff), .units = 1U << 1 | 1U << 2 | 1U << 3};
  struct row row = {.exists = false};
  if (fresh) c->id = entropy_id(&c->api->config.hub->entropy);
  op.row = c->id;
  TRY(c->store->ops->load_row(c->store, op.table, &op.row, &c->x->arena, &row));
  if (!fresh && !row.exists) return no_staff(c, ERR_NOT_FOUND);
  TRY(acts_unchanged(c, &row, in->version));
  /* Roles that are not given here stay as they are. */
  uint32_t others = row.exists ? (uint32_t)row.values[COL(staff, roles)].i & ~(uint32_t)field_roles : 0;
  op.values[COL(staff, name)] = value_text(in->name);
  if (in->email.len) op.values[COL(staff, email)] = value_text(in->email);
  op.values[COL(staff, roles)] = value_int(in->roles | others);
  op.values[COL(staff, status)] = value_int(ENUM_staff_status_active);
  return apply(c, &op, 1, fresh ? "staff.add" : "staff.edit");
}

err api_staff_add(struct api_call *c) {
  TRY(read_member(c));
  return api_then(c, HTTP_WRITER, write_member);
}

err api_staff_edit(struct api_call *c) {
  TRY(read_member(c));
  return api_then(c, HTTP_WRITER, write_member);
}

static struct op grant_op(const struct id *staff, const struct id *activity, int role, int32_t starts,
                          int32_t ends) {
  struct id keys[2] = {*staff, *activity};
  struct op op = {.table = schema_table(TABLE_grant_), .units = 3};
  crypto_row_id(&op.row, TABLE_grant_, keys, 2);
  op.values[COL(grant_, staff)] = value_id(staff);
  op.values[COL(grant_, activity)] = value_id(activity);
  op.values[COL(grant_, role)] = value_int(role);
  op.values[COL(grant_, starts)] = value_int(starts);
  if (ends) op.values[COL(grant_, ends)] = value_int(ends);
  return op;
}

/* Who leaves works on no device and holds no grant from today on. What they recorded before stays. */
static err end_step(struct api_call *c) {
  struct view_staff member;
  struct view_grant *grants = NULL;
  size_t count = 0, used = 0;
  int32_t day = acts_today(c);
  TRY(no_staff(c, views_staff_member(c->store, &c->id, day, &c->x->arena, &member)));
  TRY(views_grants(c->store, &c->id, &c->x->arena, &grants, &count));
  struct op *ops = arena_take(&c->x->arena, count + 1, sizeof *ops);
  if (!ops) return ERR_NO_MEMORY;
  ops[used] = (struct op){.table = schema_table(TABLE_staff), .row = c->id, .units = 1U << 3};
  ops[used].values[COL(staff, roles)] = value_int(member.roles);
  ops[used++].values[COL(staff, status)] = value_int(ENUM_staff_status_left);
  for (size_t i = 0; i < count; i++) {
    const struct view_grant *g = &grants[i];
    if (g->ends && g->ends <= day) continue;
    int32_t starts = g->starts < day ? g->starts : day;
    ops[used++] = grant_op(&c->id, &g->activity, g->role, starts, day);
  }
  return apply(c, ops, used, "staff.end");
}

err api_staff_end(struct api_call *c) {
  TRY(input_read(c, NULL, 0, NULL));
  return api_then(c, HTTP_WRITER, end_step);
}

/* ---- grants ---- */

static const struct input_field grant_fields[] = {
    {"activity", INPUT_TEXT, true, 32, FIELD(activity)},
    {"role", INPUT_TEXT, true, 16, FIELD(role)},
    {"starts", INPUT_TEXT, true, 10, FIELD(starts)},
    {"ends", INPUT_TEXT, false, 10, FIELD(ends)},
};

static err ends_too_soon(struct api_call *c) {
  return fault_set(&c->fault, ERR_INVALID, "a grant must end after the day it starts");
}

static err read_days(struct api_call *c, struct member_input *in) {
  if (date_parse(&in->from, in->starts) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"starts\" must be a day of the calendar, like 2026-11-21");
  if (in->ends.len == 0) return ERR_OK;
  if (date_parse(&in->to, in->ends) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"ends\" must be a day of the calendar, like 2026-11-21");
  return in->to < in->from ? ends_too_soon(c) : ERR_OK;
}

/* One that was given by mistake, or has not begun, ends on its first day: it was of no day. */
static err read_taken_back(struct api_call *c, const struct op *op) {
  const struct member_input *in = c->own;
  struct row before = {.exists = false};
  if (in->to == 0 || in->to > in->from) return ERR_OK;
  TRY(c->store->ops->load_row(c->store, op->table, &op->row, &c->x->arena, &before));
  const struct value *began = &before.values[COL(grant_, starts)];
  return before.exists && began->kind == VALUE_INT && began->i == in->from ? ERR_OK : ends_too_soon(c);
}

static err grant_step(struct api_call *c) {
  const struct member_input *in = c->own;
  struct row activity = {.exists = false};
  TRY(staff_work_here(c->store, &c->id, 1, &c->fault));
  TRY(c->store->ops->load_row(c->store, schema_table(TABLE_activity), &in->granted, &c->x->arena, &activity));
  if (!activity.exists) return fault_set(&c->fault, ERR_INVALID, "this hub has no activity with that id");
  int role = schema_enum_number(schema_enum("grant_role"), in->role);
  const struct op op = grant_op(&c->id, &in->granted, role, in->from, in->to);
  TRY(read_taken_back(c, &op));
  return apply(c, &op, 1, "staff.grant");
}

err api_staff_grant(struct api_call *c) {
  struct member_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, grant_fields, COUNT(grant_fields), in));
  if (id_parse(&in->granted, in->activity) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"activity\" must be an id of 32 hexadecimal digits");
  if (schema_enum_number(schema_enum("grant_role"), in->role) == 0)
    return fault_set(&c->fault, ERR_INVALID, "\"role\" is tutor, leader or door");
  TRY(read_days(c, in));
  return api_then(c, HTTP_WRITER, grant_step);
}
