/* line.c: a WebSocket client connection: its queue, whole messages in, and why it failed in words. */
#include "client/kiosk/line.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "client/kiosk/outgoing.h"
#include "shared/base/limits.h"

struct line {
  struct lws *wsi; /* NULL until the library has made one */
  uv_loop_t *loop;
  struct line_events events; /* events.ctx NULL: the owner has let go */
  bool opening, established, closing;
  struct outgoing outgoing;
  struct buf incoming;
};

/* Whether the far end is alive is asked after a quiet minute; there is one such timer, for the one line. */
static const lws_retry_bo_t idle_policy = {.secs_since_valid_ping = 60, .secs_since_valid_hangup = 80};

static void free_line(struct line *line) {
  outgoing_finish(&line->outgoing);
  buf_finish(&line->incoming);
  free(line);
}

/* The library's words are for programmers; a person at a kiosk needs to know whom to ask. */
static const char *reason_of(struct lws *wsi, const char *text) {
  const SSL *tls = lws_get_ssl(wsi);
  if (tls && SSL_get_verify_result(tls) != X509_V_OK)
    return "cannot reach the office: its certificate is not one this device trusts";
  static const struct {
    const char *sign, *reason;
  } reasons[] = {
      {"SSL", "cannot reach the office: no secure connection could be made"},
      {"SYSCALL", "cannot reach the office: no secure connection could be made"},
      {"HS:", "cannot reach the office: what answers there is not a Tutti hub"},
      {"protocol", "cannot reach the office: what answers there is not a Tutti hub"},
      {"Timed out", "cannot reach the office: it does not answer"},
  };
  for (size_t i = 0; text && i < sizeof reasons / sizeof reasons[0]; i++) {
    if (strstr(text, reasons[i].sign)) return reasons[i].reason;
  }
  return "cannot reach the office: it refuses the connection";
}

static void free_handle(uv_handle_t *handle) { free(handle); }

static void close_left_over(uv_handle_t *handle, void *wsi) {
  if (handle->type == UV_POLL && handle->data == wsi && !uv_is_closing(handle)) uv_close(handle, free_handle);
}

/* libwebsockets 4.1 closes the socket of a refused connection but forgets its watcher in the loop, where the
 * next socket of that number would find it. Such a watcher belongs to nobody any more, so it is ours to
 * close. */
static void close_watcher(uv_loop_t *loop, struct lws *wsi) { uv_walk(loop, close_left_over, wsi); }

static void lose(struct lws *wsi, struct line *line, const char *reason) {
  if (lws_get_socket_fd(wsi) < 0) close_watcher(line->loop, wsi);
  lws_set_opaque_user_data(wsi, NULL);
  if (line->opening) return; /* line_open frees it */
  struct line_events events = line->events;
  free_line(line);
  if (events.ctx) events.lost(events.ctx, reason);
}

static int take_piece(struct lws *wsi, struct line *line, struct slice piece) {
  if (line->closing) return 0;
  size_t whole = line->incoming.len + piece.len + lws_remaining_packet_payload(wsi);
  if (!lws_frame_is_binary(wsi) || whole > frame_bytes_max || buf_append(&line->incoming, piece) != ERR_OK)
    return -1;
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi)) return 0;
  line->events.bytes(line->events.ctx, buf_slice(&line->incoming));
  buf_clear(&line->incoming);
  return 0;
}

static int write_queue(struct lws *wsi, struct line *line) {
  while (line->outgoing.first) {
    struct outgoing_message *message = line->outgoing.first;
    if (lws_write(wsi, message->bytes + LWS_PRE, message->len, LWS_WRITE_BINARY) < 0) return -1;
    outgoing_drop_first(&line->outgoing);
    if (line->outgoing.first && lws_send_pipe_choked(wsi)) {
      lws_callback_on_writable(wsi);
      return 0;
    }
  }
  return line->closing ? -1 : 0;
}

int line_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  (void)user;
  struct line *line = wsi ? lws_get_opaque_user_data(wsi) : NULL;
  if (!line) return 0;
  switch (reason) {
  case LWS_CALLBACK_CLIENT_ESTABLISHED:
    line->established = true;
    if (line->closing) return -1;
    line->events.up(line->events.ctx);
    return 0;
  case LWS_CALLBACK_CLIENT_RECEIVE: return take_piece(wsi, line, slice_of(in, len));
  case LWS_CALLBACK_CLIENT_WRITEABLE: return write_queue(wsi, line);
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: lose(wsi, line, reason_of(wsi, in)); return 0;
  case LWS_CALLBACK_WSI_DESTROY:
  case LWS_CALLBACK_CLIENT_CLOSED: lose(wsi, line, "cannot reach the office: the connection broke"); return 0;
  default: return 0;
  }
}

struct line *line_open(const struct line_target *target, const struct line_events *events) {
  struct line *line = calloc(1, sizeof *line);
  if (!line) return NULL;
  line->events = *events;
  line->loop = target->loop;
  line->opening = true;
  line->incoming = (struct buf)BUF_INIT(frame_bytes_max);
  struct lws *wsi = NULL;
  struct lws_client_connect_info info;
  bytes_zero(&info, sizeof info);
  info.context = target->context;
  info.vhost = target->vhost;
  info.address = target->address;
  info.port = target->port;
  info.host = target->authority;
  info.path = target->path;
  info.protocol = info.local_protocol_name = target->subprotocol;
  info.ssl_connection = LCCSCF_USE_SSL;
  info.alpn = "http/1.1";
  info.ietf_version_or_minus_one = -1;
  info.opaque_user_data = line;
  info.retry_and_idle_policy = &idle_policy;
  info.pwsi = &wsi;
  line->wsi = lws_client_connect_via_info(&info);
  if (!line->wsi) {
    close_watcher(target->loop, wsi);
    free_line(line);
    return NULL;
  }
  line->opening = false;
  lws_cancel_service(
      target->context); /* so that the library's timers start, even when nothing happens on the socket */
  return line;
}

bool line_send(struct line *line, struct slice bytes) {
  if (!outgoing_put(&line->outgoing, bytes, link_queue_bytes_max)) return false;
  if (line->established) lws_callback_on_writable(line->wsi);
  return true;
}

void line_close(struct line *line) {
  line->closing = true;
  line->events = (struct line_events){.ctx = NULL};
  lws_set_timeout(line->wsi, PENDING_TIMEOUT_USER_OK,
                  line->established ? link_linger_ms_max / 1000 : LWS_TO_KILL_ASYNC);
  if (line->established) lws_callback_on_writable(line->wsi);
  lws_cancel_service(lws_get_context(line->wsi));
}

bool line_is_flushed(const struct line *line) { return line->outgoing.first == NULL; }
