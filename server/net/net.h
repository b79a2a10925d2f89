/* net.h: the hub's sockets and threads: devices over WebSocket at /sync, the office over HTTP, one loop, one
 * writer, a few readers. */
#ifndef TUTTI_SERVER_NET_H
#define TUTTI_SERVER_NET_H

#include "server/core/http.h"
#include "server/core/hub.h"

enum { net_readers_max = 8 };
/* Everything is the caller's and outlives net_run. Each store is used by one thread only. */
struct net_config {
  const struct hub *hub;
  struct store *writer;
  struct store *const *readers;
  size_t reader_count; /* 1 … net_readers_max */
  const struct http_api *api;
  const char *address; /* in numbers ("127.0.0.1"), or NULL for every address of this machine */
  const char *proxy;   /* in numbers: its X-Forwarded-For is believed; empty or NULL: nobody's is */
  uint16_t port;
  const char *certificate, *key; /* PEM files; read again at SIGHUP */
  /* At SIGHUP: the hub with the keys it has by now, which outlives net_run as well; NULL when they are the
   * same or cannot be read. It has the same id. May be NULL itself. */
  const struct hub *(*keys)(void *ctx);
  void *keys_ctx;
  struct now (*clock)(void);
  const struct log_sink *log;
};
/* Serves until SIGTERM or SIGINT; then takes no more, says goodbye, finishes what the writer has and returns
 * ERR_OK. Errors come before serving: ERR_EXISTS port in use · ERR_FORBIDDEN port not permitted ·
 * ERR_NOT_FOUND, ERR_MALFORMED, ERR_CRYPTO certificate or key · ERR_NO_MEMORY. */
MUST_USE err net_run(const struct net_config *config, struct fault *fault);
/* The days of a certificate. */
struct net_certificate {
  int64_t from_ms, until_ms;
};
/* Looks at the files without serving, with a sentence that says which one is wrong. `out` is set with ERR_OK.
 */
MUST_USE err net_check_certificate(const char *certificate, const char *key, struct net_certificate *out,
                                   struct fault *fault);
/* One that has expired, will soon, or is not valid yet is served all the same, and the log says so. `dates`
 * are those of the certificate in use: a new file that nobody took into use is of no help to any device. */
void net_note_certificate(const char *certificate, const struct net_certificate *dates, int64_t now_ms,
                          const struct log_sink *log);

#endif
