/* note.c: progression notes and progress facts: rows that are only ever added. */
#include "client/core/alias.h"
#include "client/core/change.h"
#include "client/core/commands.h"
#include "client/core/draft.h"
#include "client/core/learner_sql.h"

/* Where a note or fact belongs, checked: the person is assigned to the activity, the learner is or was in it.
 */
struct place {
  const struct id *learner, *activity;
  bool enrolled;
};

static err look_for(void *ctx, const struct enrolment_info *e) {
  struct place *p = ctx;
  if (id_equal(&e->activity, p->activity)) p->enrolled = true;
  return ERR_OK;
}

/* A visitor has no enrolment, but a mark. */
static err was_marked(struct core *c, const struct id *session, struct place *p) {
  struct row mark;
  struct id id;
  mark_id(&id, session, p->learner);
  TRY(rows_load(c->store->rows, schema_table(TABLE_mark), &id, &c->arena, &mark));
  if (mark.exists) p->enrolled = true;
  return ERR_OK;
}

static err check_place(struct core *c, struct call *call, struct place *p, const struct arg *session) {
  bool allowed = false;
  TRY(grant_allows(c, p->activity, core_today(c), &allowed));
  if (!allowed) return fault_set(&call->fault, ERR_FORBIDDEN, "you are not assigned to that activity today");
  TRY(enrolment_each(c->store, p->learner, &c->who, core_today(c), look_for, p));
  if (!p->enrolled && session && session->given) TRY(was_marked(c, &session->id, p));
  if (p->enrolled) return ERR_OK;
  return fault_set(&call->fault, ERR_NOT_FOUND, "that learner is not in that activity on this device");
}

static void set_text(struct change_row *r, size_t column, const struct arg *arg) {
  if (arg->given && arg->text.len) change_set(r, column, value_text(arg->text));
}

static void set_id(struct change_row *r, size_t column, const struct arg *arg) {
  if (arg->given) change_set(r, column, value_id(&arg->id));
}

static void set_int(struct change_row *r, size_t column, const struct arg *arg) {
  if (arg->given) change_set(r, column, value_int(arg->i));
}

static err add(struct core *c, uint8_t table, const struct id *activity, struct change *ch,
               struct change_row **out) {
  struct id id = entropy_id(&c->config.entropy);
  TRY(change_begin(ch, c, activity, NULL));
  ch->notes = 1;
  return change_row(ch, table, &id, out);
}

static err finish(struct core *c, struct call *call, struct change *ch, const struct id *learner) {
  TRY(change_commit(ch, &call->fault));
  core_topic(c, "learner:", learner);
  return ERR_OK;
}

static void fill_note(struct core *c, struct change_row *r, const struct arg *args) {
  const struct arg *visibility = &args[ARG_OF(note_add, visibility)];
  set_id(r, COL(note, learner), &args[ARG_OF(note_add, learner)]);
  set_id(r, COL(note, activity), &args[ARG_OF(note_add, activity)]);
  set_id(r, COL(note, session), &args[ARG_OF(note_add, session)]);
  set_id(r, COL(note, revises), &args[ARG_OF(note_add, revises)]);
  change_set(r, COL(note, staff), value_id(&c->who));
  change_set(r, COL(note, date), value_int(core_today(c)));
  set_int(r, COL(note, areas), &args[ARG_OF(note_add, areas)]);
  set_text(r, COL(note, text), &args[ARG_OF(note_add, text)]);
  set_text(r, COL(note, next_step), &args[ARG_OF(note_add, next_step)]);
  set_text(r, COL(note, learner_words), &args[ARG_OF(note_add, learner_words)]);
  change_set(r, COL(note, visibility), value_int(visibility->given ? visibility->i : ENUM_visibility_office));
}

err call_note_add(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  struct place place = {&args[ARG_OF(note_add, learner)].id, &args[ARG_OF(note_add, activity)].id, false};
  struct change ch;
  struct change_row *r = NULL;
  if (args[ARG_OF(note_add, text)].text.len + args[ARG_OF(note_add, next_step)].text.len +
          args[ARG_OF(note_add, learner_words)].text.len ==
      0) {
    return fault_set(&call->fault, ERR_INVALID,
                     "a note needs a text, a next step or the learner's own words");
  }
  TRY(check_place(c, call, &place, &args[ARG_OF(note_add, session)]));
  TRY(add(c, TABLE_note, place.activity, &ch, &r));
  ch.drafted = place.learner;
  fill_note(c, r, args);
  TRY(finish(c, call, &ch, place.learner));
  pack_map(call->out, FIELDS_NoteMade);
  answer_id(call->out, "note", &r->row.id);
  return ERR_OK;
}

static err keep_draft(struct store *s, const struct id *staff, const struct id *learner, struct slice text) {
  TRY(store_begin(s));
  return store_end(s, draft_put(s, staff, learner, text));
}

err call_draft_keep(struct core *c, struct call *call) {
  struct learner_info info;
  struct id learner;
  TRY(alias_learner(c->store, &call->args[ARG_OF(draft_keep, learner)].id, &learner));
  err e = learner_load(c->store, &learner, &c->arena, &info);
  if (e == ERR_NOT_FOUND) return fault_set(&call->fault, e, "there is no such learner on this device");
  TRY(e);
  TRY(change_unwritten(keep_draft(c->store, &c->who, &learner, call->args[ARG_OF(draft_keep, text)].text),
                       &call->fault));
  pack_map(call->out, FIELDS_Nothing);
  return ERR_OK;
}

/* Which column a kind of fact cannot do without. */
static err check_fact(struct call *call) {
  const struct arg *args = call->args;
  switch (args[ARG_OF(progress_add, kind)].i) {
  case ENUM_progress_kind_stage:
    if (args[ARG_OF(progress_add, stage)].given) return ERR_OK;
    return fault_set(&call->fault, ERR_INVALID, "say which stage was reached");
  case ENUM_progress_kind_pos:
    if (args[ARG_OF(progress_add, pos)].given) return ERR_OK;
    return fault_set(&call->fault, ERR_INVALID,
                     "say which level of the Programme of Study was reached, 1 to 5");
  case ENUM_progress_kind_grade:
    if (args[ARG_OF(progress_add, grade)].text.len) return ERR_OK;
    return fault_set(&call->fault, ERR_INVALID, "say which grade it was");
  default: return ERR_OK;
  }
}

static void fill_fact(struct core *c, struct change_row *r, const struct arg *args) {
  set_id(r, COL(progress, learner), &args[ARG_OF(progress_add, learner)]);
  set_id(r, COL(progress, activity), &args[ARG_OF(progress_add, activity)]);
  set_id(r, COL(progress, voids), &args[ARG_OF(progress_add, voids)]);
  change_set(r, COL(progress, staff), value_id(&c->who));
  change_set(r, COL(progress, date), value_int(core_today(c)));
  set_int(r, COL(progress, kind), &args[ARG_OF(progress_add, kind)]);
  set_int(r, COL(progress, stage), &args[ARG_OF(progress_add, stage)]);
  set_int(r, COL(progress, pos), &args[ARG_OF(progress_add, pos)]);
  set_text(r, COL(progress, board), &args[ARG_OF(progress_add, board)]);
  set_text(r, COL(progress, grade), &args[ARG_OF(progress_add, grade)]);
  set_text(r, COL(progress, result), &args[ARG_OF(progress_add, result)]);
  set_text(r, COL(progress, comment), &args[ARG_OF(progress_add, comment)]);
}

err call_progress_add(struct core *c, struct call *call) {
  const struct arg *args = call->args;
  struct place place = {&args[ARG_OF(progress_add, learner)].id, &args[ARG_OF(progress_add, activity)].id,
                        false};
  struct change ch;
  struct change_row *r = NULL;
  if (!args[ARG_OF(progress_add, voids)].given) TRY(check_fact(call));
  TRY(check_place(c, call, &place, NULL));
  TRY(add(c, TABLE_progress, place.activity, &ch, &r));
  fill_fact(c, r, args);
  TRY(finish(c, call, &ch, place.learner));
  pack_map(call->out, FIELDS_ProgressMade);
  answer_id(call->out, "progress", &r->row.id);
  return ERR_OK;
}
