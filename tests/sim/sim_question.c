/* sim_question.c: what the office asks, as whoever is asked sees it. */
#include "tests/sim/sim_question.h"

bool sim_find_question(struct sim_device *d, struct id *out) {
  size_t count = 0;
  if (d->retired) return false;
  if (!d->unlocked) (void)sim_unlock(d);
  if (!core_host_call(&d->host, "question.list", "")) return false;
  const item *list = core_host_list(d->host.result, "questions", &count);
  if (count) *out = core_host_id(item_at(list, 0), "id");
  return count > 0;
}
