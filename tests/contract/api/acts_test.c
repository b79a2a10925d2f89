/* acts_test.c: what somebody does on a screen and what the audit says of it are one transaction: where the
 * entry cannot be written, nothing was done. And nobody who left is given anything. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;
static const struct id visit = {{0x5c, 2}};

/* ---- an audit that takes nothing that has a name ---- */

static const struct store_ops *real;
static struct store_ops forgetful;

static err forget(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                  const char *detail) {
  return strcmp(action, "office.apply") == 0 ? real->audit(s, now_ms, actor, action, detail) : ERR_IO;
}

static err forget_saying(struct store *s, int64_t now_ms, const struct id *actor, const char *action,
                         const char *detail, const struct audit_said *said) {
  (void)said;
  return forget(s, now_ms, actor, action, detail);
}

static void audit_fails(bool fails) {
  struct store *s = w->host.store;
  if (!real) real = s->ops;
  forgetful = *real;
  forgetful.audit = forget;
  forgetful.audit_saying = forget_saying;
  s->ops = fails ? &forgetful : real;
}

static char *in_words(const struct id *id) {
  static char text[id_text_bytes];
  id_text(text, id);
  return text;
}

static void add_staff(void) {
  desk_send("/api/staff/add", json_pack("{s:s, s:[s]}", "name", "Sol Fa", "roles", "tutor"));
}
static void rename_staff(void) {
  desk_send(desk_path("/api/staff/edit/", &w->world.ada),
            json_pack("{s:s, s:[s]}", "name", "Ada Other", "roles", "tutor"));
}
static void end_staff(void) { desk_send(desk_path("/api/staff/end/", &w->world.ben), json_object()); }
static void grant_to(const struct id *staff) {
  desk_send(desk_path("/api/staff/grant/", staff),
            json_pack("{s:s, s:s, s:s}", "activity", in_words(&w->world.brass), "role", "tutor", "starts",
                      "2026-01-01"));
}
static void grant(void) { grant_to(&w->world.ada); }
static void add_partner(void) { desk_send("/api/partners/add", json_pack("{s:s}", "name", "Hall Trust")); }
static void ask_about(const char *about, const struct id *what, const struct id *staff) {
  desk_send(desk_path("/api/work/ask/", what),
            json_pack("{s:s, s:s, s:s}", "about", about, "staff", in_words(staff), "text", "Where is it?"));
}
static void ask(void) { ask_about("missing", &w->world.strings_today, &w->world.ada); }
static void correct_visit(void) {
  desk_send(desk_path("/api/schools/correct/", &visit), json_pack("{s:s}", "curriculum", "green"));
}
static void cancel(void) {
  desk_send(desk_path("/api/work/cancel/", &w->world.strings_today),
            json_pack("{s:s, s:s}", "cause", "weather", "reason", "The hall was shut"));
}

static void put_visit(void) {
  const struct id school = {{0x5c, 1}};
  struct op op = {.table = schema_table(TABLE_school), .row = school, .units = 3};
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&w->host, &op);
  op = (struct op){.table = schema_table(TABLE_visit), .row = visit, .units = 1 | 1U << 1 | 1U << 10};
  op.values[COL(visit, school)] = value_id(&school);
  op.values[COL(visit, staff)] = value_id(&w->world.cam);
  op.values[COL(visit, date)] = value_int(w->world.today);
  op.values[COL(visit, status)] = value_int(ENUM_visit_status_final);
  hub_world_put(&w->host, &op);
}

static void nothing_is_changed_for_which_nobody_can_be_named(void **state) {
  (void)state;
  static const struct {
    void (*act)(void);
    const char *action;
  } acts[] = {{add_staff, "staff.add"},         {rename_staff, "staff.edit"}, {grant, "staff.grant"},
              {end_staff, "staff.end"},         {add_partner, "partner.add"}, {ask, "item.ask"},
              {correct_visit, "visit.correct"}, {cancel, "session.cancel"}};
  put_visit();
  for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
    uint8_t before[hash_bytes], after[hash_bytes];
    hub_host_digest(&w->host, before);
    audit_fails(true);
    acts[i].act();
    audit_fails(false);
    if (desk.status < 500) fail_msg("%s is answered with %u", acts[i].action, desk.status);
    hub_host_digest(&w->host, after);
    if (memcmp(before, after, hash_bytes) != 0) fail_msg("%s was done without its entry", acts[i].action);
    acts[i].act();
    desk_fine();
    assert_int_equal(desk_audited(acts[i].action), 1);
  }
}

/* ---- staff who left ---- */

static void give_device(const struct id *staff) {
  desk_send(desk_path("/api/devices/staff/", &w->device.id), json_pack("{s:[s]}", "staff", in_words(staff)));
}
static void offer_device(const struct id *staff) {
  desk_send("/api/devices/offer", json_pack("{s:s, s:s, s:[s]}", "name", "Hall C tablet", "kind", "phone",
                                            "staff", in_words(staff)));
}
static void ask_whom(const struct id *staff) { ask_about("missing", &w->world.strings_today, staff); }

static void whoever_left_is_given_no_grant_no_device_and_no_question_until_they_are_back(void **state) {
  (void)state;
  static void (*const given[])(const struct id *staff) = {grant_to, give_device, offer_device, ask_whom};
  end_staff();
  desk_fine();
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    uint8_t before[hash_bytes], after[hash_bytes];
    hub_host_digest(&w->host, before);
    given[i](&w->world.ben);
    desk_expect(409, "CONFLICT");
    assert_non_null(strstr(desk_text("text"), "has left"));
    hub_host_digest(&w->host, after);
    assert_memory_equal(before, after, hash_bytes);
  }
  desk_send(desk_path("/api/staff/edit/", &w->world.ben),
            json_pack("{s:s, s:[s]}", "name", "Ben", "roles", "tutor"));
  desk_fine();
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    given[i](&w->world.ben);
    desk_fine();
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_is_changed_for_which_nobody_can_be_named),
      TEST(whoever_left_is_given_no_grant_no_device_and_no_question_until_they_are_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
