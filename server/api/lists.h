/* lists.h: private to this folder: lists of ids and of roles, as requests name them. */
#ifndef TUTTI_SERVER_API_LISTS_H
#define TUTTI_SERVER_API_LISTS_H

#include "server/api/input.h"
#include "server/api/shape.h"

/* Each of the texts is an id; the list lives in the exchange's arena. `name` is the field's, for the
 * sentence. One named twice counts once. */
MUST_USE err lists_ids(struct api_call *c, const char *name, const struct input_texts *texts, struct id **out,
                       size_t *count);
/* Words of `role` as a set; `allowed` is the set they may be of. */
MUST_USE err lists_roles(struct api_call *c, const struct input_texts *texts, uint32_t allowed,
                         uint32_t *out);

/* An activity as lists to choose from have it: its id, its name, its school's. */
extern const struct shape lists_activity_shape;

#endif
