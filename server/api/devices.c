/* devices.c: every device: when it was last heard, and what waits at the hub because of it. */
#include "server/api/call.h"
#include "server/api/shape.h"

#define AT(member) offsetof(struct view_device, member)
static const struct shape_field device_fields[] = {
    {"id", SHAPE_ID, AT(device.id), 0, NULL, NULL},
    {"name", SHAPE_CHARS, AT(device.name), 0, NULL, NULL},
    {"kind", SHAPE_ENUM, AT(device.kind), 0, "device_kind", NULL},
    {"status", SHAPE_ENUM, AT(device.status), 0, "device_status", NULL},
    {"enrolled_at", SHAPE_TIME, AT(device.enrolled_ms), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(device.last_contact_ms), 0, NULL, NULL},
    {"last_bundle_seq", SHAPE_LONG, AT(device.seq), 0, NULL, NULL},
    {"last_receipt_at", SHAPE_TIME, AT(device.last_receipt_ms), 0, NULL, NULL},
    {"skew_ms", SHAPE_SIGNED, AT(device.skew_ms), 0, NULL, NULL},
    {"program", SHAPE_CHARS, AT(device.program), 0, NULL, NULL},
    {"digits", SHAPE_CHARS, AT(device.digits), 0, NULL, NULL},
    {"staff_names", SHAPE_NAMES, AT(staff_names), AT(staff_count), NULL, NULL},
    {"held", SHAPE_COUNT, AT(held), 0, NULL, NULL},
    {"quarantined", SHAPE_COUNT, AT(quarantined), 0, NULL, NULL},
};
#undef AT
static const struct shape device_shape = SHAPE_OF(view_device, device_fields);

static bool add_device(json_t *list, const struct http_exchange *x, const struct view_device *d) {
  json_t *object = shape_object(&device_shape, d);
  bool online = x->online && x->online(x->online_ctx, &d->device.id);
  if (json_object_set_new(object, "online", json_boolean(online)) == 0)
    return json_array_append_new(list, object) == 0;
  json_decref(object);
  return false;
}

err api_devices(struct api_call *c) {
  struct view_device *list = NULL;
  size_t count = 0;
  TRY(views_devices(c->store, &c->x->arena, &list, &count));
  json_t *devices = json_array();
  for (size_t i = 0; i < count; i++) {
    if (add_device(devices, c->x, &list[i])) continue;
    json_decref(devices);
    return ERR_NO_MEMORY;
  }
  return api_answer(c, json_pack("{s:o}", "devices", devices));
}
