/* pin_test.c: PINs: attempts, delays, the tenth wrong one, changing staff. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include <sys/resource.h>

#include "client/core/small_file.h"
#include "tests/lib/field_world.h"

static void wrong(struct field_world *w, const char *code) {
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "111222"));
  field_refused(w, code);
}

static void restart_locked(struct field_world *w) {
  core_host_stop(&w->host);
  w->host.config.hold = true;
  core_host_start(&w->host);
}

static void a_wrong_pin_says_how_many_are_left(void **state) {
  struct field_world *w = *state;
  wrong(w, "WRONG_SECRET");
  assert_int_equal(w->host.attempts_left, 9);
  assert_int_equal(w->host.wait_ms, 0);
  assert_true(core_host_call(&w->host, "device.status", ""));
  assert_true(core_host_says(w->host.result, "unlocked", NULL));
}

static void attempts_are_counted_through_a_restart_and_forgotten_after_the_right_one(void **state) {
  struct field_world *w = *state;
  wrong(w, "WRONG_SECRET");
  wrong(w, "WRONG_SECRET");
  restart_locked(w);
  wrong(w, "WRONG_SECRET");
  assert_int_equal(w->host.attempts_left, 7);
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_call(&w->host, "lock", ""));
  wrong(w, "WRONG_SECRET");
  assert_int_equal(w->host.attempts_left, 9);
}

static void from_the_fifth_attempt_on_waits_double_and_survive_a_restart(void **state) {
  struct field_world *w = *state;
  for (int i = 0; i < pin_attempts_free; i += 1) wrong(w, "WRONG_SECRET");
  assert_int_equal(w->host.wait_ms, pin_delay_first_ms);
  wrong(w, "WAIT");
  assert_int_equal(w->host.attempts_left, 6);
  restart_locked(w);
  wrong(w, "WAIT");
  core_host_pass(&w->host, pin_delay_first_ms);
  wrong(w, "WRONG_SECRET");
  assert_int_equal(w->host.wait_ms, 2 * pin_delay_first_ms);
  core_host_pass(&w->host, pin_delay_first_ms);
  wrong(w, "WAIT");
}

static void ten_wrong_pins(struct field_world *w) {
  for (int i = 0; i < pin_attempts_max; i += 1) {
    wrong(w, i + 1 == pin_attempts_max ? "LOCKED" : "WRONG_SECRET");
    core_host_pass(&w->host, 3600000);
  }
}

static void after_ten_wrong_pins_in_mid_register_the_work_can_still_be_exported(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  ten_wrong_pins(w);
  wrong(w, "LOCKED");
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  field_refused(w, "LOCKED");
  assert_true(core_host_says(field_status(w), "badge", "help"));
  assert_int_equal(core_host_int(w->host.result, "registers"), 1);
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
  assert_int_equal(core_host_int(w->host.result, "registers"), 1);
}

static void somebody_signed_in_can_give_a_new_pin_to_who_was_locked_out(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  ten_wrong_pins(w);
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_true(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "274951"));
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(core_host_says(field_row_of(field_get(w, &fake_strings_today), &fake_zoe), "code", "P"));
}

static void nobody_changes_the_working_pin_of_another(void **state) {
  struct field_world *w = *state;
  assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_bob, "395162"));
  field_refused(w, "FORBIDDEN");
  assert_true(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, "395162"));
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951"));
  assert_true(core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "395162"));
}

static void a_weak_pin_is_refused_with_a_sentence(void **state) {
  struct field_world *w = *state;
  static const char *const weak[] = {"123456", "111111", "12", ""};
  for (size_t i = 0; i < 4; i += 1) {
    assert_false(core_host_call(&w->host, "pin.set", "staff:i pin:t", &fake_ann, weak[i]));
    field_refused(w, "INVALID");
  }
}

static void changing_staff_seals_what_the_one_before_wrote(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  fake_hub_unlock(&w->hub, &fake_bob);
  size_t count = 0;
  (void)core_host_list(field_status(w), "bundles", &count);
  assert_int_equal(count, 1);
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "FORBIDDEN");
  assert_true(core_host_call(&w->host, "register.get", "session:i", &fake_brass_today));
}

static void while_locked_nothing_of_the_hub_is_told(void **state) {
  struct field_world *w = *state;
  static const char *const commands[] = {"today", "activities"};
  assert_true(core_host_call(&w->host, "lock", ""));
  for (size_t i = 0; i < 2; i += 1) {
    assert_false(core_host_call(&w->host, commands[i], ""));
    field_refused(w, "NOT_UNLOCKED");
  }
  assert_false(core_host_call(&w->host, "register.get", "session:i", &fake_strings_today));
  field_refused(w, "NOT_UNLOCKED");
  assert_false(core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_strings_today,
                              &fake_zoe, "P"));
  field_refused(w, "NOT_UNLOCKED");
}

/* In the staff file a name is followed by has_pin, wrong, two times and a boot, then by the wrap: a salt,
 * passes and KiB of memory. */
static void let_ann_cost_much_memory(struct field_world *w) {
  static const char magic[9] = "TUTTIST1";
  enum { behind_name = 1 + 1 + 8 + 8 + id_bytes, at_memory = behind_name + salt_bytes + 4 };
  struct buf staff = BUF_INIT(1 << 18);
  assert_int_equal(small_file_read(&staff, &w->host.config.files, "staff", magic, NULL), ERR_OK);
  size_t at = 0;
  while (at + 8 < staff.len && memcmp(staff.ptr + at, "Ann Bell", 8) != 0) at += 1;
  assert_true(at + 8 + at_memory + 4 < staff.len);
  staff.ptr[at + 8 + at_memory + 2] = 0x0f; /* little-endian: some 960 MiB */
  assert_int_equal(small_file_write(&w->host.config.files, "staff", magic, buf_slice(&staff)), ERR_OK);
  buf_finish(&staff);
}

/* Bytes of address space; a sanitizer's own are many. */
static rlim_t space(void) {
  unsigned long long pages = 0;
  FILE *f = fopen("/proc/self/statm", "re");
  assert_non_null(f);
  assert_int_equal(fscanf(f, "%llu", &pages), 1);
  assert_int_equal(fclose(f), 0);
  return (rlim_t)pages * 4096;
}

static void a_pin_that_no_memory_was_left_to_look_at_was_not_wrong(void **state) {
  struct field_world *w = *state;
  struct rlimit before;
  if (space() > (rlim_t)1 << 36) skip();
  core_host_stop(&w->host);
  let_ann_cost_much_memory(w);
  assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
  for (int i = 0; i < pin_attempts_max + 1; i += 1) {
    restart_locked(w);
    assert_int_equal(setrlimit(RLIMIT_AS, &(struct rlimit){space() + (1 << 28), before.rlim_max}), 0);
    (void)core_host_call(&w->host, "unlock", "staff:i pin:t", &fake_ann, "274951");
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(w->host.step_error, ERR_NO_MEMORY);
  }
  restart_locked(w);
  assert_true(core_host_call(&w->host, "device.status", ""));
  size_t count = 0;
  const item *staff = core_host_list(w->host.result, "staff", &count);
  for (size_t i = 0; i < count; i += 1)
    assert_int_equal(core_host_int(item_at(staff, i), "attempts_left"), pin_attempts_max);
}

static void a_stranger_has_no_pin_here(void **state) {
  struct field_world *w = *state;
  struct id stranger = {{0x77}};
  assert_false(core_host_call(&w->host, "unlock", "staff:i pin:t", &stranger, "274951"));
  field_refused(w, "NOT_FOUND");
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_wrong_pin_says_how_many_are_left),
      IN_WORLD(attempts_are_counted_through_a_restart_and_forgotten_after_the_right_one),
      IN_WORLD(from_the_fifth_attempt_on_waits_double_and_survive_a_restart),
      IN_WORLD(after_ten_wrong_pins_in_mid_register_the_work_can_still_be_exported),
      IN_WORLD(somebody_signed_in_can_give_a_new_pin_to_who_was_locked_out),
      IN_WORLD(nobody_changes_the_working_pin_of_another),
      IN_WORLD(a_weak_pin_is_refused_with_a_sentence),
      IN_WORLD(changing_staff_seals_what_the_one_before_wrote),
      IN_WORLD(while_locked_nothing_of_the_hub_is_told),
      IN_WORLD(a_pin_that_no_memory_was_left_to_look_at_was_not_wrong),
      IN_WORLD(a_stranger_has_no_pin_here),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
