/* activities_test.c: what meets: found in a list, entered, changed, closed and opened again; who comes to it.
 * Who may is in the matrix. */
#include "tests/contract/api/meets.h"

#include <stdio.h>

#include "server/core/ingest.h"
#include "tests/lib/erase_world.h"

static struct ingest_world *const w = &ingest_world;
static struct id school = {{0x5c, 1}};

static void put_school(void) {
  struct op op = {.table = schema_table(TABLE_school), .row = school, .units = 7};
  op.values[COL(school, urn)] = value_text(slice_text("012345"));
  op.values[COL(school, name)] = value_text(slice_text("Riverside Primary"));
  hub_world_put(&w->host, &op);
}

static void list(json_t *wanted) {
  desk_send("/api/activities/list", wanted);
  desk_fine();
}

static const char *version(void) {
  static char text[24];
  (void)snprintf(text, sizeof text, "%lld", desk_number("version"));
  return text;
}

/* The enrolment of a learner in the answer that stands. */
static struct id enrolment_of(const char *name) {
  struct id id = {{0}};
  char place[48];
  for (size_t i = 0; i < desk_count("learners"); i++) {
    (void)snprintf(place, sizeof place, "learners.%zu.name", i);
    if (strncmp(desk_text(place), name, strlen(name)) != 0) continue;
    (void)snprintf(place, sizeof place, "learners.%zu.id", i);
    assert_int_equal(id_parse(&id, slice_text(desk_text(place))), ERR_OK);
    return id;
  }
  fail_msg("%s is not enrolled", name);
  return id;
}

static void the_list_finds_by_word_place_and_what_is_lacking(void **state) {
  (void)state;
  put_school();
  list(json_object());
  size_t all = desk_count("activities");
  assert_int_equal(desk_number("total"), (long long)all);
  (void)meets_add("Samba Zoë", "whole_class", "W1");
  list(json_pack("{s:s}", "find", "zoe sam"));
  assert_int_equal(desk_count("activities"), 1);
  assert_string_equal(desk_text("activities.0.name"), "Samba Zoë");
  assert_int_equal(desk_number("activities.0.learner_count"), 0);
  assert_int_equal(desk_number("activities.0.staff_count"), 0);
  list(json_pack("{s:s}", "without", "staff"));
  assert_int_equal(desk_count("activities"), 1);
  list(json_pack("{s:s, s:s}", "without", "learners", "mode", "whole_class"));
  assert_int_equal(desk_count("activities"), 1);
  list(json_pack("{s:s}", "when", "ended"));
  assert_int_equal(desk_count("activities"), 0);
  char text[id_text_bytes];
  id_text(text, &school);
  list(json_pack("{s:s}", "school", text));
  assert_int_equal(desk_count("activities"), 0);
  list(json_pack("{s:s}", "school", "none"));
  assert_int_equal(desk_count("activities"), all + 1);
  list(json_pack("{s:s, s:s}", "from", meets_day(0), "to", meets_day(0)));
  assert_true(desk_count("activities") < all + 1);
  assert_true(desk_number("activities.0.meeting_count") > 0);
  list(json_pack("{s:s}", "find", "strings"));
  assert_int_equal(desk_number("activities.0.learner_count"), 3);
  assert_non_null(desk_text("activities.0.tutors"));
}

static void the_list_is_read_page_by_page(void **state) {
  (void)state;
  char last[id_text_bytes] = "", name[32];
  size_t seen = 0;
  for (int i = 0; i < 25; i++) {
    (void)snprintf(name, sizeof name, "Samba %02d", i / 3); /* three of each name */
    (void)meets_add(name, "whole_class", "");
  }
  list(json_pack("{s:s, s:i}", "find", "samba", "limit", 4));
  for (; desk_count("activities");
       list(json_pack("{s:s, s:i, s:s}", "find", "samba", "limit", 4, "after", last))) {
    assert_int_equal(desk_number("total"), 25);
    for (size_t i = 0; i < desk_count("activities"); i++, seen++) {
      char place[48];
      (void)snprintf(place, sizeof place, "activities.%zu.name", i);
      (void)snprintf(name, sizeof name, "Samba %02d", (int)seen / 3);
      assert_string_equal(desk_text(place), name);
    }
    if (!desk_text("next")) break;
    (void)snprintf(last, sizeof last, "%s", desk_text("next"));
  }
  assert_int_equal(seen, 25);
  assert_int_equal(desk_count("activities"), 1);
  desk_send("/api/activities/list", json_pack("{s:s}", "after", "samba"));
  desk_expect(400, "INVALID");
  desk_send("/api/activities/list", json_pack("{s:s}", "after", "51000000000000000000000000000000"));
  desk_expect(400, "INVALID");
}

static void what_cannot_be_looked_for_is_refused_in_words(void **state) {
  (void)state;
  static const char *const wrong[][2] = {{"mode", "quartet"},    {"school", "riverside"},
                                         {"without", "money"},   {"when", "tomorrow"},
                                         {"from", "2026-02-31"}, {"from", "2026-11-21"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    desk_send("/api/activities/list", json_pack("{s:s}", wrong[i][0], wrong[i][1]));
    desk_expect(400, "INVALID");
  }
  desk_get(desk_path("/api/activities/", &school));
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/activities/closing/", &school));
  desk_expect(404, "NOT_FOUND");
  desk_send(desk_path("/api/enrolments/end/", &school),
            json_pack("{s:s, s:s}", "ends", meets_day(0), "reason", "Left"));
  desk_expect(404, "NOT_FOUND");
}

static void the_lead_sees_what_meets_and_no_numbers_of_children(void **state) {
  (void)state;
  desk_return(ENUM_role_lead);
  list(json_pack("{s:s}", "find", "strings"));
  assert_null(desk_at("activities.0.learner_count"));
  desk_send("/api/activities/list", json_pack("{s:s}", "without", "learners"));
  desk_expect(403, "FORBIDDEN");
  meets_look(&w->world.strings);
  assert_null(desk_at("learners"));
  assert_non_null(desk_at("staff"));
  desk_get("/api/export/activities?format=csv");
  desk_fine();
  assert_null(strstr(desk.text, "Learners"));
}

static void an_activity_is_entered_changed_and_not_by_two_at_once(void **state) {
  (void)state;
  char text[id_text_bytes];
  put_school();
  id_text(text, &school);
  struct id id = meets_add("Brass", "small", "B7");
  desk_send("/api/activities/add",
            json_pack("{s:s, s:s, s:s}", "name", "Again", "mode", "small", "ref", "B7"));
  desk_expect(409, "CONFLICT");
  desk_send("/api/activities/add", json_pack("{s:s, s:s}", "name", "", "mode", "small"));
  desk_expect(400, "INVALID");
  desk_send("/api/activities/add", json_pack("{s:s, s:s}", "name", "No mode", "mode", ""));
  desk_expect(400, "INVALID");
  meets_look(&id);
  char before[24];
  (void)snprintf(before, sizeof before, "%s", version());
  desk_send(desk_path("/api/activities/edit/", &id),
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", "Brass for Year 5", "mode", "large", "family",
                      "brass", "level", "beginner", "school", text, "version", before));
  desk_fine();
  assert_string_equal(desk_text("name"), "Brass for Year 5");
  assert_string_equal(desk_text("school_name"), "Riverside Primary");
  assert_string_equal(desk_text("ref"), "B7");
  desk_send(
      desk_path("/api/activities/edit/", &id),
      json_pack("{s:s, s:s, s:s}", "name", "Brass from an old page", "mode", "large", "version", before));
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/activities/edit/", &id),
            json_pack("{s:s, s:s, s:s}", "name", "Brass", "mode", "large", "partner", text));
  desk_expect(404, "NOT_FOUND");
  desk_send(desk_path("/api/activities/edit/", &id),
            json_pack("{s:s, s:s, s:s}", "name", "B", "mode", "large", "ref", "B8"));
  desk_expect(400, "INVALID");
  assert_int_equal(desk_audited("activity.add"), 1);
  assert_int_equal(desk_audited("activity.edit"), 1);
}

static void a_name_has_two_hundred_letters_of_any_script(void **state) {
  (void)state;
  char name[3 * 201 + 1] = "";
  for (size_t i = 0; i < 200; i++) bytes_copy(name + 3 * i, "\xe2\x80\x99", 3);
  struct id id = meets_add(name, "small", "L1");
  meets_look(&id);
  assert_string_equal(desk_text("name"), name);
  bytes_copy(name + 600, "\xe2\x80\x99", 3);
  desk_send("/api/activities/add", json_pack("{s:s, s:s, s:s}", "name", name, "mode", "small", "ref", "L2"));
  desk_expect(400, "INVALID");
  assert_non_null(strstr(desk_text("text"), "201 characters"));
}

static void somebody_comes_changes_moves_and_leaves(void **state) {
  (void)state;
  char zoe[id_text_bytes], brass_text[id_text_bytes], into[48];
  struct id brass = meets_add("Brass", "small", "B7");
  id_text(zoe, &w->world.zoe);
  id_text(brass_text, &brass);
  meets_look(&w->world.strings);
  struct id place = enrolment_of("Zo");
  desk_send(desk_path("/api/activities/enrol/", &w->world.strings),
            json_pack("{s:s, s:s}", "learner", zoe, "starts", meets_day(0)));
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/enrolments/move/", &place),
            json_pack("{s:s, s:s, s:s}", "to", brass_text, "date", meets_day(1), "reason", ""));
  desk_expect(400, "INVALID");
  desk_send(
      desk_path("/api/enrolments/edit/", &place),
      json_pack("{s:s, s:s, s:s}", "starts", meets_day(-3), "instrument", "Cornet", "section", "Cornet 2"));
  desk_fine();
  desk_send(desk_path("/api/enrolments/move/", &place),
            json_pack("{s:s, s:s, s:s}", "to", brass_text, "date", meets_day(1), "reason",
                      "Wants to play the cornet"));
  desk_fine();
  assert_int_equal(desk_number("learner_count"), 3); /* until tomorrow */
  meets_look(&brass);
  assert_string_equal(desk_text("learners.0.starts"), meets_day(1));
  assert_string_equal(desk_text("learners.0.section"), "Cornet 2");
  struct id there = enrolment_of("Zo");
  desk_send(desk_path("/api/enrolments/end/", &there),
            json_pack("{s:s, s:s}", "ends", meets_day(0), "reason", "No"));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/enrolments/end/", &there),
            json_pack("{s:s, s:s, s:s}", "ends", meets_day(5), "reason", "Has no cornet", "version", "1"));
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/enrolments/end/", &there),
            json_pack("{s:s, s:s}", "ends", meets_day(5), "reason", "Has no cornet"));
  desk_fine();
  assert_string_equal(desk_text("learners.0.ends"), meets_day(5));
  desk_send(desk_path("/api/activities/enrol/", &brass),
            json_pack("{s:s, s:s}", "learner", zoe, "starts", meets_day(20)));
  desk_fine();
  assert_null(desk_text("learners.0.ends"));
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_int_equal(desk_count("places"), 2);
  assert_string_equal(desk_text("places.0.name"), "Strings"); /* until tomorrow */
  assert_string_equal(desk_text("places.1.name"), "Brass");
  assert_string_equal(desk_text("places.1.starts"), meets_day(20));
  assert_int_equal(desk_audited("enrolment.move"), 1);
  (void)snprintf(into, sizeof into, "into=%s", brass_text);
  assert_int_equal(desk_audited("enrolment.end"), 1);
  assert_int_equal(desk_audited("enrolment.add"), 1);
  desk_return(ENUM_role_admin);
  desk_get("/api/audit/extract");
  assert_non_null(strstr(desk.text, into)); /* whoever reads it sees where to */
}

static void closing_says_what_it_does_and_opening_takes_it_back(void **state) {
  (void)state;
  meets_plan(&w->world.strings, 15, 29, "15:30", "16:00");
  desk_fine();
  char path[128];
  (void)snprintf(path, sizeof path, "%s?date=%s", desk_path("/api/activities/closing/", &w->world.strings),
                 meets_day(10));
  desk_get(path);
  desk_fine();
  long long enrolled = desk_number("enrolments"), grants = desk_number("grants");
  assert_int_equal(enrolled, 3);
  assert_true(grants > 0);
  assert_int_equal(desk_number("meetings"), 3);
  assert_int_equal(desk_number("held"), 0);
  assert_true(desk_count("devices") > 0);
  assert_int_equal(desk_number("devices.0.unreceived"), 0);
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(10), "reason", ""));
  desk_expect(400, "INVALID");
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(10), "reason", "The school ends it"));
  desk_fine();
  assert_string_equal(desk_text("ends"), meets_day(10));
  assert_string_equal(desk_text("learners.0.ends"), meets_day(10));
  assert_string_equal(desk_text("staff.0.ends"), meets_day(10));
  assert_int_equal(desk_count("times"), 1); /* today, which is before */
  assert_string_equal(desk_text("times.0.last"), meets_day(0));
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(20), "reason", "Twice"));
  desk_expect(409, "CONFLICT");
  meets_plan(&w->world.strings, 15, 29, "15:30", "16:00");
  desk_expect(409, "CONFLICT");
  desk_send(desk_path("/api/activities/open/", &w->world.strings),
            json_pack("{s:s}", "reason", "They found the money"));
  desk_fine();
  assert_null(desk_text("ends"));
  assert_null(desk_text("learners.0.ends"));
  assert_null(desk_text("staff.0.ends"));
  desk_send(desk_path("/api/activities/open/", &w->world.strings), json_pack("{s:s}", "reason", "Twice"));
  desk_expect(409, "CONFLICT");
  assert_int_equal(desk_audited("activity.close"), 1);
  assert_int_equal(desk_audited("activity.open"), 1);
}

/* Closed for a year, and opened again: who left the hub meanwhile is on no register by it. */
static void who_has_left_meanwhile_does_not_come_back_with_it(void **state) {
  (void)state;
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(1), "reason", "No tutor"));
  desk_fine();
  struct op left = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 4};
  left.values[COL(learner, status)] = value_int(ENUM_learner_status_left);
  hub_world_put(&w->host, &left);
  desk_send(desk_path("/api/activities/open/", &w->world.strings),
            json_pack("{s:s}", "reason", "A new tutor"));
  desk_fine();
  size_t open = 0;
  for (size_t i = 0; i < desk_count("learners"); i++) {
    char name[48], ends[48];
    (void)snprintf(name, sizeof name, "learners.%zu.name", i);
    (void)snprintf(ends, sizeof ends, "learners.%zu.ends", i);
    bool zoe = strncmp(desk_text(name), "Zo", 2) == 0;
    assert_int_equal(desk_text(ends) != NULL, zoe);
    open += !zoe;
  }
  assert_int_equal(open, 2);
}

/* Of those who come to it one answer shows no more than two thousand. Nobody stays behind, and they all come
 * back. */
/* Zoe had given up from that day on, as a tutor's grant was to end with it: neither was the closing's doing.
 */
static void who_had_ended_that_day_by_themselves_does_not_come_back_with_it(void **state) {
  (void)state;
  desk_get(desk_path("/api/activities/", &w->world.strings));
  struct id zoe = enrolment_of("Zo");
  desk_send(desk_path("/api/enrolments/end/", &zoe),
            json_pack("{s:s, s:s}", "ends", meets_day(10), "reason", "Gives up"));
  desk_fine();
  struct id keys[2] = {w->world.ben, w->world.strings};
  struct op grant = {.table = schema_table(TABLE_grant_), .units = 3};
  crypto_row_id(&grant.row, TABLE_grant_, keys, 2);
  grant.values[COL(grant_, staff)] = value_id(&keys[0]);
  grant.values[COL(grant_, activity)] = value_id(&keys[1]);
  grant.values[COL(grant_, role)] = value_int(ENUM_grant_role_tutor);
  grant.values[COL(grant_, starts)] = value_int(w->world.today - 20);
  grant.values[COL(grant_, ends)] = value_int(w->world.today + 10);
  hub_world_put(&w->host, &grant);
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(10), "reason", "The school ends it"));
  desk_fine();
  size_t learners = desk_count("learners"), staff = desk_count("staff");
  desk_send(desk_path("/api/activities/open/", &w->world.strings),
            json_pack("{s:s}", "reason", "It goes on after all"));
  desk_fine();
  assert_int_equal(desk_count("learners"), learners);
  assert_int_equal(desk_count("staff"), staff);
  size_t gone = 0;
  char place[48];
  for (size_t i = 0; i < learners; i++) {
    (void)snprintf(place, sizeof place, "learners.%zu.name", i);
    bool is_zoe = strncmp(desk_text(place), "Zo", 2) == 0;
    (void)snprintf(place, sizeof place, "learners.%zu.ends", i);
    assert_int_equal(desk_text(place) != NULL, is_zoe);
  }
  for (size_t i = 0; i < staff; i++) {
    (void)snprintf(place, sizeof place, "staff.%zu.ends", i);
    gone += desk_text(place) != NULL;
  }
  assert_int_equal(gone, 1);
}

static void an_activity_of_thousands_is_closed_whole_and_opened_again(void **state) {
  (void)state;
  enum { singers = 5000, begin_later = 7, left_before = 9 };
  static struct op ops[singers];
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  struct arena a = ARENA_INIT(1 << 28);
  struct id choir = meets_add("Massed choir", "ensemble", "M1");
  char closing[128];
  (void)snprintf(closing, sizeof closing, "%s?date=%s", desk_path("/api/activities/closing/", &choir),
                 meets_day(1));
  for (size_t i = 0; i < singers; i++) {
    const struct id keys[2] = {{{1, (uint8_t)(i >> 8), (uint8_t)i}}, choir};
    ops[i] = (struct op){.table = schema_table(TABLE_enrolment), .units = 3};
    crypto_row_id(&ops[i].row, TABLE_enrolment, keys, 2);
    ops[i].values[COL(enrolment, learner)] = value_id(&keys[0]);
    ops[i].values[COL(enrolment, activity)] = value_id(&choir);
    ops[i].values[COL(enrolment, starts)] = value_int(w->world.today + (i < begin_later ? 30 : -7));
    if (i >= singers - left_before) ops[i].values[COL(enrolment, ends)] = value_int(w->world.today - 1);
  }
  assert_int_equal(office_apply(&result, &w->host.hub, w->host.store, &w->host.now, &w->host.hub.id, ops,
                                singers, false, &a, &fault),
                   ERR_OK);
  arena_finish(&a);
  desk_get(closing);
  assert_int_equal(desk_number("enrolments"), singers - left_before);
  desk_send(desk_path("/api/activities/close/", &choir),
            json_pack("{s:s, s:s}", "date", meets_day(1), "reason", "The summer is over"));
  desk_fine();
  assert_string_equal(desk_text("ends"), meets_day(1));
  desk_get(closing);
  assert_int_equal(desk_number("enrolments"), 0);
  desk_send(desk_path("/api/activities/open/", &choir), json_pack("{s:s}", "reason", "It is not"));
  desk_fine();
  assert_int_equal(desk_number("learner_count"), singers - begin_later - left_before);
  desk_get(closing);
  assert_int_equal(desk_number("enrolments"), singers - left_before - begin_later);
}

/* In every reason that has to go with Zoë, and nowhere else. */
#define MARK "quicksilverish"

static void why_somebody_left_goes_with_them(void **state) {
  (void)state;
  meets_look(&w->world.strings);
  struct id place = enrolment_of("Zo");
  desk_send(desk_path("/api/enrolments/end/", &place),
            json_pack("{s:s, s:s}", "ends", meets_day(1), "reason", MARK " at home"));
  desk_fine();
  desk_send(desk_path("/api/activities/close/", &w->world.strings),
            json_pack("{s:s, s:s}", "date", meets_day(2), "reason", "All were " MARK));
  desk_fine();
  assert_true(erase_world_hub_holds(MARK));
  (void)erase_world_erase(&w->world.zoe);
  assert_false(erase_world_hub_holds(MARK));
}

static void an_import_takes_the_file_back_and_finds_nothing_new(void **state) {
  (void)state;
  struct buf coded = BUF_INIT(65536);
  struct id upload;
  desk_send("/api/activities/add", json_pack("{s:s, s:s}", "name", "Without a number", "mode", "small"));
  desk_fine();
  assert_non_null(desk_text("ref"));
  (void)meets_add("Brass", "small", "007");
  desk_get("/api/export/activities?mode=small&format=csv");
  desk_fine();
  assert_int_equal(base64url_encode(&coded, slice_of(desk.text, desk.text_len)), ERR_OK);
  desk_send("/api/import/begin", json_object());
  desk_fine();
  assert_int_equal(id_parse(&upload, slice_text(desk_text("id"))), ERR_OK);
  desk_send(desk_path("/api/import/part/", &upload),
            json_pack("{s:i, s:s%}", "at", 1, "bytes", (const char *)coded.ptr, coded.len));
  desk_fine();
  desk_send(desk_path("/api/import/look/", &upload), json_object());
  desk_fine();
  assert_string_equal(desk_text("table"), "activities");
  assert_int_equal(desk_number("error_count"), 0);
  assert_int_equal(desk_number("counts.new"), 0);
  assert_int_equal(desk_number("counts.changed"), 0);
  assert_int_equal(desk_number("counts.unchanged"), 2);
  buf_finish(&coded);
}

static void the_file_has_the_heads_that_an_import_reads(void **state) {
  (void)state;
  (void)meets_add("=Brass", "small", "007");
  desk_get("/api/export/activities?mode=small&format=csv");
  desk_fine();
  assert_non_null(strstr(desk.text, "\"ref\",\"name\",\"mode\",\"setting\",\"family\",\"genre\",\"level\","
                                    "\"school_urn\",\"place\",\"ends\",\"partner_ref\","));
  assert_non_null(strstr(desk.text, "\"007\",\"'=Brass\",\"Small group\","));
  assert_int_equal(desk_audited("export.activities"), 1);
  struct id pans = meets_add("Pans", "small", "P1");
  meets_plan(&pans, 1, 1, "15:30", "16:00");
  char of_term[96], from[16], to[16];
  (void)snprintf(from, sizeof from, "%s", meets_day(0));
  (void)snprintf(to, sizeof to, "%s", meets_day(30));
  (void)snprintf(of_term, sizeof of_term, "/api/export/activities?mode=small&from=%s&to=%s&format=csv", from,
                 to);
  desk_get(of_term);
  desk_fine();
  assert_non_null(strstr(desk.text, "Pans"));
  assert_null(strstr(desk.text, "=Brass")); /* it meets on none of those days */
  desk_get("/api/export/activities?format=xlsx");
  desk_fine();
  desk_get("/api/export/activities?format=pdf");
  desk_expect(400, "INVALID");
}

/* Whoever brings the file back in, or counts in it, takes it for all of them. */
static void a_file_is_never_a_part_of_what_was_asked_for(void **state) {
  (void)state;
  enum { many = activities_listed_max + 1 };
  static struct op ops[many];
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  struct arena a = ARENA_INIT(1 << 28);
  for (size_t i = 0; i < many; i++) {
    ops[i] = (struct op){
        .table = schema_table(TABLE_activity), .units = 7, .row = {{0xac, (uint8_t)(i >> 8), (uint8_t)i}}};
    ops[i].values[COL(activity, name)] = value_text(slice_text("Lessons"));
    ops[i].values[COL(activity, mode)] = value_int(ENUM_mode_individual);
  }
  assert_int_equal(office_apply(&result, &w->host.hub, w->host.store, &w->host.now, &w->host.hub.id, ops,
                                many, false, &a, &fault),
                   ERR_OK);
  arena_finish(&a);
  size_t lines = 0;
  desk_get("/api/export/activities?mode=individual&format=csv");
  desk_fine();
  for (const char *at = desk.text; *at; at++) lines += *at == '\n';
  assert_int_equal(lines, many + 1); /* and the heads */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_list_finds_by_word_place_and_what_is_lacking),
      TEST(the_list_is_read_page_by_page),
      TEST(what_cannot_be_looked_for_is_refused_in_words),
      TEST(the_lead_sees_what_meets_and_no_numbers_of_children),
      TEST(an_activity_is_entered_changed_and_not_by_two_at_once),
      TEST(a_name_has_two_hundred_letters_of_any_script),
      TEST(somebody_comes_changes_moves_and_leaves),
      TEST(closing_says_what_it_does_and_opening_takes_it_back),
      TEST(who_has_left_meanwhile_does_not_come_back_with_it),
      TEST(who_had_ended_that_day_by_themselves_does_not_come_back_with_it),
      TEST(an_activity_of_thousands_is_closed_whole_and_opened_again),
      TEST(the_file_has_the_heads_that_an_import_reads),
      TEST(a_file_is_never_a_part_of_what_was_asked_for),
      TEST(why_somebody_left_goes_with_them),
      TEST(an_import_takes_the_file_back_and_finds_nothing_new),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
