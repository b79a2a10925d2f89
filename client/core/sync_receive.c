/* sync_receive.c: what the hub says, one message at a time. */
#include "client/core/state.h"

/* Bytes of a peer that cannot be read are never a sign that this device's own files are damaged. */
static err theirs(err e) { return e == ERR_CORRUPT || e == ERR_INTERNAL || e == ERR_IO ? ERR_MALFORMED : e; }

/* ---- receipts and manifests, from the line or from a file ---- */

static err take_receipt(struct core *c, struct slice bytes, size_t *news, size_t *done) {
  struct receipt r;
  bool fresh = false;
  TRY(receipt_decode_by(&r, bytes, &c->identity.hub_keys, &c->arena));
  if (!id_equal(&r.hub, &c->identity.hub) || !id_equal(&r.device, &c->identity.device)) return ERR_OTHER_HUB;
  if (c->sync.in_flight) c->sync.in_flight -= 1;
  TRY(outbox_receipt(&c->outbox, bytes, &r, &fresh));
  *news += fresh;
  *done += fresh && (r.status == RECEIPT_APPLIED || r.status == RECEIPT_CONFLICT);
  return ERR_OK;
}

/* A receipt that cannot be trusted is dropped, and says nothing about the others. */
err sync_take_receipts(struct core *c, const struct slice *receipts, size_t count, size_t *news_out,
                       size_t *done_out) {
  err failed = ERR_OK;
  *news_out = *done_out = 0;
  for (size_t i = 0; i < count && failed == ERR_OK; i += 1) {
    err e = take_receipt(c, receipts[i], news_out, done_out);
    if (e == ERR_NO_MEMORY || e == ERR_IO || e == ERR_FULL || e == ERR_READ_ONLY)
      failed = e;
    else if (e != ERR_OK)
      log_write(c->config.log, LOG_WARN, "sync", "receipt refused code=%s", err_name(e));
  }
  if (*news_out == 0) return failed;
  core_topic(c, "sync", NULL);
  err synced = outbox_sync(&c->outbox); /* those before the one that found no room are shown as received */
  return failed == ERR_OK ? synced : failed;
}

err sync_take_manifest(struct core *c, struct slice bytes) {
  struct manifest m;
  const struct sign_ring *pinned = &c->identity.hub_keys;
  TRY(theirs(manifest_decode(&m, bytes, pinned->keys[pinned->count - 1], &c->arena)));
  if (!id_equal(&m.hub, &c->identity.hub)) return ERR_OTHER_HUB;
  if (m.number <= c->identity.manifest.number) return ERR_OK;
  struct identity next = c->identity;
  next.manifest_bytes = bytes;
  next.hub_name = m.hub_name;
  TRY(theirs(manifest_keys(&next.hub_keys, &m)));
  /* The address a person enrolled with stays until the hub moves. */
  if (!slice_equal(m.url, c->identity.manifest.url)) next.url = m.url;
  TRY(identity_put(&c->identity, &next, &c->config.files));
  core_topic(c, "device", NULL);
  return ERR_OK;
}

/* ---- welcome ---- */

/* One of our bundles did not follow what the hub had under our name by then, though the hub's last may be
 * ours again. */
static bool was_told(const struct core *c) {
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (b->facts.incarnation != c->identity.incarnation) continue;
    for (size_t k = 0; k < b->exception_count; k += 1) {
      if (b->exceptions[k].reason == ERR_FORK) return true;
    }
  }
  return false;
}

/* The hub knows a bundle under one of our numbers that we do not have, or another one than ours. */
static bool is_fork(const struct core *c, const struct msg_welcome *w) {
  const struct outbox_bundle *last = outbox_last(&c->outbox, c->identity.incarnation);
  if (w->bundle_seq == 0) return false;
  if (was_told(c)) return true;
  if (!last || w->bundle_seq > last->facts.seq) return true;
  const struct outbox_bundle *same = outbox_find(&c->outbox, c->identity.incarnation, w->bundle_seq);
  return same && !crypto_equal(same->hash, w->bundle_hash, hash_bytes);
}

static err take_fork(struct core *c) {
  log_write(c->config.log, LOG_WARN, "sync", "the hub holds other bundles under our numbers incarnation=%u",
            c->identity.incarnation);
  c->sync.refused = !c->store;
  if (!c->store) {
    return sync_close(c,
                      "this device was restored from a copy; sign in, so that its work can be numbered anew",
                      reconnect_max_ms);
  }
  TRY(sync_fork(c));
  return sync_close(c, "", 1);
}

static void take_earlier(struct core *c, const struct msg_welcome *w) {
  for (size_t i = 0; i < w->earlier_count; i += 1) {
    struct sync_chain *chain = &c->sync.earlier[i];
    const struct chain_end *end = &w->earlier[i];
    const struct outbox_bundle *ours = outbox_find(&c->outbox, chain->incarnation, end->seq);
    chain->hub_seq = end->seq;
    chain->send_next = 1;
    chain->foreign = ours && !crypto_equal(ours->hash, end->hash, hash_bytes);
  }
}

static err take_welcome(struct core *c, const struct msg_welcome *w) {
  struct sync *s = &c->sync;
  if (s->state != SYNC_GREETING || w->earlier_count != s->earlier_count) return ERR_MALFORMED;
  clock_learn(&c->clock, &s->hello_sent, &c->now, w->hub_ms);
  term_renew(c, w->lease_days, w->hub_ms);
  if (is_fork(c, w)) return take_fork(c);
  s->failures = 0;
  s->refused = false;
  s->reason[0] = 0;
  s->epoch = w->epoch;
  s->hub_schema = w->schema;
  s->chain = (struct sync_chain){c->identity.incarnation, w->bundle_seq, 1, false};
  take_earlier(c, w);
  s->in_flight = 0;
  s->state = SYNC_ONLINE;
  s->deadline = c->now.mono_ms + link_session_ms_max;
  core_topic(c, "sync", NULL);
  return seal_if_room(c);
}

/* ---- the rest ---- */

static err take_grants(struct core *c, const struct msg_grants *g, struct slice bytes) {
  bool changed = false;
  TRY(roll_replace(&c->roll, g->staff, g->staff_count, &changed));
  if (changed) core_topic(c, "device", NULL);
  /* Before the leaver's own session ends, for its key is in memory now. */
  if (changed && c->store) TRY(access_rekey(c, NULL));
  if (!id_is_zero(&c->who) && !roll_find(&c->roll, &c->who)) TRY(access_lock(c));
  buf_clear(&c->sync.grants);
  TRY(buf_append(&c->sync.grants, bytes));
  return c->store ? feed_grants(c, g) : ERR_OK;
}

static err take_feed(struct core *c, const struct feed_batch *batch) {
  if (!c->store || !c->sync.subscribed || c->sync.feed_dropped) {
    c->sync.feed_dropped = true;
    return ERR_OK;
  }
  TRY(feed_apply(c, batch));
  struct message m = {.type = MSG_CREDIT, .credit = {1}};
  return sync_send(c, &m);
}

static err take_receipts(struct core *c, const struct msg_receipts *r) {
  size_t news = 0;
  size_t done = 0;
  TRY(sync_take_receipts(c, r->receipts, r->count, &news, &done));
  return news ? feed_confirm(c) : ERR_OK;
}

static err take_orders(struct core *c, const struct msg_orders *o) {
  size_t news = 0;
  return orders_take(c, o->orders, o->count, &news);
}

static err take_bye(struct core *c, enum bye_reason reason) {
  c->sync.refused = reason == BYE_REVOKED || reason == BYE_UPDATE;
  switch (reason) {
  case BYE_REVOKED:
    return sync_close(c, "the office has revoked this device; its work can still be exported",
                      reconnect_max_ms);
  case BYE_UPDATE:
    return sync_close(c,
                      c->sync.hub_schema && c->sync.hub_schema < schema_version
                          ? "the office's hub must be updated before it can take newer work; nothing is lost"
                          : "this program must be updated before it can sync; nothing is lost",
                      reconnect_max_ms);
  case BYE_STOPPING: return sync_close(c, "the hub is restarting", 0);
  case BYE_ERROR: return sync_close(c, "the hub closed the line", 0);
  default: return sync_close(c, "", 0);
  }
}

static err receive_online(struct core *c, const struct message *m, struct slice bytes) {
  switch (m->type) {
  case MSG_RECEIPTS: return take_receipts(c, &m->receipts);
  case MSG_FEED: return take_feed(c, &m->feed.batch);
  case MSG_MANIFEST: return sync_take_manifest(c, m->manifest.bytes);
  case MSG_GRANTS: return take_grants(c, &m->grants, bytes);
  case MSG_ORDERS: return take_orders(c, &m->orders);
  case MSG_CARRIED: return carry_answered(c, &m->carried);
  default: return ERR_MALFORMED;
  }
}

err sync_receive(struct core *c, struct slice bytes) {
  struct message m;
  TRY(theirs(message_decode(&m, bytes, &c->arena)));
  switch (m.type) {
  case MSG_WELCOME: return take_welcome(c, &m.welcome);
  case MSG_BYE: return take_bye(c, m.bye.reason);
  case MSG_RETRY: return sync_take_retry(c, m.retry.ms);
  default: break;
  }
  return c->sync.state == SYNC_ONLINE ? receive_online(c, &m, bytes) : ERR_MALFORMED;
}
