/* accept.c: what is inside one bundle: opened, decoded within bounds, admitted changeset by changeset,
 * merged. A changeset that cannot be applied is named in the receipt and kept; it never stops the next one.
 */
#include "server/core/erase.h"
#include "server/core/group.h"

err entry_except(struct entry *e, uint32_t changeset, enum receipt_status status, err reason) {
  struct receipt_exception *list =
      list_room(e->exceptions, &e->exception_cap, e->exception_count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  e->exceptions = list;
  e->exceptions[e->exception_count++] = (struct receipt_exception){changeset, status, reason};
  if (status > e->status) e->status = status;
  return ERR_OK;
}

err entry_pin(struct entry *e, uint32_t changeset, uint64_t stamp) {
  struct receipt_pin *list = list_room(e->pins, &e->pin_cap, e->pin_count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  e->pins = list;
  e->pins[e->pin_count++] = (struct receipt_pin){changeset, stamp};
  return ERR_OK;
}

static struct op_id op_id_at(const struct entry *e, const struct changeset *cs, size_t k) {
  return (struct op_id){e->parts.header.device, e->parts.header.incarnation, cs->counter + k};
}

/* `places`: where each op stood in the changeset as it came; NULL: where it stands. */
static err apply(struct group *g, struct entry *e, uint32_t index, const struct changeset *cs,
                 const uint32_t *places, uint64_t stamp) {
  bool conflict = false;
  for (size_t k = 0; k < cs->op_count; k++) {
    struct merge_op m = {.op = &cs->ops[k],
                         .id = op_id_at(e, cs, places ? places[k] : k),
                         .author = cs->author,
                         .stamp = stamp,
                         .flags = cs->flags & OP_UNSURE};
    struct merge_outcome outcome;
    TRY(work_apply(&g->work, &m, e->no, &outcome));
    /* Also of another unit: work on a row that somebody removed meanwhile. */
    conflict = conflict || (outcome.conflict_after & cs->ops[k].units) ||
               (outcome.conflict_after & ~outcome.conflict_before);
  }
  return conflict ? entry_except(e, index, RECEIPT_CONFLICT, ERR_CONFLICT) : ERR_OK;
}

/* Capped once, by the hub's clock when the bundle first came, and pinned in the receipt. */
static err stamp_of(struct entry *e, uint32_t index, const struct changeset *cs, uint64_t *out) {
  *out = cs->stamp;
  if (cs->stamp <= (uint64_t)e->received_ms + stamp_ahead_ms_max) return ERR_OK;
  *out = (uint64_t)e->received_ms;
  return entry_pin(e, index, *out);
}

/* A changeset, and what of it is about nobody who was erased. Sixty players marked at once are not lost for
 * one: the others' ops stand, by their own numbers. */
struct told {
  const struct changeset *whole;
  struct changeset rest;
  const uint32_t *places; /* of the rest's ops in the whole; NULL: all are there */
};

static err strip(struct group *g, struct entry *e, const struct changeset *cs, struct told *out) {
  out->whole = cs;
  TRY(erased_strip(&g->work, cs, &e->arena, &out->rest, &out->places));
  e->erased = e->erased || out->places;
  return ERR_OK;
}

static err merge_changeset(struct group *g, struct entry *e, uint32_t index, const struct told *t) {
  struct op_id first = op_id_at(e, t->whole, 0);
  uint64_t stamp;
  TRY(stamp_of(e, index, t->whole, &stamp));
  TRY(apply(g, e, index, &t->rest, t->places, stamp));
  return work_accept(&g->work, &first, t->whole->op_count);
}

static err accept_changeset(struct group *g, struct entry *e, struct sequence *s, uint32_t index,
                            const struct changeset *cs) {
  struct op_id first = op_id_at(e, cs, 0);
  struct told t;
  bool seen = false, fits;
  err reason;
  if (cs->counter <= s->seen_last) TRY(work_seen(&g->work, &first, &seen));
  if (seen || cs->op_count == 0) return ERR_OK; /* resealed work: an op counts once */
  TRY(strip(g, e, cs, &t));
  if (t.rest.op_count == 0) return entry_except(e, index, RECEIPT_REFUSED, ERR_ERASED);
  TRY(admit_changeset(&g->admit, &first.device, &t.rest, &reason));
  if (reason != ERR_OK) return entry_except(e, index, RECEIPT_QUARANTINED, reason);
  TRY(work_fits(&g->work, &first, &t.rest, t.places, &fits));
  if (!fits) return entry_except(e, index, RECEIPT_QUARANTINED, ERR_TOO_BIG);
  uint64_t last = cs->counter + cs->op_count - 1;
  if (last > s->seen_last) s->seen_last = last;
  return merge_changeset(g, e, index, &t);
}

/* The office's permission stands for the author's, but for what no device may write, what the hub could not
 * file, what there is no room for, and who was erased. */
err entry_release(struct group *g, struct entry *e, uint32_t index, const struct changeset *cs, err *reason) {
  struct op_id first = op_id_at(e, cs, 0);
  struct told t;
  bool seen = false, fits;
  *reason = ERR_OK;
  TRY(work_seen(&g->work, &first, &seen));
  if (seen || cs->op_count == 0) return ERR_OK;
  TRY(strip(g, e, cs, &t));
  *reason = ERR_ERASED;
  if (t.rest.op_count == 0) return ERR_OK;
  TRY(admit_changeset(&g->admit, &first.device, &t.rest, reason));
  bool overridden = *reason == ERR_OK || (*reason == ERR_FORBIDDEN && admit_is_of_the_field(&t.rest));
  if (!overridden) return ERR_OK;
  TRY(work_fits(&g->work, &first, &t.rest, t.places, &fits));
  *reason = fits ? ERR_OK : ERR_TOO_BIG;
  return fits ? merge_changeset(g, e, index, &t) : ERR_OK;
}

const struct hub_box_key *hub_intake(const struct hub *hub, uint32_t number) {
  for (size_t i = 0; i < hub->intake_count; i++) {
    if (hub->intake[i].number == number) return &hub->intake[i];
  }
  return NULL;
}

static bool of_the_machine(err e) { return e == ERR_NO_MEMORY || e == ERR_INTERNAL || e == ERR_IO; }

/* *reason: what is wrong with the bundle's inside. */
err entry_open(struct group *g, struct entry *e, struct bundle_content *out, err **refused, err *reason) {
  const struct hub_box_key *intake = hub_intake(g->hub, e->parts.header.intake_key);
  *reason =
      intake ? bundle_open(&e->plain, &e->parts, &intake->keys) : ERR_UNKNOWN_KEY; /* destroyed by force */
  if (*reason == ERR_OK) *reason = content_decode(out, refused, buf_slice(&e->plain), &e->arena, NULL);
  return of_the_machine(*reason) ? *reason : ERR_OK;
}

static err accept_content(struct group *g, struct entry *e, struct sequence *s,
                          const struct bundle_content *c, const err *refused) {
  bool revoked = s->device.status == ENUM_device_status_revoked;
  bool apart = s->device.status != ENUM_device_status_active;
  e->acks = c->acks; /* what is done is done, whoever is revoked */
  e->ack_count = c->ack_count;
  if (!apart) TRY(work_prefetch(&g->work, c->changesets, c->changeset_count));
  for (uint32_t i = 0; i < c->changeset_count; i++) {
    if (refused[i] != ERR_OK) {
      TRY(entry_except(e, i, RECEIPT_REFUSED, refused[i]));
    } else if (apart) {
      TRY(entry_except(e, i, RECEIPT_QUARANTINED, revoked ? ERR_REVOKED : ERR_FORBIDDEN));
    } else {
      TRY(accept_changeset(g, e, s, i, &c->changesets[i]));
    }
  }
  return ERR_OK;
}

/* A bundle that nobody can read, though its device signed it, is kept and refused as a whole: waiting for a
 * better one would stop the device for ever. */
err entry_accept(struct group *g, struct entry *e, struct sequence *s, err *refused) {
  struct bundle_content content;
  err *refused_changesets, reason;
  e->status = RECEIPT_APPLIED;
  *refused = ERR_OK;
  TRY(entry_open(g, e, &content, &refused_changesets, &reason));
  if (reason == ERR_VERSION) {
    *refused = reason;
    return ERR_OK;
  }
  if (reason != ERR_OK) return entry_except(e, 0, RECEIPT_REFUSED, reason);
  return accept_content(g, e, s, &content, refused_changesets);
}
