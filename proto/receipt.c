/* receipt.c: a receipt as signed bytes and back. */
#include "proto/receipt.h"

#include "proto/signed.h"

enum {
  receipt_fields = 13,
  exception_fields = 3,
  pin_fields = 2,
  receipt_items_max = 7 * bundle_changesets_max + 64
};
#define SIGN_DOMAIN "tutti.receipt"

static void exceptions_pack(struct packer *p, const struct receipt *r) {
  pack_array(p, r->exception_count);
  for (size_t i = 0; i < r->exception_count; i++) {
    const struct receipt_exception *e = &r->exceptions[i];
    pack_array(p, exception_fields);
    pack_u64(p, e->changeset);
    pack_u64(p, e->status);
    pack_word(p, err_name(e->reason));
  }
}

static void pins_pack(struct packer *p, const struct receipt *r) {
  pack_array(p, r->pin_count);
  for (size_t i = 0; i < r->pin_count; i++) {
    pack_array(p, pin_fields);
    pack_u64(p, r->pins[i].changeset);
    pack_u64(p, r->pins[i].stamp);
  }
}

err receipt_encode(struct buf *out, const struct receipt *r,
                   const uint8_t hub_sign_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  ASSERT(r->exception_count <= bundle_changesets_max && r->pin_count <= bundle_changesets_max);
  pack_init(&p, out);
  pack_array(&p, receipt_fields);
  pack_u64(&p, document_version);
  pack_id(&p, &r->hub);
  pack_id(&p, &r->device);
  pack_u64(&p, r->incarnation);
  pack_u64(&p, r->seq);
  pack_bytes(&p, slice_of(r->bundle_hash, hash_bytes));
  pack_u64(&p, r->status);
  pack_i64(&p, r->received_ms);
  pack_u64(&p, r->epoch);
  pack_u64(&p, r->position);
  exceptions_pack(&p, r);
  pins_pack(&p, r);
  pack_u64(&p, r->keep_days);
  TRY(pack_end(&p));
  return signed_finish(out, start, SIGN_DOMAIN, hub_sign_secret);
}

err receipt_reason(struct slice name) {
  for (int e = ERR_OK; e < ERR_COUNT; e++)
    if (slice_equal(name, slice_text(err_name((err)e)))) return (err)e;
  return ERR_INVALID;
}

static enum receipt_status field_status(struct fields *f) {
  uint64_t status = field_u64(f, RECEIPT_REFUSED);
  if (status == 0 && f->error == ERR_OK) f->error = ERR_INVALID;
  return (enum receipt_status)status;
}

static void exceptions_take(struct fields *f, struct receipt *out, struct arena *a) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, bundle_changesets_max, &out->exception_count);
  if (f->error != ERR_OK) return;
  struct receipt_exception *list = arena_take(a, out->exception_count, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < out->exception_count && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), exception_fields);
    list[i].changeset = (uint32_t)field_u64(&one, bundle_changesets_max - 1);
    list[i].status = field_status(&one);
    list[i].reason = receipt_reason(field_text(&one, program_bytes_max));
    f->error = fields_end(&one);
  }
  out->exceptions = list;
}

static void pins_take(struct fields *f, struct receipt *out, struct arena *a) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, bundle_changesets_max, &out->pin_count);
  if (f->error != ERR_OK) return;
  struct receipt_pin *list = arena_take(a, out->pin_count, sizeof *list);
  if (list == NULL) f->error = ERR_NO_MEMORY;
  for (size_t i = 0; i < out->pin_count && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), pin_fields);
    list[i].changeset = (uint32_t)field_u64(&one, bundle_changesets_max - 1);
    list[i].stamp = field_u64(&one, NUMBER_MAX);
    f->error = fields_end(&one);
  }
  out->pins = list;
}

static err receipt_take(struct receipt *out, const item *root, struct arena *a) {
  struct fields f = fields_of(root, receipt_fields);
  signed_version(&f);
  out->hub = field_id(&f);
  out->device = field_id(&f);
  out->incarnation = field_u32(&f);
  out->seq = field_u64(&f, NUMBER_MAX);
  if (f.error == ERR_OK && (out->incarnation == 0 || out->seq == 0)) f.error = ERR_INVALID; /* from 1 */
  field_fixed(&f, out->bundle_hash, hash_bytes);
  out->status = field_status(&f);
  out->received_ms = field_time_ms(&f);
  out->epoch = field_u32(&f);
  out->position = field_u64(&f, NUMBER_MAX);
  exceptions_take(&f, out, a);
  pins_take(&f, out, a);
  out->keep_days = (uint32_t)field_u64(&f, receipt_keep_days_max);
  return fields_end(&f);
}

err receipt_decode(struct receipt *out, struct slice bytes, const uint8_t hub_sign_public[key_bytes],
                   struct arena *a) {
  struct slice array;
  struct unpacked *u;
  *out = (struct receipt){0};
  TRY(signed_split(&array, bytes, receipt_bytes_max));
  TRY(signed_verify(array, SIGN_DOMAIN, hub_sign_public));
  TRY(unpack(&u, array, receipt_items_max));
  err e = receipt_take(out, unpack_root(u), a);
  unpack_finish(u);
  return e;
}

err receipt_decode_by(struct receipt *out, struct slice bytes, const struct sign_ring *r, struct arena *a) {
  err e = ERR_BAD_SIGNATURE;
  for (size_t i = r->count; i > 0 && e == ERR_BAD_SIGNATURE; i--)
    e = receipt_decode(out, bytes, r->keys[i - 1], a);
  return e;
}
