/* certificate.c: what a run of the retention schedule removed, signed by the hub. */
#include "server/api/certificate.h"

#include <stdlib.h>

#include "server/core/erase.h"

static json_t *day(int32_t day) {
  char text[date_text_bytes];
  date_text(text, day);
  return day ? json_string(text) : json_null();
}

static json_t *moment(int64_t ms) {
  char text[time_text_bytes];
  time_text(text, ms);
  return ms ? json_string(text) : json_null();
}

static json_t *learner_of(const struct store_retained *one) {
  char hex[2 * hash_bytes + 1];
  hex_encode(hex, slice_of(one->hash, hash_bytes));
  json_t *out = json_pack("{s:s, s:o, s:b, s:I}", "hash", hex, "last", day(one->last), "held", one->held,
                          "records", (json_int_t)one->records);
  if (out && one->erasure &&
      json_object_set_new(out, "erasure", json_integer((json_int_t)one->erasure)) != 0) {
    json_decref(out);
    return NULL;
  }
  return out;
}

static err put_run(json_t *runs, struct store *store, const struct store_retention *run, struct arena *a) {
  struct store_retained *list;
  size_t count;
  char id[id_text_bytes];
  const struct retention_rule *rule = &retention_rules[run->line];
  json_t *learners = json_array();
  id_text(id, &run->id);
  err e = retention_retained(store, &run->id, a, &list, &count);
  for (size_t i = 0; e == ERR_OK && i < count; i++)
    if (json_array_append_new(learners, learner_of(&list[i])) != 0) e = ERR_NO_MEMORY;
  json_t *one =
      json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:s, s:I, s:I, s:I, s:o}", "run",
                (json_int_t)run->number, "id", id, "line", rule->name, "records", rule->title, "counted_from",
                rule->since == RETENTION_LEFT ? "their latest record" : "the record's own day", "months",
                (json_int_t)run->months, "before", day(run->before), "ordered", moment(run->at_ms), "ended",
                moment(run->ended_ms), "by", run->by, "removed", (json_int_t)run->records, "of_learners",
                (json_int_t)run->learners, "held", (json_int_t)run->held, "learners", learners);
  if (run->stopped[0] && json_object_set_new(one, "stopped_by", json_string(run->stopped)) != 0)
    e = ERR_NO_MEMORY;
  if (json_array_append_new(runs, one) != 0 && e == ERR_OK) e = ERR_NO_MEMORY;
  return e;
}

static err sign(json_t **out, const struct hub *hub, const char *text) {
  uint8_t signature[signature_bytes];
  char hex[2 * signature_bytes + 1], key[2 * key_bytes + 1];
  crypto_sign(signature, "tutti.retention", slice_text(text), hub->sign.secret);
  hex_encode(hex, slice_of(signature, sizeof signature));
  hex_encode(key, slice_of(hub->sign.public_key, key_bytes));
  *out = json_pack("{s:s, s:i, s:s, s:s, s:s}", "what", "Tutti retention certificate", "version", 2,
                   "content", text, "signature", hex, "signed_by", key);
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

err certificate_make(json_t **out, const struct hub *hub, struct store *store,
                     const struct store_retention *runs, size_t count, struct arena *a) {
  char id[id_text_bytes];
  json_t *list = json_array();
  err e = ERR_OK;
  *out = NULL;
  id_text(id, &hub->id);
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = put_run(list, store, &runs[i], a);
  json_t *content = json_pack("{s:s, s:s, s:o}", "hub", id, "hub_name", hub->name, "runs", list);
  char *text = content && e == ERR_OK ? json_dumps(content, JSON_COMPACT) : NULL;
  if (e == ERR_OK) e = text ? sign(out, hub, text) : ERR_NO_MEMORY;
  free(text);
  json_decref(content);
  return e;
}
