/* outgoing.h: what a WebSocket of the kiosk's has yet to send, and how long one on this machine may rest. */
#ifndef TUTTI_KIOSK_OUTGOING_H
#define TUTTI_KIOSK_OUTGOING_H

#include <libwebsockets.h>

#include "shared/base/bytes.h"

/* `bytes` begins with LWS_PRE spare bytes for the library. */
struct outgoing_message {
  struct outgoing_message *next;
  size_t len, sent;
  uint8_t bytes[];
};
/* All zero is one without messages. */
struct outgoing {
  struct outgoing_message *first, *last;
  size_t bytes; /* of all of them */
};
/* Queues a copy; false, and nothing is changed, where more than `bytes_max` would wait or without memory. */
bool outgoing_put(struct outgoing *o, struct slice bytes, size_t bytes_max);
void outgoing_drop_first(struct outgoing *o);
void outgoing_finish(struct outgoing *o);

/* A connection on this machine's own loopback rests for as long as nobody needs it: the kernel says when
 * somebody is gone, and pings would only close those that a busy machine keeps from answering in time. */
extern const lws_retry_bo_t loopback_rests;

#endif
