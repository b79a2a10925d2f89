/* seal_test.c: what makes a device seal its work, and what it does when there is no room to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "client/core/state.h"
#include "tests/lib/field_world.h"

static size_t sealed(const struct field_world *w) { return w->host.core->outbox.count; }

/* ---- each of these seals at once ---- */

static void pauses(struct field_world *w) { core_host_pass(&w->host, seal_pause_ms); }
static void locks(struct field_world *w) { assert_true(core_host_call(&w->host, "lock", "")); }
static void goes_to_the_background(struct field_world *w) {
  core_host_step(&w->host, EV_STOP, 0, slice_of(NULL, 0));
}
static void finishes(struct field_world *w) {
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
}
static void marks_a_lesson_of_one(struct field_world *w) {
  assert_true(
      core_host_call(&w->host, "mark.set", "session:i learner:i code:w", &fake_solo_today, &fake_ben, "P"));
}
static void lets_somebody_else_sign_in(struct field_world *w) { fake_hub_unlock(&w->hub, &fake_bob); }
static void exports(struct field_world *w) { assert_true(core_host_call(&w->host, "export", "")); }
static void asks_to_send(struct field_world *w) { assert_true(core_host_call(&w->host, "sync.now", "")); }
static void meets_the_hub(struct field_world *w) { field_online(w); }

static const struct {
  const char *what;
  void (*act)(struct field_world *w);
} occasions[] = {
    {"a pause of two seconds", pauses},
    {"lock", locks},
    {"the background", goes_to_the_background},
    {"Finish", finishes},
    {"a lesson of one that closes itself", marks_a_lesson_of_one},
    {"log-out by somebody else's sign-in", lets_somebody_else_sign_in},
    {"export", exports},
    {"send now", asks_to_send},
    {"WELCOME, before anything is sent", meets_the_hub},
};

static void every_occasion_seals(void **state) {
  struct field_world *w = *state;
  for (size_t i = 0; i < sizeof occasions / sizeof occasions[0]; i += 1) {
    struct id player = fake_player(i);
    size_t before = sealed(w);
    if (i <= 3)
      (void)field_mark(w, &player, "P");
    else /* the register is finished by now */
      assert_true(core_host_call(&w->host, "note.add", "learner:i activity:i text:t", &fake_ben, &fake_solo,
                                 "Well done"));
    assert_int_equal(sealed(w), before);
    occasions[i].act(w);
    if (sealed(w) <= before) fail_msg("%s did not seal", occasions[i].what);
    assert_int_equal(w->host.core->unsealed.changesets, 0);
    if (!core_unlocked(w->host.core) || !id_equal(&w->host.core->who, &fake_ann))
      fake_hub_unlock(&w->hub, &fake_ann);
    assert_int_equal(w->host.step_error, ERR_OK);
  }
}

static void a_second_less_than_the_pause_seals_nothing(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  core_host_pass(&w->host, seal_pause_ms - 1);
  (void)field_mark(w, &fake_zoe, "AU");
  core_host_pass(&w->host, seal_pause_ms - 1);
  assert_int_equal(sealed(w), 0);
  core_host_pass(&w->host, 1);
  assert_int_equal(sealed(w), 1);
}

/* Who is signed out by the office leaves nothing unsealed either. */
static void log_out_by_the_office_seals(void **state) {
  struct field_world *w = *state;
  field_online(w);
  (void)field_mark(w, &fake_zoe, "P");
  w->hub.staff[0] = w->hub.staff[1];
  w->hub.staff_count = 1;
  fake_hub_grants(&w->hub);
  assert_false(core_unlocked(w->host.core));
  assert_int_equal(sealed(w), 1);
}

/* ---- no room ---- */

static void a_full_outbox_says_so_and_loses_nothing(void **state) {
  struct field_world *w = *state;
  (void)field_mark(w, &fake_zoe, "P");
  field_pause(w);
  uint64_t size = w->host.core->outbox.size;
  w->host.core->outbox.size = outbox_bytes_max;
  struct id one = fake_player(1);
  (void)field_mark(w, &one, "AU");
  field_pause(w);
  assert_int_equal(w->host.step_error, ERR_OK);
  assert_int_equal(sealed(w), 1);
  assert_true(core_host_says(field_status(w), "badge", "help"));
  assert_non_null(strstr((const char *)core_host_text(w->host.result, "reason").ptr, "export it"));
  assert_true(core_host_call(&w->host, "export", ""));
  assert_int_equal(core_host_int(w->host.result, "bundles"), 1);
  assert_true(core_host_call(&w->host, "register.finish", "session:i rest:w", &fake_strings_today, "P"));
  field_online(w); /* it sends what is sealed, and the receipt finds room */
  assert_int_equal(w->hub.bundle_count, 1);
  assert_int_equal(w->host.core->outbox.list[0].status, RECEIPT_APPLIED);
  w->host.core->outbox.size = size;
  core_host_pass(&w->host, reconnect_max_ms);
  fake_hub_serve(&w->hub);
  assert_int_equal(sealed(w), 2);
  assert_int_equal(w->hub.bundle_count, 2);
  assert_true(core_host_says(field_status(w), "badge", "sent"));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(every_occasion_seals),
      IN_WORLD(a_second_less_than_the_pause_seals_nothing),
      IN_WORLD(log_out_by_the_office_seals),
      IN_WORLD(a_full_outbox_says_so_and_loses_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
