/* place_test.c: a device that was cut off comes back to the session of the day. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "tests/lib/field_world.h"

#define REGISTER "#/register/00000000000000000000000000000001"

static void keeps(struct field_world *w, const char *place) {
  if (!core_host_call(&w->host, "place", "keep:t", place)) fail_msg("%s", w->host.text);
}

/* NULL: nowhere. */
static bool is_at(struct field_world *w, const char *place) {
  if (!core_host_call(&w->host, "place", "")) fail_msg("%s", w->host.text);
  return core_host_says(w->host.result, "place", place);
}

static void a_power_cut_brings_one_back_where_one_was(void **state) {
  struct field_world *w = *state;
  assert_true(is_at(w, NULL));
  keeps(w, "#/evacuation");
  keeps(w, REGISTER);
  field_restart(w);
  assert_true(is_at(w, REGISTER));
  keeps(w, "");
  field_restart(w);
  assert_true(is_at(w, NULL));
}

static void each_comes_back_to_their_own(void **state) {
  struct field_world *w = *state;
  keeps(w, REGISTER);
  fake_hub_unlock(&w->hub, &fake_bob);
  assert_true(is_at(w, NULL));
  keeps(w, "#/evacuation");
  fake_hub_unlock(&w->hub, &fake_ann);
  assert_true(is_at(w, REGISTER));
}

static void nobody_comes_back_to_the_day_before(void **state) {
  struct field_world *w = *state;
  keeps(w, REGISTER);
  core_host_pass(&w->host, 86400000);
  assert_true(is_at(w, NULL));
}

static void it_is_nothing_to_send_and_nobody_elses(void **state) {
  struct field_world *w = *state;
  keeps(w, REGISTER);
  assert_int_equal(core_host_int(field_status(w), "changes"), 0);
  assert_true(core_host_call(&w->host, "lock", ""));
  assert_false(core_host_call(&w->host, "place", ""));
  field_refused(w, "NOT_UNLOCKED");
}

static void one_that_is_none_is_refused_and_changes_nothing(void **state) {
  struct field_world *w = *state;
  char text[place_bytes_max + 2];
  memset(text, 'a', sizeof text);
  text[place_bytes_max + 1] = 0;
  keeps(w, REGISTER);
  assert_false(core_host_call(&w->host, "place", "keep:t", text));
  field_refused(w, "INVALID");
  assert_true(is_at(w, REGISTER));
}

int main(void) {
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, field_world_open, field_world_close)
  const struct CMUnitTest tests[] = {
      IN_WORLD(a_power_cut_brings_one_back_where_one_was),
      IN_WORLD(each_comes_back_to_their_own),
      IN_WORLD(nobody_comes_back_to_the_day_before),
      IN_WORLD(it_is_nothing_to_send_and_nobody_elses),
      IN_WORLD(one_that_is_none_is_refused_and_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
