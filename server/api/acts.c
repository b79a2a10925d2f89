/* acts.c: a change of the office's own, written, told and audited; and the days and words it is made of. */
#include "server/api/acts.h"

#include <stdio.h>

#include "server/core/ingest.h"
#include "server/import/import_check.h"

int32_t acts_today(const struct api_call *c) {
  int32_t date, minute;
  uk_civil(c->x->now.wall_ms, &date, &minute);
  return date;
}

err acts_apply(struct api_call *c, const struct op *ops, size_t count, const char *action, const char *kind,
               const struct id *id) {
  struct office_result result;
  char text[id_text_bytes], detail[80];
  const struct office_act act = {.action = action, .detail = detail};
  id_text(text, id);
  (void)snprintf(detail, sizeof detail, "%s=%s", kind, text);
  TRY(office_do(&result, c->api->config.hub, c->store, &c->x->now, &c->login.user, ops, count, &act,
                &c->fault));
  c->x->changes = result.changes;
  return ERR_OK;
}

err acts_write(struct api_call *c, const struct op *op, const char *action, const char *kind) {
  char text[id_text_bytes];
  TRY(acts_apply(c, op, 1, action, kind, &op->row));
  id_text(text, &op->row);
  return api_answer(c, json_pack("{s:s}", "id", text));
}

static err put_reference(struct buf *out, const struct value *number, struct slice rest) {
  if (number) TRY(buf_append(out, number->text));
  if (number && rest.len) TRY(buf_put_u8(out, '|'));
  return buf_append(out, rest);
}

err acts_listed_id(struct api_call *c, uint8_t table, const struct value *number, struct slice rest,
                   struct id *out) {
  const struct hub *hub = c->api->config.hub;
  const struct table *t = schema_table(table);
  struct row row = {.exists = true};
  struct buf ref = BUF_INIT(2 * text_bytes_max);
  bool named = !number || (number->kind == VALUE_TEXT && number->text.len > 0);
  err e = named ? put_reference(&ref, number, rest) : ERR_OK;
  size_t len = ref.len < import_reference_bytes_max ? ref.len : import_reference_bytes_max;
  if (e == ERR_OK && named) {
    crypto_import_id(out, &hub->id, t->name, slice_of(ref.ptr, len));
    e = c->store->ops->load_row(c->store, t, out, &c->x->arena, &row);
  }
  if (e == ERR_OK && row.exists) *out = entropy_id(&hub->entropy);
  buf_finish(&ref);
  return e;
}

err acts_unchanged(struct api_call *c, const struct row *row, struct slice version) {
  char text[24];
  (void)snprintf(text, sizeof text, "%llu", (unsigned long long)row->version);
  if (version.len == 0 || slice_equal(version, slice_text(text))) return ERR_OK;
  return fault_set(&c->fault, ERR_CONFLICT,
                   "somebody has changed this since you opened it: look at it again, then change it");
}

err acts_day(struct api_call *c, const char *name, struct slice text, int32_t *out) {
  *out = 0;
  if (text.len == 0 || date_parse(out, text) == ERR_OK) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a day of the calendar, like 2026-11-21", name);
}

static bool read_number(struct slice text, int64_t *out) {
  enum { digits_max = 9 };
  *out = 0;
  if (text.len == 0 || text.len > digits_max) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
    *out = *out * 10 + (text.ptr[i] - '0');
  }
  return true;
}

err acts_whole(struct api_call *c, const char *name, struct slice text, int64_t low, int64_t high,
               int64_t *out) {
  if (read_number(text, out) && *out >= low && *out <= high) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" must be a whole number from %d to %d", name, (int)low,
                   (int)high);
}

err acts_word(struct api_call *c, const char *name, const char *vocabulary, struct slice text, uint8_t *out) {
  *out = (uint8_t)schema_enum_number(schema_enum(vocabulary), text);
  if (text.len == 0 || *out) return ERR_OK;
  return fault_set(&c->fault, ERR_INVALID, "\"%s\" is none of the words there are", name);
}
