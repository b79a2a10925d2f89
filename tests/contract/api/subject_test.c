/* subject_test.c: what a learner is given who asks for everything: each record as it is, and what else was
 * written of it. */
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void what_was_written_before_is_told_too(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  matter_decide(&matter, 2, "Ben saw the door");
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  assert_int_equal(desk_count("records.mark"), 1);
  assert_string_equal(desk_text("records.mark.0.session"), "Strings, 2026-11-21 16:00");
  const char *now = desk_text("records.mark.0.code");
  bool away = strcmp(now, schema_enum_label(schema_enum("mark_code"), ENUM_mark_code_AU)) == 0;
  const char *other =
      schema_enum_label(schema_enum("mark_code"), away ? ENUM_mark_code_P : ENUM_mark_code_AU);
  assert_string_equal(desk_text("records.mark.0.also_written.0.code"), other);
  assert_non_null(desk_text("records.mark.0.also_written.0.written_at"));
  assert_non_null(desk_text("records.mark.0.also_written.0.written_by"));
  assert_null(desk_at("records.mark.0.also_written.0.learner")); /* what is the same is said once */
  assert_null(desk_at("records.enrolment.0.also_written"));
}

/* As long as the office has not decided, both values are the hub's. */
static void what_is_contested_is_told_both_ways(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  assert_int_equal(desk_count("records.mark.0.also_written"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_written_before_is_told_too),
      TEST(what_is_contested_is_told_both_ways),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
