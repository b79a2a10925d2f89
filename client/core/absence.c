/* absence.c: after Finish: who is away though nobody was told, whom to ring about them, and what was said.
 * The people to ring are named for a session of the day alone: last week's register is no telephone book. */
#include "client/core/absence_sql.h"
#include "client/core/commands.h"
#include "client/core/register.h"

static bool is_unexplained(const struct roster_row *row) {
  return row->code == ENUM_mark_code_AU && !row->has_notice;
}

static err open_finished(struct core *c, struct call *call, const struct id *session) {
  TRY(register_open(c, call, session));
  if (c->roster.session.date != core_today(c))
    return fault_set(&call->fault, ERR_FORBIDDEN,
                     "whom to ring is shown on the day of the session only; the office follows up the rest");
  if (c->roster.state == ENUM_register_state_closed) return ERR_OK;
  return fault_set(&call->fault, ERR_CONFLICT, "finish the register first: only then is somebody missing");
}

static void pack_contact(struct packer *p, const struct contact_info *k) {
  pack_map(p, FIELDS_Contact);
  answer_id(p, "id", &k->id);
  answer_text(p, "name", k->name);
  answer_text_or_nil(p, "relation", k->relation);
  answer_text_or_nil(p, "phone", k->do_not_contact ? slice_of(NULL, 0) : k->phone);
  answer_bool(p, "do_not_contact", k->do_not_contact);
  answer_bool(p, "may_not_collect", k->may_not_collect);
}

static void pack_call(struct core *c, struct packer *p, const struct call_info *k) {
  pack_map(p, FIELDS_AbsenceCall);
  answer_id(p, "contact", &k->contact);
  answer_text_or_nil(p, "contact_name", k->contact_name);
  answer_word(p, "outcome", "call_outcome", k->outcome);
  answer_text_or_nil(p, "said", k->said);
  answer_int(p, "at", k->at);
  answer_text_or_nil(p, "author_name", staff_name(c, &k->staff));
}

static err pack_absence(struct core *c, struct packer *p, const struct roster_row *row) {
  struct contact_info contacts[ladder_max];
  struct call_info calls[ladder_max];
  size_t contact_count = 0, call_count = 0;
  TRY(absence_contacts(c->store, &row->learner, &c->arena, contacts, &contact_count));
  TRY(absence_calls(c->store, &c->roster.session.id, &row->learner, &c->arena, calls, &call_count));
  pack_map(p, FIELDS_Absence);
  answer_id(p, "learner", &row->learner);
  answer_text(p, "name", row->name);
  answer_text_or_nil(p, "section", row->section);
  answer_text_or_nil(p, "year_group", row->year_group);
  answer_int_or_nil(p, "door_in", row->door_in >= 0, row->door_in);
  pack_word(p, "contacts");
  pack_array(p, contact_count);
  for (size_t i = 0; i < contact_count; i += 1) pack_contact(p, &contacts[i]);
  pack_word(p, "calls");
  pack_array(p, call_count);
  for (size_t i = 0; i < call_count; i += 1) pack_call(c, p, &calls[i]);
  return ERR_OK;
}

err call_absences(struct core *c, struct call *call) {
  struct packer *p = call->out;
  const struct roster *r = &c->roster;
  size_t count = 0;
  TRY(open_finished(c, call, &call->args[ARG_OF(absences, session)].id));
  for (size_t i = 0; i < r->count; i += 1) count += is_unexplained(&r->rows[i]);
  pack_map(p, FIELDS_Absences);
  pack_roster_session(p, r);
  pack_word(p, "absences");
  pack_array(p, count);
  for (size_t i = 0; i < r->count; i += 1) {
    if (is_unexplained(&r->rows[i])) TRY(pack_absence(c, p, &r->rows[i]));
  }
  return ERR_OK;
}

/* Somebody of the learner's own, who may be rung. */
static err check_contact(struct core *c, struct call *call, const struct id *learner,
                         const struct id *contact) {
  struct contact_info contacts[ladder_max];
  size_t count = 0;
  TRY(absence_contacts(c->store, learner, &c->arena, contacts, &count));
  for (size_t i = 0; i < count; i += 1) {
    if (!id_equal(&contacts[i].id, contact)) continue;
    if (!contacts[i].do_not_contact) return ERR_OK;
    return fault_set(&call->fault, ERR_FORBIDDEN, "the office says not to contact this person");
  }
  return fault_set(&call->fault, ERR_NOT_FOUND, "that is nobody's contact on this device");
}

static err put_call(struct core *c, struct call *call, const struct id *learner) {
  const struct arg *args = call->args;
  const struct arg *contact = &args[ARG_OF(absence_call, contact)], *said = &args[ARG_OF(absence_call, said)];
  struct id id = entropy_id(&c->config.entropy), session = c->roster.session.id;
  struct change ch;
  struct change_row *r = NULL;
  TRY(change_begin(&ch, c, &c->roster.session.activity, NULL));
  TRY(change_row(&ch, TABLE_absence_call, &id, &r));
  change_set(r, COL(absence_call, session), value_id(&session));
  change_set(r, COL(absence_call, learner), value_id(learner));
  change_set(r, COL(absence_call, staff), value_id(&c->who));
  if (contact->given) change_set(r, COL(absence_call, contact), value_id(&contact->id));
  change_set(r, COL(absence_call, outcome), value_int(args[ARG_OF(absence_call, outcome)].i));
  change_set(r, COL(absence_call, at), value_int(core_minute(c)));
  if (said->given && said->text.len) change_set(r, COL(absence_call, said), value_text(said->text));
  TRY(change_commit(&ch, &call->fault));
  core_topic(c, "register:", &session);
  return ERR_OK;
}

err call_absence_call(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  const struct arg *contact = &args[ARG_OF(absence_call, contact)], *said = &args[ARG_OF(absence_call, said)];
  TRY(open_finished(c, call, &args[ARG_OF(absence_call, session)].id));
  const struct roster_row *row = roster_find(&c->roster, &args[ARG_OF(absence_call, learner)].id);
  if (!row || !is_unexplained(row))
    return fault_set(&call->fault, ERR_NOT_FOUND,
                     "nobody by that id is away without a word in this register");
  struct id learner = row->learner;
  if (contact->given) TRY(check_contact(c, call, &learner, &contact->id));
  if (!contact->given && said->text.len == 0)
    return fault_set(&call->fault, ERR_INVALID, "say whom you rang");
  TRY(put_call(c, call, &learner));
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}
