/* daemon.c: carries events into the core and its actions out; what to do is decided in the core alone. */
#include "client/kiosk/daemon.h"

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "client/core/core.h"
#include "client/kiosk/link.h"
#include "client/kiosk/ui.h"
#include "shared/base/limits.h"
#include "shared/base/process.h"
#include "web_app.h"

enum { tick_pause_ms_max = 30000, stop_poll_ms = 20, core_calm_ms = 60000 };

struct daemon {
  const struct options *options;
  const struct log_sink *log;
  struct id boot;
  struct core_config config;
  struct core *core;
  uv_loop_t loop;
  uv_signal_t on_term, on_int, on_hup;
  uv_timer_t tick, restart, stop;
  struct lws_context *context;
  struct ui *ui;
  struct link *link;
  uint64_t tick_at_ms; /* 0: nothing asked for */
  uint64_t stop_by_ms; /* 0: running */
  unsigned failures;   /* of the core, each within core_calm_ms of the one before */
  uint64_t failed_ms;  /* when it failed last */
  err result;
  struct fault *fault;
};

static void arm_tick(struct daemon *d) {
  uint64_t now = process_now(&d->boot).mono_ms;
  uint64_t wait = d->tick_at_ms > now ? d->tick_at_ms - now : 0;
  /* Short naps: the loop's clock stands still while the machine sleeps, the core's does not. */
  (void)uv_timer_start(&d->tick, d->tick.timer_cb, wait < tick_pause_ms_max ? wait : tick_pause_ms_max, 0);
}

static void run_action(struct daemon *d, const struct action *action) {
  switch (action->kind) {
  case ACT_REPLY: ui_send(d->ui, action->id, action->bytes); return;
  case ACT_CHANGED: ui_broadcast(d->ui, action->bytes); return;
  case ACT_LINK_OPEN: link_open(d->link, action->id, action->bytes); return;
  case ACT_LINK_SEND: link_send(d->link, action->id, action->bytes); return;
  case ACT_LINK_CLOSE: link_close(d->link, action->id); return;
  case ACT_TICK_AT:
    d->tick_at_ms = action->at_mono_ms ? action->at_mono_ms : 1;
    arm_tick(d);
    return;
  }
}

/* Good steps in between prove nothing: a new core ticks and answers before the line fails it again. */
static void note_failure(struct daemon *d, uint64_t now_ms) {
  bool soon = d->failures > 0 && now_ms - d->failed_ms < core_calm_ms;
  d->failures = soon ? d->failures + 1 : 1;
  d->failed_ms = now_ms;
}

/* While a failed core waits to be made anew there is nobody to tell. */
static void step(struct daemon *d, enum event_kind kind, uint32_t id, struct slice bytes) {
  if (!d->core || uv_is_active((const uv_handle_t *)&d->restart)) return;
  const struct event event = {.kind = kind, .id = id, .now = process_now(&d->boot), .bytes = bytes};
  const struct action *actions = NULL;
  size_t count = 0;
  err e = core_step(d->core, &event, &actions, &count);
  if (e != ERR_OK) {
    log_write(d->log, LOG_ERROR, "core", "%s; starting it again", err_text(e));
    note_failure(d, event.now.mono_ms);
    (void)uv_timer_start(&d->restart, d->restart.timer_cb, 0, 0);
    return;
  }
  for (size_t i = 0; i < count; i++) run_action(d, &actions[i]);
}

/* ---- what happens outside ---- */
static void on_call(void *ctx, uint32_t connection, struct slice bytes) {
  step(ctx, EV_CALL, connection, bytes);
}
static void on_link_up(void *ctx, uint32_t id) { step(ctx, EV_LINK_UP, id, slice_of(NULL, 0)); }
static void on_link_bytes(void *ctx, uint32_t id, struct slice bytes) { step(ctx, EV_LINK_BYTES, id, bytes); }
static void on_link_down(void *ctx, uint32_t id, const char *reason) {
  step(ctx, EV_LINK_DOWN, id, slice_text(reason));
}

static void on_tick(uv_timer_t *timer) {
  struct daemon *d = timer->data;
  if (d->tick_at_ms > process_now(&d->boot).mono_ms) {
    arm_tick(d);
    return;
  }
  d->tick_at_ms = 0;
  step(d, EV_TICK, 0, slice_of(NULL, 0));
}

static void give_up(struct daemon *d, err e) {
  d->result = e;
  uv_stop(&d->loop);
}

/* The disk or the memory failed under the core: what it had said is durable, so a new one takes over and the
 * pages connect anew. */
static void on_restart(uv_timer_t *timer) {
  struct daemon *d = timer->data;
  ui_close_all(d->ui);
  link_drop(d->link);
  core_destroy(d->core);
  d->core = NULL;
  if (d->failures > core_restarts_max) {
    give_up(
        d, fault_set(d->fault, ERR_IO,
                     "the core failed %u times, one soon after the other: look at the disk, then start again",
                     d->failures));
    return;
  }
  d->config.now = process_now(&d->boot);
  err e = core_create(&d->core, &d->config, d->fault);
  if (e != ERR_OK) {
    give_up(d, e);
    return;
  }
  step(d, EV_TICK, 0, slice_of(NULL, 0));
}

static void on_stop_poll(uv_timer_t *timer) {
  struct daemon *d = timer->data;
  bool late = process_now(&d->boot).mono_ms >= d->stop_by_ms;
  if (late || (ui_is_flushed(d->ui) && link_is_flushed(d->link))) uv_stop(&d->loop);
}

static void on_signal(uv_signal_t *signal, int number) {
  struct daemon *d = signal->data;
  if (d->stop_by_ms) return;
  log_write(d->log, LOG_INFO, "kiosk", "signal %d: sealing and stopping", number);
  d->stop_by_ms = process_now(&d->boot).mono_ms + stop_linger_ms_max;
  step(d, EV_STOP, 0, slice_of(NULL, 0));
  (void)uv_timer_start(&d->stop, on_stop_poll, 0, stop_poll_ms);
}

/* ---- putting it together, and apart ---- */
static void start_loop(struct daemon *d) {
  ASSERT(uv_loop_init(&d->loop) == 0);
  uv_signal_t *signals[] = {&d->on_term, &d->on_int, &d->on_hup};
  const int numbers[] = {SIGTERM, SIGINT, SIGHUP}; /* a terminal that goes away asks to stop, too */
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    ASSERT(uv_signal_init(&d->loop, signals[i]) == 0);
    ASSERT(uv_signal_start(signals[i], on_signal, numbers[i]) == 0);
    signals[i]->data = d;
  }
  (void)uv_timer_init(&d->loop, &d->tick);
  (void)uv_timer_init(&d->loop, &d->restart);
  (void)uv_timer_init(&d->loop, &d->stop);
  d->tick.data = d->restart.data = d->stop.data = d;
  d->tick.timer_cb = on_tick;
  d->restart.timer_cb = on_restart;
}

static err start_context(struct daemon *d) {
  void *loops[] = {&d->loop};
  struct lws_context_creation_info info;
  bytes_zero(&info, sizeof info);
  info.options =
      LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.foreign_loops = loops;
  info.fd_limit_per_thread = ui_sockets_max;
  info.max_http_header_data = http_head_bytes_max;
  info.gid = info.uid = -1; /* stay who we are */
  lws_set_log_level(d->log->min == LOG_DEBUG ? LLL_ERR | LLL_WARN | LLL_NOTICE : 0, NULL);
  d->context = lws_create_context(&info);
  if (d->context) return ERR_OK;
  return fault_set(d->fault, ERR_INTERNAL,
                   "libwebsockets could not start: is its libuv plugin (libwebsockets-evlib-uv) installed?");
}

static err start_all(struct daemon *d, struct data_dir *dir) {
  TRY(process_boot(&d->boot, d->fault));
  TRY(start_context(d));
  const struct ui_config ui = {.context = d->context,
                               .port = d->options->port,
                               .files = app_files,
                               .file_count = app_file_count,
                               .log = d->log,
                               .call = on_call,
                               .ctx = d};
  TRY(ui_create(&d->ui, &ui, d->fault));
  const struct link_config link = {.context = d->context,
                                   .loop = &d->loop,
                                   .ca = d->options->ca,
                                   .log = d->log,
                                   .events = {d, on_link_up, on_link_bytes, on_link_down}};
  TRY(link_create(&d->link, &link, d->fault));
  d->config = (struct core_config){.db_path = dir->database,
                                   .files = dir->files,
                                   .entropy = entropy_system(),
                                   .log = d->log,
                                   .version = "tutti-kiosk " TUTTI_VERSION,
                                   .hub_url = d->options->hub,
                                   .hold = d->options->offline,
                                   .now = process_now(&d->boot)};
  return core_create(&d->core, &d->config, d->fault);
}

/* libwebsockets and libuv both finish closing on the loop, so it runs until nothing is left on it. */
static void stop_all(struct daemon *d) {
  core_destroy(d->core);
  link_stop(d->link);
  uv_close((uv_handle_t *)&d->on_term, NULL);
  uv_close((uv_handle_t *)&d->on_int, NULL);
  uv_close((uv_handle_t *)&d->on_hup, NULL);
  uv_close((uv_handle_t *)&d->tick, NULL);
  uv_close((uv_handle_t *)&d->restart, NULL);
  uv_close((uv_handle_t *)&d->stop, NULL);
  if (d->context) lws_context_destroy(d->context);
  (void)uv_run(&d->loop, UV_RUN_DEFAULT);
  if (d->context) lws_context_destroy(d->context);
  (void)uv_run(&d->loop, UV_RUN_DEFAULT);
  (void)uv_loop_close(&d->loop);
  link_free(d->link);
  ui_destroy(d->ui);
}

err daemon_run(const struct options *options, struct data_dir *dir, const struct log_sink *log,
               struct fault *fault) {
  struct daemon *d = calloc(1, sizeof *d);
  if (!d) return fault_set(fault, ERR_NO_MEMORY, "there is not enough memory to start");
  d->options = options;
  d->log = log;
  d->fault = fault;
  start_loop(d);
  d->result = start_all(d, dir);
  if (d->result == ERR_OK) {
    log_write(log, LOG_INFO, "kiosk", "ready at http://127.0.0.1:%u", (unsigned)options->port);
    step(d, EV_TICK, 0, slice_of(NULL, 0));
    (void)uv_run(&d->loop, UV_RUN_DEFAULT);
  }
  stop_all(d);
  err result = d->result;
  free(d);
  return result;
}
