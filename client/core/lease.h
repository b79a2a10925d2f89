/* lease.h: how long a device goes on without the office. It counts term days since the last contact, by a
 * clock of its own that never goes backwards, and locks the screen alone: what was recorded still leaves.
 *
 * That clock goes on by what monotonic time shows, or by the wall clock's way forward where that is longer,
 * because a device is asleep or off most of its life. Two readings of the wall clock say nothing about the
 * days that went by, and are called astray:
 *   - more than a day before the last contact, as after a flat battery (1970), for it cannot be earlier;
 *   - further ahead of where the clock stood than the longest lease, as when somebody types 2099.
 * While it is astray, steps of it count (a clock wound back to 1970 buys nothing but the way there), the way
 * there and the way back do not: a phone set right has not been away for 56 years. With a clock far ahead the
 * screen is locked, for the device may have lain in a drawer that long; it opens when the clock is right
 * again, because nothing was counted. Somebody who sets the clock back to the last day each time before the
 * app is opened is not found out: no device without monotonic time through sleep can. */
#ifndef TUTTI_CLIENT_LEASE_H
#define TUTTI_CLIENT_LEASE_H

#include "proto/lease.h"
#include "shared/base/now.h"

enum { lease_terms_max = 32 };
struct lease_term { /* days, both within */
  int32_t starts, ends;
};
struct lease {
  uint32_t days;    /* term days, from the contact on */
  int64_t from_ms;  /* hub time at the contact */
  int64_t at_ms;    /* hub time as far as it has surely gone on since */
  struct now seen;  /* this machine's clocks at that moment */
  int64_t wall_ms;  /* where its wall clock should stand then: not seen.wall_ms while that is astray */
  bool ahead;       /* it stands too far ahead, as far as was told; found anew at every reading */
  bool challenged;  /* `challenge` was shown and not used */
  uint8_t wrong;    /* codes since the last right one */
  struct now tried; /* when */
  uint8_t challenge[lease_challenge_bytes];
  uint8_t term_count;
  struct lease_term terms[lease_terms_max]; /* as the database had them: it is closed when they are needed */
};
/* A contact: `days` term days from now on. An unused challenge, and wrong codes, are forgotten. */
void lease_renew(struct lease *l, uint32_t days, int64_t hub_ms, const struct now *now);
/* Time goes on to this reading of the clocks; setting the clock back gains nothing. */
void lease_advance(struct lease *l, const struct now *now);
/* Term days left, 0 when it has ended. Without terms every day counts, and so does every day after the last
 * term that is known. */
int64_t lease_days_left(const struct lease *l);
bool lease_has_ended(
    const struct lease *l); /* none is left; asked at every step, so without the calendar while it can */
/* As lease_renew and lease_advance leave it; read from a file it may not be. */
bool lease_is_sane(const struct lease *l);
/* Milliseconds before the next code is looked at. */
int64_t lease_wait_ms(const struct lease *l, const struct now *now);
/* The time that surely passed between two readings of the clocks. */
int64_t lease_passed_ms(const struct now *from, const struct now *now);

#endif
