/* plan_test.c: the small registers of the Local Plan through the API: what they ask and refuse, who sees
 * them, what is audited, and their lines in the report. */
#include <stdio.h>

#include "server/core/plan.h"
#include "tests/contract/api/desk.h"

static struct ingest_world *const w = &ingest_world;

static const char *hex(const struct id *id) {
  static char text[4][id_text_bytes];
  static unsigned next;
  char *out = text[next++ % 4];
  id_text(out, id);
  return out;
}

static struct id answered(void) {
  struct id id;
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

/* `values` is taken. */
static void write_entry(const char *path, const char *kind, json_t *values) {
  assert_non_null(values);
  desk_send(path, json_pack("{s:s, s:o}", "kind", kind, "values", values));
}
static void add(const char *kind, json_t *values) { write_entry("/api/plan/add", kind, values); }
static void correct(const struct id *id, const char *kind, json_t *values) {
  write_entry(desk_path("/api/plan/correct/", id), kind, values);
}
static void take_back(const struct id *id, const char *kind, const char *reason) {
  desk_send(desk_path("/api/plan/void/", id), json_pack("{s:s, s:s}", "kind", kind, "reason", reason));
}

static size_t audited(const char *action, const char *detail) {
  size_t found = 0;
  desk_return(ENUM_role_admin);
  desk_get("/api/audit");
  for (size_t i = 0; i < desk_count("entries"); i++) {
    char place[48];
    snprintf(place, sizeof place, "entries.%zu.action", i);
    bool same = strcmp(desk_text(place), action) == 0;
    snprintf(place, sizeof place, "entries.%zu.detail", i);
    const char *said = desk_text(place);
    found += same && said && strstr(said, detail) != NULL;
  }
  desk_return(ENUM_role_office);
  return found;
}

/* The number of a line of the report; -1 where it is not there, -2 where it is hidden. */
static long long line(const char *title) {
  desk_get("/api/reports/table?report=plan&by=line");
  desk_fine();
  for (size_t i = 0; i < desk_count("rows"); i++) {
    char place[48];
    snprintf(place, sizeof place, "rows.%zu.name", i);
    if (strcmp(desk_text(place), title) != 0) continue;
    snprintf(place, sizeof place, "rows.%zu.hidden", i);
    if (desk_is(place)) return -2;
    snprintf(place, sizeof place, "rows.%zu.part", i);
    return desk_number(place);
  }
  return -1;
}

static void say(const char *text, const char *people) {
  add("voice", json_pack("{s:s, s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "from_11", "answers", text,
                         "people", people));
}

/* ---- voice ---- */

static void what_young_people_said_is_kept_without_a_name(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  struct id id = answered();
  assert_string_equal(desk_text("values.answers"), "More drums, please.");
  assert_string_equal(desk_text("written_by"), "office person");
  uint8_t column;
  assert_false(schema_subject(schema_table(TABLE_voice), &column));
  desk_get("/api/plan/list?kind=voice");
  desk_fine();
  assert_int_equal(desk_count("entries"), 1);
  assert_int_equal(line("Young people who were heard"), 12);
  assert_int_equal(line("Of those, something changed"), 0);
  correct(&id, "voice",
          json_pack("{s:s, s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "from_11", "answers",
                    "More drums, please.", "changed", "There is a drum club."));
  desk_fine();
  assert_null(desk_text("values.people")); /* a correction says all of it */
  assert_int_equal(line("Of those, something changed"), 1);
  take_back(&id, "voice", "It was of another hub.");
  desk_fine();
  desk_get("/api/plan/list?kind=voice");
  assert_int_equal(desk_count("entries"), 0);
  assert_int_equal(line("Times they were asked"), -1);
  take_back(&id, "voice", "Again.");
  desk_expect(404, "NOT_FOUND");
  assert_int_equal(audited("plan.add", "voice="), 1);
  assert_int_equal(audited("plan.correct", "voice="), 1);
  assert_int_equal(audited("plan.void", "voice="), 1);
}

static void what_somebody_corrected_meanwhile_is_not_written_over(void **state) {
  (void)state;
  char version[24];
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  struct id id = answered();
  snprintf(version, sizeof version, "%lld", desk_number("version"));
  json_t *body = json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "kind", "voice", "version", version, "values",
                           "date", "2026-10-01", "age_band", "mixed", "answers", "Fewer drums, please.");
  desk_post(desk_path("/api/plan/correct/", &id), body);
  desk_fine();
  assert_string_equal(desk_text("values.age_band"), "mixed");
  desk_post(desk_path("/api/plan/correct/", &id), body);
  desk_expect(409, "CONFLICT");
  json_decref(body);
}

static void the_list_comes_in_pages_and_by_school_year(void **state) {
  (void)state;
  char target[160];
  desk_return(ENUM_role_office);
  for (int i = 0; i < plan_page_rows + 3; i++) {
    say("Something.", "6");
    desk_fine();
  }
  desk_get("/api/plan/list?kind=voice&period=2026");
  assert_int_equal(desk_count("entries"), plan_page_rows);
  snprintf(target, sizeof target, "/api/plan/list?kind=voice&after=%s", desk_text("next"));
  desk_get(target);
  desk_fine();
  assert_int_equal(desk_count("entries"), 3);
  assert_null(desk_text("next"));
  desk_get("/api/plan/list?kind=voice&period=2025");
  assert_int_equal(desk_count("entries"), 0);
  desk_get("/api/plan/list?kind=voice&period=all");
  assert_int_equal(desk_count("entries"), plan_page_rows);
  char etag[http_etag_bytes_max];
  snprintf(etag, sizeof etag, "%s", desk.etag);
  desk.if_none_match = etag;
  desk_get("/api/plan/list?kind=voice&period=all");
  desk.if_none_match = NULL;
  assert_int_equal(desk.status, 304);
  desk_get("/api/plan/list?kind=voice&after=2026-13-01.00000000000000000000000000000001");
  desk_expect(400, "INVALID");
}

static void bad_input_is_refused_in_words_and_changes_nothing(void **state) {
  (void)state;
  static const struct {
    const char *kind, *field, *text;
  } bad[] = {{"voice", "date", "2026-02-31"},
             {"voice", "age_band", "old"},
             {"voice", "people", "-3"},
             {"voice", "people", "5001"},
             {"voice", "learner", "anybody"},
             {"voice", "removed", "1"},
             {"voice", "answers", ""},
             {"voice", "activity", "xyz"},
             {"voice", "activity", "000000000000000000000000000000ff"}};
  desk_return(ENUM_role_office);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json_t *values =
        json_pack("{s:s, s:s, s:s}", "date", "2026-10-01", "age_band", "mixed", "answers", "Yes.");
    json_object_set_new(values, bad[i].field, json_string(bad[i].text));
    add(bad[i].kind, values);
    desk_expect(400, "INVALID");
  }
  add("hats", json_pack("{}"));
  desk_expect(400, "INVALID");
  desk_send("/api/plan/add", json_pack("{s:s, s:s}", "kind", "voice", "values", "all"));
  desk_expect(400, "INVALID");
  desk_send("/api/plan/add", json_pack("{s:s, s:{s:[]}}", "kind", "voice", "values", "date"));
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=hats");
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=voice&school=1");
  desk_expect(400, "INVALID");
  desk_get("/api/plan/list?kind=voice");
  assert_int_equal(desk_count("entries"), 0);
}

/* ---- loans ---- */

static struct id add_instrument(const char *serial) {
  add("instrument", json_pack("{s:s, s:s, s:s}", "what", "Cornet", "serial", serial, "starts", "2020-09-01"));
  return answered();
}

static void a_number_is_one_instruments_and_a_list_finds_what_was_typed(void **state) {
  (void)state;
  struct id listed, cornet, loan;
  desk_return(ENUM_role_office);
  cornet = add_instrument("007");
  crypto_import_id(&listed, &w->host.hub.id, "instrument", slice_text("007"));
  assert_true(id_equal(&cornet, &listed));
  add("instrument", json_pack("{s:s, s:s, s:s}", "what", "Tuba", "serial", "007", "starts", "2020-09-01"));
  desk_expect(409, "CONFLICT");
  add("instrument_loan", json_pack("{s:s, s:s, s:s, s:s}", "instrument", hex(&cornet), "learner",
                                   hex(&w->world.zoe), "starts", "2026-09-07", "due", "2026-12-18"));
  loan = answered();
  crypto_import_id(&listed, &w->host.hub.id, "instrument_loan", slice_text("007|2026-09-07"));
  assert_true(id_equal(&loan, &listed));
  take_back(&cornet, "instrument", "Typed twice.");
  desk_fine();
  add("instrument", json_pack("{s:s, s:s, s:s}", "what", "Tuba", "serial", "007", "starts", "2020-09-01"));
  desk_fine();
}

static void lend(const struct id *instrument, const struct id *learner, const char *out, const char *back,
                 const char *charge) {
  json_t *values = json_pack("{s:s, s:s, s:s, s:s}", "instrument", hex(instrument), "learner", hex(learner),
                             "starts", out, "due", "2026-12-18");
  if (back) json_object_set_new(values, "returned", json_string(back));
  if (charge) json_object_set_new(values, "charge", json_string(charge));
  add("instrument_loan", values);
}

static void an_instrument_is_with_one_learner_at_a_time(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = add_instrument("C-1");
  lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  struct id loan = answered();
  assert_string_equal(desk_text("state"), "open");
  assert_string_equal(desk_text("names.instrument"), "Cornet C-1");
  lend(&cornet, &w->world.jo, "2026-10-01", NULL, "paid");
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "2026-09-07"));
  assert_null(strstr(desk_text("text"), "Zo"));
  lend(&cornet, &w->world.jo, "2026-08-01", "2026-09-08", "paid"); /* and not before it, into it */
  desk_expect(409, "CONFLICT");
  lend(&cornet, &w->world.jo, "2026-08-01", "2026-09-07", "paid");
  desk_fine();
  assert_string_equal(desk_text("state"), "done");
  correct(&loan, "instrument_loan",
          json_pack("{s:s, s:s, s:s, s:s}", "starts", "2026-09-07", "due", "2026-12-18", "returned",
                    "2026-10-01", "charge", "paid"));
  desk_fine();
  lend(&cornet, &w->world.jo, "2026-10-01", NULL, "paid");
  desk_fine();
  assert_int_equal(line("Learners with an instrument on loan"), 2);
  correct(&loan, "instrument_loan",
          json_pack("{s:s, s:s, s:s}", "starts", "2026-09-07", "due", "2026-12-18", "learner",
                    hex(&w->world.jo)));
  desk_expect(409, "CONFLICT");
  lend(&cornet, &w->world.jo, "2019-10-01", NULL, "paid");
  desk_expect(409, "CONFLICT");
}

static void a_loan_to_a_child_looked_after_is_free_where_the_office_knows(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = add_instrument("C-2");
  desk_send(desk_path("/api/inclusion/set/", &w->world.zoe),
            json_pack("{s:s, s:s}", "as_at", "2026-09-01", "cla", "yes"));
  desk_fine();
  lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "paid");
  desk_expect(409, "CONFLICT");
  lend(&cornet, &w->world.zoe, "2026-09-07", NULL, NULL);
  struct id loan = answered();
  assert_string_equal(desk_text("values.charge"), "looked_after");
  assert_non_null(strstr(desk_text("says.0"), "free of charge"));
  assert_int_equal(line("Of those, free because looked after"), 1);
  desk_get("/api/plan/list?kind=instrument_loan");
  assert_int_equal(desk_count("entries"), 1);
  assert_int_equal(audited("plan.list", "instrument_loan"), 1);
  assert_true(audited("plan.read", hex(&loan)) >= 1); /* the answer to a change is a look */
  desk_return(ENUM_role_lead);
  assert_int_equal(line("Of those, free because looked after"), -2);
}

static void a_loan_past_its_day_is_late(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = add_instrument("C-3");
  add("instrument_loan", json_pack("{s:s, s:s, s:s, s:s}", "instrument", hex(&cornet), "learner",
                                   hex(&w->world.zoe), "starts", "2020-10-01", "due", "2020-12-18"));
  desk_fine();
  assert_string_equal(desk_text("state"), "late");
  add("instrument_loan", json_pack("{s:s, s:s, s:s, s:s}", "instrument", hex(&cornet), "learner",
                                   hex(&w->world.zoe), "starts", "2026-10-01", "due", "2026-09-18"));
  desk_expect(400, "INVALID");
}

/* ---- who sees what ---- */

static void registers_that_name_a_learner_are_the_offices_alone(void **state) {
  (void)state;
  size_t named = 0;
  for (size_t i = 0; i < PLAN_END; i++) {
    const struct plan_kind *kind = &plan_kinds[i];
    uint8_t column;
    bool about = schema_subject(schema_table(kind->table), &column);
    if (about != kind->named) fail_msg("%s: NAMED or OPEN in plan.def?", kind->title);
    named += about;
    if (about) assert_int_equal(kind->sees | kind->writes, 1U << (ENUM_role_office - 1));
    for (int role = ENUM_role_office; role <= ENUM_role_admin; role++) {
      char target[80];
      desk_return(role);
      snprintf(target, sizeof target, "/api/plan/list?kind=%s", schema_table(kind->table)->name);
      desk_get(target);
      bool sees = kind->sees >> (role - 1) & 1;
      if (sees != (desk.status == 200)) fail_msg("role %d and %s: %u", role, kind->title, desk.status);
      if (!sees) desk_expect(403, "FORBIDDEN");
      snprintf(target, sizeof target, "/api/plan/export?kind=%s", schema_table(kind->table)->name);
      desk_get(target);
      assert_int_equal(sees, desk.status == 200);
    }
    desk_return(ENUM_role_lead);
    add(schema_table(kind->table)->name, json_object());
    desk_expect(kind->writes >> (ENUM_role_lead - 1) & 1 ? 400 : 403,
                kind->writes >> (ENUM_role_lead - 1) & 1 ? "INVALID" : "FORBIDDEN");
  }
  assert_int_equal(named, 6);
}

static void the_description_has_every_form_and_counts_what_one_sees(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("More drums, please.", "12");
  desk_fine();
  for (int role = ENUM_role_office; role <= ENUM_role_lead; role++) {
    desk_return(role);
    desk_get("/api/plan");
    desk_fine();
    assert_int_equal(desk_count("functions"), 5);
    assert_int_equal(desk_count("kinds"), PLAN_END);
    for (size_t i = 0; i < desk_count("kinds"); i++) {
      char place[48];
      snprintf(place, sizeof place, "kinds.%zu.name", i);
      bool voice = strcmp(desk_text(place), "voice") == 0;
      snprintf(place, sizeof place, "kinds.%zu.fields", i);
      assert_true(desk_count(place) >= 4);
      snprintf(place, sizeof place, "kinds.%zu.count", i);
      assert_int_equal(desk_number(place), voice ? 1 : plan_kinds[i].sees >> (role - 1) & 1 ? 0 : -1);
    }
  }
}

static void whatever_a_table_needs_its_form_asks_for(void **state) {
  (void)state;
  for (size_t k = 0; k < PLAN_END; k++) {
    const struct table *t = schema_table(plan_kinds[k].table);
    for (size_t i = COL(voice, removed_why) + 1; i < t->column_count; i++) {
      const struct plan_field *found = NULL;
      for (size_t f = 0; f < plan_field_count; f++)
        if (plan_fields[f].table == t->id && plan_fields[f].column == i) found = &plan_fields[f];
      if (!found) fail_msg("%s.%s has no FIELD in plan.def", t->name, t->columns[i].name);
      bool needs =
          t->columns[i].check.kind == CHECK_REQUIRED || t->columns[i].check.kind == CHECK_LENGTH_REQUIRED;
      if (needs && !found->needed) fail_msg("%s.%s is NEEDED", t->name, t->columns[i].name);
    }
  }
}

static void a_register_is_taken_as_a_file_with_names_and_labels(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = add_instrument("=1+1");
  lend(&cornet, &w->world.zoe, "2026-09-07", NULL, "free");
  desk_fine();
  desk_get("/api/plan/export?kind=instrument_loan&format=csv");
  desk_fine();
  assert_string_equal(desk.file_name, "instrument_loan.csv");
  assert_non_null(strstr(desk.text, "\"Due back\""));
  assert_non_null(strstr(desk.text, "Free to everybody"));
  assert_null(strstr(desk.text, hex(&w->world.zoe)));
  assert_int_equal(audited("plan.export", "instrument_loan"), 1);
  desk_get("/api/plan/export?kind=instrument&format=csv");
  assert_non_null(strstr(desk.text, "'=1+1"));
  desk_get("/api/plan/export?kind=instrument&format=pdf");
  desk_expect(400, "INVALID");
}

/* ---- rules of single registers ---- */

static void complain(const char *manager, const char *chair, const char *closed, const char *outcome) {
  json_t *values =
      json_pack("{s:s, s:s, s:s}", "kind", "complaint", "date", "2026-10-01", "about", "Too loud.");
  if (manager) json_object_set_new(values, "manager_on", json_string(manager));
  if (chair) json_object_set_new(values, "chair_on", json_string(chair));
  if (closed) json_object_set_new(values, "closed_on", json_string(closed));
  if (outcome) json_object_set_new(values, "outcome", json_string(outcome));
  add("feedback", values);
}

static void a_complaint_goes_to_the_manager_then_to_the_chair_and_closes_with_an_outcome(void **state) {
  (void)state;
  desk_return(ENUM_role_lead);
  complain(NULL, "2026-10-09", NULL, NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-09", "2026-10-02", NULL, NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-02", "2026-10-09", "2026-10-20", NULL);
  desk_expect(400, "INVALID");
  complain("2026-10-02", "2026-10-09", "2026-10-20", "A softer mallet.");
  desk_fine();
  assert_string_equal(desk_text("state"), "done");
  assert_int_equal(line("Complaints"), 1);
  assert_int_equal(line("Of those, taken to the chair"), 1);
  add("feedback", json_pack("{s:s, s:s, s:s, s:s}", "kind", "compliment", "date", "2026-10-01", "about",
                            "Fine.", "chair_on", "2026-10-02"));
  desk_expect(400, "INVALID");
}

static struct id add_partner(void) {
  desk_return(ENUM_role_office);
  desk_send("/api/partners/add", json_pack("{s:s}", "name", "Sample Trust"));
  return answered();
}

static void half_of_a_projects_cost_comes_from_elsewhere_and_a_step_moves_the_partner(void **state) {
  (void)state;
  struct id partner = add_partner();
  json_t *interest = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "partner", hex(&partner), "step", "interest",
                               "date", "2026-10-01", "cost", "1001", "elsewhere", "500", "met", "yes");
  add("partner_step", json_deep_copy(interest));
  desk_expect(409, "CONFLICT");
  json_object_set_new(interest, "elsewhere", json_string("501"));
  add("partner_step", json_deep_copy(interest));
  desk_fine();
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("stage"), "interest");
  assert_string_equal(desk_text("stage_on"), "2026-10-01");
  json_object_del(interest, "cost");
  add("partner_step", interest);
  desk_expect(400, "INVALID");
  json_t *end = json_pack("{s:s, s:s, s:s}", "partner", hex(&partner), "step", "ended", "date", "2026-11-01");
  add("partner_step", json_deep_copy(end));
  desk_expect(400, "INVALID");
  json_object_set_new(end, "text", json_string("The hall was sold."));
  add("partner_step", end);
  desk_fine();
  desk_get(desk_path("/api/partners/", &partner));
  assert_string_equal(desk_text("stage"), "ended");
  char target[96];
  snprintf(target, sizeof target, "/api/plan/list?kind=partner_step&period=all&partner=%s", hex(&partner));
  desk_get(target);
  assert_int_equal(desk_count("entries"), 2);
  assert_int_equal(line("Partnerships ended early"), 1);
}

static struct id school(void) {
  struct id id;
  struct op op = {.table = schema_table(TABLE_school), .units = 1 | 1U << 1};
  crypto_import_id(&id, &w->host.hub.id, "school", slice_text("plan"));
  op.row = id;
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&w->host, &op);
  return id;
}

static void a_school_has_one_area_leader_and_one_count_a_year(void **state) {
  (void)state;
  struct id at = school();
  desk_return(ENUM_role_office);
  add("area_leader",
      json_pack("{s:s, s:s, s:s}", "school", hex(&at), "staff", hex(&w->world.ada), "starts", "2025-09-01"));
  desk_fine();
  add("area_leader",
      json_pack("{s:s, s:s, s:s}", "school", hex(&at), "staff", hex(&w->world.ben), "starts", "2026-09-01"));
  desk_expect(409, "CONFLICT");
  assert_int_equal(line("Schools with an area music leader"), 1);
  json_t *count = json_pack("{s:s, s:s, s:s, s:s, s:s}", "school", hex(&at), "mode", "ensemble", "date",
                            "2026-10-01", "groups", "3", "people", "40");
  add("provision", json_deep_copy(count));
  desk_fine();
  add("provision", json_deep_copy(count));
  desk_expect(409, "CONFLICT");
  json_object_set_new(count, "date", json_string("2025-10-01"));
  add("provision", count);
  desk_fine();
  assert_int_equal(line("Groups that schools lead"), 3);
  assert_int_equal(line("Learners in groups that schools lead"), 40);
}

static void follow(const char *kind, const char *consent) {
  add("transition", json_pack("{s:s, s:s, s:s, s:s, s:s}", "learner", hex(&w->world.zoe), "kind", kind,
                              "date", "2026-10-01", "consent", consent, "outcome", "went_on"));
}

static void a_withdrawn_consent_wins(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  follow("y6_y7", "given");
  struct id first = answered();
  assert_int_equal(line("Followed from Year 6 to Year 7"), 1);
  follow("class_on", "withdrawn");
  struct id second = answered();
  assert_null(desk_text("values.outcome"));
  assert_int_equal(line("Followed from Year 6 to Year 7"), -1);
  follow("post_18", "given");
  desk_expect(409, "CONFLICT");
  correct(&first, "transition", json_pack("{s:s, s:s}", "date", "2026-10-02", "consent", "given"));
  desk_expect(409, "CONFLICT");
  correct(&second, "transition", json_pack("{s:s, s:s}", "date", "2026-10-02", "consent", "given"));
  desk_expect(409, "CONFLICT");
  take_back(&second, "transition", "It was another learner.");
  desk_fine();
  follow("post_18", "given");
  desk_fine();
}

/* What the hub holds of a learner is in what they are given when they ask. */
static void a_learner_who_asks_gets_the_entries_too(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  struct id cornet = add_instrument("C-4");
  lend(&cornet, &w->world.zoe, "2026-09-07", NULL, NULL);
  desk_fine();
  add("mentor",
      json_pack("{s:s, s:s, s:s}", "learner", hex(&w->world.zoe), "part", "buddied", "starts", "2026-09-07"));
  desk_fine();
  add("purchase",
      json_pack("{s:s, s:s, s:s}", "learner", hex(&w->world.zoe), "what", "Flute", "date", "2026-09-07"));
  desk_fine();
  add("case_study", json_pack("{s:s, s:s, s:s, s:s}", "learner", hex(&w->world.zoe), "title", "A year on",
                              "text", "She plays.", "date", "2026-09-07"));
  desk_fine();
  follow("y6_y7", "given");
  desk_fine();
  add("destination",
      json_pack("{s:s, s:s, s:s}", "learner", hex(&w->world.zoe), "date", "2026-09-07", "consent", "given"));
  desk_fine();
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  static const char *const records[] = {"instrument_loan", "mentor",     "purchase",
                                        "case_study",      "transition", "destination"};
  for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
    char place[64];
    snprintf(place, sizeof place, "records.%s", records[i]);
    if (desk_count(place) != 1) fail_msg("%s is not in it", records[i]);
  }
  assert_string_equal(desk_text("records.instrument_loan.0.instrument"), "Cornet C-4");
}

/* ---- small numbers ---- */

static void only_the_office_sees_small_numbers_of_children_and_everybody_those_of_things(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  say("One.", "3");
  desk_fine();
  assert_int_equal(line("Young people who were heard"), 3);
  for (int role = ENUM_role_lead; role <= ENUM_role_admin; role++) {
    desk_return(role);
    assert_int_equal(line("Young people who were heard"), -2);
    assert_int_equal(line("Times they were asked"), 1);
  }
  desk_return(ENUM_role_lead);
  say("Many.", "40");
  desk_fine();
  long long shown = line("Young people who were heard");
  assert_true(shown == 40 || shown == 45);
  assert_int_equal(line("Times they were asked"), 2);
  desk_get("/api/reports/export?report=plan&by=line&format=csv");
  desk_fine();
  assert_non_null(strstr(desk.text, "\"Function\""));
  assert_non_null(strstr(desk.text, "\"Inclusion\""));
  desk_send("/api/targets/set", json_pack("{s:s, s:i, s:s, s:i}", "report", "plan", "year", 2026, "measure",
                                          "number", "goal", 3));
  desk_expect(400, "INVALID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_young_people_said_is_kept_without_a_name),
      TEST(what_somebody_corrected_meanwhile_is_not_written_over),
      TEST(the_list_comes_in_pages_and_by_school_year),
      TEST(bad_input_is_refused_in_words_and_changes_nothing),
      TEST(a_number_is_one_instruments_and_a_list_finds_what_was_typed),
      TEST(an_instrument_is_with_one_learner_at_a_time),
      TEST(a_loan_to_a_child_looked_after_is_free_where_the_office_knows),
      TEST(a_loan_past_its_day_is_late),
      TEST(registers_that_name_a_learner_are_the_offices_alone),
      TEST(the_description_has_every_form_and_counts_what_one_sees),
      TEST(whatever_a_table_needs_its_form_asks_for),
      TEST(a_register_is_taken_as_a_file_with_names_and_labels),
      TEST(a_complaint_goes_to_the_manager_then_to_the_chair_and_closes_with_an_outcome),
      TEST(half_of_a_projects_cost_comes_from_elsewhere_and_a_step_moves_the_partner),
      TEST(a_school_has_one_area_leader_and_one_count_a_year),
      TEST(a_withdrawn_consent_wins),
      TEST(a_learner_who_asks_gets_the_entries_too),
      TEST(only_the_office_sees_small_numbers_of_children_and_everybody_those_of_things),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
