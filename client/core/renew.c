/* renew.c: the ways back of a device that nobody can open. Enrolling anew: Ten wrong PINs of everybody must
 * not open a stolen device, and must not make an honest one useless: a new code from the office is the way
 * back, once all work has left by the line or by file. And a new PIN, by a code over the telephone, where one
 * person alone works on the device. */
#include "client/core/rekey.h"
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

static err check_alone(struct core *c, struct call *call) {
  if (c->store || c->setup)
    return fault_set(&call->fault, ERR_CONFLICT,
                     "this device is open: whoever is signed in sets their own PIN, under Settings");
  if (c->roll.count == 1) return ERR_OK;
  return fault_set(
      &call->fault, ERR_CONFLICT,
      "several people work on this device: ask the office to take you off it and to put you back");
}

/* What is in the database and not yet sealed is lost with its key, whoever forgot it: two seconds at most.
 * The challenge goes last: after a power cut the code is typed once more. */
err renew_pin(struct core *c, struct call *call) {
  TRY(check_alone(c, call));
  log_write(c->config.log, LOG_WARN, "renew", "the office gave a code for a new PIN");
  TRY(sync_close(c, "", 1)); /* what comes on it is for the database that goes */
  TRY(roll_forget_pins(&c->roll));
  for (unsigned which = 0; which < 2; which += 1)
    TRY(database_remove(&c->config.files, c->config.db_path, which));
  TRY(outbox_mark(&c->outbox, false));
  struct identity next = c->identity;
  next.database = false;
  lease_advance(&next.lease, &c->now);
  lease_renew(&next.lease, next.lease.days, next.lease.at_ms, &c->now);
  TRY(identity_put(&c->identity, &next, &c->config.files));
  core_set_up(c);
  core_topic(c, "sync", NULL);
  return ERR_OK;
}
