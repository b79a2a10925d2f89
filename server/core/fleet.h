/* fleet.h: what the office does with its devices beside orders: a code for a new one, and who works on which.
 */
#ifndef TUTTI_SERVER_FLEET_H
#define TUTTI_SERVER_FLEET_H

#include "server/core/hub.h"

/* Nobody who left is given a device, a grant or a question. ERR_INVALID for whom the hub does not know,
 * ERR_CONFLICT for who has left, with a sentence. */
MUST_USE err staff_work_here(struct store *store, const struct id *staff, size_t count, struct fault *fault);
/* A one-time code for a new device, as a link for a QR and as characters to type, both appended. The caller
 * has set the token's name, kind, staff and `expires_ms`; its id and psk are made here. Its own transaction,
 * audited under `actor`. As staff_work_here of its staff. */
MUST_USE err device_offer(struct buf *link, struct buf *typed, struct store_token *t, const struct hub *hub,
                          struct store *store, const struct now *now, const struct id *actor,
                          struct fault *fault);
/* These staff work on the device from today on, and nobody else: whoever is not named is ended today. Its own
 * transaction, audited. ERR_NOT_FOUND; ERR_CONFLICT for a device that was revoked or waits to be approved. */
MUST_USE err device_assign(struct change_set *changes_out, const struct hub *hub, struct store *store,
                           const struct now *now, const struct id *actor, const struct id *device,
                           const struct id *staff, size_t staff_count);

#endif
