/* session_sql.h: reading sessions, enrolments and marks from the device's database. */
#ifndef TUTTI_CLIENT_SESSION_SQL_H
#define TUTTI_CLIENT_SESSION_SQL_H

#include "client/core/roster.h"
#include "client/core/store.h"

/* One session with its activity and school; text is copied into `a`. ERR_NOT_FOUND. */
MUST_USE err session_load(struct store *s, const struct id *id, struct arena *a, struct session_info *out);
/* Sessions from `first` to `last` (both included) that `staff` holds a grant for on their date and still
 * holds today, by date and time. */
struct session_query {
  struct id staff;
  int32_t first, last, today;
};
MUST_USE err session_list(struct store *s, const struct session_query *q, size_t max, struct arena *a,
                          struct session_info **out, size_t *count_out);
/* How a session stands: register, totals, and the learner of a lesson of one. */
MUST_USE err session_stand(struct store *s, const struct session_info *info, struct arena *a,
                           struct session_state *out);
/* State and reason of a session's register; state 0 when nobody has touched it. */
MUST_USE err session_register(struct store *s, const struct id *session, struct arena *a, int64_t *state_out,
                              struct slice *reason_out);

/* The register's rows: everybody enrolled on the date, without their marks; and absence notices for the date.
 */
typedef err roster_each(void *ctx, const struct roster_row *row);
MUST_USE err roster_sql_enrolled(struct store *s, const struct session_info *info, struct arena *a,
                                 roster_each *each, void *ctx);
/* One learner as a visitor's row. ERR_NOT_FOUND. */
MUST_USE err roster_sql_learner(struct store *s, const struct id *learner, struct arena *a,
                                struct roster_row *out);
typedef err notice_each(void *ctx, const struct id *learner, struct slice reason);
/* Sign-ins and sign-outs at the door that were not taken back, by time. */
typedef err arrival_each(void *ctx, const struct id *learner, int64_t way, int64_t at);
MUST_USE err roster_sql_arrivals(struct store *s, const struct id *session, arrival_each *each, void *ctx);
MUST_USE err roster_sql_notices(struct store *s, int32_t date, notice_each *each, void *ctx);

#endif
