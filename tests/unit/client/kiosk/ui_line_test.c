/* ui_line_test.c: the line between the kiosk's door and whoever calls at it: it rests for as long as nobody
 * calls, and no answer is lost among events. The clock is the test's: what both libraries ask for the time is
 * defined here. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <libwebsockets.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "client/kiosk/call_client.h"
#include "client/kiosk/ui.h"

enum { rest_s = 301, patience_s = 20, rests = 3, calls = 200 };

static atomic_long ahead_s;

/* libwebsockets takes the time from here, whichever of its contexts asks. */
__attribute__((visibility("default"))) int clock_gettime(clockid_t clock_id, struct timespec *tp) {
  int result = (int)syscall(SYS_clock_gettime, clock_id, tp);
  tp->tv_sec += atomic_load(&ahead_s);
  return result;
}

struct kiosk {
  struct lws_context *context;
  struct log_sink log;
  struct ui *ui;
  uint16_t port;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t turned;
  unsigned turns; /* of the loop */
  atomic_bool stopping;
};

/* Every answer stands between two events. */
static void answer(void *ctx, uint32_t connection, struct slice call) {
  struct kiosk *k = ctx;
  static const uint8_t event[] = {0x92, 0x00, 0xa1, 'x'};
  const uint8_t reply[] = {0x93, call.ptr[1], 0x00, 0xc0};
  ui_broadcast(k->ui, slice_of(event, sizeof event));
  ui_send(k->ui, connection, slice_of(reply, sizeof reply));
  ui_broadcast(k->ui, slice_of(event, sizeof event));
}

static void *serve(void *ctx) {
  struct kiosk *k = ctx;
  while (!atomic_load(&k->stopping)) {
    (void)lws_service(k->context, 0);
    pthread_mutex_lock(&k->lock);
    k->turns++;
    pthread_cond_broadcast(&k->turned);
    pthread_mutex_unlock(&k->lock);
  }
  return NULL;
}

static uint16_t free_port(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof at;
  assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof at) | getsockname(s, (struct sockaddr *)&at, &len),
                   0);
  (void)close(s);
  return ntohs(at.sin_port);
}

static void start(struct kiosk *k) {
  *k = (struct kiosk){
      .lock = PTHREAD_MUTEX_INITIALIZER, .turned = PTHREAD_COND_INITIALIZER, .port = free_port()};
  lws_set_log_level(0, NULL);
  k->log = log_stderr(LOG_ERROR);
  const struct lws_context_creation_info info = {
      .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS, .gid = -1, .uid = -1, .port = CONTEXT_PORT_NO_LISTEN};
  k->context = lws_create_context(&info);
  assert_non_null(k->context);
  const struct ui_config config = {
      .context = k->context, .port = k->port, .log = &k->log, .call = answer, .ctx = k};
  struct fault fault = {0};
  assert_int_equal(ui_create(&k->ui, &config, &fault), ERR_OK);
  assert_int_equal(pthread_create(&k->thread, NULL, serve, k), 0);
}

static void stop(struct kiosk *k) {
  atomic_store(&k->stopping, true);
  lws_cancel_service(k->context);
  pthread_join(k->thread, NULL);
  lws_context_destroy(k->context);
  ui_destroy(k->ui);
}

/* Time goes by, and the kiosk's loop has seen it: what was due has happened when its second turn from here is
 * over. */
static void passes(struct kiosk *k, long seconds) {
  atomic_fetch_add(&ahead_s, seconds);
  pthread_mutex_lock(&k->lock);
  for (unsigned until = k->turns + 2; k->turns < until;) {
    lws_cancel_service(k->context);
    pthread_cond_wait(&k->turned, &k->lock);
  }
  pthread_mutex_unlock(&k->lock);
}

static err ask(struct call_client *c, uint8_t id, struct fault *fault) {
  const uint8_t call[] = {0x93, id, 0xa1, 'x', 0x80};
  struct buf reply = BUF_INIT(64);
  err e = call_client_call(c, slice_of(call, sizeof call), id, &reply, fault);
  if (e == ERR_OK) assert_int_equal(reply.ptr[1], id);
  buf_finish(&reply);
  return e;
}

static void a_line_on_which_nobody_calls_is_not_closed(void **state) {
  (void)state;
  struct kiosk k;
  struct call_client *c;
  struct fault fault = {0};
  start(&k);
  assert_int_equal(call_client_open(&c, k.port, &fault), ERR_OK);
  assert_int_equal(ask(c, 1, &fault), ERR_OK);
  for (uint8_t i = 0; i < rests; i++) {
    passes(&k, rest_s);
    passes(&k, patience_s);
    if (ask(c, (uint8_t)(2 + i), &fault) != ERR_OK) fail_msg("after rest %u: %s", i + 1U, fault.text);
  }
  call_client_close(c);
  stop(&k);
}

static void an_answer_between_events_is_found(void **state) {
  (void)state;
  struct kiosk k;
  struct call_client *c;
  struct fault fault = {0};
  start(&k);
  assert_int_equal(call_client_open(&c, k.port, &fault), ERR_OK);
  for (unsigned i = 0; i < calls; i++) assert_int_equal(ask(c, (uint8_t)(1 + i % 127), &fault), ERR_OK);
  call_client_close(c);
  stop(&k);
}

static void a_kiosk_that_is_gone_is_told_from_one_that_never_was(void **state) {
  (void)state;
  struct kiosk k;
  struct call_client *c, *other;
  struct fault fault = {0};
  start(&k);
  assert_int_equal(call_client_open(&c, k.port, &fault), ERR_OK);
  assert_int_equal(ask(c, 1, &fault), ERR_OK);
  stop(&k);
  assert_int_equal(ask(c, 2, &fault), ERR_NETWORK);
  assert_string_equal(fault.text, "the kiosk closed the connection before it answered");
  call_client_close(c);
  assert_int_equal(call_client_open(&other, k.port, &fault), ERR_NETWORK);
  assert_non_null(strstr(fault.text, "no kiosk answers on this machine"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_on_which_nobody_calls_is_not_closed),
      cmocka_unit_test(an_answer_between_events_is_found),
      cmocka_unit_test(a_kiosk_that_is_gone_is_told_from_one_that_never_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
