/* meetings.c: when an activity meets: weekly meetings planned between two days, and meetings to come that get
 * another time, place or person, or are taken off. What somebody has touched stays as it is. */
#include <stdio.h>

#include "server/api/activities.h"
#include "server/api/input.h"
#include "server/core/fleet.h"
#include "server/core/reports.h"
#include "server/core/views_schools.h"

enum { week_days = 7, minutes_a_day = 1440, planned_days_max = 366 };
#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define UNIT(column) (1U << schema_table(TABLE_session)->columns[COL(session, column)].unit)

struct meetings_input {
  struct slice first_day, last_day, starts_text, ends_text, staff_id, place, was_weekday_text,
      was_starts_text, was_ends_text, was_staff_id, was_place, weekday_text, off, closed;
  int32_t first, last;
  int64_t starts, ends, weekday, was_weekday, was_starts, was_ends; /* weekday: 1 is Monday */
  struct id staff, was_staff;                                       /* zero: nobody is named */
  struct row activity;
  struct op *ops;
  size_t used;
};
#define FIELD(member) offsetof(struct meetings_input, member)
#define WHAT                                                                                                 \
  {"starts", INPUT_TEXT, false, 5, FIELD(starts_text)}, {"ends", INPUT_TEXT, false, 5, FIELD(ends_text)},    \
      {"staff", INPUT_TEXT, false, 32, FIELD(staff_id)}, {                                                   \
    "place", INPUT_TEXT, false, INPUT_CHARACTERS(120), FIELD(place)                                          \
  }
static const struct input_field plan_fields[] = {
    {"first", INPUT_TEXT, true, 10, FIELD(first_day)}, {"last", INPUT_TEXT, true, 10, FIELD(last_day)}, WHAT};
static const struct input_field change_fields[] = {
    {"first", INPUT_TEXT, true, 10, FIELD(first_day)},
    {"was_weekday", INPUT_TEXT, true, 1, FIELD(was_weekday_text)},
    {"was_starts", INPUT_TEXT, true, 5, FIELD(was_starts_text)},
    {"was_ends", INPUT_TEXT, false, 5, FIELD(was_ends_text)},
    {"was_staff", INPUT_TEXT, false, 32, FIELD(was_staff_id)},
    {"was_place", INPUT_TEXT, false, INPUT_CHARACTERS(120), FIELD(was_place)},
    {"weekday", INPUT_TEXT, false, 1, FIELD(weekday_text)},
    {"off", INPUT_TEXT, false, 3, FIELD(off)},
    {"closed", INPUT_TEXT, false, 3, FIELD(closed)},
    WHAT};

/* "15:30" into minutes of the day. */
static err read_minute(struct api_call *c, const char *name, struct slice text, int64_t *out) {
  static const char shape[] = "00:00";
  bool right = text.len == sizeof shape - 1;
  for (size_t i = 0; right && i < text.len; i++)
    right = shape[i] == ':' ? text.ptr[i] == ':' : text.ptr[i] >= '0' && text.ptr[i] <= '9';
  if (right)
    *out = ((text.ptr[0] - '0') * 10 + text.ptr[1] - '0') * 60 + (text.ptr[3] - '0') * 10 + text.ptr[4] - '0';
  if (right && *out < minutes_a_day && text.ptr[3] < '6') return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a time of day, like 15:30", name);
}

static err read_staff(struct api_call *c, const char *name, struct slice text, struct id *out) {
  if (text.len == 0 || id_parse(out, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be an id of 32 hexadecimal digits", name);
}

static err read_what(struct api_call *c, struct meetings_input *in) {
  TRY(read_minute(c, "starts", in->starts_text, &in->starts));
  TRY(read_minute(c, "ends", in->ends_text, &in->ends));
  if (in->ends <= in->starts) return fault_set(&c->fault, ERR_INVALID, "a meeting must end after it begins");
  return read_staff(c, "staff", in->staff_id, &in->staff);
}

static err read_input(struct api_call *c, const struct input_field *fields, size_t count,
                      struct meetings_input **out) {
  struct meetings_input *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = *out = in;
  TRY(input_read(c, fields, count, in));
  TRY(acts_day(c, "first", in->first_day, &in->first));
  TRY(acts_day(c, "last", in->last_day, &in->last));
  return in->first ? ERR_OK : fault_set(&c->fault, ERR_INVALID, "say from which day on");
}

/* An activity that is over by then meets no more. */
static err check_open(struct api_call *c, const struct meetings_input *in, int32_t date) {
  const struct value *ends = &in->activity.values[COL(activity, ends)];
  if (ends->kind != VALUE_INT || date < ends->i) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "the activity is closed by then: open it again, or choose an earlier day");
}

/* Whoever is named works here. */
static err begin(struct api_call *c, int32_t last) {
  struct meetings_input *in = c->own;
  TRY(activity_load(c, &c->id, &in->activity));
  if (!id_is_zero(&in->staff)) TRY(staff_work_here(c->store, &in->staff, 1, &c->fault));
  TRY(check_open(c, in, last));
  in->ops = arena_take(&c->x->arena, meetings_at_once_max, sizeof *in->ops);
  return in->ops ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- weekly meetings ---- */

/* A list that brings the same meeting in later finds it. */
static err listed_id(struct api_call *c, const struct meetings_input *in, int32_t date, struct id *out) {
  char day[date_text_bytes], text[32];
  date_text(day, date);
  (void)snprintf(text, sizeof text, "%s|%02d:%02d", day, (int)(in->starts / 60), (int)(in->starts % 60));
  return acts_listed_id(c, TABLE_session, &in->activity.values[COL(activity, ref)], slice_text(text), out);
}

static void put_what(struct op *op, const struct meetings_input *in, int32_t date) {
  op->units |= UNIT(date) | UNIT(staff) | UNIT(place);
  op->values[COL(session, date)] = value_int(date);
  op->values[COL(session, starts)] = value_int(in->starts);
  op->values[COL(session, ends)] = value_int(in->ends);
  if (!id_is_zero(&in->staff)) op->values[COL(session, staff)] = value_id(&in->staff);
  if (in->place.len) op->values[COL(session, place)] = value_text(in->place);
}

struct closed_days {
  struct view_closure *list;
  size_t count;
};

/* Of the activity's school, and of everything. */
static err read_closed(struct api_call *c, const struct meetings_input *in, int32_t from, int32_t to,
                       struct closed_days *out) {
  struct closures_wanted wanted = {.from = from, .to = to};
  const struct value *school = &in->activity.values[COL(activity, school)];
  if (school->kind == VALUE_ID) wanted.school = school->id;
  return views_closures(c->store, &wanted, &c->x->arena, &out->list, &out->count);
}

static const struct view_closure *closed_on(const struct closed_days *closed, int32_t date) {
  for (size_t i = 0; i < closed->count; i++)
    if (closed->list[i].starts <= date && closed->list[i].ends >= date) return &closed->list[i];
  return NULL;
}

/* All that stand: what was held or called off on a day, too, is the meeting of that day. */
struct meeting_list {
  struct report_session *list;
  size_t count;
};

static err read_meetings(struct api_call *c, int32_t from, int32_t to, struct meeting_list *out) {
  return reports_sessions(c->store, &c->id, NULL, from, to, &c->x->arena, &out->list, &out->count);
}

static bool meets_then(const struct meeting_list *meetings, int32_t date, int64_t starts) {
  for (size_t i = 0; i < meetings->count; i++)
    if (meetings->list[i].date == date && meetings->list[i].starts == starts) return true;
  return false;
}

static err plan_all(struct api_call *c, struct meetings_input *in) {
  struct meeting_list meetings;
  struct closed_days closed;
  TRY(read_closed(c, in, in->first, in->last, &closed));
  TRY(read_meetings(c, in->first, in->last, &meetings));
  for (int32_t date = in->first; date <= in->last && in->used < meetings_at_once_max; date += week_days) {
    if (closed_on(&closed, date) || meets_then(&meetings, date, in->starts)) continue;
    struct op *op = &in->ops[in->used++];
    *op = (struct op){.table = schema_table(TABLE_session), .units = 1U | UNIT(status)};
    TRY(listed_id(c, in, date, &op->row));
    op->values[COL(session, activity)] = value_id(&c->id);
    op->values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
    put_what(op, in, date);
  }
  return ERR_OK;
}

static err plan_step(struct api_call *c) {
  struct meetings_input *in = c->own;
  TRY(begin(c, in->last));
  TRY(plan_all(c, in));
  if (in->used == 0)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "there is no such day on which it does not meet already or everything is closed");
  return activity_write(c, in->ops, in->used, "activity.plan", slice_text(""), &c->id, NULL);
}

err api_activity_plan(struct api_call *c) {
  struct meetings_input *in;
  TRY(read_input(c, plan_fields, COUNT(plan_fields), &in));
  TRY(read_what(c, in));
  if (in->last < in->first)
    return fault_set(&c->fault, ERR_INVALID, "the last day cannot be before the first");
  if (in->last - in->first > planned_days_max)
    return fault_set(&c->fault, ERR_INVALID,
                     "meetings are planned for a year at most: the next one is planned when it comes");
  return api_then(c, HTTP_WRITER, plan_step);
}

/* ---- meetings to come of one weekday and time ---- */

/* Its tutor may have been there, and hold its register on a device that has not been heard of since. */
static bool has_begun(const struct api_call *c, const struct view_planned *p) {
  int32_t today, minute;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  return p->date == today && p->starts <= minute;
}

/* Of two rooms, or two people, at one time of the week each is a line of its own: whoever says until when it
 * went means the meetings of that line alone. */
static bool is_of(const struct meetings_input *in, const struct view_planned *p) {
  if (in->was_ends_text.len == 0) return true;
  return p->ends == in->was_ends && id_equal(&p->staff, &in->was_staff) &&
         slice_equal(p->place, in->was_place);
}

static err read_was(struct api_call *c, struct meetings_input *in) {
  TRY(acts_whole(c, "was_weekday", in->was_weekday_text, 1, week_days, &in->was_weekday));
  TRY(read_minute(c, "was_starts", in->was_starts_text, &in->was_starts));
  if (in->was_ends_text.len) return read_minute(c, "was_ends", in->was_ends_text, &in->was_ends);
  if (in->was_staff_id.len == 0 && in->was_place.len == 0) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"was_staff\" and \"was_place\" need \"was_ends\"");
}

static bool is_off(const struct meetings_input *in) { return in->off.len != 0; }

/* What is moved to such a day is neither due nor owed then: a lesson less, which nobody may have meant. */
static err check_closed(struct api_call *c, const struct meetings_input *in, int32_t date,
                        const struct closed_days *closed) {
  char day[date_text_bytes];
  const struct view_closure *one = in->closed.len ? NULL : closed_on(closed, date);
  if (!one) return ERR_OK;
  date_text(day, date);
  return fault_set(&c->fault, ERR_CONFLICT,
                   "%s is closed (%.*s), and nothing that meets then is due: choose another day, or say that "
                   "meetings may go to closed days",
                   day, (int)one->reason.len, (const char *)one->reason.ptr);
}

static err change_all(struct api_call *c, struct meetings_input *in) {
  const struct planned_slot slot = {(int32_t)in->was_weekday, (int32_t)in->was_starts};
  struct view_planned_list planned;
  struct meeting_list meetings;
  struct closed_days closed;
  TRY(views_planned(c->store, &c->id, in->first, &slot, &c->x->arena, &planned));
  if (planned.count == 0) return ERR_OK;
  TRY(read_closed(c, in, in->first, planned.list[planned.count - 1].date + week_days, &closed));
  TRY(read_meetings(c, in->first, INT32_MAX, &meetings));
  for (size_t i = 0; i < planned.count; i++) {
    const struct view_planned *p = &planned.list[i];
    int32_t date = p->date + (int32_t)(in->weekday - in->was_weekday); /* of the same week */
    if (has_begun(c, p) || !is_of(in, p)) continue;
    if (!is_off(in) && date < in->first) continue; /* of the first week: that day is past */
    struct op *op = &in->ops[in->used++];
    *op = (struct op){.table = schema_table(TABLE_session), .row = p->session};
    if (is_off(in)) {
      op->units = UNIT(removed);
      op->values[COL(session, removed)] = value_int(1);
      continue;
    }
    bool taken = (date != p->date || in->starts != p->starts) && meets_then(&meetings, date, in->starts);
    if (taken)
      return fault_set(&c->fault, ERR_CONFLICT, "it meets at that time already: take one of the two off");
    TRY(check_open(c, in, date));
    if (date != p->date) TRY(check_closed(c, in, date, &closed));
    put_what(op, in, date);
  }
  return ERR_OK;
}

static err change_step(struct api_call *c) {
  struct meetings_input *in = c->own;
  TRY(begin(c, 0));
  TRY(change_all(c, in));
  if (in->used == 0)
    return fault_set(&c->fault, ERR_CONFLICT,
                     "nothing is planned at that time from that day on: look at it again");
  return activity_write(c, in->ops, in->used, is_off(in) ? "activity.off" : "activity.retime", slice_text(""),
                        &c->id, NULL);
}

err api_activity_retime(struct api_call *c) {
  struct meetings_input *in;
  TRY(read_input(c, change_fields, COUNT(change_fields), &in));
  if (in->first < acts_today(c))
    return fault_set(&c->fault, ERR_INVALID, "what was planned for a day that is past stays as it is");
  TRY(read_was(c, in));
  TRY(read_staff(c, "was_staff", in->was_staff_id, &in->was_staff));
  if (is_off(in) && !slice_equal(in->off, slice_text("yes")))
    return fault_set(&c->fault, ERR_INVALID, "\"off\" is yes, or left out");
  if (in->closed.len && !slice_equal(in->closed, slice_text("yes")))
    return fault_set(&c->fault, ERR_INVALID, "\"closed\" is yes, or left out");
  if (!is_off(in)) TRY(read_what(c, in));
  if (!is_off(in)) TRY(acts_whole(c, "weekday", in->weekday_text, 1, week_days, &in->weekday));
  return api_then(c, HTTP_WRITER, change_step);
}
