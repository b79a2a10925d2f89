/* sim_cases.c: what is being followed up holds a child's records by itself, until the safeguarding lead has
 * ended it; here that is a matter of asking. */
#include "server/core/cases.h"
#include "tests/sim/sim.h"

static err end_one(struct hub_host *h, const struct id *who, const struct store_case *one) {
  struct fault fault;
  const struct case_act act = {.id = one->id,
                               .who = *who,
                               .by = slice_text("Ben"),
                               .text = slice_text("found at home"),
                               .kind = CASE_EVENT_ENDED,
                               .outcome = 1};
  return case_do(h->store, &h->now, &act, &fault);
}

err sim_end_cases(const struct sim *s, struct hub_host *h, size_t child) {
  const struct id sessions[] = {s->world.strings_today, s->world.brass_today};
  struct arena a = ARENA_INIT(1U << 20);
  err e = ERR_OK;
  for (size_t i = 0; i < 2 && e == ERR_OK; i++) {
    struct store_case *list = NULL;
    size_t count = 0;
    e = h->store->ops->cases_of_session(h->store, &sessions[i], &a, &list, &count);
    for (size_t k = 0; k < count && e == ERR_OK; k++) {
      bool theirs = list[k].state == CASE_OPEN && id_equal(&list[k].learner, &s->learners[child]);
      if (theirs) e = end_one(h, &s->world.ben, &list[k]);
    }
  }
  arena_finish(&a);
  return e;
}
