/* journal_people_test.c: accounts, keys of scripts and what people did about a case come back from the
 * journal as they were when the database was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/cases.h"
#include "server/core/erase.h"
#include "server/core/journal_file.h"
#include "server/core/people.h"
#include "server/core/safeguarding.h"
#include "tests/lib/journal_world.h"

static struct journal_world *const w = &journal_world;

static struct store_user account(void) {
  struct store_user u = {.id = {{7}},
                         .name = "office person",
                         .roles = 1U << (ENUM_role_office - 1),
                         .passes = 1,
                         .memory_kib = 64,
                         .has_totp = true,
                         .code_count = 2};
  u.hash[0] = 1;
  u.codes[0][0] = 2;
  u.codes[1][0] = 3;
  return u;
}

static err write_change(void *change) { return people_change(w->host.store, w->host.now.wall_ms, change); }

static err write_used(void *user) { return people_used_code(w->host.store, user); }

static void change(const struct store_user *u, const struct id *activities, size_t count) {
  struct people_change c = {.user = u,
                            .activities = activities,
                            .activity_count = count,
                            .gives = activities != NULL,
                            .ends_logins = true,
                            .actor = w->world.ben,
                            .action = "account.roles"};
  journal_world_must(people_within(w->host.store, write_change, &c));
}

static struct store_user found(void) {
  struct store_user u;
  const struct id id = {{7}};
  journal_world_must(users_load_id(w->host.store, &id, &u));
  return u;
}

static void a_changed_password_other_roles_and_activities_come_back(void **state) {
  (void)state;
  struct store_user u = account();
  const struct id sees[] = {w->world.strings, w->world.brass};
  change(&u, sees, 2);
  journal_world_back_up();
  u.hash[0] = 9;
  u.roles = 1U << (ENUM_role_partner - 1);
  u.has_totp = false;
  change(&u, sees, 1);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  u = found();
  assert_int_equal(u.hash[0], 9);
  assert_int_equal(u.roles, 1U << (ENUM_role_partner - 1));
  assert_false(u.has_totp);
  struct arena a = ARENA_INIT(1048576);
  struct id *list;
  size_t count;
  journal_world_must(partner_activities(w->host.store, &u.id, &a, &list, &count));
  assert_int_equal(count, 1);
  assert_true(id_equal(&list[0], &w->world.strings));
  arena_finish(&a);
}

static void an_account_that_ended_stays_so_and_ends_its_sign_ins(void **state) {
  (void)state;
  struct store_user u = account();
  struct store_login login = {.cookie_hash = {5}, .user = u.id, .user_name = "office person", .roles = 1};
  login.seen_ms = w->host.now.wall_ms;
  login.expires_ms = login.seen_ms + office_session_ms_max;
  change(&u, NULL, 0);
  journal_world_must(logins_save(w->host.store, &login));
  journal_world_back_up();
  u.ended_ms = w->host.now.wall_ms;
  change(&u, NULL, 0);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  assert_true(found().ended_ms == u.ended_ms);
  assert_int_equal(logins_load(w->host.store, login.cookie_hash, &login), ERR_NOT_FOUND);
}

static void an_account_made_since_is_there(void **state) {
  (void)state;
  struct store_user u = account();
  journal_world_back_up();
  change(&u, NULL, 0);
  assert_int_equal(journal_world_start(w->backup_path), 1);
  assert_string_equal(found().name, "office person");
  assert_int_equal(journal_world_start(NULL), 0);
}

static void a_recovery_code_that_was_used_is_good_no_more(void **state) {
  (void)state;
  struct store_user u = account();
  change(&u, NULL, 0);
  journal_world_back_up();
  u.code_count = 1;
  journal_world_must(people_within(w->host.store, write_used, &u));
  assert_int_equal(journal_world_start(w->backup_path), 1);
  assert_int_equal(found().code_count, 1);
  assert_int_equal(found().codes[0][0], 2);
}

static void a_revoked_key_stays_revoked_and_a_new_one_is_there(void **state) {
  (void)state;
  struct store_key old = {.id = {{1}}, .hash = {1}, .name = "nightly", .roles = 1, .created_ms = 5};
  struct store_key fresh = {.id = {{2}}, .hash = {2}, .name = "weekly", .roles = 1, .created_ms = 6};
  struct store *s = w->host.store;
  journal_world_must(people_key(s, 5, &old, &w->world.ben, "key.add"));
  journal_world_back_up();
  old.revoked_ms = 7;
  journal_world_must(people_key(s, 7, &old, &w->world.ben, "key.revoke"));
  journal_world_must(people_key(s, 8, &fresh, &w->world.ben, "key.add"));
  assert_int_equal(journal_world_start(w->backup_path), 2);
  journal_world_must(keys_load(w->host.store, old.hash, &old));
  assert_int_equal(old.revoked_ms, 7);
  journal_world_must(keys_load(w->host.store, fresh.hash, &fresh));
  assert_string_equal(fresh.name, "weekly");
  assert_int_equal(fresh.revoked_ms, 0);
}

/* One transaction: what fails takes all of it back, also the audit. */
static void a_change_that_cannot_be_written_changes_nothing(void **state) {
  (void)state;
  struct store_user u = account();
  struct view_audit *entries;
  size_t count;
  struct arena a = ARENA_INIT(1048576);
  change(&u, NULL, 0);
  u.hash[0] = 9;
  w->journal->broken = true;
  struct people_change c = {.user = &u, .actor = w->world.ben, .action = "account.reset"};
  assert_int_equal(people_within(w->host.store, write_change, &c), ERR_IO);
  w->journal->broken = false;
  assert_int_equal(found().hash[0], 1);
  const struct audit_query query = {.kind = AUDIT_PEOPLE, .to_ms = INT64_MAX, .limit = 9};
  journal_world_must(views_audit(w->host.store, &query, &a, &entries, &count));
  assert_int_equal(count, 1);
  arena_finish(&a);
}

/* ---- cases ---- */

static struct id the_case(void) {
  struct id keys[2] = {w->world.strings_today, w->world.zoe}, id;
  crypto_row_id(&id, TABLE_mark, keys, 2);
  return id;
}

static void put_mark_and_close(void) {
  struct op mark = {.table = schema_table(TABLE_mark), .row = the_case(), .units = 3};
  mark.values[COL(mark, session)] = value_id(&w->world.strings_today);
  mark.values[COL(mark, learner)] = value_id(&w->world.zoe);
  mark.values[COL(mark, code)] = value_int(ENUM_mark_code_AU);
  hub_world_put(&w->host, &mark);
  struct op reg = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&reg.row, TABLE_register, &w->world.strings_today, 1);
  reg.values[COL(register, session)] = value_id(&w->world.strings_today);
  reg.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  hub_world_put(&w->host, &reg);
}

static void act(enum case_event_kind kind, uint8_t outcome, const char *text) {
  struct fault fault = {.code = ERR_OK};
  const struct case_act a = {.id = the_case(),
                             .who = w->world.ben,
                             .by = slice_text("Ben"),
                             .text = slice_text(text),
                             .kind = kind,
                             .outcome = outcome};
  if (case_do(w->host.store, &w->host.now, &a, &fault) != ERR_OK) fail_msg("%s", fault.text);
}

static void lines_are(const enum case_event_kind *expected, size_t count, enum case_state state) {
  struct arena a = ARENA_INIT(1048576);
  struct view_case_detail v;
  const struct id id = the_case();
  journal_world_must(views_case(w->host.store, &id, &a, &v));
  assert_int_equal(v.summary.state, state);
  assert_int_equal(v.summary.outcome, state == CASE_ENDED ? 2 : 0);
  assert_int_equal(v.event_count, count);
  for (size_t i = 0; i < count; i++) assert_int_equal(v.events[i].kind, expected[i]);
  arena_finish(&a);
}

static void a_recorded_step_on_a_case_comes_back(void **state) {
  (void)state;
  const enum case_event_kind lines[] = {CASE_EVENT_OPENED, CASE_EVENT_TAKEN, CASE_EVENT_STEP,
                                        CASE_EVENT_ENDED, CASE_EVENT_STEP};
  put_mark_and_close();
  act(CASE_EVENT_TAKEN, 0, "");
  journal_world_back_up();
  act(CASE_EVENT_STEP, 0, "rang the first contact");
  act(CASE_EVENT_ENDED, 2, "was at the library");
  act(CASE_EVENT_STEP, 0, "wrote to the school");
  lines_are(lines, 5, CASE_ENDED);
  assert_int_equal(journal_world_start(w->backup_path), 3);
  lines_are(lines, 5, CASE_ENDED);
}

/* The register that opened it comes again from its device, later than the journal. */
static void a_step_on_a_case_that_the_backup_does_not_know_waits_for_its_register(void **state) {
  (void)state;
  journal_world_back_up();
  put_mark_and_close();
  act(CASE_EVENT_STEP, 0, "rang the first contact");
  act(CASE_EVENT_ENDED, 2, "was at the library");
  /* Those of a device are not in the journal; here the office's are. */
  assert_true(journal_world_start(w->backup_path) >= 3);
  const enum case_event_kind lines[] = {CASE_EVENT_OPENED, CASE_EVENT_STEP, CASE_EVENT_ENDED};
  lines_are(lines, 3, CASE_ENDED);
}

static bool journal_says(const char *what) {
  struct buf bytes = BUF_INIT(268435456);
  bool found_it = false;
  size_t len = strlen(what);
  journal_world_must(file_posix_read_all(&bytes, w->journal_path, 268435456, NULL));
  for (size_t i = 0; i + len <= bytes.len && !found_it; i++) found_it = memcmp(bytes.ptr + i, what, len) == 0;
  buf_finish(&bytes);
  return found_it;
}

static void what_was_done_about_an_erased_child_does_not_stay_in_it(void **state) {
  (void)state;
  struct erase_result r;
  struct fault fault = {.code = ERR_OK};
  bool done;
  put_mark_and_close();
  act(CASE_EVENT_STEP, 0, "Quicksilverish was seen");
  act(CASE_EVENT_ENDED, 2, "found");
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  if (erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault) != ERR_OK)
    fail_msg("%s", fault.text);
  assert_true(journal_says("Quicksilverish"));
  journal_world_must(erase_scrub(&w->host.hub, w->host.store, &done));
  assert_false(journal_says("Quicksilverish"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_world_set_up, journal_world_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_changed_password_other_roles_and_activities_come_back),
      TEST(an_account_that_ended_stays_so_and_ends_its_sign_ins),
      TEST(an_account_made_since_is_there),
      TEST(a_recovery_code_that_was_used_is_good_no_more),
      TEST(a_revoked_key_stays_revoked_and_a_new_one_is_there),
      TEST(a_change_that_cannot_be_written_changes_nothing),
      TEST(a_recorded_step_on_a_case_comes_back),
      TEST(a_step_on_a_case_that_the_backup_does_not_know_waits_for_its_register),
      TEST(what_was_done_about_an_erased_child_does_not_stay_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
