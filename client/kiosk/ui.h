/* ui.h: the door of this machine's own screen: the embedded pages over HTTP and the calls over one WebSocket
 * each, on loopback only. */
#ifndef TUTTI_KIOSK_UI_H
#define TUTTI_KIOSK_UI_H

#include "shared/base/bytes.h"
#include "shared/base/log.h"
#include "shared/base/web_file.h"

struct lws_context;
struct ui;

#define UI_SUBPROTOCOL "tutti.call.v1"
struct ui_config {
  struct lws_context *context;
  uint16_t port;
  const struct web_file *files; /* static storage */
  size_t file_count;
  const struct log_sink *log; /* must outlive the door */
  /* One encoded call; `bytes` live for the call. `connection` names the page for ui_send and is never used
   * again for another one. */
  void (*call)(void *ctx, uint32_t connection, struct slice bytes);
  void *ctx;
};
/* ERR_EXISTS when the port is in use, ERR_FORBIDDEN when it may not be used, with a sentence. */
MUST_USE err ui_port_check(uint16_t port, struct fault *fault);
MUST_USE err ui_create(struct ui **out, const struct ui_config *config, struct fault *fault);
/* Queues a copy for one page; a page that is gone, or too slow to take what waits for it, is passed over or
 * closed. */
void ui_send(struct ui *ui, uint32_t connection, struct slice bytes);
void ui_broadcast(struct ui *ui, struct slice bytes);
/* Closes every page's connection, so that it connects anew. Not from inside `call`. */
void ui_close_all(struct ui *ui);
bool ui_is_flushed(const struct ui *ui);
/* After the libwebsockets context is gone. NULL is accepted. */
void ui_destroy(struct ui *ui);

#endif
