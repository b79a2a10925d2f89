/* horizon.h: the first day of the current term. A meeting of a day before it, with its register, marks,
 * arrivals and calls, travels to no device: a device holds the current term only.
 *
 * How far the hub has come is a place in the order of (day, id) of its meetings, kept as three numbers of the
 * store: whatever stands up to it travels nowhere. So what a stream holds is a function of what is stored, in
 * every transaction, also of those between two pieces of a term's end; and the place moves on from where it
 * was when the hub was stopped there. */
#ifndef TUTTI_SERVER_HORIZON_H
#define TUTTI_SERVER_HORIZON_H

#include "server/core/hub.h"

struct horizon_term {
  int32_t starts, ends;
};
/* The day itself, of the terms that were not removed, in any order:
 *   - the first day of the one that began latest of those that have begun term_grace_days ago; a term that
 *     lies within a longer one is a part of it, and does not count by itself;
 *   - in the holidays that is the term that is over, up to the first of September: a term that was over
 *     before the school year began is not current any more, and from then on (with the same grace) it is
 *     that first of September, as for a hub that knows no terms.
 * Nothing else goes into it, so it is the same after a restart and in a restored hub; and it falls again
 * where the office corrects terms, for a slip of the pen must not take a term away from everybody. */
int32_t horizon_day(const struct horizon_term *terms, size_t count, int32_t today);

struct horizon_place { /* a meeting, or the beginning of a day where `id` is zero */
  int32_t date;
  struct id id;
};
/* Does a meeting of that day travel nowhere? */
bool horizon_is_behind(const struct horizon_place *horizon, int32_t date, const struct id *session);
/* Of a row of `session`; a meeting that has no day yet comes after all others. */
int32_t horizon_date(const struct row *meeting);
MUST_USE err horizon_load(struct store *s, struct horizon_place *out);

/* One piece of the way to where the horizon belongs today, in a transaction of its own: meetings leave the
 * streams, or come back. `changes.position` is 0 where there was nothing to do. */
struct horizon_piece {
  struct change_set changes;
  bool more;
};
MUST_USE err horizon_step(struct horizon_piece *out, const struct hub *hub, struct store *store,
                          const struct now *now);

/* ---- what it asks of the store ---- */
struct horizon_ops {
  err (*terms)(struct store *s, struct arena *a, struct horizon_term **out, size_t *count);
  /* The next meetings behind `from`, of days before `until`; with `back` those up to `from`, of days from
   * `until` on, the last one first. */
  err (*meetings)(struct store *s, const struct horizon_place *from, int32_t until, bool back, size_t max,
                  struct arena *a, struct horizon_place **out, size_t *count);
  /* Rows of one table that belong to a meeting. */
  err (*meeting_rows)(struct store *s, uint8_t table, const struct id *session, struct arena *a,
                      struct id **out, size_t *count);
};

#endif
