/* ui_http.c: the embedded pages over HTTP, and who may ask: this machine's own names and pages only. */
#include "client/kiosk/ui_state.h"

enum { header_bytes_max = 256, page_stall_s_max = 20 };

/* A header that does not fit the buffer is not one we would accept: it reads as a lone "?". */
static struct slice header(struct lws *wsi, enum lws_token_indexes token, char buffer[header_bytes_max]) {
  int len = lws_hdr_total_length(wsi, token);
  if (len <= 0) return slice_of(NULL, 0);
  len = lws_hdr_copy(wsi, buffer, header_bytes_max, token);
  return len < 0 ? slice_text("?") : slice_of(buffer, (size_t)len);
}

static bool is_foreign(struct lws *wsi, const struct ui *ui) {
  char buffer[header_bytes_max];
  if (!web_host_is_ours(header(wsi, WSI_TOKEN_HOST, buffer), &ui->names)) return true;
  struct slice origin = header(wsi, WSI_TOKEN_ORIGIN, buffer);
  return origin.len > 0 && !web_origin_is_ours(origin, &ui->names);
}

/* Writes head and, when there is one, a sentence as the body. */
static int write_answer(struct lws *wsi, struct web_head head, const char *sentence) {
  struct buf out = BUF_INIT(LWS_PRE + web_answer_bytes_max);
  struct slice body = slice_text(sentence);
  head.length = sentence ? body.len : head.length;
  if (sentence) head.type = "text/plain; charset=utf-8";
  err e = buf_append_zeros(&out, LWS_PRE);
  if (e == ERR_OK) e = web_head_write(&out, &head);
  if (e == ERR_OK) e = buf_append(&out, body);
  int result = -1;
  if (e == ERR_OK) {
    size_t len = out.len - LWS_PRE;
    result = lws_write(wsi, out.ptr + LWS_PRE, len, LWS_WRITE_HTTP_HEADERS) == (int)len ? 0 : -1;
  }
  buf_finish(&out);
  return result;
}

/* A refusal always ends the connection: whatever follows on it is not worth reading. */
static int refuse(struct lws *wsi, unsigned status, const char *sentence) {
  struct web_head head = {.status = status, .close = true, .allow = status == 405 ? "GET, HEAD" : NULL};
  (void)write_answer(wsi, head, sentence);
  return -1;
}

static int finish(struct lws *wsi) { return lws_http_transaction_completed(wsi) ? -1 : 0; }

static int serve_file(struct lws *wsi, struct ui_session *session, const struct web_file *file,
                      bool with_body) {
  char buffer[header_bytes_max];
  const struct web_form *form = web_file_form(file, header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, buffer));
  if (!form)
    return refuse(wsi, 406, "This browser does not take gzip, which Tutti's pages are packed with.\n");
  struct web_head head = {
      .status = 200, .type = file->type, .length = form->len, .etag = form->etag, .coding = form->coding};
  bool known = web_etag_matches(header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, buffer), form->etag);
  if (known) head = (struct web_head){.status = 304, .etag = form->etag};
  if (write_answer(wsi, head, NULL)) return -1;
  if (known || !with_body || form->len == 0) return finish(wsi);
  session->form = form;
  session->sent = 0;
  lws_callback_on_writable(wsi);
  return 0;
}

static int answer_request(struct lws *wsi, struct ui *ui, struct ui_session *session, struct slice path) {
  if (is_foreign(wsi, ui)) return refuse(wsi, 403, "Tutti answers its own pages on this machine only.\n");
  bool get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0;
  if (!get && lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) <= 0)
    return refuse(wsi, 405, "There is nothing to send here.\n");
  const struct web_file *file = web_file_find(ui->config.files, ui->config.file_count, path);
  if (!file) return refuse(wsi, 404, "There is no such page.\n");
  return serve_file(wsi, session, file, get);
}

static int write_file_pieces(struct lws *wsi, struct ui *ui, struct ui_session *session) {
  const struct web_form *form = session->form;
  if (!form) return 0;
  while (session->sent < form->len) {
    size_t left = form->len - session->sent;
    size_t len = left < web_piece_bytes ? left : web_piece_bytes;
    bytes_copy(ui->piece + LWS_PRE, form->bytes + session->sent, len);
    if (lws_write(wsi, ui->piece + LWS_PRE, len, LWS_WRITE_HTTP) < 0) return -1;
    session->sent += len;
    if (session->sent < form->len && lws_send_pipe_choked(wsi)) {
      lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, page_stall_s_max);
      lws_callback_on_writable(wsi);
      return 0;
    }
  }
  session->form = NULL;
  return finish(wsi);
}

/* The one upgrade there is: a WebSocket at /call that speaks our subprotocol. HTTP/2 is refused with every
 * other. */
static int check_upgrade(struct lws *wsi, const struct ui *ui, const char *kind) {
  char buffer[header_bytes_max];
  if (is_foreign(wsi, ui)) return refuse(wsi, 403, "Tutti answers its own pages on this machine only.\n");
  bool is_websocket = kind && lws_hdr_total_length(wsi, WSI_TOKEN_KEY) > 0 &&
                      slice_equal(slice_text(kind), slice_text("websocket"));
  if (!is_websocket) return refuse(wsi, 400, "Only a WebSocket can be opened here.\n");
  if (!slice_equal(header(wsi, WSI_TOKEN_GET_URI, buffer), slice_text("/call")))
    return refuse(wsi, 404, "There is no such page.\n");
  if (!slice_equal(header(wsi, WSI_TOKEN_PROTOCOL, buffer), slice_text(UI_SUBPROTOCOL)))
    return refuse(wsi, 400, "This connection must speak " UI_SUBPROTOCOL ".\n");
  return 0;
}

int ui_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  struct lws_vhost *vhost = lws_get_vhost(wsi);
  struct ui *ui = vhost ? lws_vhost_user(vhost) : NULL;
  if (!ui) return 0;
  switch (reason) {
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return check_upgrade(wsi, ui, in);
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return -1; /* a WebSocket without our subprotocol */
  case LWS_CALLBACK_HTTP: return answer_request(wsi, ui, user, slice_of(in, len));
  case LWS_CALLBACK_HTTP_WRITEABLE: return write_file_pieces(wsi, ui, user);
  case LWS_CALLBACK_WSI_DESTROY:
    ui_forget(ui, user);
    return 0; /* the last word on every connection comes here */
  default: return 0;
  }
}
