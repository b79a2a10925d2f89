/* views_day.h: the board of a day: whole figures, and of the registers a page. Implemented by server/store.
 */
#ifndef TUTTI_SERVER_VIEWS_DAY_H
#define TUTTI_SERVER_VIEWS_DAY_H

#include "server/core/views.h"

enum { day_cursor_bytes = 63, day_page_max = 1000 }; /* a busy day of a county */
struct day_wanted {
  int32_t date;
  uint32_t states;   /* set of `enum register_view_state`; 0: any */
  bool late;         /* only what is open and over */
  bool by_time;      /* the list as a timetable has it, whatever needs somebody */
  struct slice text; /* words that begin words of a register's name, its school, its place or who holds it;
                        empty: all */
  bool (*sees)(const void *who, const struct id *activity); /* NULL: everything */
  const void *who;
  struct slice after; /* `next` of the page before; empty: from the first on */
  size_t limit;
};
struct view_day {
  uint32_t counts[VIEW_SHUT + 1]; /* of all that are seen, by state, however the list is narrowed */
  uint32_t late;                  /* of those that are open */
  size_t total;                   /* how many the list has */
  struct view_register *list; /* a page of it: what needs somebody first (or not), then by time and name */
  size_t count;
  char next[day_cursor_bytes + 1]; /* empty: there are no more */
};
/* ERR_INVALID: `after` is none of ours. */
MUST_USE err views_day(struct store *s, const struct day_wanted *wanted, const struct now *now,
                       struct arena *a, struct view_day *out);

#endif
