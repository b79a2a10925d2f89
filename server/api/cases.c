/* cases.c: absences that nobody explained: the list, one with all that was done about it, and each further
 * step. The office sees and notes steps too; only the safeguarding role ends a case, holds or hands over. */
#include "server/core/cases.h"
#include "server/api/access.h"
#include "server/api/input.h"
#include "server/api/safeguarding.h"
#include "server/api/shape.h"
#include "server/core/erase.h"

static const char *const state_words[] = {[CASE_OPEN] = "open",
                                          [CASE_EXPLAINED] = "explained",
                                          [CASE_ENDED] = "ended",
                                          [CASE_HANDED_OVER] = "handed_over"};
static const char *const event_words[] = {
    [CASE_EVENT_OPENED] = "opened",     [CASE_EVENT_EXPLAINED] = "explained",
    [CASE_EVENT_AGAIN] = "again",       [CASE_EVENT_STEP] = "step",
    [CASE_EVENT_TAKEN] = "taken",       [CASE_EVENT_ENDED] = "ended",
    [CASE_EVENT_REOPENED] = "reopened", [CASE_EVENT_HANDED_OVER] = "handed_over",
    [CASE_EVENT_RECEIPT] = "receipt"};

#define AT(member) offsetof(struct view_case, member)
static const struct shape_field case_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"session", SHAPE_ID, AT(session), 0, NULL, NULL},
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_TEXT, AT(learner_name), 0, NULL, NULL},
    {"activity", SHAPE_TEXT, AT(activity_name), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"taken_by", SHAPE_TEXT, AT(taken_by), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"starts", SHAPE_MINUTE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_MINUTE, AT(ends), 0, NULL, NULL},
    {"opened_at", SHAPE_TIME, AT(opened_ms), 0, NULL, NULL},
    {"changed_at", SHAPE_TIME, AT(changed_ms), 0, NULL, NULL},
    {"door_in", SHAPE_MINUTE, AT(door_in), 0, NULL, NULL},
    {"calls", SHAPE_COUNT, AT(calls), 0, NULL, NULL},
    {"last_call", SHAPE_ENUM, AT(last_call), 0, "call_outcome", NULL},
    {"held", SHAPE_BOOL, AT(held), 0, NULL, NULL},
};
#undef AT
static const struct shape case_shape = SHAPE_OF(view_case, case_fields);

/* The words that no vocabulary of the schema has. */
static bool add_words(json_t *object, const struct view_case *c) {
  const char *outcome = c->outcome ? case_outcomes[c->outcome - 1] : NULL;
  int failed = json_object_set_new(object, "state", json_string(state_words[c->state]));
  failed |= json_object_set_new(object, "outcome", outcome ? json_string(outcome) : json_null());
  return failed == 0;
}

static json_t *case_object(const struct view_case *c) {
  json_t *object = shape_object(&case_shape, c);
  if (object && add_words(object, c)) return object;
  json_decref(object);
  return NULL;
}

/* ---- the list ---- */

#define AT(member) offsetof(struct view_door_alert, member)
static const struct shape_field alert_fields[] = {
    {"session", SHAPE_ID, AT(session), 0, NULL, NULL},
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_TEXT, AT(learner_name), 0, NULL, NULL},
    {"activity", SHAPE_TEXT, AT(activity_name), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"door_in", SHAPE_MINUTE, AT(minute), 0, NULL, NULL},
    {"code", SHAPE_ENUM, AT(code), 0, "mark_code", NULL},
};
#undef AT
static const struct shape alert_shape = SHAPE_OF(view_door_alert, alert_fields);

static json_t *case_list(const struct view_case *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++) {
    if (json_array_append_new(out, case_object(&list[i])) == 0) continue;
    json_decref(out);
    return NULL;
  }
  return out;
}

err api_cases(struct api_call *c) {
  struct view_case *list;
  struct view_door_alert *alerts;
  size_t count, alert_count;
  uint64_t open;
  int32_t today, minute;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  TRY(views_cases(c->store, cases_listed_max, &c->x->arena, &list, &count, &open));
  TRY(views_door_alerts(c->store, today - door_alert_days, cases_listed_max, &c->x->arena, &alerts,
                        &alert_count));
  return safeguarding_read(c,
                           json_pack("{s:o, s:I, s:o}", "cases", case_list(list, count), "open",
                                     (json_int_t)open, "alerts",
                                     shape_list(&alert_shape, alerts, alert_count)),
                           "cases.read");
}

/* ---- one ---- */

#define AT(member) offsetof(struct view_case_call, member)
static const struct shape_field call_fields[] = {
    {"at", SHAPE_MINUTE, AT(minute), 0, NULL, NULL},
    {"outcome", SHAPE_ENUM, AT(outcome), 0, "call_outcome", NULL},
    {"staff_name", SHAPE_TEXT, AT(staff_name), 0, NULL, NULL},
    {"contact_name", SHAPE_TEXT, AT(contact_name), 0, NULL, NULL},
    {"said", SHAPE_TEXT, AT(said), 0, NULL, NULL},
};
#undef AT
static const struct shape call_shape = SHAPE_OF(view_case_call, call_fields);
#define AT(member) offsetof(struct view_case_contact, member)
static const struct shape_field contact_fields[] = {
    {"name", SHAPE_TEXT, AT(name), 0, NULL, NULL},
    {"relation", SHAPE_TEXT, AT(relation), 0, NULL, NULL},
    {"phone", SHAPE_TEXT, AT(phone), 0, NULL, NULL},
    {"do_not_contact", SHAPE_BOOL, AT(do_not_contact), 0, NULL, NULL},
    {"may_not_collect", SHAPE_BOOL, AT(may_not_collect), 0, NULL, NULL},
};
#undef AT
static const struct shape contact_shape = SHAPE_OF(view_case_contact, contact_fields);
#define AT(member) offsetof(struct view_case_arrival, member)
static const struct shape_field arrival_fields[] = {
    {"way", SHAPE_ENUM, AT(way), 0, "arrival_way", NULL},
    {"at", SHAPE_MINUTE, AT(minute), 0, NULL, NULL},
};
#undef AT
static const struct shape arrival_shape = SHAPE_OF(view_case_arrival, arrival_fields);
#define AT(member) offsetof(struct view_case_detail, member)
static const struct shape_field detail_fields[] = {
    {"ladder", SHAPE_LIST, AT(calls), AT(call_count), NULL, &call_shape},
    {"contacts", SHAPE_LIST, AT(contacts), AT(contact_count), NULL, &contact_shape},
    {"arrivals", SHAPE_LIST, AT(arrivals), AT(arrival_count), NULL, &arrival_shape},
};
#undef AT
static const struct shape detail_shape = SHAPE_OF(view_case_detail, detail_fields);

static json_t *text_or_null(struct slice text) { return text.len ? shape_text(text) : json_null(); }

static json_t *events(const struct view_case_detail *d) {
  json_t *out = json_array();
  for (size_t i = 0; i < d->event_count; i++) {
    const struct view_case_event *e = &d->events[i];
    (void)json_array_append_new(out, json_pack("{s:s, s:I, s:o, s:o}", "kind", event_words[e->kind], "at",
                                               (json_int_t)e->at_ms, "by", text_or_null(e->by), "text",
                                               text_or_null(e->text)));
  }
  return out;
}

static json_t *outcomes(void) {
  json_t *out = json_array();
  for (size_t i = 0; case_outcomes[i]; i++) (void)json_array_append_new(out, json_string(case_outcomes[i]));
  return out;
}

json_t *case_detail(const struct view_case_detail *d) {
  json_t *out = case_object(&d->summary);
  bool good = out && shape_into(out, &detail_shape, d);
  good = good && json_object_set_new(out, "events", events(d)) == 0;
  good = good && json_object_set_new(out, "outcomes", outcomes()) == 0;
  if (good) return out;
  json_decref(out);
  return NULL;
}

err case_look(struct api_call *c, struct view_case_detail *out) {
  err e = views_case(c->store, &c->id, &c->x->arena, out);
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "there is no such case") : e;
}

err api_case(struct api_call *c) {
  struct view_case_detail d;
  TRY(case_look(c, &d));
  return safeguarding_read(c, case_detail(&d), "case.read");
}

/* ---- what is done about it ---- */

struct acting {
  struct slice text;
  uint32_t outcome;
  enum case_event_kind kind;
};
static const struct input_field act_input[] = {
    {"text", INPUT_TEXT, false, case_text_bytes_max, offsetof(struct acting, text)},
    {"outcome", INPUT_NUMBER, false, 255, offsetof(struct acting, outcome)},
};

static err answer_case(struct api_call *c) {
  struct view_case_detail d;
  TRY(case_look(c, &d));
  return api_answer(c, case_detail(&d));
}

/* Other pages hear of it; nothing that devices hold has changed. */
void case_tell(struct api_call *c) { c->x->changes = (struct change_set){.devices = true}; }

static err act_step(struct api_call *c) {
  const struct acting *in = c->own;
  const struct case_act act = {.id = c->id,
                               .who = c->login.user,
                               .by = slice_text(c->login.user_name),
                               .text = in->text,
                               .kind = in->kind,
                               .outcome = (uint8_t)in->outcome};
  TRY(case_do(c->store, &c->x->now, &act, &c->fault));
  case_tell(c);
  return api_then(c, HTTP_READER, answer_case);
}

static err act(struct api_call *c, enum case_event_kind kind) {
  struct acting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  in->kind = kind;
  TRY(input_read(c, act_input, sizeof act_input / sizeof *act_input, in));
  return api_then(c, HTTP_WRITER, act_step);
}

err api_case_step(struct api_call *c) { return act(c, CASE_EVENT_STEP); }
err api_case_take(struct api_call *c) { return act(c, CASE_EVENT_TAKEN); }
err api_case_end(struct api_call *c) { return act(c, CASE_EVENT_ENDED); }
err api_case_reopen(struct api_call *c) { return act(c, CASE_EVENT_REOPENED); }
err api_case_receipt(struct api_call *c) { return act(c, CASE_EVENT_RECEIPT); }

/* ---- hold ---- */

static err hold_step(struct api_call *c) {
  const struct acting *in = c->own;
  struct view_case_detail d;
  TRY(case_look(c, &d));
  const struct store_hold hold = {
      .learner = d.summary.learner, .by = c->login.user, .reason = in->text, .since_ms = c->x->now.wall_ms};
  TRY(erase_hold(c->api->config.hub, c->store, &c->x->now, &hold, &c->fault));
  case_tell(c);
  return api_then(c, HTTP_READER, answer_case);
}

err api_case_hold(struct api_call *c) {
  struct acting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, act_input, sizeof act_input / sizeof *act_input, in));
  return api_then(c, HTTP_WRITER, hold_step);
}
