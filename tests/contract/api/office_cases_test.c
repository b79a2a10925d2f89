/* office_cases_test.c: what the office really meets, from the device's bundle to the figure: the cases that
 * no other test plays whole. */
#include <stdio.h>

#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static struct row row_of(uint8_t table, const struct id *id) {
  struct row row;
  assert_int_equal(w->host.store->ops->load_row(w->host.store, schema_table(table), id, &w->arena, &row),
                   ERR_OK);
  return row;
}

static struct id session_matter(void) {
  struct id id;
  work_item_id(&id, ITEM_CONFLICT, schema_table(TABLE_session), &w->world.strings_today, 2, NULL);
  return id;
}

/* How a session came out, as a device writes it that has seen nothing of what the office says meanwhile. */
static void device_says(struct test_device *d, const struct id *author, int status, int cause) {
  struct op op = {.table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(status);
  if (cause) op.values[COL(session, cause)] = value_int(cause);
  struct row before = row_of(TABLE_session, &w->world.strings_today);
  struct changeset *cs = test_device_write(d, author, &op);
  struct base *base = arena_take(&d->arena, 1, sizeof *base);
  struct op *written = arena_take(&d->arena, 1, sizeof *written);
  assert_true(base && written);
  *base = (struct base){.unit = 2, .op = before.units[2].heads[0].op};
  *written = cs->ops[0];
  written->bases = base;
  written->base_count = 1;
  cs->ops = written;
}

static void device_closes(struct test_device *d, const struct id *author) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  test_device_write(d, author, &op);
}

static void office_cancels(int cause) {
  struct op op = {.table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  op.values[COL(session, cause)] = value_int(cause);
  hub_world_put(&w->host, &op);
}

/* Of the matter in view: the choice that is said so. */
static int choice_of(const char *words) {
  for (size_t i = 0; i < desk_count("choices"); i++) {
    char place[40];
    snprintf(place, sizeof place, "choices.%zu.label", i);
    if (strstr(desk_text(place), words)) return (int)i + 1;
  }
  fail_msg("no choice says \"%s\": %s", words, desk.text);
  return 0;
}

static void choose(const struct id *id, const char *words) {
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/work/items/", id));
  desk_fine();
  matter_decide(id, choice_of(words), "Asked both");
  desk_fine();
}

static long long attended(void) {
  desk_return(ENUM_role_office);
  desk_get("/api/reports/table?report=attendance&by=hub");
  desk_fine();
  return desk_number("total.whole");
}

static void evening(void) { hub_host_pass(&w->host, INT64_C(9) * 3600000); }

/* The office had cancelled it, and the tutor was there without a line. */
static void marks_of_a_session_the_office_cancelled_are_kept_and_it_picks_delivered_or_void(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  device_says(&w->device, &w->world.ada, ENUM_session_status_delivered, 0);
  device_closes(&w->device, &w->world.ada);
  hub_host_pass(&w->host, 60000);
  office_cancels(ENUM_cancel_cause_hub);
  (void)ingest_bring(&w->device);
  evening();
  struct id id = session_matter();
  assert_int_equal(attended(), 0); /* cancelled is in use: it was said last */
  desk_get(desk_path("/api/work/items/", &id));
  desk_fine();
  assert_string_equal(desk_text("state"), "open");
  assert_non_null(strstr(desk_text("question"), "Strings"));
  assert_int_equal(desk_count("choices"), 2);
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  assert_int_equal(desk_number("totals.here"), 1); /* kept */
  choose(&id, "Delivered");
  assert_int_equal(attended(), 1);
  matter_undo(&id, "It was another day");
  desk_fine();
  assert_int_equal(attended(), 0);
  choose(&id, "Cancelled");
  assert_int_equal(attended(), 0);
  struct row mark = ingest_load_mark(&w->world.zoe);
  assert_true(mark.exists); /* void, and not gone */
}

/* Nobody counts what the office has still to decide, whoever spoke last. */
static void until_the_office_has_picked_they_stand_outside_the_rates(void **state) {
  (void)state;
  hub_host_pass(&w->host, 60000);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  device_says(&w->device, &w->world.ada, ENUM_session_status_delivered, 0);
  device_closes(&w->device, &w->world.ada);
  hub_host_pass(&w->host, -60000);
  office_cancels(ENUM_cancel_cause_hub);
  (void)ingest_bring(&w->device);
  evening();
  struct id id = session_matter();
  assert_int_equal(attended(), 0);
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  assert_string_equal(desk_text("status"), "delivered"); /* is in use: it was said last */
  assert_int_equal(desk_number("totals.here"), 1);
  choose(&id, "Delivered");
  assert_int_equal(attended(), 1);
}

/* A mark alone says nothing about whether it took place. */
static void marks_of_a_cancelled_session_that_nobody_finished_count_nowhere(void **state) {
  (void)state;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  office_cancels(ENUM_cancel_cause_weather);
  (void)ingest_bring(&w->device);
  evening();
  assert_int_equal(attended(), 0);
  desk_get("/api/work/counts");
  assert_int_equal(desk_number("conflicts"), 0);
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  assert_int_equal(desk_number("totals.here"), 1);
}

static void a_lesson(struct id *school) {
  struct op op = {.table = schema_table(TABLE_school), .units = 7};
  crypto_import_id(&op.row, &w->host.hub.id, "school", slice_text("Sample School"));
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&w->host, &op);
  *school = op.row;
  struct op at = {.table = schema_table(TABLE_activity), .row = w->world.strings, .units = 1U << 2 | 1U << 3};
  at.values[COL(activity, mode)] = value_int(ENUM_mode_small);
  at.values[COL(activity, school)] = value_id(school);
  hub_world_put(&w->host, &at);
  struct op contract = {.table = schema_table(TABLE_contract), .units = 7};
  crypto_import_id(&contract.row, &w->host.hub.id, "contract", slice_text("1"));
  contract.values[COL(contract, school)] = value_id(school);
  contract.values[COL(contract, starts)] = value_int(w->world.today - 60);
  hub_world_put(&w->host, &contract);
}

static long long owed(void) {
  desk_return(ENUM_role_office);
  desk_get("/api/owed");
  desk_fine();
  return desk_number("schools.0.counts.owed");
}

/* Three places at one lesson: owed when the school told us, charged when it told us too late. */
static void two_causes_of_one_cancelled_lesson_are_kept_and_what_is_owed_follows_the_office(void **state) {
  (void)state;
  struct id school, id = session_matter();
  a_lesson(&school);
  device_says(&w->device, &w->world.ada, ENUM_session_status_cancelled, ENUM_cancel_cause_school_notice);
  device_says(&w->other, &w->world.ben, ENUM_session_status_cancelled, ENUM_cancel_cause_school_short);
  (void)ingest_bring(&w->device);
  (void)ingest_bring(&w->other);
  evening();
  desk_return(ENUM_role_office);
  desk_get("/api/owed");
  assert_int_equal(desk_number("schools.0.counts.disputed"), 3);
  desk_get(desk_path("/api/work/items/", &id));
  desk_fine();
  assert_int_equal(desk_count("choices"), 2);
  assert_true(choice_of("short") != choice_of("with notice"));
  choose(&id, "with notice");
  assert_int_equal(owed(), 3);
  assert_int_equal(desk_number("schools.0.counts.disputed"), 0);
  matter_undo(&id, "Asked the school again");
  desk_fine();
  choose(&id, "short");
  assert_int_equal(owed(), 0);
  assert_int_equal(desk_number("schools.0.counts.charged"), 3);
}

static void zoe_is(int status) {
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(status);
  hub_world_put(&w->host, &op);
}

static void a_note_on_a_learner_who_has_left_is_kept_and_brings_nobody_back(void **state) {
  (void)state;
  struct entropy e = hub_host_entropy(&w->host);
  struct op op = {.table = schema_table(TABLE_note), .row = entropy_id(&e), .units = 3};
  op.values[COL(note, learner)] = value_id(&w->world.zoe);
  op.values[COL(note, activity)] = value_id(&w->world.strings);
  op.values[COL(note, staff)] = value_id(&w->world.ada);
  op.values[COL(note, date)] = value_int(w->world.today);
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  op.values[COL(note, text)] = value_text(slice_text("A fine last lesson."));
  test_device_write(&w->device, &w->world.ada, &op);
  zoe_is(ENUM_learner_status_left);
  (void)ingest_bring(&w->device);
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_fine();
  assert_string_equal(desk_text("status"), "left"); /* the page says so above the note */
  assert_string_equal(desk_text("notes.0.text"), "A fine last lesson.");
}

/* Strings met at the old school; from now on Zoe plays at another. */
static void whoever_moves_school_leaves_the_old_ones_figures_as_they_were(void **state) {
  (void)state;
  struct id school;
  struct store_history *list;
  size_t count;
  a_lesson(&school);
  struct op at = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 3};
  at.values[COL(learner, school)] = value_id(&school);
  hub_world_put(&w->host, &at);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  device_says(&w->device, &w->world.ada, ENUM_session_status_delivered, 0);
  device_closes(&w->device, &w->world.ada);
  (void)ingest_bring(&w->device);
  struct op other = {.table = schema_table(TABLE_school), .units = 7};
  crypto_import_id(&other.row, &w->host.hub.id, "school", slice_text("Other School"));
  other.values[COL(school, name)] = value_text(slice_text("Other School"));
  hub_world_put(&w->host, &other);
  at.values[COL(learner, school)] = value_id(&other.row);
  hub_world_put(&w->host, &at);
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today - 30, w->world.today + 1);
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.brass, w->world.today + 1, 0);
  evening();
  desk_return(ENUM_role_office);
  desk_get("/api/reports/table?report=attendance&by=school");
  desk_fine();
  assert_int_equal(desk_number("total.whole"), 1);
  assert_string_equal(desk_text("rows.0.name"), "Sample School");
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_string_equal(desk_text("school"), "Other School");
  assert_int_equal(w->host.store->ops->read_history(w->host.store, schema_table(TABLE_learner), &w->world.zoe,
                                                    &w->arena, &list, &count),
                   ERR_OK);
  size_t old = 0;
  for (size_t i = 0; i < count; i++) {
    const struct value *v = &list[i].values[COL(learner, school)];
    old += v->kind == VALUE_ID && id_equal(&v->id, &school);
  }
  assert_true(old > 0);
}

/* What the board that was asked for says of one session; -1: nothing. */
static int64_t board_headcount(const struct id *session) {
  char text[id_text_bytes];
  id_text(text, session);
  const json_t *one;
  size_t i;
  json_array_foreach(desk_at("registers"), i, one) {
    if (strcmp(json_string_value(json_object_get(one, "session")), text) != 0) continue;
    const json_t *count = json_object_get(one, "headcount");
    return count ? json_integer_value(count) : -1;
  }
  fail_msg("the board does not have it");
  return -1;
}

/* First access: thirty children of a school, of whom the hub holds no name. */
static void a_whole_class_without_names_is_a_number_and_its_register_is_not_missing(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_session), .row = w->world.strings_today, .units = 1U << 5};
  op.values[COL(session, headcount)] = value_int(28);
  test_device_write(&w->device, &w->world.ada, &op);
  device_says(&w->device, &w->world.ada, ENUM_session_status_delivered, 0);
  device_closes(&w->device, &w->world.ada);
  (void)ingest_bring(&w->device);
  evening();
  assert_int_equal(attended(), 0); /* nobody is marked: no rate is made of a number */
  desk_get("/api/reports/table?report=completeness&by=hub");
  desk_fine();
  assert_int_equal(desk_number("total.part"), 1);
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  desk_fine();
  assert_int_equal(desk_number("headcount"), 28);
  assert_string_equal(desk_text("state"), "closed");
  desk_get("/api/today");
  assert_int_equal(board_headcount(&w->world.strings_today), 28);
  desk_return(ENUM_role_lead); /* is told numbers of children by reports alone */
  desk_get("/api/today");
  assert_int_equal(board_headcount(&w->world.strings_today), -1);
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/registers/", &w->world.brass_today));
  assert_int_equal(desk_number("headcount"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(marks_of_a_session_the_office_cancelled_are_kept_and_it_picks_delivered_or_void),
      TEST(until_the_office_has_picked_they_stand_outside_the_rates),
      TEST(marks_of_a_cancelled_session_that_nobody_finished_count_nowhere),
      TEST(two_causes_of_one_cancelled_lesson_are_kept_and_what_is_owed_follows_the_office),
      TEST(a_note_on_a_learner_who_has_left_is_kept_and_brings_nobody_back),
      TEST(whoever_moves_school_leaves_the_old_ones_figures_as_they_were),
      TEST(a_whole_class_without_names_is_a_number_and_its_register_is_not_missing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
