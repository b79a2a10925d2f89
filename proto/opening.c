/* opening.c: the client's first message, in the clear, and the prologue that binds it into the handshake. */
#include "proto/messages.h"

static bool has_token(const struct opening *o) { return o->kind == OPENING_ENROL; }

/* Everything before the Noise message. */
static err opening_head(struct buf *out, const struct opening *o) {
  TRY(buf_put_u8(out, (uint8_t)o->kind));
  if (o->kind == OPENING_MANIFEST) return ERR_OK;
  TRY(buf_put_u16(out, protocol_version));
  TRY(buf_append(out, id_slice(&o->hub)));
  TRY(buf_put_u32(out, o->noise_key));
  return has_token(o) ? buf_append(out, id_slice(&o->token)) : ERR_OK;
}

err opening_encode(struct buf *out, const struct opening *o) {
  TRY(opening_head(out, o));
  if (o->kind == OPENING_MANIFEST) return ERR_OK;
  ASSERT(o->noise.len == noise_message1_overhead);
  return buf_append(out, o->noise);
}

static err opening_read(struct opening *out, struct cursor *c) {
  uint8_t kind;
  uint16_t version;
  TRY(cursor_u8(c, &kind));
  if (kind != OPENING_MANIFEST && kind != OPENING_SYNC && kind != OPENING_ENROL) return ERR_MALFORMED;
  out->kind = (enum opening_kind)kind;
  if (out->kind == OPENING_MANIFEST) return ERR_OK;
  TRY(cursor_u16(c, &version));
  if (version != protocol_version) return ERR_VERSION;
  TRY(cursor_copy(c, out->hub.b, id_bytes));
  TRY(cursor_u32(c, &out->noise_key));
  if (has_token(out)) TRY(cursor_copy(c, out->token.b, id_bytes));
  return cursor_bytes(c, noise_message1_overhead, &out->noise);
}

err opening_decode(struct opening *out, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  *out = (struct opening){0};
  TRY(opening_read(out, &c));
  return cursor_end(&c);
}

err opening_prologue(struct buf *out, const struct opening *o) {
  ASSERT(o->kind != OPENING_MANIFEST);
  TRY(buf_append(out, slice_text("tutti")));
  return opening_head(out, o);
}
