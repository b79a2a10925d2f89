/* meets.c: an activity entered, looked at and planned at the desk. */
#include "tests/contract/api/meets.h"

static struct ingest_world *const w = &ingest_world;

const char *meets_day(int after) {
  static char texts[4][date_text_bytes];
  static size_t at;
  date_text(texts[at = (at + 1) % 4], w->world.today + after);
  return texts[at];
}

void meets_look(const struct id *activity) {
  desk_get(desk_path("/api/activities/", activity));
  desk_fine();
}

struct id meets_add(const char *name, const char *mode, const char *ref) {
  struct id id;
  desk_send("/api/activities/add", json_pack("{s:s, s:s, s:s}", "name", name, "mode", mode, "ref", ref));
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

void meets_plan(const struct id *activity, int first, int last, const char *starts, const char *ends) {
  desk_send(desk_path("/api/activities/plan/", activity),
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "first", meets_day(first), "last", meets_day(last),
                      "starts", starts, "ends", ends, "place", "Hall"));
}
