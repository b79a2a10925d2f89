/* devices_act.c: what the office does with a device: a code for a new one, who works on it, what revoking it
 * would strand, revoking and emptying it, its lease. Changes run on the writer, through the functions that
 * the command line uses. */
#include <stdio.h>

#include "proto/lease.h"
#include "server/api/input.h"
#include "server/api/lists.h"
#include "server/api/qr.h"
#include "server/api/shape.h"
#include "server/core/fleet.h"
#include "server/core/orders.h"

struct acting {
  struct slice name, kind, manner, challenge;
  struct input_texts staff_texts;
  uint32_t days;
  struct id *staff;
  size_t staff_count;
};
#define FIELD(member) offsetof(struct acting, member)
#define COUNT(list)   (sizeof(list) / sizeof *(list))

static err read_acting(struct api_call *c, const struct input_field *fields, size_t count,
                       struct acting **out) {
  struct acting *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  in->days = lease_days_default;
  c->own = *out = in;
  TRY(input_read(c, fields, count, in));
  return lists_ids(c, "staff", &in->staff_texts, &in->staff, &in->staff_count);
}

static err no_device(struct api_call *c, err e) {
  return e == ERR_NOT_FOUND ? fault_set(&c->fault, e, "this hub has no device with that id") : e;
}

static err done(struct api_call *c, err e) {
  TRY(no_device(c, e));
  c->x->changes.devices = true;
  return api_answer(c, json_object());
}

/* ---- a new one ---- */

static const struct input_field offer_input[] = {
    {"name", INPUT_TEXT, true, 100, FIELD(name)},
    {"kind", INPUT_TEXT, true, 8, FIELD(kind)},
    {"staff", INPUT_TEXTS, true, staff_on_device_max, FIELD(staff_texts)},
};

static err answer_offer(struct api_call *c, const struct store_token *t, struct buf *link,
                        struct buf *typed) {
  char id[id_text_bytes];
  json_t *qr = NULL;
  id_text(id, &t->id);
  TRY(buf_put_u8(link, 0));
  TRY(buf_put_u8(typed, 0));
  TRY(qr_json(&qr, (const char *)link->ptr));
  return api_answer(c, json_pack("{s:s, s:s, s:s, s:I, s:o}", "id", id, "link", link->ptr, "code", typed->ptr,
                                 "expires_at", (json_int_t)t->expires_ms, "qr", qr));
}

static err offer_step(struct api_call *c) {
  const struct acting *in = c->own;
  struct buf link = BUF_INIT(2048), typed = BUF_INIT(256);
  struct store_token t = {.kind = (uint8_t)schema_enum_number(schema_enum("device_kind"), in->kind),
                          .staff_count = in->staff_count,
                          .expires_ms = c->x->now.wall_ms + enrol_token_ms_max};
  bytes_copy(t.name, in->name.ptr, in->name.len);
  bytes_copy(t.staff, in->staff, in->staff_count * sizeof *in->staff);
  err e =
      device_offer(&link, &typed, &t, c->api->config.hub, c->store, &c->x->now, &c->login.user, &c->fault);
  if (e == ERR_OK) e = answer_offer(c, &t, &link, &typed);
  crypto_wipe(&t, sizeof t);
  buf_wipe(&link);
  buf_wipe(&typed);
  return e;
}

err api_device_offer(struct api_call *c) {
  struct acting *in;
  TRY(read_acting(c, offer_input, COUNT(offer_input), &in));
  if (in->name.len == 0 || !utf8_valid(in->name))
    return fault_set(&c->fault, ERR_INVALID, "give the device a name");
  if (schema_enum_number(schema_enum("device_kind"), in->kind) == 0)
    return fault_set(&c->fault, ERR_INVALID, "\"kind\" is kiosk or phone");
  if (in->staff_count == 0)
    return fault_set(&c->fault, ERR_INVALID, "choose who may sign in on it: one person at least");
  return api_then(c, HTTP_WRITER, offer_step);
}

/* Was the code used, and which six digits did both sides show? */
err api_device_enrolment(struct api_call *c) {
  struct store_token t;
  struct store_device d = {.kind = 0};
  char id[id_text_bytes] = "";
  err e = c->store->ops->token_load(c->store, &c->id, &t);
  crypto_wipe(t.psk, sizeof t.psk);
  if (e == ERR_NOT_FOUND) return fault_set(&c->fault, e, "there is no such code");
  if (e == ERR_OK && !id_is_zero(&t.used_by)) e = c->store->ops->device_load(c->store, &t.used_by, &d);
  if (e != ERR_OK) return e;
  id_text(id, &t.used_by);
  bool used = !id_is_zero(&t.used_by);
  return api_answer(c, json_pack("{s:s, s:I, s:s?, s:s?}", "name", t.name, "expires_at",
                                 (json_int_t)t.expires_ms, "device", used ? id : NULL, "digits",
                                 used ? d.digits : NULL));
}

static err confirm_step(struct api_call *c) {
  char id[id_text_bytes], detail[64];
  id_text(id, &c->id);
  (void)snprintf(detail, sizeof detail, "device=%s", id);
  TRY(audit_add(c->store, c->x->now.wall_ms, &c->login.user, "device.digits-compared", detail));
  return api_answer(c, json_object());
}

err api_device_confirm(struct api_call *c) {
  struct store_device d;
  TRY(input_read(c, NULL, 0, NULL));
  TRY(no_device(c, c->store->ops->device_load(c->store, &c->id, &d)));
  return api_then(c, HTTP_WRITER, confirm_step);
}

/* ---- looking before ---- */

#define AT(member) offsetof(struct view_strand, member)
static const struct shape_field strand_fields[] = {
    {"name", SHAPE_CHARS, AT(device.name), 0, NULL, NULL},
    {"last_contact_at", SHAPE_TIME, AT(device.last_contact_ms), 0, NULL, NULL},
    {"days_away", SHAPE_COUNT, AT(days_away), 0, NULL, NULL},
    {"unreceived", SHAPE_LONG, AT(unreceived), 0, NULL, NULL},
    {"held", SHAPE_COUNT, AT(held), 0, NULL, NULL},
    {"quarantined", SHAPE_COUNT, AT(quarantined), 0, NULL, NULL},
    {"erasures", SHAPE_COUNT, AT(erasures), 0, NULL, NULL},
    {"alone", SHAPE_NAMES, AT(alone), AT(alone_count), NULL, NULL},
};
#undef AT
static const struct shape strand_shape = SHAPE_OF(view_strand, strand_fields);

err api_device_strand(struct api_call *c) {
  struct view_strand strand = {.held = 0};
  TRY(no_device(c, views_strand(c->store, &c->id, &c->x->now, &c->x->arena, &strand)));
  return api_answer(c, shape_object(&strand_shape, &strand));
}

/* ---- revoking ---- */

static const struct input_field revoke_input[] = {
    {"manner", INPUT_TEXT, true, 8, FIELD(manner)},
};

static err revoke_step(struct api_call *c) {
  const struct acting *in = c->own;
  bool forced = slice_equal(in->manner, slice_text("now"));
  return done(c, device_revoke(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user,
                               &c->id, forced));
}

err api_device_revoke(struct api_call *c) {
  struct acting *in;
  TRY(read_acting(c, revoke_input, COUNT(revoke_input), &in));
  if (!slice_equal(in->manner, slice_text("now")) && !slice_equal(in->manner, slice_text("sent")))
    return fault_set(&c->fault, ERR_INVALID,
                     "\"manner\" is sent (once it has handed over what it holds) or now (it was stolen)");
  return api_then(c, HTTP_WRITER, revoke_step);
}

/* ---- who works on it ---- */

static const struct input_field staff_input[] = {
    {"staff", INPUT_TEXTS, true, staff_on_device_max, FIELD(staff_texts)},
};

static err assign_step(struct api_call *c) {
  const struct acting *in = c->own;
  struct store_device d;
  TRY(no_device(c, c->store->ops->device_load(c->store, &c->id, &d)));
  TRY(staff_work_here(c->store, in->staff, in->staff_count, &c->fault));
  bool waits = d.status == ENUM_device_status_readmitted;
  err e = waits ? device_approve(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user,
                                 &c->id, in->staff, in->staff_count)
                : device_assign(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user,
                                &c->id, in->staff, in->staff_count);
  if (e == ERR_CONFLICT) return fault_set(&c->fault, e, "this device was revoked: enrol it anew");
  return done(c, e);
}

/* For a device that came back by its certificate this is the word that it is one of ours again. */
err api_device_staff(struct api_call *c) {
  struct acting *in;
  TRY(read_acting(c, staff_input, COUNT(staff_input), &in));
  if (in->staff_count == 0)
    return fault_set(&c->fault, ERR_INVALID, "somebody must work on it; a device for nobody is revoked");
  return api_then(c, HTTP_WRITER, assign_step);
}

/* ---- its lease ---- */

static const struct input_field lease_input[] = {
    {"days", INPUT_NUMBER, true, lease_days_max, FIELD(days)},
};
static const struct input_field lease_code_input[] = {
    {"challenge", INPUT_TEXT, true, 32, FIELD(challenge)},
    {"days", INPUT_NUMBER, false, lease_days_max, FIELD(days)},
};

static err lease_step(struct api_call *c) {
  const struct acting *in = c->own;
  return done(c, device_lease(&c->x->changes, c->api->config.hub, c->store, &c->x->now, &c->login.user,
                              &c->id, in->days, &c->fault));
}

err api_device_lease(struct api_call *c) {
  struct acting *in;
  TRY(read_acting(c, lease_input, COUNT(lease_input), &in));
  return api_then(c, HTTP_WRITER, lease_step);
}

/* ---- a code to read out ---- */

static err code_step(struct api_call *c, uint32_t days) {
  const struct acting *in = c->own;
  uint8_t challenge[lease_challenge_bytes];
  char code[lease_code_text_bytes];
  TRY(lease_challenge_parse(challenge, in->challenge));
  TRY(no_device(c, device_code(code, c->api->config.hub, c->store, &c->x->now, &c->login.user, &c->id,
                               challenge, days, &c->fault)));
  err e = api_answer(c, json_pack("{s:s}", "code", code));
  crypto_wipe(code, sizeof code);
  return e;
}

static err read_challenge(struct api_call *c, size_t field_count) {
  struct acting *in;
  uint8_t challenge[lease_challenge_bytes];
  TRY(read_acting(c, lease_code_input, field_count, &in));
  if (lease_challenge_parse(challenge, in->challenge) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID,
                   "what does the device show? eight letters and digits, like 7KQ2-M0XD");
}

static err lease_code_step(struct api_call *c) {
  const struct acting *in = c->own;
  return code_step(c, in->days);
}

err api_device_lease_code(struct api_call *c) {
  TRY(read_challenge(c, COUNT(lease_code_input)));
  return api_then(c, HTTP_WRITER, lease_code_step);
}

/* For a forgotten PIN. */
static err pin_code_step(struct api_call *c) { return code_step(c, lease_new_pin); }

err api_device_pin_code(struct api_call *c) {
  TRY(read_challenge(c, 1)); /* without days */
  return api_then(c, HTTP_WRITER, pin_code_step);
}
