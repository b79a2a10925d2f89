/* work.h: private to this folder: one write transaction in memory. Rows are loaded once, merged in place and
 * saved once, in the order of their keys; history, feed and conflicts follow from them. */
#ifndef TUTTI_SERVER_WORK_H
#define TUTTI_SERVER_WORK_H

#include "server/core/horizon.h"
#include "shared/merge/merge.h"

enum { row_streams_max = 2 }; /* that a row names itself; a learner's follow from enrolments */
struct work_row {
  struct row row;
  uint64_t before;     /* its version when it was loaded; 0: it was not there */
  bool changed;        /* an op was applied to it */
  bool touched;        /* it must travel again, though it did not change */
  int32_t day;         /* a meeting: its day when it was loaded */
  bool enrolled;       /* an enrolment: it put its learner into the activity's stream when it was loaded */
  struct id pointer;   /* alias_pointer when it was loaded */
  uint32_t conflicted; /* units in conflict after the last op, as bits */
  struct op_id turned; /* the op that last changed which units are in conflict */
  uint32_t coming;     /* ops of the changeset that work_fits looks at */
  uint32_t coming_bases;
  struct id streams_before[row_streams_max]; /* those it travelled with when it was loaded */
  size_t stream_before_count;
  bool streams_known; /* a learner: all that it travels with now, while it is saved */
  const struct id *streams;
  size_t stream_count;
  uint8_t conflicts[op_units_max]; /* enum conflict_kind of each unit when it was loaded */
};
struct work_leave { /* a row that leaves an activity's stream */
  struct work_row *row;
  struct id activity;
};
enum { work_erased_slots = 1024 };
struct work_erased { /* what the ledger of erasures said in this transaction: see erased.c */
  bool looked;
  uint64_t last;    /* the highest number of an erasure; 0: the ledger is empty */
  int32_t entries;  /* of meetings before this day no new mark is taken: see STORE_ENTRIES */
  struct id *clean; /* learners it does not know, in `arena` */
};
struct work {
  const struct hub *hub;
  struct store *store;
  struct now now;
  int32_t today;
  uint64_t seed;      /* of the row index: a peer chooses ids, so it must not know where they fall */
  struct arena arena; /* rows, until work_clear */
  struct work_row **rows;
  size_t row_count, row_cap;
  struct work_row **slots; /* open addressing; NULL is free */
  size_t slot_count;
  struct write_history *history;
  size_t history_count, history_cap;
  struct op_range *seen;
  size_t seen_count, seen_cap;
  struct write_loose *loose;
  size_t loose_count, loose_cap;
  struct work_leave *leaves;
  size_t leave_count, leave_cap;
  struct work_erased erased;
  bool horizon_known;
  struct horizon_place horizon; /* after work_horizon: meetings up to there travel nowhere */
  bool moves_only;              /* rows move between streams, and nothing that anybody counts changes */
  struct work_look {            /* rows to be looked at again beside those that changed: their class did */
    const struct table *table;
    struct id id;
  } * looks;
  size_t look_count, look_cap;
  struct id
      *suspects; /* learners who may stand twice since something of theirs changed; kept by work_clear */
  size_t suspect_count, suspect_cap;
  bool more;         /* another work_save of this transaction will judge the suspects */
  uint64_t position; /* after work_settle: the hub's change number with this work in it */
  uint64_t position_before;
  bool reissues; /* a receipt is signed anew: that takes a change number, so that the newer one is known */
  struct change_set changes;
  err failed; /* of a callback that cannot return one */
};
/* Inside a transaction of `store`; nothing is read yet. */
void work_init(struct work *w, const struct hub *hub, struct store *store, const struct now *now);
void work_finish(struct work *w);
/* Forgets rows and ops that were saved; `changes` stays. */
void work_clear(struct work *w);

/* The row as this transaction has it; lives until work_clear. */
MUST_USE err work_row(struct work_row **out, struct work *w, const struct table *t, const struct id *id);
/* The same of a row that is here already; NULL: it is not. */
struct work_row *work_find(const struct work *w, const struct table *t, const struct id *id);
/* Loads those of the rows that are not here yet, in one go. */
MUST_USE err work_prefetch(struct work *w, const struct changeset *list, size_t count);
MUST_USE err work_prefetch_ops(struct work *w, const struct op *ops, size_t count);
/* Merges one op, notes its history. `bundle` is the caller's mark, to be replaced by the bundle's number
 * before work_save. Text of the op's values must outlive the work. */
MUST_USE err work_apply(struct work *w, const struct merge_op *m, uint64_t bundle, struct merge_outcome *out);
/* Would its ops fit under the limits of their rows? A changeset that does not is kept apart before any of it
 * is applied. `first` and `places`: see apply in accept.c. */
MUST_USE err work_fits(struct work *w, const struct op_id *first, const struct changeset *cs,
                       const uint32_t *places, bool *out);
MUST_USE err work_accept(struct work *w, const struct op_id *first, uint64_t count);
/* Accepted by this transaction or an earlier one? */
MUST_USE err work_seen(struct work *w, const struct op_id *op, bool *out);

/* The activity a row travels with: *found is false for rows of the reference and staff streams, of learners,
 * of the hub, and of a session that is not known. */
MUST_USE err work_activity(struct work *w, const struct row *row, struct id *out, bool *found);
/* The streams that it names itself: its activity's, unless it is of a meeting before the horizon, and of what
 * somebody wrote about a learner's playing that of their grant. */
MUST_USE err work_streams(struct work *w, const struct row *row, struct id out[row_streams_max],
                          size_t *count);
/* All streams of a row now; `own` is room for those that it names itself. */
MUST_USE err work_row_streams(struct work *w, const struct row *row, struct id own[row_streams_max],
                              const struct id **out, size_t *count);
/* Does this enrolment put its learner into the activity's stream today? */
bool work_enrols(const struct work *w, const struct row *enrolment);
bool span_covers(int32_t starts, int32_t ends, int32_t date); /* an end is the first day without; 0 none */
/* The learner, with contacts, needs and the notices about them, travels again; with `left` they leave that
 * stream first. */
MUST_USE err work_touch_learner(struct work *w, const struct id *learner, const struct id *left);
/* A meeting, with its register, marks, arrivals and calls, travels again, or leaves its activity's stream. */
MUST_USE err work_touch_meeting(struct work *w, const struct id *session, bool leaves);
/* From here on `horizon` is there; it is read once a transaction. */
MUST_USE err work_horizon(struct work *w);
MUST_USE err work_look_again(struct work *w, const struct table *t, const struct id *id);
/* The rows that changed, or travel again because an enrolment did, get their positions. */
MUST_USE err work_settle(struct work *w);
/* Writes everything; call work_settle first. */
MUST_USE err work_save(struct work *w);
/* Enrolments that ended since the last time leave their streams; once a day it costs anything. */
MUST_USE err work_sweep(struct work *w);

/* Room for one more behind `count` elements: the list, perhaps moved; NULL (and the old one intact) without
 * memory. */
void *list_room(void *list, size_t *cap, size_t count, size_t size);

void change_set_session(struct change_set *c, const struct id *session);
void change_set_stream(struct change_set *c, const struct id *stream);

#endif
