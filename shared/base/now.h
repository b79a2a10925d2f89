/* now.h: time as an argument, and the civil calendar. The core has no clock; hosts build a `struct now` for
 * every step. */
#ifndef TUTTI_BASE_NOW_H
#define TUTTI_BASE_NOW_H

#include <stdint.h>

#include "shared/base/id.h"

struct now {
  int64_t wall_ms;  /* since 1970-01-01T00:00:00Z, as this machine believes it */
  uint64_t mono_ms; /* since this boot, never backwards */
  struct id boot;   /* changes with every boot */
};

/* Days since 1970-01-01 in the proleptic Gregorian calendar, and back. */
struct date {
  int16_t year;
  uint8_t month, day; /* 1-12, 1-31 */
};
int32_t date_to_days(struct date d);
struct date date_from_days(int32_t days);
int date_weekday(int32_t days); /* 0 Monday … 6 Sunday */
/* "2026-11-21"; ERR_INVALID for 31 February and years outside 1900-2199. */
MUST_USE err date_parse(int32_t *days_out, struct slice text);
enum { date_text_bytes = 11, time_text_bytes = 25 };
void date_text(char out[date_text_bytes], int32_t days);
/* "2026-11-21T16:05:09Z". */
void time_text(char out[time_text_bytes], int64_t wall_ms);

/* The United Kingdom's civil time: minutes ahead of UTC at an instant (0 or 60; last Sundays of March and
 * October at 01:00 UTC). */
int uk_offset_minutes(int64_t wall_ms);
/* The civil date (days) and minute of the day (0-1439) in the United Kingdom at an instant, and the instant
 * of a civil minute (the earlier one when the clock repeats an hour). */
void uk_civil(int64_t wall_ms, int32_t *days_out, int32_t *minute_out);
int64_t uk_instant(int32_t days, int32_t minute);

#endif
