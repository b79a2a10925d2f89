/* cases.c: when a case opens and ends. A person's word stands: what they ended stays ended, and what they
 * opened again stays open until a person ends it.
 *
 *            AU in a closed register                      a person
 *   (none) ──────────────────────────▶ OPEN ──────────────────────────▶ ENDED, HANDED_OVER
 *                                     │    ▲                                │
 *   notice, a call that explains it,  │    │                      a person  │
 *   amended, meeting is none          ▼    │ that is gone again             ▼
 *                                  EXPLAINED ──────────────────────▶ OPEN, by hand
 *
 * A call ends it because the tutor's own screen says "All explained" from then on: a county has some 12,000
 * such absences a year, and whoever confirms each by a press reads none. The case keeps who said what to
 * whom, its event is in the audit, and it is opened again by one press.
 */
#include "server/core/cases.h"

#include <stdlib.h>

/* ---- by itself ---- */

static err put(struct work *w, const struct store_case *c, enum case_state state, enum case_event_kind kind,
               struct slice text) {
  char id[id_text_bytes];
  const struct write_case write = {.id = c->id,
                                   .session = c->session,
                                   .learner = c->learner,
                                   .state = state,
                                   .kind = kind,
                                   .at_ms = w->now.wall_ms,
                                   .text = text};
  id_text(id, &c->id);
  TRY(w->store->ops->case_write(w->store, &write));
  return w->store->ops->audit(w->store, w->now.wall_ms, &w->hub->id,
                              state == CASE_OPEN ? "case.opened" : "case.explained", id);
}

static struct slice why_over(const struct store_case *c) {
  if (c->explained) return slice_text("An absence notice covers the day.");
  return c->away ? c->told : slice_text("The register does not say so any more.");
}

/* A register that is open again ends nothing: whoever opened it has not said anything else yet. What was
 * explained before its register came, by a call made beside it, was a case all the same. */
static err judge(struct work *w, const struct store_case *c) {
  bool matter = c->away && c->closed && !c->explained, answered = c->told.len > 0;
  bool over = !c->away || c->explained || answered;
  enum case_state state = c->state;
  if (state == 0 && matter) {
    TRY(put(w, c, CASE_OPEN, CASE_EVENT_OPENED, slice_of(NULL, 0)));
    state = CASE_OPEN;
  }
  if (state == CASE_EXPLAINED && matter && !answered)
    return put(w, c, CASE_OPEN, CASE_EVENT_AGAIN, slice_text("What had explained it holds no more."));
  if (state == CASE_OPEN && over && !c->by_hand)
    return put(w, c, CASE_EXPLAINED, CASE_EVENT_EXPLAINED, why_over(c));
  return ERR_OK;
}

static err judge_session(struct work *w, const struct id *session) {
  struct store_case *list;
  size_t count;
  TRY(w->store->ops->cases_of_session(w->store, session, &w->arena, &list, &count));
  for (size_t i = 0; i < count; i++) TRY(judge(w, &list[i]));
  return ERR_OK;
}

static err judge_notice(struct work *w, const struct id *learner) {
  struct id *sessions;
  size_t count;
  TRY(w->store->ops->case_sessions(w->store, learner, &w->arena, &sessions, &count));
  for (size_t i = 0; i < count; i++) TRY(judge_session(w, &sessions[i]));
  return ERR_OK;
}

/* The meeting a row belongs to, if cases depend on the row. A meeting that just came has no marks but those
 * that came with it. */
static const struct id *session_of(const struct work_row *r) {
  const struct row *row = &r->row;
  switch (row->table->id) {
  case TABLE_mark: return &row->values[COL(mark, session)].id;
  case TABLE_register: return &row->values[COL(register, session)].id;
  case TABLE_absence_call: return &row->values[COL(absence_call, session)].id;
  case TABLE_arrival: return &row->values[COL(arrival, session)].id;
  case TABLE_session: return r->before ? &row->id : NULL;
  default: return NULL;
  }
}

static int by_id(const void *a, const void *b) { return id_compare(a, b); }

/* Once each, though its marks, its register and the meeting itself all changed. */
static err judge_sessions(struct work *w, struct id *sessions, size_t count) {
  if (count > 0) qsort(sessions, count, sizeof *sessions, by_id);
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || !id_equal(&sessions[i], &sessions[i - 1])) TRY(judge_session(w, &sessions[i]));
  }
  return ERR_OK;
}

err cases_detect(struct work *w) {
  struct id *sessions = arena_take(&w->arena, w->row_count, sizeof *sessions);
  size_t count = 0;
  if (!sessions) return ERR_NO_MEMORY;
  for (size_t i = 0; i < w->row_count; i++) {
    const struct row *row = &w->rows[i]->row;
    if (!w->rows[i]->changed) continue;
    if (row->table->id == TABLE_absence_notice)
      TRY(judge_notice(w, &row->values[COL(absence_notice, learner)].id));
    const struct id *session = session_of(w->rows[i]);
    /* The marks of a meeting stand beside each other. */
    if (!session || (count > 0 && id_equal(&sessions[count - 1], session))) continue;
    sessions[count++] = *session;
  }
  return judge_sessions(w, sessions, count);
}
