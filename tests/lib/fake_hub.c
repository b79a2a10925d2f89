/* fake_hub.c: the scripted hub's line: enrolment, handshake, bundles in, receipts and feed out. Its rows
 * stand in fake_world.c. */
#include "tests/lib/fake_hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

#include "shared/merge/merge.h"

static void ok(err e) {
  if (e != ERR_OK) fail_msg("the scripted hub failed: %s", err_name(e));
}

/* ---- documents ---- */

static void sign_manifest(struct fake_hub *f) {
  struct manifest m = {.hub = f->id,
                       .number = f->manifest_number,
                       .hub_name = slice_text("Test Hub"),
                       .url = slice_text("wss://localhost:8443/sync"),
                       .noise_key = 1,
                       .intake_key = 1,
                       .version_min = 1,
                       .issued_ms = 1795262400000,
                       .concern_phone = slice_text("01632 960777"),
                       .reader_count = f->no_readers ? 0 : 1};
  m.readers[0] = (struct reader_key){.number = 1, .name = slice_text("Safeguarding lead")};
  bytes_copy(m.readers[0].public_key, f->safeguarding.public_key, key_bytes);
  bytes_copy(m.sign_public, f->sign.public_key, key_bytes);
  bytes_copy(m.noise_public, f->noise_keys.public_key, key_bytes);
  bytes_copy(m.intake_public, f->intake.public_key, key_bytes);
  buf_clear(&f->manifest);
  ok(manifest_encode(&f->manifest, &m, f->sign.secret));
}

void fake_world_make(struct fake_hub *f, size_t players);

void fake_hub_init(struct fake_hub *f, struct core_host *host, size_t players) {
  bytes_zero(f, sizeof *f);
  ok(crypto_init());
  f->host = host;
  f->id = (struct id){{0x40, 1}};
  f->device = (struct id){{0x50, 1}};
  f->epoch = 1;
  f->manifest_number = 1;
  f->status = RECEIPT_APPLIED;
  f->manifest = (struct buf)BUF_INIT(8192);
  f->certificate = (struct buf)BUF_INIT(8192);
  f->carry_file = (struct buf)BUF_INIT(carried_piece_bytes_max);
  f->arena = (struct arena)ARENA_INIT(134217728);
  crypto_sign_keys(&f->sign, &host->config.entropy);
  crypto_box_keys(&f->noise_keys, &host->config.entropy);
  crypto_box_keys(&f->intake, &host->config.entropy);
  crypto_box_keys(&f->safeguarding, &host->config.entropy);
  frame_joiner_init(&f->in);
  sign_manifest(f);
  fake_world_make(f, players);
}

void fake_hub_finish(struct fake_hub *f) {
  for (size_t i = 0; i < f->bundle_count; i += 1) {
    buf_finish(&f->bundles[i].bytes);
    buf_finish(&f->bundles[i].plain);
    arena_finish(&f->bundles[i].arena);
  }
  buf_finish(&f->manifest);
  buf_finish(&f->certificate);
  buf_finish(&f->carry_file);
  arena_finish(&f->arena);
  frame_joiner_finish(&f->in);
}

void fake_hub_link(struct fake_hub *f, struct buf *out) {
  struct enrol_code code = {.url = slice_text("wss://localhost:8443/sync")};
  bytes_copy(code.seed, "0123456789abcdef", enrol_seed_bytes);
  enrol_fingerprint(code.fingerprint, f->sign.public_key);
  ok(enrol_link(out, &code));
}

/* ---- frames ---- */

static struct slice take(struct fake_hub *f) {
  struct slice frame = {NULL, 0};
  if (!core_host_take(f->host, &frame)) fail_msg("the device sent nothing");
  return frame;
}

static void up(struct fake_hub *f) {
  assert_true(f->host->link_wanted);
  f->host->link_wanted = false;
  core_host_step(f->host, EV_LINK_UP, f->host->link, slice_of(NULL, 0));
}

static void to_device(struct fake_hub *f, struct slice bytes) {
  core_host_step(f->host, EV_LINK_BYTES, f->host->link, bytes);
}

static err emit(void *ctx, struct slice frame) {
  to_device(ctx, frame);
  return ERR_OK;
}

void fake_hub_send(struct fake_hub *f, const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  ok(message_encode(&bytes, m));
  ok(frame_write(&f->noise, buf_slice(&bytes), emit, f));
  buf_finish(&bytes);
}

/* Message 1 in, message 2 out, message 3 in; its payload is decoded into `out`. */
static void answer_handshake(struct fake_hub *f, enum noise_pattern pattern, struct message *out) {
  struct opening o;
  struct buf prologue = BUF_INIT(256);
  struct buf payload = BUF_INIT(frame_bytes_max);
  struct buf message2 = BUF_INIT(256);
  uint8_t ephemeral[key_bytes];
  uint8_t psk[key_bytes];
  ok(opening_decode(&o, take(f)));
  assert_int_equal(o.kind, pattern == NOISE_XK ? OPENING_SYNC : OPENING_ENROL);
  assert_true(id_equal(&o.hub, &f->id));
  ok(opening_prologue(&prologue, &o));
  entropy_fill(&f->host->config.entropy, ephemeral, sizeof ephemeral);
  enrol_psk(psk, (const uint8_t *)"0123456789abcdef");
  struct noise_config config = {.pattern = pattern,
                                .prologue = buf_slice(&prologue),
                                .local_static = &f->noise_keys,
                                .psk = pattern == NOISE_XKPSK3 ? psk : NULL,
                                .ephemeral = ephemeral};
  ok(noise_init(&f->noise, &config));
  ok(noise_handshake_read(&f->noise, o.noise, &payload));
  ok(noise_handshake_write(&f->noise, slice_of(NULL, 0), &message2));
  to_device(f, buf_slice(&message2));
  buf_clear(&payload);
  ok(noise_handshake_read(&f->noise, take(f), &payload));
  struct slice kept = arena_copy(&f->arena, buf_slice(&payload));
  ok(message_decode(out, kept, &f->arena));
  frame_joiner_finish(&f->in);
  frame_joiner_init(&f->in);
  buf_finish(&prologue);
  buf_finish(&payload);
  buf_finish(&message2);
}

/* ---- enrolment ---- */

static void give_manifest(struct fake_hub *f) {
  struct opening o;
  up(f);
  ok(opening_decode(&o, take(f)));
  assert_int_equal(o.kind, OPENING_MANIFEST);
  to_device(f, buf_slice(&f->manifest));
}

void fake_hub_enrol_digits(struct fake_hub *f) {
  struct buf link = BUF_INIT(1024);
  struct message m = {.type = MSG_BYE};
  fake_hub_link(f, &link);
  if (buf_put_u8(&link, 0) != ERR_OK) abort();
  assert_false(core_host_call(f->host, "enrol.start", "code:t", (const char *)link.ptr));
  assert_false(f->host->replied);
  buf_finish(&link);
  give_manifest(f);
  up(f);
  answer_handshake(f, NOISE_XKPSK3, &m);
  assert_int_equal(m.type, MSG_ENROL);
  bytes_copy(f->device_sign, m.enrol.sign_public, key_bytes);
  bytes_copy(f->device_noise, noise_remote_static(&f->noise), key_bytes);
  crypto_six_digits(f->digits, noise_transcript(&f->noise));
}

static void certify(struct fake_hub *f) {
  struct certificate c = {
      .hub = f->id, .device = f->device, .name = slice_text("Kiosk 1"), .enrolled_ms = f->host->now.wall_ms};
  bytes_copy(c.sign_public, f->device_sign, key_bytes);
  bytes_copy(c.noise_public, f->device_noise, key_bytes);
  buf_clear(&f->certificate);
  ok(certificate_encode(&f->certificate, &c, f->sign.secret));
}

static bool next_message(struct fake_hub *f, struct message *out) {
  struct slice frame;
  while (core_host_take(f->host, &frame)) {
    ok(frame_read(&f->in, &f->noise, frame));
    if (!f->in.complete) continue;
    struct slice kept = arena_copy(&f->arena, buf_slice(&f->in.message));
    ok(message_decode(out, kept, &f->arena));
    return true;
  }
  return false;
}

void fake_hub_enrol_confirm(struct fake_hub *f) {
  struct message m = {.type = MSG_BYE};
  (void)core_host_call(f->host, "enrol.confirm", "");
  if (!next_message(f, &m)) fail_msg("no confirmation");
  assert_int_equal(m.type, MSG_ENROL_CONFIRM);
  certify(f);
  struct message done = {.type = MSG_ENROLLED,
                         .enrolled = {.device = f->device,
                                      .device_name = slice_text("Kiosk 1"),
                                      .certificate = buf_slice(&f->certificate),
                                      .manifest = buf_slice(&f->manifest),
                                      .hub_ms = f->host->now.wall_ms,
                                      .staff = f->staff,
                                      .staff_count = f->staff_count}};
  fake_hub_send(f, &done);
}

void fake_hub_enrol(struct fake_hub *f) {
  fake_hub_enrol_digits(f);
  assert_true(core_host_says(f->host->result, "digits", f->digits));
  fake_hub_enrol_confirm(f);
  assert_true(core_host_bool(f->host->result, "setup"));
  assert_true(core_host_call(f->host, "pin.set", "staff:i pin:t", &fake_ann, "274951"));
  assert_true(core_host_call(f->host, "pin.set", "staff:i pin:t", &fake_bob, "850266"));
  assert_true(core_host_call(f->host, "setup.done", ""));
}

void fake_hub_unlock(struct fake_hub *f, const struct id *who) {
  const char *pin = id_equal(who, &fake_ann) ? "274951" : "850266";
  if (!core_host_call(f->host, "unlock", "staff:i pin:t", who, pin)) fail_msg("unlock: %s", f->host->text);
}

/* ---- bundles ---- */

void fake_hub_receipt(struct fake_hub *f, const struct fake_bundle *b, enum receipt_status status,
                      struct buf *out) {
  struct receipt r = {.hub = f->id,
                      .device = b->header.device,
                      .incarnation = b->header.incarnation,
                      .seq = b->header.seq,
                      .status = status,
                      .received_ms = f->host->now.wall_ms,
                      .epoch = f->epoch,
                      .position = b->position,
                      .exceptions = &f->exception,
                      .exception_count = f->exception.status ? 1 : 0};
  bundle_hash(r.bundle_hash, buf_slice(&b->bytes));
  ok(receipt_encode(out, &r, f->sign.secret));
}

static const struct fake_bundle *find_bundle(const struct fake_hub *f, const struct bundle_header *h) {
  for (size_t i = 0; i < f->bundle_count; i += 1) {
    if (f->bundles[i].header.seq == h->seq && f->bundles[i].header.incarnation == h->incarnation)
      return &f->bundles[i];
  }
  return NULL;
}

/* The chain must hold: each bundle names the one before it. */
static void check_chain(const struct fake_hub *f, const struct bundle_header *h) {
  struct bundle_header before = *h;
  uint8_t hash[hash_bytes] = {0};
  before.seq -= 1;
  const struct fake_bundle *b = before.seq ? find_bundle(f, &before) : NULL;
  if (before.seq && !b) fail_msg("a bundle is missing before %d", (int)h->seq);
  if (b) bundle_hash(hash, buf_slice(&b->bytes));
  if (h->incarnation == 1 || h->seq > 1) assert_memory_equal(hash, h->previous, hash_bytes);
}

void fake_world_apply(struct fake_hub *f, struct fake_bundle *b);

bool fake_hub_take(struct fake_hub *f, struct slice bytes) {
  struct bundle_parts parts;
  struct fault fault;
  err *refused = NULL;
  if (bundle_parse(&parts, bytes) != ERR_OK || bundle_verify(&parts, f->device_sign) != ERR_OK) return false;
  const struct fake_bundle *known = find_bundle(f, &parts.header);
  if (known) {
    assert_true(slice_equal(buf_slice(&known->bytes), bytes));
    f->repeats += 1;
    return true;
  }
  check_chain(f, &parts.header);
  assert_true(f->bundle_count < fake_bundles_max);
  struct fake_bundle *b = &f->bundles[f->bundle_count];
  *b = (struct fake_bundle){
      .bytes = BUF_INIT(bundle_bytes_max), .plain = BUF_INIT(bundle_plain_bytes_max), .header = parts.header};
  b->arena = (struct arena)ARENA_INIT(67108864);
  ok(buf_append(&b->bytes, bytes));
  ok(bundle_open(&b->plain, &parts, &f->intake));
  if (content_decode(&b->content, &refused, buf_slice(&b->plain), &b->arena, &fault) != ERR_OK)
    fail_msg("content: %s", fault.text);
  for (size_t i = 0; i < b->content.changeset_count; i += 1) ok(refused[i]);
  f->bundle_count += 1;
  if (f->status == RECEIPT_APPLIED || f->status == RECEIPT_CONFLICT) fake_world_apply(f, b);
  b->position = f->position;
  return true;
}

static void answer_bundle(struct fake_hub *f, struct slice bytes) {
  struct bundle_parts parts;
  struct buf receipt = BUF_INIT(65536);
  if (!fake_hub_take(f, bytes)) fail_msg("the device sent a bundle that is not one");
  if (f->mute) return;
  ok(bundle_parse(&parts, bytes));
  fake_hub_receipt(f, find_bundle(f, &parts.header), f->status, &receipt);
  struct slice one = buf_slice(&receipt);
  struct message m = {.type = MSG_RECEIPTS, .receipts = {.receipts = &one, .count = 1}};
  fake_hub_send(f, &m);
  buf_finish(&receipt);
}

/* ---- online ---- */

void fake_hub_grants(struct fake_hub *f) {
  struct stream_position streams[fake_streams_max];
  for (size_t i = 0; i < f->stream_count; i += 1)
    streams[i] = (struct stream_position){f->streams[i], f->position, AUDIENCE_TEACHING};
  struct message m = {.type = MSG_GRANTS,
                      .grants = {.streams = streams,
                                 .stream_count = f->stream_count,
                                 .staff = f->staff,
                                 .staff_count = f->staff_count}};
  fake_hub_send(f, &m);
}

void fake_hub_manifest(struct fake_hub *f) {
  f->manifest_number += 1;
  sign_manifest(f);
  struct message m = {.type = MSG_MANIFEST, .manifest = {.bytes = buf_slice(&f->manifest)}};
  fake_hub_send(f, &m);
}

static void take_subscribe(struct fake_hub *f, const struct msg_subscribe *m) {
  size_t count = m->count < fake_streams_max ? m->count : fake_streams_max;
  assert_true(f->loose || (!f->subscribed && count == m->count));
  f->subscribed = true;
  f->claimed_count = count;
  bytes_copy(f->claimed, m->streams, count * sizeof *m->streams);
  for (size_t i = 0; i < count; i += 1) {
    if (m->epoch != f->epoch) f->claimed[i].position = 0;
  }
}

static void take_carry(struct fake_hub *f, const struct msg_carry *m) {
  buf_clear(&f->carry_file);
  ok(buf_append(&f->carry_file, m->file));
  f->carry = (struct msg_carry){m->who, buf_slice(&f->carry_file)};
  f->carry_count += 1;
}

void fake_hub_serve(struct fake_hub *f) {
  struct message m;
  while (f->online && f->host->link && next_message(f, &m)) {
    switch (m.type) {
    case MSG_BUNDLE: answer_bundle(f, m.bundle.bytes); break;
    case MSG_SUBSCRIBE: take_subscribe(f, &m.subscribe); break;
    case MSG_CREDIT: f->credit += m.credit.batches; break;
    case MSG_CARRY: take_carry(f, &m.carry); break;
    case MSG_BYE: f->bye = true; break;
    default:
      if (!f->loose) fail_msg("the device sent message %d", (int)m.type);
    }
  }
}

static struct chain_end end_of(const struct fake_hub *f, uint32_t incarnation) {
  struct chain_end end = {.seq = 0};
  for (size_t i = 0; i < f->bundle_count; i += 1) {
    const struct fake_bundle *b = &f->bundles[i];
    if (b->header.incarnation != incarnation || b->header.seq < end.seq) continue;
    end.seq = b->header.seq;
    bundle_hash(end.hash, buf_slice(&b->bytes));
  }
  return end;
}

static void welcome(struct fake_hub *f) {
  struct chain_end earlier[hello_earlier_max];
  struct chain_end own = end_of(f, f->hello.incarnation);
  for (size_t i = 0; i < f->hello.earlier_count; i += 1)
    earlier[i] = end_of(f, f->hello.earlier[i].incarnation);
  struct message m = {.type = MSG_WELCOME,
                      .welcome = {.hub_ms = f->host->now.wall_ms - f->behind_ms,
                                  .epoch = f->epoch,
                                  .manifest = f->manifest_number,
                                  .lease_days = 20,
                                  .feed_credit = 8,
                                  .schema = f->schema ? f->schema : schema_version,
                                  .earlier = earlier,
                                  .earlier_count = f->hello.earlier_count}};
  m.welcome.bundle_seq = own.seq;
  bytes_copy(m.welcome.bundle_hash, own.hash, hash_bytes);
  fake_hub_send(f, &m);
}

void fake_hub_connect(struct fake_hub *f) {
  struct message m;
  up(f);
  answer_handshake(f, NOISE_XK, &m);
  assert_int_equal(m.type, MSG_HELLO);
  assert_memory_equal(noise_remote_static(&f->noise), f->device_noise, key_bytes);
  f->hello = m.hello;
  f->online = true;
  f->subscribed = f->bye = false;
  f->credit = 8;
  welcome(f);
  if (!f->host->link) return;
  fake_hub_grants(f);
  fake_hub_serve(f);
}

void fake_hub_drop(struct fake_hub *f) {
  f->online = false;
  core_host_step(f->host, EV_LINK_DOWN, f->host->link, slice_text("no signal"));
}

static uint64_t claimed_position(const struct fake_hub *f, const struct id *stream) {
  for (size_t i = 0; i < f->claimed_count; i += 1) {
    if (id_equal(&f->claimed[i].stream, stream)) return f->claimed[i].position;
  }
  return 0;
}

static int by_position(const void *left, const void *right) {
  const struct feed_item *a = left;
  const struct feed_item *b = right;
  return a->version < b->version ? -1 : a->version > b->version;
}

/* What changed in a stream since `from`, in order of position. */
static size_t list_changes(struct fake_hub *f, const struct id *stream, uint64_t from, bool restart,
                           struct feed_item *out) {
  size_t count = 0;
  for (size_t i = 0; i < f->row_count; i += 1) {
    const struct fake_row *r = &f->rows[i];
    if (!id_equal(&r->stream, stream) || r->position <= from || (r->gone && restart)) continue;
    out[count++] = (struct feed_item){.kind = r->gone ? FEED_LEAVE : FEED_ROW,
                                      .table = r->row.table,
                                      .id = r->row.id,
                                      .version = r->position,
                                      .row = r->gone ? NULL : &r->row};
  }
  if (count) qsort(out, count, sizeof *out, by_position);
  return count;
}

static void feed_stream(struct fake_hub *f, const struct id *stream, bool restart) {
  struct feed_item *items = arena_take(&f->arena, f->row_count + 1, sizeof *items);
  struct feed_batch b = {.stream = *stream,
                         .audience = AUDIENCE_TEACHING,
                         .from = restart ? 0 : claimed_position(f, stream),
                         .restart = restart};
  size_t count = list_changes(f, stream, b.from, restart, items);
  for (size_t at = 0; !b.checkpoint; at += b.count) {
    b.count = count - at < feed_batch_rows_max ? count - at : feed_batch_rows_max;
    b.items = items + at;
    b.checkpoint = at + b.count == count;
    b.to = b.checkpoint ? f->position : b.items[b.count - 1].version;
    struct message m = {.type = MSG_FEED, .feed = {b}};
    fake_hub_send(f, &m);
    fake_hub_serve(f);
    b.from = b.to;
    b.restart = false;
  }
}

void fake_hub_feed(struct fake_hub *f, bool restart) {
  if (!f->subscribed) fail_msg("the device did not subscribe");
  for (size_t i = 0; i < f->stream_count; i += 1) {
    feed_stream(f, &f->streams[i], restart);
    bool known = false;
    for (size_t k = 0; k < f->claimed_count; k += 1) {
      if (!id_equal(&f->claimed[k].stream, &f->streams[i])) continue;
      f->claimed[k].position = f->position;
      known = true;
    }
    if (!known && f->claimed_count < fake_streams_max)
      f->claimed[f->claimed_count++] =
          (struct stream_position){f->streams[i], f->position, AUDIENCE_TEACHING};
  }
}

void fake_hub_ready(struct fake_hub *f) {
  fake_hub_enrol(f);
  fake_hub_unlock(f, &fake_ann);
  fake_hub_connect(f);
  fake_hub_feed(f, false);
  assert_true(core_host_call(f->host, "sync.hold", "hold:b", 1));
  f->online = false;
}
