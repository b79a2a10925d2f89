/* status.c: what the device says about itself: who, and how its work stands with the hub. The badge never
 * says "sent" without receipts. */
#include "client/core/commands.h"

static void pack_staff(struct core *c, struct packer *p, const struct roll_entry *e) {
  pack_map(p, FIELDS_StaffOnDevice);
  answer_id(p, "id", &e->id);
  answer_text(p, "name", slice_text(e->name));
  answer_bool(p, "has_pin", e->has_pin);
  answer_int(p, "wait_ms", roll_wait_ms(e, &c->now));
  answer_int(p, "attempts_left", roll_attempts_left(e));
}

void status_device(struct core *c, struct packer *p) {
  const struct identity *id = &c->identity;
  pack_map(p, FIELDS_DeviceStatus);
  answer_bool(p, "enrolled", id->enrolled);
  answer_bool(p, "setup", c->setup);
  answer_text_or_nil(p, "hub_name", id->hub_name);
  answer_id(p, "device", &id->device);
  answer_text_or_nil(p, "device_name", id->device_name);
  answer_id(p, "unlocked", core_unlocked(c) ? &c->who : NULL);
  answer_text_or_nil(p, "unlocked_name", core_unlocked(c) ? staff_name(c, &c->who) : slice_of(NULL, 0));
  answer_words(p, "door", !id->door ? NULL : core_door_open(c) ? "open" : "locked");
  pack_word(p, "staff");
  pack_array(p, c->roll.count);
  for (size_t i = 0; i < c->roll.count; i += 1) pack_staff(c, p, &c->roll.list[i]);
  int64_t left = term_days_left(c);
  answer_words(p, "revoked", wipe_words(c));
  answer_int_or_nil(p, "lease_days", id->enrolled, left);
  answer_bool(p, "lease_warns", id->enrolled && left <= lease_warn_days);
  answer_text(p, "version", slice_text(c->config.version));
}

/* ---- what is not sent ---- */

/* An older incarnation's bundle without a receipt was sealed again under the new one: nothing becomes of it.
 */
static bool is_replaced(const struct core *c, const struct outbox_bundle *b) {
  return b->status == 0 && b->facts.incarnation != c->identity.incarnation;
}

static bool counts(const struct core *c, const struct outbox_bundle *b) {
  return b->status == 0 && !is_replaced(c, b);
}

static void add_tags(uint64_t *tags, uint32_t *count, uint32_t max, const uint64_t *more,
                     uint32_t more_count) {
  for (uint32_t i = 0; i < more_count; i += 1) {
    bool known = false;
    for (uint32_t k = 0; k < *count && !known; k += 1) known = tags[k] == more[i];
    if (known || *count == max) continue;
    tags[*count] = more[i];
    *count += 1;
  }
}

err status_unsent(struct core *c, struct unsent *out) {
  uint64_t *tags = arena_take(&c->arena, bundle_tags_max, sizeof *tags);
  if (!tags) return ERR_NO_MEMORY;
  *out = (struct unsent){.notes = c->unsealed.notes, .changes = c->unsealed.changesets};
  add_tags(tags, &out->registers, bundle_tags_max, c->unsealed.tags, c->unsealed.tag_count);
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    out->help = out->help || (outbox_needs_help(b) && !outbox_is_answered(b));
    if (!counts(c, b)) continue;
    out->notes += b->facts.notes;
    out->changes += b->facts.changesets;
    out->outdates_hub = out->outdates_hub || sync_outdates_hub(c, b);
    add_tags(tags, &out->registers, bundle_tags_max, b->facts.tags, b->facts.tag_count);
  }
  for (size_t i = 0; i < c->roll.count; i += 1)
    out->help = out->help || c->roll.list[i].wrong >= pin_attempts_max;
  out->full = outbox_is_full(&c->outbox);
  out->help = out->help || out->full || out->outdates_hub || c->sync.refused || c->identity.wipe_order != 0;
  return ERR_OK;
}

/* While locked after an unclean stop the database may hold work that nobody can count. */
static bool may_hold_more(const struct core *c) { return !c->store && c->outbox.open; }

static const char *badge(struct core *c, const struct unsent *u) {
  if (u->help) return "help";
  if (u->changes == 0 && !may_hold_more(c)) return "sent";
  return c->sync.state == SYNC_ONLINE ? "sending" : "saved";
}

static const char hub_is_old[] =
    "The office's hub must be updated before it can take some of this; it waits here, and can be exported.";

static const char outbox_is_full_words[] = "This device holds as much unsent work as it can seal. Send it "
                                           "now, or export it and import the office's reply; "
                                           "what is recorded meanwhile is saved.";

static const char hub_is_busy[] = "The hub is busy; what others wrote comes later.";

static const char *reason(const struct core *c, const struct unsent *u) {
  uint64_t until = 0;
  if (c->sync.state == SYNC_IDLE && c->sync.reason[0]) return c->sync.reason;
  if (c->sync.state == SYNC_ONLINE && sync_waits(c, &until)) return hub_is_busy;
  if (u->full) return outbox_is_full_words;
  return u->outdates_hub ? hub_is_old : NULL;
}

static const char *bundle_words(const struct core *c, const struct outbox_bundle *b) {
  switch (b->status) {
  case RECEIPT_APPLIED: return "applied";
  case RECEIPT_CONFLICT: return "conflict";
  case RECEIPT_HELD: return "held";
  case RECEIPT_QUARANTINED: return "quarantined";
  case RECEIPT_REFUSED: return "refused";
  default: break;
  }
  return c->sync.state == SYNC_ONLINE && b->facts.seq < c->sync.chain.send_next ? "sending" : "waiting";
}

static void pack_bundle(const struct core *c, struct packer *p, const struct outbox_bundle *b) {
  pack_map(p, FIELDS_BundleItem);
  answer_int(p, "seq", (int64_t)b->facts.seq);
  answer_int(p, "bytes", b->len);
  answer_int(p, "sealed_at", b->facts.sealed_ms);
  answer_words(p, "status", bundle_words(c, b));
  answer_int(p, "changesets", b->facts.changesets);
  answer_int_or_nil(p, "receipt_at", b->status != 0, b->received_ms);
  answer_words(p, "reason", b->exception_count ? err_text(b->exceptions[0].reason) : NULL);
}

static void pack_bundles(const struct core *c, struct packer *p) {
  const struct outbox_bundle *latest[list_items_max];
  size_t count = 0;
  for (size_t i = c->outbox.count; i > 0 && count < list_items_max; i -= 1) {
    if (!is_replaced(c, &c->outbox.list[i - 1])) latest[count++] = &c->outbox.list[i - 1];
  }
  pack_word(p, "bundles");
  pack_array(p, count);
  for (size_t i = 0; i < count; i += 1) pack_bundle(c, p, latest[i]);
}

static int64_t last_receipt_ms(const struct core *c) {
  int64_t last = 0;
  for (size_t i = 0; i < c->outbox.count; i += 1) {
    const struct outbox_bundle *b = &c->outbox.list[i];
    if (outbox_done(b) && b->received_ms > last) last = b->received_ms;
  }
  return last;
}

err status_sync(struct core *c, struct packer *p) {
  struct unsent u;
  const struct clock *k = &c->clock;
  TRY(status_unsent(c, &u));
  int64_t sent = last_receipt_ms(c);
  uint64_t next = 0;
  bool waits = sync_waits(c, &next);
  pack_map(p, FIELDS_SyncStatus);
  answer_words(p, "badge", badge(c, &u));
  answer_int(p, "registers", u.registers);
  answer_int(p, "notes", u.notes);
  answer_int(p, "changes", u.changes);
  answer_words(p, "line", sync_line(c));
  answer_words(p, "reason", reason(c, &u));
  answer_int_or_nil(p, "next_try_ms", waits, next > c->now.mono_ms ? (int64_t)(next - c->now.mono_ms) : 0);
  answer_int_or_nil(p, "last_sent_at", sent != 0, sent);
  answer_int_or_nil(p, "last_contact_at", k->known, clock_hub_ms(k, &k->learned));
  answer_int_or_nil(p, "clock_skew_ms", k->known, -k->offset_ms);
  pack_bundles(c, p);
  carry_pack(c, p);
  return ERR_OK;
}

err call_sync_status(struct core *c, struct call *call) { return status_sync(c, call->out); }

err call_sync_now(struct core *c, struct call *call) {
  if (!c->identity.enrolled)
    return fault_set(&call->fault, ERR_NOT_ENROLLED, "this device is not enrolled yet");
  if (c->store) TRY(seal_if_room(c));
  sync_now(c);
  TRY(sync_run(c));
  return status_sync(c, call->out);
}

err call_sync_hold(struct core *c, struct call *call) {
  TRY(sync_hold(c, call->args[ARG_OF(sync_hold, hold)].i != 0));
  TRY(sync_run(c));
  return status_sync(c, call->out);
}
