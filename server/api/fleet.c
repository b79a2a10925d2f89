/* fleet.c: how the devices stand, beside the day's registers: who is quiet, behind, off in time or of another
 * version. */
#include "server/core/views_fleet.h"

#include "server/api/call.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct view_fleet_device, member)
static const struct shape_field device_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"program", SHAPE_TEXT, AT(program), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(last_contact_ms), 0, NULL, NULL},
    {"last_receipt_at", SHAPE_TIME, AT(last_receipt_ms), 0, NULL, NULL},
    {"skew_ms", SHAPE_SIGNED, AT(skew_ms), 0, NULL, NULL},
    {"behind", SHAPE_LONG, AT(behind), 0, NULL, NULL},
    {"waiting", SHAPE_COUNT, AT(waiting), 0, NULL, NULL},
    {"waiting_since", SHAPE_TIME, AT(waiting_since_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape device_shape = SHAPE_OF(view_fleet_device, device_fields);

err api_fleet(struct api_call *c) {
  struct view_fleet_device *list;
  size_t count;
  uint64_t stuck;
  TRY(c->store->ops->number_load(c->store, STORE_STUCK, &stuck));
  TRY(views_fleet(c->store, &c->x->arena, &list, &count));
  return api_answer(c, json_pack("{s:I, s:I, s:o, s:o}", "stale_ms", (json_int_t)device_stale_ms, "skew_ms",
                                 (json_int_t)clock_jump_ms_max, "stuck_at",
                                 stuck ? json_integer((json_int_t)stuck) : json_null(), "devices",
                                 shape_list(&device_shape, list, count)));
}
