/* ui_state.h: what the two halves of the UI's door, HTTP and WebSocket, share. */
#ifndef TUTTI_KIOSK_UI_STATE_H
#define TUTTI_KIOSK_UI_STATE_H

#include <libwebsockets.h>

#include "client/kiosk/outgoing.h"
#include "client/kiosk/ui.h"
#include "shared/base/limits.h"
#include "shared/base/web_policy.h"

struct ui_page {
  struct lws *wsi; /* NULL: the place is free */
  uint32_t generation;
  bool doomed; /* too slow: closed at the next chance */
  struct buf incoming;
  struct outgoing outgoing;
};
struct ui {
  struct ui_config config;
  struct lws_vhost *vhost;
  struct web_names names;
  struct ui_page pages[ui_connections_max];
  uint8_t piece[LWS_PRE + web_piece_bytes]; /* for HTTP bodies: files are constant, the library writes in
                                               front of what it sends */
};
/* libwebsockets keeps one of these for every connection, zeroed at first. */
struct ui_session {
  uint32_t page; /* handle in ui->pages, 0 none */
  const struct web_form *form;
  size_t sent;
};

/* The page of this session, if it still has one, is gone. */
void ui_forget(struct ui *ui, const struct ui_session *session);

/* The libwebsockets callbacks of the two protocols. */
int ui_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
int ui_call_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

#endif
