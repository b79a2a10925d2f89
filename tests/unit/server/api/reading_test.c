/* reading_test.c: what the pages get to read, field by field, and what the audit keeps of it. */
#include "tests/unit/server/api/office_host.h"

#include <stdio.h>

#define SESSION  "000000000000000000000000000000aa"
#define ACTIVITY "000000000000000000000000000000ac"
#define LEARNER  "000000000000000000000000000000bb"
#define DEVICE   "000000000000000000000000000000dd"

static struct slice text(const char *t) { return slice_text(t); }
static struct id id_of(const char *t) {
  struct id id;
  assert_int_equal(id_parse(&id, slice_text(t)), ERR_OK);
  return id;
}

static struct slice names[] = {{(const uint8_t *)"Viola Minim", 11},
                               {(const uint8_t *)"Arp\xc3\xa9"
                                                 "ge Minim",
                                13}};

static struct view_register busy_register(void) {
  return (struct view_register){
      .session = id_of(SESSION),
      .activity = id_of(ACTIVITY),
      .activity_name = text("County Youth Orchestra"),
      .school_name = text("Riverside"),
      .date = 20778,
      .starts = 600,
      .ends = 720,
      .status = ENUM_session_status_scheduled,
      .register_state = ENUM_register_state_open,
      .state = VIEW_OPEN,
      .totals = {.here = 60, .late = 2, .away = 4, .event = 1, .unmarked = 3, .of = 70},
      .staff_names = names,
      .staff_count = 2,
      .updated_ms = 1795276800123};
}
#define REGISTER_FIELDS                                                                                      \
  "\"session\":\"" SESSION "\",\"activity\":\"" ACTIVITY "\",\"name\":\"County Youth Orchestra\","           \
  "\"school\":\"Riverside\",\"place\":null,\"date\":\"2026-11-21\",\"starts\":600,\"ends\":720,"             \
  "\"status\":\"scheduled\",\"state\":\"open\",\"closure\":null,\"here\":60,\"late\":2,\"away\":4,"          \
  "\"event\":1,"                                                                                             \
  "\"unmarked\":3,\"of\":70,\"staff_names\":[\"Viola Minim\",\"Arp\\u00e9ge Minim\"],"                       \
  "\"updated_at\":1795276800123"

static void start(struct host *h) {
  host_init(h);
  host_add_user(h, "ruth", HOST_ROLE(office));
  host_sign_in(h, "ruth");
}

static void the_day_is_listed_and_counted(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.registers[0].summary = busy_register();
  h.store.register_count = 1;
  host_get(&h, "/api/today");
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.date, 20778); /* the clock's */
  host_expect_json(
      &h,
      "{\"date\":\"2026-11-21\",\"counts\":{\"due\":0,\"open\":1,\"closed\":0,\"missing\":0,\"upcoming\":0},"
      "\"late\":0,\"total\":1,\"next\":null,\"registers\":[{" REGISTER_FIELDS ",\"headcount\":0}]}");
  host_finish(&h);
}

static void an_untouched_and_a_cancelled_register_are_told_apart(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.register_count = 2;
  h.store.registers[0].summary = (struct view_register){
      .starts = -1, .ends = -1, .status = ENUM_session_status_cancelled, .state = VIEW_CANCELLED};
  h.store.registers[1].summary =
      (struct view_register){.status = ENUM_session_status_delivered, .state = VIEW_MISSING};
  host_get(&h, "/api/today");
  const json_t *list = json_object_get(h.json, "registers"), *first = json_array_get(list, 0);
  assert_int_equal(json_array_size(list), 2);
  assert_string_equal(json_string_value(json_object_get(first, "state")), "cancelled");
  assert_string_equal(json_string_value(json_object_get(first, "status")), "cancelled");
  assert_true(json_is_null(json_object_get(first, "starts")));
  assert_true(json_is_null(json_object_get(first, "updated_at")));
  assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "state")), "missing");
  const json_t *counts = json_object_get(h.json, "counts");
  assert_int_equal(json_integer_value(json_object_get(counts, "missing")), 1);
  assert_null(json_object_get(counts, "cancelled"));
  assert_int_equal(json_object_size(counts), 5);
  host_finish(&h);
}

static void any_day_may_be_asked_for_that_the_calendar_has(void **state) {
  (void)state;
  struct host h;
  start(&h);
  host_get(&h, "/api/today?date=2024-02-29");
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.date, 19782);
  host_expect_json(&h, "{\"date\":\"2024-02-29\",\"counts\":{\"due\":0,\"open\":0,\"closed\":0,\"missing\":0,"
                       "\"upcoming\":0},\"late\":0,\"total\":0,\"next\":null,\"registers\":[]}");
  const char *bad[] = {"2026-02-31",   "2026-02-29",  "2026-13-01",  "2026-00-10",
                       "2026-1-1",     "21/11/2026",  "2026-11-21x", "2026-11-21&date=2026-11-22",
                       "%32026-11-21", "99999-01-01", "-1"};
  char target[80];
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    snprintf(target, sizeof target, "/api/today?date=%s", bad[i]);
    host_get(&h, target);
    host_expect(&h, 400, "INVALID");
    assert_non_null(strstr(h.text, "date"));
  }
  host_finish(&h);
}

/* The day is the kingdom's: half past eleven in the evening in London is still the same day in July. */
static void today_is_the_civil_day_of_the_united_kingdom(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.now.wall_ms = INT64_C(1784327400000); /* 2026-07-17 22:30 UTC, 23:30 in London */
  h.store.logins[0].expires_ms = INT64_MAX;
  host_get(&h, "/api/today");
  assert_string_equal(json_string_value(json_object_get(h.json, "date")), "2026-07-17");
  h.now.wall_ms += 3600000; /* 00:30 in London */
  host_get(&h, "/api/today");
  assert_string_equal(json_string_value(json_object_get(h.json, "date")), "2026-07-18");
  host_finish(&h);
}

static const char marked_register[] =
    "{" REGISTER_FIELDS
    ",\"totals\":{\"here\":60,\"late\":2,\"away\":4,\"event\":1,\"unmarked\":3,\"of\":70},"
    "\"headcount\":71,"
    "\"rows\":[{\"learner\":\"" LEARNER
    "\",\"name\":\"Zo\\u00eb Adeyemi\",\"section\":\"Violin I\",\"code\":\"L\",\"arrived\":612,"
    "\"departed\":700,\"comment\":\"bus\",\"amend_reason\":\"was there\",\"author_name\":\"Viola "
    "Minim\",\"device_name\":\"Hall B kiosk\","
    "\"written_at\":1795276800000,\"received_at\":1795276860000,\"conflict\":true,\"enrolled\":true,"
    "\"history\":["
    "{\"code\":\"AU\",\"arrived\":null,\"departed\":null,\"comment\":null,\"amend_reason\":null,\"author_"
    "name\":\"Viola Minim\","
    "\"device_name\":\"Hall B "
    "kiosk\",\"written_at\":1795276800000,\"received_at\":1795276860000,\"in_use\":false},"
    "{\"code\":null,\"arrived\":null,\"departed\":700,\"comment\":\"bus\",\"amend_reason\":null,\"author_"
    "name\":null,"
    "\"device_name\":null,\"written_at\":1,\"received_at\":2,\"in_use\":true}]},"
    "{\"learner\":\"" DEVICE
    "\",\"name\":\"Jo\",\"section\":null,\"code\":null,\"arrived\":null,\"departed\":null,\"comment\":null,"
    "\"amend_reason\":null,\"author_name\":null,\"device_name\":null,\"written_at\":null,\"received_at\":"
    "null,\"conflict\":false,"
    "\"enrolled\":false,\"history\":[]}],"
    "\"register_history\":[{\"state\":\"reopened\",\"reason\":\"late list\",\"author_name\":\"Viola "
    "Minim\",\"device_name\":null,"
    "\"written_at\":7,\"received_at\":8}],\"entries_removed\":false}";

static void a_register_shows_who_wrote_what_when(void **state) {
  (void)state;
  struct host h;
  start(&h);
  struct view_mark_version versions[] = {
      {.code = ENUM_mark_code_AU,
       .arrived = -1,
       .departed = -1,
       .author_name = text("Viola Minim"),
       .device_name = text("Hall B kiosk"),
       .written_ms = 1795276800000,
       .received_ms = 1795276860000},
      {.code = 0,
       .arrived = -1,
       .departed = 700,
       .comment = text("bus"),
       .written_ms = 1,
       .received_ms = 2,
       .in_use = true},
  };
  struct view_mark marks[] = {
      {.learner = id_of(LEARNER),
       .learner_name = text("Zo\xc3\xab Adeyemi"),
       .section = text("Violin I"),
       .code = ENUM_mark_code_L,
       .arrived = 612,
       .departed = 700,
       .comment = text("bus"),
       .amend_reason = text("was there"),
       .author_name = text("Viola Minim"),
       .device_name = text("Hall B kiosk"),
       .written_ms = 1795276800000,
       .received_ms = 1795276860000,
       .conflict = true,
       .enrolled = true,
       .history = versions,
       .history_count = 2},
      {.learner = id_of(DEVICE), .learner_name = text("Jo"), .arrived = -1, .departed = -1},
  };
  struct view_register_change changes[] = {{.state = ENUM_register_state_reopened,
                                            .reason = text("late list"),
                                            .author_name = text("Viola Minim"),
                                            .written_ms = 7,
                                            .received_ms = 8}};
  h.store.registers[0] = (struct view_register_detail){
      .summary = busy_register(), .marks = marks, .mark_count = 2, .changes = changes, .change_count = 1};
  h.store.registers[0].summary.headcount = 71;
  h.store.register_count = 1;
  host_get(&h, "/api/registers/" SESSION);
  assert_int_equal(h.status, 200);
  host_expect_json(&h, marked_register);
  host_finish(&h);
}

static void learners_are_searched_by_the_page(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.learner.summary = (struct view_learner){.id = id_of(LEARNER),
                                                  .name = text("Zo\xc3\xab Adeyemi"),
                                                  .known_name = text("Zo"),
                                                  .year_group = text("7"),
                                                  .school_name = text("Riverside"),
                                                  .status = text("active"),
                                                  .activities = names,
                                                  .activity_count = 1};
  h.store.next = slice_of("\x00\xff cursor", 9);
  h.store.learner_total = 51;
  host_post(&h, "/api/learners/search", "{\"q\":\"zoe\",\"after\":null,\"limit\":20}");
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.limit, 20);
  assert_int_equal(h.store.text_len, 3);
  assert_memory_equal(h.store.text, "zoe", 3);
  assert_int_equal(h.store.after_len, 0);
  const char *next = json_string_value(json_object_get(h.json, "next"));
  assert_non_null(next);
  char body[128];
  snprintf(body, sizeof body, "{\"after\":\"%s\"}", next);
  host_post(&h, "/api/learners/search", body);
  assert_int_equal(h.status, 200);
  assert_int_equal(h.store.after_len, 9);
  assert_memory_equal(h.store.after, "\x00\xff cursor", 9);
  assert_int_equal(h.store.limit, 50);
  h.store.next = slice_of(NULL, 0);
  host_post(&h, "/api/learners/search", "{}");
  host_expect_json(&h, "{\"learners\":[{\"id\":\"" LEARNER
                       "\",\"name\":\"Zo\\u00eb Adeyemi\",\"known_name\":\"Zo\",\"year_group\":\"7\","
                       "\"school\":\"Riverside\",\"status\":\"active\",\"activities\":[\"Viola "
                       "Minim\"]}],\"next\":null,\"total\":51}");
  host_finish(&h);
}

static void a_search_out_of_bounds_names_its_field(void **state) {
  (void)state;
  struct host h;
  start(&h);
  char long_text[api_search_bytes_max + 32];
  memset(long_text, 'x', sizeof long_text);
  snprintf(long_text, 7, "{\"q\":\"");
  long_text[6] = 'x';
  snprintf(long_text + sizeof long_text - 3, 3, "\"}");
  static const struct {
    const char *body, *code, *says;
  } cases[] = {
      {"{\"limit\":0}", "INVALID", "limit"},
      {"{\"limit\":501}", "INVALID", "limit"},
      {"{\"limit\":-1}", "INVALID", "limit"},
      {"{\"limit\":\"5\"}", "INVALID", "limit"},
      {"{\"limit\":1.5}", "INVALID", "limit"},
      {"{\"limit\":99999999999999999999}", "MALFORMED", "JSON"},
      {"{\"q\":7}", "INVALID", "q"},
      {"{\"after\":\"?\"}", "INVALID", "after"},
      {"{\"after\":\"A\"}", "INVALID", "after"},
      {"{\"offset\":3}", "INVALID", "offset"},
      {"{\"q\":\"a\",\"q\":\"b\"}", "MALFORMED", "twice"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    host_post(&h, "/api/learners/search", cases[i].body);
    host_expect(&h, 400, cases[i].code);
    if (!strstr(h.text, cases[i].says)) fail_msg("%s does not say %s", h.text, cases[i].says);
  }
  host_post(&h, "/api/learners/search", long_text);
  host_expect(&h, 413, "TOO_BIG");
  host_finish(&h);
}

static void a_profile_holds_notes_progress_and_attendance(void **state) {
  (void)state;
  struct host h;
  start(&h);
  struct view_note notes[] = {{.date = 20778,
                               .author_name = text("Viola Minim"),
                               .activity_name = text("Cello"),
                               .text = text("Good bow hold"),
                               .next_step = text("G major"),
                               .learner_words = text("I liked it"),
                               .areas = 1U << 0 | 1U << 5 | 1U << 20}};
  struct view_progress progress[] = {{.date = 20778,
                                      .author_name = text("Viola Minim"),
                                      .activity_name = text("Cello"),
                                      .kind = ENUM_progress_kind_stage,
                                      .stage = ENUM_stage_lifelong_active},
                                     {.date = 20777,
                                      .kind = ENUM_progress_kind_pos,
                                      .pos = 3,
                                      .board = text("ABRSM"),
                                      .grade = text("3"),
                                      .result = text("Merit"),
                                      .comment = text("well done")}};
  h.store.learner = (struct view_learner_detail){
      .summary = {.id = id_of(LEARNER), .name = text("Zo\xc3\xab Adeyemi"), .status = text("active")},
      .notes = notes,
      .note_count = 1,
      .progress = progress,
      .progress_count = 2,
      .here = 9,
      .away = 1};
  host_get(&h, "/api/learners/" LEARNER);
  assert_int_equal(h.status, 200);
  host_expect_json(
      &h, "{\"id\":\"" LEARNER "\",\"name\":\"Zo\\u00eb "
          "Adeyemi\",\"known_name\":null,\"year_group\":null,\"school\":null,\"status\":\"active\","
          "\"activities\":[],\"merged_into\":null,\"notices\":[],\"notes\":[{\"date\":\"2026-11-21\","
          "\"author_name\":\"Viola "
          "Minim\",\"activity_name\":\"Cello\","
          "\"areas\":[\"playing\",\"practice\"],\"text\":\"Good bow hold\",\"next_step\":\"G "
          "major\",\"learner_words\":\"I liked it\"}],"
          "\"progress\":[{\"date\":\"2026-11-21\",\"author_name\":\"Viola "
          "Minim\",\"activity_name\":\"Cello\",\"kind\":\"stage\",\"stage\":\"lifelong_active\","
          "\"pos\":null,\"board\":null,\"grade\":null,\"result\":null,\"comment\":null},"
          "{\"date\":\"2026-11-20\",\"author_name\":null,\"activity_name\":null,\"kind\":\"pos\",\"stage\":"
          "null,\"pos\":3,\"board\":\"ABRSM\",\"grade\":\"3\","
          "\"result\":\"Merit\",\"comment\":\"well done\"}],\"attendance\":{\"here\":9,\"away\":1},"
          "\"same\":[],\"places\":[]}");
  host_finish(&h);
}

static void reading_about_a_learner_is_audited_by_id_before_it_is_shown(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.learner.summary = (struct view_learner){
      .id = id_of(LEARNER), .name = text("Zo\xc3\xab Adeyemi"), .status = text("active")};
  h.store.registers[0].summary = busy_register();
  h.store.register_count = 1;
  /* What cannot be audited is not shown. */
  h.store.write_error = ERR_FULL;
  host_get(&h, "/api/learners/" LEARNER);
  host_expect(&h, 507, "FULL");
  assert_null(strstr(h.text, "Adeyemi"));
  assert_string_equal(h.etag, "");
  h.store.write_error = ERR_OK;
  size_t before = h.store.audit_count;
  host_get(&h, "/api/learners/" LEARNER);
  assert_string_equal(h.path, "RW");
  host_get(&h, "/api/registers/" SESSION);
  assert_int_equal(h.store.audit_count, before + 2);
  assert_string_equal(h.store.audit[before].action, "learner.read");
  assert_string_equal(h.store.audit[before].detail, LEARNER);
  assert_true(id_equal(&h.store.audit[before].actor, &h.store.users[0].id));
  assert_string_equal(h.store.audit[before + 1].action, "register.read");
  assert_string_equal(h.store.audit[before + 1].detail, SESSION);
  host_finish(&h);
}

static void devices_say_when_they_were_heard(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.devices[0] = (struct view_device){.device = {.id = id_of(DEVICE),
                                                       .name = "Hall B kiosk",
                                                       .kind = ENUM_device_kind_kiosk,
                                                       .status = ENUM_device_status_active,
                                                       .seq = 41,
                                                       .enrolled_ms = 5,
                                                       .last_contact_ms = 6,
                                                       .last_receipt_ms = 7,
                                                       .skew_ms = -190000,
                                                       .program = "tutti-kiosk 0.1.0",
                                                       .digits = "012345"},
                                            .staff_names = names,
                                            .staff_count = 1,
                                            .held = 1,
                                            .quarantined = 2};
  h.store.devices[1] = (struct view_device){.device = {.id = id_of(LEARNER),
                                                       .name = "New phone",
                                                       .kind = ENUM_device_kind_phone,
                                                       .status = ENUM_device_status_revoked,
                                                       .enrolled_ms = 9}};
  h.store.device_count = 2;
  h.device_online = true;
  host_get(&h, "/api/devices");
  assert_int_equal(h.status, 200);
  host_expect_json(
      &h,
      "{\"devices\":[{\"id\":\"" DEVICE
      "\",\"name\":\"Hall B kiosk\",\"kind\":\"kiosk\",\"status\":\"active\",\"enrolled_at\":5,"
      "\"last_contact_at\":6,\"last_bundle_seq\":41,\"last_receipt_at\":7,\"skew_ms\":-190000,\"program\":"
      "\"tutti-kiosk 0.1.0\","
      "\"online\":true,\"digits\":\"012345\",\"staff_names\":[\"Viola Minim\"],\"held\":1,\"quarantined\":2},"
      "{\"id\":\"" LEARNER
      "\",\"name\":\"New phone\",\"kind\":\"phone\",\"status\":\"revoked\",\"enrolled_at\":9,"
      "\"last_contact_at\":null,\"last_bundle_seq\":0,\"last_receipt_at\":null,\"skew_ms\":0,\"program\":"
      "\"\","
      "\"online\":true,\"digits\":\"\",\"staff_names\":[],\"held\":0,\"quarantined\":0}]}");
  h.device_online = false;
  host_get(&h, "/api/devices");
  assert_true(
      json_is_false(json_object_get(json_array_get(json_object_get(h.json, "devices"), 0), "online")));
  host_finish(&h);
}

static void status_counts_everything(void **state) {
  (void)state;
  struct host h;
  start(&h);
  h.store.counts = (struct view_counts){.learners = 1,
                                        .schools = 2,
                                        .staff = 3,
                                        .activities = 4,
                                        .enrolments = 5,
                                        .sessions = 6,
                                        .registers_closed = 7,
                                        .registers_open = 8,
                                        .marks = NUMBER_MAX,
                                        .notes = 10,
                                        .progress = 11,
                                        .conflicts = 12,
                                        .quarantined = 13,
                                        .held = 14,
                                        .bundles = 15,
                                        .devices = 16};
  host_get(&h, "/api/status");
  host_expect_json(&h, "{\"learners\":1,\"schools\":2,\"staff\":3,\"activities\":4,\"enrolments\":5,"
                       "\"sessions\":6,\"registers_closed\":7,"
                       "\"registers_open\":8,\"marks\":9007199254740991,\"notes\":10,\"progress\":11,"
                       "\"conflicts\":12,\"quarantined\":13,"
                       "\"held\":14,\"bundles\":15,\"devices\":16}");
  host_finish(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_day_is_listed_and_counted),
      cmocka_unit_test(an_untouched_and_a_cancelled_register_are_told_apart),
      cmocka_unit_test(any_day_may_be_asked_for_that_the_calendar_has),
      cmocka_unit_test(today_is_the_civil_day_of_the_united_kingdom),
      cmocka_unit_test(a_register_shows_who_wrote_what_when),
      cmocka_unit_test(learners_are_searched_by_the_page),
      cmocka_unit_test(a_search_out_of_bounds_names_its_field),
      cmocka_unit_test(a_profile_holds_notes_progress_and_attendance),
      cmocka_unit_test(reading_about_a_learner_is_audited_by_id_before_it_is_shown),
      cmocka_unit_test(devices_say_when_they_were_heard),
      cmocka_unit_test(status_counts_everything),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
