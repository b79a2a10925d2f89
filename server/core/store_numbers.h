/* store_numbers.h: numbers the hub keeps about itself, beside its tables. */
#ifndef TUTTI_SERVER_STORE_NUMBERS_H
#define TUTTI_SERVER_STORE_NUMBERS_H

enum store_number {
  STORE_POSITION = 1, /* the hub's change number: one more for every changed row */
  STORE_EPOCH, /* raised by every restore: positions of different epochs have nothing to do with each other */
  STORE_OFFICE_COUNTER,
  STORE_OFFICE_STAMP,
  STORE_ERASURES,      /* the highest number of an erasure, 0 none */
  STORE_SCRUB_DUE,     /* how often something was erased since the file was rewritten */
  STORE_JOURNAL,       /* the last of its transactions that this database contains */
  STORE_SWEPT_DATE,    /* the day up to which ended enrolments left their streams */
  STORE_DISADVANTAGED, /* which signs count, see inclusion.h; 0: all */
  STORE_RETIRED,       /* how many pieces of the retention schedule were done: see retention.h */
  STORE_ENTRIES, /* the first day of whose register entries the schedule has removed none; 0: it has none */
  STORE_STUCK,   /* since when, in ms, the database file takes no more pages: see db_is_stuck; 0: it does */
  STORE_SCRUB_FROM,   /* nor before then, in ms, where that was put off; 0: as soon as it can be */
  STORE_HORIZON,      /* meetings up to this day, and on it up to the id of the next two (its halves, the */
  STORE_HORIZON_HIGH, /* first bytes highest), travel nowhere: see horizon.h; 0: all do */
  STORE_HORIZON_LOW,
};

#endif
