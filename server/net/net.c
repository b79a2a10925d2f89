/* net.c: puts the hub's loop together, keeps its seconds, and takes it apart again without losing a receipt.
 */
#include "server/net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/net/net_state.h"

enum { spare_files = 1024, head_ms_max = 10000, keep_ms = 5000, look_ms = 86400000 };

/* No library timer for each of thousands of connections: the sweep asks who is still there. */
static const lws_retry_bo_t no_validity_timers = {.secs_since_valid_ping = 0, .secs_since_valid_hangup = 0};

static const struct lws_protocols protocols[] = {
    {"http", http_callback, 0, 0, 0, NULL, 0},
    {PROTOCOL_SUBPROTOCOL, sync_callback, 0, 4096, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* ---- work that comes back ---- */
static void wake_loop(void *ctx) { (void)uv_async_send(ctx); }

static void tell_changed(struct conn *conn, const void *with) {
  struct sync_conn *c = (struct sync_conn *)conn;
  if (conn->kind == CONN_SYNC && c->online) sync_step(c, with);
}

static void tell_everybody(struct net *net) {
  if (changes_are_empty(&net->changes)) return;
  const struct session_event event = {
      .kind = SESSION_CHANGED, .now = net->config->clock(), .changes = &net->changes};
  conns_each(net, tell_changed, &event);
  events_tell(net, &net->changes);
  bytes_zero(&net->changes, sizeof net->changes);
}

static void resume(struct conn *conn, const void *with) {
  (void)with;
  struct sync_conn *c = (struct sync_conn *)conn;
  if (conn->kind != CONN_SYNC || conn->doomed) return;
  sync_resume(c);
  if (c->paused) conn->net->paused_any = true;
}

/* Every few seconds it would be said again, so it is said when it changes. */
static void note_kept(struct net *net, const struct job *job) {
  const struct log_sink *log = net->config->log;
  if (job->kind != JOB_KEEP || job->result == net->kept) return;
  net->kept = job->result;
  if (job->result == ERR_OK)
    log_write(log, LOG_INFO, "net", "keeping house works again");
  else
    log_write(log, job->result == ERR_BUSY ? LOG_WARN : LOG_ERROR, "net",
              "keeping house: %s failed, and is tried again: %s",
              job->failed ? job->failed : "reading the store", err_text(job->result));
}

static void on_done(uv_async_t *async) {
  struct net *net = async->data;
  struct done *next;
  for (struct done *d = workers_take_done(net->workers); d; d = next) {
    next = d->next;
    if (d->job) {
      note_kept(net, d->job);
      if (d->job->more) net->keep_at_ms = 0; /* with the next second */
      changes_gather(&net->changes, &d->job->changes);
      if (d->job->changes.position > net->position) net->position = d->job->changes.position;
      sync_job_done(net, d->owner, d->job);
    } else {
      changes_gather(&net->changes, &d->exchange->changes);
      if (d->exchange->changes.position > net->position) net->position = d->exchange->changes.position;
      http_exchange_done(net, d->owner, d->exchange);
    }
    free(d);
  }
  tell_everybody(net);
  if (net->paused_any && workers_waiting_bytes(net->workers) < job_queue_bytes_max / 2) {
    net->paused_any = false;
    conns_each(net, resume, NULL);
  }
}

/* ---- the seconds ---- */
static void sweep_one(struct conn *conn, const void *with) {
  if (conn->doomed) return;
  if (conn->kind == CONN_SYNC)
    sync_sweep((struct sync_conn *)conn, with);
  else
    http_sweep((struct http_conn *)conn, with);
}

/* Owned by no connection: its answer is heard by everybody, like any other change. A queue that is full has
 * better things to do. */
static void keep_house(struct net *net, const struct now *now) {
  if (net->stopping || now->mono_ms < net->keep_at_ms) return;
  net->keep_at_ms = now->mono_ms + keep_ms;
  struct job *job = job_create(JOB_KEEP);
  if (!job) return;
  job->known_position = net->position;
  if (workers_ask_job(net->workers, UINT64_MAX, job) != ERR_OK) job_destroy(job);
}

/* A hub runs for months, and nobody looks at its files: what will expire is said every day. */
static void look_at_certificate(struct net *net, const struct now *now) {
  const struct net_config *config = net->config;
  struct net_certificate lies_there;
  struct fault fault;
  if (now->mono_ms < net->look_at_ms) return;
  net->look_at_ms = now->mono_ms + look_ms;
  net_note_certificate(config->certificate, &net->certificate, now->wall_ms, config->log);
  if (net_check_certificate(config->certificate, config->key, &lies_there, &fault) != ERR_OK)
    log_write(config->log, LOG_WARN, "net", "%s; the hub needs it when it is started again", fault.text);
}

static void on_sweep(uv_timer_t *timer) {
  struct net *net = timer->data;
  struct now now = net->config->clock();
  keep_house(net, &now);
  if (!net->stopping) look_at_certificate(net, &now);
  conns_each(net, sweep_one, &now);
  if (!net->stopping) return;
  bool quiet = workers_are_idle(net->workers) && net->conn_count == 0;
  if (quiet || now.mono_ms >= net->stop_by_ms) uv_stop(&net->loop);
}

static void say_goodbye(struct conn *conn, const void *with) {
  if (conn->kind == CONN_SYNC)
    sync_step((struct sync_conn *)conn, with);
  else if (((struct http_conn *)conn)->state != HTTP_WAIT && ((struct http_conn *)conn)->state != HTTP_SEND)
    conn_doom(conn);
}

static void on_stop(uv_signal_t *signal, int number) {
  struct net *net = signal->data;
  if (net->stopping) return;
  log_write(net->config->log, LOG_INFO, "net", "signal %d: finishing what has begun", number);
  const struct session_event event = {.kind = SESSION_STOP, .now = net->config->clock()};
  net->stopping = true;
  net->stop_by_ms = event.now.mono_ms + drain_ms_max;
  conns_each(net, say_goodbye, &event);
  (void)uv_timer_start(&net->sweep, on_sweep, 20, 50);
}

static void part_from(struct conn *conn, const void *with) {
  if (conn->kind == CONN_SYNC) sync_step((struct sync_conn *)conn, with);
}

/* Devices come back at once and are given the new manifest first: it names what is signed from now on. */
static void take_keys(struct net *net) {
  const struct net_config *config = net->config;
  const struct hub *hub = config->keys ? config->keys(config->keys_ctx) : NULL;
  if (!hub) return;
  const struct session_event event = {.kind = SESSION_STOP, .now = config->clock()};
  conns_each(net, part_from, &event);
  net->hub = hub;
  workers_take_keys(net->workers, hub);
  log_write(config->log, LOG_INFO, "net", "keys read again manifest=%llu",
            (unsigned long long)hub->manifest_number);
}

static void on_hup(uv_signal_t *signal, int number) {
  (void)number;
  struct net *net = signal->data;
  const struct net_config *config = net->config;
  struct fault fault;
  if (net->stopping) return;
  take_keys(net);
  if (net_check_certificate(config->certificate, config->key, &net->certificate, &fault) != ERR_OK) {
    log_write(config->log, LOG_ERROR, "net", "%s; the old certificate stays in use", fault.text);
    return;
  }
  (void)lws_tls_cert_updated(net->context, config->certificate, config->key, NULL, 0, NULL, 0);
  log_write(config->log, LOG_INFO, "net", "certificate read again");
  net_note_certificate(config->certificate, &net->certificate, config->clock().wall_ms, config->log);
}

/* ---- putting it together ---- */
/* Asked of the kernel first, because the library only logs a port it cannot have. */
static err check_port(const struct net_config *config, struct fault *fault) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return fault_set(fault, ERR_IO, "this machine gives no sockets: %.80s", strerror(errno));
  int on = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(config->port)};
  (void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bool number = !config->address || inet_pton(AF_INET, config->address, &to.sin_addr) == 1;
  int why = number && bind(s, (const struct sockaddr *)&to, sizeof to) ? errno : 0;
  (void)close(s);
  if (!number)
    return fault_set(fault, ERR_INVALID, "'%.60s' is not an IPv4 address to listen at", config->address);
  if (why == EADDRINUSE)
    return fault_set(fault, ERR_EXISTS, "port %u is in use: stop the other program or give another --port",
                     (unsigned)config->port);
  if (why == EADDRNOTAVAIL)
    return fault_set(fault, ERR_INVALID, "%.60s is not an address of this machine", config->address);
  if (why)
    return fault_set(fault, ERR_FORBIDDEN, "port %u may not be used: give a --port above 1023",
                     (unsigned)config->port);
  return ERR_OK;
}

/* Room for every connection and some files beside. */
static void raise_file_limit(struct net *net) {
  struct rlimit files = {0, 0};
  if (getrlimit(RLIMIT_NOFILE, &files)) return;
  rlim_t wanted = net_conns_max + spare_files;
  files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
  (void)setrlimit(RLIMIT_NOFILE, &files);
  net->file_max =
      files.rlim_cur > spare_files ? (int)files.rlim_cur - spare_files / 4 : (int)files.rlim_cur / 2;
  if (files.rlim_cur < wanted)
    log_write(net->config->log, LOG_WARN, "net",
              "only %llu files may be open: raise LimitNOFILE for %u devices",
              (unsigned long long)files.rlim_cur, (unsigned)connections_max);
}

static void name_hub(struct net *net) {
  struct slice name = request_name_of_url(slice_text(net->config->hub->url));
  if (name.len >= sizeof net->hub_name) name.len = 0;
  bytes_copy(net->hub_name, name.ptr, name.len);
  const char *names[net_names_max] = {net->hub_name, "localhost", "127.0.0.1", "[::1]",
                                      net->config->address ? net->config->address : ""};
  for (size_t i = 0; i < net_names_max; i++) net->names[i] = names[i];
}

static err start_context(struct net *net, struct fault *fault) {
  void *loops[] = {&net->loop};
  struct lws_context_creation_info info;
  bytes_zero(&info, sizeof info);
  info.options =
      LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.foreign_loops = loops;
  info.max_http_header_data = http_head_bytes_max;
  info.max_http_header_pool = http_heads_max;
  info.timeout_secs = head_ms_max / 1000;
  info.gid = info.uid = -1; /* stay who we are */
  lws_set_log_level(net->config->log->min == LOG_DEBUG ? LLL_ERR | LLL_WARN | LLL_NOTICE : 0, NULL);
  net->context = lws_create_context(&info);
  if (net->context) return ERR_OK;
  return fault_set(fault, ERR_INTERNAL,
                   "libwebsockets could not start: is its libuv plugin (libwebsockets-evlib-uv) installed?");
}

static err listen_at(struct net *net, struct fault *fault) {
  const struct net_config *config = net->config;
  struct lws_context_creation_info info;
  bytes_zero(&info, sizeof info);
  info.vhost_name = "hub";
  info.port = config->port;
  info.iface = config->address;
  info.protocols = protocols;
  info.user = net;
  info.alpn = "http/1.1";
  info.keepalive_timeout = head_ms_max / 1000;
  info.retry_and_idle_policy = &no_validity_timers;
  info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
  info.ssl_cert_filepath = config->certificate;
  info.ssl_private_key_filepath = config->key;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
  if (config->address) info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
  if (lws_create_vhost(net->context, &info)) return ERR_OK;
  return fault_set(fault, ERR_EXISTS, "port %u could not be opened with TLS", (unsigned)config->port);
}

static void start_loop(struct net *net) {
  ASSERT(uv_loop_init(&net->loop) == 0);
  uv_signal_t *signals[] = {&net->on_term, &net->on_int, &net->on_hup};
  const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
  for (size_t i = 0; i < 3; i++) {
    ASSERT(uv_signal_init(&net->loop, signals[i]) == 0);
    ASSERT(uv_signal_start(signals[i], numbers[i] == SIGHUP ? on_hup : on_stop, numbers[i]) == 0);
    signals[i]->data = net;
  }
  (void)uv_timer_init(&net->loop, &net->sweep);
  (void)uv_timer_init(&net->loop, &net->reap);
  ASSERT(uv_async_init(&net->loop, &net->done, on_done) == 0);
  net->sweep.data = net->reap.data = net->done.data = net;
}

static err start_all(struct net *net, struct fault *fault) {
  net->conns = calloc(net_conns_max, sizeof *net->conns);
  net->generations = calloc(net_conns_max, sizeof *net->generations);
  if (!net->conns || !net->generations || presence_create(&net->presence) != ERR_OK)
    return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory to serve");
  name_hub(net);
  raise_file_limit(net);
  TRY(start_context(net, fault));
  TRY(workers_start(&net->workers, net->config, wake_loop, &net->done, fault));
  return listen_at(net, fault);
}

static void close_handles(struct net *net) {
  uv_handle_t *handles[] = {(uv_handle_t *)&net->on_term, (uv_handle_t *)&net->on_int,
                            (uv_handle_t *)&net->on_hup,  (uv_handle_t *)&net->sweep,
                            (uv_handle_t *)&net->reap,    (uv_handle_t *)&net->done};
  for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) uv_close(handles[i], NULL);
}

/* The workers go first: they may still wake the loop. libwebsockets and libuv finish closing on the loop. */
static void stop_all(struct net *net) {
  workers_stop(net->workers);
  if (net->context) lws_context_destroy(net->context);
  close_handles(net);
  (void)uv_run(&net->loop, UV_RUN_DEFAULT);
  if (net->context) lws_context_destroy(net->context);
  (void)uv_run(&net->loop, UV_RUN_DEFAULT);
  (void)uv_loop_close(&net->loop);
  presence_destroy(net->presence);
  gate_finish(&net->gate);
  free(net->conns);
  free(net->generations);
}

err net_run(const struct net_config *config, struct fault *fault) {
  const struct now now = config->clock();
  struct net_certificate certificate;
  TRY(net_check_certificate(config->certificate, config->key, &certificate, fault));
  net_note_certificate(config->certificate, &certificate, now.wall_ms, config->log);
  TRY(check_port(config, fault));
  struct net *net = calloc(1, sizeof *net);
  if (!net) return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory to serve");
  net->config = config;
  net->hub = config->hub;
  net->certificate = certificate;
  net->look_at_ms = now.mono_ms + look_ms;
  gate_init(&net->gate);
  start_loop(net);
  err e = start_all(net, fault);
  if (e == ERR_OK) {
    log_write(config->log, LOG_INFO, "net", "ready at port %u", (unsigned)config->port);
    (void)uv_timer_start(&net->sweep, on_sweep, sweep_ms, sweep_ms);
    (void)uv_run(&net->loop, UV_RUN_DEFAULT);
  }
  stop_all(net);
  free(net);
  return e;
}
