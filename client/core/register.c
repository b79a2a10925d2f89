/* register.c: opening, finishing and reopening a register. */
#include "client/core/register.h"

#include "client/core/commands.h"

err register_open(struct core *c, struct call *call, const struct id *session) {
  err e = roster_open(c, session);
  if (e == ERR_NOT_FOUND)
    return fault_set(&call->fault, e,
                     "this session is not on this device: those of a term that is over are at the office");
  if (e == ERR_FORBIDDEN)
    return fault_set(&call->fault, e,
                     "this session belongs to an activity you are not (or no longer) assigned to");
  return e;
}

err register_check_open(struct core *c, struct call *call) {
  if (c->roster.state != ENUM_register_state_closed) return ERR_OK;
  return fault_set(&call->fault, ERR_CONFLICT, "this register is closed; reopen it with a reason first");
}

err register_put_state(struct change *ch, int64_t state, struct slice reason) {
  struct id id;
  struct change_row *r = NULL;
  register_id(&id, &ch->session);
  TRY(change_row(ch, TABLE_register, &id, &r));
  change_set(r, COL(register, session), value_id(&ch->session));
  change_set(r, COL(register, state), value_int(state));
  change_set(r, COL(register, reason), reason.len ? value_text(reason) : value_null());
  r->stamp_column = COL(register, at);
  return ERR_OK;
}

err register_put_closed(struct change *ch) {
  struct change_row *session = NULL;
  TRY(register_put_state(ch, ENUM_register_state_closed, slice_of(NULL, 0)));
  if (ch->core->roster.session.status != ENUM_session_status_scheduled) return ERR_OK;
  TRY(change_row(ch, TABLE_session, &ch->session, &session));
  change_set(session, COL(session, status), value_int(ENUM_session_status_delivered));
  return ERR_OK;
}

err register_text(struct core *c, const char **out, struct slice name, const char *what) {
  struct slice tail = slice_text(what);
  char *text = arena_take(&c->arena, name.len + tail.len + 1, 1);
  if (!text) return ERR_NO_MEMORY;
  bytes_copy(text, name.ptr, name.len);
  bytes_copy(text + name.len, tail.ptr, tail.len);
  *out = text;
  return ERR_OK;
}

/* ---- after the commit ---- */

static err take_row(struct core *c, const struct row *row) {
  switch (row->table->id) {
  case TABLE_mark: return roster_take_mark(c, row);
  case TABLE_register: roster_take_register(c, row); return ERR_OK;
  case TABLE_session: c->roster.session.status = row->values[COL(session, status)].i; return ERR_OK;
  default: return ERR_OK;
  }
}

static err take_undo(struct core *c, const struct change *ch) {
  if (!ch->undo) return roster_take_undo(c);
  c->roster.undo = arena_copy(&c->roster.memory, slice_text(ch->undo));
  if (!c->roster.undo.ptr) return ERR_NO_MEMORY;
  if (c->roster.undo_steps < undo_steps_max) c->roster.undo_steps += 1;
  return ERR_OK;
}

static err take_change(struct core *c, const struct change *ch) {
  for (size_t i = 0; i < ch->count; i += 1) TRY(take_row(c, &ch->rows[i]->row));
  TRY(take_undo(c, ch));
  core_topic(c, "today", NULL);
  core_topic(c, "register:", &ch->session);
  return ERR_OK;
}

static const struct roster_row *changed_row(struct core *c, const struct change_row *r) {
  if (r->row.table->id != TABLE_mark) return NULL;
  return roster_find(&c->roster, &r->row.values[COL(mark, learner)].id);
}

static void answer_done(struct core *c, struct packer *p, const struct change *ch) {
  struct totals totals = roster_totals(&c->roster);
  size_t count = 0;
  for (size_t i = 0; i < ch->count; i += 1) count += changed_row(c, ch->rows[i]) != NULL;
  pack_map(p, FIELDS_MarkDone);
  pack_word(p, "totals");
  pack_totals(p, &totals);
  pack_word(p, "rows");
  pack_array(p, count);
  for (size_t i = 0; i < ch->count; i += 1) {
    const struct roster_row *row = changed_row(c, ch->rows[i]);
    if (row) pack_roster_row(c, p, row);
  }
  answer_word(p, "state", "register_state", c->roster.state ? c->roster.state : ENUM_register_state_open);
  pack_undo(p, &c->roster);
}

/* Memory that ran out after the commit only means that the roster is read again. */
err register_commit(struct core *c, struct call *call, struct change *ch) {
  size_t wanted = ch->count;
  TRY(change_commit(ch, &call->fault));
  if (wanted && ch->count && take_change(c, ch) != ERR_OK) roster_forget(&c->roster);
  if (!c->roster.valid) TRY(roster_open(c, &ch->session));
  answer_done(c, call->out, ch);
  return ERR_OK;
}

/* ---- commands ---- */

err call_register_get(struct core *c, struct call *call) {
  struct packer *p = call->out;
  TRY(register_open(c, call, &call->args[ARG_OF(register_get, session)].id));
  const struct roster *r = &c->roster;
  struct totals totals = roster_totals(r);
  pack_map(p, FIELDS_Register);
  pack_roster_session(p, r);
  pack_word(p, "rows");
  pack_array(p, r->count);
  for (size_t i = 0; i < r->count; i += 1) pack_roster_row(c, p, &r->rows[i]);
  pack_word(p, "totals");
  pack_totals(p, &totals);
  pack_undo(p, r);
  answer_text_or_nil(p, "reason", r->state == ENUM_register_state_reopened ? r->reason : slice_of(NULL, 0));
  return ERR_OK;
}

static bool came_by_the_door(const struct roster_row *row) { return row->door_in >= 0 && row->door_out < 0; }

static err mark_unmarked(struct change *ch, int64_t code, bool door) {
  const struct mark_wish wish = {.code = code};
  const struct roster *r = &ch->core->roster;
  for (size_t i = 0; i < r->count; i += 1) {
    if (r->rows[i].code == 0 && (!door || came_by_the_door(&r->rows[i])))
      TRY(mark_put(ch, &r->rows[i].learner, &wish));
  }
  return ERR_OK;
}

static err check_rest(struct call *call, int64_t code) {
  if (code != ENUM_mark_code_none) return ERR_OK;
  return fault_set(&call->fault, ERR_INVALID, "the rest can be marked here or away, not unmarked again");
}

err call_mark_rest(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(mark_rest, session)].id;
  int64_t code = call->args[ARG_OF(mark_rest, code)].i;
  struct change ch;
  TRY(register_open(c, call, session));
  TRY(register_check_open(c, call));
  TRY(check_rest(call, code));
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  bool door = call->args[ARG_OF(mark_rest, door)].i != 0;
  TRY(mark_unmarked(&ch, code, door));
  TRY(register_text(c, &ch.undo, slice_text(door ? "All from the door marked " : "The rest marked "),
                    mark_words(code)));
  return register_commit(c, call, &ch);
}

err call_register_finish(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(register_finish, session)].id;
  const struct arg *rest = &call->args[ARG_OF(register_finish, rest)];
  struct change ch;
  TRY(register_open(c, call, session));
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  if (c->roster.state == ENUM_register_state_closed) return register_commit(c, call, &ch);
  int64_t unmarked = roster_totals(&c->roster).unmarked;
  if (unmarked > 0 && !rest->given) {
    call->unmarked = unmarked;
    return fault_set(&call->fault, ERR_CONFLICT,
                     "%d not marked yet: mark them here, mark them away, or go back", (int)unmarked);
  }
  if (rest->given) TRY(check_rest(call, rest->i));
  if (rest->given) TRY(mark_unmarked(&ch, rest->i, false));
  TRY(register_put_closed(&ch));
  ch.undo = "Register finished";
  TRY(register_commit(c, call, &ch));
  return seal_if_room(c);
}

err call_register_reopen(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(register_reopen, session)].id;
  struct slice reason = call->args[ARG_OF(register_reopen, reason)].text;
  struct change ch;
  TRY(register_open(c, call, session));
  if (c->roster.state != ENUM_register_state_closed) {
    return fault_set(&call->fault, ERR_CONFLICT, "this register is open already");
  }
  while (reason.len && reason.ptr[0] == ' ') reason = slice_of(reason.ptr + 1, reason.len - 1);
  if (reason.len == 0) return fault_set(&call->fault, ERR_INVALID, "say why the register is opened again");
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  TRY(register_put_state(&ch, ENUM_register_state_reopened, reason));
  ch.undo = "Register reopened";
  return register_commit(c, call, &ch);
}
