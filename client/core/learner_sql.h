/* learner_sql.h: reading activities, learners and terms from the device's database, within what the signed-in
 * person is granted. */
#ifndef TUTTI_CLIENT_LEARNER_SQL_H
#define TUTTI_CLIENT_LEARNER_SQL_H

#include "client/core/lease.h"
#include "client/core/store.h"

/* Text in these lives for the call of `each` only. */
struct activity_info {
  struct id id;
  struct slice name, school, place;
  struct slice solo_name; /* of a lesson of one: who comes */
  int64_t mode, learners;
};
typedef err activity_fn(void *ctx, const struct activity_info *a);
MUST_USE err activity_count(struct store *s, const struct id *staff, int32_t today, size_t *out);
/* The names lie in `arena`, the rest until `each` is back. */
MUST_USE err activity_each(struct store *s, const struct id *staff, int32_t today, struct arena *arena,
                           activity_fn *each, void *ctx);

/* The term a date lies in: its name (empty between terms) and its days. */
MUST_USE err term_name(struct store *s, int32_t date, struct arena *a, struct slice *out);
/* The latest that there are, at most `max`. */
MUST_USE err term_list(struct store *s, struct lease_term *out, size_t max, uint8_t *count_out);
MUST_USE err term_days(struct store *s, int32_t date, int32_t *first_out, int32_t *last_out);

struct learner_info {
  struct id id;
  struct slice known, first, last, initial, year_group, school;
};
typedef err learner_fn(void *ctx, const struct learner_info *l);
/* Everybody enrolled (at whatever time) in an activity `staff` holds a grant for today. */
MUST_USE err learner_each(struct store *s, const struct id *staff, int32_t today, learner_fn *each,
                          void *ctx);
/* One of them; ERR_NOT_FOUND for everybody else. Text is copied into `a`. */
MUST_USE err learner_load(struct store *s, const struct id *learner, struct arena *a,
                          struct learner_info *out);

struct enrolment_info {
  struct id activity;
  struct slice name, instrument, section;
  bool current, granted, teaches; /* teaches: granted as a tutor, so what others wrote is theirs to read */
};
typedef err enrolment_fn(void *ctx, const struct enrolment_info *e);
MUST_USE err enrolment_each(struct store *s, const struct id *learner, const struct id *staff, int32_t today,
                            enrolment_fn *each, void *ctx);
/* Marks of a learner between two dates: present (P, L) and away (AN, AU). */
MUST_USE err learner_attendance(struct store *s, const struct id *ids, size_t id_count, int32_t first,
                                int32_t last, int64_t *here_out, int64_t *away_out);
/* A visitor of that session whose mark was taken back, by the name as it was written. */
MUST_USE err visitor_find(struct store *s, const struct id *session, struct slice first, struct slice last,
                          struct id *out, bool *found_out);
/* Whether `staff` holds a grant (not as a door) for the activity that covers `date` and still holds today. */
MUST_USE err grant_find(struct store *s, const struct id *staff, const struct id *activity, int32_t date,
                        int32_t today, bool *out);
MUST_USE err staff_name_load(struct store *s, const struct id *staff, struct arena *a, struct slice *out);

#endif
