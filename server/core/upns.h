/* upns.h: private to this folder: the UPNs of one child whose records were merged. Nobody has two, but for
 * the temporary ones a school gives until it knows the right one: of two that differ a person decides. */
#ifndef TUTTI_SERVER_UPNS_H
#define TUTTI_SERVER_UPNS_H

#include "server/core/reconcile_state.h"

/* The matter of a child's UPNs, by the record that stands. */
void upns_matter(struct store_item *out, const struct id *learner);
/* What one record says; `exists` is false when that is nothing. */
MUST_USE err upns_row(struct store *s, const struct id *learner, struct arena *a, struct row **out);
/* What every record of a child says, the one that stands first. None of an id that does not stand, or stands
 * alone. */
MUST_USE err upns_rows(struct store *s, const struct id *learner, struct arena *a, struct row ***out,
                       size_t *count);
/* The UPN of a record, unless there is none or it is a temporary one: then empty. */
struct slice upns_lasting(const struct row *row);
bool upns_disagree(struct row *const *rows, size_t count);
/* Whether any record of the child says a UPN, `learner` being the one that stands. */
MUST_USE err upns_said(struct store *s, const struct id *learner, struct arena *a, bool *out);
/* Opens or settles the matter of a child's UPNs, by what its records say now. */
MUST_USE err upns_judge(struct store *s, const struct id *learner, struct arena *a, int64_t now_ms);

/* A record's own numbers, as it is judged and decided: reconcile.c asks for them. */
MUST_USE err upns_load(struct reconciling *r, struct item_view *out);
MUST_USE err upns_decide(struct reconciling *r, const struct item_view *v, size_t choice);
/* After numbers came back to the records of `r`, which said none: ERR_CONFLICT with a sentence when another
 * child has one of them by now. When the records have `parted`, only if somebody told those two apart: else a
 * person is asked about the two, for that is what one number at two records means. */
MUST_USE err upns_check_free(struct reconciling *r, bool parted);

#endif
