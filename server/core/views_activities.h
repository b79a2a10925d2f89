/* views_activities.h: what the office reads of its activities: the list, and one with who teaches, who is
 * enrolled and when it meets. Implemented by server/store. */
#ifndef TUTTI_SERVER_VIEWS_ACTIVITIES_H
#define TUTTI_SERVER_VIEWS_ACTIVITIES_H

#include "server/core/store.h"

/* All text and lists live in the arena given; dates are days, 0 for none, and what ends is over on that day.
 */
struct view_activity_line {
  struct id id, school, partner; /* zero: none */
  struct slice ref, name, genre, place, school_name, school_urn, partner_name, partner_ref;
  struct slice tutors; /* who teaches or leads it on the day, "Viola Minim, Otto Crotchet" */
  uint8_t mode, setting, family, level;
  int32_t ends;
  uint32_t learners, staff; /* enrolled; who teaches or leads: on the day */
  uint32_t meetings;        /* in the days asked for, 0 where none are */
  uint64_t version;
};
enum activity_lack { ACTIVITY_ANY, ACTIVITY_NO_STAFF, ACTIVITY_NO_LEARNERS };
enum activity_when { ACTIVITY_NOW, ACTIVITY_ENDED, ACTIVITY_ALWAYS };
struct activities_wanted {
  struct slice text; /* parts of its name, number, school, place or tutors; empty: all */
  struct id school;  /* zero: any */
  bool no_school;
  uint8_t mode, setting, family, level; /* 0: any */
  int32_t from, to;                     /* that meet on one of these days; 0: whenever */
  enum activity_lack lack;
  enum activity_when when;
  bool whole;      /* all of them, for a file; otherwise a page: */
  struct id after; /* `next` of the page before; zero: from the first on */
  size_t limit;
};
struct view_activities {
  struct view_activity_line *list; /* by name and school */
  size_t count, total;             /* of the page; of all that are wanted */
  struct id next;                  /* zero: there are no more */
};
MUST_USE err views_activity_lines(struct store *s, const struct activities_wanted *wanted, int32_t today,
                                  struct arena *a, struct view_activities *out); /* ERR_NOT_FOUND: `after` */

struct view_activity_staff {
  struct id staff;
  struct slice name;
  uint8_t role;
  int32_t starts, ends;
  bool left; /* works here no more */
};
struct view_activity_learner {
  struct id enrolment, learner;
  struct slice name, year_group, school_name, instrument, section, status;
  int32_t starts, ends;
  bool disputed; /* two people say different days */
  uint64_t version;
};
/* When it meets from now on: meetings to come of one weekday, time, place and person. */
struct view_activity_time {
  uint8_t weekday; /* 1 is Monday */
  int32_t starts, ends, first, last;
  struct id staff; /* zero: nobody is named */
  struct slice staff_name, place;
  uint32_t meetings;
};
struct view_activity_detail {
  struct view_activity_line line;
  struct view_activity_staff *staff;      /* who holds it first, then those to come, then those who did */
  struct view_activity_learner *learners; /* the same */
  struct view_activity_time *times;
  size_t staff_count, learner_count, time_count;
};
MUST_USE err views_activity(struct store *s, const struct id *activity, int32_t today, struct arena *a,
                            struct view_activity_detail *out); /* ERR_NOT_FOUND */

/* Where a learner comes, whichever record of the same child it names: what holds on the day first, then what
 * is to come, then what is over, the latest first; at most activity_times_max. */
struct view_place_at {
  struct id enrolment, activity;
  struct slice name, school_name, instrument, section;
  int32_t starts, ends;
};
MUST_USE err views_places(struct store *s, const struct id *learner, int32_t today, struct arena *a,
                          struct view_place_at **out, size_t *count);

/* Meetings from a day on that are planned and that nobody has touched: what may still be changed; all, or
 * (`slot` not NULL) those of one weekday and time. By day, at most meetings_at_once_max, and how many there
 * are. `held`: meetings from that day on whose register was taken. */
struct view_planned {
  struct id session, staff; /* staff zero: nobody is named */
  struct slice place;       /* its own; empty: the activity's */
  int32_t date, starts, ends;
};
struct planned_slot {
  int32_t weekday, starts; /* weekday: 1 is Monday */
};
struct view_planned_list {
  struct view_planned *list;
  size_t count, total;
  uint32_t held;
};
MUST_USE err views_planned(struct store *s, const struct id *activity, int32_t from,
                           const struct planned_slot *slot, struct arena *a, struct view_planned_list *out);

enum { closing_rows_max = 32768 }; /* places, grants and meetings that change together, in one transaction */
/* Whose place ends, who teaches it no more and what is taken off when it is closed on a day; or, `back`,
 * whose places and grants ended on that day, to be given back. All of them: `too_many` where there are more
 * than closing_rows_max, and then none. */
struct view_ending {
  struct id who; /* a learner, or one of the staff */
  uint8_t role;  /* of a grant */
  int32_t starts;
};
struct view_endings {
  struct view_ending *enrolments, *grants;
  struct id *sessions; /* planned from that day on, and untouched */
  size_t enrolment_count, grant_count, session_count;
  uint32_t held;
  bool too_many;
};
MUST_USE err views_endings(struct store *s, const struct id *activity, int32_t date, bool back,
                           struct arena *a, struct view_endings *out);

#endif
