/* subject.c: what the hub holds about one learner, table by table, as the schema describes it. */
#include "server/api/subject.h"

#include <stdio.h>

#include "server/api/call.h"
#include "server/api/safeguarding.h"
#include "server/api/shape.h"
#include "server/api/subject_page.h"

struct subject {
  struct store *store;
  struct arena *arena;
};

/* ---- values ---- */

/* "Strings, 2026-11-21 16:00": which lesson it was, years later. */
static json_t *session_named(const struct subject *s, const struct id *id) {
  enum { activity = COL(session, activity), date = COL(session, date), starts = COL(session, starts) };
  struct row row = {.exists = false};
  struct slice name = {NULL, 0};
  char day[date_text_bytes];
  err e = s->store->ops->load_row(s->store, schema_table(TABLE_session), id, s->arena, &row);
  if (e != ERR_OK || !row.exists || row.values[date].kind != VALUE_INT) return NULL;
  if (row.values[activity].kind == VALUE_ID)
    e = views_row_name(s->store, TABLE_activity, &row.values[activity].id, s->arena, &name);
  date_text(day, (int32_t)row.values[date].i);
  int minute = row.values[starts].kind == VALUE_INT ? (int)row.values[starts].i : 0;
  if (e != ERR_OK) return NULL;
  return json_sprintf("%.*s%s%s %02d:%02d", (int)name.len, name.len ? (const char *)name.ptr : "",
                      name.len ? ", " : "", day, minute / 60, minute % 60);
}

static json_t *named(const struct subject *s, const struct column *c, const struct id *id) {
  char text[id_text_bytes];
  struct slice name = {NULL, 0};
  const struct table *of = c->of ? schema_table_named(c->of) : NULL;
  json_t *session = of && of->id == TABLE_session ? session_named(s, id) : NULL;
  if (session) return session;
  id_text(text, id);
  if (of && views_row_name(s->store, of->id, id, s->arena, &name) == ERR_OK && name.len)
    return shape_text(name);
  return json_string(text);
}

static json_t *words(const struct column *c, int64_t bits) {
  json_t *list = json_array();
  for (int n = 1; n <= 32; n++) {
    const char *label = bits >> (n - 1) & 1 ? schema_enum_label(c->vocabulary, n) : NULL;
    if (label) (void)json_array_append_new(list, json_string(label));
  }
  return list;
}

static json_t *number(const struct column *c, int64_t v) {
  char text[time_text_bytes];
  switch (c->type) {
  case TYPE_BOOL: return json_boolean(v != 0);
  case TYPE_DATE: date_text(text, (int32_t)v); return json_string(text);
  case TYPE_TIME: time_text(text, v); return json_string(text);
  case TYPE_MINUTE:
    (void)snprintf(text, sizeof text, "%02d:%02d", (int)(v / 60), (int)(v % 60));
    return json_string(text);
  case TYPE_ENUM: {
    const char *label = schema_enum_label(c->vocabulary, v);
    return label ? json_string(label) : json_integer(v);
  }
  case TYPE_SET: return words(c, v);
  default: return json_integer(v);
  }
}

static json_t *value(const struct subject *s, const struct column *c, const struct value *v) {
  switch (v->kind) {
  case VALUE_TEXT: return shape_text(v->text);
  case VALUE_ID: return named(s, c, &v->id);
  case VALUE_INT: return number(c, v->i);
  default: return NULL;
  }
}

static json_t *row_object(const struct subject *s, const struct row *row) {
  json_t *object = json_object();
  for (size_t i = 0; object && i < row->table->column_count; i++) {
    json_t *v = value(s, &row->table->columns[i], &row->values[i]);
    if (v) (void)json_object_set_new(object, row->table->columns[i].name, v);
  }
  return object;
}

/* ---- what else was written ---- */

/* What somebody wrote of it and does not stand: it was replaced, or another value is in use. No value is told
 * as null. Unit 0 is given once. */
static json_t *other_values(const struct subject *s, const struct row *row, const struct store_history *h) {
  json_t *out = json_object();
  for (size_t i = 0; out && i < row->table->column_count; i++) {
    const struct column *c = &row->table->columns[i];
    if (c->unit == 0 || !(h->units >> c->unit & 1) || value_equal(&h->values[i], &row->values[i])) continue;
    json_t *v = value(s, c, &h->values[i]);
    (void)json_object_set_new(out, c->name, v ? v : json_null());
  }
  return out;
}

static err add_other(const struct subject *s, const struct row *row, const struct store_history *h,
                     json_t *list) {
  struct slice who = {NULL, 0};
  char when[time_text_bytes];
  json_t *one = other_values(s, row, h);
  if (!one) return ERR_NO_MEMORY;
  err e = json_object_size(one) ? views_author_name(s->store, &h->author, s->arena, &who) : ERR_OK;
  if (e != ERR_OK || json_object_size(one) == 0) {
    json_decref(one);
    return e;
  }
  time_text(when, (int64_t)h->stamp);
  (void)json_object_set_new(one, "written_at", json_string(when));
  if (who.len) (void)json_object_set_new(one, "written_by", shape_text(who));
  return json_array_append_new(list, one) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

/* Beside the record as it is, oldest first. */
static err add_others(const struct subject *s, const struct row *row, json_t *object) {
  struct store_history *ops;
  size_t count;
  json_t *list = json_array();
  err e = list ? s->store->ops->read_history(s->store, row->table, &row->id, s->arena, &ops, &count)
               : ERR_NO_MEMORY;
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = add_other(s, row, &ops[i], list);
  if (e == ERR_OK && json_array_size(list))
    return json_object_set_new(object, "also_written", list) == 0 ? ERR_OK : ERR_NO_MEMORY;
  json_decref(list);
  return e;
}

/* ---- records ---- */

static err add_row(const struct subject *s, json_t *records, const struct row_key *key) {
  struct row row;
  TRY(s->store->ops->load_row(s->store, key->table, &key->id, s->arena, &row));
  if (!row.exists) return ERR_OK;
  json_t *list = json_object_get(records, key->table->name);
  if (!list) {
    list = json_array();
    if (json_object_set_new(records, key->table->name, list) != 0) return ERR_NO_MEMORY;
  }
  json_t *object = row_object(s, &row);
  if (json_array_append_new(list, object) != 0) return ERR_NO_MEMORY;
  return add_others(s, &row, object); /* the list has it, and the caller the list */
}

static err add_all(const struct subject *s, const struct id *learner, json_t *records) {
  struct id *same;
  size_t same_count;
  TRY(s->store->ops->same_learners(s->store, learner, s->arena, &same, &same_count));
  for (size_t i = 0; i < same_count; i++) {
    struct row_key *keys;
    size_t count;
    TRY(s->store->ops->rows_about(s->store, &same[i], s->arena, &keys, &count));
    for (size_t k = 0; k < count; k++) TRY(add_row(s, records, &keys[k]));
  }
  return json_object_size(records) ? ERR_OK : ERR_NOT_FOUND;
}

static json_t *not_included(void) {
  return json_pack(
      "[s, s, s, s]",
      "Safeguarding concerns: they are sealed to the safeguarding lead, who answers for them.",
      "Cases of unexplained absence: the safeguarding lead answers for them.",
      "What a device sent and the office has not judged yet: it is in the record once it is accepted.",
      "Who looked at the record and when: the administrator's audit has it.");
}

err subject_json(json_t **out, const char *hub_name, struct store *store, const struct now *now,
                 const struct id *learner, struct arena *a) {
  const struct subject s = {store, a};
  char id[id_text_bytes];
  json_t *records = json_object();
  if (!records) return ERR_NO_MEMORY;
  err e = add_all(&s, learner, records);
  if (e != ERR_OK) {
    json_decref(records);
    return e;
  }
  id_text(id, learner);
  *out = json_pack("{s:s, s:s, s:I, s:o, s:o}", "learner", id, "hub_name", hub_name, "at",
                   (json_int_t)now->wall_ms, "records", records, "not_included", not_included());
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- from the page ---- */

/* The page itself, as a file; that it was made is in the audit before anybody has it. */
static err answer_page(struct api_call *c, json_t *all) {
  struct http_answer *answer = &c->x->answer;
  char id[id_text_bytes];
  id_text(id, &c->id);
  json_incref(all); /* the answer takes one away */
  err e = safeguarding_read(c, all, "subject.access");
  buf_wipe(&answer->body);
  if (e == ERR_OK) e = subject_page(&answer->body, all);
  json_decref(all);
  TRY(e);
  answer->type = "text/html; charset=utf-8";
  (void)snprintf(answer->file_name, sizeof answer->file_name, "records-%.8s.html", id);
  return ERR_OK;
}

err api_subject(struct api_call *c) {
  json_t *body = NULL;
  bool page = slice_equal(c->parameters[0], slice_text("page"));
  if (c->parameters[0].len && !page && !slice_equal(c->parameters[0], slice_text("json")))
    return fault_set(&c->fault, ERR_INVALID, "\"format\" is json or page");
  err e = subject_json(&body, c->api->config.hub->name, c->store, &c->x->now, &c->id, &c->x->arena);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no learner with that id");
  TRY(e);
  return page ? answer_page(c, body) : safeguarding_read(c, body, "subject.access");
}
