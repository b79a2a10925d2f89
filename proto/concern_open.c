/* concern_open.c: opening a concern with one reader's key. The hub holds none: this is for the reader's own
 * programs and for the tests. */
#include "proto/concern_parts.h"

enum { concern_items_max = 16 };

/* The box made for `number`; the cursor stands behind the last one. */
static err find_box(struct cursor *c, uint32_t number, struct slice *out) {
  uint8_t version, count;
  bool found = false;
  TRY(cursor_u8(c, &version));
  TRY(cursor_u8(c, &count));
  if (version != concern_version) return ERR_VERSION;
  if (count == 0 || count > concern_readers_max) return ERR_MALFORMED;
  for (uint8_t i = 0; i < count; i++) {
    uint32_t n;
    struct slice box;
    TRY(cursor_u32(c, &n));
    TRY(cursor_bytes(c, key_bytes + seal_overhead_bytes, &box));
    if (n == number) *out = box, found = true;
  }
  return found ? ERR_OK : ERR_UNKNOWN_KEY;
}

static err take(struct concern *out, const item *root) {
  struct fields f = fields_of(root, concern_fields);
  if (field_u32(&f) != concern_version && f.error == ERR_OK) f.error = ERR_VERSION;
  out->written_ms = field_time_ms(&f);
  out->author = field_id(&f);
  out->author_name = field_text(&f, 2 * name_bytes_max);
  struct slice learner = field_bytes(&f, id_bytes);
  if (f.error == ERR_OK && learner.len != 0 && learner.len != id_bytes) f.error = ERR_MALFORMED;
  if (f.error == ERR_OK && learner.len) bytes_copy(out->learner.b, learner.ptr, id_bytes);
  out->learner_name = field_text(&f, 2 * name_bytes_max);
  out->text = field_text(&f, concern_text_bytes_max);
  return fields_end(&f);
}

static err read_content(struct concern *out, struct slice padded, struct arena *a) {
  struct unpacked *u;
  struct slice content = arena_copy(a, padded);
  if (!content.ptr) return ERR_NO_MEMORY;
  TRY(crypto_unpad(&content, concern_pad_bytes));
  TRY(unpack(&u, content, concern_items_max));
  err e = take(out, unpack_root(u));
  unpack_finish(u);
  return e;
}

err concern_open(struct concern *out, struct slice sealed, const struct id *hub, const struct id *row,
                 uint32_t number, const struct box_keys *keys, struct arena *a) {
  static const uint8_t nonce[aead_nonce_bytes] = {0};
  uint8_t binding[hash_bytes];
  struct slice box = {NULL, 0};
  struct cursor c = cursor_of(sealed);
  struct buf key = BUF_INIT(key_bytes), content = BUF_INIT(concern_content_bytes_max);
  *out = (struct concern){.written_ms = 0};
  TRY(find_box(&c, number, &box));
  size_t head = 2 + (size_t)sealed.ptr[1] * concern_box_bytes;
  concern_binding(binding, hub, row, slice_of(sealed.ptr, head));
  err e = crypto_seal_open(&key, box, keys);
  if (e == ERR_OK && key.len != key_bytes) e = ERR_MALFORMED;
  if (e == ERR_OK)
    e = crypto_decrypt(&content, slice_of(sealed.ptr + head, sealed.len - head),
                       slice_of(binding, sizeof binding), nonce, key.ptr);
  if (e == ERR_OK) e = read_content(out, buf_slice(&content), a);
  buf_wipe(&key);
  buf_wipe(&content);
  return e;
}
