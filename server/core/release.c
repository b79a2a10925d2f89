/* release.c: one bundle's withheld changesets, released or rejected by the office, in one transaction. */
#include "server/core/release.h"

#include <stdio.h>

#include "server/core/group.h"
#include "server/core/journal.h"
#include "server/core/questions.h"

struct releasing {
  struct group group;
  const struct quarantine_ref *ref;
  enum store_quarantine_state decision;
  struct id by;
  struct slice why;
  struct fault *fault;
  struct entry *entry;
  struct receipt before; /* as it was signed last */
  struct store_quarantine *rows;
  size_t row_count;
  struct bundle_content content; /* only of a release */
  size_t decided;
  struct id matter;        /* what somebody may have been asked about */
  size_t waiting;          /* what of it nobody has judged yet */
  struct change_set asked; /* by withdrawing those questions */
};

static err refuse(struct releasing *r, err code, const char *text) {
  return fault_set(r->fault, code, "Bundle %llu of that device: %s.", (unsigned long long)r->ref->seq, text);
}

static err load(struct releasing *r) {
  struct group *g = &r->group;
  const struct store_ops *ops = g->store->ops;
  struct store_bundle b;
  err e = ops->bundle_load(g->store, &r->ref->device, r->ref->incarnation, r->ref->seq, &g->arena, &b);
  if (e == ERR_NOT_FOUND) return refuse(r, e, "the hub has no such bundle");
  TRY(e);
  if (b.status == RECEIPT_HELD)
    return refuse(r, ERR_CONFLICT, "it waits for an earlier one; release the gap");
  if (!b.raw.len) return refuse(r, ERR_CONFLICT, "nothing of it waits");
  r->matter = quarantine_matter(b.hash);
  TRY(receipt_decode_by(&r->before, b.receipt, &g->hub->signers, &g->arena));
  TRY(ops->quarantine_list(g->store, b.number, bundle_changesets_max, &g->arena, &r->rows, &r->row_count));
  TRY(entry_add(&r->entry, g, NULL));
  r->entry->released = true;
  r->entry->status = RECEIPT_APPLIED;
  r->entry->bytes = b.raw;
  r->entry->received_ms = b.received_ms;
  bytes_copy(r->entry->hash, b.hash, hash_bytes);
  if (bundle_parse(&r->entry->parts, b.raw) != ERR_OK) return ERR_CORRUPT;
  for (size_t i = 0; i < r->before.pin_count; i++)
    TRY(entry_pin(r->entry, r->before.pins[i].changeset, r->before.pins[i].stamp));
  return ERR_OK;
}

static const char *why_not(err reason) {
  switch (reason) {
  case ERR_NOT_FOUND:
    return "it names a session or row that the hub does not have; release it when that has come";
  case ERR_FORBIDDEN: return "it writes what no device may write; make that change at the office";
  case ERR_TOO_BIG: return "its row has too many values that disagree; decide those first";
  case ERR_ERASED: return "it is about a learner who was erased, so it can only be rejected";
  default: return "it cannot be read, so it can only be rejected";
  }
}

static int64_t decided_ms(const struct releasing *r) {
  return r->ref->at_ms ? r->ref->at_ms : r->group.now.wall_ms;
}

static err note(struct releasing *r, const struct store_quarantine *q) {
  struct group *g = &r->group;
  struct store_quarantine decided = *q;
  char device[id_text_bytes], detail[160];
  decided.state = r->decision;
  decided.by = r->by;
  decided.at_ms = decided_ms(r);
  decided.why = r->why;
  TRY(g->store->ops->quarantine_decide(g->store, &decided));
  id_text(device, &q->device);
  (void)snprintf(detail, sizeof detail, "device=%s incarnation=%u seq=%llu changeset=%u reason=%s", device,
                 q->incarnation, (unsigned long long)q->seq, q->changeset, err_name(q->reason));
  const char *action = r->decision == QUARANTINE_RELEASED ? "quarantine.release" : "quarantine.reject";
  r->decided++;
  return g->store->ops->audit(g->store, g->now.wall_ms, &r->by, action, detail);
}

static const struct store_quarantine *row_of(const struct releasing *r, uint32_t changeset) {
  for (size_t i = 0; i < r->row_count; i++) {
    if (r->rows[i].changeset == changeset) return &r->rows[i];
  }
  return NULL;
}

/* The other side of a fork was kept unopened, as changeset 0: all of it is released together. What its
 * numbers were used for meanwhile is left alone. */
static err release_fork(struct releasing *r) {
  for (uint32_t i = 0; i < r->content.changeset_count; i++) {
    err reason;
    TRY(entry_release(&r->group, r->entry, i, &r->content.changesets[i], &reason));
    if (reason != ERR_OK) return refuse(r, reason, why_not(reason));
  }
  return ERR_OK;
}

static err release_one(struct releasing *r, const struct store_quarantine *q, const err *refused) {
  err reason = ERR_OK;
  if (q->reason == ERR_FORK) return release_fork(r);
  ASSERT(refused); /* entry_open has a word for every changeset that it opened */
  if (q->changeset >= r->content.changeset_count) return ERR_CORRUPT;
  if (refused[q->changeset] != ERR_OK) return refuse(r, ERR_FORBIDDEN, why_not(refused[q->changeset]));
  TRY(entry_release(&r->group, r->entry, q->changeset, &r->content.changesets[q->changeset], &reason));
  return reason == ERR_OK ? ERR_OK : refuse(r, reason, why_not(reason));
}

/* One exception that stands for the whole bundle keeps its reason, by which the device knows it for that. */
static bool is_whole(const struct store_quarantine *q) {
  return q->reason == ERR_FORK ||
         (q->status == RECEIPT_REFUSED && q->reason != ERR_INVALID && q->reason != ERR_ERASED);
}

static err decide(struct releasing *r, const struct store_quarantine *q, const err *refused) {
  if (r->decision == QUARANTINE_RELEASED)
    TRY(release_one(r, q, refused));
  else
    TRY(entry_except(r->entry, q->changeset, RECEIPT_REFUSED, is_whole(q) ? q->reason : ERR_REJECTED));
  return note(r, q);
}

/* A refused changeset can be closed, never released; a rejected one can still be released. */
static bool concerns(const struct releasing *r, const struct store_quarantine *q) {
  if (!q || q->state == QUARANTINE_RELEASED || q->state == r->decision) return false;
  if (r->decision == QUARANTINE_RELEASED && q->status != RECEIPT_QUARANTINED) return false;
  if (r->ref->changeset == quarantine_all) return q->state == QUARANTINE_WAITS;
  return q->changeset == r->ref->changeset;
}

static err leave(struct releasing *r, const struct receipt_exception *x, const struct store_quarantine *q) {
  if (q && q->state == QUARANTINE_WAITS) r->waiting++;
  return entry_except(r->entry, x->changeset, x->status, x->reason);
}

static err decide_all(struct releasing *r) {
  err *refused = NULL, reason = ERR_OK;
  if (r->decision == QUARANTINE_RELEASED)
    TRY(entry_open(&r->group, r->entry, &r->content, &refused, &reason));
  if (reason != ERR_OK) return refuse(r, ERR_FORBIDDEN, why_not(reason));
  for (size_t i = 0; i < r->before.exception_count; i++) {
    const struct receipt_exception *x = &r->before.exceptions[i];
    const struct store_quarantine *q = row_of(r, x->changeset);
    if (concerns(r, q))
      TRY(decide(r, q, refused));
    else
      TRY(leave(r, x, q));
  }
  return r->decided ? ERR_OK : refuse(r, ERR_CONFLICT, "nothing of it waits for that");
}

static err keep(struct releasing *r) {
  const struct store_quarantine q = {.device = r->ref->device,
                                     .incarnation = r->ref->incarnation,
                                     .seq = r->ref->seq,
                                     .changeset = r->ref->changeset,
                                     .state = r->decision,
                                     .by = r->by,
                                     .at_ms = decided_ms(r),
                                     .why = r->why};
  return journal_decision(r->group.store->journal, &q);
}

/* While something of it waits, whoever was asked may still answer. In a journal the withdrawals follow as ops
 * of their own. */
static err end_questions(struct releasing *r) {
  struct group *g = &r->group;
  struct office_result result = {.changed = 0};
  struct office o;
  if (r->waiting || r->ref->at_ms) return ERR_OK;
  err e = office_begin(&o, &result, g->hub, g->store, &g->now, &r->by);
  if (e == ERR_OK) e = questions_withdraw(&o, &r->matter, r->fault);
  if (e == ERR_OK) e = office_end(&o);
  office_finish(&o);
  if (result.changed) r->asked = result.changes;
  return e;
}

static err run(struct releasing *r, const struct hub *hub, struct store *store, const struct now *now) {
  TRY(group_begin(&r->group, hub, store, now));
  TRY(load(r));
  TRY(decide_all(r));
  TRY(group_save(&r->group));
  TRY(end_questions(r));
  TRY(keep(r));
  return store->ops->commit(store);
}

struct id quarantine_matter(const uint8_t hash[hash_bytes]) {
  struct id id = {{0}};
  bytes_copy(id.b + id_bytes / 2, hash, id_bytes / 2);
  return id;
}

err reason_check(struct slice why, struct fault *fault) {
  if (why.len > 0 && why.len <= reason_bytes_max && utf8_valid(why)) return ERR_OK;
  return fault_set(fault, ERR_INVALID, "Say why, in 1 to %d bytes of text.", reason_bytes_max);
}

err quarantine_decide_by(struct change_set *changes_out, const struct hub *hub, struct store *store,
                         const struct now *now, const struct id *by, const struct quarantine_ref *ref,
                         enum store_quarantine_state decision, struct slice why, struct fault *fault) {
  ASSERT(decision != QUARANTINE_WAITS);
  bytes_zero(changes_out, sizeof *changes_out);
  TRY(reason_check(why, fault));
  struct releasing r = {.ref = ref, .decision = decision, .by = *by, .why = why, .fault = fault};
  err e = run(&r, hub, store, now);
  if (e == ERR_OK) {
    *changes_out = r.group.work.changes;
    changes_out->devices = true;
    /* Rare enough that everybody asks again. */
    if (r.asked.position) {
      changes_out->position = r.asked.position;
      changes_out->all_streams = true;
    }
  } else {
    store->ops->rollback(store);
  }
  group_finish(&r.group);
  return e;
}
