/* request.c: the refusals, each with its status and a sentence. */
#include "server/net/request.h"

#include <arpa/inet.h>

#include "proto/messages.h"
#include "shared/base/limits.h"
#include "shared/base/web_policy.h"

static const struct refusal wrong_host = {403, "FORBIDDEN", "This hub does not go by that name."};
static const struct refusal wrong_origin = {403, "FORBIDDEN", "Another site may not use this hub."};
static const struct refusal wrong_method = {405, "INVALID", "That cannot be done with this address."};
static const struct refusal no_chunks = {411, "INVALID", "Send the body whole, with its Content-Length."};
static const struct refusal bad_length = {400, "MALFORMED", "The Content-Length is not one plain number."};
static const struct refusal too_big = {413, "TOO_BIG", "That is larger than Tutti accepts."};
static const struct refusal no_upgrade = {400, "INVALID", "Only a WebSocket can be opened here."};
static const struct refusal no_such_upgrade = {404, "NOT_FOUND", "There is nothing here."};
static const struct refusal no_protocol = {400, "INVALID",
                                           "This connection must speak " PROTOCOL_SUBPROTOCOL "."};
const struct refusal refusal_busy = {503, "BUSY", "The hub has too much to do at the moment; try again."};
const struct refusal refusal_late = {408, "INVALID", "The request took too long to arrive."};
const struct refusal refusal_broken = {500, "INTERNAL", "A fault inside Tutti; the office's log says more."};

static bool starts_with(struct slice text, const char *prefix) {
  struct slice p = slice_text(prefix);
  return text.len >= p.len && slice_equal(slice_of(text.ptr, p.len), p);
}

bool request_is_api(struct slice path) {
  return starts_with(path, "/api/") || slice_equal(path, slice_text("/api"));
}

bool request_cut_field(struct slice *path) {
  static const char prefix[] = "/field";
  size_t len = sizeof prefix - 1;
  if (!starts_with(*path, prefix) || path->len == len || path->ptr[len] != '/') return false;
  *path = slice_of(path->ptr + len, path->len - len);
  return true;
}

struct slice request_name_of_url(struct slice url) {
  if (!starts_with(url, "wss://")) return slice_of(NULL, 0);
  size_t start = 6, end = start;
  while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != ':') end++;
  return slice_of(url.ptr + start, end - start);
}

/* Both families in one: a socket of version 6 calls 127.0.0.1 ::ffff:127.0.0.1. */
static bool read_address(struct in6_addr *out, struct slice text) {
  static const char mapped[] = "::ffff:";
  char buffer[sizeof mapped + INET6_ADDRSTRLEN];
  struct in_addr v4;
  if (text.len == 0 || text.len >= INET6_ADDRSTRLEN) return false;
  size_t prefix = sizeof mapped - 1;
  bytes_copy(buffer, mapped, prefix);
  bytes_copy(buffer + prefix, text.ptr, text.len);
  buffer[prefix + text.len] = 0;
  bool short_form = inet_pton(AF_INET, buffer + prefix, &v4) == 1;
  return inet_pton(AF_INET6, short_form ? buffer : buffer + prefix, out) == 1;
}

/* What stands before the last comma came with the request, and anybody may have written it. */
static struct slice last_of(struct slice list) {
  size_t start = list.len, end = list.len;
  while (start > 0 && list.ptr[start - 1] != ',') start--;
  while (start < end && list.ptr[start] == ' ') start++;
  while (end > start && list.ptr[end - 1] == ' ') end--;
  return slice_of(list.ptr + start, end - start);
}

struct slice request_peer(struct slice peer, struct slice proxy, struct slice forwarded) {
  struct in6_addr from, trusted, named;
  if (!read_address(&trusted, proxy) || !read_address(&from, peer)) return peer;
  if (!slice_equal(slice_of(&from, sizeof from), slice_of(&trusted, sizeof trusted))) return peer;
  struct slice last = last_of(forwarded);
  return read_address(&named, last) ? last : peer;
}

/* A browser says where a request comes from by Origin or by Sec-Fetch-Site; a program says neither and has no
 * user's cookie to borrow. */
static bool is_foreign(const struct request_head *head) {
  if (head->origin.len > 0 && !web_origin_fits_host(head->origin, head->host, true)) return true;
  if (head->fetch_site.len == 0) return false;
  return !slice_equal(head->fetch_site, slice_text("same-origin")) &&
         !slice_equal(head->fetch_site, slice_text("none"));
}

static const struct refusal *read_length(const struct request_head *head, uint64_t *out) {
  *out = 0;
  if (head->content_lengths > 1) return &bad_length;
  if (head->transfer_encoding) return head->content_lengths ? &bad_length : &no_chunks;
  if (head->content_lengths == 0) return head->post ? &no_chunks : NULL;
  if (head->content_length.len == 0 || head->content_length.len > 18) return &bad_length;
  for (size_t i = 0; i < head->content_length.len; i++) {
    uint8_t c = head->content_length.ptr[i];
    if (c < '0' || c > '9') return &bad_length;
    *out = *out * 10 + (uint64_t)(c - '0');
  }
  return *out > http_body_bytes_max || (*out > 0 && !head->post) ? &too_big : NULL;
}

const struct refusal *request_refusal(const struct request_head *head, const struct own_names *own,
                                      uint64_t *body_len_out) {
  const struct refusal *length = read_length(head, body_len_out);
  if (length) return length;
  if (!web_host_is_plain(head->host) || !web_name_is_ours(head->host, own->names, own->count))
    return &wrong_host;
  if (head->upgrade) return &no_upgrade;
  bool api = request_is_api(head->path);
  if (!head->get && !(api ? head->post : head->head)) return &wrong_method;
  return api && is_foreign(head) ? &wrong_origin : NULL;
}

const struct refusal *upgrade_refusal(const struct request_head *head, const struct own_names *own,
                                      struct slice upgrade, struct slice protocol) {
  if (!slice_equal(upgrade, slice_text("websocket"))) return &no_upgrade;
  if (!web_host_is_plain(head->host) || !web_name_is_ours(head->host, own->names, own->count))
    return &wrong_host;
  if (is_foreign(head)) return &wrong_origin;
  if (!head->get || !slice_equal(head->path, slice_text("/sync"))) return &no_such_upgrade;
  return slice_equal(protocol, slice_text(PROTOCOL_SUBPROTOCOL)) ? NULL : &no_protocol;
}
