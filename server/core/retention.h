/* retention.h: the retention schedule: for how long each kind of record is kept, what is past that, and its
 * removal, in pieces. What needs a database is implemented by server/store.
 *
 * A run removes what one line of the schedule says, as it was when somebody ordered it. It is a row of the
 * hub's database that goes on with every piece until it is over, so that a hub which stops between two goes
 * on where it was:
 *
 *   ordered ─▶ RUNNING ── a piece, in one transaction ─┐
 *                 ▲  └── nothing is left, or somebody stops it ──▶ OVER, and certified
 *                 └────────────────────────────────────┘
 */
#ifndef TUTTI_SERVER_RETENTION_H
#define TUTTI_SERVER_RETENTION_H

#include "server/core/hub.h"
#include "server/core/store.h"

enum retention_since { RETENTION_LEFT = 1, RETENTION_OWN };
enum retention_done { RETENTION_ROWS = 1, RETENTION_LEARNER };
enum retention_line {
#define LINE(name, ...) RETENTION_LINE_##name,
#include "server/core/retention.def"
  RETENTION_LINES
};
struct retention_rule {
  const char *name, *title, *why;
  uint32_t months, least, most; /* months 0: kept until the hub says for how long */
  enum retention_since since;
  enum retention_done done;
};
struct retention_kept { /* what no line removes */
  const char *name, *title, *why;
};
extern const struct retention_rule retention_rules[RETENTION_LINES];
extern const struct retention_kept retention_kept_kinds[];
extern const size_t retention_kept_count;

/* By its name; RETENTION_LINES when there is none. */
enum retention_line retention_named(struct slice name);
bool retention_is_about_learners(enum retention_line line);
/* A row of such a table may have been removed by itself, though it names no learner. */
bool retention_removes(const struct table *t);
/* The first day that is still within so many months, counted back from today. */
int32_t retention_before(int32_t today, uint32_t months);
/* Unless the hub says otherwise; `years` is hub->retention_years. */
uint32_t retention_default(enum retention_line line, uint32_t years);

/* ---- periods, as the hub has set them ---- */
struct retention_period {
  uint32_t months; /* 0: kept */
  bool set;        /* by somebody, then: */
  struct id who;
  int64_t at_ms;
};
MUST_USE err retention_periods(struct store *s, uint32_t years, struct retention_period out[RETENTION_LINES]);
/* In a transaction of its own, with what it was and is in the audit. ERR_INVALID with a sentence outside
 * what the line allows. */
MUST_USE err retention_set(struct store *s, const struct hub *hub, const struct now *now,
                           const struct id *who, enum retention_line line, uint32_t months,
                           struct fault *fault);

/* ---- the dry run ---- */
struct view_expired {
  struct id learner;
  int32_t last;     /* the day of their latest record: a mark, a note, a fact, the end of an enrolment */
  bool held;        /* a hold stands on them, or a case is open: nothing is erased */
  uint64_t records; /* of the line, where it was asked for */
};
/* Learners who are enrolled in nothing and whose latest record is from before `before`, by id; of whoever is
 * one child by merging all, or none. Who has no dated record at all is not among them: nobody can say since
 * when they are kept. Marks of somebody whose enrolment had ended are looked for one by one while the list is
 * short, and else known by what the reports added up: the run looks at each again. */
MUST_USE err views_expired(struct store *s, int32_t before, struct arena *a, struct view_expired **out,
                           size_t *count);
struct view_due { /* of one line */
  uint64_t records, learners, held;
  int32_t oldest; /* 0: nothing is due */
};
/* All lines at once, before these days (0: the line is not looked at). Of `register` records are not counted.
 */
MUST_USE err views_due(struct store *s, const int32_t before[RETENTION_LINES],
                       struct view_due out[RETENTION_LINES]);
/* Whom a line is about, the oldest first, at most `max`; none of a line that is about no learner. */
MUST_USE err views_due_learners(struct store *s, enum retention_line line, int32_t before, size_t max,
                                struct arena *a, struct view_expired **out, size_t *count);

/* ---- runs ---- */
struct store_retention {
  uint64_t number; /* from 1; set by retention_run_add */
  struct id id, who;
  char by[101];      /* the name as it was then */
  char stopped[101]; /* who stopped it before it was through, as they were called then; "": nobody */
  enum retention_line line;
  uint32_t months;
  int32_t before;
  int64_t at_ms, ended_ms; /* ended_ms 0: it goes on */
  struct id cursor;        /* whoever, or what, was looked at last */
  uint64_t records, learners, held;
};
struct store_retained {     /* what became of one learner in a run */
  uint8_t hash[hash_bytes]; /* erase_hash: whoever knows an id finds it */
  int32_t last;
  bool held;
  uint64_t records, erasure; /* erasure: its number, of RETENTION_LEARNER */
};
/* Whom a run is about next: those of the learners it looks at who are past the period, up to `looked`. */
struct retention_next {
  struct view_expired *learners;
  size_t count;
  struct id looked;
  bool over; /* nobody stands behind `looked` */
};
/* What runs and periods need of the store (store->ops->retention), each inside the caller's transaction. */
struct retention_ops {
  err (*periods)(struct store *s, uint32_t years, struct retention_period out[RETENTION_LINES]);
  err (*period_set)(struct store *s, enum retention_line line, const struct retention_period *p);
  err (*run_now)(struct store *s, struct store_retention *out); /* that goes on; ERR_NOT_FOUND: none does */
  err (*run_number)(struct store *s, uint64_t *out);            /* of the next one */
  err (*run_load)(struct store *s, const struct id *id, struct store_retention *out);
  err (*run_save)(struct store *s, const struct store_retention *run); /* inserts or replaces */
  err (*retained_add)(struct store *s, const struct id *run, const struct store_retained *kept);
  err (*next)(struct store *s, const struct store_retention *run, struct arena *a,
              struct retention_next *out);
  /* Is this learner, and whoever is the same child, still past the period? */
  err (*past)(struct store *s, const struct store_retention *run, const struct id *learner, bool *out);
  /* Rows of one learner; or of a line that is about none those behind the cursor, by id. */
  err (*rows)(struct store *s, const struct store_retention *run, const struct id *learner, struct arena *a,
              struct row_key **out, size_t *count);
  err (*alone)(struct store *s, const struct store_retention *run, size_t max, struct arena *a,
               struct row_key **out, size_t *count);
  /* The first day whose register entries no run has removed, and none is removing; of one learner, or (NULL)
   * of anybody. One that was stopped is through with those that it had looked at. 0: there was none. */
  err (*entries_before)(struct store *s, const struct id *learner, int32_t *out);
  /* Rows, history and matters go, and the ledger learns their hashes. Not their streams. */
  err (*remove)(struct store *s, const struct write_erasure *w);
  /* The ledger knows a row no more that somebody said anew. */
  err (*forget)(struct store *s, const uint8_t hash[hash_bytes]);
};
/* Of the list's latest ones, and what one did; on any connection. */
MUST_USE err retention_runs(struct store *s, struct arena *a, struct store_retention **out,
                            size_t *count); /* the latest first */
MUST_USE err retention_run_load(struct store *s, const struct id *id, struct store_retention *out);
MUST_USE err retention_retained(struct store *s, const struct id *run, struct arena *a,
                                struct store_retained **out, size_t *count);

/* retire.c: orders a run and notes it in the audit, in a transaction of its own. ERR_CONFLICT with a sentence
 * while another one goes on, ERR_INVALID for a line without a period. Id, number, before and at_ms of `run`
 * are set. */
MUST_USE err retention_order(struct store_retention *run, const struct hub *hub, struct store *store,
                             const struct now *now, struct fault *fault);
/* What is removed stays so, what is not stays. ERR_NOT_FOUND; ERR_CONFLICT with a sentence when it is over.
 */
MUST_USE err retention_stop(struct store_retention *out, struct store *store, const struct now *now,
                            const struct id *run, const struct id *who, const char *name,
                            struct fault *fault);
/* Whether a run could be ordered now; the sentence of what retention_order would say. */
MUST_USE err retention_may_order(const struct store_retention *run, struct store *store, struct fault *fault);
/* When the files are rewritten after what was erased or removed: not before then; 0 is as soon as it can be.
 */
MUST_USE err retention_rewrite_from(struct store *store, int64_t at_ms);
/* Until when that was put off; 0: it is not. */
MUST_USE err retention_rewrite_waits(struct store *store, int64_t now_ms, int64_t *until_out);
/* The next time that it is three in the morning. */
int64_t retention_night(int64_t now_ms);
/* One piece of the run that goes on. *more is false when there is none, or it is over now. */
enum { retention_piece_learners_max = 4, retention_piece_rows_max = 256, retention_piece_looks_max = 400 };
struct retention_piece {
  bool more;
  struct change_set changes;
};
MUST_USE err retention_step(struct retention_piece *out, const struct hub *hub, struct store *store,
                            const struct now *now, struct fault *fault);
/* journal_retire.c: into the journal of the open transaction; NULL is accepted, and then nothing is kept.
 * Each is kept where the store is told of it, so that a hub restored from before it knows it too. */
struct journal;
MUST_USE err journal_run(struct journal *j, const struct store_retention *run);
MUST_USE err journal_retained(struct journal *j, const struct id *run, const struct store_retained *kept);
/* After run_save, in the caller's transaction: of runs that remove register entries the day they go up to is
 * kept. */
MUST_USE err retention_note_entries(struct store *s, const struct store_retention *run);
/* For a journal that is replayed, inside the caller's transaction: a period, and rows that a run removed. */
MUST_USE err retention_replay_period(struct store *s, struct slice bytes);
MUST_USE err retention_replay(const struct hub *hub, struct store *store, const struct now *now,
                              struct slice bytes);

#endif
