/* registers.c: the registers of a day, and one register with who wrote what when. */
#include "server/api/access.h"
#include "server/api/input.h"
#include "server/api/own.h"
#include "server/api/shape.h"
#include "server/core/views_day.h"

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
    {"here", SHAPE_CHILDREN, AT(totals.here), 0, NULL, NULL},
    {"late", SHAPE_CHILDREN, AT(totals.late), 0, NULL, NULL},
    {"away", SHAPE_CHILDREN, AT(totals.away), 0, NULL, NULL},
    {"event", SHAPE_CHILDREN, AT(totals.event), 0, NULL, NULL},
    {"unmarked", SHAPE_CHILDREN, AT(totals.unmarked), 0, NULL, NULL},
    {"of", SHAPE_CHILDREN, AT(totals.of), 0, NULL, NULL},
    {"headcount", SHAPE_CHILDREN, AT(headcount), 0, NULL, NULL},
};
#undef AT
static const struct shape register_shape = SHAPE_OF(view_register, register_fields);
/* For who sees numbers of children only in reports. */
static const struct shape timetable_shape = SHAPE_WITHOUT_CHILDREN(view_register, register_fields);

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

/* ---- the board of a day ---- */

/* A register that is cancelled, or of a closed day, is none that anybody waits for: it is in the list and in
 * no count. */
static json_t *count_states(const struct view_day *day) {
  json_t *out = json_object();
  for (int state = 0; state < VIEW_CANCELLED; state++) {
    const char *word = shape_state_word((enum register_view_state)state);
    if (json_object_set_new(out, word, json_integer((json_int_t)day->counts[state])) == 0) continue;
    json_decref(out);
    return NULL;
  }
  return out;
}

static bool is_seen(const void *who, const struct id *activity) { return own_has(who, activity); }

/* The day's figures are whole, whoever is looked for; the list is a page of it. */
static err answer_day(struct api_call *c, struct day_wanted *w) {
  struct own_set own;
  struct view_day day;
  char text[date_text_bytes];
  TRY(own_read(c, &own));
  /* The lead sees what meets, and nobody's numbers of children; a partner what is its own. */
  own.all = own.all || (c->login.roles & EVERYONE);
  w->sees = is_seen;
  w->who = &own;
  err e = views_day(c->store, w, &c->x->now, &c->x->arena, &day);
  if (e == ERR_INVALID) return fault_set(&c->fault, e, "\"after\" must be the \"next\" of the page before");
  TRY(e);
  date_text(text, w->date);
  bool lead = !(c->login.roles & ROWS) && (c->login.roles & EVERYONE);
  return api_answer(c, json_pack("{s:s, s:o, s:I, s:I, s:o, s:o}", "date", text, "counts", count_states(&day),
                                 "late", (json_int_t)day.late, "total", (json_int_t)day.total, "next",
                                 day.next[0] ? json_string(day.next) : json_null(), "registers",
                                 shape_list(lead ? &timetable_shape : &register_shape, day.list, day.count)));
}

struct day_asked {
  struct slice date, only, after, order, find;
  uint32_t limit;
};

static err read_only(struct api_call *c, struct slice word, struct day_wanted *w) {
  w->late = slice_equal(word, slice_text("late"));
  if (word.len == 0 || w->late) return ERR_OK;
  for (int state = 0; state <= VIEW_SHUT; state++)
    if (slice_equal(word, slice_text(shape_state_word((enum register_view_state)state))))
      w->states = 1U << state;
  if (w->states) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID,
                   "\"only\" is missing, late, due, open, closed, upcoming, cancelled or shut");
}

static err read_day(struct api_call *c, const struct day_asked *in) {
  struct day_wanted w = {.text = in->find,
                         .after = in->after,
                         .limit = in->limit,
                         .by_time = slice_equal(in->order, slice_text("time"))};
  int32_t minute;
  uk_civil(c->x->now.wall_ms, &w.date, &minute);
  if (in->date.len > 0 && date_parse(&w.date, in->date) != ERR_OK)
    return fault_set(&c->fault, ERR_INVALID, "\"date\" must be a day of the calendar, like 2026-11-21");
  if (in->order.len > 0 && !w.by_time)
    return fault_set(&c->fault, ERR_INVALID, "\"order\" is time, or absent: those first that need somebody");
  TRY(read_only(c, in->only, &w));
  return answer_day(c, &w);
}

err api_today(struct api_call *c) {
  const struct day_asked in = {.date = c->parameters[0],
                               .only = c->parameters[1],
                               .after = c->parameters[2],
                               .order = c->parameters[3],
                               .limit = day_page_max};
  return read_day(c, &in);
}

/* What is looked for may be a child's name, as a lesson of one may be called by it, and stands in no address.
 */
err api_today_find(struct api_call *c) {
  static const struct input_field fields[] = {
      {"date", INPUT_TEXT, false, 10, offsetof(struct day_asked, date)},
      {"only", INPUT_TEXT, false, 10, offsetof(struct day_asked, only)},
      {"after", INPUT_TEXT, false, day_cursor_bytes, offsetof(struct day_asked, after)},
      {"order", INPUT_TEXT, false, 10, offsetof(struct day_asked, order)},
      {"find", INPUT_TEXT, false, api_search_bytes_max, offsetof(struct day_asked, find)},
      {"limit", INPUT_NUMBER, false, day_page_max, offsetof(struct day_asked, limit)},
  };
  struct day_asked in = {.limit = day_page_max};
  TRY(input_read(c, fields, sizeof fields / sizeof *fields, &in));
  return read_day(c, &in);
}

/* ---- one ---- */

/* A register of years ago without marks is not one that nobody took. */
static err say_removed(struct api_call *c, int32_t date, json_t *body) {
  uint64_t before;
  TRY(c->store->ops->number_load(c->store, STORE_ENTRIES, &before));
  return json_object_set_new(body, "entries_removed", json_boolean((uint64_t)date < before)) == 0
             ? ERR_OK
             : ERR_NO_MEMORY;
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
  e = shape_into(body, &detail_shape, &detail) ? say_removed(c, detail.summary.date, body) : ERR_NO_MEMORY;
  if (e == ERR_OK) return api_answer_audited(c, body, "register.read");
  json_decref(body);
  return e;
}
