/* clock.c: stamps, and when they are unsure. */
#include "client/core/clock.h"

#include "shared/base/limits.h"

void clock_learn(struct clock *c, const struct now *sent, const struct now *now, int64_t hub_ms) {
  int64_t journey = id_equal(&sent->boot, &now->boot) && now->mono_ms > sent->mono_ms
                        ? (int64_t)(now->mono_ms - sent->mono_ms)
                        : 0;
  c->known = true;
  c->offset_ms = hub_ms + journey / 2 - now->wall_ms;
  c->learned = *now;
}

/* Dates end with 2199: a clock that is mad stops a month before that, so that the days after today are dates
 * too. */
static const int64_t last_ms = 7255440000000;

int64_t clock_hub_ms(const struct clock *c, const struct now *now) {
  int64_t ms = now->wall_ms + (c->known ? c->offset_ms : 0);
  if (ms < 0) return 0;
  return ms < last_ms ? ms : last_ms;
}

bool clock_unsure(const struct clock *c, const struct now *now) {
  if (!c->known) return true;
  if (id_equal(&c->learned.boot, &now->boot)) {
    int64_t drift = (now->wall_ms - c->learned.wall_ms) - (int64_t)(now->mono_ms - c->learned.mono_ms);
    return drift > clock_jump_ms_max || drift < -clock_jump_ms_max;
  }
  if (now->wall_ms < c->learned.wall_ms) return true;
  return c->stamp_last > 0 && clock_hub_ms(c, now) + clock_jump_ms_max < (int64_t)c->stamp_last;
}

uint64_t clock_stamp(const struct clock *c, const struct now *now, uint64_t newest_base) {
  int64_t hub = clock_hub_ms(c, now);
  uint64_t stamp = hub > 0 ? (uint64_t)hub : 0;
  if (stamp <= c->stamp_last) stamp = c->stamp_last + 1;
  if (stamp <= newest_base) stamp = newest_base + 1;
  return stamp;
}
