/* out_queue.h: whole WebSocket messages waiting to be written to one connection, with a ceiling. */
#ifndef TUTTI_NET_OUT_QUEUE_H
#define TUTTI_NET_OUT_QUEUE_H

#include <libwebsockets.h>

#include "shared/base/bytes.h"

struct out_message;
struct out_queue {
  struct out_message *first, *last;
  size_t bytes;
};
/* Queues a copy; false past `bytes_max` or without memory. */
bool out_queue_put(struct out_queue *q, struct slice bytes, size_t bytes_max);
/* Writes until the socket takes no more, then asks to be called again. -1 when the connection is broken. */
int out_queue_write(struct out_queue *q, struct lws *wsi);
void out_queue_finish(struct out_queue *q);

#endif
