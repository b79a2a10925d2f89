/* samples.c: every message, document, file and code once, as bytes. */
#include "tests/vectors/samples.h"

#include "proto/digest.h"

#include <string.h>

enum { arena_bytes_max = 268435456 };
static const int64_t hub_ms = 1795276805123; /* 2026-11-21T16:00:05.123Z */
static const uint64_t stamp_first = 1795276800000;
#define HUB_URL "wss://hub.example.org:8443/sync"

static struct slice keep(struct samples *s, const char *name, const char *kind, struct buf *bytes, err e) {
  ASSERT(e == ERR_OK && s->count < sizeof s->list / sizeof *s->list);
  struct slice kept = arena_copy(&s->arena, buf_slice(bytes));
  ASSERT(kept.ptr != NULL);
  buf_finish(bytes);
  s->list[s->count++] = (struct sample){name, kind, kept};
  return kept;
}

const struct sample *samples_named(const struct samples *s, const char *name) {
  const struct sample *found = NULL;
  for (size_t i = 0; i < s->count; i++)
    if (strcmp(s->list[i].name, name) == 0) found = &s->list[i];
  ASSERT(found != NULL);
  return found;
}

static void keep_message(struct samples *s, const char *name, const struct message *m) {
  struct buf out = BUF_INIT(message_bytes_max);
  err e = message_encode(&out, m);
  keep(s, name, "message", &out, e);
}

static void add_device_messages(struct samples *s, struct slice bundle) {
  const struct fixture *f = &s->fixture;
  struct stream_position streams[] = {
      {stream_reference, 77, 15}, {stream_staff, 12, 15}, {fixture_id("activity"), 980, 2}};
  struct bundle_ref withheld[] = {{1, 3}, {3, 4}};
  struct chain_ref earlier[] = {{2, 3, 9}, {1, 0, 0}};
  struct message hello = {.type = MSG_HELLO};
  struct message enrol = {.type = MSG_ENROL};
  hello.hello = (struct msg_hello){f->device,
                                   3,
                                   5,
                                   3,
                                   4,
                                   schema_version,
                                   hub_ms - 1500,
                                   9,
                                   slice_text("tutti-kiosk 0.1.0"),
                                   withheld,
                                   2,
                                   earlier,
                                   2,
                                   samples_named(s, "certificate")->bytes};
  enrol.enrol.kind = ENUM_device_kind_kiosk;
  enrol.enrol.program = slice_text("tutti-kiosk 0.1.0");
  bytes_copy(enrol.enrol.sign_public, f->device_sign.public_key, key_bytes);
  keep_message(s, "hello", &hello);
  struct message first = {.type = MSG_HELLO,
                          .hello = {.device = f->device,
                                    .incarnation = 1,
                                    .schema = schema_version,
                                    .wall_ms = hub_ms + 1500,
                                    .manifest = 9,
                                    .program = slice_text("tutti-field 0.1.0")}};
  keep_message(s, "hello of a new device", &first);
  keep_message(s, "bundle message", &(struct message){.type = MSG_BUNDLE, .bundle = {bundle}});
  keep_message(s, "subscribe", &(struct message){.type = MSG_SUBSCRIBE, .subscribe = {3, streams, 3}});
  keep_message(s, "subscribe to nothing",
               &(struct message){.type = MSG_SUBSCRIBE, .subscribe = {0, NULL, 0}});
  struct feed_batch fed = sample_feed(&s->arena, f);
  struct buf rows = BUF_INIT(256);
  uint8_t hash[hash_bytes] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  err listed = digest_entry_write(&rows, TABLE_learner, &fed.items[0].id, hash);
  if (listed == ERR_OK) listed = digest_entry_write(&rows, TABLE_mark, &fed.items[1].id, hash);
  struct message repair = {
      .type = MSG_REPAIR,
      .repair = {.stream = fed.stream, .audience = fed.audience, .rows = buf_slice(&rows)}};
  ASSERT(listed == ERR_OK);
  keep_message(s, "repair", &repair);
  repair.repair.after = slice_of(rows.ptr + digest_entry_bytes, digest_key_bytes);
  repair.repair.rows = slice_of(NULL, 0);
  repair.repair.last = true;
  keep_message(s, "repair, last piece", &repair);
  repair.repair.after = repair.repair.rows = slice_of(NULL, 0);
  repair.repair.restart = true;
  keep_message(s, "repair, the stream anew", &repair);
  buf_finish(&rows);
  keep_message(s, "credit", &(struct message){.type = MSG_CREDIT, .credit = {8}});
  keep_message(s, "enrol", &enrol);
  enrol.enrol.kind = ENUM_device_kind_phone;
  enrol.enrol.program = slice_text("");
  keep_message(s, "enrol of a phone", &enrol);
  keep_message(s, "enrol confirm", &(struct message){.type = MSG_ENROL_CONFIRM});
  keep_message(s, "bye done", &(struct message){.type = MSG_BYE, .bye = {BYE_DONE}});
  keep_message(s, "bye stopping", &(struct message){.type = MSG_BYE, .bye = {BYE_STOPPING}});
  keep_message(s, "bye revoked", &(struct message){.type = MSG_BYE, .bye = {BYE_REVOKED}});
  keep_message(s, "bye update needed", &(struct message){.type = MSG_BYE, .bye = {BYE_UPDATE}});
  keep_message(s, "bye error", &(struct message){.type = MSG_BYE, .bye = {BYE_ERROR}});
}

static void keep_feed(struct samples *s, const char *name, const struct feed_batch *b) {
  keep_message(s, name, &(struct message){.type = MSG_FEED, .feed = {*b}});
}

/* Every table in the stream that it travels in, and what of them the door sees. */
static void add_streams(struct samples *s) {
  static const enum scope_rule reference[] = {SCOPE_REFERENCE, SCOPE_HUB}, staff[] = {SCOPE_STAFF, SCOPE_HUB},
                               activity[] = {SCOPE_ACTIVITY_SELF, SCOPE_ACTIVITY, SCOPE_SESSION_ACTIVITY,
                                             SCOPE_LEARNER,       SCOPE_AUTHORED, SCOPE_HUB},
                               person[] = {SCOPE_PERSON, SCOPE_HUB}, grant[] = {SCOPE_AUTHORED, SCOPE_HUB};
  struct id of_activity = fixture_id("activity"), of_staff = fixture_id("staff"), of_grant;
  stream_of_grant(&of_grant, &of_staff, &of_activity);
  const struct {
    const char *name;
    const struct id *stream;
    const enum scope_rule *scopes;
    uint8_t audience;
  } streams[] = {
      {"feed of reference data", &stream_reference, reference, 15},
      {"feed of staff", &stream_staff, staff, 15},
      {"feed of an activity, all of it", &of_activity, activity, 15},
      {"feed of an activity, for the door", &of_activity, activity, AUDIENCE_DOOR},
      {"feed of a person", &of_staff, person, AUDIENCE_REGISTER},
      {"feed of a grant", &of_grant, grant, AUDIENCE_TEACHING},
  };
  for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
    struct feed_batch b =
        sample_stream(&s->arena, &s->fixture, streams[i].stream, streams[i].scopes, streams[i].audience);
    keep_feed(s, streams[i].name, &b);
  }
}

/* A learner was erased, and a question whose words may have named the learner. */
static void add_erasures(struct samples *s) {
  const struct table *learner = schema_table(TABLE_learner), *question = schema_table(TABLE_question);
  const struct feed_item erased[] = {
      {.kind = FEED_ERASE, .table = question, .id = fixture_id("question"), .version = 1010, .erasure = 12},
      {.kind = FEED_ERASE, .table = learner, .id = fixture_id("learner 9"), .version = 1011, .erasure = 12}};
  const struct feed_item left[] = {
      {.kind = FEED_LEAVE,
       .table = schema_table(TABLE_session),
       .id = fixture_id("session"),
       .version = 1012},
      {.kind = FEED_LEAVE, .table = learner, .id = fixture_id("learner 2"), .version = 1013}};
  struct feed_batch erase = {.stream = stream_reference,
                             .audience = 15,
                             .from = 1006,
                             .to = 1011,
                             .checkpoint = true,
                             .items = erased,
                             .count = 2};
  struct feed_batch leave = {
      .stream = fixture_id("activity"), .audience = 2, .from = 1006, .to = 1013, .items = left, .count = 2};
  keep_feed(s, "feed that erases a learner and a question", &erase);
  keep_feed(s, "feed of what leaves", &leave);
}

static void add_hub_messages(struct samples *s) {
  struct stream_position streams[] = {{stream_reference, 80, 15}, {fixture_id("activity"), 1006, 2}};
  struct staff_ref staff[] = {{fixture_id("tutor"), slice_text("Nia Rees")},
                              {fixture_id("leader"), slice_text("Tom Okoro")}};
  struct slice receipts[] = {samples_named(s, "receipt applied")->bytes,
                             samples_named(s, "receipt conflict")->bytes};
  struct slice manifest = samples_named(s, "manifest")->bytes,
               certificate = samples_named(s, "certificate")->bytes;
  struct message welcome = {.type = MSG_WELCOME, .welcome = {.hub_ms = hub_ms, .epoch = 3, .bundle_seq = 4}};
  struct chain_end held[] = {{.seq = 9}, {.seq = 0}};
  struct message feed = {.type = MSG_FEED, .feed = {sample_feed(&s->arena, &s->fixture)}};
  struct feed_batch empty = {.stream = stream_staff, .audience = 15, .checkpoint = true, .restart = true};
  struct feed_batch part = {.stream = fixture_id("activity"), .audience = 2, .from = 1006, .to = 1020};
  welcome.welcome.manifest = 9, welcome.welcome.lease_days = 20,
  welcome.welcome.feed_credit = feed_credit_batches;
  welcome.welcome.schema = 2;
  bundle_hash(held[0].hash, samples_named(s, "bundle")->bytes);
  welcome.welcome.earlier = held, welcome.welcome.earlier_count = 2;
  bundle_hash(welcome.welcome.bundle_hash, samples_named(s, "bundle")->bytes);
  keep_message(s, "welcome", &welcome);
  struct message fresh = {.type = MSG_WELCOME,
                          .welcome = {.hub_ms = hub_ms,
                                      .epoch = 1,
                                      .manifest = 9,
                                      .lease_days = 20,
                                      .feed_credit = feed_credit_batches,
                                      .schema = schema_version}};
  keep_message(s, "welcome of a hub that has nothing yet", &fresh);
  fresh.welcome.epoch = 4, fresh.welcome.bundle_seq = 3;
  fixture_key(fresh.welcome.bundle_hash, "bundle before the backup");
  keep_message(s, "welcome of a hub that was restored", &fresh);
  keep_message(s, "receipts", &(struct message){.type = MSG_RECEIPTS, .receipts = {receipts, 2}});
  keep_message(s, "feed", &feed);
  keep_message(s, "feed before a checkpoint", &(struct message){.type = MSG_FEED, .feed = {part}});
  struct feed_batch repaired = {
      .stream = fixture_id("activity"), .audience = 2, .from = 1006, .to = 1006, .repair = true};
  keep_message(s, "feed that repairs", &(struct message){.type = MSG_FEED, .feed = {repaired}});
  keep_message(s, "feed of nothing", &(struct message){.type = MSG_FEED, .feed = {empty}});
  keep_message(s, "manifest message", &(struct message){.type = MSG_MANIFEST, .manifest = {manifest}});
  keep_message(s, "grants of nothing", &(struct message){.type = MSG_GRANTS});
  keep_message(s, "grants", &(struct message){.type = MSG_GRANTS, .grants = {streams, 2, staff, 2}});
  keep_message(s, "retry", &(struct message){.type = MSG_RETRY, .retry = {30000}});
  struct message enrolled = {.type = MSG_ENROLLED,
                             .enrolled = {.device = s->fixture.device,
                                          .device_name = slice_text("Kiosk 1, hall"),
                                          .certificate = certificate,
                                          .manifest = manifest,
                                          .hub_ms = hub_ms,
                                          .staff = staff,
                                          .staff_count = 2}};
  struct slice orders[] = {samples_named(s, "order to renew the lease")->bytes,
                           samples_named(s, "order to wipe")->bytes};
  fixture_key(enrolled.enrolled.lease_secret, "lease secret");
  keep_message(s, "enrolled", &enrolled);
  keep_message(s, "orders", &(struct message){.type = MSG_ORDERS, .orders = {orders, 2}});
}

static struct slice add_bundle(struct samples *s) {
  const struct fixture *f = &s->fixture;
  struct bundle_content content = sample_content(&s->arena, f);
  struct buf out = BUF_INIT(bundle_bytes_max), one = BUF_INIT(bundle_bytes_max),
             sealed = BUF_INIT(bundle_bytes_max);
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  struct bundle_header header = {
      .hub = f->hub, .intake_key = 1, .device = f->device, .incarnation = 2, .seq = 5};
  fixture_key(header.previous, "previous bundle");
  err e = changeset_encode(&one, &content.changesets[1]);
  keep(s, "changeset", "changeset", &one, e);
  e = content_encode(&out, &content);
  struct slice plain = keep(s, "content", "content", &out, e);
  struct bundle_content nothing = {.schema = schema_version};
  e = content_encode(&out, &nothing);
  keep(s, "content of nothing", "content", &out, e);
  struct bundle_content mark = {
      .schema = schema_version, .changesets = sample_mark(&s->arena, 1, stamp_first), .changeset_count = 1};
  e = content_encode(&out, &mark);
  keep(s, "content of one mark", "content", &out, e);
  struct ack acks[] = {{ACK_ERASED, 3}, {ACK_ERASED, 300}, {ACK_ORDER, 12}};
  struct bundle_content acked = {.schema = schema_version, .acks = acks, .ack_count = 3};
  e = content_encode(&out, &acked);
  keep(s, "content of acks", "content", &out, e);
  struct bundle_content every = sample_every_op(&s->arena), blanked = sample_blanked(&s->arena);
  e = content_encode(&out, &every);
  keep(s, "content of every table", "content", &out, e);
  e = content_encode(&out, &blanked);
  keep(s, "content in which somebody was erased", "content", &out, e);
  e = bundle_seal(&sealed, &header, plain, f->hub_intake.public_key, f->device_sign.secret, &entropy);
  return keep(s, "bundle", "bundle", &sealed, e);
}

/* What the hub said about one bundle: an exception for each reason, from this changeset on. */
struct verdict {
  const char *name;
  enum receipt_status status;
  uint32_t changeset;
  err reasons[3];
};
static const struct verdict verdicts[] = {
    {"receipt applied", RECEIPT_APPLIED, 0, {ERR_OK}},
    {"receipt conflict", RECEIPT_CONFLICT, 2, {ERR_CONFLICT}},
    {"receipt held", RECEIPT_HELD, 0, {ERR_OK}},
    {"receipt quarantined", RECEIPT_QUARANTINED, 1, {ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_TOO_BIG}},
    {"receipt of a revoked device", RECEIPT_QUARANTINED, 0, {ERR_REVOKED, ERR_REVOKED, ERR_REVOKED}},
    {"receipt of the other side of a fork", RECEIPT_QUARANTINED, 0, {ERR_FORK}},
    {"receipt of the other side of a fork, rejected", RECEIPT_REFUSED, 0, {ERR_FORK}},
    {"receipt refused", RECEIPT_REFUSED, 1, {ERR_INVALID, ERR_REJECTED, ERR_ERASED}},
    {"receipt of what cannot be opened", RECEIPT_REFUSED, 0, {ERR_CRYPTO}},
    {"receipt of what no key opens any more", RECEIPT_REFUSED, 0, {ERR_UNKNOWN_KEY}},
    {"receipt of what cannot be read", RECEIPT_REFUSED, 0, {ERR_MALFORMED}},
    {"receipt of what ends too early", RECEIPT_REFUSED, 0, {ERR_TRUNCATED}},
    {"receipt of what does not end", RECEIPT_REFUSED, 0, {ERR_TRAILING}},
    {"receipt of what is too big", RECEIPT_REFUSED, 0, {ERR_TOO_BIG}},
};

/* Of the bundle's four changesets the last three are so far ahead that the hub's own time is theirs. */
static const struct receipt_pin pins[] = {
    {1, (uint64_t)hub_ms}, {2, (uint64_t)hub_ms}, {3, (uint64_t)hub_ms}};

static void add_receipt(struct samples *s, const struct verdict *v, struct slice bundle) {
  const struct fixture *f = &s->fixture;
  struct receipt_exception exceptions[3];
  struct receipt r = {.hub = f->hub, .device = f->device, .incarnation = 2, .seq = 5, .status = v->status};
  struct buf out = BUF_INIT(receipt_bytes_max);
  r.received_ms = hub_ms, r.epoch = 3, r.position = 1006, r.exceptions = exceptions;
  r.keep_days = outbox_keep_days;
  bundle_hash(r.bundle_hash, bundle);
  if (v->status == RECEIPT_HELD) r.position = 0;
  if (v->status <= RECEIPT_CONFLICT) r.pins = pins, r.pin_count = sizeof pins / sizeof *pins;
  while (r.exception_count < 3 && v->reasons[r.exception_count] != ERR_OK) {
    size_t i = r.exception_count++;
    exceptions[i] = (struct receipt_exception){v->changeset + (uint32_t)i, v->status, v->reasons[i]};
  }
  err e = receipt_encode(&out, &r, f->hub_sign.secret);
  keep(s, v->name, "receipt", &out, e);
}

static struct slice add_succession(struct samples *s) {
  const struct fixture *f = &s->fixture;
  struct succession one = {.hub = f->hub, .number = 1, .issued_ms = hub_ms - 2};
  struct buf out = BUF_INIT(succession_bytes_max);
  bytes_copy(one.old_public, f->hub_sign_before.public_key, key_bytes);
  bytes_copy(one.new_public, f->hub_sign.public_key, key_bytes);
  err e = succession_encode(&out, &one, f->hub_sign_before.secret);
  return keep(s, "succession", "succession", &out, e);
}

static void add_orders(struct samples *s) {
  static const struct {
    const char *name;
    enum order_kind kind;
    uint64_t value;
  } orders[] = {{"order to renew the lease", ORDER_LEASE, 20},
                {"order to wipe", ORDER_WIPE, WIPE_SENT},
                {"order to wipe at once", ORDER_WIPE, WIPE_FORCED},
                {"order that locks the screen", ORDER_LEASE, 0}};
  const struct fixture *f = &s->fixture;
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    struct order o = {f->hub, f->device, i + 1, orders[i].kind, hub_ms, orders[i].value};
    struct buf out = BUF_INIT(order_bytes_max);
    err e = order_encode(&out, &o, f->hub_sign.secret);
    keep(s, orders[i].name, "order", &out, e);
  }
}

static void name_readers(struct manifest *m, const struct fixture *f) {
  m->concern_phone = slice_text("01632 960777");
  m->readers[0] = (struct reader_key){.number = 2, .name = slice_text("Safeguarding lead")};
  m->readers[1] = (struct reader_key){.number = 1, .name = slice_text("Recovery key, kept offline")};
  m->reader_count = 2;
  bytes_copy(m->readers[0].public_key, f->safeguarding.public_key, key_bytes);
  bytes_copy(m->readers[1].public_key, f->recovery.public_key, key_bytes);
}

/* Sealing draws the content's key, then each box's ephemeral secret. */
static void add_concern(struct samples *s, const struct manifest *m) {
  struct fixture_random random = {0};
  struct entropy entropy = fixture_entropy(&random);
  struct id row = fixture_id("concern");
  struct concern c = {.written_ms = hub_ms,
                      .author = fixture_id("author"),
                      .author_name = slice_text("Siân Sample"),
                      .learner = fixture_id("learner"),
                      .learner_name = slice_text("Zoë Sample"),
                      .text = slice_text("She said that she does not want to go home.")};
  struct buf out = BUF_INIT(text_bytes_max);
  err e = concern_seal(&out, &c, m, &row, &entropy);
  keep(s, "concern", "concern", &out, e);
}

static void add_documents(struct samples *s, struct slice bundle) {
  const struct fixture *f = &s->fixture;
  struct manifest m = {.hub = f->hub,
                       .number = 9,
                       .hub_name = slice_text("Gwent Music / Cerdd Gwent"),
                       .url = slice_text(HUB_URL)};
  struct certificate c = {
      .hub = f->hub, .device = f->device, .name = slice_text("Kiosk 1, hall"), .enrolled_ms = hub_ms};
  struct buf out = BUF_INIT(manifest_bytes_max);
  m.noise_key = 2, m.intake_key = 1, m.version_min = 1, m.issued_ms = hub_ms - 86400000;
  bytes_copy(m.sign_public, f->hub_sign.public_key, key_bytes);
  bytes_copy(m.noise_public, f->hub_noise.public_key, key_bytes);
  bytes_copy(m.intake_public, f->hub_intake.public_key, key_bytes);
  bytes_copy(c.sign_public, f->device_sign.public_key, key_bytes);
  bytes_copy(c.noise_public, f->device_noise.public_key, key_bytes);
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) add_receipt(s, &verdicts[i], bundle);
  err e = manifest_encode(&out, &m, f->hub_sign.secret);
  keep(s, "manifest", "manifest", &out, e);
  m.successions[0] = add_succession(s), m.succession_count = 1, m.number = 10;
  e = manifest_encode(&out, &m, f->hub_sign.secret);
  keep(s, "manifest after a signing key was followed by another", "manifest", &out, e);
  name_readers(&m, f), m.number = 11;
  e = manifest_encode(&out, &m, f->hub_sign.secret);
  keep(s, "manifest that names who reads concerns", "manifest", &out, e);
  add_concern(s, &m);
  e = certificate_encode(&out, &c, f->hub_sign.secret);
  keep(s, "certificate", "certificate", &out, e);
  add_orders(s);
}

static void add_files(struct samples *s, struct slice bundle) {
  const struct fixture *f = &s->fixture;
  struct slice receipts[] = {samples_named(s, "receipt applied")->bytes};
  struct slice orders[] = {samples_named(s, "order to renew the lease")->bytes};
  struct export_file exported = {f->hub, f->device, samples_named(s, "certificate")->bytes, &bundle, 1};
  struct reply_file reply = {f->hub, f->device, samples_named(s, "manifest")->bytes, receipts, 1, orders, 1};
  struct buf out = BUF_INIT(export_file_bytes_max);
  err e = export_encode(&out, &exported);
  keep(s, "export file", "export", &out, e);
  e = reply_encode(&out, &reply);
  keep(s, "reply file", "reply", &out, e);
}

static void add_carried(struct samples *s) {
  struct message carry = {.type = MSG_CARRY,
                          .carry = {fixture_id("tutor"), samples_named(s, "export file")->bytes}};
  struct message carried = {.type = MSG_CARRIED, .carried = {.reply = samples_named(s, "reply file")->bytes}};
  keep_message(s, "carry", &carry);
  carry.carry.who = (struct id){{0}};
  keep_message(s, "carry by nobody who is signed in", &carry);
  keep_message(s, "carried", &carried);
  carried.carried.refused = 1;
  carried.carried.why = slice_text("UNKNOWN_DEVICE");
  keep_message(s, "carried, and one bundle not taken", &carried);
  keep_message(s, "carried in vain",
               &(struct message){.type = MSG_CARRIED, .carried = {.why = slice_text("OTHER_HUB")}});
}

static void add_codes(struct samples *s) {
  struct enrol_code code = {.url = slice_text(HUB_URL)};
  struct buf out = BUF_INIT(url_bytes_max);
  bytes_copy(code.seed, s->fixture.enrol_seed, enrol_seed_bytes);
  enrol_fingerprint(code.fingerprint, s->fixture.hub_sign.public_key);
  err e = enrol_link(&out, &code);
  keep(s, "enrolment link", "enrol", &out, e);
  e = enrol_typed(&out, &code);
  keep(s, "enrolment code to type", "enrol", &out, e);
}

void samples_make(struct samples *out) {
  *out = (struct samples){.arena = ARENA_INIT(arena_bytes_max)};
  fixture_make(&out->fixture);
  struct slice bundle = add_bundle(out);
  add_documents(out, bundle);
  add_device_messages(out, bundle);
  add_hub_messages(out);
  add_streams(out);
  add_erasures(out);
  add_files(out, bundle);
  add_carried(out);
  add_codes(out);
}

void samples_finish(struct samples *s) { arena_finish(&s->arena); }
