/* wire.h: one device's connection to a running hub, as little of one as will do: TLS, WebSocket, Noise,
 * frames. */
#ifndef TUTTI_TESTS_BENCH_WIRE_H
#define TUTTI_TESTS_BENCH_WIRE_H

#include <openssl/ssl.h>

#include "proto/messages.h"
#include "server/core/hub.h"

struct wire_device { /* who it says it is */
  struct id id;
  struct box_keys box;
};
struct wire {
  int fd;
  SSL *ssl;
  bool up;
  struct noise noise;
  struct frame_joiner in;
  struct buf raw; /* of a WebSocket frame that is not whole yet */
};
SSL_CTX *wire_tls(void); /* trusts anybody: the figure is about the hub; NULL when OpenSSL could not start */
/* Connects, shakes hands and says hello; WELCOME and what follows come with wire_read. False: refused. */
bool wire_open(struct wire *w, SSL_CTX *tls, uint16_t port, const struct hub *hub,
               const struct wire_device *d, int64_t wall_ms);
/* Takes what has come, without waiting. A message lives for the call. False: the hub closed. */
bool wire_read(struct wire *w, void (*on_message)(void *ctx, const struct message *m), void *ctx);
bool wire_send(struct wire *w, const struct message *m);
void wire_close(struct wire *w);

#endif
