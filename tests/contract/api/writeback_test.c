/* writeback_test.c: files for other systems: what stands in them, what is new in the next one, and that the
 * same run gives the same file. */
#include "server/core/erase.h"
#include "tests/contract/api/desk.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;
#define BOM "\xEF\xBB\xBF"

static void name_learner(const struct id *learner, const char *name) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *learner, .units = 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text(name));
  hub_world_put(&w->host, &op);
}

static void set_register(int state) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(state);
  op.values[COL(register, at)] = value_int(w->host.now.wall_ms);
  hub_world_put(&w->host, &op);
}

static void mark(const struct id *learner, int code) {
  struct id keys[2] = {w->world.strings_today, *learner};
  struct op op = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op.row, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(&w->world.strings_today);
  op.values[COL(mark, learner)] = value_id(learner);
  op.values[COL(mark, code)] = value_int(code);
  hub_world_put(&w->host, &op);
}

/* Zoe here, Jo away, in a closed register. */
static void take(void) {
  name_learner(&w->world.zoe, "=Zo\xC3\xAB");
  mark(&w->world.zoe, ENUM_mark_code_P);
  mark(&w->world.jo, ENUM_mark_code_AU);
  set_register(ENUM_register_state_closed);
}

static json_t *wish(void) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s, s, s, s], s:[s, s]}", "name", "SpeedAdmin attendance",
                   "what", "attendance", "dates", "21/11/2026", "from", "2026-09-01", "delimiter",
                   "semicolon", "columns", "date=Lesson date", "starts=", "first_name=Pupil", "code=Status",
                   "codes", "P=/", "AU=-");
}

static struct id save(json_t *body) {
  struct id id;
  desk_send("/api/writeback/save", body);
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

/* The text of the next run's file, the caller's; NULL: there was nothing new. */
static char *run(const struct id *mapping, struct id *id) {
  desk_send(desk_path("/api/writeback/run/", mapping), json_object());
  desk_fine();
  if (!desk_text("run.id")) return NULL;
  assert_int_equal(id_parse(id, slice_text(desk_text("run.id"))), ERR_OK);
  desk_get(desk_path("/api/writeback/file/", id));
  desk_fine();
  return strdup(desk.text);
}

static const char *today(void) {
  static char text[16];
  struct date d = date_from_days(w->world.today);
  (void)snprintf(text, sizeof text, "%02d/%02d/%04d", d.day, d.month, d.year);
  return text;
}

static void has_line(const char *file, const char *rest) {
  char line[120];
  (void)snprintf(line, sizeof line, "\"%s\";%s\r\n", today(), rest);
  if (!strstr(file, line)) fail_msg("no line %s in %s", line, file);
}

static void a_file_has_the_columns_dates_and_codes_that_were_chosen(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), id;
  char *file = run(&mapping, &id);
  assert_non_null(file);
  assert_memory_equal(file, BOM "\"Lesson date\";\"Begins\";\"Pupil\";\"Status\"\r\n", 43);
  has_line(file, "\"16:00\";\"'=Zo\xC3\xAB\";\"/\""); /* no formula */
  has_line(file, "\"16:00\";\"Jo\";\"-\"");
  assert_string_equal(desk.file_name, "tutti-1.csv");
  free(file);
}

static void number(const struct id *learner, const char *upn, const char *mis_id) {
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 7};
  crypto_row_id(&op.row, TABLE_learner_key, learner, 1);
  op.values[COL(learner_key, learner)] = value_id(learner);
  if (upn) op.values[COL(learner_key, upn)] = value_text(slice_text(upn));
  if (mis_id) op.values[COL(learner_key, mis_id)] = value_text(slice_text(mis_id));
  hub_world_put(&w->host, &op);
}

/* Other systems know a child by their own numbers; the record that stands may have them from another one. */
static void a_file_may_have_the_numbers_of_other_systems(void **state) {
  (void)state;
  take();
  number(&w->world.zoe, "P000000000001", "00017");
  number(&w->world.li, "D000000000002", NULL);
  number(&w->world.jo, "B99900000001A", NULL); /* a temporary one, of the record that stands */
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.li, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.jo);
  hub_world_put(&w->host, &op);
  json_t *body = wish();
  json_object_set_new(body, "columns", json_pack("[s, s, s, s]", "date=", "upn=UPN", "mis_id=", "code="));
  struct id mapping = save(body), id;
  char *file = run(&mapping, &id);
  assert_non_null(file);
  assert_non_null(strstr(file, "\"Date\";\"UPN\";\"School system's number\";\"Mark\"\r\n"));
  has_line(file, "\"P000000000001\";\"00017\";\"/\"");
  has_line(file, "\"D000000000002\";;\"-\"");
  free(file);
}

static void a_run_holds_what_is_new_or_different_and_the_same_run_the_same_file(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), first, second, third;
  char *all = run(&mapping, &first);
  char *nothing = run(&mapping, &second);
  assert_null(nothing);
  free(nothing);
  mark(&w->world.jo, ENUM_mark_code_L);
  mark(&w->world.li, ENUM_mark_code_P);
  char *later = run(&mapping, &second);
  assert_non_null(later);
  assert_null(strstr(later, "Zo"));
  has_line(later, "\"16:00\";\"Jo\";\"L\"");
  has_line(later, "\"16:00\";\"Li\";\"/\"");
  desk_get("/api/writeback");
  assert_int_equal(desk_count("mappings.0.runs"), 2);
  assert_int_equal(desk_number("mappings.0.runs.0.fresh"), 1);
  assert_int_equal(desk_number("mappings.0.runs.0.changed"), 1);
  assert_string_equal(desk_text("mappings.0.settings.dates"), "21/11/2026");
  desk_get(desk_path("/api/writeback/file/", &first));
  assert_string_equal(desk.text, all);
  desk_get(desk_path("/api/writeback/file/", &second));
  assert_string_equal(desk.text, later);
  set_register(ENUM_register_state_reopened); /* whoever reopened it has not said anything else yet */
  char *gone = run(&mapping, &third);
  assert_non_null(gone);
  assert_null(strstr(gone, "16:00"));
  desk_get("/api/writeback");
  assert_int_equal(desk_number("mappings.0.runs.0.gone"), 3);
  set_register(ENUM_register_state_closed);
  free(gone);
  gone = run(&mapping, &third);
  has_line(gone, "\"16:00\";\"Jo\";\"L\""); /* it is sent again */
  free(all);
  free(later);
  free(gone);
}

/* A notice explains what the register says: the row is another one though the mark is not. */
static void a_notice_that_explains_an_absence_sends_the_row_again(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), id;
  free(run(&mapping, &id));
  struct op op = {.table = schema_table(TABLE_absence_notice), .units = 3};
  crypto_import_id(&op.row, &w->host.hub.id, "notice", slice_text("1"));
  op.values[COL(absence_notice, learner)] = value_id(&w->world.jo);
  op.values[COL(absence_notice, starts)] = value_int(w->world.today);
  op.values[COL(absence_notice, ends)] = value_int(w->world.today);
  hub_world_put(&w->host, &op);
  char *file = run(&mapping, &id);
  assert_non_null(file);
  has_line(file, "\"16:00\";\"Jo\";\"AN\"");
  free(file);
}

static void put_fact(const char *name, int kind, int stage, const struct id *voids) {
  struct op op = {.table = schema_table(TABLE_progress), .units = 3};
  crypto_import_id(&op.row, &w->host.hub.id, "progress", slice_text(name));
  op.values[COL(progress, learner)] = value_id(&w->world.zoe);
  op.values[COL(progress, activity)] = value_id(&w->world.strings);
  op.values[COL(progress, staff)] = value_id(&w->world.ada);
  op.values[COL(progress, date)] = value_int(w->world.today);
  op.values[COL(progress, kind)] = value_int(kind);
  if (stage) op.values[COL(progress, stage)] = value_int(stage);
  op.values[COL(progress, grade)] = value_text(slice_text("05"));
  if (voids) op.values[COL(progress, voids)] = value_id(voids);
  hub_world_put(&w->host, &op);
}

static void progress_goes_back_without_what_was_voided_and_zeros_stay(void **state) {
  (void)state;
  put_fact("wrong", ENUM_progress_kind_stage, ENUM_stage_advancing, NULL);
  struct id wrong;
  crypto_import_id(&wrong, &w->host.hub.id, "progress", slice_text("wrong"));
  put_fact("right", ENUM_progress_kind_stage, ENUM_stage_beginner, &wrong);
  json_t *body =
      json_pack("{s:s, s:s, s:s, s:s, s:[s, s, s, s]}", "name", "Progress", "what", "progress", "from",
                "2026-09-01", "bom", "no", "columns", "first_name", "kind", "stage", "grade");
  struct id mapping = save(body), id;
  char *file = run(&mapping, &id);
  assert_string_equal(file, "\"First name\",\"Kind\",\"Stage\",\"Grade\"\r\n"
                            "\"Zo\xC3\xAB\",\"Stage\",\"Beginner\",\"05\"\r\n");
  free(file);
}

static void a_workbook_comes_out_the_same_every_time(void **state) {
  (void)state;
  take();
  json_t *body = wish();
  json_object_set_new(body, "format", json_string("xlsx"));
  struct id mapping = save(body), id;
  free(run(&mapping, &id));
  assert_string_equal(desk.file_name, "tutti-1.xlsx");
  assert_memory_equal(desk.text, "PK\x03\x04", 4);
  size_t len = desk.text_len;
  char *bytes = malloc(len);
  assert_non_null(bytes);
  bytes_copy(bytes, desk.text, len);
  hub_host_pass(&w->host, 5000);
  desk_get(desk_path("/api/writeback/file/", &id));
  assert_int_equal(desk.text_len, len);
  assert_memory_equal(desk.text, bytes, len);
  free(bytes);
}

static void erase_zoe(void) {
  struct fault fault = {0};
  struct erase_result r;
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  assert_int_equal(erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault), ERR_OK);
}

/* A file that holds somebody who was erased is no longer there; others are. */
static void an_erasure_takes_the_files_that_hold_the_learner(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), first, second;
  free(run(&mapping, &first));
  mark(&w->world.li, ENUM_mark_code_P);
  free(run(&mapping, &second));
  erase_zoe();
  desk_get(desk_path("/api/writeback/file/", &first));
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/writeback/file/", &second));
  desk_fine();
  desk_get("/api/writeback");
  assert_false(desk_is("mappings.0.runs.1.kept"));
  assert_true(desk_is("mappings.0.runs.0.kept"));
}

static struct store *erase_before_writing(enum http_next where) {
  if (where == HTTP_WRITER) erase_zoe();
  return w->host.store;
}

/* The file was made already, on a reader, when the writer erased her. */
static void who_is_erased_while_a_file_is_made_is_not_in_one_that_is_kept(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), id;
  desk.on_thread = erase_before_writing;
  desk_send(desk_path("/api/writeback/run/", &mapping), json_object());
  desk_expect(409, "CONFLICT");
  desk.on_thread = NULL;
  char *file = run(&mapping, &id);
  assert_null(strstr(file, "Zo"));
  has_line(file, "\"16:00\";\"Jo\";\"-\"");
  free(file);
}

/* Changes that are refused change nothing. */
static void what_cannot_be_is_refused_in_words(void **state) {
  (void)state;
  static const struct {
    const char *field, *value;
  } wrong[] = {{"what", "concerns"}, {"format", "pdf"},      {"dates", "11/21/2026"},
               {"delimiter", "dot"}, {"from", "2026-02-31"}, {"id", "no id"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    json_t *body = wish();
    json_object_set_new(body, wrong[i].field, json_string(wrong[i].value));
    desk_send("/api/writeback/save", body);
    desk_expect(400, "INVALID");
  }
  json_t *body = wish();
  json_object_set_new(body, "columns", json_pack("[s]", "stage=Stage")); /* is no field of attendance */
  desk_send("/api/writeback/save", body);
  desk_expect(400, "INVALID");
  body = wish();
  json_object_set_new(body, "columns", json_array());
  desk_send("/api/writeback/save", body);
  desk_expect(400, "INVALID");
  (void)save(wish());
  desk_send("/api/writeback/save", wish());
  desk_expect(409, "CONFLICT");
  desk_get("/api/writeback");
  assert_int_equal(desk_count("mappings"), 1);
}

static void a_mapping_is_changed_and_dropped_and_all_of_it_is_audited(void **state) {
  (void)state;
  take();
  struct id mapping = save(wish()), id;
  char text[id_text_bytes];
  free(run(&mapping, &id));
  json_t *body = wish();
  id_text(text, &mapping);
  json_object_set_new(body, "id", json_string(text));
  json_object_set_new(body, "columns", json_pack("[s, s]", "first_name=Name", "code"));
  struct id same = save(body);
  assert_true(id_equal(&same, &mapping));
  char *file = run(&mapping, &id);
  assert_non_null(strstr(file, "\"Name\";\"Mark\"")); /* with other columns every row is another */
  assert_non_null(strstr(file, "Jo"));
  free(file);
  desk_send(desk_path("/api/writeback/drop/", &mapping), json_object());
  desk_fine();
  desk_get(desk_path("/api/writeback/file/", &id));
  desk_expect(404, "NOT_FOUND");
  desk_return(ENUM_role_admin);
  desk_get("/api/audit");
  static const char *const acts[] = {"writeback.save", "writeback.run", "writeback.file", "writeback.drop"};
  for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) assert_non_null(strstr(desk.text, acts[i]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_file_has_the_columns_dates_and_codes_that_were_chosen),
      TEST(a_file_may_have_the_numbers_of_other_systems),
      TEST(a_run_holds_what_is_new_or_different_and_the_same_run_the_same_file),
      TEST(a_notice_that_explains_an_absence_sends_the_row_again),
      TEST(progress_goes_back_without_what_was_voided_and_zeros_stay),
      TEST(a_workbook_comes_out_the_same_every_time),
      TEST(an_erasure_takes_the_files_that_hold_the_learner),
      TEST(who_is_erased_while_a_file_is_made_is_not_in_one_that_is_kept),
      TEST(what_cannot_be_is_refused_in_words),
      TEST(a_mapping_is_changed_and_dropped_and_all_of_it_is_audited),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
