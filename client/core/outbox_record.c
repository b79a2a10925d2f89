/* outbox_record.c: encoding and decoding of the outbox's records stand together. */
#include "client/core/outbox_record.h"

#include <stdlib.h>

#include "proto/bundle.h"

const char outbox_magic[] = "TUTTIOB1";

static void sum(uint8_t out[hash_bytes], struct slice bytes) { crypto_hash(out, "tutti.outbox", &bytes, 1); }

err outbox_record_encode(struct buf *out, enum outbox_record kind, struct slice body) {
  uint8_t hash[hash_bytes];
  size_t start = out->len;
  TRY(buf_put_u32(out, (uint32_t)body.len));
  TRY(buf_put_u8(out, (uint8_t)kind));
  TRY(buf_append(out, body));
  sum(hash, slice_of(out->ptr + start, out->len - start));
  return buf_append(out, slice_of(hash, outbox_sum_bytes));
}

err outbox_record_decode(struct slice bytes, enum outbox_record *kind_out, struct slice *body_out) {
  struct cursor c = cursor_of(bytes);
  uint32_t len = 0;
  uint8_t kind = 0;
  struct slice check = {NULL, 0};
  uint8_t hash[hash_bytes];
  TRY(cursor_u32(&c, &len));
  TRY(cursor_u8(&c, &kind));
  TRY(cursor_bytes(&c, len, body_out));
  TRY(cursor_bytes(&c, outbox_sum_bytes, &check));
  sum(hash, slice_of(bytes.ptr, outbox_head_bytes + len));
  if (!crypto_equal(hash, check.ptr, outbox_sum_bytes)) return ERR_CORRUPT;
  *kind_out = (enum outbox_record)kind;
  return ERR_OK;
}

err outbox_bundle_encode(struct buf *out, const struct outbox_facts *f, struct slice bundle) {
  TRY(buf_put_u32(out, f->incarnation));
  TRY(buf_put_u32(out, f->schema));
  TRY(buf_put_u64(out, f->seq));
  TRY(buf_put_u64(out, f->counter_first));
  TRY(buf_put_u64(out, f->counter_last));
  TRY(buf_put_u32(out, f->changesets));
  TRY(buf_put_u32(out, f->notes));
  TRY(buf_put_u64(out, (uint64_t)f->sealed_ms));
  TRY(buf_put_u32(out, f->tag_count));
  for (uint32_t i = 0; i < f->tag_count; i += 1) TRY(buf_put_u64(out, f->tags[i]));
  TRY(buf_put_u32(out, f->ack_count));
  for (uint32_t i = 0; i < f->ack_count; i += 1) TRY(outbox_ack_encode(out, &f->acks[i]));
  return buf_append(out, bundle);
}

err outbox_ack_encode(struct buf *out, const struct ack *ack) {
  TRY(buf_put_u8(out, (uint8_t)ack->kind));
  return buf_put_u64(out, ack->number);
}

static err get_ack(struct cursor *c, struct ack *out) {
  uint8_t kind = 0;
  TRY(cursor_u8(c, &kind));
  TRY(cursor_u64(c, &out->number));
  out->kind = (enum ack_kind)kind;
  bool known = kind == ACK_ERASED || kind == ACK_ORDER;
  return known && out->number > 0 && out->number <= NUMBER_MAX ? ERR_OK : ERR_CORRUPT;
}

err outbox_ack_decode(struct ack *out, struct slice body) {
  struct cursor c = cursor_of(body);
  return get_ack(&c, out) == ERR_OK && cursor_left(&c) == 0 ? ERR_OK : ERR_CORRUPT;
}

err outbox_index_ack(struct outbox *o, struct slice body) {
  struct ack ack;
  TRY(outbox_ack_decode(&ack, body));
  if (o->ack_count == o->ack_cap) {
    size_t cap = o->ack_cap ? 2 * o->ack_cap : 16;
    struct ack *list = realloc(o->acks, cap * sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    o->acks = list;
    o->ack_cap = cap;
  }
  o->acks[o->ack_count] = ack;
  o->ack_count += 1;
  return ERR_OK;
}

void outbox_facts_finish(struct outbox_facts *f) {
  free((void *)(uintptr_t)f->tags);
  free((void *)(uintptr_t)f->acks);
}

static err get_tags(struct cursor *c, struct outbox_facts *f) {
  if (f->tag_count == 0) return ERR_OK;
  uint64_t *tags = calloc(f->tag_count, sizeof *tags);
  if (!tags) return ERR_NO_MEMORY;
  err e = ERR_OK;
  for (uint32_t i = 0; i < f->tag_count && e == ERR_OK; i += 1) e = cursor_u64(c, &tags[i]);
  if (e != ERR_OK)
    free(tags);
  else
    f->tags = tags;
  return e;
}

static err get_acks(struct cursor *c, struct outbox_facts *f) {
  uint32_t count = 0;
  TRY(cursor_u32(c, &count));
  if (count > bundle_acks_max) return ERR_CORRUPT;
  if (count == 0) return ERR_OK;
  struct ack *acks = calloc(count, sizeof *acks);
  if (!acks) return ERR_NO_MEMORY;
  f->acks = acks;
  f->ack_count = count;
  for (uint32_t i = 0; i < count; i += 1) TRY(get_ack(c, &acks[i]));
  return ERR_OK;
}

static err get_facts(struct cursor *c, struct outbox_facts *f) {
  uint64_t sealed = 0;
  TRY(cursor_u32(c, &f->incarnation));
  TRY(cursor_u32(c, &f->schema));
  TRY(cursor_u64(c, &f->seq));
  TRY(cursor_u64(c, &f->counter_first));
  TRY(cursor_u64(c, &f->counter_last));
  TRY(cursor_u32(c, &f->changesets));
  TRY(cursor_u32(c, &f->notes));
  TRY(cursor_u64(c, &sealed));
  TRY(cursor_u32(c, &f->tag_count));
  /* A clock before 1970 says nothing about when, and is no reason to lose the bundle. */
  f->sealed_ms = sealed > INT64_MAX ? 0 : (int64_t)sealed;
  if (f->tag_count > bundle_tags_max) return ERR_CORRUPT;
  TRY(get_tags(c, f));
  return get_acks(c, f);
}

static err reserve_bundle(struct outbox *o) {
  if (o->count < o->cap) return ERR_OK;
  size_t cap = o->cap ? 2 * o->cap : 16;
  struct outbox_bundle *list = realloc(o->list, cap * sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  o->list = list;
  o->cap = cap;
  return ERR_OK;
}

/* The range of a bundle that only acknowledges is empty and stands where the next changeset will begin: were
 * it to stand further on, that one would count as sealed. */
bool outbox_follows(const struct outbox *o, const struct outbox_facts *f) {
  const struct outbox_bundle *last = outbox_last(o, f->incarnation);
  uint64_t before = last ? last->facts.counter_last : 0;
  if (f->incarnation == 0 || f->seq == 0 || f->seq > NUMBER_MAX || f->counter_last > NUMBER_MAX) return false;
  if (last && f->seq <= last->facts.seq) return false;
  if (f->changesets == 0) return f->counter_last == before && f->counter_first == before + 1;
  return f->counter_first > before && f->counter_first <= f->counter_last;
}

err outbox_index_bundle(struct outbox *o, struct slice body, uint64_t body_offset) {
  TRY(reserve_bundle(o));
  struct cursor c = cursor_of(body);
  struct outbox_bundle b = {.status = 0};
  err e = get_facts(&c, &b.facts);
  if (e == ERR_OK && !outbox_follows(o, &b.facts)) e = ERR_CORRUPT;
  if (e != ERR_OK) {
    outbox_facts_finish(&b.facts);
    return e == ERR_NO_MEMORY ? e : ERR_CORRUPT;
  }
  struct slice sealed = slice_of(c.ptr, cursor_left(&c));
  b.offset = body_offset + (body.len - sealed.len);
  b.len = (uint32_t)sealed.len;
  bundle_hash(b.hash, sealed);
  o->list[o->count] = b;
  o->count += 1;
  return ERR_OK;
}

static err take_exceptions(struct outbox_bundle *b, const struct receipt *r) {
  free(b->exceptions);
  b->exceptions = NULL;
  b->exception_count = 0;
  if (r->exception_count == 0) return ERR_OK;
  b->exceptions = calloc(r->exception_count, sizeof *b->exceptions);
  if (!b->exceptions) return ERR_NO_MEMORY;
  bytes_copy(b->exceptions, r->exceptions, r->exception_count * sizeof *b->exceptions);
  b->exception_count = r->exception_count;
  return ERR_OK;
}

err outbox_index_receipt(struct outbox *o, const struct receipt *r) {
  struct outbox_bundle *b = (struct outbox_bundle *)(uintptr_t)outbox_find(o, r->incarnation, r->seq);
  if (!b) return ERR_OK;
  TRY(take_exceptions(b, r));
  b->status = r->status;
  b->received_ms = r->received_ms;
  b->epoch = r->epoch;
  b->position = r->position;
  b->keep_days = r->keep_days;
  return ERR_OK;
}
