/* orders.h: what the hub tells its devices to do: signed once, kept until the device says that it is done,
 * and carried by the line or by a reply file alike. */
#ifndef TUTTI_SERVER_ORDERS_H
#define TUTTI_SERVER_ORDERS_H

#include "proto/lease.h"
#include "proto/order.h"
#include "server/core/hub.h"

/* Inside a transaction: a new order, in place of one of its kind that still waits. */
MUST_USE err order_issue(const struct hub *hub, struct store *store, const struct now *now,
                         const struct id *device, enum order_kind kind, uint64_t value);
struct orders_waiting {
  const struct slice *list; /* as bytes, by rising number */
  size_t count;
  uint64_t last; /* the highest number in it; 0: there is none */
  bool gone;     /* a revoked device has carried out its order to wipe */
};
/* Inside a transaction: the orders above `after` that a device has not carried out, in `a`. A revoked device
 * has one to wipe, whoever revoked it: it is written if it lacks; for any other device nothing is. */
MUST_USE err orders_waiting_for(struct orders_waiting *out, const struct hub *hub, struct store *store,
                                const struct now *now, const struct store_device *device, uint64_t after,
                                struct arena *a);

/* Each its own transaction, audited under `actor`. ERR_NOT_FOUND for a device that there is not. */
/* From now on everything the device sends waits for the office, and it is asked to hand over what it has and
 * to empty itself; `forced`: at once, and what it has not sent is given up. */
MUST_USE err device_revoke(struct change_set *changes_out, const struct hub *hub, struct store *store,
                           const struct now *now, const struct id *actor, const struct id *device,
                           bool forced);
/* A device that came back by its certificate is one of the hub's again, for these staff. */
MUST_USE err device_approve(struct change_set *changes_out, const struct hub *hub, struct store *store,
                            const struct now *now, const struct id *actor, const struct id *device,
                            const struct id *staff, size_t staff_count);
/* The code to read out to whoever sees the challenge on the device: for so many term days, or lease_new_pin
 * for the one person on it who forgot the PIN. ERR_CONFLICT, with a sentence, for a revoked device; and for a
 * new PIN on one of several people or of nobody. */
MUST_USE err device_code(char out[lease_code_text_bytes], const struct hub *hub, struct store *store,
                         const struct now *now, const struct id *actor, const struct id *device,
                         const uint8_t challenge[lease_challenge_bytes], uint32_t days, struct fault *fault);
/* So many term days more, from when the device hears of it. ERR_CONFLICT for a revoked device. */
MUST_USE err device_lease(struct change_set *changes_out, const struct hub *hub, struct store *store,
                          const struct now *now, const struct id *actor, const struct id *device,
                          uint32_t days, struct fault *fault);

#endif
