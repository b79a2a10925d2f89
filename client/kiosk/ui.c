/* ui.c: the pages' WebSockets: whole calls in, replies and events out, each with a ceiling. */
#include "client/kiosk/ui.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/kiosk/ui_state.h"

enum { ui_kept_bytes = 65536, ui_slot_bits = 8 };
_Static_assert(ui_connections_max < (1 << ui_slot_bits),
               "a handle holds the place and how often it was used");

static const char *const own_names[] = {"localhost", "127.0.0.1", "[::1]"};

static const struct lws_protocols protocols[] = {
    {"http", ui_http_callback, sizeof(struct ui_session), 0, 0, NULL, 0},
    {UI_SUBPROTOCOL, ui_call_callback, sizeof(struct ui_session), web_piece_bytes, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* A handle is the place and its generation: a reply for a page that is gone finds nobody, never the next page
 * in its place. */
static uint32_t handle_of(const struct ui *ui, const struct ui_page *page) {
  return page->generation << ui_slot_bits | (uint32_t)(page - ui->pages + 1);
}

static struct ui_page *page_of(struct ui *ui, uint32_t handle) {
  uint32_t slot = handle & ((1u << ui_slot_bits) - 1);
  if (slot == 0 || slot > ui_connections_max) return NULL;
  struct ui_page *page = &ui->pages[slot - 1];
  return page->wsi && handle_of(ui, page) == handle ? page : NULL;
}

static int take_page(struct ui *ui, struct lws *wsi, struct ui_session *session) {
  for (size_t i = 0; i < ui_connections_max; i++) {
    struct ui_page *page = &ui->pages[i];
    if (page->wsi) continue;
    *page = (struct ui_page){
        .wsi = wsi, .generation = page->generation + 1, .incoming = BUF_INIT(ui_call_bytes_max)};
    session->page = handle_of(ui, page);
    return 0;
  }
  log_write(ui->config.log, LOG_WARN, "ui", "%d pages are open already, another one was turned away",
            ui_connections_max);
  return -1;
}

static void empty_page(struct ui_page *page) {
  outgoing_finish(&page->outgoing);
  buf_wipe(&page->incoming); /* it may have held a PIN */
  *page = (struct ui_page){.generation = page->generation};
}

void ui_forget(struct ui *ui, const struct ui_session *session) {
  struct ui_page *page = session ? page_of(ui, session->page) : NULL;
  if (page) empty_page(page);
}

static int close_for(struct lws *wsi, enum lws_close_status why) {
  lws_close_reason(wsi, why, NULL, 0);
  return -1;
}

static int take_piece(struct lws *wsi, struct ui *ui, struct ui_session *session, struct slice piece) {
  struct ui_page *page = page_of(ui, session->page);
  if (!page) return -1;
  if (!lws_frame_is_binary(wsi)) return close_for(wsi, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
  if (page->doomed) return close_for(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION);
  size_t whole = page->incoming.len + piece.len + lws_remaining_packet_payload(wsi);
  if (whole > ui_call_bytes_max || buf_append(&page->incoming, piece) != ERR_OK)
    return close_for(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi)) return 0;
  struct buf call = page->incoming; /* the call may close this page */
  page->incoming = (struct buf)BUF_INIT(ui_call_bytes_max);
  ui->config.call(ui->config.ctx, session->page, buf_slice(&call));
  bytes_zero(call.ptr, call.len);
  page = page_of(ui, session->page);
  buf_clear(&call);
  if (page && call.cap <= ui_kept_bytes)
    page->incoming = call;
  else
    buf_finish(&call);
  return 0;
}

/* One piece of the first message; true when more may be written. */
static int write_piece(struct lws *wsi, struct ui_page *page) {
  struct outgoing_message *message = page->outgoing.first;
  size_t left = message->len - message->sent;
  size_t len = left < web_piece_bytes ? left : web_piece_bytes;
  int flags = lws_write_ws_flags(LWS_WRITE_BINARY, message->sent == 0, len == left);
  /* What the library overwrites in front of a later piece has been sent already. */
  if (lws_write(wsi, message->bytes + LWS_PRE + message->sent, len, (enum lws_write_protocol)flags) < 0)
    return -1;
  message->sent += len;
  if (message->sent == message->len) outgoing_drop_first(&page->outgoing);
  return 0;
}

static int write_queue(struct lws *wsi, struct ui *ui, const struct ui_session *session) {
  struct ui_page *page = page_of(ui, session->page);
  if (!page || page->doomed) return -1;
  while (page->outgoing.first) {
    if (write_piece(wsi, page)) return -1;
    if (page->outgoing.first && lws_send_pipe_choked(wsi)) {
      lws_callback_on_writable(wsi);
      return 0;
    }
  }
  return 0;
}

int ui_call_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  struct lws_vhost *vhost = lws_get_vhost(wsi);
  struct ui *ui = vhost ? lws_vhost_user(vhost) : NULL;
  struct ui_session *session = user;
  if (!ui) return 0;
  switch (reason) {
  case LWS_CALLBACK_ESTABLISHED: return take_page(ui, wsi, session);
  case LWS_CALLBACK_RECEIVE: return take_piece(wsi, ui, session, slice_of(in, len));
  case LWS_CALLBACK_SERVER_WRITEABLE: return write_queue(wsi, ui, session);
  case LWS_CALLBACK_CLOSED: ui_forget(ui, session); return 0;
  default: return 0;
  }
}

void ui_send(struct ui *ui, uint32_t connection, struct slice bytes) {
  struct ui_page *page = page_of(ui, connection);
  if (!page || page->doomed) return;
  if (!outgoing_put(&page->outgoing, bytes, ui_queue_bytes_max)) {
    page->doomed = true;
    log_write(ui->config.log, LOG_WARN, "ui", "a page does not take its replies and is closed");
  }
  lws_callback_on_writable(page->wsi);
}

void ui_broadcast(struct ui *ui, struct slice bytes) {
  for (size_t i = 0; i < ui_connections_max; i++) {
    if (ui->pages[i].wsi) ui_send(ui, handle_of(ui, &ui->pages[i]), bytes);
  }
}

void ui_close_all(struct ui *ui) {
  for (size_t i = 0; i < ui_connections_max; i++) {
    struct lws *wsi = ui->pages[i].wsi;
    if (!wsi) continue;
    lws_close_reason(wsi, LWS_CLOSE_STATUS_GOINGAWAY, NULL, 0);
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
  }
}

bool ui_is_flushed(const struct ui *ui) {
  for (size_t i = 0; i < ui_connections_max; i++) {
    if (ui->pages[i].outgoing.first) return false;
  }
  return true;
}

/* The library only logs a port it cannot have, so we ask the kernel first. */
err ui_port_check(uint16_t port, struct fault *fault) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return fault_set(fault, ERR_IO, "this machine gives no sockets: %.80s", strerrordesc_np(errno));
  int on = 1;
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  (void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int why = bind(s, (const struct sockaddr *)&to, sizeof to) ? errno : 0;
  (void)close(s);
  if (why == EADDRINUSE)
    return fault_set(fault, ERR_EXISTS, "port %u is in use: stop the other program or give another --port",
                     (unsigned)port);
  if (why)
    return fault_set(fault, ERR_FORBIDDEN, "port %u may not be used: give a --port above 1023",
                     (unsigned)port);
  return ERR_OK;
}

err ui_create(struct ui **out, const struct ui_config *config, struct fault *fault) {
  struct ui *ui = calloc(1, sizeof *ui);
  if (!ui) return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory for the pages' door");
  ui->config = *config;
  ui->names = (struct web_names){
      .names = own_names, .count = sizeof own_names / sizeof own_names[0], .port = config->port};
  struct lws_context_creation_info info;
  bytes_zero(&info, sizeof info);
  info.vhost_name = "ui";
  info.port = config->port;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  info.user = ui;
  info.retry_and_idle_policy = &loopback_rests;
  info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
  ui->vhost = lws_create_vhost(config->context, &info);
  if (!ui->vhost) {
    free(ui);
    return fault_set(fault, ERR_EXISTS, "port %u could not be opened: give another --port",
                     (unsigned)config->port);
  }
  *out = ui;
  return ERR_OK;
}

void ui_destroy(struct ui *ui) {
  if (!ui) return;
  for (size_t i = 0; i < ui_connections_max; i++) empty_page(&ui->pages[i]);
  free(ui);
}
