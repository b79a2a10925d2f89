/* work_missing.c: a register that should be closed and is not: whose it is, and which devices may still hold
 * it. */
#include "server/api/work.h"

#define AT(member) offsetof(struct view_server, member)
static const struct shape_field device_fields[] = {
    {"id", SHAPE_ID, AT(device), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(name), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(last_contact_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape device_shape = SHAPE_OF(view_server, device_fields);

struct missing_card {
  struct view_register r;
  struct view_server *devices;
  size_t device_count;
};
#define AT(member) offsetof(struct missing_card, member)
static const struct shape_field card_fields[] = {
    {"id", SHAPE_ID, AT(r.session), 0, NULL, NULL},
    {"name", SHAPE_NAME, AT(r.activity_name), 0, NULL, NULL},
    {"school", SHAPE_TEXT, AT(r.school_name), 0, NULL, NULL},
    {"place", SHAPE_TEXT, AT(r.place), 0, NULL, NULL},
    {"date", SHAPE_DATE, AT(r.date), 0, NULL, NULL},
    {"starts", SHAPE_MINUTE, AT(r.starts), 0, NULL, NULL},
    {"ends", SHAPE_MINUTE, AT(r.ends), 0, NULL, NULL},
    {"state", SHAPE_STATE, AT(r.state), 0, NULL, NULL},
    {"of", SHAPE_COUNT, AT(r.totals.of), 0, NULL, NULL},
    {"unmarked", SHAPE_COUNT, AT(r.totals.unmarked), 0, NULL, NULL},
    {"staff_names", SHAPE_NAMES, AT(r.staff_names), AT(r.staff_count), NULL, NULL},
    {"updated_at", SHAPE_TIME, AT(r.updated_ms), 0, NULL, NULL},
    {"devices", SHAPE_LIST, AT(devices), AT(device_count), NULL, &device_shape},
};
#undef AT
static const struct shape card_shape = SHAPE_OF(missing_card, card_fields);

err api_work_missing(struct api_call *c) {
  struct missing_card card = {.device_count = 0};
  if (!work_sees_all(c))
    return fault_set(&c->fault, ERR_FORBIDDEN, "your role sees only where a child may be missing");
  err e = views_session(c->store, &c->id, &c->x->now, &c->x->arena, &card.r);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "this hub has no session with that id");
  TRY(e);
  TRY(views_servers(c->store, &card.r.activity, card.r.date, &c->x->arena, &card.devices,
                    &card.device_count));
  json_t *body = shape_object(&card_shape, &card);
  bool waits = card.r.state != VIEW_CANCELLED && card.r.state != VIEW_CLOSED && card.r.state != VIEW_SHUT;
  e = body ? work_questions_into(c, &c->id, waits, body) : ERR_NO_MEMORY;
  if (e == ERR_OK) return api_answer(c, body);
  json_decref(body);
  return e;
}
