/* oracle_history.c: everything said is in force or in history, and nothing more often than it was asked for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

static bool by_device(const struct view_mark_version *v, const struct sim_device *d) {
  char name[16];
  (void)snprintf(name, sizeof name, "Phone %zu", d->named);
  return slice_equal(v->device_name, slice_text(name));
}

static void check_history(struct sim *s, const struct view_mark *m, size_t learner, bool quarantined) {
  if (s->erased[learner] && m)
    sim_fail(s, "11 in history", "learner %zu was erased, and the hub shows a mark", learner);
  if (s->erased[learner]) return;
  for (size_t i = 0; i < s->device_count; i++) {
    const struct sim_device *d = s->devices[i];
    bool found[sim_codes] = {false};
    uint32_t count = 0;
    for (size_t k = 0; m && k < m->history_count; k++) {
      if (!by_device(&m->history[k], d) || !m->history[k].code) continue;
      if (m->history[k].code < sim_codes) found[m->history[k].code] = true;
      count++;
    }
    /* What a device had given away and lost after a flush that failed it sends once more, numbered anew. */
    const uint32_t lives = d->host.core ? d->build->inside->incarnation(d->host.core) : 1;
    if (!d->forgetful && count > d->said.tries[learner] * (lives ? lives : 1))
      sim_fail(s, "5 once", "learner %zu: %u marks of device %zu, asked for %u", learner, count, i,
               d->said.tries[learner]);
    for (uint8_t code = 1; code < sim_codes && !quarantined; code++) {
      if (code != ENUM_mark_code_none && d->said.ever[learner][code] && !found[code] &&
          sim_alone(s, d, learner))
        sim_fail(s, "11 in history", "learner %zu: device %zu said %d is saved, the hub has no trace",
                 learner, i, code);
    }
  }
}

static void check_marks(struct sim *s) {
  struct arena a = ARENA_INIT(1 << 22);
  bool quarantined = s->build->hub->counts(&s->hub).quarantined > 0;
  for (size_t n = 0; n < sim_learners; n++) {
    struct view_register_detail v;
    const struct view_mark *m = NULL;
    const struct id *session = n == 3 ? &s->world.brass_today : &s->world.strings_today;
    if (views_register(s->hub.store, session, &s->hub.now, &a, &v) != ERR_OK) abort();
    for (size_t i = 0; i < v.mark_count; i++) {
      if (id_equal(&v.marks[i].learner, &s->learners[n])) m = &v.marks[i];
    }
    check_history(s, m, n, quarantined);
  }
  arena_finish(&a);
}

const struct sim_oracle sim_oracle_history = {.number = 11, .name = "in history", .end = check_marks};
