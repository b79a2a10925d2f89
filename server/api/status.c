/* status.c: how much of everything the hub holds. */
#include "server/api/call.h"
#include "server/api/shape.h"

#define COUNT(name)                                                                                          \
  { #name, SHAPE_LONG, offsetof(struct view_counts, name), 0, NULL, NULL }
static const struct shape_field counts_fields[] = {
    COUNT(learners), COUNT(schools),          COUNT(staff),          COUNT(activities), COUNT(enrolments),
    COUNT(sessions), COUNT(registers_closed), COUNT(registers_open), COUNT(marks),      COUNT(notes),
    COUNT(progress), COUNT(conflicts),        COUNT(quarantined),    COUNT(held),       COUNT(bundles),
    COUNT(devices),
};
static const struct shape counts_shape = SHAPE_OF(view_counts, counts_fields);

err api_status(struct api_call *c) {
  struct view_counts counts = {0};
  TRY(views_counts_kept(c->store, &counts));
  return api_answer(c, shape_object(&counts_shape, &counts));
}
