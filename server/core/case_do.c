/* case_do.c: what a person does with a case: every act is one more line of it, and none takes a line away. */
#include "server/core/cases.h"

#include "server/core/journal.h"

/* The first case_outcomes_explain say where the child was. */
const char *const case_outcomes[] = {
    "Safe: the family explained it",
    "Safe: found elsewhere",
    "The register was wrong",
    "The school follows it up",
    "Passed to children's services or the police",
    NULL,
};

static uint8_t outcome_count(void) {
  uint8_t n = 0;
  while (case_outcomes[n]) n++;
  return n;
}

/* Which acts a state allows, and what it is afterwards; 0: as it was. */
static const struct transition {
  enum case_event_kind kind;
  bool open, ended; /* allowed while it is open; when it is over */
  enum case_state after;
  const char *action; /* in the audit */
} transitions[] = {
    {CASE_EVENT_STEP, true, true, 0, "case.step"},
    {CASE_EVENT_TAKEN, true, false, 0, "case.take"},
    {CASE_EVENT_ENDED, true, false, CASE_ENDED, "case.end"},
    {CASE_EVENT_REOPENED, false, true, CASE_OPEN, "case.reopen"},
    {CASE_EVENT_HANDED_OVER, true, true, CASE_HANDED_OVER, "case.transfer"},
    {CASE_EVENT_RECEIPT, false, true, 0, "case.receipt"},
};

static const struct transition *transition_of(enum case_event_kind kind) {
  for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++) {
    if (transitions[i].kind == kind) return &transitions[i];
  }
  return NULL;
}

static err check(const struct case_act *act, struct fault *fault) {
  bool spoken = act->text.len > 0 && act->text.len <= case_text_bytes_max && utf8_valid(act->text);
  if (act->kind != CASE_EVENT_TAKEN && !spoken)
    return fault_set(fault, ERR_INVALID, "say in at most %d bytes what was done, or why",
                     case_text_bytes_max);
  if (act->kind == CASE_EVENT_ENDED && (act->outcome == 0 || act->outcome > outcome_count()))
    return fault_set(fault, ERR_INVALID, "say how it ended: \"outcome\" is a number from 1 to %u",
                     outcome_count());
  return ERR_OK;
}

static err load(struct store *store, const struct id *id, struct arena *a, struct store_case *out) {
  struct row mark;
  struct store_case *list;
  size_t count;
  TRY(store->ops->load_row(store, schema_table(TABLE_mark), id, a, &mark));
  if (!mark.exists) return ERR_NOT_FOUND;
  TRY(store->ops->cases_of_session(store, &mark.values[COL(mark, session)].id, a, &list, &count));
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i].id, id) && list[i].state != 0) {
      *out = list[i];
      return ERR_OK;
    }
  }
  return ERR_NOT_FOUND;
}

static err act_on(struct store *store, const struct now *now, const struct case_act *act, struct arena *a,
                  struct fault *fault) {
  struct store_case found;
  char id[id_text_bytes];
  const struct transition *t = transition_of(act->kind);
  err e = t ? load(store, &act->id, a, &found) : ERR_INVALID;
  if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such case");
  TRY(e);
  bool open = found.state == CASE_OPEN;
  if (act->kind == CASE_EVENT_RECEIPT && found.state != CASE_HANDED_OVER)
    return fault_set(fault, ERR_CONFLICT, "the case was handed over to nobody: there is no receipt of it");
  if (!(open ? t->open : t->ended))
    return fault_set(fault, ERR_CONFLICT,
                     open ? "the case is still open" : "the case is over: open it again first");
  const struct write_case w = {.id = found.id,
                               .session = found.session,
                               .learner = found.learner,
                               .state = t->after,
                               .kind = act->kind,
                               .outcome = act->outcome,
                               .at_ms = now->wall_ms,
                               .who = act->who,
                               .by = act->by,
                               .text = act->text};
  struct write_case kept = w;
  if (kept.state == 0) kept.state = found.state;
  TRY(store->ops->case_write(store, &w));
  TRY(journal_case(store->journal, &kept));
  id_text(id, &act->id);
  return store->ops->audit(store, now->wall_ms, &act->who, t->action, id);
}

err case_do(struct store *store, const struct now *now, const struct case_act *act, struct fault *fault) {
  struct arena a = ARENA_INIT(job_bytes_max);
  TRY(check(act, fault));
  err e = store->ops->begin(store);
  if (e == ERR_OK) e = act_on(store, now, act, &a, fault);
  if (e == ERR_OK) e = store->ops->commit(store);
  if (e != ERR_OK) store->ops->rollback(store);
  arena_finish(&a);
  return e;
}
