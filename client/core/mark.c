/* mark.c: one learner's mark at one session. */
#include "client/core/commands.h"
#include "client/core/register.h"

const char *mark_words(int64_t code) {
  switch (code) {
  case ENUM_mark_code_P: return "here";
  case ENUM_mark_code_L: return "late";
  case ENUM_mark_code_AN: return "away, told us";
  case ENUM_mark_code_AU: return "away";
  case ENUM_mark_code_SE: return "at a school event";
  default: return "unmarked again";
  }
}

static bool is_int(const struct value *v, int64_t i) { return v->kind == VALUE_INT && v->i == i; }

/* A late arrival without a time gets the time of the tap, if the tap is on the day. */
static struct value arrival(const struct core *c, const struct change_row *r, const struct mark_wish *wish) {
  const struct value *old = &r->row.values[COL(mark, arrived)];
  if (wish->code != ENUM_mark_code_L) return value_null();
  if (wish->has_arrived) return value_int(wish->arrived);
  if (is_int(&r->row.values[COL(mark, code)], ENUM_mark_code_L) && old->kind == VALUE_INT) return *old;
  return c->roster.session.date == core_today(c) ? value_int(core_minute(c)) : value_null();
}

static void put_code(struct core *c, struct change_row *r, const struct mark_wish *wish) {
  const struct value *code = &r->row.values[COL(mark, code)];
  const struct value *arrived = &r->row.values[COL(mark, arrived)];
  struct value wanted = arrival(c, r, wish);
  bool same = is_int(code, wish->code) && value_equal(arrived, &wanted);
  bool absent = code->kind == VALUE_NULL && wish->code == ENUM_mark_code_none;
  if (same || absent) return;
  bool amended = c->roster.state == ENUM_register_state_reopened;
  change_set(r, COL(mark, code), value_int(wish->code));
  change_set(r, COL(mark, arrived), wanted);
  change_set(r, COL(mark, amend_reason), amended ? value_text(c->roster.reason) : value_null());
}

static void put_rest(struct change_row *r, const struct mark_wish *wish) {
  const struct value *departed = &r->row.values[COL(mark, departed)];
  const struct value *comment = &r->row.values[COL(mark, comment)];
  struct value text = wish->comment.len ? value_text(wish->comment) : value_null();
  if (wish->has_departed && !is_int(departed, wish->departed))
    change_set(r, COL(mark, departed), value_int(wish->departed));
  if (wish->has_comment && !value_equal(comment, &text)) change_set(r, COL(mark, comment), text);
}

err mark_put(struct change *ch, const struct id *learner, const struct mark_wish *wish) {
  struct id id, ids[2] = {*learner, ch->session};
  struct change_row *r = NULL;
  /* A mark that stands under another id of the child, or of the meeting, is changed there: a second one would
   * contradict it. */
  const struct roster_row *row = roster_find(&ch->core->roster, learner);
  if (row && row->marked) bytes_copy(ids, row->mark, sizeof ids);
  mark_id(&id, &ids[1], &ids[0]);
  TRY(change_row(ch, TABLE_mark, &id, &r));
  put_code(ch->core, r, wish);
  put_rest(r, wish);
  if (!r->units) return ERR_OK;
  change_set(r, COL(mark, session), value_id(&ids[1]));
  change_set(r, COL(mark, learner), value_id(&ids[0]));
  if (ch->core->roster.state) return ERR_OK;
  return register_put_state(ch, ENUM_register_state_open, slice_of(NULL, 0));
}

/* The learner's name, or an error when this device knows nobody by that id. */
static err find_learner(struct core *c, struct call *call, const struct id *learner, struct slice *name_out) {
  const struct roster_row *row = roster_find(&c->roster, learner);
  if (row) {
    *name_out = row->name;
    return ERR_OK;
  }
  err e = learner_name_of(c->store->rows, &c->arena, learner, name_out);
  return e == ERR_NOT_FOUND ? fault_set(&call->fault, e, "there is no such learner on this device") : e;
}

static err read_wish(struct call *call, struct mark_wish *out) {
  const struct arg *args = call->args;
  *out = (struct mark_wish){.code = args[ARG_OF(mark_set, code)].i,
                            .has_arrived = args[ARG_OF(mark_set, arrived)].given,
                            .arrived = args[ARG_OF(mark_set, arrived)].i,
                            .has_departed = args[ARG_OF(mark_set, departed)].given,
                            .departed = args[ARG_OF(mark_set, departed)].i,
                            .has_comment = args[ARG_OF(mark_set, comment)].given,
                            .comment = args[ARG_OF(mark_set, comment)].text};
  if (!out->has_arrived || out->code == ENUM_mark_code_L) return ERR_OK;
  return fault_set(&call->fault, ERR_INVALID, "a time of arrival goes with Late only");
}

/* A lesson of one closes itself with its mark. */
static bool closes_itself(struct core *c, const struct id *learner, int64_t code) {
  const struct roster_row *row = roster_find(&c->roster, learner);
  return roster_is_solo(&c->roster) && row && row->enrolled && code != ENUM_mark_code_none &&
         c->roster.state != ENUM_register_state_reopened;
}

err call_mark_set(struct core *c, struct call *call) {
  const struct id *session = &call->args[ARG_OF(mark_set, session)].id;
  const struct id *learner = &call->args[ARG_OF(mark_set, learner)].id;
  struct mark_wish wish;
  struct slice name;
  struct change ch;
  TRY(register_open(c, call, session));
  TRY(register_check_open(c, call));
  TRY(read_wish(call, &wish));
  TRY(find_learner(c, call, learner, &name));
  TRY(change_begin(&ch, c, &c->roster.session.activity, session));
  TRY(mark_put(&ch, learner, &wish));
  bool closes = ch.count > 0 && ch.rows[0]->units && closes_itself(c, learner, wish.code);
  if (closes) TRY(register_put_closed(&ch));
  TRY(register_text(c, &ch.undo, name, " marked "));
  TRY(register_text(c, &ch.undo, slice_text(ch.undo), mark_words(wish.code)));
  TRY(register_commit(c, call, &ch));
  return closes ? seal_if_room(c) : ERR_OK;
}
