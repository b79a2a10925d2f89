/* readmit.h: a device that a restored hub has forgotten shows what the hub gave it when it was enrolled. */
#ifndef TUTTI_SERVER_READMIT_H
#define TUTTI_SERVER_READMIT_H

#include "server/core/hub.h"

/* Its own transaction. The certificate must be signed by one of this hub's signing keys and be of this
 * device; `noise_public`, unless NULL, must be the key in it. The device is known from then on, but has no
 * staff: everything it sends waits for the office. ERR_BAD_SIGNATURE, ERR_OTHER_HUB, ERR_WRONG_SECRET;
 * ERR_EXISTS for one that is known. */
MUST_USE err device_readmit(struct change_set *changes_out, const struct hub *hub, struct store *store,
                            const struct now *now, const struct id *device, const uint8_t *noise_public,
                            struct slice certificate);

#endif
