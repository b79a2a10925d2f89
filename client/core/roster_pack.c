/* roster_pack.c: shapes of the register as the UI reads them. */
#include "client/core/roster.h"

#include "client/core/state.h"

void pack_totals(struct packer *p, const struct totals *t) {
  pack_map(p, FIELDS_Totals);
  answer_int(p, "here", t->here);
  answer_int(p, "late", t->late);
  answer_int(p, "away", t->away);
  answer_int(p, "event", t->event);
  answer_int(p, "unmarked", t->unmarked);
  answer_int(p, "of", t->of);
}

void pack_session(struct packer *p, const struct session_info *s, const struct session_state *state) {
  pack_map(p, FIELDS_SessionItem);
  answer_id(p, "id", &s->id);
  answer_id(p, "activity", &s->activity);
  answer_text(p, "name", s->name);
  answer_text_or_nil(p, "place", s->place);
  answer_text_or_nil(p, "school", s->school);
  answer_date(p, "date", s->date);
  answer_int(p, "starts", s->starts);
  answer_int(p, "ends", s->ends);
  answer_word(p, "mode", "mode", s->mode ? s->mode : ENUM_mode_large);
  answer_word(p, "status", "session_status", s->status ? s->status : ENUM_session_status_scheduled);
  answer_word(p, "cause", "cancel_cause", s->cause);
  answer_word(p, "state", "register_state", state->register_state);
  answer_text_or_nil(p, "closure", s->closure);
  answer_bool(p, "adhoc", s->adhoc);
  answer_int_or_nil(p, "headcount", s->headcount >= 0, s->headcount);
  pack_word(p, "totals");
  pack_totals(p, &state->totals);
  answer_id(p, "solo", &state->solo);
  answer_text_or_nil(p, "solo_name", state->solo_name);
  answer_word(p, "solo_code", "mark_code", state->solo_code);
}

void pack_roster_session(struct packer *p, const struct roster *r) {
  struct session_state state = {.register_state = r->state, .totals = roster_totals(r)};
  for (size_t i = 0; i < r->count && roster_is_solo(r); i += 1) {
    if (!r->rows[i].enrolled) continue;
    state.solo = r->rows[i].learner;
    state.solo_name = r->rows[i].name;
    state.solo_code = r->rows[i].code;
  }
  pack_word(p, "session");
  pack_session(p, &r->session, &state);
}

void pack_roster_row(struct core *c, struct packer *p, const struct roster_row *row) {
  bool other = row->code != 0 && !id_equal(&row->author, &c->who);
  pack_map(p, FIELDS_RegisterRow);
  answer_id(p, "learner", &row->learner);
  answer_text(p, "name", row->name);
  answer_text_or_nil(p, "section", row->section);
  answer_text_or_nil(p, "instrument", row->instrument);
  answer_text_or_nil(p, "year_group", row->year_group);
  /* The office was told: that explains an absence, for as long as the notice stands. */
  bool explained = row->has_notice && row->code == ENUM_mark_code_AU;
  answer_word(p, "code", "mark_code", explained ? ENUM_mark_code_AN : row->code);
  answer_int_or_nil(p, "arrived", row->arrived >= 0, row->arrived);
  answer_int_or_nil(p, "departed", row->departed >= 0, row->departed);
  answer_int_or_nil(p, "door_in", row->door_in >= 0, row->door_in);
  answer_int_or_nil(p, "door_out", row->door_out >= 0, row->door_out);
  answer_text_or_nil(p, "comment", row->comment);
  answer_text_or_nil(p, "amend_reason", row->amend_reason);
  pack_word(p, "notice");
  if (row->has_notice)
    pack_text(p, row->notice);
  else
    pack_nil(p);
  answer_bool(p, "visitor", !row->enrolled);
  answer_text_or_nil(p, "author_name", other ? staff_name(c, &row->author) : slice_of(NULL, 0));
  answer_bool(p, "conflict", row->conflict || row->two || (row->away && !row->has_notice));
}

void pack_undo(struct packer *p, const struct roster *r) {
  pack_word(p, "undo");
  if (r->undo_steps == 0) {
    pack_nil(p);
    return;
  }
  pack_map(p, FIELDS_Undo);
  answer_text(p, "text", r->undo);
  answer_int(p, "steps", (int64_t)r->undo_steps);
}
