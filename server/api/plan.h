/* plan.h: private to this folder: what reading and writing the Local Plan's registers share. */
#ifndef TUTTI_SERVER_API_PLAN_H
#define TUTTI_SERVER_API_PLAN_H

#include "server/api/call.h"
#include "server/core/plan.h"

/* The register of that name that whoever asks may see (`writes`: write), or a fault that says why not. */
MUST_USE err plan_kind_find(struct api_call *c, struct slice name, bool writes, const struct plan_kind **out);
/* Whoever asks sees, of this register, what is of their own partners and no more. */
bool plan_own_only(const struct api_call *c, const struct plan_kind *kind);
/* The row of the address: ERR_NOT_FOUND unless it is an entry of that register that was not taken back. */
MUST_USE err plan_row_find(struct api_call *c, const struct plan_kind *kind, struct row *out);
/* One entry as JSON; a new reference, or NULL without memory. */
json_t *plan_entry_json(struct api_call *c, const struct row *row);
/* The entry of c->id as an answer, with what there is to say of it; where it names a learner that was
 * audited.
 */
err plan_answer(struct api_call *c, const struct plan_kind *kind);
/* A text of a form into a value of that column; empty is VALUE_NULL. `field` names it in the sentence. */
MUST_USE err plan_value_read(struct api_call *c, const struct plan_field *field, struct slice text,
                             struct value *out);
/* A value as the form's text, in the call's arena; empty for VALUE_NULL. */
MUST_USE err plan_value_text(struct api_call *c, const struct column *column, const struct value *v,
                             struct slice *out);

/* What is written: the row as it was, and as it will be. */
struct plan_change {
  const struct plan_kind *kind;
  struct row before;  /* exists: a correction */
  struct op op, also; /* also.table: a second one, of another table */
};
/* The id of a new entry: of an instrument the one that a list would give it. */
MUST_USE err plan_new_id(struct api_call *c, struct plan_change *change);
/* The rules of one register, on the writer's thread: they may complete the op, or refuse it with a sentence.
 */
MUST_USE err plan_check(struct api_call *c, struct plan_change *change);
/* The same of an entry that is taken back: what followed from it goes with it. */
MUST_USE err plan_check_void(struct api_call *c, struct plan_change *change);

#endif
