/* link.c: opening the line (name, route, TCP, TLS, upgrade) without ever blocking the loop, and carrying its
 * messages.
 *
 *   idle --open--> resolving --addresses--> connecting --established--> open
 *    ^                 |                        |  ^ next address         |
 *    +---- reported ---+------- failed ---------+--+----- lost -----------+
 *
 * A failure is noted at once and told to the core from a timer, because the core may just be in the middle of
 * a step. */
#include "client/kiosk/link.h"

#include <errno.h>
#include <libwebsockets.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/kiosk/hub_url.h"
#include "client/kiosk/line.h"
#include "shared/base/limits.h"

#define LINK_SUBPROTOCOL "tutti.v1"

enum { address_text_bytes = 64 };

struct lookup { /* outlives the link's interest in it: a running one cannot be stopped */
  uv_getaddrinfo_t request;
  struct link *link; /* NULL: nobody waits any more */
};
struct link {
  struct link_config config;
  struct lws_vhost *vhost;
  uv_timer_t deadline, report;
  struct lookup *lookup;
  struct line *line; /* the one being opened or open */
  bool wanted, up;
  uint32_t id;
  struct hub_url url;
  char addresses[link_addresses_max][address_text_bytes];
  size_t address_count, address_next;
  const char *reason; /* static text; what will be reported */
};

static void try_next_address(struct link *link);

static void let_go_of_addresses(struct link *link) {
  if (!link->lookup) return;
  link->lookup->link = NULL;
  (void)uv_cancel((uv_req_t *)&link->lookup->request);
  link->lookup = NULL;
}

static void let_go_of_line(struct link *link) {
  if (link->line) line_close(link->line);
  link->line = NULL;
}

static void let_go(struct link *link) {
  let_go_of_addresses(link);
  let_go_of_line(link);
  link->wanted = link->up = false;
  link->address_count = link->address_next = 0;
  (void)uv_timer_stop(&link->deadline);
  (void)uv_timer_stop(&link->report);
}

static void report_now(uv_timer_t *timer) {
  struct link *link = timer->data;
  bool more = !link->up && link->address_next < link->address_count && link->wanted;
  if (more) {
    try_next_address(link);
    return;
  }
  const char *reason = link->reason;
  uint32_t id = link->id;
  let_go(link);
  log_write(link->config.log, LOG_INFO, "link", "down: %s", reason);
  link->config.events.down(link->config.events.ctx, id, reason);
}

static void fail(struct link *link, const char *reason) {
  link->reason = reason;
  (void)uv_timer_start(&link->report, report_now, 0, 0);
}

static void on_deadline(uv_timer_t *timer) {
  struct link *link = timer->data;
  link->address_count = 0; /* time for all addresses together is over, also for those that come just now */
  let_go_of_addresses(link);
  let_go_of_line(link);
  fail(link, "cannot reach the office: it does not answer");
}

/* ---- what the line tells ---- */
static void on_line_up(void *ctx) {
  struct link *link = ctx;
  (void)uv_timer_stop(&link->deadline);
  link->up = true;
  log_write(link->config.log, LOG_INFO, "link", "up");
  link->config.events.up(link->config.events.ctx, link->id);
}

static void on_line_bytes(void *ctx, struct slice bytes) {
  struct link *link = ctx;
  link->config.events.bytes(link->config.events.ctx, link->id, bytes);
}

static void on_line_lost(void *ctx, const char *reason) {
  struct link *link = ctx;
  link->line = NULL;
  fail(link, reason);
}

/* ---- opening ---- */
/* Asks the kernel for a way there without sending anything. */
static bool has_route(const struct addrinfo *to) {
  int s = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0) return false;
  bool found = connect(s, to->ai_addr, to->ai_addrlen) == 0;
  (void)close(s);
  return found;
}

static void keep_addresses(struct link *link, const struct addrinfo *found) {
  for (const struct addrinfo *a = found; a && link->address_count < link_addresses_max; a = a->ai_next) {
    char *text = link->addresses[link->address_count];
    if (!has_route(a) ||
        getnameinfo(a->ai_addr, a->ai_addrlen, text, address_text_bytes, NULL, 0, NI_NUMERICHOST))
      continue;
    link->address_count++;
  }
}

static void try_next_address(struct link *link) {
  const struct line_target target = {.loop = link->config.loop,
                                     .context = link->config.context,
                                     .vhost = link->vhost,
                                     .address = link->addresses[link->address_next++],
                                     .port = link->url.port,
                                     .authority = link->url.authority,
                                     .path = link->url.path,
                                     .subprotocol = LINK_SUBPROTOCOL};
  const struct line_events events = {link, on_line_up, on_line_bytes, on_line_lost};
  link->line = line_open(&target, &events);
  if (!link->line) fail(link, "cannot reach the office: it refuses the connection");
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
  struct lookup *lookup = request->data;
  struct link *link = lookup->link;
  if (link) {
    link->lookup = NULL;
    if (status == 0) keep_addresses(link, found);
    if (link->address_count > 0)
      try_next_address(link);
    else
      fail(link, "no signal"); /* no name service or no route: this machine is not on a network */
  }
  uv_freeaddrinfo(found);
  free(lookup);
}

static bool start_lookup(struct link *link) {
  struct lookup *lookup = calloc(1, sizeof *lookup);
  if (!lookup) return false;
  lookup->link = link;
  lookup->request.data = lookup;
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  if (uv_getaddrinfo(link->config.loop, &lookup->request, on_resolved, link->url.host, NULL, &hints)) {
    free(lookup);
    return false;
  }
  link->lookup = lookup;
  return true;
}

void link_open(struct link *link, uint32_t id, struct slice url) {
  let_go(link);
  link->wanted = true;
  link->id = id;
  if (hub_url_parse(&link->url, url, NULL) != ERR_OK) {
    fail(link, "cannot reach the office: its address is not one of the form wss://host:port/sync");
  } else if (!start_lookup(link)) {
    fail(link, "cannot reach the office: this device is out of memory");
  } else {
    (void)uv_timer_start(&link->deadline, on_deadline, link_connect_ms_max, 0);
  }
}

void link_send(struct link *link, uint32_t id, struct slice bytes) {
  if (!link->wanted || !link->line || link->id != id) return;
  if (line_send(link->line, bytes)) return;
  let_go_of_line(link);
  fail(link, "cannot reach the office: too much is waiting for the line");
}

void link_close(struct link *link, uint32_t id) {
  if (link->wanted && link->id == id) let_go(link);
}

void link_drop(struct link *link) { let_go(link); }

bool link_is_flushed(const struct link *link) { return !link->line || line_is_flushed(link->line); }

static const struct lws_protocols protocols[] = {
    {LINK_SUBPROTOCOL, line_callback, 0, web_piece_bytes, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static struct lws_vhost *create_vhost(const struct link_config *config) {
  struct lws_context_creation_info info;
  bytes_zero(&info, sizeof info);
  info.vhost_name = "hub";
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = protocols;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.alpn = "http/1.1";
  info.ssl_client_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
  if (config->ca) {
    info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    info.client_ssl_ca_filepath = config->ca;
  }
  return lws_create_vhost(config->context, &info);
}

err link_create(struct link **out, const struct link_config *config, struct fault *fault) {
  struct link *link = calloc(1, sizeof *link);
  if (!link) return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory for the line to the hub");
  link->config = *config;
  link->vhost = create_vhost(config);
  if (!link->vhost) {
    free(link);
    return fault_set(fault, ERR_INTERNAL, "TLS for the line to the hub could not be set up");
  }
  (void)uv_timer_init(config->loop, &link->deadline);
  (void)uv_timer_init(config->loop, &link->report);
  link->deadline.data = link->report.data = link;
  *out = link;
  return ERR_OK;
}

void link_stop(struct link *link) {
  if (!link) return;
  let_go(link);
  uv_close((uv_handle_t *)&link->deadline, NULL);
  uv_close((uv_handle_t *)&link->report, NULL);
}

void link_free(struct link *link) { free(link); }
