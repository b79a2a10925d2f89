/* request.h: which HTTP requests the hub looks at at all: a table of refusals over the head, before any byte
 * of the body. Pure. */
#ifndef TUTTI_NET_REQUEST_H
#define TUTTI_NET_REQUEST_H

#include "shared/base/bytes.h"

/* The parts of a head that decide; absent ones are empty. */
struct request_head {
  bool get, post, head; /* the method; none of them: something else */
  struct slice path, host, origin, fetch_site;
  struct slice content_length;
  size_t content_lengths; /* how many such headers there were */
  bool transfer_encoding, upgrade;
};
/* What the hub goes by. An empty name is passed over. */
struct own_names {
  const char *const *names;
  size_t count;
};
struct refusal {
  unsigned status;
  const char *code, *text; /* for {"code", "text"}; no quotes inside */
};
/* NULL: go on. `body_len_out`: bytes of body that follow. */
const struct refusal *request_refusal(const struct request_head *head, const struct own_names *own,
                                      uint64_t *body_len_out);
/* For the one WebSocket: `protocol` and `upgrade` are those headers' values. */
const struct refusal *upgrade_refusal(const struct request_head *head, const struct own_names *own,
                                      struct slice upgrade, struct slice protocol);
/* "/api" and below. */
bool request_is_api(struct slice path);
/* "/field/" and below, the field app: true, and what is left begins with the slash. */
bool request_cut_field(struct slice *path);
/* "host[:port]" of "wss://host[:port]/path" without the port: the name devices and browsers reach the hub by.
 * Empty when there is none. */
struct slice request_name_of_url(struct slice url);

/* Whom a request comes from: `peer`, the other end of the connection; when that is `proxy` (both in numbers),
 * the last address of `forwarded`, its X-Forwarded-For, which is the one it wrote itself. What is no address
 * there counts for nothing. Empty `proxy`: there is none. */
struct slice request_peer(struct slice peer, struct slice proxy, struct slice forwarded);

extern const struct refusal refusal_busy, refusal_late, refusal_broken;

#endif
