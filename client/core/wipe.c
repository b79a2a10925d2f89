/* wipe.c: orders of the office, and the end of a device. */
#include "client/core/wipe.h"

#include "client/core/commands.h"
#include "client/core/rekey.h"
#include "client/core/small_file.h"

static const char gone_name[] = "gone";
static const char gone_magic[] = "TUTTIGN1";

/* ---- what is left of a device that was emptied ---- */

/* The keys go first: what a power cut leaves behind then opens for nobody. */
static err remove_files(const struct file_ops *ops, const char *db_path) {
  TRY(ops->remove(ops->ctx, "identity"));
  TRY(roll_remove(ops));
  for (unsigned which = 0; which < 2; which += 1) TRY(database_remove(ops, db_path, which));
  return ops->remove(ops->ctx, "outbox");
}

/* Where a full disk takes no mark of what has begun: while the identity is there, the device is ordered to
 * empty itself again. */
static err remove_unmarked(const struct file_ops *ops, const char *db_path) {
  for (unsigned which = 0; which < 2; which += 1) TRY(database_remove(ops, db_path, which));
  TRY(ops->remove(ops->ctx, "outbox"));
  TRY(roll_remove(ops));
  return ops->remove(ops->ctx, "identity");
}

static err gone_write(const struct file_ops *ops, enum gone_reason reason) {
  uint8_t byte = (uint8_t)reason;
  return small_file_write(ops, gone_name, gone_magic, slice_of(&byte, 1));
}

err gone_forget(struct gone *g, const struct file_ops *ops) {
  g->reason = GONE_NOT;
  return ops->remove(ops->ctx, gone_name);
}

/* A device that its holder emptied is as good as new once nothing is left. */
static err finish_removal(struct gone *g, const struct file_ops *ops, const char *db_path) {
  TRY(remove_files(ops, db_path));
  return g->reason == GONE_RESET ? gone_forget(g, ops) : ERR_OK;
}

err gone_load(struct gone *out, const struct file_ops *ops, const char *db_path, struct fault *fault) {
  struct buf bytes = BUF_INIT(small_file_bytes_max);
  out->reason = GONE_NOT;
  err e = small_file_read(&bytes, ops, gone_name, gone_magic, fault);
  bool known = e == ERR_OK && bytes.len == 1 && bytes.ptr[0] >= GONE_REVOKED && bytes.ptr[0] <= GONE_RESET;
  if (known) out->reason = (enum gone_reason)bytes.ptr[0];
  buf_finish(&bytes);
  if (e == ERR_NOT_FOUND) return ERR_OK;
  TRY(e);
  if (!known)
    return fault_set(fault, ERR_VERSION, "the file %s was written by another version of this program",
                     gone_name);
  return finish_removal(out, ops, db_path);
}

static err start_empty(struct core *c) {
  struct fault fault = {.code = ERR_OK};
  static const struct sign_ring nobody;
  outbox_finish(&c->outbox);
  identity_finish(&c->identity);
  crypto_wipe(c->roll.list, sizeof c->roll.list);
  c->roll.count = 0;
  c->roll.database = 0;
  c->roll.rekey = false;
  bytes_zero(&c->clock, sizeof c->clock);
  bytes_zero(&c->unsealed, sizeof c->unsealed);
  return outbox_load(&c->outbox, &c->config.files, &nobody, c->now.wall_ms, &fault);
}

err wipe_destroy(struct core *c, enum gone_reason reason) {
  log_write(c->config.log, LOG_WARN, "wipe", "this device empties itself reason=%d", (int)reason);
  err marked = gone_write(&c->config.files, reason);
  if (marked != ERR_FULL) TRY(marked);
  c->gone.reason = reason;
  TRY(sync_close(c, "", reconnect_max_ms));
  access_forget(c);
  carry_stop(&c->carry);
  outbox_finish(&c->outbox);
  err e = marked == ERR_FULL ? remove_unmarked(&c->config.files, c->config.db_path)
                             : finish_removal(&c->gone, &c->config.files, c->config.db_path);
  core_topic(c, "device", NULL);
  core_topic(c, "sync", NULL);
  core_topic(c, "today", NULL);
  err empty = start_empty(c);
  return e == ERR_OK ? empty : e;
}

/* ---- orders ---- */

static err carry_out(struct core *c, const struct order *o) {
  struct identity next = c->identity;
  next.order_number = o->number;
  switch (o->kind) {
  case ORDER_LEASE: {
    lease_advance(&next.lease, &c->now);
    int64_t hub_ms = next.lease.at_ms > o->issued_ms ? next.lease.at_ms : o->issued_ms;
    lease_renew(&next.lease, (uint32_t)o->value, hub_ms, &c->now);
    break;
  }
  case ORDER_WIPE:
    next.wipe_order = o->number;
    next.wipe_forced = next.wipe_forced || o->value == WIPE_FORCED;
    break;
  }
  err e = identity_put(&c->identity, &next, &c->config.files);
  core_topic(c, "device", NULL);
  core_topic(c, "sync", NULL);
  if (e != ERR_FULL || !next.wipe_forced) return e;
  c->identity.wipe_forced = true; /* no room to remember it: it is done in this very step */
  c->identity.wipe_order = o->number;
  return ERR_OK;
}

/* An order that comes again was carried out, but the hub does not know it yet. A wipe is acknowledged when
 * everything has left. */
static err take_order(struct core *c, struct slice bytes, size_t *news) {
  struct order o;
  TRY(order_decode_by(&o, bytes, &c->identity.hub_keys));
  if (!id_equal(&o.hub, &c->identity.hub) || !id_equal(&o.device, &c->identity.device)) return ERR_OTHER_HUB;
  if (o.number > c->identity.order_number) {
    TRY(carry_out(c, &o));
    *news += 1;
  }
  return o.kind == ORDER_LEASE ? ack_queue(c, ACK_ORDER, o.number) : ERR_OK;
}

err orders_take(struct core *c, const struct slice *orders, size_t count, size_t *news_out) {
  *news_out = 0;
  for (size_t i = 0; i < count; i += 1) {
    err e = take_order(c, orders[i], news_out);
    if (e == ERR_NO_MEMORY || e == ERR_IO || e == ERR_FULL || e == ERR_READ_ONLY) return e;
    if (e != ERR_OK) log_write(c->config.log, LOG_WARN, "wipe", "order refused code=%s", err_name(e));
  }
  return ERR_OK;
}

/* ---- revoked ---- */

static size_t waiting(const struct core *c) {
  size_t count = 0;
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    count += b->status == 0 && b->facts.incarnation == c->identity.incarnation;
  }
  return count;
}

static bool acknowledged(const struct core *c) {
  for (size_t i = 0; i < c->outbox.ack_count; i += 1) {
    const struct ack *a = &c->outbox.acks[i];
    if (a->kind == ACK_ORDER && a->number == c->identity.wipe_order) return true;
  }
  return false;
}

static err acknowledge(struct core *c) {
  err e = ack_queue(c, ACK_ORDER, c->identity.wipe_order);
  if (e == ERR_OK) e = seal_now(c);
  return e == ERR_FULL || e == ERR_READ_ONLY ? ERR_OK : e;
}

/* Files of other devices stay when this one is emptied, but then nothing brings them any more. */
static bool hands_over(const struct core *c) { return c->sync.state == SYNC_ONLINE && carry_waits(c); }

err wipe_run(struct core *c) {
  if (!c->identity.enrolled || c->identity.wipe_order == 0) return ERR_OK;
  if (c->identity.wipe_forced) return wipe_destroy(c, GONE_FORCED);
  if (c->store || c->setup) TRY(access_lock(c));
  if (c->outbox.open || waiting(c) > 0 || hands_over(c)) return ERR_OK;
  if (!acknowledged(c) || seal_acks_wait(c)) return acknowledge(c);
  return wipe_destroy(c, GONE_REVOKED);
}

const char *wipe_words(struct core *c) {
  switch (c->gone.reason) {
  case GONE_REVOKED:
    return "The office has revoked this device. Everything recorded on it reached the office before it was "
           "emptied.";
  case GONE_FORCED:
    return "The office has revoked this device at once, as stolen or lost. It was emptied; what it had not "
           "sent is gone.";
  case GONE_RESET:
  case GONE_NOT: break;
  }
  if (c->identity.wipe_order == 0) return NULL;
  if (c->outbox.open)
    return "The office has revoked this device. Its last work is not sealed yet: sign in once more, then it "
           "can be sent.";
  if (!acknowledged(c) && waiting(c) > 0)
    return "The office has revoked this device. It hands over what is recorded here, by the line or by an "
           "export file, "
           "and then empties itself.";
  return "The office has revoked this device. Everything recorded here has arrived; once the office has "
         "heard of it "
         "too, the device empties itself.";
}

/* ---- by hand ---- */

static bool all_exported(const struct core *c) {
  const struct outbox_bundle *last = outbox_last(&c->outbox, c->identity.incarnation);
  return last && c->exported_incarnation == c->identity.incarnation && c->exported_seq >= last->facts.seq;
}

err call_device_reset(struct core *c, struct call *call) {
  bool force = call->args[ARG_OF(device_reset, force)].i != 0;
  TRY(seal_now(c));
  size_t count = waiting(c);
  if (count > 0 && !force)
    return fault_set(&call->fault, ERR_CONFLICT,
                     "%d %s not reached the office: send or export first; nothing was removed", (int)count,
                     count == 1 ? "bundle of work has" : "bundles of work have");
  if (count > 0 && !all_exported(c))
    return fault_set(&call->fault, ERR_CONFLICT,
                     "export first, so that the work recorded here is in a file; nothing was removed");
  TRY(wipe_destroy(c, GONE_RESET));
  status_device(c, call->out);
  return ERR_OK;
}
