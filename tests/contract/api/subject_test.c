/* subject_test.c: what a learner is given who asks for everything: each record as it is, what else was
 * written of it, and what is not in it. */
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

/* A table with a column for a learner is told by being in the schema, and a column for one has that name:
 * what has another would be neither told nor erased. */
static void every_table_that_names_a_learner_is_told(void **state) {
  (void)state;
  size_t told = 0;
  char place[64];
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    uint8_t column;
    if (!schema_subject(t, &column) || t->id == TABLE_learner) continue;
    const struct op op = hub_world_about(&w->world, t, &w->world.zoe, w->world.today, t->id);
    hub_world_put(&w->host, &op);
  }
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    uint8_t column;
    if (!schema_subject(t, &column)) continue;
    snprintf(place, sizeof place, "records.%s", t->name);
    if (!desk_at(place)) fail_msg("%s is not told", t->name);
    told++;
  }
  assert_true(told >= 17);
}

static void a_column_for_a_learner_is_called_that(void **state) {
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id))
    for (uint8_t i = 0; i < t->column_count; i++) {
      const struct column *c = &t->columns[i];
      /* one record that stands for another, and two that are not the same child */
      bool between = t->id == TABLE_learner || t->id == TABLE_learner_apart;
      if (c->type == TYPE_ID && strcmp(c->of, "learner") == 0 && !between && strcmp(c->name, "learner") != 0)
        fail_msg("%s.%s names a learner and is not found by that", t->name, c->name);
    }
}

static void what_is_not_in_it_is_said(void **state) {
  (void)state;
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  assert_int_equal(desk_count("not_included"), 4);
}

/* For a person: no word of the schema, days as people write them, what was written before, and nothing that a
 * name could break. */
static void the_page_is_for_a_person(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text("<b>Zo\xc3\xab"));
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  hub_world_put(&w->host, &op);
  char path[128];
  snprintf(path, sizeof path, "%s?format=page", desk_path("/api/subject/", &w->world.zoe));
  desk_get(path);
  assert_int_equal(desk.status, 200);
  assert_non_null(strstr(desk.file_name, ".html"));
  static const char *const said[] = {"holds about &lt;b&gt;Zo\xc3\xab Testing</h1>",
                                     "<h2>Attendance <small>1</small>", "21 November 2026 16:00",
                                     "What was written before", "What is not on this page"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    if (!strstr(desk.text, said[i])) fail_msg("\"%s\" is not in: %s", said[i], desk.text);
  static const char *const unsaid[] = {"2026-11-21", "also_written", "merged_into", ">Code<", "<b>"};
  for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
    if (strstr(desk.text, unsaid[i])) fail_msg("\"%s\" is in: %s", unsaid[i], desk.text);
  snprintf(path, sizeof path, "%s?format=pdf", desk_path("/api/subject/", &w->world.zoe));
  desk_get(path);
  desk_expect(400, "INVALID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_written_before_is_told_too),
      TEST(what_is_contested_is_told_both_ways),
      TEST(every_table_that_names_a_learner_is_told),
      TEST(a_column_for_a_learner_is_called_that),
      TEST(what_is_not_in_it_is_said),
      TEST(the_page_is_for_a_person),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
