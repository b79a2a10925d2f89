/* plan_desk.c: writing in the Local Plan's registers, and reading their lines. */
#include "tests/contract/api/plan_desk.h"

#include <stdio.h>

const char *plan_hex(const struct id *id) {
  static char text[4][id_text_bytes];
  static unsigned next;
  char *out = text[next++ % 4];
  id_text(out, id);
  return out;
}

struct id plan_answered(void) {
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
void plan_add(const char *kind, json_t *values) { write_entry("/api/plan/add", kind, values); }
void plan_correct(const struct id *id, const char *kind, json_t *values) {
  write_entry(desk_path("/api/plan/correct/", id), kind, values);
}
void plan_take_back(const struct id *id, const char *kind, const char *reason) {
  desk_send(desk_path("/api/plan/void/", id), json_pack("{s:s, s:s}", "kind", kind, "reason", reason));
}

size_t plan_audited(const char *action, const char *detail) {
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
long long plan_line(const char *title) {
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

struct id plan_add_instrument(const char *serial) {
  plan_add("instrument",
           json_pack("{s:s, s:s, s:s}", "what", "Cornet", "serial", serial, "starts", "2020-09-01"));
  return plan_answered();
}

void plan_lend(const struct id *instrument, const struct id *learner, const char *out, const char *back,
               const char *charge) {
  json_t *values = json_pack("{s:s, s:s, s:s, s:s}", "instrument", plan_hex(instrument), "learner",
                             plan_hex(learner), "starts", out, "due", "2026-12-18");
  if (back) json_object_set_new(values, "returned", json_string(back));
  if (charge) json_object_set_new(values, "charge", json_string(charge));
  plan_add("instrument_loan", values);
}

void plan_follow(const char *kind, const char *consent) {
  plan_add("transition",
           json_pack("{s:s, s:s, s:s, s:s, s:s}", "learner", plan_hex(&ingest_world.world.zoe), "kind", kind,
                     "date", "2026-10-01", "consent", consent, "outcome", "went_on"));
}
