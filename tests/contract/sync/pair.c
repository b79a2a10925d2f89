/* pair.c: the line between core and hub, played by a loop. */
#include "tests/contract/sync/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

static const char pin[] = "274951";

void pair_open_with(struct pair *p, uint64_t seed, const struct hub_door *door) {
  *p = (struct pair){.door = door};
  door->open(&p->hub, seed);
  door->make(&p->world, &p->hub);
}

void pair_open(struct pair *p, uint64_t seed) { pair_open_with(p, seed, &hub_door); }

static void cut(struct pair_device *d) {
  if (d->up) d->door->line_close(&d->line);
  d->up = false;
}

void pair_close(struct pair *p) {
  for (size_t i = 0; i < p->count; i++) {
    cut(p->devices[i]);
    core_host_finish(&p->devices[i]->host);
    free(p->devices[i]);
  }
  p->door->close(&p->hub);
}

/* ---- the line ---- */

static double now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void step(struct pair_device *d, enum event_kind kind, struct slice bytes) {
  double start = now_ms();
  core_host_step(&d->host, kind, d->link, bytes);
  d->core_ms += now_ms() - start;
}

static bool connect_line(struct pair *p, struct pair_device *d) {
  if (!d->host.link_wanted) return false;
  cut(d);
  d->host.link_wanted = false;
  d->link = d->host.link;
  d->up = true;
  d->door = p->door;
  d->door->line_open(&d->line, &p->hub);
  step(d, EV_LINK_UP, slice_of(NULL, 0));
  return true;
}

static bool carry_one_up(struct pair_device *d) {
  struct slice frame;
  if (!core_host_take(&d->host, &frame)) return false;
  d->sent_bytes += frame.len;
  if (d->up && !d->line.closed) d->door->line_bytes(&d->line, frame);
  return true;
}

static bool carry_up(struct pair_device *d) {
  bool any = false;
  while (carry_one_up(d)) any = true;
  return any;
}

static bool carry_down(struct pair_device *d) {
  struct slice frame;
  bool any = false;
  while (d->up && d->door->line_take(&d->line, &frame)) {
    any = true;
    d->got_bytes += frame.len;
    step(d, EV_LINK_BYTES, frame);
    if (d->host.link != d->link) return true;
  }
  return any;
}

/* Either side may have closed. */
static bool close_line(struct pair_device *d) {
  if (!d->up) return false;
  bool core_closed = d->host.link != d->link, hub_closed = d->line.closed;
  if (!core_closed && !hub_closed) return false;
  cut(d);
  if (!core_closed) step(d, EV_LINK_DOWN, slice_of(NULL, 0));
  return true;
}

static bool exchange(struct pair *p, struct pair_device *d) {
  bool any = connect_line(p, d);
  any = carry_up(d) || any;
  any = carry_down(d) || any;
  return close_line(d) || any;
}

bool pair_frame(struct pair *p, struct pair_device *d) {
  bool any = connect_line(p, d);
  any = carry_one_up(d) || any;
  any = carry_down(d) || any;
  return close_line(d) || any;
}

bool pair_round(struct pair *p) {
  bool any = false;
  for (size_t i = 0; i < p->count; i++) any = exchange(p, p->devices[i]) || any;
  return any;
}

void pair_run(struct pair *p) {
  enum { rounds_max = 10000 };
  for (int round = 0; pair_round(p); round++)
    if (round == rounds_max) fail_msg("the devices and the hub never stop talking");
}

void pair_pass(struct pair *p, int64_t ms) {
  p->door->pass(&p->hub, ms);
  for (size_t i = 0; i < p->count; i++) core_host_pass(&p->devices[i]->host, ms);
  pair_run(p);
}

/* ---- devices ---- */

static void make_link(struct pair *p, const struct id *staff, struct buf *link) {
  struct entropy e = hub_host_entropy(&p->hub);
  struct enrol_code code = {.url = slice_text(p->hub.hub.url)};
  struct store_token t = {.kind = ENUM_device_kind_phone,
                          .staff = {*staff},
                          .staff_count = 1,
                          .expires_ms = p->hub.now.wall_ms + enrol_token_ms_max};
  entropy_fill(&e, code.seed, sizeof code.seed);
  enrol_fingerprint(code.fingerprint, p->hub.hub.sign.public_key);
  enrol_token_id(&t.id, code.seed);
  enrol_psk(t.psk, code.seed);
  (void)snprintf(t.name, sizeof t.name, "Phone %zu", p->count);
  assert_int_equal(p->hub.store->ops->token_save(p->hub.store, &t), ERR_OK);
  assert_int_equal(enrol_link(link, &code), ERR_OK);
  assert_int_equal(buf_put_u8(link, 0), ERR_OK);
}

void pair_unlock(struct pair_device *d) {
  if (!core_host_call(&d->host, "unlock", "staff:i pin:t", &d->staff, pin))
    fail_msg("unlock: %s", d->host.text);
}

static void enrol(struct pair *p, struct pair_device *d) {
  struct buf link = BUF_INIT(2048);
  make_link(p, &d->staff, &link);
  (void)core_host_call(&d->host, "enrol.start", "code:t", (const char *)link.ptr);
  buf_finish(&link);
  pair_run(p);
  if (!d->host.replied || !d->host.result) fail_msg("enrol.start: %s", d->host.text);
  (void)core_host_call(&d->host, "enrol.confirm", "");
  pair_run(p);
  if (!d->host.replied || !d->host.result) fail_msg("enrol.confirm: %s", d->host.text);
  assert_true(core_host_call(&d->host, "pin.set", "staff:i pin:t", &d->staff, pin));
  assert_true(core_host_call(&d->host, "setup.done", ""));
  pair_unlock(d);
}

struct pair_device *pair_add(struct pair *p, const struct id *staff) {
  assert_true(p->count < pair_devices_max);
  struct pair_device *d = calloc(1, sizeof *d);
  assert_non_null(d);
  core_host_init(&d->host, 100 + p->count);
  d->host.now = p->hub.now;
  d->host.config.now = p->hub.now;
  d->host.config.hold = false;
  d->staff = *staff;
  p->devices[p->count++] = d;
  core_host_start(&d->host);
  enrol(p, d);
  pair_pass(p, 1000);
  return d;
}

void pair_power_cut(struct pair *p, struct pair_device *d) {
  cut(d);
  core_host_stop(&d->host);
  d->host.link_wanted = false;
  d->host.link = 0;
  core_host_start(&d->host);
  pair_unlock(d);
  pair_run(p);
}

void pair_device_becomes(struct pair *p, struct pair_device *d, const struct core_door *door) {
  cut(d);
  core_host_stop(&d->host);
  d->host.door = door;
  core_host_start(&d->host);
  pair_unlock(d);
  pair_run(p);
}

void pair_hub_becomes(struct pair *p, const struct hub_door *door) {
  for (size_t i = 0; i < p->count; i++) {
    struct pair_device *d = p->devices[i];
    if (!d->up) continue;
    cut(d);
    step(d, EV_LINK_DOWN, slice_of(NULL, 0));
  }
  p->door = door;
  door->reopen(&p->hub);
}

void pair_hold(struct pair *p, struct pair_device *d, bool hold) {
  if (!core_host_call(&d->host, "sync.hold", "hold:b", hold)) fail_msg("sync.hold: %s", d->host.text);
  pair_run(p);
}

void pair_mark(struct pair *p, struct pair_device *d, const struct id *learner, const char *code) {
  if (!core_host_call(&d->host, "mark.set", "session:i learner:i code:w", &p->world.strings_today, learner,
                      code)) {
    fail_msg("mark.set: %s", d->host.text);
  }
}
