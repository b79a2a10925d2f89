/* registers.c: the registers of a day, and one register with who wrote what when. */
#include "server/api/access.h"
#include "server/api/own.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct view_register, member)
static const struct shape_field register_fields[] = {
    {"session", SHAPE_ID, AT(session), 0, NULL, NULL},
    {"activity", SHAPE_ID, AT(activity), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(activity_name), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(school_name), 0, NULL, NULL},
    {"place", SHAPE_TEXT, AT(place), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(date), 0, NULL, NULL},
    {"starts", SHAPE_MINUTE, AT(starts), 0, NULL, NULL},
    {"ends", SHAPE_MINUTE, AT(ends), 0, NULL, NULL},
    {"status", SHAPE_ENUM, AT(status), 0, "session_status", NULL},
    {"state", SHAPE_STATE, AT(state), 0, NULL, NULL},
    {"closure", SHAPE_TEXT, AT(closure), 0, NULL, NULL},
    {"staff_names", SHAPE_NAMES, AT(staff_names), AT(staff_count), NULL, NULL},
    {"updated_at", SHAPE_TIME, AT(updated_ms), 0, NULL, NULL},
    {"here", SHAPE_COUNT, AT(totals.here), 0, NULL, NULL},
    {"late", SHAPE_COUNT, AT(totals.late), 0, NULL, NULL},
    {"away", SHAPE_COUNT, AT(totals.away), 0, NULL, NULL},
    {"event", SHAPE_COUNT, AT(totals.event), 0, NULL, NULL},
    {"unmarked", SHAPE_COUNT, AT(totals.unmarked), 0, NULL, NULL},
    {"of", SHAPE_COUNT, AT(totals.of), 0, NULL, NULL},
    {"headcount", SHAPE_COUNT, AT(headcount), 0, NULL, NULL},
};
#undef AT
static const struct shape register_shape = SHAPE_OF(view_register, register_fields);
/* Without the last seven: how many children came, for who sees numbers of children only in reports. */
static const struct shape timetable_shape = {
    register_fields, sizeof register_fields / sizeof *register_fields - 7, sizeof(struct view_register)};

#define AT(member) offsetof(struct view_totals, member)
static const struct shape_field totals_fields[] = {
    {"here", SHAPE_COUNT, AT(here), 0, NULL, NULL},         {"late", SHAPE_COUNT, AT(late), 0, NULL, NULL},
    {"away", SHAPE_COUNT, AT(away), 0, NULL, NULL},         {"event", SHAPE_COUNT, AT(event), 0, NULL, NULL},
    {"unmarked", SHAPE_COUNT, AT(unmarked), 0, NULL, NULL}, {"of", SHAPE_COUNT, AT(of), 0, NULL, NULL},
};
#undef AT
static const struct shape totals_shape = SHAPE_OF(view_totals, totals_fields);

#define AT(member) offsetof(struct view_mark_version, member)
static const struct shape_field version_fields[] = {
    {"code", SHAPE_ENUM, AT(code), 0, "mark_code", NULL},
    {"arrived", SHAPE_MINUTE, AT(arrived), 0, NULL, NULL},
    {"departed", SHAPE_MINUTE, AT(departed), 0, NULL, NULL},
    {"comment", SHAPE_TEXT, AT(comment), 0, NULL, NULL},
    {"amend_reason", SHAPE_TEXT, AT(amend_reason), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device_name), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
    {"in_use", SHAPE_BOOL, AT(in_use), 0, NULL, NULL},
};
#undef AT
static const struct shape version_shape = SHAPE_OF(view_mark_version, version_fields);

#define AT(member) offsetof(struct view_mark, member)
static const struct shape_field mark_fields[] = {
    {"learner", SHAPE_ID, AT(learner), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(learner_name), 0, NULL, NULL},
    {"section", SHAPE_TEXT, AT(section), 0, NULL, NULL},
    {"code", SHAPE_ENUM, AT(code), 0, "mark_code", NULL},
    {"arrived", SHAPE_MINUTE, AT(arrived), 0, NULL, NULL},
    {"departed", SHAPE_MINUTE, AT(departed), 0, NULL, NULL},
    {"comment", SHAPE_TEXT, AT(comment), 0, NULL, NULL},
    {"amend_reason", SHAPE_TEXT, AT(amend_reason), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device_name), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
    {"conflict", SHAPE_BOOL, AT(conflict), 0, NULL, NULL},
    {"enrolled", SHAPE_BOOL, AT(enrolled), 0, NULL, NULL},
    {"history", SHAPE_LIST, AT(history), AT(history_count), NULL, &version_shape},
};
#undef AT
static const struct shape mark_shape = SHAPE_OF(view_mark, mark_fields);

#define AT(member) offsetof(struct view_register_change, member)
static const struct shape_field change_fields[] = {
    {"state", SHAPE_ENUM, AT(state), 0, "register_state", NULL},
    {"reason", SHAPE_TEXT, AT(reason), 0, NULL, NULL},
    {"author_name", SHAPE_TEXT, AT(author_name), 0, NULL, NULL},
    {"device_name", SHAPE_TEXT, AT(device_name), 0, NULL, NULL},
    {"written_at", SHAPE_TIME, AT(written_ms), 0, NULL, NULL},
    {"received_at", SHAPE_TIME, AT(received_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape change_shape = SHAPE_OF(view_register_change, change_fields);

#define AT(member) offsetof(struct view_register_detail, member)
static const struct shape_field detail_fields[] = {
    {"totals", SHAPE_INSIDE, AT(summary.totals), 0, NULL, &totals_shape},
    {"rows", SHAPE_LIST, AT(marks), AT(mark_count), NULL, &mark_shape},
    {"register_history", SHAPE_LIST, AT(changes), AT(change_count), NULL, &change_shape},
};
#undef AT
static const struct shape detail_shape = SHAPE_OF(view_register_detail, detail_fields);

/* A register that is cancelled, or of a closed day, is none that anybody waits for: it is in the list and in
 * no count. */
static json_t *count_states(const struct view_register *list, size_t count) {
  json_int_t counts[VIEW_CANCELLED] = {0};
  for (size_t i = 0; i < count; i++) {
    if (list[i].state < VIEW_CANCELLED) counts[list[i].state]++;
  }
  json_t *out = json_object();
  for (int state = 0; state < VIEW_CANCELLED; state++) {
    const char *word = shape_state_word((enum register_view_state)state);
    if (json_object_set_new(out, word, json_integer(counts[state])) == 0) continue;
    json_decref(out);
    return NULL;
  }
  return out;
}

/* The lead sees what meets, and nobody's numbers of children; a partner what is its own. */
static err keep_seen(struct api_call *c, struct view_register *list, size_t *count) {
  struct own_set own;
  size_t kept = 0;
  TRY(own_read(c, &own));
  own.all = own.all || (c->login.roles & EVERYONE);
  for (size_t i = 0; i < *count; i++)
    if (own_has(&own, &list[i].activity)) list[kept++] = list[i];
  *count = kept;
  return ERR_OK;
}

err api_today(struct api_call *c) {
  int32_t date, minute;
  struct view_register *list = NULL;
  size_t count = 0;
  char text[date_text_bytes];
  uk_civil(c->x->now.wall_ms, &date, &minute);
  if (c->parameters[0].len > 0 && date_parse(&date, c->parameters[0]) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"date\" must be a day of the calendar, like 2026-11-21");
  TRY(views_today(c->store, date, &c->x->now, &c->x->arena, &list, &count));
  TRY(keep_seen(c, list, &count));
  date_text(text, date);
  bool lead = !(c->login.roles & ROWS) && (c->login.roles & EVERYONE);
  return api_answer(c, json_pack("{s:s, s:o, s:o}", "date", text, "counts", count_states(list, count),
                                 "registers",
                                 shape_list(lead ? &timetable_shape : &register_shape, list, count)));
}

err api_register(struct api_call *c) {
  struct view_register_detail detail = {0};
  struct own_set own;
  err e = views_register(c->store, &c->id, &c->x->now, &c->x->arena, &detail);
  if (e == ERR_OK) e = own_read(c, &own);
  if (e == ERR_OK && !own_has(&own, &detail.summary.activity))
    e = ERR_NOT_FOUND; /* that it is there is not theirs to know either */
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no register with that id");
  if (e != ERR_OK) return e;
  json_t *body = shape_object(&register_shape, &detail.summary);
  if (shape_into(body, &detail_shape, &detail)) return api_answer_audited(c, body, "register.read");
  json_decref(body);
  return ERR_NO_MEMORY;
}
