/* absence_sql.h: whom to ring about a learner, and who was rung. */
#ifndef TUTTI_CLIENT_ABSENCE_SQL_H
#define TUTTI_CLIENT_ABSENCE_SQL_H

#include "client/core/store.h"

struct contact_info {
  struct id id;
  struct slice name, relation, phone;
  bool do_not_contact, may_not_collect;
};
struct call_info {
  struct id contact, staff; /* contact: zero when somebody else was rung */
  struct slice contact_name, said;
  int64_t outcome, at;
};
enum { ladder_max = 20 };
/* At most ladder_max of each, their text copied into `a`. */
MUST_USE err absence_contacts(struct store *s, const struct id *learner, struct arena *a,
                              struct contact_info out[ladder_max], size_t *count_out);
MUST_USE err absence_calls(struct store *s, const struct id *session, const struct id *learner,
                           struct arena *a, struct call_info out[ladder_max], size_t *count_out);

#endif
