/* sim_look.c: what oracles read of a device and of the hub. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

const struct box_keys *sim_intake(struct sim *s, uint32_t number) {
  const struct hub *hub = &s->hub.hub;
  for (size_t i = 0; i < hub->intake_count; i++) {
    if (hub->intake[i].number == number) return &hub->intake[i].keys;
  }
  for (size_t i = 0; i < s->burnt_count; i++) {
    if (s->burnt[i].number == number) return &s->burnt[i].keys;
  }
  sim_fail(s, "18 renewed", "a bundle is sealed to key %u, which there never was", number);
}

bool sim_holds(struct slice bytes, struct slice what) {
  for (size_t at = 0; at + what.len <= bytes.len; at++) {
    const uint8_t *first = memchr(bytes.ptr + at, what.ptr[0], bytes.len - what.len + 1 - at);
    if (!first) return false;
    at = (size_t)(first - bytes.ptr);
    if (slice_equal(slice_of(first, what.len), what)) return true;
  }
  return false;
}

uint32_t sim_bundle_schema(struct sim *s, const struct sim_bundle *b) {
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  bool there = bundle_parse(&parts, buf_slice(&b->bytes)) == ERR_OK &&
               bundle_open(&plain, &parts, sim_intake(s, parts.header.intake_key)) == ERR_OK && plain.len;
  uint32_t schema = there ? plain.ptr[0] : 0; /* below 128: one byte */
  buf_finish(&plain);
  return schema;
}

err sim_bundle_content(struct sim *s, const struct sim_bundle *b, struct arena *a,
                       struct bundle_content *out) {
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  err *refused = NULL;
  err e = bundle_parse(&parts, buf_slice(&b->bytes));
  if (e == ERR_OK) e = bundle_open(&plain, &parts, sim_intake(s, parts.header.intake_key));
  struct slice kept = arena_copy(a, buf_slice(&plain));
  if (e == ERR_OK) e = content_decode(out, &refused, kept, a, NULL);
  buf_finish(&plain);
  return e;
}

bool sim_bundle_holds(struct sim *s, const struct sim_bundle *b, struct slice what) {
  struct bundle_parts parts;
  struct buf plain = BUF_INIT(bundle_bytes_max);
  bool there = bundle_parse(&parts, buf_slice(&b->bytes)) == ERR_OK &&
               bundle_open(&plain, &parts, sim_intake(s, parts.header.intake_key)) == ERR_OK &&
               sim_holds(buf_slice(&plain), what);
  buf_finish(&plain);
  return there;
}

const item *sim_rows_of(struct sim_device *d, const struct id *session, size_t *count) {
  *count = 0;
  if (!core_host_call(&d->host, "register.get", "session:i", session)) return NULL;
  return core_host_list(d->host.result, "rows", count);
}

uint8_t sim_row_code(const item *row) {
  const item *code = item_get(row, "code");
  if (!code || item_kind(code) == ITEM_NIL) return 0;
  return (uint8_t)schema_enum_number(schema_enum("mark_code"), core_host_text(row, "code"));
}

/* The words of later programs stand behind the product's. */
bool sim_knows_code(const struct sim_build *b, uint8_t code) {
  return code <= ENUM_mark_code_none || b->schema >= schema_version;
}

const item *sim_find_row(const item *rows, size_t count, const struct id *learner) {
  for (size_t i = 0; i < count; i++) {
    struct id id = core_host_id(item_at(rows, i), "learner");
    if (id_equal(&id, learner)) return item_at(rows, i);
  }
  return NULL;
}

bool sim_alone(const struct sim *s, const struct sim_device *d, size_t learner) {
  if (d->forgetful) return false;
  for (size_t i = 0; i < s->device_count; i++) {
    if (s->devices[i] != d && s->devices[i]->said.tries[learner]) return false;
  }
  return true;
}

void sim_digest(struct sim *s, struct hub_host *h, uint8_t out[hash_bytes]) {
  if (s->build->hub->try_digest(h, out) != ERR_OK) sim_fail(s, "7 integrity", "the hub cannot be read");
}

void sim_must_equal(struct sim *s, const char *oracle, struct hub_host *h, const uint8_t before[hash_bytes]) {
  uint8_t after[hash_bytes];
  sim_digest(s, h, after);
  if (memcmp(before, after, hash_bytes) == 0) return;
  sim_note_digest(s, "before", before);
  sim_fail(s, oracle, "the hub's digest is another");
}

/* A signature costs more than everything else that is read here, so the same bytes are read once. */
bool sim_receipt(struct sim *s, struct sim_bundle *b, struct arena *a, struct receipt *out) {
  struct store_bundle found;
  err e = s->hub.store->ops->bundle_load(s->hub.store, &b->device, b->incarnation, b->seq, a, &found);
  if (e != ERR_OK) return false;
  if (!b->receipt || !slice_equal(buf_slice(&b->receipt_bytes), found.receipt)) {
    arena_finish(&b->receipt_arena);
    buf_finish(&b->receipt_bytes);
    b->receipt_arena = (struct arena)ARENA_INIT(1 << 20);
    b->receipt_bytes = (struct buf)BUF_INIT(1 << 20);
    b->receipt = NULL;
    struct receipt *r = arena_take(&b->receipt_arena, 1, sizeof *r);
    if (!r || buf_append(&b->receipt_bytes, found.receipt) != ERR_OK) abort();
    e = receipt_decode_by(r, buf_slice(&b->receipt_bytes), &s->hub.hub.signers, &b->receipt_arena);
    if (e == ERR_OK) b->receipt = r;
  }
  if (b->receipt) *out = *b->receipt;
  return b->receipt != NULL;
}
