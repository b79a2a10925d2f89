/* protection.c: what data protection asks of the office: erasures and the devices that have not confirmed
 * them, and how many learners have been kept for as long as the rule says. */
#include <stdlib.h>

#include "server/api/call.h"
#include "server/api/shape.h"
#include "server/core/retention.h"

enum { expired_shown_max = 500 }; /* the command writes all of them into the certificate */

#define AT(member) offsetof(struct store_device, member)
static const struct shape_field device_fields[] = {
    {"id", SHAPE_ID, AT(id), 0, NULL, NULL},
    {"name", SHAPE_CHARS, AT(name), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(last_contact_ms), 0, NULL, NULL},
};
#undef AT
static const struct shape device_shape = SHAPE_OF(store_device, device_fields);

/* A device that has not confirmed for so long is one that somebody must fetch. */
static bool is_overdue(const struct view_erasure *e, size_t waiting, const struct now *now) {
  return waiting > 0 && now->wall_ms - e->entry.at_ms > (int64_t)erasure_overdue_days * 86400000;
}

static err erasure_object(struct api_call *c, const struct view_erasure *e, json_t **out) {
  struct store_device *waiting;
  size_t count;
  TRY(views_erasure_waiting(c->store, e->entry.number, &c->x->arena, &waiting, &count));
  *out = json_pack("{s:I, s:I, s:o, s:I, s:I, s:I, s:b, s:o}", "number", (json_int_t)e->entry.number, "at",
                   (json_int_t)e->entry.at_ms, "reason", shape_text(e->entry.reason), "devices",
                   (json_int_t)e->devices, "confirmed", (json_int_t)e->confirmed, "revoked",
                   (json_int_t)e->revoked, "overdue", is_overdue(e, count, &c->x->now), "waiting",
                   shape_list(&device_shape, waiting, count));
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

static err erasures(struct api_call *c, json_t *list) {
  struct view_erasure *all;
  size_t count;
  TRY(views_erasures(c->store, &c->x->arena, &all, &count));
  for (size_t i = 0; i < count; i++) {
    json_t *one = NULL;
    TRY(erasure_object(c, &all[i], &one));
    if (json_array_append_new(list, one) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

err api_erasures(struct api_call *c) {
  json_t *list = json_array();
  err e = erasures(c, list);
  if (e == ERR_OK) return api_answer(c, json_pack("{s:o}", "erasures", list));
  json_decref(list);
  return e;
}

/* Whose latest record is oldest comes first. */
static int compare_last(const void *left, const void *right) {
  const struct view_expired *a = left, *b = right;
  return a->last != b->last ? (a->last < b->last ? -1 : 1) : id_compare(&a->learner, &b->learner);
}

/* The dry run names whom it would be about: a number alone can be checked by nobody. */
static err put_expired(struct api_call *c, json_t *out, struct view_expired *list, size_t count) {
  char id[id_text_bytes], last[date_text_bytes];
  struct slice name;
  if (count) qsort(list, count, sizeof *list, compare_last);
  for (size_t i = 0; i < count && i < expired_shown_max; i++) {
    TRY(views_row_name(c->store, TABLE_learner, &list[i].learner, &c->x->arena, &name));
    id_text(id, &list[i].learner);
    date_text(last, list[i].last);
    json_t *one = json_pack("{s:s, s:o, s:s, s:b}", "id", id, "name", shape_text(name), "last", last, "held",
                            list[i].held);
    if (json_array_append_new(out, one) != 0) return ERR_NO_MEMORY;
  }
  return ERR_OK;
}

err api_retention(struct api_call *c) {
  struct view_expired *list;
  size_t count, held = 0;
  int32_t today, minute;
  char before[date_text_bytes];
  uint32_t years = c->api->config.hub->retention_years;
  uk_civil(c->x->now.wall_ms, &today, &minute);
  struct date d = date_from_days(today);
  d.year = (int16_t)(d.year - (int16_t)years);
  if (d.month == 2 && d.day == 29) d.day = 28;
  TRY(views_expired(c->store, date_to_days(d), &c->x->arena, &list, &count));
  for (size_t i = 0; i < count; i++) held += list[i].held;
  date_text(before, date_to_days(d));
  json_t *learners = json_array();
  err e = put_expired(c, learners, list, count);
  json_t *body = json_pack("{s:I, s:s, s:I, s:I, s:o}", "years", (json_int_t)years, "before", before, "due",
                           (json_int_t)(count - held), "held", (json_int_t)held, "learners", learners);
  if (e == ERR_OK) return api_answer_audited(c, body, "retention.read");
  json_decref(body);
  return e;
}
