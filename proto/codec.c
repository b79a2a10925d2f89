/* codec.c: msgpack written through sticky errors and read through bounded accessors. The only file that knows
 * msgpack-c. */
#include "proto/codec.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static int packer_append(void *data, const char *bytes, size_t len) {
  struct packer *p = data;
  if (p->error == ERR_OK && len > 0) p->error = buf_append(p->out, slice_of(bytes, len));
  return 0; /* the error sticks in the packer; pack_end tells it */
}

static msgpack_packer packer_of(struct packer *p) {
  return (msgpack_packer){.data = p, .callback = packer_append};
}

void pack_init(struct packer *p, struct buf *out) { *p = (struct packer){.out = out, .error = ERR_OK}; }

void pack_nil(struct packer *p) {
  msgpack_packer m = packer_of(p);
  (void)msgpack_pack_nil(&m);
}

void pack_bool(struct packer *p, bool v) {
  msgpack_packer m = packer_of(p);
  if (v)
    (void)msgpack_pack_true(&m);
  else
    (void)msgpack_pack_false(&m);
}

void pack_u64(struct packer *p, uint64_t v) {
  msgpack_packer m = packer_of(p);
  (void)msgpack_pack_uint64(&m, v);
}

void pack_i64(struct packer *p, int64_t v) {
  msgpack_packer m = packer_of(p);
  (void)msgpack_pack_int64(&m, v);
}

void pack_bytes(struct packer *p, struct slice v) {
  msgpack_packer m = packer_of(p);
  if (v.len > UINT32_MAX) {
    if (p->error == ERR_OK) p->error = ERR_TOO_BIG;
    return;
  }
  (void)msgpack_pack_bin(&m, v.len);
  (void)msgpack_pack_bin_body(&m, v.ptr, v.len);
}

void pack_text(struct packer *p, struct slice v) {
  msgpack_packer m = packer_of(p);
  if (v.len > UINT32_MAX) {
    if (p->error == ERR_OK) p->error = ERR_TOO_BIG;
    return;
  }
  (void)msgpack_pack_str(&m, v.len);
  (void)msgpack_pack_str_body(&m, v.ptr, v.len);
}

void pack_word(struct packer *p, const char *text) { pack_text(p, slice_text(text)); }

void pack_id(struct packer *p, const struct id *id) { pack_bytes(p, id_slice(id)); }

void pack_id_hex(struct packer *p, const struct id *id) {
  char text[id_text_bytes];
  id_text(text, id);
  pack_word(p, text);
}

void pack_array(struct packer *p, size_t count) {
  msgpack_packer m = packer_of(p);
  ASSERT(count <= UINT32_MAX);
  (void)msgpack_pack_array(&m, count);
}

void pack_map(struct packer *p, size_t count) {
  msgpack_packer m = packer_of(p);
  ASSERT(count <= UINT32_MAX);
  (void)msgpack_pack_map(&m, count);
}

err pack_end(const struct packer *p) { return p->error; }

/* ---- reading ---- */

struct item {
  msgpack_object object;
};
struct unpacked {
  msgpack_unpacked result;
};

err unpack(struct unpacked **out, struct slice bytes, size_t items_max) {
  *out = NULL;
  TRY(codec_scan(bytes, items_max));
  struct unpacked *u = malloc(sizeof *u);
  if (u == NULL) return ERR_NO_MEMORY;
  msgpack_unpacked_init(&u->result);
  size_t offset = 0;
  msgpack_unpack_return status = msgpack_unpack_next(&u->result, (const char *)bytes.ptr, bytes.len, &offset);
  if (status != MSGPACK_UNPACK_SUCCESS) {
    unpack_finish(u);
    return status == MSGPACK_UNPACK_NOMEM_ERROR ? ERR_NO_MEMORY : ERR_MALFORMED;
  }
  *out = u;
  return ERR_OK;
}

void unpack_finish(struct unpacked *u) {
  if (u == NULL) return;
  msgpack_unpacked_destroy(&u->result);
  free(u);
}

/* An item is its object and nothing else, so a pointer to one is a pointer to the other. */
static const item *item_of(const msgpack_object *o) { return (const item *)(const void *)o; }

const item *unpack_root(const struct unpacked *u) { return item_of(&u->result.data); }

enum item_kind item_kind(const item *i) {
  switch (i->object.type) {
  case MSGPACK_OBJECT_BOOLEAN: return ITEM_BOOL;
  case MSGPACK_OBJECT_POSITIVE_INTEGER:
  case MSGPACK_OBJECT_NEGATIVE_INTEGER: return ITEM_INT;
  case MSGPACK_OBJECT_STR: return ITEM_TEXT;
  case MSGPACK_OBJECT_BIN: return ITEM_BYTES;
  case MSGPACK_OBJECT_ARRAY: return ITEM_ARRAY;
  case MSGPACK_OBJECT_MAP: return ITEM_MAP;
  case MSGPACK_OBJECT_NIL:
  case MSGPACK_OBJECT_FLOAT32:
  case MSGPACK_OBJECT_FLOAT64:
  case MSGPACK_OBJECT_EXT:
  default: return ITEM_NIL; /* the scan let no other kind through */
  }
}

err item_u64(const item *i, uint64_t max, uint64_t *out) {
  if (item_kind(i) != ITEM_INT) return ERR_MALFORMED;
  if (i->object.type == MSGPACK_OBJECT_NEGATIVE_INTEGER || i->object.via.u64 > max) return ERR_INVALID;
  *out = i->object.via.u64;
  return ERR_OK;
}

err item_i64(const item *i, int64_t min, int64_t max, int64_t *out) {
  if (item_kind(i) != ITEM_INT) return ERR_MALFORMED;
  if (i->object.type == MSGPACK_OBJECT_POSITIVE_INTEGER && i->object.via.u64 > INT64_MAX) return ERR_INVALID;
  int64_t value = i->object.via.i64;
  if (value < min || value > max) return ERR_INVALID;
  *out = value;
  return ERR_OK;
}

err item_bool(const item *i, bool *out) {
  if (item_kind(i) != ITEM_BOOL) return ERR_MALFORMED;
  *out = i->object.via.boolean;
  return ERR_OK;
}

err item_text(const item *i, size_t bytes_max, struct slice *out) {
  if (item_kind(i) != ITEM_TEXT) return ERR_MALFORMED;
  if (i->object.via.str.size > bytes_max) return ERR_INVALID;
  *out = slice_of(i->object.via.str.ptr, i->object.via.str.size);
  return ERR_OK;
}

err item_bytes(const item *i, size_t len_min, size_t len_max, struct slice *out) {
  if (item_kind(i) != ITEM_BYTES) return ERR_MALFORMED;
  if (i->object.via.bin.size < len_min || i->object.via.bin.size > len_max) return ERR_INVALID;
  *out = slice_of(i->object.via.bin.ptr, i->object.via.bin.size);
  return ERR_OK;
}

err item_id(const item *i, struct id *out) { return item_fixed(i, out->b, id_bytes); }

err item_id_hex(const item *i, struct id *out) {
  struct slice text;
  TRY(item_text(i, id_text_bytes - 1, &text));
  return id_parse(out, text);
}

err item_fixed(const item *i, void *out, size_t len) {
  struct slice bytes;
  TRY(item_bytes(i, len, len, &bytes));
  bytes_copy(out, bytes.ptr, len);
  return ERR_OK;
}

err item_array(const item *i, size_t count_max, size_t *count_out) {
  if (item_kind(i) != ITEM_ARRAY) return ERR_MALFORMED;
  if (i->object.via.array.size > count_max) return ERR_INVALID;
  *count_out = i->object.via.array.size;
  return ERR_OK;
}

const item *item_at(const item *array, size_t index) {
  ASSERT(item_kind(array) == ITEM_ARRAY && index < array->object.via.array.size);
  return item_of(&array->object.via.array.ptr[index]);
}

size_t item_map_count(const item *map) { return item_kind(map) == ITEM_MAP ? map->object.via.map.size : 0; }

const item *item_map_key(const item *map, size_t index) {
  ASSERT(index < item_map_count(map));
  return item_of(&map->object.via.map.ptr[index].key);
}

const item *item_map_value(const item *map, size_t index) {
  ASSERT(index < item_map_count(map));
  return item_of(&map->object.via.map.ptr[index].val);
}

const item *item_get(const item *map, const char *key) {
  struct slice wanted = slice_text(key);
  for (size_t i = 0; i < item_map_count(map); i++) {
    const msgpack_object_str *found = &map->object.via.map.ptr[i].key.via.str;
    if (slice_equal(slice_of(found->ptr, found->size), wanted)) return item_map_value(map, i);
  }
  return NULL;
}
