/* http.c: the office's side of the loop: reads heads and bodies, hands exchanges to the workers, serves the
 * embedded pages: the office's, and the field app's below /field/. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "server/net/net_state.h"
#include "web_field.h"
#include "web_office.h"

enum { header_bytes_max = 512, http_small_body_bytes = 4096 };

/* A header that does not fit the buffer is not one we would accept: it reads as a lone "?". */
static struct slice header(struct lws *wsi, enum lws_token_indexes token, char buffer[header_bytes_max]) {
  if (lws_hdr_total_length(wsi, token) <= 0) return slice_of(NULL, 0);
  int len = lws_hdr_copy(wsi, buffer, header_bytes_max, token);
  return len < 0 ? slice_text("?") : slice_of(buffer, (size_t)len);
}

static struct slice custom_header(struct lws *wsi, const char *name, char buffer[header_bytes_max]) {
  int name_len = (int)slice_text(name).len;
  if (lws_hdr_custom_length(wsi, name, name_len) <= 0) return slice_of(NULL, 0);
  int len = lws_hdr_custom_copy(wsi, buffer, header_bytes_max, name, name_len);
  return len < 0 ? slice_text("?") : slice_of(buffer, (size_t)len);
}

struct head_buffers {
  char host[header_bytes_max], origin[header_bytes_max], fetch_site[header_bytes_max],
      length[header_bytes_max];
};

static size_t count_headers(struct lws *wsi, enum lws_token_indexes token) {
  size_t count = 0;
  while (count < 4 && lws_hdr_fragment_length(wsi, token, (int)count) > 0) count++;
  return count;
}

static struct request_head read_head(struct lws *wsi, struct slice path, struct head_buffers *b) {
  return (struct request_head){
      .get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0,
      .post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0,
      .head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0,
      .path = path,
      .host = header(wsi, WSI_TOKEN_HOST, b->host),
      .origin = header(wsi, WSI_TOKEN_ORIGIN, b->origin),
      .fetch_site = custom_header(wsi, "sec-fetch-site:", b->fetch_site),
      .content_length = header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, b->length),
      .content_lengths = count_headers(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH),
      .transfer_encoding = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0,
      .upgrade = lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE) > 0,
  };
}

static struct own_names own_names(const struct net *net) {
  return (struct own_names){net->names, sizeof net->names / sizeof net->names[0]};
}

static int give(struct http_conn *c, err e) {
  (void)c;
  return e == ERR_OK ? 0 : -1;
}

/* ---- requests ---- */
static struct slice take_text(struct slice *left, size_t len) {
  struct slice taken = slice_of(left->ptr, len);
  *left = slice_of(left->ptr + len, left->len - len);
  return taken;
}

/* The request's text stays with the connection, so a copy of it travels: the connection may be gone before
 * the answer comes. */
static struct http_exchange *make_exchange(struct http_conn *c) {
  struct http_exchange *x = calloc(1, sizeof *x);
  if (!x) return NULL;
  x->arena = (struct arena)ARENA_INIT(http_body_bytes_max + http_answer_bytes_max);
  x->answer.body = (struct buf)BUF_INIT(http_answer_bytes_max);
  x->online = presence_has;
  x->online_ctx = c->conn.net->presence;
  struct slice left = arena_copy(&x->arena, buf_slice(&c->text));
  if (c->text.len > 0 && !left.ptr) {
    exchange_destroy(x);
    return NULL;
  }
  struct slice parts[PART_COUNT];
  for (size_t i = 0; i < PART_BODY; i++) parts[i] = take_text(&left, c->part_len[i]);
  x->request = (struct http_request){.method = c->method,
                                     .path = parts[PART_PATH],
                                     .query = parts[PART_QUERY],
                                     .body = left,
                                     .cookie = parts[PART_COOKIE],
                                     .csrf = parts[PART_CSRF],
                                     .bearer = parts[PART_BEARER],
                                     .from_browser = c->from_browser,
                                     .content_type = parts[PART_TYPE],
                                     .if_none_match = parts[PART_KNOWN],
                                     .peer = parts[PART_PEER]};
  return x;
}

static int dispatch(struct http_conn *c) {
  struct http_exchange *x = make_exchange(c);
  buf_wipe(&c->text);
  c->body_len = 0;
  c->state = HTTP_WAIT;
  c->deadline_ms = c->conn.net->config->clock().mono_ms + http_answer_ms_max;
  lws_set_timeout(c->conn.wsi, NO_PENDING_TIMEOUT, 0); /* the sweep keeps the deadline */
  if (x && workers_ask_http(c->conn.net->workers, c->conn.handle, x) == ERR_OK) return 0;
  exchange_destroy(x);
  return give(c, answer_refusal(c, &refusal_busy));
}

static err keep_part(struct http_conn *c, enum http_part part, struct slice text) {
  c->part_len[part] = text.len;
  return buf_append(&c->text, text);
}

static err keep_header(struct http_conn *c, enum http_part part, enum lws_token_indexes token) {
  char buffer[http_cookie_header_bytes_max];
  int len = lws_hdr_total_length(c->conn.wsi, token) > 0
                ? lws_hdr_copy(c->conn.wsi, buffer, sizeof buffer, token)
                : 0;
  return keep_part(c, part, slice_of(buffer, len > 0 ? (size_t)len : 0));
}

/* The library keeps what stood between the &s apart, decoded. */
static err keep_query(struct http_conn *c) {
  char buffer[header_bytes_max];
  size_t start = c->text.len;
  for (int i = 0; lws_hdr_fragment_length(c->conn.wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++) {
    int len = lws_hdr_copy_fragment(c->conn.wsi, buffer, sizeof buffer, WSI_TOKEN_HTTP_URI_ARGS, i);
    if (len < 0) return ERR_TOO_BIG;
    if (i > 0) TRY(buf_put_u8(&c->text, '&'));
    TRY(buf_append(&c->text, slice_of(buffer, (size_t)len)));
  }
  c->part_len[PART_QUERY] = c->text.len - start;
  return ERR_OK;
}

/* However much the client wrote in front of what the proxy added: a list that did not fit would count for
 * nothing, and whoever sends a long one would come from the proxy, whom no limit holds. */
static err keep_peer(struct http_conn *c) {
  char peer[INET6_ADDRSTRLEN] = "", forwarded[http_head_bytes_max];
  const char *proxy = c->conn.net->config->proxy;
  (void)lws_get_peer_simple(c->conn.wsi, peer, sizeof peer);
  int len = lws_hdr_copy(c->conn.wsi, forwarded, sizeof forwarded, WSI_TOKEN_X_FORWARDED_FOR);
  return keep_part(c, PART_PEER,
                   request_peer(slice_text(peer), slice_text(proxy ? proxy : ""),
                                slice_of(forwarded, len > 0 ? (size_t)len : 0)));
}

/* In the order of enum http_part. */
static err read_request(struct http_conn *c, const struct request_head *head) {
  char buffer[header_bytes_max];
  c->method = head->post ? HTTP_POST : HTTP_GET;
  c->from_browser = head->origin.len > 0 || slice_equal(head->fetch_site, slice_text("same-origin"));
  buf_finish(&c->text);
  c->text = (struct buf)BUF_INIT(http_body_bytes_max + 2 * http_head_bytes_max);
  /* At once: a text that grew would leave its beginning, cookie and password, behind on the heap. */
  TRY(buf_reserve(&c->text, http_head_bytes_max + http_small_body_bytes));
  TRY(keep_part(c, PART_PATH, head->path));
  TRY(keep_query(c));
  TRY(keep_header(c, PART_COOKIE, WSI_TOKEN_HTTP_COOKIE));
  TRY(keep_part(c, PART_CSRF, custom_header(c->conn.wsi, "x-tutti-csrf:", buffer)));
  TRY(keep_header(c, PART_BEARER, WSI_TOKEN_HTTP_AUTHORIZATION));
  TRY(keep_header(c, PART_TYPE, WSI_TOKEN_HTTP_CONTENT_TYPE));
  TRY(keep_header(c, PART_KNOWN, WSI_TOKEN_HTTP_IF_NONE_MATCH));
  return keep_peer(c);
}

static int begin_api(struct http_conn *c, const struct request_head *head, uint64_t body_len) {
  if (read_request(c, head) != ERR_OK) return -1;
  c->body_len = body_len;
  if (body_len == 0) return dispatch(c);
  c->state = HTTP_BODY;
  c->deadline_ms = c->conn.net->config->clock().mono_ms + http_body_ms_max;
  return 0;
}

static int take_body(struct http_conn *c, struct slice piece) {
  if (c->state != HTTP_BODY) return 0;
  if (piece.len > c->body_len || buf_append(&c->text, piece) != ERR_OK) return -1;
  c->body_len -= piece.len;
  if (c->body_len == 0) return dispatch(c);
  /* The rest may be decrypted already, where no socket tells of it: on a quiet hub nobody else would wake the
   * loop, and the request stood still until its time was over. */
  (void)lws_callback_on_writable(c->conn.wsi);
  return 0;
}

static int give_manifest(struct http_conn *c) {
  struct slice bytes = buf_slice(&c->conn.net->hub->manifest);
  const struct web_head head = {.status = 200, .type = "application/octet-stream", .length = bytes.len};
  return give(c, answer_begin(c, &head, bytes));
}

/* Addresses that people type, and where the page really is; NULL: it is there itself. */
static const char *moved_to(struct slice path) {
  static const char *const moved[][2] = {{"/field", "/field/"}, {"/selftest", "/field/selftest.html"}};
  for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
    if (slice_equal(path, slice_text(moved[i][0]))) return moved[i][1];
  }
  return NULL;
}

static int give_moved(struct http_conn *c, const char *location) {
  const struct web_head head = {.status = 308, .location = location};
  return give(c, answer_begin(c, &head, slice_of(NULL, 0)));
}

static int give_file(struct http_conn *c, const struct request_head *request) {
  static const struct refusal missing = {404, "NOT_FOUND", "There is no such page."};
  static const struct refusal no_form = {
      406, "INVALID", "This browser does not take gzip or brotli, which the pages are packed with."};
  char buffer[header_bytes_max];
  struct slice path = request->path;
  bool field = request_cut_field(&path);
  const struct web_file *file = field ? web_file_find(field_files, field_file_count, path)
                                      : web_file_find(office_files, office_file_count, path);
  if (!file) return give(c, answer_refusal(c, &missing));
  const struct web_form *form =
      web_file_form(file, header(c->conn.wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, buffer));
  if (!form) return give(c, answer_refusal(c, &no_form));
  bool known = web_etag_matches(header(c->conn.wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, buffer), form->etag);
  struct web_head head = {.status = 200,
                          .type = file->type,
                          .length = form->len,
                          .etag = form->etag,
                          .coding = form->coding,
                          .runs_core = field};
  if (known) head = (struct web_head){.status = 304, .etag = form->etag, .runs_core = field};
  if (!known && request->get) c->form = form;
  return give(c, answer_begin(c, &head, slice_of(NULL, 0)));
}

static int begin_request(struct lws *wsi, struct net *net, struct slice path) {
  struct http_conn *c = (struct http_conn *)conn_of(wsi, CONN_HTTP);
  if (!c) c = (struct http_conn *)conn_create(net, wsi, CONN_HTTP, sizeof *c);
  if (!c || c->state == HTTP_EVENTS) return -1;
  struct head_buffers buffers;
  const struct request_head head = read_head(wsi, path, &buffers);
  const struct own_names own = own_names(net);
  char connection[header_bytes_max];
  c->form = NULL;
  c->closes = head.transfer_encoding || web_asks_to_close(header(wsi, WSI_TOKEN_CONNECTION, connection));
  const struct refusal *why = request_refusal(&head, &own, &c->body_len);
  if (why && head.transfer_encoding) {
    /* Where such a body ends is anybody's guess: nothing after it may be taken for a request. */
    bool written = answer_refusal(c, why) == ERR_OK && answer_write(c) == 0;
    (void)written;
    return -1;
  }
  if (why) return give(c, answer_refusal(c, why));
  if (request_is_api(path)) return begin_api(c, &head, c->body_len);
  if (slice_equal(path, slice_text("/manifest"))) return give_manifest(c);
  const char *location = moved_to(path);
  return location ? give_moved(c, location) : give_file(c, &head);
}

/* ---- upgrades ---- */
/* In this moment the library can neither queue nor finish an answer, so it is written at once and the
 * connection closed. */
static int refuse_upgrade(struct lws *wsi, const struct refusal *why) {
  enum { whole_bytes_max = 4096 };
  struct buf body = BUF_INIT(whole_bytes_max), out = BUF_INIT(whole_bytes_max);
  err e = buf_printf(&body, "{\"code\":\"%s\",\"text\":\"%s\"}\n", why->code, why->text);
  const struct web_head head = {
      .status = why->status, .type = "application/json", .length = body.len, .close = true};
  if (e == ERR_OK) e = buf_append_zeros(&out, LWS_PRE);
  if (e == ERR_OK) e = web_head_write(&out, &head);
  if (e == ERR_OK) e = buf_append(&out, buf_slice(&body));
  if (e == ERR_OK) (void)lws_write(wsi, out.ptr + LWS_PRE, out.len - LWS_PRE, LWS_WRITE_HTTP_HEADERS);
  buf_finish(&body);
  buf_finish(&out);
  return -1;
}

void http_forget(struct http_conn *c) {
  if (c->state == HTTP_EVENTS) c->conn.net->event_streams--;
  buf_wipe(&c->text);
  buf_wipe(&c->out);
  conn_forget(&c->conn);
}

static int check_upgrade(struct lws *wsi, struct net *net, const char *kind) {
  struct head_buffers buffers;
  char path[header_bytes_max], protocol[header_bytes_max];
  const struct request_head head = read_head(wsi, header(wsi, WSI_TOKEN_GET_URI, path), &buffers);
  const struct own_names own = own_names(net);
  const struct refusal *why =
      upgrade_refusal(&head, &own, slice_text(kind), header(wsi, WSI_TOKEN_PROTOCOL, protocol));
  if (why) return refuse_upgrade(wsi, why);
  struct http_conn *c = (struct http_conn *)conn_of(wsi, CONN_HTTP);
  if (c) http_forget(c);
  return 0;
}

/* The kernel gives the lowest free number, so the number says how many are in use. */
static int filter_connection(const struct net *net, int socket) {
  return net->stopping || socket >= net->file_max ? -1 : 0;
}

static int of_connection(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len) {
  struct http_conn *c = (struct http_conn *)conn_of(wsi, CONN_HTTP);
  if (!c) return 0;
  switch (reason) {
  case LWS_CALLBACK_HTTP_BODY: return take_body(c, slice_of(in, len));
  case LWS_CALLBACK_HTTP_WRITEABLE: return answer_write(c);
  case LWS_CALLBACK_CLOSED_HTTP:
  case LWS_CALLBACK_CLOSED: http_forget(c); return 0;
  default: return 0;
  }
}

/* The last word on every connection comes here, whatever it became; mostly it was forgotten before. */
static int forget_any(struct lws *wsi) {
  struct conn *conn = lws_get_opaque_user_data(wsi);
  if (conn && conn->kind == CONN_SYNC) sync_forget((struct sync_conn *)conn);
  if (conn && conn->kind == CONN_HTTP) http_forget((struct http_conn *)conn);
  return 0;
}

int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  (void)user;
  struct lws_vhost *vhost = wsi ? lws_get_vhost(wsi) : NULL;
  struct net *net = vhost ? lws_vhost_user(vhost) : NULL;
  if (!net) return 0;
  switch (reason) {
  case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: return filter_connection(net, (int)(intptr_t)in);
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return check_upgrade(wsi, net, in);
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return -1; /* a WebSocket without our subprotocol */
  case LWS_CALLBACK_HTTP: return begin_request(wsi, net, slice_of(in, len));
  case LWS_CALLBACK_WSI_DESTROY: return forget_any(wsi);
  default: return of_connection(wsi, reason, in, len);
  }
}

/* ---- answers from the workers ---- */
void http_exchange_done(struct net *net, uint64_t handle, struct http_exchange *x) {
  struct http_conn *c = (struct http_conn *)conn_find(net, handle);
  if (c && !c->conn.doomed && c->state == HTTP_WAIT) {
    const struct http_answer *a = &x->answer;
    const struct web_head head = {.status = a->status,
                                  .type = !a->body.len ? NULL
                                          : a->type    ? a->type
                                                       : "application/json",
                                  .file_name = a->file_name[0] ? a->file_name : NULL,
                                  .length = a->body.len,
                                  .etag = a->etag[0] ? a->etag : NULL,
                                  .secret = true,
                                  .retry_after_s = a->retry_after_s,
                                  .set_cookie = a->set_cookie[0] ? a->set_cookie : NULL};
    if (a->events_until_ms)
      events_open(c, a->events_until_ms);
    else if (answer_begin(c, &head, buf_slice(&a->body)) != ERR_OK)
      conn_doom(&c->conn);
  }
  exchange_destroy(x);
}

void http_sweep(struct http_conn *c, const struct now *now) {
  if (c->state == HTTP_EVENTS) {
    events_sweep(c, now);
    return;
  }
  if (c->deadline_ms && now->mono_ms >= c->deadline_ms) conn_doom(&c->conn);
}
