/* call_client.c: a libwebsockets client that is pumped until its one answer is there. */
#include "client/kiosk/call_client.h"

#include <libwebsockets.h>
#include <stdlib.h>

#include "client/kiosk/outgoing.h"
#include "client/kiosk/ui.h"
#include "shared/base/limits.h"

enum { call_client_ms_max = 120000, call_client_piece_bytes = 65536 };

struct call_client {
  struct lws_context *context;
  struct lws *wsi;
  bool open, failed;
  struct buf call; /* LWS_PRE bytes of room, then what is still to be sent */
  size_t sent;
  struct buf message; /* the one being received */
  bool complete;
};

static int write_piece(struct call_client *c) {
  size_t total = c->call.len - LWS_PRE;
  if (c->call.len == 0 || c->sent == total) return 0;
  size_t len = total - c->sent < call_client_piece_bytes ? total - c->sent : call_client_piece_bytes;
  bool first = c->sent == 0, last = c->sent + len == total;
  /* The bytes before a piece are scratch for libwebsockets: they were sent already, or are the room in front.
   */
  int flags = lws_write_ws_flags(LWS_WRITE_BINARY, first, last);
  if (lws_write(c->wsi, c->call.ptr + LWS_PRE + c->sent, len, (enum lws_write_protocol)flags) < 0) return -1;
  c->sent += len;
  if (!last) lws_callback_on_writable(c->wsi);
  return 0;
}

static int receive(struct call_client *c, struct lws *wsi, struct slice piece) {
  if (c->complete) return 0; /* an event on the heels of the answer */
  if (lws_is_first_fragment(wsi)) buf_clear(&c->message);
  if (buf_append(&c->message, piece) != ERR_OK) return -1;
  c->complete = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
  if (c->complete) lws_rx_flow_control(wsi, 0);
  return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  struct call_client *c = lws_context_user(lws_get_context(wsi));
  (void)user;
  switch (reason) {
  case LWS_CALLBACK_CLIENT_ESTABLISHED: c->open = true; return 0;
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
  case LWS_CALLBACK_CLIENT_CLOSED: c->failed = true; return 0;
  case LWS_CALLBACK_CLIENT_WRITEABLE: return write_piece(c);
  case LWS_CALLBACK_CLIENT_RECEIVE: return receive(c, wsi, slice_of(in, len));
  default: return 0;
  }
}

static const struct lws_protocols protocols[] = {
    {UI_SUBPROTOCOL, callback, 0, call_client_piece_bytes, 0, NULL, 0}, {0}};

/* Serves the loop until `*done` or a failure. */
static err pump(struct call_client *c, const bool *done, struct fault *fault) {
  lws_usec_t deadline = lws_now_usecs() + (lws_usec_t)call_client_ms_max * 1000;
  while (!*done && !c->failed) {
    if (lws_now_usecs() > deadline) return fault_set(fault, ERR_NETWORK, "the kiosk did not answer in time");
    if (lws_service(c->context, 0) < 0) c->failed = true;
  }
  if (*done) return ERR_OK;
  return fault_set(fault, ERR_NETWORK,
                   c->open ? "the kiosk closed the connection before it answered"
                           : "no kiosk answers on this machine: start tutti-kiosk, or give its --port");
}

err call_client_open(struct call_client **out, uint16_t port, struct fault *fault) {
  *out = NULL;
  struct call_client *c = calloc(1, sizeof *c);
  if (c == NULL) return ERR_NO_MEMORY;
  c->call = (struct buf)BUF_INIT(LWS_PRE + (size_t)export_file_bytes_max + 65536);
  c->message = (struct buf)BUF_INIT((size_t)export_file_bytes_max + 65536);
  lws_set_log_level(0, NULL);
  /* A kiosk that is hashing a PIN on a slow machine takes a connection when it is through. */
  const struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                                 .protocols = protocols,
                                                 .user = c,
                                                 .gid = -1,
                                                 .uid = -1,
                                                 .timeout_secs = call_client_ms_max / 1000,
                                                 .connect_timeout_secs = call_client_ms_max / 1000,
                                                 /* Between two calls nobody serves this loop. */
                                                 .retry_and_idle_policy = &loopback_rests};
  c->context = lws_create_context(&info);
  err e = c->context == NULL ? ERR_NO_MEMORY : ERR_OK;
  if (e == ERR_OK) {
    const struct lws_client_connect_info connect = {.context = c->context,
                                                    .address = "127.0.0.1",
                                                    .port = port,
                                                    .path = "/call",
                                                    .host = "127.0.0.1",
                                                    .protocol = UI_SUBPROTOCOL,
                                                    .local_protocol_name = UI_SUBPROTOCOL,
                                                    .pwsi = &c->wsi};
    char host[32];
    struct lws_client_connect_info with_port = connect;
    lws_snprintf(host, sizeof host, "127.0.0.1:%u", (unsigned)port);
    with_port.host = host;
    c->failed = lws_client_connect_via_info(&with_port) == NULL;
    e = pump(c, &c->open, fault);
  }
  if (e != ERR_OK) {
    call_client_close(c);
    return e;
  }
  *out = c;
  return ERR_OK;
}

/* An answer is [id, …] and an event [0, …]: after the array's head the id stands as a msgpack unsigned
 * integer. */
static bool is_answer(struct slice message, uint32_t id) {
  struct cursor c = cursor_of(message);
  uint8_t head, kind;
  uint64_t value = 0;
  if (cursor_u8(&c, &head) != ERR_OK || cursor_u8(&c, &kind) != ERR_OK) return false;
  size_t width = kind < 0x80 ? 0 : kind == 0xcc ? 1 : kind == 0xcd ? 2 : kind == 0xce ? 4 : 9;
  if (width == 0) return kind == id;
  for (size_t i = 0; i < width; i++) {
    uint8_t byte;
    if (width > 4 || cursor_u8(&c, &byte) != ERR_OK) return false;
    value = value << 8 | byte;
  }
  return value == id;
}

err call_client_call(struct call_client *c, struct slice call, uint32_t id, struct buf *reply,
                     struct fault *fault) {
  buf_clear(&c->call);
  TRY(buf_append_zeros(&c->call, LWS_PRE));
  TRY(buf_append(&c->call, call));
  c->sent = 0;
  lws_callback_on_writable(c->wsi);
  do {
    c->complete = false;
    buf_clear(&c->message);
    lws_rx_flow_control(c->wsi, 1);
    TRY(pump(c, &c->complete, fault));
  } while (!is_answer(buf_slice(&c->message), id));
  return buf_append(reply, buf_slice(&c->message));
}

void call_client_close(struct call_client *c) {
  if (c == NULL) return;
  if (c->context != NULL) lws_context_destroy(c->context);
  buf_wipe(&c->call);
  buf_wipe(&c->message);
  free(c);
}
