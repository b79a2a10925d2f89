/* audit_test.c: the audit over a real store: who, when, what, from where; and that nobody can edit it
 * quietly.
 */
#include "tests/contract/api/matters.h"

#include <stdio.h>
#include <string.h>

#include "server/api/looks.h"
#include "tests/contract/api/audit_raw.h"

static struct ingest_world *const w = &ingest_world;

static void read_all(struct view_audit **out, size_t *count) {
  const struct audit_query q = {.to_ms = INT64_MAX, .limit = 1000};
  assert_int_equal(views_audit(w->host.store, &q, &w->arena, out, count), ERR_OK);
}

static void a_read_says_who_what_and_from_which_address(void **state) {
  (void)state;
  struct view_audit *list;
  size_t count;
  char learner[id_text_bytes];
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_fine();
  read_all(&list, &count);
  assert_true(count > 0);
  id_text(learner, &w->world.zoe);
  assert_true(id_equal(&list[0].actor, &desk.people[ENUM_role_office]));
  assert_true(slice_equal(list[0].actor_name, slice_text("office person")));
  assert_true(slice_equal(list[0].action, slice_text("learner.read")));
  assert_true(slice_equal(list[0].detail, slice_text(learner)));
  assert_true(slice_equal(list[0].address, slice_text("192.0.2.1")));
  assert_true(list[0].at_ms == w->host.now.wall_ms);
}

/* What this machine does by itself has no address: one request's does not stay for the next thing. */
static void an_address_is_of_its_own_request_alone(void **state) {
  (void)state;
  struct view_audit *list;
  size_t count;
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_int_equal(audit_add(w->host.store, 1, &w->host.hub.id, "user.add", "by command line"), ERR_OK);
  read_all(&list, &count);
  assert_int_equal(list[0].address.len, 0);
}

/* Beside an account that may be called "office" it could be mistaken for that one. */
static void what_was_done_by_command_was_done_by_the_hub_itself(void **state) {
  (void)state;
  struct view_audit *list;
  size_t count;
  struct op op = {.table = schema_table(TABLE_hub), .row = w->host.hub.id, .units = 1U << 1};
  op.values[COL(hub, name)] = value_text(slice_text("A hub"));
  hub_world_put(&w->host, &op);
  assert_int_equal(audit_add(w->host.store, 1, &w->host.hub.id, "user.add", "by command line"), ERR_OK);
  read_all(&list, &count);
  assert_true(slice_equal(list[0].actor_name, slice_text("The hub itself")));
}

static void an_entry_that_was_changed_or_taken_out_is_noticed(void **state) {
  (void)state;
  uint64_t count, broken;
  char sql[96];
  for (int i = 0; i < 5; i++)
    assert_int_equal(audit_add(w->host.store, i, &w->host.hub.id, "user.add", "made up"), ERR_OK);
  assert_int_equal(views_audit_check(w->host.store, &count, &broken), ERR_OK);
  assert_true(count >= 5 && broken == 0);
  const unsigned long long victim = count - 2;
  snprintf(sql, sizeof sql, "UPDATE audit SET detail='made over' WHERE no=%llu", victim);
  audit_raw(w->host.store, sql);
  assert_int_equal(views_audit_check(w->host.store, &count, &broken), ERR_OK);
  assert_int_equal(broken, victim);
  snprintf(sql, sizeof sql, "UPDATE audit SET detail='made up' WHERE no=%llu", victim);
  audit_raw(w->host.store, sql);
  assert_int_equal(views_audit_check(w->host.store, &count, &broken), ERR_OK);
  assert_int_equal(broken, 0);
  snprintf(sql, sizeof sql, "DELETE FROM audit WHERE no=%llu", victim);
  audit_raw(w->host.store, sql);
  assert_int_equal(views_audit_check(w->host.store, &count, &broken), ERR_OK);
  assert_int_equal(broken, victim + 1);
}

/* Filters and pages, over a hub that has seen this and that. */
static void the_audit_is_filtered_by_kind_person_and_day_and_paged(void **state) {
  (void)state;
  char target[128], who[id_text_bytes], day[date_text_bytes];
  int32_t date, minute;
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_sit(ENUM_role_safeguarding);
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit?kind=reading");
  desk_fine();
  assert_int_equal(desk_count("entries"), 2);
  assert_string_equal(desk_text("entries.0.who_name"), "safeguarding person");
  id_text(who, &desk.people[ENUM_role_office]);
  snprintf(target, sizeof target, "/api/audit?kind=reading&who=%s", who);
  desk_get(target);
  assert_int_equal(desk_count("entries"), 1);
  snprintf(target, sizeof target, "/api/audit?kind=reading&after=%lld", desk_number("entries.0.number"));
  desk_get(target);
  assert_int_equal(desk_count("entries"), 0);
  uk_civil(w->host.now.wall_ms, &date, &minute);
  date_text(day, date);
  snprintf(target, sizeof target, "/api/audit?kind=reading&from=%s&to=%s", day, day);
  desk_get(target);
  assert_int_equal(desk_count("entries"), 3); /* and that somebody read of her in the audit */
  assert_string_equal(desk_text("entries.0.action"), "audit.read");
  date_text(day, date - 1);
  snprintf(target, sizeof target, "/api/audit?to=%s", day);
  desk_get(target);
  assert_int_equal(desk_count("entries"), 0);
  desk_get("/api/audit?kind=gossip");
  desk_expect(400, "INVALID");
  desk_get("/api/audit?from=2026-02-31");
  desk_expect(400, "INVALID");
  desk_get("/api/audit?after=-1");
  desk_expect(400, "INVALID");
}

static void the_extract_runs_no_formula_and_is_itself_audited(void **state) {
  (void)state;
  assert_int_equal(audit_add(w->host.store, 0, &w->host.hub.id, "user.add", "=cmd|' /C calc'!A0"), ERR_OK);
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit/extract");
  desk_fine();
  assert_non_null(strstr(desk.text, ",'=cmd|' /C calc'!A0,")); /* in words, and as it is */
  assert_int_equal(memcmp(desk.text, "\xef\xbb\xbfnumber,", 10), 0);
  desk_get("/api/audit?kind=export");
  assert_int_equal(desk_count("entries"), 1);
}

static void no_childs_name_is_in_it(void **state) {
  (void)state;
  struct view_audit *list;
  size_t count;
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_send("/api/learners/search", json_pack("{s:s}", "q", "zoe"));
  desk_get("/api/today");
  read_all(&list, &count);
  for (size_t i = 0; i < count; i++) {
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)list[i].detail.len, (const char *)list[i].detail.ptr);
    assert_true(!strstr(text, "zo") && !strstr(text, "Zo"));
  }
}

/* The audit has ids; what they are called is asked when somebody looks who may see it. */
static void whom_an_entry_is_about_is_named_as_they_are_called_now(void **state) {
  (void)state;
  char id[id_text_bytes];
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  desk_fine();
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  desk_fine();
  char device[96], text[id_text_bytes];
  id_text(text, &w->device.id);
  snprintf(device, sizeof device, "device=%s days=20", text);
  assert_int_equal(audit_add(w->host.store, 2, &w->host.hub.id, "device.lease_code", device), ERR_OK);
  assert_int_equal(audit_add(w->host.store, 3, &w->host.hub.id, "device.staff", "device=00 staff=2"), ERR_OK);
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit");
  desk_fine();
  assert_int_equal(desk_count("entries.0.about"), 0); /* no id, or none that is known */
  assert_string_equal(desk_text("entries.1.what"), "Made a code to unlock a device");
  assert_int_equal(desk_count("entries.1.says"), 2);
  assert_string_equal(desk_text("entries.1.says.0.text"), "Kiosk");
  assert_string_equal(desk_text("entries.1.says.0.kind"), "device");
  assert_string_equal(desk_text("entries.1.says.1.text"), "for 20 days");
  assert_string_equal(desk_text("entries.1.about.0.kind"), "device");
  assert_string_equal(desk_text("entries.1.about.0.name"), "Kiosk");
  assert_string_equal(desk_text("entries.1.detail"), device);
  assert_string_equal(desk_text("entries.2.about.0.name"), "Strings on Sat 21 Nov");
  assert_string_equal(desk_text("entries.3.about.0.kind"), "learner");
  assert_string_equal(desk_text("entries.3.about.0.name"), "Zoë Testing");
  id_text(id, &w->world.zoe);
  assert_string_equal(desk_text("entries.3.about.0.id"), id);
}

/* What an administrator reads has no name of a table, no code and no id in it; the extract has them behind.
 */
static void a_detail_is_said_in_words_and_stays_as_it_is_beside_them(void **state) {
  (void)state;
  char device[id_text_bytes], detail[160], line[256];
  id_text(device, &w->device.id);
  const struct {
    const char *action, *detail, *says;
  } said[] = {
      {"device.carried", "device=%s bundles=3 new=2 refused=0", "Kiosk, 3 bundles, 2 of them new"},
      {"item.decide", "item=%s op=17", ""},
      {"quarantine.reject", "device=%s incarnation=1 seq=4 changeset=2 reason=FORBIDDEN",
       "Kiosk, that is not permitted"},
      {"import.apply", "run=%s inserted=1 changed=20", "1 new, 20 changed"},
      {"learner.erase", "erasure=2 rows=41 ops=90 words=1", "erasure 2, 41 records, 1 reason in the audit"},
      {"retention.set", "line=needs before=3 after=6",
       "Access and medical needs, 3 months until then, 6 months from then on"},
      {"retention.set", "line=visits before=1 after=0",
       "Visits to schools, 1 month until then, without an end from then on"},
      {"retention.apply", "run=4 line=contacts months=12 records=90 learners=2 held=1",
       "run 4, Contacts, kept for 12 months, 90 records, 2 learners, 1 held back"},
      {"enrolment.move", "into=00000000000000000000000000000007", "to an activity"},
      {"disadvantage.set", "signs=5", "free school meals or looked after"},
      {"export.registers", "from=2026-09-01 to=2026-10-31", "from 1 Sep 2026, to 31 Oct 2026"},
      {"target.set", "attendance 2026 share 90", "Attendance, from September 2026: 90"},
      {"report.export", "attendance", "Attendance"},
      {"plan.list", "instrument_loan", "Loans"},
      {"plan.read", "instrument_loan=%s", "Loan"},
      {"sign-in.refused", "role", "this role works on devices alone"},
      {"user.add", "by command line", "by command line"},
      {"device.enrol", "105834", "with the six digits 105834"},
      {"learner.read", "00000000000000000000000000000007", "a learner"},
      {"newer.thing", "pages=7", "pages 7"},
  };
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(detail, sizeof detail, said[i].detail, device);
#pragma GCC diagnostic pop
    assert_int_equal(audit_add(w->host.store, 1, &w->host.hub.id, said[i].action, detail), ERR_OK);
    desk_sit(ENUM_role_admin);
    desk_get("/api/audit/extract");
    desk_fine();
    bool quoted = strchr(said[i].says, ',') != NULL;
    snprintf(line, sizeof line, ",%s%s%s,,,%s,%s\r\n", quoted ? "\"" : "", said[i].says, quoted ? "\"" : "",
             said[i].action, detail);
    if (!strstr(desk.text, line)) fail_msg("%s is not in\n%s", line, desk.text);
  }
}

/* On a busy evening every page that is left open asks again each second. */
static void a_page_that_asks_again_by_itself_is_one_look_in_ten_minutes(void **state) {
  (void)state;
  const char *zoe = desk_path("/api/learners/", &w->world.zoe);
  for (int i = 0; i < 600; i++) {
    desk_get("/api/work");
    desk_fine();
    desk_get(zoe);
    w->host.now.mono_ms += 999;
    w->host.now.wall_ms += 999;
  }
  assert_int_equal(desk_audited("work.list"), 1);
  assert_int_equal(desk_audited("learner.read"), 1);
  w->host.now.mono_ms += 600;
  desk_get("/api/work");
  desk_get(zoe);
  assert_int_equal(desk_audited("work.list"), 2);
  assert_int_equal(desk_audited("learner.read"), 2);
  desk_get(desk_path("/api/learners/", &w->world.li)); /* something else */
  assert_int_equal(desk_audited("learner.read"), 3);
  desk_sit(ENUM_role_safeguarding); /* or somebody else */
  desk_get("/api/work");
  assert_int_equal(desk_audited("work.list"), 3);
}

/* Whoever searches does so by their own hand; and a look from long ago makes room for that of today. */
static void a_search_is_a_look_every_time_and_no_number_of_looks_is_too_many(void **state) {
  (void)state;
  desk_send("/api/learners/search", json_pack("{s:s}", "q", "zoe"));
  desk_send("/api/learners/search", json_pack("{s:s}", "q", "zoe"));
  assert_int_equal(desk_audited("learners.list"), 2);
  desk_sit(ENUM_role_office);
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  assert_int_equal(desk_audited("subject.access"), 2); /* and so is whoever takes a file */
  struct looks looks = {.count = 0};
  struct id who = {{0}};
  struct look look = {&who, slice_text("192.0.2.1"), "learner.read", ""};
  for (unsigned i = 0; i < 2 * audit_looks_known_max; i++) {
    who.b[0] = (uint8_t)i;
    who.b[1] = (uint8_t)(i >> 8);
    assert_false(looks_known(&looks, &look, i));
    looks_note(&looks, &look, i);
    assert_true(looks_known(&looks, &look, i));
  }
  who = (struct id){{0}};
  assert_false(looks_known(&looks, &look, 2 * audit_looks_known_max));
}

static void every_action_has_its_kind(void **state) {
  (void)state;
  assert_int_equal(audit_kind_of("sign-in.refused"), AUDIT_SIGN_IN);
  assert_int_equal(audit_kind_of("second-step.on"), AUDIT_SIGN_IN);
  assert_int_equal(audit_kind_of("learner.read"), AUDIT_READ);
  assert_int_equal(audit_kind_of("learners.list"), AUDIT_READ);
  assert_int_equal(audit_kind_of("learner.erase"), AUDIT_CHANGE);
  assert_int_equal(audit_kind_of("office.apply"), AUDIT_CHANGE);
  assert_int_equal(audit_kind_of("export.audit"), AUDIT_EXPORT);
  assert_int_equal(audit_kind_of("report.export"), AUDIT_EXPORT);
  assert_int_equal(audit_kind_of("report.rows"), AUDIT_READ);
  assert_int_equal(audit_kind_of("import.read"), AUDIT_READ);
  assert_int_equal(audit_kind_of("import.undo"), AUDIT_CHANGE);
  assert_int_equal(audit_kind_of("writeback.run"), AUDIT_EXPORT);
  assert_int_equal(audit_kind_of("writeback.file"), AUDIT_EXPORT);
  assert_int_equal(audit_kind_of("writeback.save"), AUDIT_CHANGE);
  assert_int_equal(audit_kind_of("subject.access"), AUDIT_EXPORT);
  assert_int_equal(audit_kind_of("cases.read"), AUDIT_READ);
  assert_int_equal(audit_kind_of("case.end"), AUDIT_CHANGE);
  assert_int_equal(audit_kind_of("device.revoke"), AUDIT_DEVICE);
  assert_int_equal(audit_kind_of("account.end"), AUDIT_PEOPLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_read_says_who_what_and_from_which_address),
      TEST(an_address_is_of_its_own_request_alone),
      TEST(what_was_done_by_command_was_done_by_the_hub_itself),
      TEST(an_entry_that_was_changed_or_taken_out_is_noticed),
      TEST(the_audit_is_filtered_by_kind_person_and_day_and_paged),
      TEST(the_extract_runs_no_formula_and_is_itself_audited),
      TEST(no_childs_name_is_in_it),
      TEST(whom_an_entry_is_about_is_named_as_they_are_called_now),
      TEST(a_detail_is_said_in_words_and_stays_as_it_is_beside_them),
      TEST(a_page_that_asks_again_by_itself_is_one_look_in_ten_minutes),
      TEST(a_search_is_a_look_every_time_and_no_number_of_looks_is_too_many),
      cmocka_unit_test(every_action_has_its_kind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
