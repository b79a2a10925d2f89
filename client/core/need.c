/* need.c: what staff must know of a learner on the day: access and medical information. It is shown for a
 * session of the day alone, as whom to ring is: nobody looks up a child's asthma on a Sunday. */
#include "client/core/need_sql.h"

#include "client/core/alias.h"
#include "client/core/commands.h"
#include "client/core/register.h"
#include "client/core/session_sql.h"

struct needs {
  struct core *core;
  struct need_info *list;
  size_t count, shown;
};

/* Whose need it is stands in the register under the id that stands for the child. */
static err read_all(struct needs *n) {
  struct core *c = n->core;
  TRY(need_list(c->store, core_today(c), &c->arena, &n->list, &n->count));
  for (size_t i = 0; i < n->count; i += 1) {
    struct id learner = n->list[i].learner;
    TRY(alias_learner(c->store, &learner, &n->list[i].learner));
  }
  return ERR_OK;
}

/* Those of whoever stands in the register that is open; the name outlives it. */
static err find_in_roster(struct needs *n) {
  struct roster *r = &n->core->roster;
  for (size_t i = 0; i < n->count; i += 1) {
    struct need_info *one = &n->list[i];
    const struct roster_row *row = one->name.ptr ? NULL : roster_find(r, &one->learner);
    if (!row) continue;
    one->name = arena_copy(&n->core->arena, row->name);
    if (!one->name.ptr) return ERR_NO_MEMORY;
    n->shown += 1;
  }
  return ERR_OK;
}

static err find_in_day(struct needs *n) {
  struct core *c = n->core;
  struct session_query q = {
      .staff = c->who, .first = core_today(c), .last = core_today(c), .today = core_today(c)};
  struct session_info *list = NULL;
  size_t count = 0;
  TRY(session_list(c->store, &q, day_sessions_max, &c->arena, &list, &count));
  for (size_t i = 0; i < count; i += 1) {
    if (list[i].status == ENUM_session_status_cancelled) continue;
    TRY(roster_open(c, &list[i].id));
    TRY(find_in_roster(n));
  }
  return ERR_OK;
}

static err find_in_register(struct needs *n, struct call *call, const struct id *session) {
  TRY(register_open(n->core, call, session));
  if (n->core->roster.session.date == core_today(n->core)) return find_in_roster(n);
  return fault_set(&call->fault, ERR_FORBIDDEN,
                   "what staff must know is shown on the day of the session only");
}

static void pack_need(struct packer *p, const struct need_info *one) {
  pack_map(p, FIELDS_Need);
  answer_id(p, "id", &one->id);
  answer_id(p, "learner", &one->learner);
  answer_text(p, "name", one->name);
  answer_word(p, "kind", "need_kind", one->kind);
  answer_text(p, "text", one->text);
  if (one->expires) {
    answer_date(p, "expires", one->expires);
  } else {
    answer_text_or_nil(p, "expires", slice_of(NULL, 0));
  }
}

err call_needs(struct core *c, struct call *call) {
  const struct arg *session = &call->args[ARG_OF(needs, session)];
  struct needs n = {.core = c};
  TRY(read_all(&n));
  TRY(session->given ? find_in_register(&n, call, &session->id) : find_in_day(&n));
  pack_map(call->out, FIELDS_Needs);
  pack_word(call->out, "needs");
  pack_array(call->out, n.shown);
  for (size_t i = 0; i < n.count; i += 1) {
    if (n.list[i].name.ptr) pack_need(call->out, &n.list[i]);
  }
  return ERR_OK;
}
