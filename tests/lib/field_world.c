/* field_world.c: the common beginning of tests, and their shorthand. */
#include "tests/lib/field_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

int field_world_open_bare(void **state) {
  struct field_world *w = malloc(sizeof *w);
  if (!w) return -1;
  core_host_init(&w->host, 1);
  fake_hub_init(&w->hub, &w->host, 12);
  core_host_start(&w->host);
  *state = w;
  return 0;
}

int field_world_open(void **state) {
  if (field_world_open_bare(state) != 0) return -1;
  struct field_world *w = *state;
  fake_hub_ready(&w->hub);
  return 0;
}

int field_world_close(void **state) {
  struct field_world *w = *state;
  core_host_finish(&w->host);
  fake_hub_finish(&w->hub);
  free(w);
  return 0;
}

const item *field_mark(struct field_world *w, const struct id *learner, const char *code) {
  if (!core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_strings_today, learner, code))
    fail_msg("%s", w->host.text);
  return w->host.result;
}

const item *field_get(struct field_world *w, const struct id *session) {
  if (!core_host_call(&w->host, "register.get", "session:i", session)) fail_msg("%s", w->host.text);
  return w->host.result;
}

const item *field_status(struct field_world *w) {
  if (!core_host_call(&w->host, "sync.status", "")) fail_msg("%s", w->host.text);
  return w->host.result;
}

void field_online(struct field_world *w) {
  if (!core_host_call(&w->host, "sync.hold", "hold:b", 0)) fail_msg("%s", w->host.text);
  fake_hub_connect(&w->hub);
}

void field_hold(struct field_world *w) {
  if (!core_host_call(&w->host, "sync.hold", "hold:b", 1)) fail_msg("%s", w->host.text);
  w->hub.online = false;
}

void field_restart(struct field_world *w) {
  core_host_stop(&w->host);
  w->host.config.hold = true;
  w->hub.online = false;
  core_host_start(&w->host);
  fake_hub_unlock(&w->hub, &fake_ann);
}

void field_pause(struct field_world *w) { core_host_pass(&w->host, seal_pause_ms); }

void field_refused(const struct field_world *w, const char *code) {
  assert_true(w->host.replied);
  assert_null(w->host.result);
  assert_string_equal(w->host.code, code);
  assert_true(strlen(w->host.text) > 8);
}

const item *field_row_of(const item *reg, const struct id *learner) {
  size_t count = 0;
  const item *rows = core_host_list(reg, "rows", &count);
  for (size_t i = 0; i < count; i += 1) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (id_equal(&id, learner)) return item_at(rows, i);
  }
  return NULL;
}

int64_t field_total(const item *reply, const char *name) {
  return core_host_int(item_get(reply, "totals"), name);
}
