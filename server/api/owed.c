/* owed.c: lessons owed by school, one school's down to the enrolment, and the statement of what it was given.
 */
#include "server/core/owed.h"

#include "server/api/report_call.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct owed_counts, member)
static const struct shape_field counts_fields[] = {
    {"due", SHAPE_SIGNED, AT(due), 0, NULL, NULL},
    {"delivered", SHAPE_SIGNED, AT(delivered), 0, NULL, NULL},
    {"makeups", SHAPE_SIGNED, AT(makeups), 0, NULL, NULL},
    {"waiting", SHAPE_SIGNED, AT(waiting), 0, NULL, NULL},
    {"school_notice", SHAPE_SIGNED, AT(cause[ENUM_cancel_cause_school_notice]), 0, NULL, NULL},
    {"school_short", SHAPE_SIGNED, AT(cause[ENUM_cancel_cause_school_short]), 0, NULL, NULL},
    {"hub", SHAPE_SIGNED, AT(cause[ENUM_cancel_cause_hub]), 0, NULL, NULL},
    {"tutor_absent", SHAPE_SIGNED, AT(cause[ENUM_cancel_cause_tutor_absent]), 0, NULL, NULL},
    {"weather", SHAPE_SIGNED, AT(cause[ENUM_cancel_cause_weather]), 0, NULL, NULL},
    {"no_cause", SHAPE_SIGNED, AT(cause[0]), 0, NULL, NULL},
    {"charged", SHAPE_SIGNED, AT(charged), 0, NULL, NULL},
    {"owed", SHAPE_SIGNED, AT(owed), 0, NULL, NULL},
    {"disputed", SHAPE_SIGNED, AT(disputed), 0, NULL, NULL},
};
#undef AT
static const struct shape counts_shape = SHAPE_OF(owed_counts, counts_fields);

#define AT(member) offsetof(struct owed_school, member)
static const struct shape_field school_fields[] = {
    {"id", SHAPE_ID, AT(school), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"area", SHAPE_TEXT, AT(area), 0, NULL, NULL},
    {"lessons_a_year", SHAPE_MINUTE, AT(lessons_a_year), 0, NULL, NULL},
    {"notice_days", SHAPE_MINUTE, AT(notice_days), 0, NULL, NULL},
    {"contract_from", SHAPE_DAY, AT(starts), 0, NULL, NULL},
    {"contract_to", SHAPE_DAY, AT(ends), 0, NULL, NULL},
    {"counts", SHAPE_INSIDE, AT(counts), 0, NULL, &counts_shape},
};
#undef AT
static const struct shape school_shape = SHAPE_OF(owed_school, school_fields);

#define AT(member) offsetof(struct owed_enrolment, member)
static const struct shape_field enrolment_fields[] = {
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"activity", SHAPE_ID, AT(activity), 0, NULL, NULL},
    {"learner_name", SHAPE_NAME, AT(learner_name), 0, NULL, NULL},
    {"activity_name", SHAPE_NAME, AT(activity_name), 0, NULL, NULL},
    {"instrument", SHAPE_TEXT, AT(instrument), 0, NULL, NULL},
    {"starts", SHAPE_DAY, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_DAY, AT(ends), 0, NULL, NULL},
    {"counts", SHAPE_INSIDE, AT(counts), 0, NULL, &counts_shape},
};
#undef AT
static const struct shape enrolment_shape = SHAPE_OF(owed_enrolment, enrolment_fields);

static err read_period(struct api_call *c, struct report_call **out) {
  *out = arena_take(&c->x->arena, 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  c->own = *out;
  return report_period_read(c, c->parameters[0], &(*out)->ask, &(*out)->period_name);
}

/* What every answer begins with. */
static json_t *period_json(const struct report_call *r) {
  char from[date_text_bytes], to[date_text_bytes];
  date_text(from, r->ask.from);
  date_text(to, r->ask.to);
  return json_pack("{s:o, s:s, s:s}", "period", shape_text(r->period_name), "from", from, "to", to);
}

/* ---- all schools ---- */

static err answer_owed(struct api_call *c) {
  const struct report_call *r = c->own;
  struct owed_school *list;
  size_t count;
  TRY(owed_schools(c->store, r->ask.from, r->ask.to, &c->x->arena, &list, &count));
  json_t *body = period_json(r);
  json_object_set_new(body, "schools", shape_list(&school_shape, list, count));
  return api_answer(c, body);
}

err api_owed(struct api_call *c) {
  struct report_call *r;
  TRY(read_period(c, &r));
  return report_when_fresh(c, r, answer_owed);
}

/* ---- one school ---- */

static err load_school(struct api_call *c, const struct report_call *r, struct owed_school *out) {
  err e = owed_school(c->store, &c->id, r->ask.from, r->ask.to, &c->x->arena, out);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "this hub has no school with that id") : e;
}

static err answer_school(struct api_call *c) {
  const struct report_call *r = c->own;
  struct owed_school school;
  struct owed_enrolment *list;
  size_t count;
  TRY(load_school(c, r, &school));
  TRY(owed_enrolments(c->store, &c->id, r->ask.from, r->ask.to, &c->x->arena, &list, &count));
  json_t *body = period_json(r);
  json_object_set_new(body, "school", shape_object(&school_shape, &school));
  json_object_set_new(body, "enrolments", shape_list(&enrolment_shape, list, count));
  return api_answer_audited(c, body, "owed.read");
}

err api_owed_school(struct api_call *c) {
  struct report_call *r;
  TRY(read_period(c, &r));
  return report_when_fresh(c, r, answer_school);
}

/* ---- its statement: lessons by date, for the school, so without a child's name ---- */

static err answer_statement(struct api_call *c) {
  const struct report_call *r = c->own;
  struct owed_school school;
  struct report_session *list;
  size_t count;
  TRY(load_school(c, r, &school));
  TRY(reports_sessions(c->store, NULL, &c->id, r->ask.from, r->ask.to, &c->x->arena, &list, &count));
  json_t *body = period_json(r);
  json_object_set_new(body, "hub", json_string(c->api->config.hub->name));
  json_object_set_new(body, "school", shape_object(&school_shape, &school));
  json_object_set_new(body, "lessons", report_sessions_json(list, count));
  return api_answer(c, body);
}

err api_owed_statement(struct api_call *c) {
  struct report_call *r;
  TRY(read_period(c, &r));
  return report_when_fresh(c, r, answer_statement);
}
