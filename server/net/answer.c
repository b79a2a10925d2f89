/* answer.c: writing answers: a head, then a body of our own or an embedded file, in pieces. */
#include "server/net/net_state.h"

enum { answer_head_bytes_max = 4096, answer_head_bytes_usual = 1024, refusal_bytes_max = 512 };

err answer_begin(struct http_conn *c, const struct web_head *head, struct slice body) {
  struct web_head said = *head;
  said.close |= c->closes;
  buf_finish(&c->out);
  c->out = (struct buf)BUF_INIT(LWS_PRE + answer_head_bytes_max + http_answer_bytes_max);
  c->sent = LWS_PRE;
  TRY(buf_reserve(&c->out, LWS_PRE + answer_head_bytes_usual + body.len));
  TRY(buf_append_zeros(&c->out, LWS_PRE));
  TRY(web_head_write(&c->out, &said));
  TRY(buf_append(&c->out, body));
  c->state = HTTP_SEND;
  c->deadline_ms = c->conn.net->config->clock().mono_ms + http_answer_ms_max;
  lws_set_timeout(c->conn.wsi, NO_PENDING_TIMEOUT, 0); /* the sweep keeps the deadline */
  lws_callback_on_writable(c->conn.wsi);
  return ERR_OK;
}

err answer_refusal(struct http_conn *c, const struct refusal *why) {
  struct buf body = BUF_INIT(refusal_bytes_max);
  err e = buf_printf(&body, "{\"code\":\"%s\",\"text\":\"%s\"}\n", why->code, why->text);
  const struct web_head head = {.status = why->status,
                                .type = "application/json",
                                .length = body.len,
                                .allow = why->status == 405 ? "GET, POST" : NULL};
  if (e == ERR_OK) e = answer_begin(c, &head, buf_slice(&body));
  buf_finish(&body);
  return e;
}

/* 1 when all is written. */
static int write_own(struct http_conn *c) {
  while (c->sent < c->out.len) {
    if (lws_send_pipe_choked(c->conn.wsi)) return 0;
    size_t left = c->out.len - c->sent;
    size_t len = left < web_piece_bytes ? left : web_piece_bytes;
    enum lws_write_protocol how = c->sent == LWS_PRE ? LWS_WRITE_HTTP_HEADERS : LWS_WRITE_HTTP;
    if (lws_write(c->conn.wsi, c->out.ptr + c->sent, len, how) < 0) return -1;
    c->sent += len;
  }
  return 1;
}

static int write_file(struct http_conn *c) {
  uint8_t *piece = c->conn.net->piece;
  size_t start = c->out.len;
  while (c->form && c->sent - start < c->form->len) {
    if (lws_send_pipe_choked(c->conn.wsi)) return 0;
    size_t at = c->sent - start;
    size_t left = c->form->len - at;
    size_t len = left < web_piece_bytes ? left : web_piece_bytes;
    bytes_copy(piece + LWS_PRE, c->form->bytes + at, len);
    if (lws_write(c->conn.wsi, piece + LWS_PRE, len, LWS_WRITE_HTTP) < 0) return -1;
    c->sent += len;
  }
  return 1;
}

static void forget_answer(struct http_conn *c) {
  buf_wipe(&c->out);
  buf_wipe(&c->text);
  c->form = NULL;
  c->sent = 0;
}

int answer_write(struct http_conn *c) {
  if (c->state != HTTP_SEND && c->state != HTTP_EVENTS) return 0;
  int written = write_own(c);
  if (written == 1 && c->state == HTTP_SEND) written = write_file(c);
  if (written < 0) return -1;
  if (written == 0) {
    lws_callback_on_writable(c->conn.wsi);
    return 0;
  }
  forget_answer(c);
  if (c->state == HTTP_EVENTS) return 0;
  c->state = HTTP_HEAD;
  /* What is left of a refused body is thrown away by the library, but not for ever. */
  c->deadline_ms = c->body_len ? c->conn.net->config->clock().mono_ms + http_body_ms_max : 0;
  c->body_len = 0;
  return lws_http_transaction_completed(c->conn.wsi) ? -1 : 0;
}
