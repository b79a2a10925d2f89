/* heard_fuzz.c: what a device hears of its hub on an open line: messages of any bytes, documents with a right
 * signature that say anything, rows with anything in them. Whatever it is told, the device goes on, starts
 * again after a power cut, and what it wrote reaches the hub. */
#include <stdlib.h>
#include <string.h>

#include "proto/order.h"
#include "tests/lib/core_again.h"
#include "tests/lib/field_world.h"
#include "tests/lib/fuzz_input.h"

enum { steps_most = 24, known_ids = 16, exceptions_most = 4 };

static struct field_world *world;
static struct core_again again;
static struct fake_hub fresh; /* the scripted hub as every input finds it */
static struct {
  size_t written; /* changesets that were answered "saved" */
  uint32_t away;  /* whose last mark that was: a bit a player */
  bool unruly;    /* it was told to forget or to stop: what it wrote need not come */
} told;

static void must(err e) { ASSERT(e == ERR_OK); }

/* ---- every input finds the same device and hub ---- */

/* What stands in buffers of the hub's that grew meanwhile stays with them. */
static void hub_anew(void) {
  struct fake_hub *f = &world->hub;
  for (size_t i = fresh.bundle_count; i < f->bundle_count; i++) {
    buf_finish(&f->bundles[i].bytes);
    buf_finish(&f->bundles[i].plain);
    arena_finish(&f->bundles[i].arena);
  }
  arena_finish(&f->arena);
  frame_joiner_finish(&f->in);
  struct buf file = f->carry_file;
  *f = fresh;
  f->carry_file = file;
  f->arena = (struct arena)ARENA_INIT(1 << 26);
  frame_joiner_init(&f->in);
}

static void begin_anew(void) {
  core_again_put(&again);
  hub_anew();
  core_host_start(&world->host);
  fake_hub_unlock(&world->hub, &fake_ann);
  core_host_forget_topics(&world->host);
  bytes_zero(&told, sizeof told);
}

static struct arena rows_arena; /* of the rows that every input finds */

static void leave(void) {
  void *state = world;
  hub_anew();
  arena_finish(&world->hub.arena);
  world->hub.arena = rows_arena;
  core_again_finish(&again);
  (void)field_world_close(&state);
}

static void world_make(void) {
  void *state = NULL;
  ASSERT(field_world_open(&state) == 0);
  world = state;
  core_host_stop(&world->host);
  world->host.config.hold = true;
  world->hub.loose = true;
  core_again_take(&again, &world->host);
  frame_joiner_finish(&world->hub.in);
  frame_joiner_init(&world->hub.in);
  fresh = world->hub;
  rows_arena = fresh.arena;
  world->hub.arena = (struct arena)ARENA_INIT(1 << 26);
  begin_anew();
  (void)atexit(leave);
}

/* ---- bytes of the input that mean somebody ---- */

static struct id known_id(uint8_t n) {
  const struct id all[known_ids] = {fake_ann,           fake_bob,         fake_strings,     fake_solo,
                                    fake_brass,         fake_ben,         fake_zoe,         fake_school,
                                    fake_strings_today, fake_solo_today,  fake_brass_today, world->hub.device,
                                    world->hub.id,      stream_reference, stream_staff,     fake_player(2)};
  return all[n % known_ids];
}

/* Fifteen times ff and a number is one of the music hub's, as in ingest_fuzz.c. */
static struct slice with_ids(struct slice plain) {
  struct slice copy = arena_copy(&world->hub.arena, plain);
  uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;
  for (size_t at = 0; at + id_bytes <= copy.len; at++) {
    size_t same = 0;
    while (same < id_bytes - 1 && bytes[at + same] == 0xff) same++;
    if (same < id_bytes - 1) continue;
    struct id id = known_id(bytes[at + id_bytes - 1]);
    bytes_copy(bytes + at, id.b, id_bytes);
    at += id_bytes - 1;
  }
  return copy;
}

/* ---- what the hub says ---- */

static bool is_online(void) { return world->hub.online && world->host.link && !world->host.link_wanted; }

static err give_frame(void *ctx, struct slice frame) {
  (void)ctx;
  if (is_online()) core_host_step(&world->host, EV_LINK_BYTES, world->host.link, frame);
  return ERR_OK;
}
static void say(const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  must(message_encode(&bytes, m));
  must(frame_write(&world->hub.noise, buf_slice(&bytes), give_frame, NULL));
  buf_finish(&bytes);
}

/* An erasure and "revoked" take work away by intention; "later" and "update" put it off. */
static bool forbids(struct slice bytes) {
  struct message m;
  if (message_decode(&m, bytes, &world->hub.arena) != ERR_OK) return false;
  if (m.type == MSG_BYE || m.type == MSG_RETRY) return true;
  if (m.type != MSG_FEED) return false;
  for (size_t i = 0; i < m.feed.batch.count; i++)
    if (m.feed.batch.items[i].kind == FEED_ERASE) return true;
  return false;
}

static void say_bytes(struct slice *in) {
  struct slice bytes = with_ids(input_piece(in));
  told.unruly = told.unruly || forbids(bytes);
  must(frame_write(&world->hub.noise, bytes, give_frame, NULL));
}

/* Of a bundle that the hub has, with a status and exceptions of the input's. */
static void say_receipt(struct slice *in) {
  struct fake_hub *f = &world->hub;
  struct receipt_exception exceptions[exceptions_most] = {{0}};
  struct buf text = BUF_INIT(65536);
  uint8_t which = input_u8(in), count = input_u8(in) % (exceptions_most + 1);
  if (f->bundle_count == 0) return;
  const struct fake_bundle *b = &f->bundles[which % f->bundle_count];
  struct receipt r = {.hub = f->id,
                      .device = b->header.device,
                      .incarnation = b->header.incarnation,
                      .seq = b->header.seq,
                      .status = input_u8(in) % 5,
                      .received_ms = f->host->now.wall_ms,
                      .epoch = input_u8(in) % 4,
                      .position = input_u24(in),
                      .exceptions = exceptions,
                      .exception_count = count};
  for (uint8_t i = 0; i < count; i++) {
    exceptions[i].changeset = input_u8(in);
    exceptions[i].status = input_u8(in) % 6;
  }
  bundle_hash(r.bundle_hash, buf_slice(&b->bytes));
  if (receipt_encode(&text, &r, f->sign.secret) == ERR_OK) {
    struct slice one = buf_slice(&text);
    say(&(struct message){.type = MSG_RECEIPTS, .receipts = {.receipts = &one, .count = 1}});
  }
  buf_finish(&text);
}

static void say_order(struct slice *in) {
  struct fake_hub *f = &world->hub;
  struct buf text = BUF_INIT(4096);
  struct order o = {.hub = f->id,
                    .device = f->device,
                    .number = input_u8(in),
                    .kind = input_u8(in) % 8,
                    .issued_ms = f->host->now.wall_ms,
                    .value = input_u24(in)};
  if (order_encode(&text, &o, f->sign.secret) == ERR_OK) {
    struct slice one = buf_slice(&text);
    told.unruly = true;
    say(&(struct message){.type = MSG_ORDERS, .orders = {.orders = &one, .count = 1}});
  }
  buf_finish(&text);
}

/* With the hub's own keys, so that the next line comes up. */
static void say_manifest(struct slice *in) {
  struct fake_hub *f = &world->hub;
  struct buf text = BUF_INIT(65536);
  struct manifest m = {.hub = f->id,
                       .number = input_u24(in),
                       .hub_name = slice_text("Test Hub"),
                       .url = slice_text("wss://localhost:8443/sync"),
                       .noise_key = 1,
                       .intake_key = 1,
                       .version_min = input_u8(in),
                       .issued_ms = (int64_t)input_u24(in) << 16,
                       .concern_phone = input_piece(in)};
  bytes_copy(m.sign_public, f->sign.public_key, key_bytes);
  bytes_copy(m.noise_public, f->noise_keys.public_key, key_bytes);
  bytes_copy(m.intake_public, f->intake.public_key, key_bytes);
  if (manifest_encode(&text, &m, f->sign.secret) == ERR_OK) {
    told.unruly = told.unruly || m.version_min > protocol_version;
    say(&(struct message){.type = MSG_MANIFEST, .manifest = {.bytes = buf_slice(&text)}});
  }
  buf_finish(&text);
}

/* A row as it stands, but for one value, at the end of its stream. */
static void change_row(struct slice *in) {
  struct fake_hub *f = &world->hub;
  struct fake_row *r = &f->rows[(input_u8(in) | (size_t)input_u8(in) << 8) % f->row_count];
  uint8_t how = input_u8(in), column = input_u8(in) % r->row.table->column_count;
  struct value *v = &r->row.values[column];
  if (how % 8 == 0) r->gone = !r->gone;
  switch (value_kind_of(r->row.table->columns[column].type)) {
  case VALUE_ID: v->id = known_id(input_u8(in)), v->kind = VALUE_ID; break;
  case VALUE_TEXT: *v = value_text(arena_copy(&f->arena, input_piece(in))); break;
  default: *v = value_int(how & 16 ? (int64_t)input_u24(in) << 32 : input_u8(in)); break;
  }
  /* What makes its id is there in all that a hub can write. */
  bool key = false;
  for (uint8_t i = 0; i < r->row.table->key_count; i++) key = key || r->row.table->key_columns[i] == column;
  if (how % 8 == 1 && !key) *v = value_null();
  fake_hub_touch(f, r);
}

/* ---- what the person at the device does meanwhile ---- */

static void write_marks(uint8_t many) {
  for (uint8_t i = 0; i < many; i++) {
    struct id who = fake_player(2U + i);
    told.away ^= 1U << i; /* the same once more would be nothing to say */
    if (core_host_call(&world->host, "mark.set", "session:i learner:i code:w", &fake_strings_today, &who,
                       told.away >> i & 1 ? "AU" : "P"))
      told.written++;
  }
  field_pause(world); /* sealed: from here on it is not for a PIN to send it */
}

static void look(void) {
  (void)core_host_call(&world->host, "today", "");
  (void)core_host_call(&world->host, "register.get", "session:i", &fake_strings_today);
  (void)core_host_call(&world->host, "sync.outcomes", "");
}

static void power_cut(void) {
  core_host_stop(&world->host);
  world->host.config.hold = true;
  world->hub.online = world->hub.mute = false;
  core_host_start(&world->host);
}

/* The line is up again, whether or not anybody can sign in. */
static void come_back(void) {
  if (!core_host_call(&world->host, "sync.hold", "hold:b", 0)) return;
  if (world->host.link_wanted) fake_hub_connect(&world->hub);
  fake_hub_serve(&world->hub);
}

/* Who may sign in is what the hub says: perhaps nobody. */
static void unlock(void) {
  (void)core_host_call(&world->host, "unlock", "staff:i pin:t", &fake_ann, "274951");
}

static void one_step(uint8_t what, struct slice *in) {
  switch (what % 9) {
  case 0:
  case 1: say_bytes(in); break;
  case 2: write_marks(1 + what / 9 % 4); break;
  case 3: say_receipt(in); break;
  case 4: say_order(in); break;
  case 5: say_manifest(in); break;
  case 6: change_row(in); break;
  case 7:
    if (world->hub.subscribed) fake_hub_feed(&world->hub, what / 9 % 2);
    break;
  default:
    if (what / 9 % 4 == 0) world->hub.mute = !world->hub.mute;
    if (what / 9 % 4 == 1) power_cut(), unlock(), come_back();
    if (what / 9 % 4 == 2) core_host_pass(&world->host, (int64_t)input_u24(in));
    if (what / 9 % 4 == 3) look();
    break;
  }
}

static size_t arrived(void) {
  size_t count = 0;
  for (size_t i = fresh.bundle_count; i < world->hub.bundle_count; i++)
    count += world->hub.bundles[i].content.changeset_count;
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice in = slice_of(data, size);
  if (!world) world_make();
  field_online(world);
  for (size_t i = 0; i < steps_most && in.len > 0 && is_online(); i++) {
    one_step(input_u8(&in), &in);
    ASSERT(world->host.step_error == ERR_OK);
    if (is_online()) fake_hub_serve(&world->hub);
  }
  power_cut();
  come_back();
  ASSERT(world->host.step_error == ERR_OK);
  ASSERT(told.unruly || arrived() >= told.written);
  begin_anew();
  return 0;
}
