/* visit_sql.h: the visits of one person on this device, the schools there are, and what a person's roles are.
 */
#ifndef TUTTI_CLIENT_VISIT_SQL_H
#define TUTTI_CLIENT_VISIT_SQL_H

#include "client/core/store.h"

/* One's own that were not taken back: drafts first, then the latest. */
MUST_USE err visit_ids(struct store *s, const struct id *staff, struct id out[list_items_max],
                       size_t *count_out);
MUST_USE err visit_drafts(struct store *s, const struct id *staff, int64_t *out);
struct school_info {
  struct id id;
  struct slice name, area;
};
/* By name, at most schools_listed_max; text is copied into `a`. */
MUST_USE err school_list(struct store *s, struct arena *a, struct school_info **out, size_t *count_out);

#endif
