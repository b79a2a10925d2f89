/* describe.c: messages, documents, files and codes as JSON. */
#include "tests/vectors/describe.h"

#include <stdlib.h>
#include <string.h>

enum { arena_bytes_max = 268435456 };

static void must(err e) { ASSERT(e == ERR_OK); }

json_t *describe_hex(struct slice bytes) {
  char *text = malloc(2 * bytes.len + 1);
  ASSERT(text != NULL);
  hex_encode(text, bytes);
  json_t *out = json_string(text);
  free(text);
  return out;
}

json_t *describe_id(const struct id *id) { return describe_hex(id_slice(id)); }

json_t *describe_text(struct slice text) {
  return json_stringn(text.len > 0 ? (const char *)text.ptr : "", text.len);
}

static json_t *key_json(const uint8_t key[key_bytes]) { return describe_hex(slice_of(key, key_bytes)); }

static json_t *slices_json(const struct slice *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(out, describe_hex(list[i]));
  return out;
}

/* ---- messages ---- */

static json_t *streams_json(const struct stream_position *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(out,
                          json_pack("{s:o, s:I, s:i}", "stream", describe_id(&list[i].stream), "position",
                                    (json_int_t)list[i].position, "audience", list[i].audience));
  return out;
}

static json_t *staff_json(const struct staff_ref *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(
        out, json_pack("{s:o, s:o}", "id", describe_id(&list[i].id), "name", describe_text(list[i].name)));
  return out;
}

static json_t *bundle_refs_json(const struct bundle_ref *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(out, json_pack("{s:I, s:I}", "incarnation", (json_int_t)list[i].incarnation, "seq",
                                         (json_int_t)list[i].seq));
  return out;
}

static json_t *chain_refs_json(const struct chain_ref *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(out, json_pack("{s:I, s:I, s:I}", "incarnation", (json_int_t)list[i].incarnation,
                                         "epoch", (json_int_t)list[i].epoch, "seq", (json_int_t)list[i].seq));
  return out;
}

static json_t *chain_ends_json(const struct chain_end *list, size_t count) {
  json_t *out = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(
        out, json_pack("{s:I, s:o}", "seq", (json_int_t)list[i].seq, "hash", key_json(list[i].hash)));
  return out;
}

static json_t *hello_json(const struct msg_hello *h) {
  return json_pack(
      "{s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "message", "HELLO", "device",
      describe_id(&h->device), "incarnation", (json_int_t)h->incarnation, "sealed_seq",
      (json_int_t)h->sealed_seq, "epoch", (json_int_t)h->epoch, "receipt_seq", (json_int_t)h->receipt_seq,
      "schema", (json_int_t)h->schema, "wall_ms", (json_int_t)h->wall_ms, "manifest", (json_int_t)h->manifest,
      "program", describe_text(h->program), "withheld", bundle_refs_json(h->withheld, h->withheld_count),
      "earlier", chain_refs_json(h->earlier, h->earlier_count), "certificate", describe_hex(h->certificate));
}

static json_t *welcome_json(const struct msg_welcome *w) {
  return json_pack("{s:s, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:o}", "message", "WELCOME", "hub_ms",
                   (json_int_t)w->hub_ms, "epoch", (json_int_t)w->epoch, "bundle_seq",
                   (json_int_t)w->bundle_seq, "bundle_hash", key_json(w->bundle_hash), "manifest",
                   (json_int_t)w->manifest, "lease_days", (json_int_t)w->lease_days, "feed_credit",
                   (json_int_t)w->feed_credit, "schema", (json_int_t)w->schema, "earlier",
                   chain_ends_json(w->earlier, w->earlier_count));
}

static json_t *enrolled_json(const struct msg_enrolled *e) {
  return json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "message", "ENROLLED", "device",
                   describe_id(&e->device), "device_name", describe_text(e->device_name), "certificate",
                   describe_hex(e->certificate), "manifest", describe_hex(e->manifest), "hub_ms",
                   (json_int_t)e->hub_ms, "staff", staff_json(e->staff, e->staff_count), "lease_secret",
                   key_json(e->lease_secret));
}

static json_t *device_message_json(const struct message *m) {
  switch ((int)m->type) {
  case MSG_HELLO: return hello_json(&m->hello);
  case MSG_BUNDLE:
    return json_pack("{s:s, s:o}", "message", "BUNDLE", "bytes", describe_hex(m->bundle.bytes));
  case MSG_SUBSCRIBE:
    return json_pack("{s:s, s:I, s:o}", "message", "SUBSCRIBE", "epoch", (json_int_t)m->subscribe.epoch,
                     "streams", streams_json(m->subscribe.streams, m->subscribe.count));
  case MSG_CREDIT:
    return json_pack("{s:s, s:I}", "message", "CREDIT", "batches", (json_int_t)m->credit.batches);
  case MSG_ENROL:
    return json_pack("{s:s, s:o, s:i, s:o}", "message", "ENROL", "sign_public",
                     key_json(m->enrol.sign_public), "kind", m->enrol.kind, "program",
                     describe_text(m->enrol.program));
  case MSG_ENROL_CONFIRM: return json_pack("{s:s}", "message", "ENROL_CONFIRM");
  case MSG_REPAIR:
    return json_pack("{s:s, s:o, s:i, s:i, s:o, s:o}", "message", "REPAIR", "stream",
                     describe_id(&m->repair.stream), "audience", m->repair.audience, "flags",
                     m->repair.last + 2 * m->repair.restart, "after", describe_hex(m->repair.after), "rows",
                     describe_hex(m->repair.rows));
  case MSG_CARRY:
    return json_pack("{s:s, s:o, s:o}", "message", "CARRY", "who", describe_id(&m->carry.who), "file",
                     describe_hex(m->carry.file));
  case MSG_BYE: return json_pack("{s:s, s:i}", "message", "BYE", "reason", (int)m->bye.reason);
  default: return NULL;
  }
}

static json_t *hub_message_json(const struct message *m) {
  switch ((int)m->type) {
  case MSG_WELCOME: return welcome_json(&m->welcome);
  case MSG_RECEIPTS:
    return json_pack("{s:s, s:o}", "message", "RECEIPTS", "receipts",
                     slices_json(m->receipts.receipts, m->receipts.count));
  case MSG_FEED: return json_pack("{s:s, s:o}", "message", "FEED", "batch", describe_feed(&m->feed.batch));
  case MSG_MANIFEST:
    return json_pack("{s:s, s:o}", "message", "MANIFEST", "bytes", describe_hex(m->manifest.bytes));
  case MSG_GRANTS:
    return json_pack("{s:s, s:o, s:o}", "message", "GRANTS", "streams",
                     streams_json(m->grants.streams, m->grants.stream_count), "staff",
                     staff_json(m->grants.staff, m->grants.staff_count));
  case MSG_RETRY: return json_pack("{s:s, s:I}", "message", "RETRY", "ms", (json_int_t)m->retry.ms);
  case MSG_ENROLLED: return enrolled_json(&m->enrolled);
  case MSG_ORDERS:
    return json_pack("{s:s, s:o}", "message", "ORDERS", "orders",
                     slices_json(m->orders.orders, m->orders.count));
  case MSG_CARRIED:
    return json_pack("{s:s, s:I, s:o, s:o}", "message", "CARRIED", "not_taken",
                     (json_int_t)m->carried.refused, "why", describe_text(m->carried.why), "reply",
                     describe_hex(m->carried.reply));
  default: return NULL;
  }
}

static json_t *message_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct message m;
  must(message_decode(&m, bytes, a));
  json_t *out = device_message_json(&m);
  return out != NULL ? out : hub_message_json(&m);
}

/* ---- documents ---- */

static json_t *receipt_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  struct receipt r;
  must(receipt_decode(&r, bytes, f->hub_sign.public_key, a));
  json_t *exceptions = json_array(), *pins = json_array();
  for (size_t i = 0; i < r.exception_count; i++)
    json_array_append_new(
        exceptions, json_pack("{s:I, s:i, s:s}", "changeset", (json_int_t)r.exceptions[i].changeset, "status",
                              (int)r.exceptions[i].status, "reason", err_name(r.exceptions[i].reason)));
  for (size_t i = 0; i < r.pin_count; i++)
    json_array_append_new(pins, json_pack("{s:I, s:I}", "changeset", (json_int_t)r.pins[i].changeset, "stamp",
                                          (json_int_t)r.pins[i].stamp));
  return json_pack("{s:o, s:o, s:I, s:I, s:o, s:i, s:I, s:I, s:I, s:o, s:o, s:I}", "hub", describe_id(&r.hub),
                   "device", describe_id(&r.device), "incarnation", (json_int_t)r.incarnation, "seq",
                   (json_int_t)r.seq, "bundle_hash", key_json(r.bundle_hash), "status", (int)r.status,
                   "received_ms", (json_int_t)r.received_ms, "epoch", (json_int_t)r.epoch, "position",
                   (json_int_t)r.position, "exceptions", exceptions, "pins", pins, "keep_days",
                   (json_int_t)r.keep_days);
}

static json_t *readers_json(const struct manifest *m) {
  json_t *list = json_array();
  for (size_t i = 0; i < m->reader_count; i++)
    json_array_append_new(list, json_pack("{s:I, s:o, s:o}", "number", (json_int_t)m->readers[i].number,
                                          "key", key_json(m->readers[i].public_key), "name",
                                          describe_text(m->readers[i].name)));
  return list;
}

static json_t *manifest_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct manifest m;
  must(manifest_decode(&m, bytes, NULL, a));
  return json_pack("{s:o, s:I, s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:I, s:I, s:o, s:o, s:o}", "hub",
                   describe_id(&m.hub), "number", (json_int_t)m.number, "hub_name", describe_text(m.hub_name),
                   "url", describe_text(m.url), "sign_public", key_json(m.sign_public), "noise_key",
                   (json_int_t)m.noise_key, "noise_public", key_json(m.noise_public), "intake_key",
                   (json_int_t)m.intake_key, "intake_public", key_json(m.intake_public), "version_min",
                   (json_int_t)m.version_min, "issued_ms", (json_int_t)m.issued_ms, "successions",
                   slices_json(m.successions, m.succession_count), "concern_phone",
                   describe_text(m.concern_phone), "readers", readers_json(&m));
}

static json_t *succession_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f, (void)a;
  struct succession s;
  must(succession_decode(&s, bytes));
  return json_pack("{s:o, s:o, s:o, s:I, s:I}", "hub", describe_id(&s.hub), "old_public",
                   key_json(s.old_public), "new_public", key_json(s.new_public), "number",
                   (json_int_t)s.number, "issued_ms", (json_int_t)s.issued_ms);
}

static json_t *order_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)a;
  struct order o;
  must(order_decode(&o, bytes, f->hub_sign.public_key));
  return json_pack("{s:o, s:o, s:I, s:i, s:I, s:I}", "hub", describe_id(&o.hub), "device",
                   describe_id(&o.device), "number", (json_int_t)o.number, "kind", (int)o.kind, "issued_ms",
                   (json_int_t)o.issued_ms, "value", (json_int_t)o.value);
}

static json_t *certificate_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  struct certificate c;
  must(certificate_decode(&c, bytes, f->hub_sign.public_key, a));
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "hub", describe_id(&c.hub), "device",
                   describe_id(&c.device), "name", describe_text(c.name), "sign_public",
                   key_json(c.sign_public), "noise_public", key_json(c.noise_public), "enrolled_ms",
                   (json_int_t)c.enrolled_ms);
}

/* ---- bundles and files ---- */

static json_t *bundle_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)a;
  struct bundle_parts b;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  uint8_t hash[hash_bytes];
  must(bundle_parse(&b, bytes));
  must(bundle_verify(&b, f->device_sign.public_key));
  must(bundle_open(&plain, &b, &f->hub_intake));
  bundle_hash(hash, bytes);
  json_t *out = json_pack("{s:o, s:I, s:o, s:I, s:I, s:o, s:o, s:o}", "hub", describe_id(&b.header.hub),
                          "intake_key", (json_int_t)b.header.intake_key, "device",
                          describe_id(&b.header.device), "incarnation", (json_int_t)b.header.incarnation,
                          "seq", (json_int_t)b.header.seq, "previous", key_json(b.header.previous), "content",
                          describe_hex(buf_slice(&plain)), "hash", key_json(hash));
  buf_finish(&plain);
  return out;
}

static json_t *export_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct export_file e;
  must(export_decode(&e, bytes, a, NULL));
  return json_pack("{s:o, s:o, s:o, s:o}", "hub", describe_id(&e.hub), "device", describe_id(&e.device),
                   "certificate", describe_hex(e.certificate), "bundles", slices_json(e.bundles, e.count));
}

static json_t *reply_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct reply_file r;
  must(reply_decode(&r, bytes, a, NULL));
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "hub", describe_id(&r.hub), "device", describe_id(&r.device),
                   "manifest", describe_hex(r.manifest), "receipts", slices_json(r.receipts, r.count),
                   "orders", slices_json(r.orders, r.order_count));
}

static json_t *enrol_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f, (void)a;
  struct enrol_code c;
  uint8_t psk[key_bytes];
  struct id token;
  must(enrol_parse(&c, bytes, NULL));
  enrol_psk(psk, c.seed);
  enrol_token_id(&token, c.seed);
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "text", describe_text(bytes), "seed",
                   describe_hex(slice_of(c.seed, sizeof c.seed)), "fingerprint",
                   describe_hex(slice_of(c.fingerprint, sizeof c.fingerprint)), "url", describe_text(c.url),
                   "psk", key_json(psk), "token_id", describe_id(&token));
}

static json_t *concern_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  struct concern c;
  struct id row = fixture_id("concern");
  must(concern_open(&c, bytes, &f->hub, &row, 2, &f->safeguarding, a));
  return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "written_ms", (json_int_t)c.written_ms, "author",
                   describe_id(&c.author), "author_name", describe_text(c.author_name), "learner",
                   describe_id(&c.learner), "learner_name", describe_text(c.learner_name), "text",
                   describe_text(c.text));
}

static json_t *content_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f, (void)a;
  return describe_content(bytes);
}

static json_t *changeset_json(struct slice bytes, const struct fixture *f, struct arena *a) {
  (void)f;
  struct changeset cs;
  must(changeset_decode(&cs, bytes, a));
  return describe_changeset(&cs);
}

static const struct {
  const char *kind;
  json_t *(*json)(struct slice bytes, const struct fixture *f, struct arena *a);
} describers[] = {
    {"message", message_json},       {"content", content_json}, {"changeset", changeset_json},
    {"bundle", bundle_json},         {"receipt", receipt_json}, {"manifest", manifest_json},
    {"succession", succession_json}, {"order", order_json},     {"certificate", certificate_json},
    {"export", export_json},         {"reply", reply_json},     {"enrol", enrol_json},
    {"concern", concern_json},
};

json_t *describe(const char *kind, struct slice bytes, const struct fixture *f) {
  struct arena a = ARENA_INIT(arena_bytes_max);
  json_t *out = NULL;
  for (size_t i = 0; i < sizeof describers / sizeof *describers; i++)
    if (strcmp(describers[i].kind, kind) == 0) out = describers[i].json(bytes, f, &a);
  arena_finish(&a);
  ASSERT(out != NULL);
  return out;
}
