/* order.c: orders and successions as signed bytes and back. */
#include "proto/order.h"

#include "proto/signed.h"

enum { order_fields = 7, succession_fields = 6, items_max = 16 };
#define ORDER_DOMAIN      "tutti.order"
#define SUCCESSION_DOMAIN "tutti.succession"

/* ---- order ---- */

err order_encode(struct buf *out, const struct order *o, const uint8_t hub_sign_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  pack_init(&p, out);
  pack_array(&p, order_fields);
  pack_u64(&p, document_version);
  pack_id(&p, &o->hub);
  pack_id(&p, &o->device);
  pack_u64(&p, o->number);
  pack_u64(&p, o->kind);
  pack_i64(&p, o->issued_ms);
  pack_u64(&p, o->value);
  TRY(pack_end(&p));
  return signed_finish(out, start, ORDER_DOMAIN, hub_sign_secret);
}

static uint64_t value_max(enum order_kind kind) {
  switch (kind) {
  case ORDER_LEASE: return lease_days_max;
  case ORDER_WIPE: return WIPE_FORCED;
  }
  return 0;
}

static err order_take(struct order *out, const item *root) {
  struct fields f = fields_of(root, order_fields);
  signed_version(&f);
  out->hub = field_id(&f);
  out->device = field_id(&f);
  out->number = field_u64(&f, NUMBER_MAX);
  uint64_t kind = field_u64(&f, ORDER_WIPE);
  out->issued_ms = field_time_ms(&f);
  bool known = kind >= ORDER_LEASE && out->number > 0;
  out->kind = known ? (enum order_kind)kind : ORDER_LEASE;
  out->value = field_u64(&f, value_max(out->kind));
  TRY(fields_end(&f));
  return known ? ERR_OK : ERR_INVALID;
}

err order_decode(struct order *out, struct slice bytes, const uint8_t hub_sign_public[key_bytes]) {
  struct slice array;
  struct unpacked *u;
  *out = (struct order){.number = 0};
  TRY(signed_split(&array, bytes, order_bytes_max));
  TRY(signed_verify(array, ORDER_DOMAIN, hub_sign_public));
  TRY(unpack(&u, array, items_max));
  err e = order_take(out, unpack_root(u));
  unpack_finish(u);
  return e;
}

err order_decode_by(struct order *out, struct slice bytes, const struct sign_ring *r) {
  err e = ERR_BAD_SIGNATURE;
  for (size_t i = r->count; i > 0 && e == ERR_BAD_SIGNATURE; i--)
    e = order_decode(out, bytes, r->keys[i - 1]);
  return e;
}

void sign_ring_add(struct sign_ring *r, const uint8_t key[key_bytes]) {
  ASSERT(r->count < successions_max + 1);
  bytes_copy(r->keys[r->count++], key, key_bytes);
}

bool sign_ring_has(const struct sign_ring *r, const uint8_t key[key_bytes]) {
  for (size_t i = 0; i < r->count; i++) {
    if (crypto_equal(r->keys[i], key, key_bytes)) return true;
  }
  return false;
}

/* ---- succession ---- */

err succession_encode(struct buf *out, const struct succession *s,
                      const uint8_t old_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  pack_init(&p, out);
  pack_array(&p, succession_fields);
  pack_u64(&p, document_version);
  pack_id(&p, &s->hub);
  pack_bytes(&p, slice_of(s->old_public, key_bytes));
  pack_bytes(&p, slice_of(s->new_public, key_bytes));
  pack_u64(&p, s->number);
  pack_i64(&p, s->issued_ms);
  TRY(pack_end(&p));
  return signed_finish(out, start, SUCCESSION_DOMAIN, old_secret);
}

static err succession_take(struct succession *out, const item *root) {
  struct fields f = fields_of(root, succession_fields);
  signed_version(&f);
  out->hub = field_id(&f);
  field_fixed(&f, out->old_public, key_bytes);
  field_fixed(&f, out->new_public, key_bytes);
  out->number = field_u64(&f, NUMBER_MAX);
  out->issued_ms = field_time_ms(&f);
  return fields_end(&f);
}

err succession_decode(struct succession *out, struct slice bytes) {
  struct slice array;
  struct unpacked *u;
  *out = (struct succession){.number = 0};
  TRY(signed_split(&array, bytes, succession_bytes_max));
  TRY(unpack(&u, array, items_max));
  err e = succession_take(out, unpack_root(u));
  unpack_finish(u);
  TRY(e);
  return signed_verify(array, SUCCESSION_DOMAIN, out->old_public);
}
