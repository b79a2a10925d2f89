/* run.c: tutti-server run: puts store, api and sockets together and serves until it is told to stop. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/api/api.h"
#include "server/ctl/ctl.h"
#include "server/ctl/options.h"
#include "server/import/uploads.h"
#include "server/net/net.h"

enum { readers = 2 };
struct run_args {
  const char *data, *address, *certificate, *key;
  uint16_t port;
  enum log_level log;
};

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "The hub's data directory (required)", 0},
    {"port", 'p', "PORT", 0, "The port to serve on (as given to init)", 0},
    {"address", 'a', "ADDRESS", 0, "Serve on this address only, in numbers (every address of this machine)",
     0},
    {"cert", 'c', "FILE", 0, "TLS certificate chain, PEM (as given to init); read again at SIGHUP", 0},
    {"key", 'k', "FILE", 0, "TLS private key, PEM (as given to init)", 0},
    {"log", 'l', "LEVEL", 0, "debug, info, warn or error (info)", 0},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state) {
  static const char *const levels[] = {"debug", "info", "warn", "error"};
  struct run_args *a = state->input;
  switch (key) {
  case 'd': a->data = value; return 0;
  case 'a': a->address = value; return 0;
  case 'c': a->certificate = value; return 0;
  case 'k': a->key = value; return 0;
  case 'p': a->port = (uint16_t)option_number(state, "--port", value, 1, 65535); return 0;
  case 'l':
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
      if (slice_equal(slice_text(value), slice_text(levels[level]))) return a->log = (enum log_level)level, 0;
    argp_error(state, "--log %s is none of debug, info, warn, error", value);
    return 0;
  case ARGP_KEY_END:
    if (a->data == NULL) argp_error(state, "--data is needed");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* What is this process's alone while it serves. */
struct serving {
  int lock; /* -1: not taken */
  struct store *stores[readers];
  char uploads[path_bytes_max];
};

/* The lock comes first: files on their way in may be another process's. */
static err prepare(struct serving *s, const char *dir, struct fault *fault) {
  char path[path_bytes_max];
  TRY(data_dir_lock(&s->lock, dir, fault));
  TRY(data_dir_path(path, dir, "hub.db", fault));
  for (size_t i = 0; i < readers; i++)
    TRY(store_sqlite_open(&s->stores[i], &(struct store_sqlite_config){.path = path, .read_only = true},
                          fault));
  TRY(data_dir_path(s->uploads, dir, "uploads", fault));
  return uploads_clear(s->uploads, fault);
}

static void put_away(struct serving *s) {
  for (size_t i = 0; i < readers; i++)
    if (s->stores[i] != NULL) s->stores[i]->ops->close(s->stores[i]);
  if (s->lock >= 0) (void)close(s->lock);
}

/* Every set of keys the hub had while it ran: sessions and threads may still hold an older one. A person
 * makes each, so they are few. */
struct keys_had {
  struct keys_had *before;
  struct hub hub;
};
struct keys_watch {
  const char *dir;
  struct api *api;
  const struct hub *now;
  struct keys_had *had;
};

static const struct hub *read_keys(void *ctx) {
  struct keys_watch *w = ctx;
  struct fault fault = {.code = ERR_OK};
  struct keys_had *k = calloc(1, sizeof *k);
  if (!k) return NULL;
  err e = data_dir_keys_read(&k->hub, w->dir, &fault);
  bool newer =
      e == ERR_OK && id_equal(&k->hub.id, &w->now->id) && k->hub.manifest_number > w->now->manifest_number;
  if (!newer) {
    if (e != ERR_OK) log_write(w->now->log, LOG_ERROR, "run", "%s; the old keys stay in use", fault.text);
    if (e == ERR_OK) hub_finish(&k->hub);
    free(k);
    return NULL;
  }
  k->hub.log = w->now->log;
  k->hub.backup_days = w->now->backup_days;
  k->hub.retention_years = w->now->retention_years;
  k->hub.overdue_days = w->now->overdue_days;
  k->before = w->had;
  w->had = k;
  w->now = &k->hub;
  api_take_keys(w->api, w->now);
  return w->now;
}

static void forget_keys(struct keys_watch *w) {
  for (struct keys_had *k = w->had, *before; k; k = before) {
    before = k->before;
    hub_finish(&k->hub);
    free(k);
  }
}

#define ROLE(name) (1U << (ENUM_role_##name - 1))

static err serve(const struct run_args *a, struct data_dir *d, const struct serving *s,
                 const struct log_sink *log, struct fault *fault) {
  struct api *api;
  const uint32_t must = ROLE(office) | ROLE(safeguarding) | ROLE(admin);
  TRY(api_create(&api, &(struct api_config){.hub = &d->hub,
                                            .log = log,
                                            .uploads = s->uploads,
                                            .second_step = d->settings.second_step_optional ? 0 : must}));
  const struct http_api http = api_http(api);
  struct keys_watch watch = {.dir = a->data, .api = api, .now = &d->hub};
  const struct net_config config = {.hub = &d->hub,
                                    .keys = read_keys,
                                    .keys_ctx = &watch,
                                    .writer = d->store,
                                    .readers = s->stores,
                                    .reader_count = readers,
                                    .api = &http,
                                    .address = a->address,
                                    .proxy = d->settings.proxy,
                                    .port = a->port != 0 ? a->port : (uint16_t)d->settings.port,
                                    .certificate =
                                        a->certificate != NULL ? a->certificate : d->settings.certificate,
                                    .key = a->key != NULL ? a->key : d->settings.key,
                                    .clock = ctl_now,
                                    .log = log};
  err e = net_run(&config, fault);
  forget_keys(&watch);
  api_destroy(api);
  return e;
}

/* What went wrong before serving is the network's (port, certificate) or the directory's. */
static int serving_failed(const struct fault *fault) {
  (void)ctl_fail(fault);
  switch (fault->code) {
  case ERR_NO_MEMORY:
  case ERR_INTERNAL: return EXIT_FAILED;
  case ERR_FULL:
  case ERR_READ_ONLY:
  case ERR_CORRUPT: return EXIT_DATA;
  default: return EXIT_NETWORK;
  }
}

int ctl_run(int argc, char **argv) {
  struct run_args a = {.log = LOG_INFO};
  options_parse(options, parse_option, NULL, "Serve devices and the office until SIGTERM.", argc, argv, &a);
  struct fault fault = {0};
  struct data_dir d;
  struct serving s = {.lock = -1};
  const struct log_sink log = log_stderr(a.log);
  fault.code = data_dir_open(&d, a.data, true, &fault);
  if (fault.code != ERR_OK) return ctl_fail(&fault);
  d.hub.log = &log;
  int code = EXIT_OK;
  fault.code = prepare(&s, a.data, &fault);
  if (fault.code != ERR_OK)
    code = ctl_fail(&fault);
  else if ((fault.code = serve(&a, &d, &s, &log, &fault)) != ERR_OK)
    code = serving_failed(&fault);
  put_away(&s);
  data_dir_close(&d);
  return code;
}
