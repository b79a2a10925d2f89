/* hub_url.h: the address of a hub as people and codes give it: "wss://host[:port]/path". TLS always. */
#ifndef TUTTI_KIOSK_HUB_URL_H
#define TUTTI_KIOSK_HUB_URL_H

#include "shared/base/bytes.h"

enum { hub_host_bytes = 254, hub_path_bytes = 256, hub_authority_bytes = hub_host_bytes + 6 };
struct hub_url {
  char host[hub_host_bytes];           /* a name or an IPv4 address */
  char authority[hub_authority_bytes]; /* as the Host header says it: "host" or "host:port" */
  char path[hub_path_bytes];
  uint16_t port;
};
/* ERR_INVALID with a sentence that says what is wrong with it. */
MUST_USE err hub_url_parse(struct hub_url *out, struct slice text, struct fault *fault);

#endif
