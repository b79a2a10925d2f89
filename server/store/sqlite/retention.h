/* retention.h: private to this folder: what the parts of the retention schedule's statements share. */
#ifndef TUTTI_SERVER_SQLITE_RETENTION_H
#define TUTTI_SERVER_SQLITE_RETENTION_H

#include "server/core/retention.h"
#include "server/store/sqlite/sqlite_store.h"

extern const struct id retention_first, retention_last; /* every id lies between them */
/* As views_expired, of learners from one id to another, and at most `max`; inside the caller's transaction.
 */
MUST_USE err retention_left(struct sqlite_store *q, int32_t before, const struct id *from,
                            const struct id *to, size_t max, struct arena *a, struct view_expired **out,
                            size_t *count);
/* The same of those alone who have anything of a line whose rows go by themselves. */
MUST_USE err retention_left_with(struct sqlite_store *q, enum retention_line line, int32_t before,
                                 const struct id *from, const struct id *to, struct arena *a,
                                 struct view_expired **out, size_t *count);
/* How much one learner has of a line. */
MUST_USE err retention_count_of(struct sqlite_store *q, enum retention_line line, const struct id *learner,
                                uint64_t *out);
/* Rows of a line about one learner, before a day where the line counts from its records; added to a list in
 * the arena. `learner` NULL: rows that are about none, those behind `after` by id, at most `max`. */
struct retention_rows {
  struct row_key *list;
  size_t count, cap;
  int32_t oldest; /* 0: none has a day of its own */
};
MUST_USE err retention_rows_of(struct sqlite_store *q, enum retention_line line, const struct id *learner,
                               int32_t before, struct arena *a, struct retention_rows *out);
MUST_USE err retention_rows_after(struct sqlite_store *q, enum retention_line line, const struct id *after,
                                  int32_t before, size_t max, struct arena *a, struct retention_rows *out);
/* A hold stands on the learner or whoever is the same child, or a case of theirs is open. */
MUST_USE err retention_held(struct sqlite_store *q, const struct id *learner, bool *out);
/* Learners of whom there is anything of a line that counts from its records, by id, behind one and so many.
 */
const char *retention_learners_sql(enum retention_line line);
/* erase_sql.c: see struct retention_ops. */
MUST_USE err retention_remove(struct store *s, const struct write_erasure *w);
MUST_USE err retention_forget(struct store *s, const uint8_t hash[hash_bytes]);
extern const struct retention_ops retention_ops;

#endif
