/* rollover.h: a new school year as a list of the office's ops: everybody a year up, leavers left, what ends
 * ended, new terms. Looked at, applied and taken back as any other run. */
#ifndef TUTTI_SERVER_IMPORT_ROLLOVER_H
#define TUTTI_SERVER_IMPORT_ROLLOVER_H

#include "server/core/hub.h"

enum { rollover_terms_max = 12 };
struct rollover_wish {
  int32_t date;                    /* the first day of the new year: what ends, ends before it */
  int last_year;                   /* who was in this year group, or above, leaves; 13 at most */
  bool end_enrolments, end_grants; /* of those who stay, too; otherwise they go on */
  struct rollover_term {
    struct slice name;
    int32_t starts, ends;
  } terms[rollover_terms_max];
  size_t term_count;
};
struct rollover {
  struct op *ops; /* the caller frees them by rollover_finish; texts live in the arena */
  size_t op_count, op_cap;
  size_t leavers;
};
MUST_USE err rollover_make(struct rollover *out, const struct rollover_wish *wish, const struct hub *hub,
                           struct store *store, struct arena *a);
void rollover_finish(struct rollover *r);

/* A year group as a number: 0 for R, 1 to 13; -1 for what is none. */
int rollover_year(struct slice text);

#endif
