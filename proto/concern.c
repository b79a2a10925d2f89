/* concern.c: sealing a concern to the readers that the manifest names. */
#include "proto/concern.h"

#include "proto/concern_parts.h"

void concern_binding(uint8_t out[hash_bytes], const struct id *hub, const struct id *row, struct slice head) {
  const struct slice parts[] = {id_slice(hub), id_slice(row), head};
  crypto_hash(out, "tutti.concern", parts, 3);
}

static err pack_content(struct buf *out, const struct concern *c) {
  struct packer p;
  pack_init(&p, out);
  pack_array(&p, concern_fields);
  pack_u64(&p, concern_version);
  pack_i64(&p, c->written_ms);
  pack_id(&p, &c->author);
  pack_text(&p, c->author_name);
  pack_bytes(&p, slice_of(c->learner.b, id_is_zero(&c->learner) ? 0 : id_bytes));
  pack_text(&p, c->learner_name);
  pack_text(&p, c->text);
  TRY(pack_end(&p));
  return crypto_pad(out, concern_pad_bytes);
}

static err put_boxes(struct buf *out, const struct manifest *m, struct slice key, const struct entropy *e) {
  TRY(buf_put_u8(out, concern_version));
  TRY(buf_put_u8(out, (uint8_t)m->reader_count));
  for (size_t i = 0; i < m->reader_count; i++) {
    TRY(buf_put_u32(out, m->readers[i].number));
    TRY(crypto_seal(out, key, m->readers[i].public_key, e));
  }
  return ERR_OK;
}

err concern_seal(struct buf *out, const struct concern *c, const struct manifest *m, const struct id *row,
                 const struct entropy *e) {
  static const uint8_t nonce[aead_nonce_bytes] = {0}; /* the key seals this and nothing else */
  uint8_t key[key_bytes], binding[hash_bytes];
  struct buf content = BUF_INIT(concern_content_bytes_max);
  size_t start = out->len;
  if (m->reader_count == 0) return ERR_NOT_FOUND;
  if (c->text.len > concern_text_bytes_max) return ERR_TOO_BIG;
  entropy_fill(e, key, sizeof key);
  err done = pack_content(&content, c);
  if (done == ERR_OK) done = put_boxes(out, m, slice_of(key, sizeof key), e);
  if (done == ERR_OK) {
    concern_binding(binding, &m->hub, row, slice_of(out->ptr + start, out->len - start));
    done = crypto_encrypt(out, buf_slice(&content), slice_of(binding, sizeof binding), nonce, key);
  }
  buf_wipe(&content);
  crypto_wipe(key, sizeof key);
  return done == ERR_FULL ? ERR_TOO_BIG : done;
}
