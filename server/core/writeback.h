/* writeback.h: attendance and progress for the systems an office has beside this one: saved mappings, and the
 * files that were made by them. A run holds what is new or different since the run before; its bytes are
 * kept, so that asking for it again gives the same file. */
#ifndef TUTTI_SERVER_WRITEBACK_H
#define TUTTI_SERVER_WRITEBACK_H

#include "server/core/store.h"

/* `spec` is the mapping's settings as the API wrote them, and of no meaning here. */
struct writeback_mapping {
  struct id id;
  struct slice name, spec, who_name; /* who_name and at_ms: of whoever saved it last */
  int64_t at_ms;
  uint32_t runs; /* how many there were */
  /* Only of writeback_load: what was sent so far, opaque; and how many erasures there had been by then. */
  struct slice state;
  uint64_t erasures;
};
struct writeback_run {
  struct id id, mapping;
  uint64_t erasures; /* of the mapping it was made by; for writeback_run_write */
  uint32_t no;
  int64_t at_ms;
  struct slice who_name;
  uint32_t rows, fresh, changed, gone; /* gone: sent before, and no longer there */
  bool xlsx, kept;                     /* kept: its file is still there */
  struct slice body;                   /* only of writeback_run_load */
};
/* By name. */
MUST_USE err writeback_mappings(struct store *s, struct arena *a, struct writeback_mapping **out,
                                size_t *count);
MUST_USE err writeback_load(struct store *s, const struct id *id, struct arena *a,
                            struct writeback_mapping *out);
/* ERR_NOT_FOUND: none has that name. */
MUST_USE err writeback_named(struct store *s, struct slice name, struct id *out);
/* The latest of all mappings first. */
MUST_USE err writeback_runs(struct store *s, struct arena *a, struct writeback_run **out, size_t *count);
MUST_USE err writeback_run_load(struct store *s, const struct id *id, struct arena *a,
                                struct writeback_run *out);

/* Inside a transaction, all of them. What was sent stays known when a mapping is saved anew. */
MUST_USE err writeback_save(struct store *s, const struct writeback_mapping *m, const struct id *who);
MUST_USE err writeback_drop(struct store *s, const struct id *id); /* its runs go with it */
/* The next run: ERR_CONFLICT if it is not `run->no`, or somebody was erased since its mapping was loaded, who
 * may stand in the file. `children`: who does; their erasure takes it away. Files beyond writeback_runs_kept
 * go. */
MUST_USE err writeback_run_write(struct store *s, const struct writeback_run *run, const struct id *who,
                                 struct slice state, const struct id *children, size_t child_count);

/* Facts about learners that stand, in the order (date, learner, id). */
struct view_export_fact {
  struct id id, learner;
  struct slice learner_ref, first_name, last_name, activity_ref, activity_name, board, grade, result, comment,
      staff_name, upn, mis_id;
  int32_t date;
  uint8_t kind, stage, pos;
};
MUST_USE err views_export_facts(struct store *s, int32_t from, int32_t to,
                                bool (*row)(void *ctx, const struct view_export_fact *f), void *ctx);

#endif
