/* audit_reason_test.c: why the office did something stands beside its entry: who changes or takes it is
 * noticed, and an erasure takes what may name the learner, but not that it was done. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

#include "tests/contract/api/audit_raw.h"
#include "tests/lib/erase_world.h"

static struct ingest_world *const w = &ingest_world;
/* In every reason that has to go, and nowhere else. */
#define MARK "quicksilverish"

static void cancel(const struct id *session, const char *reason) {
  desk_sit(ENUM_role_office);
  desk_send(desk_path("/api/work/cancel/", session),
            json_pack("{s:s, s:s}", "cause", "school_notice", "reason", reason));
  desk_fine();
}

static struct id another_brass(void) {
  struct op op = {.table = schema_table(TABLE_session), .row = {{0x5e, 1}}, .units = 7};
  op.values[COL(session, activity)] = value_id(&w->world.brass);
  op.values[COL(session, date)] = value_int(w->world.today - 7);
  op.values[COL(session, starts)] = value_int(16 * 60);
  op.values[COL(session, ends)] = value_int(17 * 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&w->host, &op);
  return op.row;
}

static void read_audit(void) {
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit?kind=change");
  desk_fine();
}

static long long broken(void) {
  desk_sit(ENUM_role_admin);
  desk_get("/api/audit/check");
  desk_fine();
  return json_is_null(desk_at("broken_at")) ? 0 : desk_number("broken_at");
}

/* Of the latest entry but `n` that cancelled something. */
static long long cancelled(size_t n, const char **reason, bool *erased) {
  char place[64];
  read_audit();
  for (size_t i = 0; i < desk_count("entries"); i++) {
    snprintf(place, sizeof place, "entries.%zu.action", i);
    if (strcmp(desk_text(place), "session.cancel") != 0 || n-- > 0) continue;
    snprintf(place, sizeof place, "entries.%zu.reason_erased", i);
    *erased = json_is_true(desk_at(place));
    snprintf(place, sizeof place, "entries.%zu.who_name", i);
    assert_string_equal(desk_text(place), "office person");
    snprintf(place, sizeof place, "entries.%zu.about.0.kind", i);
    assert_string_equal(desk_text(place), "session");
    snprintf(place, sizeof place, "entries.%zu.reason", i);
    *reason = json_string_value(desk_at(place));
    snprintf(place, sizeof place, "entries.%zu.number", i);
    return desk_number(place);
  }
  fail_msg("it is not in the audit");
  return 0;
}

static void says(size_t n, const char *text) {
  const char *reason;
  bool erased;
  (void)cancelled(n, &reason, &erased);
  assert_int_equal(erased, text == NULL);
  if (text)
    assert_string_equal(reason, text);
  else
    assert_null(reason);
}

static void a_reason_stands_beside_its_entry_and_in_the_extract(void **state) {
  (void)state;
  cancel(&w->world.strings_today, "The hall was shut");
  says(0, "The hall was shut");
  desk_get("/api/audit/extract");
  assert_non_null(strstr(desk.text, "The hall was shut"));
  assert_int_equal(broken(), 0);
}

static void an_erasure_takes_the_reasons_that_may_name_the_learner_and_leaves_what_was_done(void **state) {
  (void)state;
  struct id other = another_brass(),
            matter = matter_of_marks(&w->world.jo, ENUM_mark_code_P, ENUM_mark_code_AU);
  cancel(&w->world.strings_today, MARK ": a fall on the stairs"); /* of the learner's own activity */
  cancel(&w->world.brass_today, "Zo\xc3\xab's mother rang, " MARK);
  cancel(&other, "The hall was flooded");
  desk_sit(ENUM_role_office);
  matter_decide(&matter, 2, "ZOE saw it, " MARK);
  audit_raw(w->host.store, "INSERT INTO quarantine(bundle, changeset, status, reason, state, who, at, why) "
                           "VALUES(999, 1, 1, 'FORBIDDEN', 3, zeroblob(16), 1, 'of Zoe, " MARK "')");
  says(0, "The hall was flooded");
  says(2, MARK ": a fall on the stairs");
  (void)erase_world_erase(&w->world.zoe);
  assert_false(erase_world_hub_holds(MARK));
  says(0, "The hall was flooded");
  says(1, NULL);
  says(2, NULL);
  assert_int_equal(desk_audited("item.decide"), 1);
  assert_int_equal(broken(), 0);
  desk_get("/api/audit/extract");
  assert_non_null(strstr(desk.text, "The hall was flooded"));
  assert_null(strstr(desk.text, MARK));
  assert_non_null(strstr(desk.text, "erased with whom it was about"));
}

/* Whoever has the file could take a reason away as an erasure does; but no erasure says so. */
static void a_reason_that_was_changed_or_taken_by_hand_is_noticed(void **state) {
  (void)state;
  char sql[160];
  const char *reason;
  bool erased;
  cancel(&w->world.strings_today, "The hall was shut");
  const long long at = cancelled(0, &reason, &erased);
  static const char *const hands[] = {"UPDATE audit_said SET words='The hall was open' WHERE no=%lld",
                                      "UPDATE audit_said SET words=NULL, salt=NULL WHERE no=%lld",
                                      "DELETE FROM audit_said WHERE no=%lld"};
  audit_raw(w->host.store, "CREATE TABLE kept AS SELECT * FROM audit_said");
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    assert_int_equal(broken(), 0);
    snprintf(sql, sizeof sql, hands[i], at);
    audit_raw(w->host.store, sql);
    assert_int_equal(broken(), at);
    audit_raw(w->host.store, "INSERT OR REPLACE INTO audit_said SELECT * FROM kept");
  }
  (void)erase_world_erase(&w->world.kit); /* of Brass: this erasure took none */
  audit_raw(w->host.store, "UPDATE audit_said SET words=NULL, salt=NULL");
  assert_int_equal(broken(), at);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_reason_stands_beside_its_entry_and_in_the_extract),
      TEST(an_erasure_takes_the_reasons_that_may_name_the_learner_and_leaves_what_was_done),
      TEST(a_reason_that_was_changed_or_taken_by_hand_is_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
