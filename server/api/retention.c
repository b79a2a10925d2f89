/* retention.c: the retention schedule: its lines with what is past each one's period, setting a period,
 * removing what is due, and the certificate of what was removed. */
#include "server/core/retention.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/api/certificate.h"
#include "server/api/factor.h"
#include "server/api/input.h"
#include "server/api/person.h"
#include "server/api/saved_years.h"
#include "server/api/shape.h"

enum { people_shown_max = 500, line_name_bytes_max = 40 };

/* ---- the schedule, and what is past it ---- */

struct schedule {
  struct retention_period periods[RETENTION_LINES];
  int32_t before[RETENTION_LINES]; /* 0: kept */
  struct view_due due[RETENTION_LINES];
  json_t *unsaved; /* school years whose figures would be gone with the register entries that are due */
};

static err look_at(struct api_call *c, struct schedule *l) {
  int32_t today, minute;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  TRY(retention_periods(c->store, c->api->config.hub->retention_years, l->periods));
  for (int i = 0; i < RETENTION_LINES; i++)
    l->before[i] = l->periods[i].months ? retention_before(today, l->periods[i].months) : 0;
  TRY(views_due(c->store, l->before, l->due));
  const enum retention_line entries = RETENTION_LINE_entries;
  return saved_years_lacking(c->store, l->due[entries].oldest, l->before[entries], &l->unsaved);
}

static json_t *day(int32_t day) {
  char text[date_text_bytes];
  date_text(text, day);
  return day ? json_string(text) : json_null();
}

static json_t *moment(int64_t ms) { return ms ? json_integer((json_int_t)ms) : json_null(); }

/* Who set it; an account that is gone is nobody. */
static json_t *name_of(struct api_call *c, const struct retention_period *p) {
  struct store_user u;
  return p->set && users_load_id(c->store, &p->who, &u) == ERR_OK ? json_string(u.name) : json_null();
}

static json_t *line_object(struct api_call *c, const struct schedule *l, int i) {
  const struct retention_rule *rule = &retention_rules[i];
  const struct retention_period *p = &l->periods[i];
  const struct view_due *due = &l->due[i];
  const uint32_t usual = retention_default((enum retention_line)i, c->api->config.hub->retention_years);
  json_t *unsaved = i == RETENTION_LINE_entries ? json_incref(l->unsaved) : json_array();
  return json_pack(
      "{s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "name",
      rule->name, "title", rule->title, "why", rule->why, "since",
      rule->since == RETENTION_LEFT ? "left" : "own", "whole", (int)(rule->done == RETENTION_LEARNER),
      "people", (int)retention_is_about_learners((enum retention_line)i), "months", (json_int_t)p->months,
      "usual", (json_int_t)usual, "least", (json_int_t)rule->least, "most", (json_int_t)rule->most, "set_at",
      moment(p->set ? p->at_ms : 0), "set_by", name_of(c, p), "before", day(l->before[i]), "records",
      (json_int_t)due->records, "learners", (json_int_t)due->learners, "held", (json_int_t)due->held,
      "oldest", day(due->oldest), "unsaved", unsaved);
}

static json_t *run_object(const struct store_retention *run) {
  char id[id_text_bytes];
  id_text(id, &run->id);
  return json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:s, s:o, s:I, s:I, s:I}", "number",
                   (json_int_t)run->number, "id", id, "line", retention_rules[run->line].name, "title",
                   retention_rules[run->line].title, "months", (json_int_t)run->months, "before",
                   day(run->before), "at", moment(run->at_ms), "ended_at", moment(run->ended_ms), "by",
                   run->by, "stopped_by", run->stopped[0] ? json_string(run->stopped) : json_null(),
                   "records", (json_int_t)run->records, "learners", (json_int_t)run->learners, "held",
                   (json_int_t)run->held);
}

static err put_runs(struct api_call *c, json_t *runs) {
  struct store_retention *list;
  size_t count;
  TRY(retention_runs(c->store, &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++)
    if (json_array_append_new(runs, run_object(&list[i])) != 0) return ERR_NO_MEMORY;
  return ERR_OK;
}

static err put_kinds(struct api_call *c, const struct schedule *l, json_t *lines, json_t *kept) {
  for (int i = 0; i < RETENTION_LINES; i++)
    if (json_array_append_new(lines, line_object(c, l, i)) != 0) return ERR_NO_MEMORY;
  for (size_t i = 0; i < retention_kept_count; i++) {
    const struct retention_kept *k = &retention_kept_kinds[i];
    json_t *one = json_pack("{s:s, s:s, s:s}", "name", k->name, "title", k->title, "why", k->why);
    if (json_array_append_new(kept, one) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

/* For which hour the rewriting of the files was put off; 0: it is not. */
static err rewrite_waits(struct api_call *c, int64_t *out) {
  uint64_t due;
  *out = 0;
  TRY(c->store->ops->number_load(c->store, STORE_SCRUB_DUE, &due));
  return due ? retention_rewrite_waits(c->store, c->x->now.wall_ms, out) : ERR_OK;
}

err api_retention(struct api_call *c) {
  struct schedule *l = arena_take(&c->x->arena, 1, sizeof *l);
  if (!l) return ERR_NO_MEMORY;
  TRY(look_at(c, l));
  json_t *lines = json_array(), *kept = json_array(), *runs = json_array();
  int64_t rewrite = 0;
  err e = put_kinds(c, l, lines, kept);
  json_decref(l->unsaved);
  if (e == ERR_OK) e = rewrite_waits(c, &rewrite);
  if (e == ERR_OK) e = put_runs(c, runs);
  json_t *body = json_pack("{s:o, s:o, s:o, s:o}", "lines", lines, "kept", kept, "runs", runs, "rewrite_at",
                           moment(rewrite));
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}

/* ---- whom a line is about: a number alone can be checked by nobody ---- */

static err put_people(struct api_call *c, json_t *out, const struct view_expired *list, size_t count) {
  struct slice name;
  for (size_t i = 0; i < count; i++) {
    char id[id_text_bytes];
    TRY(views_row_name(c->store, TABLE_learner, &list[i].learner, &c->x->arena, &name));
    id_text(id, &list[i].learner);
    json_t *one =
        json_pack("{s:s, s:o, s:o, s:b, s:I}", "id", id, "name", shape_text(name), "last", day(list[i].last),
                  "held", (int)list[i].held, "records", (json_int_t)list[i].records);
    if (json_array_append_new(out, one) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

static err answer_people(struct api_call *c, enum retention_line line) {
  struct retention_period periods[RETENTION_LINES];
  struct view_expired *list;
  size_t count;
  int32_t today, minute;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  TRY(retention_periods(c->store, c->api->config.hub->retention_years, periods));
  int32_t before = periods[line].months ? retention_before(today, periods[line].months) : 0;
  TRY(views_due_learners(c->store, line, before, people_shown_max, &c->x->arena, &list, &count));
  json_t *people = json_array();
  err e = put_people(c, people, list, count);
  json_t *body = json_pack("{s:s, s:o, s:o}", "line", retention_rules[line].name, "before", day(before),
                           "people", people);
  if (e == ERR_OK) return api_answer_audited(c, body, "retention.read");
  json_decref(body);
  return e;
}

static err read_line(struct api_call *c, struct slice name, enum retention_line *out) {
  *out = retention_named(name);
  if (*out != RETENTION_LINES) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"line\" is one of the names that /api/retention gives");
}

err api_retention_people(struct api_call *c) {
  enum retention_line line;
  TRY(read_line(c, c->parameters[0], &line));
  return answer_people(c, line);
}

/* ---- setting a period ---- */

struct setting {
  struct slice line_name, confirm, code, rewrite;
  uint32_t months;
  enum retention_line line;
};
#define FIELD(member) offsetof(struct setting, member)
static const struct input_field set_fields[] = {
    {"line", INPUT_TEXT, true, line_name_bytes_max, FIELD(line_name)},
    {"months", INPUT_NUMBER, false, 12 * retention_years_max, FIELD(months)},
};
static const struct input_field apply_fields[] = {
    {"line", INPUT_TEXT, true, line_name_bytes_max, FIELD(line_name)},
    {"months", INPUT_NUMBER, true, 12 * retention_years_max, FIELD(months)},
    {"confirm", INPUT_TEXT, true, line_name_bytes_max, FIELD(confirm)},
    {"code", INPUT_SECRET, false, factor_code_text_bytes_max, FIELD(code)},
    {"rewrite", INPUT_TEXT, false, 5, FIELD(rewrite)},
};

static err read_setting(struct api_call *c, const struct input_field *fields, size_t count) {
  struct setting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, count, in));
  return read_line(c, in->line_name, &in->line);
}

static err set_step(struct api_call *c) {
  const struct setting *in = c->own;
  TRY(retention_set(c->store, c->api->config.hub, &c->x->now, &c->login.user, in->line, in->months,
                    &c->fault));
  return api_answer(c, json_object());
}

/* No months: kept until a period is set, where the line allows that. */
err api_retention_set(struct api_call *c) {
  TRY(read_setting(c, set_fields, sizeof set_fields / sizeof *set_fields));
  return api_then(c, HTTP_WRITER, set_step);
}

/* ---- removing ---- */

static err prove_step(struct api_call *c) {
  struct setting *in = c->own;
  return person_prove(c, &in->code);
}

/* What somebody read and confirmed is what is done. */
static err check_period(struct api_call *c, const struct setting *in) {
  struct retention_period periods[RETENTION_LINES];
  TRY(retention_periods(c->store, c->api->config.hub->retention_years, periods));
  if (periods[in->line].months == in->months) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "the period was changed to %u months meanwhile: look at what is due once more",
                   periods[in->line].months);
}

/* What a board was told of a year must be there to be shown when the entries behind it are gone. To find out
 * what is due looks through all there is, so a reader does it, while devices are served. */
static err check_saved(struct api_call *c, const struct setting *in) {
  struct schedule *l = arena_take(&c->x->arena, 1, sizeof *l);
  char years[saved_years_words_bytes];
  if (in->line != RETENTION_LINE_entries) return ERR_OK;
  if (!l) return ERR_NO_MEMORY;
  TRY(look_at(c, l));
  bool all = json_array_size(l->unsaved) == 0;
  saved_years_words(years, l->unsaved);
  json_decref(l->unsaved);
  if (all) return ERR_OK;
  return fault_set(
      &c->fault, ERR_CONFLICT,
      "no figures of %s are saved, and they follow from these entries: save a report of each year "
      "first",
      years);
}

/* What would be refused is so before the code is taken, which is good once. */
static err apply_step(struct api_call *c) {
  const struct setting *in = c->own;
  struct store_retention run = {.who = c->login.user, .line = in->line, .months = in->months};
  bytes_copy(run.by, c->login.user_name, sizeof run.by);
  TRY(check_period(c, in));
  TRY(retention_may_order(&run, c->store, &c->fault));
  TRY(person_within(c, prove_step));
  TRY(retention_order(&run, c->api->config.hub, c->store, &c->x->now, &c->fault));
  TRY(retention_rewrite_from(c->store, in->rewrite.len ? retention_night(c->x->now.wall_ms) : 0));
  return api_answer(c, run_object(&run));
}

/* Ordered here, done by the hub piece by piece. */
err api_retention_apply(struct api_call *c) {
  TRY(read_setting(c, apply_fields, sizeof apply_fields / sizeof *apply_fields));
  const struct setting *in = c->own;
  if (!slice_equal(in->confirm, slice_text(retention_rules[in->line].name)))
    return fault_set(&c->fault, ERR_INVALID, "type \"%s\" to confirm: what is removed cannot be brought back",
                     retention_rules[in->line].name);
  if (in->rewrite.len && !slice_equal(in->rewrite, slice_text("night")))
    return fault_set(&c->fault, ERR_INVALID, "\"rewrite\" is night, or left out");
  TRY(check_period(c, in));
  TRY(check_saved(c, in));
  return api_then(c, HTTP_WRITER, apply_step);
}

static err stop_step(struct api_call *c) {
  struct store_retention run;
  err e = retention_stop(&run, c->store, &c->x->now, &c->id, &c->login.user, c->login.user_name, &c->fault);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "there is no such run");
  TRY(e);
  return api_answer(c, run_object(&run));
}

err api_retention_stop(struct api_call *c) { return api_then(c, HTTP_WRITER, stop_step); }

/* ---- the certificate ---- */

err api_retention_certificate(struct api_call *c) {
  struct store_retention run;
  json_t *json;
  err e = retention_run_load(c->store, &c->id, &run);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "there is no such run");
  TRY(e);
  if (run.ended_ms == 0)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "it is still under way: the certificate is made when it is over");
  TRY(certificate_make(&json, c->api->config.hub, c->store, &run, 1, &c->x->arena));
  struct http_answer *answer = &c->x->answer;
  (void)snprintf(answer->file_name, sizeof answer->file_name, "retention-%llu.json",
                 (unsigned long long)run.number);
  return api_answer_audited(c, json, "retention.certificate");
}
