/* case_transfer.c: handing a case over to another hub or authority: a file with everything the case holds,
 * signed by this hub, whose hash stands in the case for good. */
#include <stdio.h>

#include "server/api/input.h"
#include "server/api/safeguarding.h"
#include "server/core/cases.h"

struct handing {
  struct slice to, text;
  json_t *document; /* until it is answered */
};
static const struct input_field hand_input[] = {
    {"to", INPUT_TEXT, true, 200, offsetof(struct handing, to)},
    {"text", INPUT_TEXT, true, 1500, offsetof(struct handing, text)},
};

/* What is signed: the bytes of `case` as they stand in the file, behind hub, receiver and time. */
static err seal(struct api_call *c, const struct handing *in, char *content,
                char hash_out[2 * hash_bytes + 1], json_t **out) {
  const struct hub *hub = c->api->config.hub;
  uint8_t hash[hash_bytes], signature[signature_bytes];
  char id[id_text_bytes], hex[2 * signature_bytes + 1], key[2 * key_bytes + 1];
  struct slice bytes = slice_text(content);
  crypto_hash(hash, "tutti.case", &bytes, 1);
  crypto_sign(signature, "tutti.case", slice_of(hash, sizeof hash), hub->sign.secret);
  hex_encode(hash_out, slice_of(hash, sizeof hash));
  hex_encode(hex, slice_of(signature, sizeof signature));
  hex_encode(key, slice_of(hub->sign.public_key, key_bytes));
  id_text(id, &hub->id);
  *out = json_pack("{s:s, s:i, s:s, s:s, s:s%, s:I, s:s, s:s, s:s, s:s}", "what", "Tutti case handed over",
                   "version", 1, "hub", id, "hub_name", hub->name, "to", (const char *)in->to.ptr, in->to.len,
                   "at", (json_int_t)c->x->now.wall_ms, "case", content, "hash", hash_out, "signature", hex,
                   "signed_by", key);
  return *out ? ERR_OK : ERR_NO_MEMORY;
}

static err note(struct api_call *c, const struct handing *in, const char *hash) {
  char text[case_text_bytes_max];
  int len = snprintf(text, sizeof text, "To %.*s: %.*s (file %s)", (int)in->to.len, (const char *)in->to.ptr,
                     (int)in->text.len, (const char *)in->text.ptr, hash);
  if (len < 0 || (size_t)len >= sizeof text) return ERR_TOO_BIG;
  const struct case_act act = {.id = c->id,
                               .who = c->login.user,
                               .by = slice_text(c->login.user_name),
                               .text = slice_of(text, (size_t)len),
                               .kind = CASE_EVENT_HANDED_OVER};
  return case_do(c->store, &c->x->now, &act, &c->fault);
}

static err hand_step(struct api_call *c) {
  const struct handing *in = c->own;
  struct view_case_detail d;
  char hash[2 * hash_bytes + 1];
  json_t *document = NULL;
  TRY(case_look(c, &d));
  json_t *inside = case_detail(&d);
  char *content = inside ? json_dumps(inside, JSON_COMPACT) : NULL;
  err e = content ? seal(c, in, content, hash, &document) : ERR_NO_MEMORY;
  if (e == ERR_OK) e = note(c, in, hash);
  json_decref(inside);
  free(content);
  if (e != ERR_OK) {
    json_decref(document);
    return e;
  }
  case_tell(c);
  return api_answer(c, document);
}

err api_case_transfer(struct api_call *c) {
  struct handing *in = arena_take(&c->x->arena, 1, sizeof *in);
  if (!in) return ERR_NO_MEMORY;
  c->own = in;
  TRY(input_read(c, hand_input, sizeof hand_input / sizeof *hand_input, in));
  if (in->to.len == 0 || in->text.len == 0)
    return fault_set(&c->fault, ERR_INVALID, "say to whom it is handed over, and why");
  return api_then(c, HTTP_WRITER, hand_step);
}
