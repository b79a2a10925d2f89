/* wire.c: blocking until the hello is out, never after. */
#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { head_bytes_max = 2048, read_bytes = 16384, mask_bytes = 4, wait_ms = 10000, raw_bytes_max = 1 << 20 };
enum { OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

SSL_CTX *wire_tls(void) {
  SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
  /* Ten thousand of them: none keeps a buffer it does not use. */
  if (tls) SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  return tls;
}

/* ---- bytes ---- */

static bool wait_for(struct wire *w, short what) {
  struct pollfd p = {.fd = w->fd, .events = what};
  return poll(&p, 1, wait_ms) == 1;
}

static bool write_all(struct wire *w, struct slice bytes) {
  while (bytes.len > 0) {
    int n = SSL_write(w->ssl, bytes.ptr, (int)bytes.len);
    if (n <= 0) {
      if (SSL_get_error(w->ssl, n) != SSL_ERROR_WANT_WRITE || !wait_for(w, POLLOUT)) return false;
      continue;
    }
    bytes = slice_of(bytes.ptr + n, bytes.len - (size_t)n);
  }
  return true;
}

/* A client's frames are masked; a mask of zeros is one too, and changes nothing. */
static bool write_frame(struct wire *w, uint8_t op, struct slice payload) {
  uint8_t head[10 + mask_bytes] = {(uint8_t)(0x80 | op)};
  size_t len = 2;
  if (payload.len < 126) {
    head[1] = (uint8_t)(0x80 | payload.len);
  } else {
    ASSERT(payload.len <= UINT16_MAX);
    head[1] = 0x80 | 126;
    head[2] = (uint8_t)(payload.len >> 8);
    head[3] = (uint8_t)payload.len;
    len = 4;
  }
  bytes_zero(head + len, mask_bytes);
  return write_all(w, slice_of(head, len + mask_bytes)) && write_all(w, payload);
}

/* More bytes behind those that are there. 0 nothing has come, -1 the hub is gone. */
static int fill(struct wire *w) {
  uint8_t bytes[read_bytes];
  int n = SSL_read(w->ssl, bytes, sizeof bytes);
  if (n > 0) return buf_append(&w->raw, slice_of(bytes, (size_t)n)) == ERR_OK ? 1 : -1;
  int why = SSL_get_error(w->ssl, n);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

/* The first whole frame of `raw`; false when there is none yet. */
static bool whole_frame(const struct wire *w, uint8_t *op, struct slice *payload, size_t *used) {
  const uint8_t *p = w->raw.ptr;
  if (w->raw.len < 2) return false;
  size_t head = 2, len = p[1] & 0x7F;
  if (len == 126) {
    head = 4;
    if (w->raw.len < head) return false;
    len = (size_t)p[2] << 8 | p[3];
  }
  *op = p[0] & 0x0F;
  *payload = slice_of(p + head, len);
  *used = head + len;
  return w->raw.len >= *used;
}

static void drop(struct wire *w, size_t used) {
  bytes_move(w->raw.ptr, w->raw.ptr + used, w->raw.len - used);
  w->raw.len -= used;
  if (w->raw.len == 0) buf_finish(&w->raw); /* most are quiet most of the time */
}

/* ---- opening ---- */

static bool connect_to(struct wire *w, uint16_t port) {
  int on = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (w->fd < 0) return false;
  (void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connect(w->fd, (const struct sockaddr *)&to, sizeof to) == 0;
}

static bool upgrade(struct wire *w, uint16_t port) {
  char head[head_bytes_max];
  int len =
      snprintf(head, sizeof head,
               "GET /sync HTTP/1.1\r\nHost: localhost:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Protocol: %s\r\n\r\n",
               (unsigned)port, PROTOCOL_SUBPROTOCOL);
  if (!write_all(w, slice_of(head, (size_t)len))) return false;
  for (;;) {
    if (fill(w) < 0 || w->raw.len >= head_bytes_max) return false;
    const char *end = memmem(w->raw.ptr, w->raw.len, "\r\n\r\n", 4);
    if (!end) continue;
    bool good = w->raw.len > 12 && memcmp(w->raw.ptr, "HTTP/1.1 101", 12) == 0;
    drop(w, (size_t)(end + 4 - (const char *)w->raw.ptr));
    return good;
  }
}

static bool next_binary(struct wire *w, struct buf *out) {
  uint8_t op = 0;
  struct slice payload;
  size_t used = 0;
  while (!whole_frame(w, &op, &payload, &used))
    if (fill(w) <= 0) return false;
  bool good = op == OP_BINARY && buf_append(out, payload) == ERR_OK;
  drop(w, used);
  return good;
}

static err begin_noise(struct wire *w, const struct hub *hub, const struct wire_device *d,
                       struct buf *first) {
  struct opening o = {
      .kind = OPENING_SYNC, .hub = hub->id, .noise_key = hub->noise[hub->noise_count - 1].number};
  struct buf prologue = BUF_INIT(1024), message = BUF_INIT(1024);
  uint8_t ephemeral[key_bytes];
  entropy_fill(&hub->entropy, ephemeral, sizeof ephemeral);
  err e = opening_prologue(&prologue, &o);
  struct noise_config config = {.pattern = NOISE_XK,
                                .initiator = true,
                                .prologue = buf_slice(&prologue),
                                .local_static = &d->box,
                                .remote_static = hub->noise[hub->noise_count - 1].keys.public_key,
                                .ephemeral = ephemeral};
  if (e == ERR_OK) e = noise_init(&w->noise, &config);
  if (e == ERR_OK) e = noise_handshake_write(&w->noise, slice_of(NULL, 0), &message);
  o.noise = buf_slice(&message);
  if (e == ERR_OK) e = opening_encode(first, &o);
  buf_finish(&prologue);
  buf_finish(&message);
  return e;
}

static err make_hello(struct wire *w, const struct wire_device *d, int64_t wall_ms, struct buf *third) {
  struct buf payload = BUF_INIT(4096);
  const struct message m = {.type = MSG_HELLO,
                            .hello = {.device = d->id,
                                      .incarnation = 1,
                                      .schema = schema_version,
                                      .wall_ms = wall_ms,
                                      .manifest = 1,
                                      .program = slice_text("tutti-bench")}};
  err e = message_encode(&payload, &m);
  if (e == ERR_OK) e = noise_handshake_write(&w->noise, buf_slice(&payload), third);
  buf_finish(&payload);
  return e;
}

static bool shake_hands(struct wire *w, const struct hub *hub, const struct wire_device *d, int64_t wall_ms) {
  struct buf message = BUF_INIT(8192), payload = BUF_INIT(1024);
  bool good = begin_noise(w, hub, d, &message) == ERR_OK && write_frame(w, OP_BINARY, buf_slice(&message));
  buf_clear(&message);
  good = good && next_binary(w, &message) &&
         noise_handshake_read(&w->noise, buf_slice(&message), &payload) == ERR_OK;
  buf_clear(&message);
  good =
      good && make_hello(w, d, wall_ms, &message) == ERR_OK && write_frame(w, OP_BINARY, buf_slice(&message));
  buf_finish(&message);
  buf_finish(&payload);
  return good;
}

bool wire_open(struct wire *w, SSL_CTX *tls, uint16_t port, const struct hub *hub,
               const struct wire_device *d, int64_t wall_ms) {
  *w = (struct wire){.fd = -1, .raw = BUF_INIT(raw_bytes_max)};
  frame_joiner_init(&w->in);
  w->up = connect_to(w, port);
  if (w->up) w->ssl = SSL_new(tls);
  w->up = w->ssl && SSL_set_fd(w->ssl, w->fd) == 1 && SSL_connect(w->ssl) == 1 && upgrade(w, port) &&
          shake_hands(w, hub, d, wall_ms) && fcntl(w->fd, F_SETFL, O_NONBLOCK) == 0;
  if (!w->up) wire_close(w);
  return w->up;
}

void wire_close(struct wire *w) {
  SSL_free(w->ssl);
  w->ssl = NULL;
  if (w->fd >= 0) (void)close(w->fd);
  w->fd = -1;
  w->up = false;
  frame_joiner_finish(&w->in);
  noise_finish(&w->noise);
  buf_finish(&w->raw);
}

/* ---- messages ---- */

static bool take_binary(struct wire *w, struct slice frame,
                        void (*on_message)(void *, const struct message *), void *ctx) {
  struct message m;
  if (frame_read(&w->in, &w->noise, frame) != ERR_OK) return false;
  if (!w->in.complete) return true;
  struct arena a = ARENA_INIT(1 << 26);
  bool good = message_decode(&m, buf_slice(&w->in.message), &a) == ERR_OK;
  if (good) on_message(ctx, &m);
  arena_finish(&a);
  return good;
}

bool wire_read(struct wire *w, void (*on_message)(void *ctx, const struct message *m), void *ctx) {
  uint8_t op = 0;
  struct slice payload;
  size_t used = 0;
  for (;;) {
    while (whole_frame(w, &op, &payload, &used)) {
      if (op == OP_CLOSE) return false;
      if (op == OP_PING && !write_frame(w, OP_PONG, payload)) return false;
      if (op == OP_BINARY && !take_binary(w, payload, on_message, ctx)) return false;
      drop(w, used);
    }
    int n = fill(w);
    if (n <= 0) return n == 0;
  }
}

static err emit(void *ctx, struct slice frame) {
  return write_frame(ctx, OP_BINARY, frame) ? ERR_OK : ERR_IO;
}

bool wire_send(struct wire *w, const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  err e = message_encode(&bytes, m);
  if (e == ERR_OK) e = frame_write(&w->noise, buf_slice(&bytes), emit, w);
  buf_finish(&bytes);
  return e == ERR_OK;
}
