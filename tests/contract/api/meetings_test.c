/* meetings_test.c: of two rooms, or two people, at one time of the week each is a line of its own. */
#include <stdio.h>

#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static const char *day(int after) {
  static char texts[4][date_text_bytes];
  static int next;
  char *text = texts[next++ % 4];
  date_text(text, w->world.today + after);
  return text;
}

static struct id brass(void) {
  struct id id;
  desk_send("/api/activities/add", json_pack("{s:s, s:s}", "name", "Brass", "mode", "small"));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

/* What is done with meetings from a day on, of those that begin at 15:30 on the weekday of tomorrow. */
static json_t *from(int first) {
  char weekday[4];
  (void)snprintf(weekday, sizeof weekday, "%d", (w->world.today + 1 + 3) % 7 + 1);
  return json_pack("{s:s, s:s, s:s}", "first", day(first), "was_weekday", weekday, "was_starts", "15:30");
}

static void of_two_rooms_at_one_time_of_the_week_each_is_changed_by_itself(void **state) {
  (void)state;
  struct id activity = brass();
  desk_send(desk_path("/api/activities/plan/", &activity),
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "first", day(1), "last", day(29), "starts", "15:30",
                      "ends", "16:00", "place", "Hall"));
  desk_fine();
  json_t *body = from(10);
  json_object_set(body, "weekday", json_object_get(body, "was_weekday"));
  json_object_set_new(body, "starts", json_string("15:30"));
  json_object_set_new(body, "ends", json_string("16:00"));
  json_object_set_new(body, "place", json_string("Studio"));
  desk_send(desk_path("/api/activities/retime/", &activity), body);
  desk_fine();
  assert_int_equal(desk_count("times"), 2);
  assert_string_equal(desk_text("times.0.place"), "Hall");
  assert_int_equal(desk_number("times.1.meetings"), 3);
  body = from(1);
  json_object_set_new(body, "off", json_string("yes"));
  json_object_set_new(body, "was_place", json_string("Hall"));
  desk_send(desk_path("/api/activities/retime/", &activity), json_deep_copy(body));
  desk_expect(400, "INVALID"); /* a place alone says too little */
  json_object_set_new(body, "was_ends", json_string("16:00"));
  desk_send(desk_path("/api/activities/retime/", &activity), body);
  desk_fine();
  assert_int_equal(desk_count("times"), 1);
  assert_string_equal(desk_text("times.0.place"), "Studio");
  assert_int_equal(desk_number("times.0.meetings"), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(of_two_rooms_at_one_time_of_the_week_each_is_changed_by_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
