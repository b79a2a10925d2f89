/* line.h: one WebSocket connection to the hub as libwebsockets keeps it. It closes and frees itself; its
 * owner only lets go of it. */
#ifndef TUTTI_KIOSK_LINE_H
#define TUTTI_KIOSK_LINE_H

#include <libwebsockets.h>
#include <uv.h>

#include "shared/base/bytes.h"

struct line;
struct line_events {
  void *ctx;
  void (*up)(void *ctx);
  void (*bytes)(void *ctx, struct slice bytes);
  void (*lost)(void *ctx, const char *reason); /* static text; the line is gone */
};
struct line_target {
  uv_loop_t *loop;
  struct lws_context *context;
  struct lws_vhost *vhost;
  const char *address; /* in numbers, so that nothing is looked up */
  uint16_t port;
  const char *authority, *path, *subprotocol;
};
/* NULL when it could not even be begun. */
struct line *line_open(const struct line_target *target, const struct line_events *events);
/* Queues a copy; false past link_queue_bytes_max or without memory. */
bool line_send(struct line *line, struct slice bytes);
/* Sends what is queued for at most link_linger_ms_max, then closes. No event follows; the pointer is no
 * longer the owner's. */
void line_close(struct line *line);
bool line_is_flushed(const struct line *line);

/* The libwebsockets callback of the protocol the vhost offers. */
int line_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

#endif
