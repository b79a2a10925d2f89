/* kinds.c: the parsers, each with the encoder that must undo it. */
#include "tests/vectors/kinds.h"

#include <string.h>

#include "proto/bundle.h"
#include "proto/concern.h"
#include "proto/manifest.h"
#include "proto/messages.h"
#include "proto/receipt.h"
#include "proto/transfer.h"

enum { arena_bytes_max = 268435456 };

static void must(err e) { ASSERT(e == ERR_OK); }

/* ---- codec: a strict message has one form, so packing its tree again gives its bytes ---- */

static void repack(struct packer *p, const item *i) {
  struct slice text;
  size_t count;
  uint64_t u;
  int64_t s;
  bool b;
  switch (item_kind(i)) {
  case ITEM_NIL: pack_nil(p); return;
  case ITEM_BOOL: must(item_bool(i, &b)), pack_bool(p, b); return;
  case ITEM_INT:
    if (item_u64(i, UINT64_MAX, &u) == ERR_OK) {
      pack_u64(p, u);
      return;
    }
    must(item_i64(i, INT64_MIN, -1, &s));
    pack_i64(p, s);
    return;
  case ITEM_TEXT: must(item_text(i, SIZE_MAX, &text)), pack_text(p, text); return;
  case ITEM_BYTES: must(item_bytes(i, 0, SIZE_MAX, &text)), pack_bytes(p, text); return;
  case ITEM_ARRAY:
    must(item_array(i, SIZE_MAX, &count));
    pack_array(p, count);
    for (size_t n = 0; n < count; n++) repack(p, item_at(i, n));
    return;
  case ITEM_MAP:
    pack_map(p, item_map_count(i));
    for (size_t n = 0; n < item_map_count(i); n++)
      repack(p, item_map_key(i, n)), repack(p, item_map_value(i, n));
    return;
  }
}

static err codec_recode(struct buf *out, struct slice bytes, const struct fixture *f) {
  (void)f;
  struct unpacked *u;
  struct packer p;
  TRY(unpack(&u, bytes, codec_items_max));
  size_t start = out->len;
  pack_init(&p, out);
  repack(&p, unpack_root(u));
  must(pack_end(&p));
  unpack_finish(u);
  ASSERT(slice_equal(slice_of(out->ptr + start, out->len - start), bytes));
  return ERR_OK;
}

/* ---- what needs an arena ---- */

static err message_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct message m;
  TRY(message_decode(&m, bytes, a));
  must(message_encode(out, &m));
  return ERR_OK;
}

static err content_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct bundle_content c;
  struct fault fault;
  err *refused;
  TRY(content_decode(&c, &refused, bytes, a, &fault));
  for (size_t i = 0; i < c.changeset_count; i++) TRY(refused[i]);
  c.schema = schema_version;
  must(content_encode(out, &c));
  return ERR_OK;
}

static err changeset_recode_in(struct buf *out, struct slice bytes, const struct fixture *f,
                               struct arena *a) {
  (void)f;
  struct changeset cs;
  TRY(changeset_decode(&cs, bytes, a));
  must(changeset_encode(out, &cs));
  return ERR_OK;
}

static err receipt_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  struct receipt r;
  TRY(receipt_decode(&r, bytes, f->hub_sign.public_key, a));
  must(receipt_encode(out, &r, f->hub_sign.secret));
  return ERR_OK;
}

static err manifest_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  struct manifest m;
  TRY(manifest_decode(&m, bytes, f->hub_sign.public_key, a));
  must(manifest_encode(out, &m, f->hub_sign.secret));
  return ERR_OK;
}

static err succession_recode_in(struct buf *out, struct slice bytes, const struct fixture *f,
                                struct arena *a) {
  (void)a;
  struct succession s;
  TRY(succession_decode(&s, bytes));
  must(succession_encode(out, &s, f->hub_sign_before.secret));
  return crypto_equal(s.old_public, f->hub_sign_before.public_key, key_bytes) ? ERR_OK : ERR_BAD_SIGNATURE;
}

static err order_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)a;
  struct order o;
  TRY(order_decode(&o, bytes, f->hub_sign.public_key));
  must(order_encode(out, &o, f->hub_sign.secret));
  return ERR_OK;
}

static err certificate_recode_in(struct buf *out, struct slice bytes, const struct fixture *f,
                                 struct arena *a) {
  struct certificate c;
  TRY(certificate_decode(&c, bytes, f->hub_sign.public_key, a));
  must(certificate_encode(out, &c, f->hub_sign.secret));
  return ERR_OK;
}

static err export_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct export_file file;
  struct fault fault;
  TRY(export_decode(&file, bytes, a, &fault));
  must(export_encode(out, &file));
  return ERR_OK;
}

static err reply_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct reply_file file;
  struct fault fault;
  TRY(reply_decode(&file, bytes, a, &fault));
  must(reply_encode(out, &file));
  return ERR_OK;
}

static err concern_recode_in(struct buf *out, struct slice bytes, const struct fixture *f, struct arena *a) {
  struct concern c;
  struct id row = fixture_id("concern");
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  struct manifest m = {.hub = f->hub, .reader_count = 2, .readers = {{.number = 2}, {.number = 1}}};
  bytes_copy(m.readers[0].public_key, f->safeguarding.public_key, key_bytes);
  bytes_copy(m.readers[1].public_key, f->recovery.public_key, key_bytes);
  TRY(concern_open(&c, bytes, &f->hub, &row, 2, &f->safeguarding, a));
  must(concern_seal(out, &c, &m, &row, &entropy));
  return ERR_OK;
}

#define IN_ARENA(name)                                                                                       \
  static err name##_recode(struct buf *out, struct slice bytes, const struct fixture *f) {                   \
    struct arena a = ARENA_INIT(arena_bytes_max);                                                            \
    err e = name##_recode_in(out, bytes, f, &a);                                                             \
    arena_finish(&a);                                                                                        \
    return e;                                                                                                \
  }
IN_ARENA(message)
IN_ARENA(content)
IN_ARENA(changeset)
IN_ARENA(receipt)
IN_ARENA(manifest)
IN_ARENA(certificate)
IN_ARENA(succession)
IN_ARENA(order)
IN_ARENA(export)
IN_ARENA(reply)
IN_ARENA(concern)

/* ---- what does not ---- */

static err bundle_recode(struct buf *out, struct slice bytes, const struct fixture *f) {
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  TRY(bundle_parse(&parts, bytes));
  TRY(bundle_verify(&parts, f->device_sign.public_key));
  err e = bundle_open(&plain, &parts, &f->hub_intake);
  if (e == ERR_OK)
    must(bundle_seal(out, &parts.header, buf_slice(&plain), f->hub_intake.public_key, f->device_sign.secret,
                     &entropy));
  buf_finish(&plain);
  return e;
}

static err opening_recode(struct buf *out, struct slice bytes, const struct fixture *f) {
  (void)f;
  struct opening o;
  TRY(opening_decode(&o, bytes));
  must(opening_encode(out, &o));
  return ERR_OK;
}

static err enrol_recode(struct buf *out, struct slice bytes, const struct fixture *f) {
  (void)f;
  struct enrol_code code;
  struct fault fault;
  TRY(enrol_parse(&code, bytes, &fault));
  must(code.url.len > 0 ? enrol_link(out, &code) : enrol_typed(out, &code));
  return ERR_OK;
}

/* ---- trailers ---- */

static err trail_signed(struct buf *out, const char *domain, const uint8_t secret[sign_secret_bytes]) {
  uint8_t signature[signature_bytes];
  crypto_sign(signature, domain, buf_slice(out), secret);
  return buf_append(out, slice_of(signature, sizeof signature));
}

static err receipt_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.receipt", f->hub_sign.secret);
}
static err manifest_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.manifest", f->hub_sign.secret);
}
static err certificate_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.certificate", f->hub_sign.secret);
}
static err succession_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.succession", f->hub_sign_before.secret);
}
static err order_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.order", f->hub_sign.secret);
}
static err bundle_trail(struct buf *out, const struct fixture *f) {
  return trail_signed(out, "tutti.bundle", f->device_sign.secret);
}
static err file_trail(struct buf *out, const struct fixture *f) {
  (void)f;
  uint8_t hash[hash_bytes];
  struct slice all = buf_slice(out);
  crypto_hash(hash, "tutti.file", &all, 1);
  return buf_append(out, slice_of(hash, sizeof hash));
}

static const struct kind kinds[] = {
    {"codec", codec_recode, 0, NULL},
    {"message", message_recode, 0, NULL},
    {"content", content_recode, 0, NULL},
    {"changeset", changeset_recode, 0, NULL},
    {"bundle", bundle_recode, signature_bytes, bundle_trail},
    {"receipt", receipt_recode, signature_bytes, receipt_trail},
    {"manifest", manifest_recode, signature_bytes, manifest_trail},
    {"certificate", certificate_recode, signature_bytes, certificate_trail},
    {"succession", succession_recode, signature_bytes, succession_trail},
    {"order", order_recode, signature_bytes, order_trail},
    {"export", export_recode, hash_bytes, file_trail},
    {"reply", reply_recode, hash_bytes, file_trail},
    {"opening", opening_recode, 0, NULL},
    {"enrol", enrol_recode, 0, NULL},
    {"concern", concern_recode, 0, NULL},
};

const struct kind *kind_named(const char *name) {
  const struct kind *found = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0) found = &kinds[i];
  ASSERT(found != NULL);
  return found;
}

static void survives_once(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  struct buf first = BUF_INIT(export_file_bytes_max), second = BUF_INIT(export_file_bytes_max);
  if (kind->recode(&first, bytes, f) == ERR_OK) {
    must(kind->recode(&second, buf_slice(&first), f));
    ASSERT(slice_equal(buf_slice(&first), buf_slice(&second)));
  }
  buf_finish(&first);
  buf_finish(&second);
}

void kind_survives(const struct kind *kind, struct slice bytes, const struct fixture *f) {
  survives_once(kind, bytes, f);
  if (kind->trail == NULL) return;
  struct buf whole = BUF_INIT(export_file_bytes_max + signature_bytes);
  must(buf_append(&whole, bytes));
  must(kind->trail(&whole, f));
  survives_once(kind, buf_slice(&whole), f);
  buf_finish(&whole);
}
