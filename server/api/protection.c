/* protection.c: what data protection asks of the office: erasures and the devices that have not confirmed
 * them. */
#include <stdlib.h>

#include "server/api/call.h"
#include "server/api/shape.h"

enum { erasures_shown_max = 300 };

#define AT(member) offsetof(struct store_device, member)
static const struct shape_field device_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_CHARS, AT(name), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(last_contact_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape device_shape = SHAPE_OF(store_device, device_fields);

static uint32_t waiting_of(const struct view_erasure *e) {
  return e->devices > e->confirmed ? e->devices - e->confirmed : 0;
}

/* A device that has not confirmed for so long is one that somebody must fetch. */
static bool is_overdue(const struct api_call *c, const struct view_erasure *e) {
  int64_t term_ms = (int64_t)c->api->config.hub->overdue_days * 86400000;
  return waiting_of(e) > 0 && c->x->now.wall_ms - e->entry.at_ms >= term_ms;
}

static err erasure_object(struct api_call *c, const struct view_erasure *e, json_t **out) {
  struct store_device *waiting = NULL;
  size_t count = 0;
  if (waiting_of(e)) TRY(views_erasure_waiting(c->store, e->entry.number, &c->x->arena, &waiting, &count));
  *out = json_pack("{s:I, s:I, s:o, s:I, s:I, s:I, s:b, s:o}", "number", (json_int_t)e->entry.number, "at",
                   (json_int_t)e->entry.at_ms, "reason", shape_text(e->entry.reason), "devices",
                   (json_int_t)e->devices, "confirmed", (json_int_t)e->confirmed, "revoked",
                   (json_int_t)e->revoked, "overdue", is_overdue(c, e), "waiting",
                   shape_list(&device_shape, waiting, count));
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

/* What is waited for comes first, and of that the oldest: the retention schedule erases by the thousand, and
 * whoever must fetch a device is not to look for it among them. Then the latest. */
static int compare_erasures(const void *left, const void *right) {
  const struct view_erasure *a = left, *b = right;
  bool waits = waiting_of(a) > 0;
  if (waits != (waiting_of(b) > 0)) return waits ? -1 : 1;
  bool earlier = a->entry.number < b->entry.number;
  return earlier == waits ? -1 : 1;
}

static err put_erasures(struct api_call *c, const struct view_erasure *all, size_t count, json_t *list) {
  for (size_t i = 0; i < count && i < erasures_shown_max; i++) {
    json_t *one = NULL;
    TRY(erasure_object(c, &all[i], &one));
    if (json_array_append_new(list, one) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

err api_erasures(struct api_call *c) {
  struct view_erasure *all;
  size_t count, waiting = 0, overdue = 0;
  TRY(views_erasures(c->store, &c->x->arena, &all, &count));
  if (count) qsort(all, count, sizeof *all, compare_erasures);
  for (size_t i = 0; i < count; i++) {
    waiting += waiting_of(&all[i]) > 0;
    overdue += is_overdue(c, &all[i]);
  }
  json_t *list = json_array();
  err e = put_erasures(c, all, count, list);
  json_t *body = json_pack("{s:I, s:I, s:I, s:o}", "total", (json_int_t)count, "waiting", (json_int_t)waiting,
                           "overdue", (json_int_t)overdue, "erasures", list);
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}
