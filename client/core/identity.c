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

static err put_fields(struct buf *out, const struct identity *id) {
  TRY(buf_put_u8(out, id->revoked));
  TRY(buf_put_u8(out, id->database));
  TRY(buf_append(out, id_slice(&id->hub)));
  TRY(buf_append(out, id_slice(&id->device)));
  TRY(buf_put_u32(out, id->incarnation));
  TRY(buf_append(out, slice_of(id->forked_from, hash_bytes)));
  TRY(buf_append(out, slice_of(&id->sign, sizeof id->sign)));
  TRY(buf_append(out, slice_of(&id->noise, sizeof id->noise)));
  TRY(buf_append(out, slice_of(id->device_secret, key_bytes)));
  TRY(buf_append(out, slice_of(id->hub_sign, key_bytes)));
  TRY(put_clock(out, &id->clock));
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

static err get_fields(struct cursor *c, struct identity *id) {
  uint8_t revoked = 0;
  uint8_t database = 0;
  TRY(cursor_u8(c, &revoked));
  TRY(cursor_u8(c, &database));
  id->revoked = revoked != 0;
  id->database = database != 0;
  TRY(cursor_copy(c, &id->hub, id_bytes));
  TRY(cursor_copy(c, &id->device, id_bytes));
  TRY(cursor_u32(c, &id->incarnation));
  TRY(cursor_copy(c, id->forked_from, hash_bytes));
  TRY(cursor_copy(c, &id->sign, sizeof id->sign));
  TRY(cursor_copy(c, &id->noise, sizeof id->noise));
  TRY(cursor_copy(c, id->device_secret, key_bytes));
  TRY(cursor_copy(c, id->hub_sign, key_bytes));
  TRY(get_clock(c, &id->clock));
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
  if (e == ERR_OK) e = manifest_decode(&out->manifest, out->manifest_bytes, out->hub_sign, &out->memory);
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
