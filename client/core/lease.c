/* lease.c: counting days. */
#include "client/core/lease.h"

#include "shared/base/limits.h"

/* Dates end with 2199; a clock that is mad stops there. */
static const int64_t last_ms = 7255440000000;

int64_t lease_passed_ms(const struct now *from, const struct now *now) {
  bool same = id_equal(&from->boot, &now->boot);
  uint64_t since = same ? from->mono_ms : 0;
  int64_t mono = now->mono_ms > since ? (int64_t)(now->mono_ms - since) : 0;
  int64_t wall = now->wall_ms - from->wall_ms;
  return wall > mono ? wall : mono;
}

enum { day_ms = 86400000 };
static const int64_t gap_ms = (int64_t)lease_days_max * day_ms;

static bool is_early(const struct lease *l, int64_t wall_ms) { return wall_ms < l->from_ms - day_ms; }

static bool is_astray(const struct lease *l, int64_t wall_ms) {
  return is_early(l, wall_ms) || wall_ms - l->wall_ms > gap_ms;
}

/* Between two readings that are astray the clock goes on as it does otherwise, if it was not set again. */
void lease_advance(struct lease *l, const struct now *now) {
  struct now from = l->seen;
  bool astray = is_astray(l, now->wall_ms);
  bool way = astray && (!is_astray(l, from.wall_ms) || now->wall_ms - from.wall_ms > gap_ms);
  if (!astray) from.wall_ms = l->wall_ms;
  if (way) from.wall_ms = now->wall_ms;
  int64_t passed = lease_passed_ms(&from, now), left = last_ms - l->at_ms;
  if (passed > left) passed = left;
  l->at_ms += passed;
  l->wall_ms = astray ? l->wall_ms + passed : now->wall_ms;
  l->ahead = astray && !is_early(l, now->wall_ms);
  l->seen = *now;
}

void lease_renew(struct lease *l, uint32_t days, int64_t hub_ms, const struct now *now) {
  if (hub_ms < 0) hub_ms = 0;
  l->days = days < lease_days_max ? days : lease_days_max;
  l->from_ms = l->at_ms = hub_ms < last_ms ? hub_ms : last_ms;
  l->seen = *now;
  l->wall_ms = is_early(l, now->wall_ms) ? l->from_ms : now->wall_ms;
  l->ahead = false;
  l->challenged = false;
  l->wrong = 0;
  bytes_zero(l->challenge, sizeof l->challenge);
}

static bool counts(const struct lease *l, int32_t day) {
  int32_t last = INT32_MIN;
  for (size_t i = 0; i < l->term_count; i += 1) {
    if (day >= l->terms[i].starts && day <= l->terms[i].ends) return true;
    if (l->terms[i].ends > last) last = l->terms[i].ends;
  }
  return day > last;
}

int64_t lease_days_left(const struct lease *l) {
  int32_t first;
  int32_t today;
  int32_t minute;
  int64_t left = l->ahead ? 0 : l->days;
  uk_civil(l->from_ms, &first, &minute);
  uk_civil(l->at_ms, &today, &minute);
  for (int32_t day = first + 1; day <= today && left > 0; day += 1) left -= counts(l, day);
  return left;
}

/* No day of the calendar is shorter than 23 hours. */
bool lease_has_ended(const struct lease *l) {
  enum { day_least_ms = 23 * 3600000 };
  if (l->ahead) return true;
  if ((l->at_ms - l->from_ms) / day_least_ms + 1 < (int64_t)l->days) return false;
  return lease_days_left(l) == 0;
}

int64_t lease_wait_ms(const struct lease *l, const struct now *now) {
  if (l->wrong < lease_attempts_free) return 0;
  unsigned doubled = (unsigned)l->wrong - lease_attempts_free;
  int64_t delay = (int64_t)lease_delay_first_ms << (doubled < 7 ? doubled : 7);
  int64_t passed = lease_passed_ms(&l->tried, now);
  return passed >= delay ? 0 : delay - passed;
}

bool lease_is_sane(const struct lease *l) {
  return l->days <= lease_days_max && l->from_ms >= 0 && l->from_ms <= l->at_ms && l->at_ms <= last_ms;
}
