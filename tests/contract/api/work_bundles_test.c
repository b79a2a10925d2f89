/* work_bundles_test.c: what waits because of a device: looked into, released, rejected, a gap passed; with a
 * reason. */
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void expect_text(const char *place, const char *expected) {
  const char *found = desk_text(place);
  if (!found || strcmp(found, expected) != 0)
    fail_msg("%s is \"%s\" and not \"%s\" in %s", place, found ? found : "(none)", expected, desk.text);
}

/* Cam has no grant: what Cam writes waits. */
static struct id a_stranger_writes(void) {
  struct id id;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_AU);
  ingest_mark(&w->device, &w->world.cam, &w->world.li, ENUM_mark_code_L);
  (void)ingest_bring(&w->device);
  desk_get("/api/work?kind=quarantine");
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("items.0.id"))), ERR_OK);
  return id;
}

static void judge(const char *verb, const struct id *id, json_t *body) {
  desk_send(desk_path(verb, id), body);
}

static void what_waits_is_opened_and_said_in_words(void **state) {
  (void)state;
  struct id id = a_stranger_writes();
  desk_get(desk_path("/api/work/quarantine/", &id));
  desk_fine();
  expect_text("device_name", "Kiosk");
  assert_true(desk_is("readable"));
  assert_int_equal(desk_count("changes"), 2);
  expect_text("changes.0.state", "waits");
  expect_text("changes.0.author_name", "Cam");
  expect_text("changes.0.says.0", "Jo Testing, Strings, Sat 21 Nov: Away, not told");
  assert_int_equal(desk_number("changes.0.change"), 2);
  assert_non_null(strstr(desk_text("changes.0.reason"), "may not write there"));
  assert_true(desk_is("changes.0.releasable"));
}

static void a_note_without_a_grant_is_said_with_its_areas_and_its_words(void **state) {
  (void)state;
  struct entropy e = hub_host_entropy(&w->host);
  struct op op = {.table = schema_table(TABLE_note), .row = entropy_id(&e), .units = 3};
  struct id id;
  op.values[COL(note, learner)] = value_id(&w->world.zoe);
  op.values[COL(note, activity)] = value_id(&w->world.strings);
  op.values[COL(note, staff)] = value_id(&w->world.cam);
  op.values[COL(note, date)] = value_int(w->world.today);
  op.values[COL(note, areas)] = value_int(1 << (ENUM_area_listening - 1) | 1 << (ENUM_area_creating - 1));
  op.values[COL(note, text)] = value_text(slice_text("Hears the bass line"));
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  test_device_write(&w->device, &w->world.cam, &op);
  (void)ingest_bring(&w->device);
  desk_get("/api/work?kind=quarantine");
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("items.0.id"))), ERR_OK);
  desk_get(desk_path("/api/work/quarantine/", &id));
  expect_text("changes.0.says.0", "Zoë Testing: Listening, Creating, Hears the bass line, tutors and office");
}

static void one_change_is_released_and_another_rejected(void **state) {
  (void)state;
  struct id id = a_stranger_writes();
  judge("/api/work/release/", &id, json_pack("{s:s, s:i}", "reason", "stood in for Ada", "change", 2));
  desk_fine();
  assert_true(desk.changes.receipts);
  assert_int_equal(ingest_load_mark(&w->world.jo).values[COL(mark, code)].i, ENUM_mark_code_AU);
  expect_text("changes.0.state", "released");
  expect_text("changes.0.why", "stood in for Ada");
  expect_text("changes.0.decided_by", "office person");
  judge("/api/work/reject/", &id, json_pack("{s:s, s:i}", "reason", "Li was not there", "change", 3));
  desk_fine();
  assert_false(ingest_load_mark(&w->world.li).exists);
  desk_get("/api/work/counts");
  assert_int_equal(desk_number("quarantine"), 0);
  /* What was rejected may still be released. */
  judge("/api/work/release/", &id, json_pack("{s:s, s:i}", "reason", "she was", "change", 3));
  desk_fine();
  assert_true(ingest_load_mark(&w->world.li).exists);
}

static void all_of_it_goes_by_one_decision_and_once(void **state) {
  (void)state;
  struct id id = a_stranger_writes();
  judge("/api/work/release/", &id, json_pack("{s:s}", "reason", "stood in for Ada"));
  desk_fine();
  assert_int_equal(desk_count("changes"), 0);
  judge("/api/work/release/", &id, json_pack("{s:s}", "reason", "again"));
  desk_expect(404, "NOT_FOUND");
  judge("/api/work/reject/", &id, json_pack("{s:s}", "reason", "after all"));
  desk_expect(404, "NOT_FOUND");
}

static void bad_words_about_a_bundle_change_nothing(void **state) {
  (void)state;
  struct id id = a_stranger_writes(), none = {{0}};
  uint8_t before[hash_bytes], after[hash_bytes];
  hub_host_digest(&w->host, before);
  judge("/api/work/release/", &id, json_object());
  desk_expect(400, "INVALID");
  judge("/api/work/release/", &id, json_pack("{s:s}", "reason", ""));
  desk_expect(400, "INVALID");
  judge("/api/work/release/", &id, json_pack("{s:s, s:i}", "reason", "x", "change", 1));
  desk_expect(409, "CONFLICT"); /* that one was taken when it came */
  judge("/api/work/release/", &id, json_pack("{s:s, s:i}", "reason", "x", "change", 99));
  desk_expect(409, "CONFLICT");
  judge("/api/work/release/", &id, json_pack("{s:s, s:i}", "reason", "x", "change", 0));
  desk_expect(400, "INVALID");
  judge("/api/work/release/", &none, json_pack("{s:s}", "reason", "x"));
  desk_expect(404, "NOT_FOUND");
  judge("/api/work/release/", &w->world.zoe, json_pack("{s:s}", "reason", "x"));
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/work/quarantine/", &w->device.id));
  desk_expect(404, "NOT_FOUND");
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

/* The second bundle comes, and the first does not. */
static struct buf a_gap(void) {
  struct buf first, second;
  struct job job;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  test_device_seal(&w->device, &first);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  test_device_seal(&w->device, &second);
  hub_host_ingest(&w->host, &job, buf_slice(&second));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&second);
  return first;
}

static void a_gap_is_shown_passed_with_a_reason_and_the_missing_one_still_taken(void **state) {
  (void)state;
  struct job job;
  struct buf first = a_gap();
  desk_get("/api/work?kind=held");
  desk_fine();
  assert_int_equal(desk_count("items"), 1);
  expect_text("items.0.question", "1 bundle waits for number 1");
  desk_get(desk_path("/api/work/held/", &w->device.id));
  desk_fine();
  assert_int_equal(desk_number("missing"), 1);
  assert_int_equal(desk_number("first"), 2);
  assert_int_equal(desk_number("bundles"), 1);
  judge("/api/work/pass/", &w->device.id, json_object());
  desk_expect(400, "INVALID");
  judge("/api/work/pass/", &w->device.id, json_pack("{s:s}", "reason", "its stick was lost"));
  desk_fine();
  assert_true(desk.changes.position > 0);
  assert_true(ingest_load_mark(&w->world.jo).exists);
  judge("/api/work/pass/", &w->device.id, json_pack("{s:s}", "reason", "again"));
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/work/held/", &w->device.id));
  desk_expect(404, "NOT_FOUND");
  hub_host_ingest(&w->host, &job, buf_slice(&first));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&first);
  assert_true(ingest_load_mark(&w->world.zoe).exists);
}

/* It says what it has sealed, and how far its clock is off. */
static void is_here(const struct test_device *d, uint64_t sealed, int64_t skew_ms, const char *program) {
  struct job job;
  job_init(&job, JOB_CONTACT);
  job.device = d->id;
  job.incarnation = 1;
  job.sealed_seq = sealed;
  job.skew_ms = skew_ms;
  (void)snprintf(job.program, sizeof job.program, "%s", program);
  job_run(&job, &w->host.hub, w->host.store, &w->host.now);
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  hub_host_tidy(&w->host);
}

/* The member of the device's entry on the board. */
static json_int_t told(const char *member) {
  size_t i;
  const json_t *one;
  char id[id_text_bytes];
  id_text(id, &w->device.id);
  json_array_foreach(desk_at("devices"), i, one) {
    if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0)
      return json_integer_value(json_object_get(one, member));
  }
  fail_msg("the board has no such device: %s", desk.text);
  return 0;
}

/* Each by itself: when it was heard, what has not come, what waits here and since when, clock and version. */
static void the_board_says_of_each_device_how_it_stands(void **state) {
  (void)state;
  struct buf first = a_gap();
  int64_t held_since = w->host.now.wall_ms, heard;
  buf_finish(&first);
  hub_host_pass(&w->host, 7200000);
  heard = w->host.now.wall_ms;
  is_here(&w->device, 5, -190000, "tutti-kiosk 0.1.0");
  hub_host_pass(&w->host, 3600000);
  desk_return(ENUM_role_office);
  desk_get("/api/fleet");
  desk_fine();
  assert_int_equal(told("last_contact_at"), heard);
  assert_int_equal(told("behind"), 5);
  assert_int_equal(told("waiting"), 1);
  assert_int_equal(told("waiting_since"), held_since);
  assert_int_equal(told("skew_ms"), -190000);
  assert_non_null(strstr(desk.text, "tutti-kiosk 0.1.0"));
  desk_return(ENUM_role_admin);
  desk_send(desk_path("/api/devices/revoke/", &w->device.id), json_pack("{s:s}", "manner", "sent"));
  desk_fine();
  desk_get("/api/fleet");
  assert_null(strstr(desk.text, "tutti-kiosk 0.1.0"));
}

/* What waits for the office is of the day on which it came, not of the day on which it is looked at. */
static void what_waits_for_the_office_is_on_the_board_until_it_is_decided(void **state) {
  (void)state;
  struct id id = a_stranger_writes();
  int64_t came = w->host.now.wall_ms;
  hub_host_pass(&w->host, 3600000);
  desk_return(ENUM_role_office);
  desk_get("/api/fleet");
  assert_int_equal(told("waiting"), 2);
  assert_int_equal(told("waiting_since"), came);
  judge("/api/work/release/", &id, json_pack("{s:s}", "reason", "Cam stood in"));
  desk_get("/api/fleet");
  assert_int_equal(told("waiting"), 0);
  assert_int_equal(told("waiting_since"), 0);
}

static void office_and_administrator_answer_for_devices_and_nobody_else(void **state) {
  (void)state;
  struct id id = a_stranger_writes();
  const int others[] = {ENUM_role_lead, ENUM_role_safeguarding};
  for (size_t i = 0; i < 2; i++) {
    desk_sit(others[i]);
    desk_get(desk_path("/api/work/quarantine/", &id));
    desk_expect(403, "FORBIDDEN");
    desk_get(desk_path("/api/work/held/", &w->device.id));
    desk_expect(403, "FORBIDDEN");
    judge("/api/work/release/", &id, json_pack("{s:s}", "reason", "x"));
    desk_expect(403, "FORBIDDEN");
    judge("/api/work/reject/", &id, json_pack("{s:s}", "reason", "x"));
    desk_expect(403, "FORBIDDEN");
    judge("/api/work/pass/", &w->device.id, json_pack("{s:s}", "reason", "x"));
    desk_expect(403, "FORBIDDEN");
  }
  desk_sit(ENUM_role_admin);
  judge("/api/work/release/", &id, json_pack("{s:s}", "reason", "stood in for Ada"));
  desk_fine();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_waits_is_opened_and_said_in_words),
      TEST(a_note_without_a_grant_is_said_with_its_areas_and_its_words),
      TEST(one_change_is_released_and_another_rejected),
      TEST(all_of_it_goes_by_one_decision_and_once),
      TEST(bad_words_about_a_bundle_change_nothing),
      TEST(a_gap_is_shown_passed_with_a_reason_and_the_missing_one_still_taken),
      TEST(the_board_says_of_each_device_how_it_stands),
      TEST(what_waits_for_the_office_is_on_the_board_until_it_is_decided),
      TEST(office_and_administrator_answer_for_devices_and_nobody_else),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
