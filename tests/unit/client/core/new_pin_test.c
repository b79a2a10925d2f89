/* new_pin_test.c: the only person of a device forgot the PIN: by a code over the telephone they choose
 * another, and what they had recorded still reaches the office. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "proto/lease.h"
#include "tests/lib/field_world.h"

/* The hub says that Ann alone works here; then the line is cut again. */
static void ann_alone(struct field_world *w) {
  w->hub.staff_count = 1;
  field_online(w);
  fake_hub_serve(&w->hub);
  field_hold(w);
}

static void lock(struct field_world *w) { assert_true(core_host_call(&w->host, "lock", "")); }

static void read_code(struct field_world *w, char code[lease_code_text_bytes], uint32_t days) {
  static const uint8_t secret[key_bytes]; /* the scripted hub gives everybody zeros */
  uint8_t challenge[lease_challenge_bytes];
  assert_true(core_host_call(&w->host, "lease.challenge", ""));
  assert_int_equal(lease_challenge_parse(challenge, core_host_text(w->host.result, "challenge")), ERR_OK);
  lease_code(code, secret, challenge, days);
}

static bool type_code(struct field_world *w, const char *code) {
  return core_host_call(&w->host, "lease.renew", "code:t", code);
}

static bool opens_with(struct field_world *w, const char *pin) {
  return core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, pin);
}

static void choose(struct field_world *w, const char *pin) {
  if (!core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, pin)) fail_msg("%s", w->host.text);
  assert_true(core_host_call(&w->host, "setup.done", ""));
}

static void another_pin_opens_and_what_was_recorded_still_leaves(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  size_t rows;
  ann_alone(w);
  (void)field_mark(w, &fake_zoe, "P");
  lock(w);
  read_code(w, code, lease_new_pin);
  if (!type_code(w, code)) fail_msg("%s", w->host.text);
  assert_true(core_host_bool(w->host.result, "setup"));
  assert_false(opens_with(w, "274951"));
  choose(w, "605817");
  assert_false(opens_with(w, "274951"));
  assert_true(opens_with(w, "605817"));
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
  fake_hub_feed(&w->hub, false);
  (void)core_host_list(field_get(w, &fake_strings_today), "rows", &rows);
  assert_true(rows > 0);
  assert_non_null(field_mark(w, &fake_zoe, "L"));
}

static void ten_wrong_ones_are_no_hindrance(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  ann_alone(w);
  lock(w);
  for (int i = 0; i < pin_attempts_max; i += 1) {
    assert_false(opens_with(w, "111222"));
    core_host_pass(&w->host, w->host.wait_ms > 0 ? w->host.wait_ms : 0);
  }
  assert_false(opens_with(w, "274951"));
  read_code(w, code, lease_new_pin);
  assert_true(type_code(w, code));
  choose(w, "605817");
  assert_true(opens_with(w, "605817"));
}

static void a_device_that_starts_again_before_one_was_chosen_still_asks_for_one(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  ann_alone(w);
  lock(w);
  read_code(w, code, lease_new_pin);
  assert_true(type_code(w, code));
  core_host_stop(&w->host);
  core_host_start(&w->host);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_bool(w->host.result, "setup"));
  choose(w, "605817");
  assert_true(opens_with(w, "605817"));
}

static void where_several_work_or_somebody_is_signed_in_nothing_is_given_up(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  lock(w);
  read_code(w, code, lease_new_pin);
  assert_false(type_code(w, code));
  field_refused(w, "CONFLICT");
  assert_true(opens_with(w, "274951"));
  ann_alone(w);
  read_code(w, code, lease_new_pin);
  assert_false(type_code(w, code));
  field_refused(w, "CONFLICT");
  lock(w);
  assert_true(opens_with(w, "274951"));
}

static void a_code_that_renews_the_lease_gives_no_pin_up(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  ann_alone(w);
  lock(w);
  read_code(w, code, 7);
  assert_true(type_code(w, code));
  assert_int_equal(core_host_int(w->host.result, "lease_days"), 7);
  assert_true(opens_with(w, "274951"));
}

/* ---- a power cut at the n-th change of the disk ---- */

static struct {
  struct file_ops real;
  size_t left;
} cut;

static bool is_dead(void) { return cut.left == 0 || --cut.left == 0; }
static err cut_write(struct file *f, uint64_t offset, struct slice bytes) {
  return is_dead() ? ERR_IO : cut.real.write(f, offset, bytes);
}
static err cut_truncate(struct file *f, uint64_t size) {
  return is_dead() ? ERR_IO : cut.real.truncate(f, size);
}
static err cut_sync(struct file *f) { return is_dead() ? ERR_IO : cut.real.sync(f); }
static err cut_replace(void *ctx, const char *name, struct slice bytes) {
  return is_dead() ? ERR_IO : cut.real.replace(ctx, name, bytes);
}
static err cut_remove(void *ctx, const char *name) { return is_dead() ? ERR_IO : cut.real.remove(ctx, name); }

static void start_with(struct field_world *w, struct file_ops files) {
  core_host_stop(&w->host);
  w->host.config.files = files;
  core_host_start(&w->host);
}

/* Whatever was done of it, the same code is typed again. */
static void a_power_cut_on_the_way_leaves_the_code_good(void **state) {
  struct field_world *w = *state;
  char code[lease_code_text_bytes];
  bool done = false;
  size_t cuts = 0;
  ann_alone(w);
  (void)field_mark(w, &fake_zoe, "P");
  lock(w);
  read_code(w, code, lease_new_pin);
  cut.real = w->host.config.files;
  const struct file_ops cutting = {.ctx = cut.real.ctx,
                                   .open = cut.real.open,
                                   .close = cut.real.close,
                                   .size = cut.real.size,
                                   .read = cut.real.read,
                                   .write = cut_write,
                                   .truncate = cut_truncate,
                                   .sync = cut_sync,
                                   .replace = cut_replace,
                                   .remove = cut_remove};
  for (size_t n = 1; !done; n += 1) {
    cut.left = SIZE_MAX;
    start_with(w, cutting);
    core_host_pass(&w->host, lease_delay_first_ms << (n < 8 ? n : 8)); /* each try is counted */
    cut.left = n;
    done = type_code(w, code);
    cuts += !done;
    cut.left = SIZE_MAX;
  }
  assert_true(cuts >= 4);
  start_with(w, cut.real);
  choose(w, "605817");
  assert_true(opens_with(w, "605817"));
  field_online(w);
  assert_int_equal(w->hub.bundle_count, 1);
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(another_pin_opens_and_what_was_recorded_still_leaves),
      IN_WORLD(ten_wrong_ones_are_no_hindrance),
      IN_WORLD(a_device_that_starts_again_before_one_was_chosen_still_asks_for_one),
      IN_WORLD(where_several_work_or_somebody_is_signed_in_nothing_is_given_up),
      IN_WORLD(a_code_that_renews_the_lease_gives_no_pin_up),
      IN_WORLD(a_power_cut_on_the_way_leaves_the_code_good),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
