/* link.h: the line to the hub: one WebSocket over TLS at a time, opened, fed and closed as the core asks. */
#ifndef TUTTI_KIOSK_LINK_H
#define TUTTI_KIOSK_LINK_H

#include <uv.h>

#include "shared/base/bytes.h"
#include "shared/base/log.h"

struct lws_context;
struct link;

/* All three come from the loop, never from inside link_open, link_send or link_close. */
struct link_events {
  void *ctx;
  void (*up)(void *ctx, uint32_t id);
  void (*bytes)(void *ctx, uint32_t id, struct slice bytes); /* one whole binary message, lent */
  void (*down)(void *ctx, uint32_t id, const char *reason);  /* "no signal" or "cannot reach the office…" */
};
struct link_config {
  struct lws_context *context;
  uv_loop_t *loop;
  const char *ca; /* PEM file checked before, or NULL: the system's store */
  const struct log_sink *log;
  struct link_events events;
};
MUST_USE err link_create(struct link **out, const struct link_config *config, struct fault *fault);
/* A line that is open already is let go first, without a `down`. */
void link_open(struct link *link, uint32_t id, struct slice url);
void link_send(struct link *link, uint32_t id,
               struct slice bytes); /* copies; passed over when `id` is not the line's */
/* Sends what is queued, then closes; no `down` follows. */
void link_close(struct link *link, uint32_t id);
void link_drop(struct link *link); /* whatever its id; no `down` follows */
bool link_is_flushed(const struct link *link);
/* Lets go of everything on the loop. After that: run the loop until it is empty, destroy the libwebsockets
 * context, free. NULL is accepted. */
void link_stop(struct link *link);
void link_free(struct link *link);

#endif
