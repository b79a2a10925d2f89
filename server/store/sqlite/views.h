/* views.h: private to this folder: what the office's views share. */
#ifndef TUTTI_SERVER_SQLITE_VIEWS_H
#define TUTTI_SERVER_SQLITE_VIEWS_H

#include "server/store/sqlite/sqlite_store.h"
#include "shared/merge/merge.h"

/* The statement whose row view_summary reads, bound to one session. */
MUST_USE err view_session_stmt(struct sqlite_store *q, const struct id *session, struct stmt **out);
struct view_place { /* what a summary still needs after its row was read */
  struct id staff;
  bool has_staff;
};
MUST_USE err view_summary(struct stmt *s, const struct now *now, struct arena *a, struct view_register *out,
                          struct view_place *place);
MUST_USE err view_totals(struct sqlite_store *q, struct view_register *r);
MUST_USE err view_staff_names(struct sqlite_store *q, struct view_register *r, const struct view_place *place,
                              struct arena *a);

/* Who wrote an op, and where: empty when it is not known; "Office" for the hub itself. */
MUST_USE err view_author(struct sqlite_store *q, const struct id *author, struct arena *a, struct slice *out);
MUST_USE err view_device_name(struct sqlite_store *q, const struct id *device, struct arena *a,
                              struct slice *out);
/* When the hub got an op; its stamp for the hub's own. */
MUST_USE err view_received(struct sqlite_store *q, const struct head *h, int64_t *out);
/* The head in use of a unit, or NULL. */
const struct head *view_head(const struct row *row, uint8_t unit);
int32_t value_minute(const struct value *v); /* -1 for none */
struct slice value_words(const struct value *v);
/* Is anything about the row open for a person to decide? */
MUST_USE err view_conflict(struct sqlite_store *q, const struct table *t, const struct id *row, bool *out);
/* Texts of a statement's first column, at most `max`. */
MUST_USE err view_texts(struct stmt *s, struct arena *a, size_t max, struct slice **out, size_t *count);

#endif
