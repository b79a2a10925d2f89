/* manifest.c: the hub's manifest and a device's certificate as signed bytes and back. */
#include "proto/manifest.h"

#include "proto/signed.h"

enum { manifest_fields = 12, certificate_fields = 7, document_items_max = 16 };
#define MANIFEST_DOMAIN    "tutti.manifest"
#define CERTIFICATE_DOMAIN "tutti.certificate"

/* ---- manifest ---- */

err manifest_encode(struct buf *out, const struct manifest *m,
                    const uint8_t hub_sign_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  if (m->hub_name.len > name_bytes_max || m->url.len > url_bytes_max) return ERR_TOO_BIG;
  pack_init(&p, out);
  pack_array(&p, manifest_fields);
  pack_u64(&p, document_version);
  pack_id(&p, &m->hub);
  pack_u64(&p, m->number);
  pack_text(&p, m->hub_name);
  pack_text(&p, m->url);
  pack_bytes(&p, slice_of(m->sign_public, key_bytes));
  pack_u64(&p, m->noise_key);
  pack_bytes(&p, slice_of(m->noise_public, key_bytes));
  pack_u64(&p, m->intake_key);
  pack_bytes(&p, slice_of(m->intake_public, key_bytes));
  pack_u64(&p, m->version_min);
  pack_i64(&p, m->issued_ms);
  TRY(pack_end(&p));
  return signed_finish(out, start, MANIFEST_DOMAIN, hub_sign_secret);
}

static err manifest_take(struct manifest *out, const item *root) {
  struct fields f = fields_of(root, manifest_fields);
  signed_version(&f);
  out->hub = field_id(&f);
  out->number = field_u64(&f, NUMBER_MAX);
  out->hub_name = field_text(&f, name_bytes_max);
  out->url = field_text(&f, url_bytes_max);
  field_fixed(&f, out->sign_public, key_bytes);
  out->noise_key = field_u32(&f);
  field_fixed(&f, out->noise_public, key_bytes);
  out->intake_key = field_u32(&f);
  field_fixed(&f, out->intake_public, key_bytes);
  out->version_min = field_u32(&f);
  out->issued_ms = field_time_ms(&f);
  return fields_end(&f);
}

err manifest_decode(struct manifest *out, struct slice bytes, const uint8_t *pinned, struct arena *a) {
  (void)a; /* nothing is copied: every slice borrows from `bytes` */
  struct slice array;
  struct unpacked *u;
  *out = (struct manifest){0};
  TRY(signed_split(&array, bytes, manifest_bytes_max));
  if (pinned != NULL) TRY(signed_verify(array, MANIFEST_DOMAIN, pinned));
  TRY(unpack(&u, array, document_items_max));
  err e = manifest_take(out, unpack_root(u));
  unpack_finish(u);
  TRY(e);
  return signed_verify(array, MANIFEST_DOMAIN, out->sign_public);
}

/* ---- certificate ---- */

err certificate_encode(struct buf *out, const struct certificate *c,
                       const uint8_t hub_sign_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  if (c->name.len > name_bytes_max) return ERR_TOO_BIG;
  pack_init(&p, out);
  pack_array(&p, certificate_fields);
  pack_u64(&p, document_version);
  pack_id(&p, &c->hub);
  pack_id(&p, &c->device);
  pack_text(&p, c->name);
  pack_bytes(&p, slice_of(c->sign_public, key_bytes));
  pack_bytes(&p, slice_of(c->noise_public, key_bytes));
  pack_i64(&p, c->enrolled_ms);
  TRY(pack_end(&p));
  return signed_finish(out, start, CERTIFICATE_DOMAIN, hub_sign_secret);
}

static err certificate_take(struct certificate *out, const item *root) {
  struct fields f = fields_of(root, certificate_fields);
  signed_version(&f);
  out->hub = field_id(&f);
  out->device = field_id(&f);
  out->name = field_text(&f, name_bytes_max);
  field_fixed(&f, out->sign_public, key_bytes);
  field_fixed(&f, out->noise_public, key_bytes);
  out->enrolled_ms = field_time_ms(&f);
  return fields_end(&f);
}

err certificate_decode(struct certificate *out, struct slice bytes, const uint8_t hub_sign_public[key_bytes],
                       struct arena *a) {
  (void)a; /* nothing is copied: the name borrows from `bytes` */
  struct slice array;
  struct unpacked *u;
  *out = (struct certificate){0};
  TRY(signed_split(&array, bytes, certificate_bytes_max));
  TRY(signed_verify(array, CERTIFICATE_DOMAIN, hub_sign_public));
  TRY(unpack(&u, array, document_items_max));
  err e = certificate_take(out, unpack_root(u));
  unpack_finish(u);
  return e;
}
