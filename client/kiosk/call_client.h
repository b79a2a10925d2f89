/* call_client.h: the command line's end of a running kiosk's door: one call at a time over its loopback
 * WebSocket. */
#ifndef TUTTI_KIOSK_CALL_CLIENT_H
#define TUTTI_KIOSK_CALL_CLIENT_H

#include "shared/base/bytes.h"

struct call_client;
/* Connects to the kiosk of this machine. ERR_NETWORK with a sentence when none listens on `port`. */
MUST_USE err call_client_open(struct call_client **out, uint16_t port, struct fault *fault);
/* Sends one encoded call and waits for the answer that carries `id`; `changed` events in between are passed
 * over. The reply is appended to `reply`. ERR_NETWORK when the kiosk goes away or stays silent for
 * call_client_ms_max. */
MUST_USE err call_client_call(struct call_client *c, struct slice call, uint32_t id, struct buf *reply,
                              struct fault *fault);
void call_client_close(struct call_client *c); /* NULL is accepted */

#endif
