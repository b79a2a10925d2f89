/* targets.c: what the lead wants of a school year, beside what there is. */
#include "server/api/input.h"
#include "server/api/report_call.h"
#include "server/api/shape.h"

static json_t *target_json(const struct report_target *t, const struct report_table *now) {
  json_t *out = json_pack("{s:s, s:s, s:I, s:b}", "report", reports[t->report].name, "title",
                          reports[t->report].title, "goal", (json_int_t)t->goal, "hidden", now->total.hidden);
  if (!out) return NULL;
  bool share = reports[t->report].whose == OF_INCLUSION; /* the goal is per cent of the whole */
  if (share) json_object_set_new(out, "share", json_true());
  if (t->baseline >= 0) json_object_set_new(out, "baseline", json_integer(t->baseline));
  if (now->total.hidden) return out;
  json_object_set_new(out, "part", json_integer(now->total.part));
  json_object_set_new(out, "whole", json_integer(now->total.whole));
  if (share) json_object_set_new(out, "beside", json_integer(now->total.beside));
  return out;
}

/* What a target is about, over its whole year. */
json_t *targets_json(struct api_call *c, const struct report_ask *year) {
  struct report_target *list;
  size_t count;
  json_t *out = json_array();
  if (targets_read(c->store, year->year, &c->x->arena, &list, &count) != ERR_OK) count = 0;
  for (size_t i = 0; out && i < count; i++) {
    struct report_ask ask = *year;
    struct report_table table;
    ask.report = list[i].report;
    ask.by = BY_HUB;
    if (list[i].report == REPORT_END) continue; /* of a report there is no more */
    if (report_table_load(c, &ask, !report_sees_rows(c), &table) != ERR_OK) continue;
    json_array_append_new(out, target_json(&list[i], &table));
  }
  return out;
}

static err answer_targets(struct api_call *c) {
  const struct report_call *r = c->own;
  return api_answer(
      c, json_pack("{s:o, s:o}", "year", shape_text(r->period_name), "targets", targets_json(c, &r->ask)));
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
  struct slice report;
  uint32_t year, goal, baseline;
};
static const struct input_field fields[] = {
    {"report", INPUT_TEXT, true, 40, offsetof(struct setting, report)},
    {"year", INPUT_NUMBER, true, 2100, offsetof(struct setting, year)},
    {"goal", INPUT_NUMBER, false, 1000000, offsetof(struct setting, goal)},
    {"baseline", INPUT_NUMBER, false, 1000000, offsetof(struct setting, baseline)},
};

static err set_step(struct api_call *c) {
  const struct setting *in = c->own;
  const struct report *report = report_named(in->report);
  struct store *s = c->store;
  struct report_target t = {.year = date_to_days((struct date){(int16_t)in->year, 9, 1}),
                            .report = (enum report_id)(report - reports),
                            .goal = in->goal ? (int64_t)in->goal : -1,
                            .baseline = in->baseline ? (int64_t)in->baseline : -1};
  TRY(s->ops->begin(s));
  err e = target_write(s, &t, &c->login.user, c->x->now.wall_ms);
  if (e == ERR_OK) e = s->ops->audit(s, c->x->now.wall_ms, &c->login.user, "target.set", report->name);
  if (e == ERR_OK) e = s->ops->commit(s);
  if (e != ERR_OK) s->ops->rollback(s);
  return e == ERR_OK ? api_answer(c, json_object()) : e;
}

/* No goal takes the target away. */
err api_target_set(struct api_call *c) {
  struct setting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, fields, sizeof fields / sizeof *fields, in));
  if (!report_named(in->report))
    return fault_set(&c->fault, ERR_INVALID, "\"report\" is one of the names that /api/reports gives");
  if (report_named(in->report)->shape == REPORT_RATIO || report_named(in->report)->shape == REPORT_MIDDLE)
    return fault_set(&c->fault, ERR_INVALID, "that report has no single number to aim at");
  if (in->year < 2000) return fault_set(&c->fault, ERR_INVALID, "\"year\" is a year from 2000 on");
  return api_then(c, HTTP_WRITER, set_step);
}
