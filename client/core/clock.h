/* clock.h: hub time as this device believes it, and the stamps of what is written here. */
#ifndef TUTTI_CLIENT_CLOCK_H
#define TUTTI_CLIENT_CLOCK_H

#include "shared/base/now.h"

struct clock {
  bool known;          /* hub time was learned at least once */
  int64_t offset_ms;   /* hub time less this machine's wall clock, when last learned */
  struct now learned;  /* this machine's clocks at that moment */
  uint64_t stamp_last; /* of the last changeset written here; 0: none known */
};
/* The hub answered `hub_ms` to what was sent at `sent`; the answer came at `now`. Half the journey is taken
 * off. */
void clock_learn(struct clock *c, const struct now *sent, const struct now *now, int64_t hub_ms);
/* Hub time now, as far as known: the wall clock and the offset. */
int64_t clock_hub_ms(const struct clock *c, const struct now *now);
/* True when a stamp made now may be wrong: hub time was never learned, wall and monotonic time drifted apart
 * by more than clock_jump_ms_max since then, or after a restart the wall clock stands before what it had
 * reached. */
bool clock_unsure(const struct clock *c, const struct now *now);
/* max(hub time, own previous + 1, newest base + 1); the caller stores it in stamp_last once it is durable. */
uint64_t clock_stamp(const struct clock *c, const struct now *now, uint64_t newest_base);

#endif
