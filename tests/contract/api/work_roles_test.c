/* work_roles_test.c: who may ask for what waits, and who may act on it: every address, every role. */
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

enum who { OFFICE_ONLY, SAFEGUARDING_ONLY, OFFICE_ADMIN, OFFICE_SAFEGUARDING, ALL_BUT_LEAD, EVERYBODY };
static const struct address {
  const char *begin;
  bool post, item; /* item: with the id of an urgent matter; or of a device that nothing is known of */
  enum who who;
} addresses[] = {
    {"/api/work", false, false, ALL_BUT_LEAD},
    {"/api/work/counts", false, false, EVERYBODY},
    {"/api/work/items/", false, true, ALL_BUT_LEAD},
    {"/api/work/missing/", false, true, OFFICE_ADMIN},
    {"/api/work/quarantine/", false, true, OFFICE_ADMIN},
    {"/api/work/held/", false, true, OFFICE_ADMIN},
    {"/api/work/decide/", true, true, OFFICE_SAFEGUARDING},
    {"/api/work/undo/", true, true, OFFICE_SAFEGUARDING},
    {"/api/work/keep", true, false, OFFICE_ONLY},
    {"/api/work/release/", true, true, OFFICE_ADMIN},
    {"/api/work/reject/", true, true, OFFICE_ADMIN},
    {"/api/work/pass/", true, true, OFFICE_ADMIN},
    {"/api/work/cancel/", true, true, OFFICE_ONLY},
    {"/api/erasures", false, false, OFFICE_ADMIN},
    {"/api/retention", false, false, OFFICE_ADMIN},
    {"/api/subject/", false, true, OFFICE_ONLY},
    {"/api/fleet", false, false, EVERYBODY},
    {"/api/concerns", false, false, SAFEGUARDING_ONLY},
    {"/api/cases", false, false, OFFICE_SAFEGUARDING},
    {"/api/cases/one/", false, true, OFFICE_SAFEGUARDING},
    {"/api/cases/step/", true, true, OFFICE_SAFEGUARDING},
    {"/api/cases/take/", true, true, OFFICE_SAFEGUARDING},
    {"/api/cases/end/", true, true, SAFEGUARDING_ONLY},
    {"/api/cases/reopen/", true, true, SAFEGUARDING_ONLY},
    {"/api/cases/hold/", true, true, SAFEGUARDING_ONLY},
    {"/api/cases/transfer/", true, true, SAFEGUARDING_ONLY},
    {"/api/cases/receipt/", true, true, SAFEGUARDING_ONLY},
};

static bool may(enum who who, int role) {
  switch (who) {
  case OFFICE_ONLY: return role == ENUM_role_office;
  case SAFEGUARDING_ONLY: return role == ENUM_role_safeguarding;
  case OFFICE_ADMIN: return role == ENUM_role_office || role == ENUM_role_admin;
  case OFFICE_SAFEGUARDING: return role == ENUM_role_office || role == ENUM_role_safeguarding;
  case ALL_BUT_LEAD: return role != ENUM_role_lead;
  case EVERYBODY: break;
  }
  return true;
}

static void ask(const struct address *a, const struct id *id) {
  const char *path = a->item ? desk_path(a->begin, id) : a->begin;
  if (a->post)
    desk_send(path, json_object());
  else
    desk_get(path);
}

/* Whoever may is told what is wrong with an empty request, or that there is no such thing; and nobody else
 * is. */
static void every_role_reaches_what_is_theirs_and_nothing_else(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  for (int role = ENUM_role_office; role <= ENUM_role_admin; role++) {
    desk_sit(role);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
      ask(&addresses[i], &id);
      bool refused = desk.status == 403;
      if (refused == may(addresses[i].who, role))
        fail_msg("role %d, %s: %u %s", role, addresses[i].begin, desk.status, desk.text);
      if (refused) desk_expect(403, "FORBIDDEN");
    }
  }
}

static void nobody_reaches_any_of_it_without_a_sign_in_or_with_another_ones_token(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
    desk_sit(ENUM_role_office);
    desk.csrf[1] ^= 1;
    ask(&addresses[i], &id);
    if (addresses[i].post) desk_expect(403, "FORBIDDEN");
    desk.cookie[0] = 0;
    ask(&addresses[i], &id);
    desk_expect(401, "NOT_UNLOCKED");
  }
}

/* The lead counts what waits, and the safeguarding role sees what is urgent: both together are no office. */
static void two_roles_see_no_more_than_each_alone(void **state) {
  (void)state;
  struct id calm = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_L);
  desk_return(ENUM_role_office);
  desk_get("/api/work");
  assert_int_equal(desk_count("items"), 1);
  assert_int_equal(desk_audited("work.list"), 1); /* children stand in it by name */
  desk_return_with(ENUM_role_safeguarding, ENUM_role_lead);
  desk_get("/api/work");
  desk_fine();
  assert_int_equal(desk_count("items"), 0);
  desk_get(desk_path("/api/work/items/", &calm));
  desk_expect(403, "FORBIDDEN");
  desk_get("/api/work/counts");
  assert_int_equal(desk_number("conflicts"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_role_reaches_what_is_theirs_and_nothing_else),
      TEST(nobody_reaches_any_of_it_without_a_sign_in_or_with_another_ones_token),
      TEST(two_roles_see_no_more_than_each_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
