/* identity.c: the file `identity`: fixed fields first, then five texts with their lengths. */
#include "client/core/identity.h"

#include "client/core/small_file.h"
#include "shared/base/limits.h"

static const char file_name[] = "identity";
static const char file_magic[] = "TUTTIID1";
enum { identity_memory_bytes_max = 4 * small_file_bytes_max };

static err put_text(struct buf *out, struct slice text) {
  if (text.len > UINT16_MAX) return ERR_TOO_BIG;
  TRY(buf_put_u16(out, (uint16_t)text.len));
  return buf_append(out, text);
}

static err put_clock(struct buf *out, const struct clock *c) {
  TRY(buf_put_u8(out, c->known));
  TRY(buf_put_u64(out, (uint64_t)c->offset_ms));
  TRY(buf_put_u64(out, (uint64_t)c->learned.wall_ms));
  TRY(buf_put_u64(out, c->learned.mono_ms));
  return buf_append(out, id_slice(&c->learned.boot));
}

static err put_now(struct buf *out, const struct now *n) {
  TRY(buf_put_u64(out, (uint64_t)n->wall_ms));
  TRY(buf_put_u64(out, n->mono_ms));
  return buf_append(out, id_slice(&n->boot));
}

static err put_lease(struct buf *out, const struct lease *l) {
  TRY(buf_put_u32(out, l->days));
  TRY(buf_put_u64(out, (uint64_t)l->from_ms));
  TRY(buf_put_u64(out, (uint64_t)l->at_ms));
  TRY(put_now(out, &l->seen));
  TRY(buf_put_u64(out, (uint64_t)l->wall_ms));
  TRY(buf_put_u8(out, l->ahead));
  TRY(buf_put_u8(out, l->challenged));
  TRY(buf_put_u8(out, l->wrong));
  TRY(put_now(out, &l->tried));
  TRY(buf_append(out, slice_of(l->challenge, lease_challenge_bytes)));
  TRY(buf_put_u8(out, l->term_count));
  for (size_t i = 0; i < l->term_count; i += 1) {
    TRY(buf_put_u32(out, (uint32_t)l->terms[i].starts));
    TRY(buf_put_u32(out, (uint32_t)l->terms[i].ends));
  }
  return ERR_OK;
}

static err put_ring(struct buf *out, const struct sign_ring *r) {
  TRY(buf_put_u8(out, (uint8_t)r->count));
  return buf_append(out, slice_of(r->keys, r->count * key_bytes));
}

static err put_orders(struct buf *out, const struct identity *id) {
  TRY(buf_put_u64(out, id->order_number));
  TRY(buf_put_u64(out, id->wipe_order));
  TRY(buf_put_u8(out, id->wipe_forced));
  return buf_put_u8(out, id->door);
}

static err put_fields(struct buf *out, const struct identity *id) {
  TRY(buf_put_u8(out, id->database));
  TRY(buf_append(out, id_slice(&id->hub)));
  TRY(buf_append(out, id_slice(&id->device)));
  TRY(buf_put_u32(out, id->incarnation));
  TRY(buf_append(out, slice_of(id->forked_from, hash_bytes)));
  TRY(buf_append(out, slice_of(&id->sign, sizeof id->sign)));
  TRY(buf_append(out, slice_of(&id->noise, sizeof id->noise)));
  TRY(buf_append(out, slice_of(id->device_secret, key_bytes)));
  TRY(put_ring(out, &id->hub_keys));
  TRY(put_clock(out, &id->clock));
  TRY(put_lease(out, &id->lease));
  TRY(buf_append(out, slice_of(id->lease_secret, key_bytes)));
  TRY(put_orders(out, id));
  TRY(put_text(out, id->url));
  TRY(put_text(out, id->hub_name));
  TRY(put_text(out, id->device_name));
  TRY(put_text(out, id->certificate));
  return put_text(out, id->manifest_bytes);
}

static err get_text(struct cursor *c, struct arena *a, struct slice *out) {
  uint16_t len = 0;
  struct slice text = {NULL, 0};
  TRY(cursor_u16(c, &len));
  TRY(cursor_bytes(c, len, &text));
  *out = arena_copy(a, text);
  return out->ptr ? ERR_OK : ERR_NO_MEMORY;
}

/* Names are shown: a page must be able to read them. */
static err get_name(struct cursor *c, struct arena *a, struct slice *out) {
  TRY(get_text(c, a, out));
  return utf8_valid(*out) ? ERR_OK : ERR_CORRUPT;
}

/* Times are added and taken from each other. */
static bool is_time(int64_t ms) { return ms >= -(int64_t)NUMBER_MAX && ms <= (int64_t)NUMBER_MAX; }

static err get_clock(struct cursor *c, struct clock *out) {
  uint8_t known = 0;
  uint64_t offset = 0;
  uint64_t wall = 0;
  TRY(cursor_u8(c, &known));
  TRY(cursor_u64(c, &offset));
  TRY(cursor_u64(c, &wall));
  TRY(cursor_u64(c, &out->learned.mono_ms));
  TRY(cursor_copy(c, &out->learned.boot, id_bytes));
  out->known = known != 0;
  out->offset_ms = (int64_t)offset;
  out->learned.wall_ms = (int64_t)wall;
  bool sane = is_time(out->offset_ms) && is_time(out->learned.wall_ms) && out->learned.mono_ms <= NUMBER_MAX;
  return sane ? ERR_OK : ERR_CORRUPT;
}

static err get_now(struct cursor *c, struct now *out) {
  uint64_t wall = 0;
  TRY(cursor_u64(c, &wall));
  TRY(cursor_u64(c, &out->mono_ms));
  TRY(cursor_copy(c, &out->boot, id_bytes));
  out->wall_ms = (int64_t)wall;
  return is_time(out->wall_ms) && out->mono_ms <= NUMBER_MAX ? ERR_OK : ERR_CORRUPT;
}

static err get_terms(struct cursor *c, struct lease *l) {
  TRY(cursor_u8(c, &l->term_count));
  if (l->term_count > lease_terms_max) return ERR_CORRUPT;
  for (size_t i = 0; i < l->term_count; i += 1) {
    uint32_t starts = 0;
    uint32_t ends = 0;
    TRY(cursor_u32(c, &starts));
    TRY(cursor_u32(c, &ends));
    l->terms[i] = (struct lease_term){(int32_t)starts, (int32_t)ends};
  }
  return ERR_OK;
}

static err get_lease(struct cursor *c, struct lease *l) {
  uint64_t from = 0;
  uint64_t at = 0;
  uint64_t wall = 0;
  uint8_t ahead = 0;
  uint8_t challenged = 0;
  TRY(cursor_u32(c, &l->days));
  TRY(cursor_u64(c, &from));
  TRY(cursor_u64(c, &at));
  TRY(get_now(c, &l->seen));
  TRY(cursor_u64(c, &wall));
  TRY(cursor_u8(c, &ahead));
  TRY(cursor_u8(c, &challenged));
  TRY(cursor_u8(c, &l->wrong));
  TRY(get_now(c, &l->tried));
  TRY(cursor_copy(c, l->challenge, lease_challenge_bytes));
  TRY(get_terms(c, l));
  l->challenged = challenged != 0;
  l->from_ms = (int64_t)from;
  l->at_ms = (int64_t)at;
  l->wall_ms = (int64_t)wall;
  l->ahead = ahead != 0;
  return is_time(l->wall_ms) && lease_is_sane(l) ? ERR_OK : ERR_CORRUPT;
}

static err get_ring(struct cursor *c, struct sign_ring *r) {
  uint8_t count = 0;
  TRY(cursor_u8(c, &count));
  if (count == 0 || count > successions_max + 1) return ERR_CORRUPT;
  r->count = count;
  return cursor_copy(c, r->keys, r->count * key_bytes);
}

static err get_orders(struct cursor *c, struct identity *id) {
  uint8_t forced = 0, door = 0;
  TRY(cursor_u64(c, &id->order_number));
  TRY(cursor_u64(c, &id->wipe_order));
  TRY(cursor_u8(c, &forced));
  TRY(cursor_u8(c, &door));
  id->wipe_forced = forced != 0;
  id->door = door != 0;
  return id->order_number <= NUMBER_MAX && id->wipe_order <= id->order_number ? ERR_OK : ERR_CORRUPT;
}

static err get_fields(struct cursor *c, struct identity *id) {
  uint8_t database = 0;
  TRY(cursor_u8(c, &database));
  id->database = database != 0;
  TRY(cursor_copy(c, &id->hub, id_bytes));
  TRY(cursor_copy(c, &id->device, id_bytes));
  TRY(cursor_u32(c, &id->incarnation));
  TRY(cursor_copy(c, id->forked_from, hash_bytes));
  TRY(cursor_copy(c, &id->sign, sizeof id->sign));
  TRY(cursor_copy(c, &id->noise, sizeof id->noise));
  TRY(cursor_copy(c, id->device_secret, key_bytes));
  TRY(get_ring(c, &id->hub_keys));
  TRY(get_clock(c, &id->clock));
  TRY(get_lease(c, &id->lease));
  TRY(cursor_copy(c, id->lease_secret, key_bytes));
  TRY(get_orders(c, id));
  TRY(get_name(c, &id->memory, &id->url));
  TRY(get_name(c, &id->memory, &id->hub_name));
  TRY(get_name(c, &id->memory, &id->device_name));
  TRY(get_text(c, &id->memory, &id->certificate));
  TRY(get_text(c, &id->memory, &id->manifest_bytes));
  return cursor_end(c);
}

static err decode(struct identity *out, struct slice bytes) {
  *out = (struct identity){.memory = ARENA_INIT(identity_memory_bytes_max)};
  struct cursor c = cursor_of(bytes);
  err e = get_fields(&c, out);
  if (e == ERR_OK)
    e = manifest_decode(&out->manifest, out->manifest_bytes, out->hub_keys.keys[out->hub_keys.count - 1],
                        &out->memory);
  if (e != ERR_OK) {
    identity_finish(out);
    return e == ERR_NO_MEMORY ? e : ERR_CORRUPT;
  }
  out->enrolled = true;
  return ERR_OK;
}

err identity_load(struct identity *out, const struct file_ops *ops, struct fault *fault) {
  *out = (struct identity){.memory = ARENA_INIT(identity_memory_bytes_max)};
  struct buf bytes = BUF_INIT(small_file_bytes_max);
  err e = small_file_read(&bytes, ops, file_name, file_magic, fault);
  if (e == ERR_OK) {
    e = decode(out, buf_slice(&bytes));
    if (e != ERR_OK)
      e = fault_set(fault, e, "the file %s of this device cannot be understood: %s", file_name, err_text(e));
  } else if (e == ERR_NOT_FOUND) {
    e = ERR_OK;
  }
  buf_wipe(&bytes);
  return e;
}

err identity_put(struct identity *id, const struct identity *from, const struct file_ops *ops) {
  struct buf bytes = BUF_INIT(small_file_bytes_max);
  struct identity fresh = {.memory = ARENA_INIT(identity_memory_bytes_max)};
  err e = put_fields(&bytes, from);
  if (e == ERR_OK) e = decode(&fresh, buf_slice(&bytes));
  if (e == ERR_OK) e = small_file_write(ops, file_name, file_magic, buf_slice(&bytes));
  buf_wipe(&bytes);
  if (e != ERR_OK) {
    identity_finish(&fresh);
    return e;
  }
  fresh.clock.stamp_last = from->clock.stamp_last;
  identity_finish(id);
  *id = fresh;
  return ERR_OK;
}

void identity_finish(struct identity *id) {
  arena_finish(&id->memory);
  crypto_wipe(id, sizeof *id);
  id->memory = (struct arena)ARENA_INIT(identity_memory_bytes_max);
}
