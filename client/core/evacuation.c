/* evacuation.c: who is in the building, as far as somebody said so: explicit marks less departures, and,
 * apart from them, whoever only signed in at the door. */
#include "client/core/commands.h"
#include "client/core/session_sql.h"

/* Who was counted in a later hall is not counted again in an earlier one. */
struct counting {
  struct core *core;
  struct packer *out;
  int64_t now, total;
  struct id *seen;
  size_t seen_count;
};
enum place { PLACE_ELSEWHERE, PLACE_HERE, PLACE_DOOR, PLACE_LEFT };

static bool is_marked_here(const struct roster_row *row) {
  return row->code == ENUM_mark_code_P || row->code == ENUM_mark_code_L;
}

static bool is_seen(const struct counting *k, const struct id *learner) {
  for (size_t i = 0; i < k->seen_count; i += 1) {
    if (id_equal(&k->seen[i], learner)) return true;
  }
  return false;
}

/* Somebody who is to leave later is still here. Who signed out at the door and was marked here stays on the
 * list: nobody but they said that they went. */
static enum place place_of(const struct counting *k, const struct roster_row *row) {
  if (is_seen(k, &row->learner)) return PLACE_ELSEWHERE;
  if (is_marked_here(row)) return row->departed >= 0 && row->departed <= k->now ? PLACE_LEFT : PLACE_HERE;
  return row->door_in >= 0 && row->door_out < 0 ? PLACE_DOOR : PLACE_ELSEWHERE;
}

static int64_t count(const struct counting *k, enum place place) {
  const struct roster *r = &k->core->roster;
  int64_t n = 0;
  for (size_t i = 0; i < r->count; i += 1) n += place_of(k, &r->rows[i]) == place;
  return n;
}

static void pack_rows(struct counting *k, const char *name, enum place place) {
  const struct roster *r = &k->core->roster;
  pack_word(k->out, name);
  pack_array(k->out, (size_t)count(k, place));
  for (size_t i = 0; i < r->count; i += 1) {
    if (place_of(k, &r->rows[i]) == place) pack_roster_row(k->core, k->out, &r->rows[i]);
  }
}

static void remember(struct counting *k) {
  const struct roster *r = &k->core->roster;
  for (size_t i = 0; i < r->count && k->seen_count < roster_rows_max; i += 1) {
    if (place_of(k, &r->rows[i]) == PLACE_HERE) k->seen[k->seen_count++] = r->rows[i].learner;
  }
}

static err pack_hall(struct counting *k, const struct session_info *s, const struct arg *asked) {
  TRY(roster_open(k->core, &s->id));
  bool on = k->now >= s->starts - hall_opens_minutes && k->now < s->ends + hall_empties_minutes;
  on = on || (asked->given && id_equal(&asked->id, &s->id));
  pack_map(k->out, FIELDS_Hall);
  pack_roster_session(k->out, &k->core->roster);
  answer_bool(k->out, "on", on);
  pack_rows(k, "here", PLACE_HERE);
  pack_rows(k, "door", PLACE_DOOR);
  answer_int(k->out, "left", count(k, PLACE_LEFT));
  if (!on) return ERR_OK;
  k->total += count(k, PLACE_HERE);
  remember(k);
  return ERR_OK;
}

static err pack_halls(struct counting *k, const struct arg *asked) {
  struct core *c = k->core;
  struct session_query q = {
      .staff = c->who, .first = core_today(c), .last = core_today(c), .today = core_today(c)};
  struct session_info *list = NULL;
  size_t listed = 0, halls = 0;
  TRY(session_list(c->store, &q, day_sessions_max, &c->arena, &list, &listed));
  for (size_t i = 0; i < listed; i += 1) {
    if (list[i].status != ENUM_session_status_cancelled) list[halls++] = list[i];
  }
  pack_word(k->out, "halls");
  pack_array(k->out, halls);
  for (size_t i = halls; i > 0; i -= 1) TRY(pack_hall(k, &list[i - 1], asked));
  return ERR_OK;
}

err call_evacuation(struct core *c, struct call *call) {
  struct counting k = {.core = c,
                       .out = call->out,
                       .now = core_minute(c),
                       .seen = arena_take(&c->arena, roster_rows_max, sizeof *k.seen)};
  int64_t combined = feed_combined_ms(c);
  if (!k.seen) return ERR_NO_MEMORY;
  pack_map(k.out, FIELDS_Evacuation);
  answer_date(k.out, "date", core_today(c));
  answer_int(k.out, "minute_now", k.now);
  answer_int_or_nil(k.out, "combined_at", combined != 0, combined);
  TRY(pack_halls(&k, &call->args[ARG_OF(evacuation, session)]));
  answer_int(k.out, "total", k.total);
  return ERR_OK;
}
