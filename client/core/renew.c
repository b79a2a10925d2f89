/* renew.c: enrolling anew. Ten wrong PINs of everybody must not open a stolen device, and must not make an
 * honest one useless: a new code from the office is the way back, once all work has left by the line or by
 * file. */
#include "client/core/state.h"

err renew_check(struct core *c, struct call *call) {
  size_t waiting = 0;
  if (c->setup || roll_has_pins(&c->roll))
    return fault_set(&call->fault, ERR_CONFLICT, "this device is enrolled already");
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    waiting += b->status == 0 && b->facts.incarnation == c->identity.incarnation;
  }
  if (waiting == 0) return ERR_OK;
  return fault_set(
      &call->fault, ERR_CONFLICT,
      "%d bundles of work have not reached the office; send or export them first, then enrol again",
      (int)waiting);
}

err renew_discard(struct core *c) {
  struct fault fault = {.code = ERR_OK};
  ASSERT(!c->store);
  for (unsigned which = 0; which < 2; which += 1)
    TRY(database_remove(&c->config.files, c->config.db_path, which));
  outbox_finish(&c->outbox);
  TRY(c->config.files.remove(c->config.files.ctx, "outbox"));
  TRY(outbox_load(&c->outbox, &c->config.files, &c->identity.hub_keys, core_hub_told_ms(c), &fault));
  crypto_wipe(c->roll.list, sizeof c->roll.list);
  c->roll.count = 0;
  c->roll.rekey = false;
  bool hold = c->sync.hold;
  uint32_t link = c->sync.link;
  sync_finish(&c->sync);
  sync_init(&c->sync, hold);
  c->sync.link = link;
  return ERR_OK;
}
