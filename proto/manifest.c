/* manifest.c: the hub's manifest and a device's certificate as signed bytes and back. */
#include "proto/manifest.h"

#include "proto/signed.h"

enum { manifest_fields = 15, reader_fields = 3, certificate_fields = 7, document_items_max = 64 };
#define MANIFEST_DOMAIN    "tutti.manifest"
#define CERTIFICATE_DOMAIN "tutti.certificate"

/* ---- manifest ---- */

static void readers_pack(struct packer *p, const struct manifest *m) {
  pack_array(p, m->reader_count);
  for (size_t i = 0; i < m->reader_count; i++) {
    pack_array(p, reader_fields);
    pack_u64(p, m->readers[i].number);
    pack_bytes(p, slice_of(m->readers[i].public_key, key_bytes));
    pack_text(p, m->readers[i].name);
  }
}

static void readers_take(struct fields *f, struct manifest *out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, concern_readers_max, &out->reader_count);
  for (size_t i = 0; i < out->reader_count && f->error == ERR_OK; i++) {
    struct fields one = fields_of(item_at(array, i), reader_fields);
    out->readers[i].number = field_u32(&one);
    field_fixed(&one, out->readers[i].public_key, key_bytes);
    out->readers[i].name = field_text(&one, concern_name_bytes_max);
    f->error = fields_end(&one);
  }
}

err manifest_encode(struct buf *out, const struct manifest *m,
                    const uint8_t hub_sign_secret[sign_secret_bytes]) {
  struct packer p;
  size_t start = out->len;
  if (m->hub_name.len > name_bytes_max || m->url.len > url_bytes_max) return ERR_TOO_BIG;
  if (m->concern_phone.len > concern_phone_bytes_max) return ERR_TOO_BIG;
  ASSERT(m->succession_count <= successions_max && m->reader_count <= concern_readers_max);
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
  pack_array(&p, m->succession_count);
  for (size_t i = 0; i < m->succession_count; i++) pack_bytes(&p, m->successions[i]);
  pack_text(&p, m->concern_phone);
  readers_pack(&p, m);
  TRY(pack_end(&p));
  return signed_finish(out, start, MANIFEST_DOMAIN, hub_sign_secret);
}

static void successions_take(struct fields *f, struct manifest *out) {
  const item *array = field_item(f);
  if (array != NULL) f->error = item_array(array, successions_max, &out->succession_count);
  for (size_t i = 0; i < out->succession_count && f->error == ERR_OK; i++)
    f->error = item_bytes(item_at(array, i), 1, succession_bytes_max, &out->successions[i]);
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
  successions_take(&f, out);
  out->concern_phone = field_text(&f, concern_phone_bytes_max);
  readers_take(&f, out);
  return fields_end(&f);
}

/* Each key ends with the one that the next succession begins with, the last with the key inside. *trusted: is
 * the pinned key among them? */
static err follow(const struct manifest *m, const uint8_t *pinned, bool *trusted) {
  uint8_t key[key_bytes];
  *trusted = crypto_equal(m->sign_public, pinned, key_bytes);
  for (size_t i = 0; i < m->succession_count; i++) {
    struct succession s;
    TRY(succession_decode(&s, m->successions[i]));
    bool linked = i == 0 || crypto_equal(s.old_public, key, key_bytes);
    if (!linked || s.number != i + 1 || !id_equal(&s.hub, &m->hub)) return ERR_MALFORMED;
    *trusted = *trusted || crypto_equal(s.old_public, pinned, key_bytes);
    bytes_copy(key, s.new_public, key_bytes);
  }
  bool ends = m->succession_count == 0 || crypto_equal(key, m->sign_public, key_bytes);
  return ends ? ERR_OK : ERR_MALFORMED;
}

err manifest_decode(struct manifest *out, struct slice bytes, const uint8_t *pinned, struct arena *a) {
  (void)a; /* nothing is copied: every slice borrows from `bytes` */
  struct slice array;
  struct unpacked *u;
  *out = (struct manifest){0};
  TRY(signed_split(&array, bytes, manifest_bytes_max));
  TRY(unpack(&u, array, document_items_max));
  err e = manifest_take(out, unpack_root(u));
  unpack_finish(u);
  bool trusted = false;
  if (e == ERR_OK) e = signed_verify(array, MANIFEST_DOMAIN, out->sign_public);
  if (e == ERR_OK) e = follow(out, pinned != NULL ? pinned : out->sign_public, &trusted);
  TRY(e);
  return trusted ? ERR_OK : ERR_BAD_SIGNATURE;
}

err manifest_keys(struct sign_ring *ring, const struct manifest *m) {
  for (size_t i = 0; i < m->succession_count; i++) {
    struct succession s;
    TRY(succession_decode(&s, m->successions[i]));
    bool follows = crypto_equal(s.old_public, ring->keys[ring->count - 1], key_bytes);
    if (!follows || sign_ring_has(ring, s.new_public)) continue;
    if (ring->count > successions_max) return ERR_TOO_BIG;
    sign_ring_add(ring, s.new_public);
  }
  return ERR_OK;
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

err certificate_decode_by(struct certificate *out, struct slice bytes, const struct sign_ring *r,
                          struct arena *a) {
  err e = ERR_BAD_SIGNATURE;
  for (size_t i = r->count; i > 0 && e == ERR_BAD_SIGNATURE; i--)
    e = certificate_decode(out, bytes, r->keys[i - 1], a);
  return e;
}
