/* today.c: the day's sessions, the activities, and a session made on the spot. */
#include "client/core/commands.h"
#include "client/core/learner_sql.h"
#include "client/core/register.h"
#include "client/core/session_sql.h"
#include "client/core/visit_sql.h"

struct day {
  struct session_info *list;
  struct session_state *states;
  size_t count;
};

static err load_days(struct core *c, int32_t first, int32_t last, struct day *out) {
  struct session_query q = {.staff = c->who, .first = first, .last = last, .today = core_today(c)};
  TRY(session_list(c->store, &q, day_sessions_max, &c->arena, &out->list, &out->count));
  out->states = arena_take(&c->arena, out->count ? out->count : 1, sizeof *out->states);
  if (!out->states) return ERR_NO_MEMORY;
  for (size_t i = 0; i < out->count; i += 1) {
    struct arena scratch = ARENA_INIT(4194304);
    err e = session_stand(c->store, &out->list[i], &scratch, &out->states[i]);
    struct slice name = arena_copy(&c->arena, out->states[i].solo_name);
    out->states[i].solo_name = name;
    arena_finish(&scratch);
    TRY(e);
  }
  return ERR_OK;
}

/* Cancelled lessons need no register, nor does a closed day that nobody touched. */
static bool is_open(const struct day *d, size_t i) {
  if (d->list[i].closure.len && d->states[i].register_state == 0 &&
      d->list[i].status != ENUM_session_status_delivered)
    return false;
  return d->list[i].status != ENUM_session_status_cancelled &&
         d->states[i].register_state != ENUM_register_state_closed;
}

static size_t keep_open(struct day *d) {
  size_t kept = 0;
  for (size_t i = 0; i < d->count; i += 1) {
    if (!is_open(d, i)) continue;
    d->list[kept] = d->list[i];
    d->states[kept] = d->states[i];
    kept += 1;
  }
  return kept;
}

static void pack_day(struct packer *p, const char *name, const struct day *d) {
  pack_word(p, name);
  pack_array(p, d->count);
  for (size_t i = 0; i < d->count; i += 1) pack_session(p, &d->list[i], &d->states[i]);
}

err call_today(struct core *c, struct call *call) {
  const struct arg *arg = &call->args[ARG_OF(today, date)];
  int32_t date = arg->given ? (int32_t)arg->i : core_today(c);
  struct day today;
  struct day before;
  struct slice term;
  struct packer *p = call->out;
  bool visits = false;
  int64_t drafts = 0;
  TRY(visit_allowed(c, &visits));
  if (visits) TRY(visit_drafts(c->store, &c->who, &drafts));
  TRY(load_days(c, date, date, &today));
  TRY(load_days(c, date - open_before_days, date - 1, &before));
  before.count = keep_open(&before);
  TRY(term_name(c->store, date, &c->arena, &term));
  pack_map(p, FIELDS_Today);
  answer_date(p, "date", date);
  answer_text_or_nil(p, "term", term);
  answer_text(p, "staff_name", staff_name(c, &c->who));
  answer_int(p, "minute_now", core_minute(c));
  pack_day(p, "sessions", &today);
  pack_day(p, "open_before", &before);
  answer_int_or_nil(p, "visit_drafts", visits, drafts);
  return ERR_OK;
}

static err pack_activity(void *ctx, const struct activity_info *a) {
  struct packer *p = ctx;
  pack_map(p, FIELDS_ActivityItem);
  answer_id(p, "id", &a->id);
  answer_text(p, "name", a->name);
  answer_word(p, "mode", "mode", a->mode ? a->mode : ENUM_mode_large);
  answer_text_or_nil(p, "school", a->school);
  answer_text_or_nil(p, "place", a->place);
  answer_int(p, "learners", a->learners);
  answer_text_or_nil(p, "solo_name", a->solo_name);
  return ERR_OK;
}

err call_activities(struct core *c, struct call *call) {
  struct packer *p = call->out;
  size_t count = 0;
  TRY(activity_count(c->store, &c->who, core_today(c), &count));
  pack_map(p, FIELDS_Activities);
  pack_word(p, "activities");
  pack_array(p, count);
  return activity_each(c->store, &c->who, core_today(c), &c->arena, pack_activity, p);
}

static void put_session(struct change_row *r, struct core *c, const struct arg *args, int32_t date) {
  const struct arg *place = &args[ARG_OF(session_adhoc, place)];
  change_set(r, COL(session, activity), value_id(&args[ARG_OF(session_adhoc, activity)].id));
  change_set(r, COL(session, adhoc), value_int(1));
  change_set(r, COL(session, date), value_int(date));
  change_set(r, COL(session, starts), value_int(args[ARG_OF(session_adhoc, starts)].i));
  change_set(r, COL(session, ends), value_int(args[ARG_OF(session_adhoc, ends)].i));
  change_set(r, COL(session, status), value_int(ENUM_session_status_scheduled));
  change_set(r, COL(session, staff), value_id(&c->who));
  if (place->given && place->text.len) change_set(r, COL(session, place), value_text(place->text));
}

err call_session_adhoc(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  const struct id *activity = &args[ARG_OF(session_adhoc, activity)].id;
  int32_t date =
      args[ARG_OF(session_adhoc, date)].given ? (int32_t)args[ARG_OF(session_adhoc, date)].i : core_today(c);
  struct id id = entropy_id(&c->config.entropy);
  bool allowed = false;
  struct change ch;
  struct change_row *r = NULL;
  TRY(grant_allows(c, activity, date, &allowed));
  if (!allowed)
    return fault_set(&call->fault, ERR_FORBIDDEN, "you are not assigned to that activity on that date");
  if (args[ARG_OF(session_adhoc, ends)].i <= args[ARG_OF(session_adhoc, starts)].i) {
    return fault_set(&call->fault, ERR_INVALID, "a session ends after it starts");
  }
  TRY(change_begin(&ch, c, activity, &id));
  TRY(change_row(&ch, TABLE_session, &id, &r));
  put_session(r, c, args, date);
  TRY(change_commit(&ch, &call->fault));
  core_topic(c, "today", NULL);
  pack_map(call->out, FIELDS_SessionMade);
  answer_id(call->out, "session", &id);
  return ERR_OK;
}

/* ---- a session of the open register is changed ---- */

static err begin(struct core *c, struct change *ch, const struct id *session, struct change_row **out) {
  TRY(change_begin(ch, c, &c->roster.session.activity, session));
  return change_row(ch, TABLE_session, session, out);
}

/* The register was read with the session as it was, and stands on the day's list. */
static err finish(struct core *c, struct call *call, struct change *ch, const struct id *session) {
  TRY(change_commit(ch, &call->fault));
  roster_forget(&c->roster);
  core_topic(c, "today", NULL);
  core_topic(c, "register:", session);
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

static err check_cancel(struct core *c, struct call *call, bool cancels) {
  int64_t status = c->roster.session.status;
  if (c->roster.state == ENUM_register_state_closed)
    return fault_set(&call->fault, ERR_CONFLICT,
                     "this register is finished, so it took place; amend it first");
  if (cancels || status == ENUM_session_status_cancelled) return ERR_OK;
  return fault_set(&call->fault, ERR_CONFLICT, "this session is not cancelled");
}

/* Marks that are there stay; they count nowhere while it is cancelled. */
err call_session_cancel(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(session_cancel, session)].id;
  const struct arg *cause = &call->args[ARG_OF(session_cancel, cause)];
  struct change ch;
  struct change_row *r = NULL;
  TRY(register_open(c, call, session));
  TRY(check_cancel(c, call, cause->given));
  TRY(begin(c, &ch, session, &r));
  change_set(r, COL(session, status),
             value_int(cause->given ? ENUM_session_status_cancelled : ENUM_session_status_scheduled));
  change_set(r, COL(session, cause), cause->given ? value_int(cause->i) : value_null());
  return finish(c, call, &ch, session);
}

/* Times that are swapped are two such moves: between them two lessons stand at one time, which is no harm. */
err call_session_move(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  const struct id *session = &args[ARG_OF(session_move, session)].id;
  int64_t starts = args[ARG_OF(session_move, starts)].i, ends = args[ARG_OF(session_move, ends)].i;
  struct change ch;
  struct change_row *r = NULL;
  TRY(register_open(c, call, session));
  TRY(register_check_open(c, call));
  if (ends <= starts) return fault_set(&call->fault, ERR_INVALID, "a session ends after it starts");
  TRY(begin(c, &ch, session, &r));
  change_set(r, COL(session, starts), value_int(starts));
  change_set(r, COL(session, ends), value_int(ends));
  return finish(c, call, &ch, session);
}

err call_session_headcount(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(session_headcount, session)].id;
  struct change ch;
  struct change_row *r = NULL;
  TRY(register_open(c, call, session));
  TRY(register_check_open(c, call));
  if (c->roster.session.status == ENUM_session_status_cancelled)
    return fault_set(&call->fault, ERR_CONFLICT, "this session is cancelled: say first that it takes place");
  TRY(begin(c, &ch, session, &r));
  change_set(r, COL(session, headcount), value_int(call->args[ARG_OF(session_headcount, people)].i));
  return finish(c, call, &ch, session);
}
