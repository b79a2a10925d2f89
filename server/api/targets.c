/* targets.c: what the lead wants of a school year, beside what there is. */
#include <stdio.h>

#include "server/api/input.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"

static const char *const measures[] = {
    [TARGET_NUMBER] = "number", [TARGET_GROWTH] = "growth", [TARGET_SHARE] = "share"};
static const char *const states[] = {
    [TARGET_NOT_YET] = "not_yet", [TARGET_NEAR] = "near", [TARGET_MET] = "met", [TARGET_HIDDEN] = "hidden"};

/* Also of a number, so that whoever reads a snapshot years later sees by what it was judged. */
static json_t *target_json(const struct report_target *t, const struct report_table *now) {
  const struct report *report = &reports[t->report];
  json_t *out = json_pack(
      "{s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:I, s:b, s:b, s:s}", "report", report->name, "title",
      report->title, "function", report_functions[report_function(t->report)].name, "measure",
      measures[t->measure], "goal", (json_int_t)t->goal, "baseline", (json_int_t)t->baseline, "note",
      shape_text(t->note), "who", shape_text(t->who_name), "at", (json_int_t)t->at_ms, "hidden",
      now->total.hidden, "rounded", now->rounded, "state", states[target_judge(t, now)]);
  if (!out || now->total.hidden) return out;
  json_object_set_new(out, "part", json_integer(now->total.part));
  json_object_set_new(out, "whole", json_integer(now->total.whole));
  if (report_beside(report)) json_object_set_new(out, "beside", json_integer(now->total.beside));
  return out;
}

static err add_target(struct api_call *c, const struct report_target *t, const struct report_ask *year,
                      bool small, json_t *list) {
  struct report_ask ask = *year;
  struct report_table table;
  struct arena a = ARENA_INIT(report_bytes_max);
  ask.report = t->report;
  ask.by = BY_HUB;
  err e = report_table_load(c, &ask, small || !report_sees_rows(c, &reports[t->report]), &a, &table);
  if (e == ERR_OK && json_array_append_new(list, target_json(t, &table)) != 0) e = ERR_NO_MEMORY;
  arena_finish(&a);
  return e;
}

/* What a target is about, over its whole year. */
err targets_add(struct api_call *c, const struct report_ask *year, bool small, json_t *list) {
  struct report_target *targets;
  size_t count;
  TRY(targets_read(c->store, year->year, &c->x->arena, &targets, &count));
  for (size_t i = 0; i < count; i++)
    if (targets[i].report != REPORT_END) /* of a report there is no more */
      TRY(add_target(c, &targets[i], year, small, list));
  return ERR_OK;
}

static err answer_targets(struct api_call *c) {
  const struct report_call *r = c->own;
  json_t *targets = json_array();
  err e = targets_add(c, &r->ask, false, targets);
  char entries[date_text_bytes];
  date_text(entries, r->ask.entries);
  json_t *body = json_pack("{s:o, s:o, s:s*}", "year", shape_text(r->period_name), "targets", targets,
                           "entries_from", r->ask.entries > r->ask.from ? entries : NULL);
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}

err api_targets(struct api_call *c) {
  struct report_call *r = arena_take(&c->x->arena, 1, sizeof *r);
  if (!r) return ERR_NO_MEMORY;
  c->own = r;
  TRY(report_period_read(c, c->parameters[0], &r->ask, &r->period_name));
  if (r->ask.from != r->ask.year)
    return fault_set(&c->fault, ERR_INVALID, "\"year\" is the year in which a school year begins, like 2026");
  return report_when_fresh(c, r, answer_targets);
}

/* ---- setting one ---- */

struct setting {
  struct slice report, measure, note;
  uint32_t year, goal, baseline;
  struct report_target target;
};
static const struct input_field fields[] = {
    {"report", INPUT_TEXT, true, 40, offsetof(struct setting, report)},
    {"year", INPUT_NUMBER, true, report_year_last, offsetof(struct setting, year)},
    {"measure", INPUT_TEXT, false, 10, offsetof(struct setting, measure)},
    {"goal", INPUT_NUMBER, false, 1000000, offsetof(struct setting, goal)},
    {"baseline", INPUT_NUMBER, false, 1000000, offsetof(struct setting, baseline)},
    {"note", INPUT_TEXT, false, target_note_bytes_max, offsetof(struct setting, note)},
};

/* The audit says what it was set to, so that its history is there. */
static err write_audited(struct api_call *c, const struct report_target *t) {
  struct store *s = c->store;
  char detail[80];
  int year = date_from_days(t->year).year;
  const char *name = reports[t->report].name;
  if (t->goal < 0)
    (void)snprintf(detail, sizeof detail, "%s %d none", name, year);
  else
    (void)snprintf(detail, sizeof detail, "%s %d %s %lld", name, year, measures[t->measure],
                   (long long)t->goal);
  TRY(target_write(s, t, &c->login.user, c->x->now.wall_ms));
  return s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "target.set", detail);
}

static err set_step(struct api_call *c) {
  const struct setting *in = c->own;
  struct store *s = c->store;
  TRY(s->ops->begin(s));
  err e = write_audited(c, &in->target);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_object()) : e;
}

static err read_measure(struct api_call *c, struct setting *in) {
  struct report_target *t = &in->target;
  t->measure = in->baseline ? TARGET_GROWTH : TARGET_NUMBER;
  for (int m = TARGET_NUMBER; m <= TARGET_SHARE; m++)
    if (slice_equal(in->measure, slice_text(measures[m]))) t->measure = (enum target_measure)m;
  if (in->measure.len && !slice_equal(in->measure, slice_text(measures[t->measure])))
    return fault_set(&c->fault, ERR_INVALID, "\"measure\" is number, growth or share");
  if (t->goal >= 0 && (t->measure == TARGET_GROWTH) != (in->baseline > 0))
    return fault_set(&c->fault, ERR_INVALID, "growth has a \"baseline\", and nothing else has one");
  if (t->measure == TARGET_SHARE && (reports[t->report].shape != REPORT_RATE || t->goal > 100))
    return fault_set(&c->fault, ERR_INVALID, "a share is at most 100 per cent, of a report that is a rate");
  return ERR_OK;
}

/* No goal takes the target away. */
err api_target_set(struct api_call *c) {
  struct setting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, sizeof fields / sizeof *fields, in));
  const struct report *report = report_named(in->report);
  if (!report)
    return fault_set(&c->fault, ERR_INVALID, "\"report\" is one of the names that /api/reports gives");
  if (report->shape == REPORT_RATIO || report->shape == REPORT_MIDDLE || report->whose == OF_PLAN)
    return fault_set(&c->fault, ERR_INVALID, "that report has no single number to aim at");
  if (in->year < report_year_first)
    return fault_set(&c->fault, ERR_INVALID, "\"year\" is a year from %d on", report_year_first);
  in->target = (struct report_target){.year = date_to_days((struct date){(int16_t)in->year, 9, 1}),
                                      .report = (enum report_id)(report - reports),
                                      .goal = in->goal ? (int64_t)in->goal : -1,
                                      .baseline = in->baseline,
                                      .note = in->note};
  TRY(read_measure(c, in));
  return api_then(c, HTTP_WRITER, set_step);
}
