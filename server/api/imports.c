/* imports.c: a file on its way into the hub: sent in parts, looked at as often as needed, applied, taken
 * back. */
#include "server/api/imports.h"

#include <stdio.h>

#include "server/api/call.h"
#include "server/api/input.h"
#include "server/api/shape.h"
#include "server/core/run.h"
#include "server/import/import_map.h"
#include "server/import/uploads.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static err no_place(struct api_call *c) {
  return fault_set(&c->fault, ERR_READ_ONLY, "this hub keeps no directory for files that are sent in");
}

static err answer_done(struct api_call *c) { return api_answer(c, json_object()); }

/* ---- sending ---- */

err api_import_begin(struct api_call *c) {
  char text[id_text_bytes];
  struct entropy entropy = c->api->config.hub->entropy;
  struct id id = entropy_id(&entropy);
  if (!c->api->config.uploads) return no_place(c);
  err e = uploads_begin(c->api->config.uploads, &id, c->x->now.wall_ms);
  if (e == ERR_BUSY) return fault_set(&c->fault, e, "too many files wait to be imported; try again later");
  TRY(e);
  id_text(text, &id);
  return api_answer(c, json_pack("{s:s, s:i, s:i}", "id", text, "most", (int)upload_bytes_max, "part",
                                 (int)upload_part_bytes_max));
}

struct part {
  struct slice bytes; /* base64url */
  uint32_t at;        /* the first byte is 1 */
};
static const struct input_field part_input[] = {
    {"bytes", INPUT_TEXT, true, upload_body_bytes_max, offsetof(struct part, bytes)},
    {"at", INPUT_NUMBER, true, upload_bytes_max, offsetof(struct part, at)},
};

err api_import_part(struct api_call *c) {
  struct part p = {.at = 0};
  struct buf bytes = BUF_INIT(upload_body_bytes_max);
  TRY(input_read(c, part_input, COUNT(part_input), &p));
  if (!c->api->config.uploads) return no_place(c);
  err e = base64url_decode(&bytes, p.bytes);
  if (e == ERR_OK) e = uploads_add(c->api->config.uploads, &c->id, p.at - 1, buf_slice(&bytes));
  buf_wipe(&bytes);
  if (e == ERR_TOO_BIG)
    return fault_set(&c->fault, e, "a file may have %d bytes; divide it", (int)upload_bytes_max);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "that file is not here any more: send it again");
  return e == ERR_OK ? answer_done(c) : e;
}

err api_import_drop(struct api_call *c) {
  if (!c->api->config.uploads) return no_place(c);
  uploads_remove(c->api->config.uploads, &c->id);
  return answer_done(c);
}

/* ---- how far it is ---- */

static void tell(struct api_call *c, enum progress_stage stage, size_t done, size_t rows) {
  if (!id_is_zero(&c->id)) progress_tell(&c->api->progress, &c->id, stage, done, rows);
}

static void tell_reading(void *ctx, size_t done, size_t rows) { tell(ctx, PROGRESS_READING, done, rows); }
static void tell_comparing(void *ctx, size_t done, size_t rows) { tell(ctx, PROGRESS_COMPARING, done, rows); }
static void tell_writing(void *ctx, size_t done, size_t rows) { tell(ctx, PROGRESS_WRITING, done, rows); }

/* Asked while another request works: nothing is read, and nothing is in it but numbers. */
err api_import_progress(struct api_call *c) {
  static const char *const words[] = {
      [PROGRESS_READING] = "reading", [PROGRESS_COMPARING] = "comparing", [PROGRESS_WRITING] = "writing"};
  struct progress_work w = progress_of(&c->api->progress, &c->id);
  if (w.stage == PROGRESS_NONE) return api_answer(c, json_pack("{s:n}", "stage"));
  return api_answer(c, json_pack("{s:s, s:I, s:I}", "stage", words[w.stage], "done", (json_int_t)w.done,
                                 "rows", (json_int_t)w.rows));
}

/* ---- reading ---- */

/* What a page asks for: how the file is to be read, and which part of the difference it shows. */
struct reading {
  struct slice table, dates, show, name;
  struct input_texts map;
  uint32_t after, numbers; /* numbers: how many that change a person has seen */
  /* what came of it */
  char path[upload_path_bytes_max];
  struct import_peek peek;
  const struct import_file *file;
  struct import_map cells;
  bool remembered;
  struct import im;
};
static const struct input_field reading_input[] = {
    {"table", INPUT_TEXT, false, 32, offsetof(struct reading, table)},
    {"dates", INPUT_TEXT, false, 8, offsetof(struct reading, dates)},
    {"show", INPUT_TEXT, false, 16, offsetof(struct reading, show)},
    {"name", INPUT_TEXT, false, 200, offsetof(struct reading, name)},
    {"map", INPUT_TEXTS, false, csv_cells_max, offsetof(struct reading, map)},
    {"after", INPUT_NUMBER, false, csv_rows_max, offsetof(struct reading, after)},
    {"numbers", INPUT_NUMBER, false, csv_rows_max, offsetof(struct reading, numbers)},
};

static err choose_cells(struct api_call *c, struct reading *r) {
  const struct slice *headings = r->peek.headings;
  size_t count = r->peek.heading_count;
  if (r->table.len) {
    r->file = import_file_named(r->table);
    if (!r->file) return fault_set(&c->fault, ERR_INVALID, "\"table\" is none that can be imported");
  }
  if (r->file && r->map.list) {
    err e = r->map.count == count ? import_map_named(&r->cells, r->file, r->map.list, count) : ERR_INVALID;
    return e == ERR_OK ? e : fault_set(&c->fault, ERR_INVALID, "\"map\" does not fit the file's headings");
  }
  const struct import_file *known;
  err e = import_map_recall(&r->cells, &known, c->store, headings, count, &c->x->arena);
  r->remembered = e == ERR_OK && (!r->file || r->file == known);
  if (e != ERR_OK && e != ERR_NOT_FOUND) return e;
  if (r->remembered) {
    r->file = known;
    return ERR_OK;
  }
  if (!r->file) r->file = import_file_guess(headings, count);
  import_map_guess(&r->cells, r->file, headings, count);
  return ERR_OK;
}

/* Whether the day comes first is asked once for files with these headings. */
static err choose_map(struct api_call *c, struct reading *r) {
  TRY(choose_cells(c, r));
  if (r->dates.len) r->cells.day_first = slice_equal(r->dates, slice_text("uk"));
  return ERR_OK;
}

static err peek(struct api_call *c, struct reading *r) {
  struct fault fault = {.code = ERR_OK};
  TRY(input_read(c, reading_input, COUNT(reading_input), r));
  if (!c->api->config.uploads) return no_place(c);
  TRY(uploads_path(r->path, c->api->config.uploads, &c->id));
  err e = import_peek(&r->peek, r->path, &c->x->arena, &fault);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "that file is not here any more: send it again");
  if (e == ERR_MALFORMED || e == ERR_TOO_BIG) return fault_set(&c->fault, ERR_INVALID, "%s", fault.text);
  TRY(e);
  return choose_map(c, r);
}

/* `im` is finished by the caller, also after an error. */
static err read_all(struct api_call *c, struct reading *r) {
  int32_t today, minute;
  struct fault fault = {.code = ERR_OK};
  uk_civil(c->x->now.wall_ms, &today, &minute);
  import_init(&r->im, c->api->config.hub, c->store, today, r->cells.day_first);
  r->im.map = r->cells.cells;
  r->im.map_count = r->cells.count;
  r->im.told = tell_reading;
  r->im.told_ctx = c;
  err e = import_read(&r->im, r->file, r->path, &fault);
  return e == ERR_OK ? e : fault_set(&c->fault, e, "%s", fault.text[0] ? fault.text : err_text(e));
}

/* ---- showing ---- */

static json_t *texts(const struct slice *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    (void)json_array_append_new(out, json_stringn(list[i].ptr ? (const char *)list[i].ptr : "", list[i].len));
  return out;
}

static json_t *sample(const struct import_peek *p) {
  json_t *out = json_array();
  for (size_t i = 0; i < p->row_count; i++)
    (void)json_array_append_new(out, texts(p->rows[i], p->heading_count));
  return out;
}

static json_t *map_json(const struct reading *r) {
  json_t *out = json_array();
  for (size_t k = 0; k < r->cells.count; k++) {
    uint8_t cell = r->cells.cells[k];
    (void)json_array_append_new(out, json_string(cell ? r->file->cells[cell - 1].csv : ""));
  }
  return out;
}

static bool stands_earlier(const struct import_file *file, size_t at) {
  for (size_t i = 0; i < at; i++) {
    if (slice_equal(slice_text(file->cells[i].csv), slice_text(file->cells[at].csv))) return true;
  }
  return false;
}

/* Each column once: a KEY and a value of one name are one to a person. */
static json_t *columns_json(const struct import_file *file) {
  json_t *out = json_array();
  for (size_t i = 0; file->cells[i].csv != NULL; i++) {
    if (stands_earlier(file, i)) continue;
    (void)json_array_append_new(
        out, json_pack("{s:s, s:b}", "name", file->cells[i].csv, "required", (int)file->cells[i].required));
  }
  return out;
}

static json_t *errors_json(const struct import *im) {
  json_t *out = json_array();
  for (size_t i = 0; i < im->error_count && i < csv_errors_shown_max; i++) {
    const struct import_error *e = &im->errors[i];
    (void)json_array_append_new(
        out, json_pack("{s:I, s:s, s:s}", "row", (json_int_t)e->row, "column", e->column, "text", e->text));
  }
  return out;
}

/* UPNs and the like that the list changes. */
static json_t *rekeys_json(const struct import *im) {
  json_t *out = json_array();
  for (size_t i = 0; i < im->rekey_count && i < import_rekeys_shown_max; i++) {
    const struct import_rekey *k = &im->rekeys[i];
    (void)json_array_append_new(out, json_pack("{s:I, s:s, s:o, s:o, s:o, s:o}", "row", (json_int_t)k->row,
                                               "column", k->column, "first_name", shape_text(k->first_name),
                                               "last_name", shape_text(k->last_name), "before",
                                               shape_text(k->before), "after", shape_text(k->after)));
  }
  return out;
}

/* Totals and the like beneath the list, which are no rows of it. */
static json_t *beneath_json(const struct import *im) {
  json_t *out = json_array();
  for (size_t i = 0; i < im->beneath_count; i++)
    (void)json_array_append_new(out, json_integer((json_int_t)im->beneath[i].row));
  return out;
}

static const char *delimiter_word(char c) { return c == '\t' ? "tab" : c == ';' ? "semicolon" : "comma"; }

static json_t *reading_json(const struct reading *r) {
  json_t *tables = json_array();
  for (size_t i = 0; i < import_file_count; i++)
    (void)json_array_append_new(tables, json_string(import_files[i].name));
  return json_pack(
      "{s:s, s:o, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:b, s:I, s:o, s:I, s:I, s:o, s:I, s:o}", "table",
      r->file->name, "tables", tables, "encoding", text_encoding_name(r->peek.taken.encoding), "delimiter",
      delimiter_word(r->peek.taken.delimiter), "dates", r->cells.day_first ? "uk" : "iso", "heading_row",
      (json_int_t)r->peek.taken.heading_row, "headings", texts(r->peek.headings, r->peek.heading_count),
      "sample", sample(&r->peek), "map", map_json(r), "columns", columns_json(r->file), "remembered",
      (int)r->remembered, "rows", (json_int_t)r->im.file_rows, "beneath", beneath_json(&r->im), "ambiguous",
      (json_int_t)r->im.ambiguous, "error_count", (json_int_t)r->im.error_count, "errors",
      errors_json(&r->im), "number_changes", (json_int_t)r->im.rekey_count, "numbers", rekeys_json(&r->im));
}

/* Only a file without mistakes is weighed against the hub. */
static err put_difference(struct api_call *c, struct reading *r, json_t *body) {
  struct words w = {c->store, &c->x->arena, c->x->now};
  struct import_look look = {.page = {.from = r->after, .max = import_page_rows}};
  const struct import_list list = {.ops = r->im.ops,
                                   .sources = r->im.sources,
                                   .count = r->im.op_count,
                                   .present = &r->im.in_file,
                                   .table = schema_table(r->file->table),
                                   .told = tell_comparing,
                                   .told_ctx = c};
  if (imports_kind(&look.page.kind, r->show) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"show\" is new, changed, unchanged or gone");
  if (r->im.error_count) return ERR_OK;
  TRY(import_look(&look, &list, c->api->config.hub, c->store, &c->x->now, &c->x->arena, &c->fault));
  return imports_put_look(&w, body, &look);
}

static err look(struct api_call *c, struct reading *r) {
  TRY(peek(c, r));
  err e = read_all(c, r);
  json_t *body = e == ERR_OK ? reading_json(r) : NULL;
  if (e == ERR_OK) e = body ? put_difference(c, r, body) : ERR_NO_MEMORY;
  import_finish(&r->im);
  progress_end(&c->api->progress, &c->id);
  if (e == ERR_OK) return api_answer_audited(c, body, "import.read");
  json_decref(body);
  return e;
}

/* What the hub holds stands beside what the list says, which may name anybody. */
err api_import_look(struct api_call *c) {
  struct reading *r = arena_take(&c->x->arena, 1, sizeof *r);
  return r ? look(c, r) : ERR_NO_MEMORY;
}

/* ---- applying ---- */

static json_t *run_json(struct words *w, const struct store_run *run) {
  char text[id_text_bytes];
  struct slice who = {NULL, 0};
  id_text(text, &run->id);
  if (views_author_name(w->store, &run->who, w->arena, &who) != ERR_OK) who = slice_of(NULL, 0);
  json_t *one = json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I}", "id", text, "what", shape_text(run->what),
                          "name", shape_text(run->name), "who", shape_text(who), "at", (json_int_t)run->at_ms,
                          "new", (json_int_t)run->inserted, "changed", (json_int_t)run->changed);
  if (one && run->undone_ms)
    (void)json_object_set_new(one, "undone_at", json_integer((json_int_t)run->undone_ms));
  return one;
}

err imports_apply(struct api_call *c, struct slice what, struct slice name, const struct op *ops,
                  size_t count, json_t **out) {
  struct office_result result;
  struct words w = {c->store, &c->x->arena, c->x->now};
  struct entropy entropy = c->api->config.hub->entropy;
  struct store_run run = {.id = entropy_id(&entropy), .who = c->login.user, .what = what, .name = name};
  const struct run_watch watch = {tell_writing, c};
  TRY(run_apply(&result, c->api->config.hub, c->store, &c->x->now, &run, ops, NULL, count, &watch,
                &c->fault));
  c->x->changes = result.changes;
  *out = run_json(&w, &run);
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

/* How its columns were read is a help for the next file, and the list stands already: a hub that cannot
 * remember it says so in its log, and not that the list is not there. */
static void remember_map(struct api_call *c, const struct reading *r) {
  err e = import_map_keep(c->store, &r->cells, r->file, r->peek.headings, r->peek.heading_count);
  if (e != ERR_OK)
    log_write(c->api->config.log, LOG_WARN, "api", "a list's columns are not remembered error=%s",
              err_name(e));
}

/* A number that changes may be another child's: whoever brings the list in has seen them all. */
static err check_numbers(struct api_call *c, const struct reading *r) {
  if (r->im.rekey_count == r->numbers) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "%zu %s of learners would change: look there, and say that it is right", r->im.rekey_count,
                   r->im.rekey_count == 1 ? "number" : "numbers");
}

/* The file is read again here, on the writer's thread: nobody changes a row between that and the writing. */
static err apply_step(struct api_call *c) {
  struct reading *r = c->own;
  json_t *body = NULL;
  err e = read_all(c, r);
  if (e == ERR_OK && r->im.error_count)
    e = fault_set(&c->fault, ERR_CONFLICT, "the file has mistakes by now: look at it again");
  if (e == ERR_OK) e = check_numbers(c, r);
  if (e == ERR_OK) e = imports_apply(c, slice_text(r->file->name), r->name, r->im.ops, r->im.op_count, &body);
  import_finish(&r->im);
  progress_end(&c->api->progress, &c->id);
  if (e == ERR_OK) remember_map(c, r);
  if (e == ERR_OK) uploads_remove(c->api->config.uploads, &c->id);
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}

err api_import_apply(struct api_call *c) {
  struct reading *r = arena_take(&c->x->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  TRY(peek(c, r));
  c->own = r;
  return api_then(c, HTTP_WRITER, apply_step);
}

/* ---- what was brought in ---- */

err api_imports(struct api_call *c) {
  enum { shown_max = 100 };
  struct store_run *list;
  size_t count;
  struct words w = {c->store, &c->x->arena, c->x->now};
  json_t *runs = json_array();
  err e = c->store->ops->run_list(c->store, shown_max, &c->x->arena, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++)
    e = json_array_append_new(runs, run_json(&w, &list[i])) == 0 ? ERR_OK : ERR_NO_MEMORY;
  if (e == ERR_OK) return api_answer(c, json_pack("{s:o}", "imports", runs));
  json_decref(runs);
  return e;
}

static json_t *blocks_json(struct words *w, const struct run_blocks *blocks) {
  json_t *out = json_array();
  for (size_t i = 0; i < blocks->count && i < run_blocks_max; i++) {
    const struct run_block *b = &blocks->list[i];
    struct slice name, later;
    if (words_row(w, &name, b->table->id, &b->row) != ERR_OK) continue;
    if (words_row(w, &later, b->later_table->id, &b->later) != ERR_OK) continue;
    bool itself = id_equal(&b->row, &b->later);
    (void)json_array_append_new(out, json_pack("{s:o, s:s, s:o}", "name", shape_text(name), "by",
                                               itself ? "changed" : b->later_table->name, "later",
                                               shape_text(itself ? slice_of(NULL, 0) : later)));
  }
  return out;
}

/* Not being able to is an answer, with what stands in the way, by name. */
static err undo_step(struct api_call *c) {
  struct office_result result;
  struct run_blocks blocks;
  size_t kept;
  struct words w = {c->store, &c->x->arena, c->x->now};
  err e = run_undo(&result, &kept, &blocks, c->api->config.hub, c->store, &c->x->now, &c->login.user, &c->id,
                   &c->fault);
  if (e == ERR_CONFLICT && blocks.count)
    return api_answer(c, json_pack("{s:b, s:I, s:o}", "undone", 0, "block_count", (json_int_t)blocks.count,
                                   "blocks", blocks_json(&w, &blocks)));
  TRY(e);
  c->x->changes = result.changes;
  return api_answer(c, json_pack("{s:b, s:I, s:I}", "undone", 1, "changed", (json_int_t)result.changed,
                                 "kept", (json_int_t)kept));
}

err api_import_undo(struct api_call *c) { return api_then(c, HTTP_WRITER, undo_step); }
