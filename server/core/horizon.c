/* horizon.c: which day the current term begins on, and meetings that leave the streams when it has turned. */
#include "server/core/horizon.h"

#include "server/core/work.h"
#include "shared/base/log.h"

/* ---- the day ---- */

/* A clock that stands before there was any hub is a machine's that has just been switched on. */
static int32_t first_day(void) { return date_to_days((struct date){2026, 1, 1}); }

/* Of two that are the same days either may be the part. */
static bool is_part(const struct horizon_term *t, const struct horizon_term *of) {
  return t->starts >= of->starts && t->ends <= of->ends && t->ends - t->starts < of->ends - of->starts;
}

static bool is_part_of_any(const struct horizon_term *terms, size_t count, size_t at) {
  bool part = false;
  for (size_t i = 0; i < count && !part; i++) part = is_part(&terms[at], &terms[i]);
  return part;
}

/* The latest first of September up to a day. */
static int32_t year_begins(int32_t day) {
  struct date d = date_from_days(day);
  int32_t begins = date_to_days((struct date){d.year, 9, 1});
  return begins <= day ? begins : date_to_days((struct date){(int16_t)(d.year - 1), 9, 1});
}

int32_t horizon_day(const struct horizon_term *terms, size_t count, int32_t today) {
  const int32_t begun = today - term_grace_days, year = year_begins(begun);
  const struct horizon_term *latest = NULL;
  for (size_t i = 0; i < count; i++) {
    const struct horizon_term *t = &terms[i];
    if (t->ends < t->starts || t->starts > begun || is_part_of_any(terms, count, i)) continue;
    if (!latest || t->starts > latest->starts) latest = t;
  }
  return latest && latest->ends >= year ? latest->starts : year;
}

/* ---- how far the hub has come ---- */

static int compare(const struct horizon_place *a, const struct horizon_place *b) {
  if (a->date != b->date) return a->date < b->date ? -1 : 1;
  return id_compare(&a->id, &b->id);
}

bool horizon_is_behind(const struct horizon_place *horizon, int32_t date, const struct id *session) {
  const struct horizon_place meeting = {date, *session};
  return compare(&meeting, horizon) <= 0;
}

int32_t horizon_date(const struct row *meeting) {
  const struct value *date = &meeting->values[COL(session, date)];
  return date->kind == VALUE_INT ? (int32_t)date->i : INT32_MAX;
}

static void put_half(uint8_t out[8], uint64_t v) {
  for (size_t i = 0; i < 8; i++) out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t half(const uint8_t in[8]) {
  uint64_t v = 0;
  for (size_t i = 0; i < 8; i++) v = v << 8 | in[i];
  return v;
}

err horizon_load(struct store *s, struct horizon_place *out) {
  uint64_t date, high, low;
  TRY(s->ops->number_load(s, STORE_HORIZON, &date));
  TRY(s->ops->number_load(s, STORE_HORIZON_HIGH, &high));
  TRY(s->ops->number_load(s, STORE_HORIZON_LOW, &low));
  out->date = (int32_t)date;
  put_half(out->id.b, high);
  put_half(out->id.b + 8, low);
  return ERR_OK;
}

static err save(struct store *s, const struct horizon_place *at) {
  TRY(s->ops->number_save(s, STORE_HORIZON, (uint64_t)at->date));
  TRY(s->ops->number_save(s, STORE_HORIZON_HIGH, half(at->id.b)));
  return s->ops->number_save(s, STORE_HORIZON_LOW, half(at->id.b + 8));
}

/* ---- a piece ---- */

/* The place right before a meeting: nothing stands between the two. */
static struct horizon_place before(const struct horizon_place *meeting) {
  struct horizon_place at = *meeting;
  size_t i = id_bytes;
  while (i > 0 && at.id.b[--i]-- == 0) continue;
  return at;
}

/* Nothing that the reports count has changed, nor anything that an office page shows. */
static err move(struct work *w, const struct horizon_place *goal, bool *more) {
  struct horizon_place *list;
  size_t count, i = 0;
  const bool back = compare(goal, &w->horizon) < 0;
  TRY(w->store->ops->horizon->meetings(w->store, &w->horizon, goal->date, back, horizon_piece_meetings_max,
                                       &w->arena, &list, &count));
  for (; i < count && w->row_count < horizon_piece_rows_max; i++)
    TRY(work_touch_meeting(w, &list[i].id, !back));
  *more = i < count || count == horizon_piece_meetings_max;
  w->moves_only = true;
  w->horizon = !*more ? *goal : back ? before(&list[i - 1]) : list[i - 1];
  return save(w->store, &w->horizon);
}

static err find_goal(struct store *s, int32_t today, struct arena *a, struct horizon_place *out) {
  struct horizon_term *terms;
  size_t count;
  TRY(s->ops->horizon->terms(s, a, &terms, &count));
  *out = (struct horizon_place){.date = horizon_day(terms, count, today)};
  return ERR_OK;
}

static err piece(struct work *w, struct horizon_piece *out) {
  struct horizon_place goal;
  TRY(find_goal(w->store, w->today, &w->arena, &goal));
  TRY(work_horizon(w));
  if (compare(&goal, &w->horizon) == 0) return ERR_OK;
  TRY(move(w, &goal, &out->more));
  TRY(work_settle(w));
  TRY(work_save(w));
  if (w->position != w->position_before) out->changes = w->changes;
  return ERR_OK;
}

static err is_due(struct work *w, bool *out) {
  struct horizon_place goal, now;
  *out = false;
  if (w->today < first_day()) return ERR_OK;
  TRY(find_goal(w->store, w->today, &w->arena, &goal));
  TRY(horizon_load(w->store, &now));
  *out = compare(&goal, &now) != 0;
  return ERR_OK;
}

static void tell(const struct hub *hub, const struct horizon_place *horizon) {
  struct date d = date_from_days(horizon->date);
  log_write(hub->log, LOG_INFO, "horizon", "devices hold meetings from %04d-%02d-%02d on", d.year, d.month,
            d.day);
}

err horizon_step(struct horizon_piece *out, const struct hub *hub, struct store *store,
                 const struct now *now) {
  struct work w;
  bool due;
  *out = (struct horizon_piece){.more = false};
  work_init(&w, hub, store, now);
  err e = is_due(&w, &due);
  bool begun = e == ERR_OK && due;
  if (begun) e = store->ops->begin(store);
  if (begun && e == ERR_OK) e = piece(&w, out);
  if (begun && e == ERR_OK) e = store->ops->commit(store);
  if (begun && e != ERR_OK) store->ops->rollback(store);
  if (begun && e == ERR_OK && !out->more) tell(hub, &w.horizon);
  work_finish(&w);
  return e;
}
