/* writeback.c: mappings for other systems: which there are, saving and dropping one, a run of what is new,
 * and the file of a run once more. */
#include <stdio.h>
#include <string.h>

#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/api/writeback_make.h"

/* ---- what there is ---- */

static json_t *fields_json(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < FIELD_END; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b}", "name", writeback_fields[i].name, "title",
                                          writeback_fields[i].title, "attendance",
                                          (writeback_fields[i].in & IN_ATTENDANCE) != 0, "progress",
                                          (writeback_fields[i].in & IN_PROGRESS) != 0));
  return list;
}

#define AT(member) offsetof(struct writeback_run, member)
static const struct shape_field run_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"no", SHAPE_COUNT, AT(no), 0, NULL, NULL},
    {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"who", SHAPE_TEXT, AT(who_name), 0, NULL, NULL},
    {"rows", SHAPE_COUNT, AT(rows), 0, NULL, NULL},
    {"fresh", SHAPE_COUNT, AT(fresh), 0, NULL, NULL},
    {"changed", SHAPE_COUNT, AT(changed), 0, NULL, NULL},
    {"gone", SHAPE_COUNT, AT(gone), 0, NULL, NULL},
    {"kept", SHAPE_BOOL, AT(kept), 0, NULL, NULL},
};
#undef AT
static const struct shape run_shape = SHAPE_OF(writeback_run, run_fields);

static json_t *mapping_json(const struct writeback_mapping *m, const struct writeback_run *runs,
                            size_t run_count) {
  char id[id_text_bytes];
  json_t *settings = json_loadb((const char *)m->spec.ptr, m->spec.len, 0, NULL), *list = json_array();
  id_text(id, &m->id);
  for (size_t i = 0; i < run_count; i++)
    if (id_equal(&runs[i].mapping, &m->id)) json_array_append_new(list, shape_object(&run_shape, &runs[i]));
  return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "id", id, "name", shape_text(m->name), "settings",
                   settings, "who", shape_text(m->who_name), "at", (json_int_t)m->at_ms, "runs", list);
}

err api_writeback(struct api_call *c) {
  struct writeback_mapping *list;
  struct writeback_run *runs;
  size_t count, run_count;
  TRY(writeback_mappings(c->store, &c->x->arena, &list, &count));
  TRY(writeback_runs(c->store, &c->x->arena, &runs, &run_count));
  json_t *mappings = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(mappings, mapping_json(&list[i], runs, run_count));
  return api_answer(c, json_pack("{s:o, s:o}", "fields", fields_json(), "mappings", mappings));
}

/* ---- saving one ---- */

struct saving {
  struct slice id, name, what, format, delimiter, bom, dates, from;
  struct input_texts columns, codes; /* "field=heading", "P=/" */
  struct writeback_mapping mapping;
};
static const struct input_field fields[] = {
    {"id", INPUT_TEXT, false, 32, offsetof(struct saving, id)},
    {"name", INPUT_TEXT, true, 80, offsetof(struct saving, name)},
    {"what", INPUT_TEXT, true, 12, offsetof(struct saving, what)},
    {"format", INPUT_TEXT, false, 8, offsetof(struct saving, format)},
    {"delimiter", INPUT_TEXT, false, 12, offsetof(struct saving, delimiter)},
    {"bom", INPUT_TEXT, false, 4, offsetof(struct saving, bom)},
    {"dates", INPUT_TEXT, false, 12, offsetof(struct saving, dates)},
    {"from", INPUT_TEXT, true, 10, offsetof(struct saving, from)},
    {"columns", INPUT_TEXTS, true, writeback_columns_max, offsetof(struct saving, columns)},
    {"codes", INPUT_TEXTS, false, writeback_codes, offsetof(struct saving, codes)},
};

/* "name=value" in two; no value is an empty one. */
static void split(struct slice text, struct slice *name, struct slice *value) {
  size_t at = 0;
  while (at < text.len && text.ptr[at] != '=') at++;
  *name = slice_of(text.ptr, at);
  *value = at < text.len ? slice_of(text.ptr + at + 1, text.len - at - 1) : slice_of(NULL, 0);
}

static json_t *columns_of(const struct input_texts *texts) {
  json_t *list = json_array();
  for (size_t i = 0; i < texts->count; i++) {
    struct slice name, value;
    split(texts->list[i], &name, &value);
    json_array_append_new(list,
                          json_pack("{s:o, s:o}", "field", shape_text(name), "heading", shape_text(value)));
  }
  return list;
}

static json_t *codes_of(const struct input_texts *texts) {
  json_t *out = json_object();
  for (size_t i = 0; i < texts->count; i++) {
    struct slice name, value;
    split(texts->list[i], &name, &value);
    json_object_setn_new(out, (const char *)name.ptr, name.len, shape_text(value));
  }
  return out;
}

static err keep_settings(struct api_call *c, struct saving *in, const struct writeback_settings *settings) {
  json_t *json = writeback_settings_json(settings);
  char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  json_decref(json);
  if (!text) return ERR_NO_MEMORY;
  in->mapping.spec = arena_copy(&c->x->arena, slice_text(text));
  free(text);
  return in->mapping.spec.ptr ? ERR_OK : ERR_NO_MEMORY;
}

static err read_settings(struct api_call *c, struct saving *in) {
  struct writeback_settings settings;
  json_t *json =
      json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "what", shape_text(in->what), "format",
                shape_text(in->format), "delimiter", shape_text(in->delimiter), "bom",
                !slice_equal(in->bom, slice_text("no")), "dates", shape_text(in->dates), "from",
                shape_text(in->from), "columns", columns_of(&in->columns), "codes", codes_of(&in->codes));
  if (!json) return ERR_NO_MEMORY;
  err e = writeback_settings_read(&settings, json, &c->x->arena, &c->fault);
  if (e == ERR_OK) e = keep_settings(c, in, &settings);
  json_decref(json);
  return e;
}

/* One name each, and not more of them than anybody keeps apart. */
static err check_place(struct api_call *c, struct saving *in) {
  struct writeback_mapping *list;
  size_t count;
  bool found = false;
  TRY(writeback_mappings(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) {
    bool self = id_equal(&list[i].id, &in->mapping.id);
    found = found || self;
    if (!self && slice_equal(list[i].name, in->name))
      return fault_set(&c->fault, ERR_CONFLICT, "another mapping has that name");
  }
  if (in->id.len && !found) return fault_set(&c->fault, ERR_NOT_FOUND, "there is no mapping with that id");
  if (!found && count >= writeback_mappings_max)
    return fault_set(&c->fault, ERR_TOO_BIG, "a hub keeps at most %d mappings", writeback_mappings_max);
  return ERR_OK;
}

static err save_step(struct api_call *c) {
  struct saving *in = c->own;
  struct store *s = c->store;
  char id[id_text_bytes];
  TRY(check_place(c, in)); /* once more, where nobody writes beside it */
  id_text(id, &in->mapping.id);
  TRY(s->ops->begin(s));
  err e = writeback_save(s, &in->mapping, &c->login.user);
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "writeback.save", id);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_pack("{s:s}", "id", id)) : e;
}

err api_writeback_save(struct api_call *c) {
  struct saving *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, sizeof fields / sizeof *fields, in));
  if (in->id.len && id_parse(&in->mapping.id, in->id) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"id\" is the id of a mapping");
  if (in->id.len == 0) in->mapping.id = entropy_id(&c->api->config.hub->entropy);
  in->mapping.name = in->name;
  in->mapping.at_ms = c->x->now.wall_ms;
  TRY(check_place(c, in));
  TRY(read_settings(c, in));
  return api_then(c, HTTP_WRITER, save_step);
}

/* ---- dropping one ---- */

static err load(struct api_call *c, struct writeback_mapping *out) {
  err e = writeback_load(c->store, &c->id, &c->x->arena, out);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "this hub has no mapping with that id") : e;
}

static err drop_step(struct api_call *c) {
  struct store *s = c->store;
  char id[id_text_bytes];
  id_text(id, &c->id);
  TRY(s->ops->begin(s));
  err e = writeback_drop(s, &c->id);
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "writeback.drop", id);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_object()) : e;
}

err api_writeback_drop(struct api_call *c) {
  struct writeback_mapping mapping;
  TRY(load(c, &mapping));
  return api_then(c, HTTP_WRITER, drop_step);
}

/* ---- a run ---- */

struct running {
  struct writeback_run run;
  struct writeback_made made; /* its bytes are copied into the arena: steps may end anywhere */
  struct slice state;
};

static err run_step(struct api_call *c) {
  const struct running *r = c->own;
  struct store *s = c->store;
  char id[id_text_bytes];
  id_text(id, &r->run.id);
  TRY(s->ops->begin(s));
  err e = writeback_run_write(s, &r->run, &c->login.user, r->state, r->made.children, r->made.child_count);
  if (e == ERR_CONFLICT)
    (void)fault_set(&c->fault, e,
                    "somebody else made a file by it, or somebody was erased, just now: make it again");
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "writeback.run", id);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_pack("{s:o}", "run", shape_object(&run_shape, &r->run))) : e;
}

static err keep_made(struct api_call *c, struct running *r) {
  struct arena *a = &c->x->arena;
  r->run.body = arena_copy(a, buf_slice(&r->made.file));
  r->state = arena_copy(a, buf_slice(&r->made.state));
  bool kept = r->run.body.ptr && (r->state.ptr || r->made.state.len == 0);
  r->run.rows = r->made.rows;
  r->run.fresh = r->made.fresh;
  r->run.changed = r->made.changed;
  r->run.gone = r->made.gone;
  return kept ? ERR_OK : ERR_NO_MEMORY;
}

static err make(struct api_call *c, const struct writeback_mapping *mapping, struct running *r) {
  struct writeback_settings settings;
  json_t *spec = json_loadb((const char *)mapping->spec.ptr, mapping->spec.len, 0, NULL);
  err e = writeback_settings_read(&settings, spec, &c->x->arena, &c->fault);
  json_decref(spec);
  TRY(e);
  r->run.xlsx = settings.format == SHEET_XLSX;
  e = writeback_make(&r->made, &settings, mapping->state, c->store, &c->x->arena, sheet_folder(c));
  if (e == ERR_FULL) e = sheet_no_room(c);
  if (e == ERR_TOO_BIG || e == ERR_NO_MEMORY)
    (void)fault_set(&c->fault, ERR_TOO_BIG, "that is too much for one file: choose a later first day");
  if (e == ERR_OK) e = keep_made(c, r);
  buf_finish(&r->made.file);
  buf_finish(&r->made.state);
  return e;
}

/* Nothing new is no run: the file would hold a heading alone. */
err api_writeback_run(struct api_call *c) {
  struct writeback_mapping mapping;
  struct running *r = arena_take(&c->x->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  c->own = r;
  TRY(load(c, &mapping));
  r->run = (struct writeback_run){.id = entropy_id(&c->api->config.hub->entropy),
                                  .mapping = mapping.id,
                                  .erasures = mapping.erasures,
                                  .no = mapping.runs + 1,
                                  .at_ms = c->x->now.wall_ms,
                                  .kept = true};
  TRY(make(c, &mapping, r));
  if (r->run.rows == 0 && r->run.gone == 0) return api_answer(c, json_pack("{s:n}", "run"));
  return api_then(c, HTTP_WRITER, run_step);
}

/* ---- its file ---- */

static err file_step(struct api_call *c) {
  char id[id_text_bytes];
  id_text(id, &c->id);
  return audit_add(c->store, c->x->now.wall_ms, &c->login.user, "writeback.file", id);
}

err api_writeback_file(struct api_call *c) {
  struct writeback_run run;
  struct http_answer *answer = &c->x->answer;
  err e = writeback_run_load(c->store, &c->id, &c->x->arena, &run);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no file with that id");
  TRY(e);
  if (!run.kept)
    return fault_set(&c->fault, ERR_NOT_FOUND,
                     "that file is gone: it was one of the oldest, or held somebody who was erased since");
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  buf_wipe(&answer->body);
  TRY(buf_append(&answer->body, run.body));
  sheet_name(answer, run.xlsx ? SHEET_XLSX : SHEET_CSV, "tutti", run.no);
  answer->status = 200;
  return api_then(c, HTTP_WRITER, file_step);
}
