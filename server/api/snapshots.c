/* snapshots.c: figures as they were on a day, under the hash of their bytes. Small numbers are hidden in all
 * of them: a snapshot is for a board, and read by whoever may read any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/input.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"

/* ---- those there are ---- */

#define AT(member) offsetof(struct report_snapshot, member)
static const struct shape_field snapshot_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"title", SHAPE_NAME, AT(title), 0, NULL, NULL},
    {"at", SHAPE_TIME, AT(at_ms), 0, NULL, NULL},
    {"who", SHAPE_TEXT, AT(who_name), 0, NULL, NULL},
    {"adjusts", SHAPE_SOME_ID, AT(adjusts), 0, NULL, NULL},
};
#undef AT
static const struct shape snapshot_shape = SHAPE_OF(report_snapshot, snapshot_fields);

err api_snapshots(struct api_call *c) {
  struct report_snapshot *list;
  size_t count;
  TRY(snapshots_read(c->store, &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:o}", "snapshots", shape_list(&snapshot_shape, list, count)));
}

/* The bytes that were stored, and not a new rendering of them. */
err api_snapshot(struct api_call *c) {
  struct report_snapshot snapshot;
  struct http_answer *answer = &c->x->answer;
  err e = snapshot_load(c->store, &c->id, &c->x->arena, &snapshot);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no snapshot with that id");
  TRY(e);
  if (answer->body.max == 0) answer->body.max = http_answer_bytes_max;
  buf_wipe(&answer->body);
  TRY(buf_append(&answer->body, snapshot.body));
  answer->status = 200;
  return ERR_OK;
}

/* ---- a new one ---- */

enum { narrative_bytes_max = 1200, years_before = 2 };
struct saving {
  struct report_call call; /* first, so that it is a report_call too */
  struct slice title, words, period, adjusts;
  struct slice narrative[FUNCTION_END]; /* what the lead says of each function */
  struct report_snapshot made;
};
static const struct input_field fields[] = {
    {"title", INPUT_TEXT, true, 200, offsetof(struct saving, title)},
    {"words", INPUT_TEXT, false, 8000, offsetof(struct saving, words)},
    {"period", INPUT_TEXT, false, 10, offsetof(struct saving, period)},
    {"adjusts", INPUT_TEXT, false, 32, offsetof(struct saving, adjusts)},
#define REPORT(name, title, shape, whose, by, part, whole, sentence)
#define FUNCTION(name, title)                                                                                \
  {"words_" #name, INPUT_TEXT, false, narrative_bytes_max,                                                   \
   offsetof(struct saving, narrative) + FUNCTION_##name * sizeof(struct slice)},
#include "server/core/reports.def"
#undef REPORT
};

static err save_step(struct api_call *c) {
  const struct saving *in = c->own;
  struct store *s = c->store;
  char id[id_text_bytes];
  id_text(id, &in->made.id);
  TRY(s->ops->begin(s));
  err e = snapshot_write(s, &in->made, &c->login.user);
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "snapshot.save", id);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_pack("{s:s}", "id", id)) : e;
}

/* A hub of thousands of schools has a table of so many rows for each report, which no board reads and no
 * answer holds: its sum stays, and how many rows there were. */
static json_t *table_json(const struct report_ask *ask, struct slice period, struct report_table *table) {
  size_t rows = table->count;
  if (rows <= snapshot_rows_max) return report_table_json(ask, period, table);
  table->count = 0;
  json_t *json = report_table_json(ask, period, table);
  if (json && json_object_set_new(json, "left_out", json_integer((json_int_t)rows)) == 0) return json;
  json_decref(json);
  return NULL;
}

/* Of a county there are a hundred tables: each is gone before the next is made. */
static err add_table(struct api_call *c, const struct report_ask *ask, struct slice period, json_t *tables) {
  struct arena a = ARENA_INIT(report_bytes_max);
  struct report_table table;
  err e = report_table_load(c, ask, true, &a, &table);
  if (e == ERR_OK && json_array_append_new(tables, table_json(ask, period, &table)) != 0) e = ERR_NO_MEMORY;
  arena_finish(&a);
  return e;
}

static err add_tables(struct api_call *c, const struct saving *in, json_t *tables) {
  for (size_t r = 0; r < REPORT_END; r++)
    for (int by = 0; by < BY_END; by++) {
      struct report_ask ask = in->call.ask;
      ask.report = (enum report_id)r;
      ask.by = (enum report_by)by;
      if (by == BY_ACTIVITY || !(reports[r].by >> by & 1))
        continue; /* one by one they are for whoever sees rows */
      TRY(add_table(c, &ask, in->call.period_name, tables));
    }
  return ERR_OK;
}

static err add_year(struct api_call *c, const struct saving *in, int year, json_t *years) {
  struct report_ask ask = in->call.ask;
  struct slice name;
  char text[8];
  (void)snprintf(text, sizeof text, "%d", year);
  TRY(report_period_read(c, slice_text(text), &ask, &name));
  json_t *tables = json_array(), *one = json_pack("{s:o, s:o}", "period", shape_text(name), "tables", tables);
  if (json_array_append_new(years, one) != 0) return ERR_NO_MEMORY;
  for (size_t r = 0; r < REPORT_END; r++) {
    ask.report = (enum report_id)r;
    ask.by = reports[r].by >> BY_LINE & 1 ? BY_LINE : BY_HUB; /* lines have no sum */
    TRY(add_table(c, &ask, name, tables));
  }
  return ERR_OK;
}

/* The same figures of the whole hub in the school years before, oldest first: the trend. */
static err add_years(struct api_call *c, const struct saving *in, json_t *years) {
  int last = date_from_days(in->call.ask.year).year - 1;
  for (int year = last - years_before + 1; year <= last; year++)
    if (year >= report_year_first) TRY(add_year(c, in, year, years));
  return ERR_OK;
}

static json_t *definitions(void) {
  json_t *list = json_array();
  for (size_t i = 0; i < REPORT_END; i++) json_array_append_new(list, report_json(&reports[i], false));
  return list;
}

/* Every function of the Local Plan, and what was written about it. */
static json_t *functions_json(const struct saving *in) {
  json_t *list = json_array();
  for (size_t i = 0; i < FUNCTION_END; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "name", report_functions[i].name, "title",
                                          report_functions[i].title, "words", shape_text(in->narrative[i])));
  return list;
}

static err keep_body(struct api_call *c, struct saving *in, const json_t *body) {
  char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
  uint8_t hash[hash_bytes];
  if (!text) return ERR_NO_MEMORY;
  size_t len = strlen(text);
  if (len > http_answer_bytes_max) {
    free(text);
    return fault_set(
        &c->fault, ERR_TOO_BIG,
        "the figures are %zu MB, and a snapshot holds %d: download the reports one by one instead",
        (len + 999999) / 1000000, http_answer_bytes_max / 1000000);
  }
  in->made.body = arena_copy(&c->x->arena, slice_text(text));
  free(text);
  if (!in->made.body.ptr) return ERR_NO_MEMORY;
  crypto_hash(hash, "tutti.snapshot", &in->made.body, 1);
  bytes_copy(in->made.id.b, hash, id_bytes);
  in->made.at_ms = c->x->now.wall_ms;
  in->made.title = in->title;
  return ERR_OK;
}

/* The period as one asks for it: the school year's number, or the term's first day. */
static void period_text(char out[date_text_bytes], const struct report_ask *ask) {
  struct date last = date_from_days(ask->to);
  bool year = ask->from == ask->year && last.month == 8 && last.day == 31;
  date_text(out, ask->from);
  if (year) out[sizeof "2026" - 1] = 0;
}

static err make_step(struct api_call *c) {
  struct saving *in = c->own;
  json_t *tables = json_array(), *years = json_array(), *targets = json_array();
  err e = targets_add(c, &in->call.ask, true, targets);
  if (e == ERR_OK) e = add_tables(c, in, tables);
  if (e == ERR_OK) e = add_years(c, in, years);
  char time[time_text_bytes], asked[date_text_bytes];
  time_text(time, c->x->now.wall_ms);
  period_text(asked, &in->call.ask);
  json_t *body = json_pack("{s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "asked", asked,
                           "title", shape_text(in->title), "words", shape_text(in->words), "at", time, "hub",
                           c->api->config.hub->name, "adjusts", shape_text(in->adjusts), "period",
                           shape_text(in->call.period_name), "reports", definitions(), "targets", targets,
                           "tables", tables, "functions", functions_json(in), "before", years);
  if (e == ERR_OK) e = body ? keep_body(c, in, body) : ERR_NO_MEMORY;
  json_decref(body);
  return e == ERR_OK ? api_then(c, HTTP_WRITER, save_step) : e;
}

/* An adjusted one is of the same period, whatever day it is by now. */
static err take_period(struct api_call *c, struct saving *in, struct slice body) {
  json_t *before = json_loadb((const char *)body.ptr, body.len, 0, NULL);
  const char *period = json_string_value(json_object_get(before, "asked"));
  struct slice same = arena_copy(&c->x->arena, slice_text(period ? period : ""));
  json_decref(before);
  if (!same.len) return ERR_CORRUPT;
  if (in->period.len && !slice_equal(in->period, same))
    return fault_set(&c->fault, ERR_INVALID, "an adjusted snapshot is of the period of the one it adjusts");
  in->period = same;
  return ERR_OK;
}

static err find_adjusted(struct api_call *c, struct saving *in) {
  struct report_snapshot before;
  if (in->adjusts.len == 0) return ERR_OK;
  if (id_parse(&in->made.adjusts, in->adjusts) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"adjusts\" is the id of a snapshot");
  err e = snapshot_load(c->store, &in->made.adjusts, &c->x->arena, &before);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "there is no snapshot with that id to adjust");
  return e == ERR_OK ? take_period(c, in, before.body) : e;
}

err api_snapshot_save(struct api_call *c) {
  struct saving *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, sizeof fields / sizeof *fields, in));
  TRY(find_adjusted(c, in));
  TRY(report_period_read(c, in->period, &in->call.ask, &in->call.period_name));
  return report_when_fresh(c, &in->call, make_step);
}
